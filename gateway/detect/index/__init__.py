"""Exact data: large lists of values, kept as keyed hashes only.

A customer list of a million rows is matched without being stored: the file holds a hash of each
value under the user's own key, and nothing that shows a value. Importing this package loads numpy.
"""

from gateway.detect.index.build import IndexBuilder
from gateway.detect.index.file import Index, Summary, read_index, read_summary
from gateway.detect.index.matcher import IndexMatcher

__all__ = ["Index", "IndexBuilder", "IndexMatcher", "Summary", "read_index", "read_summary"]
