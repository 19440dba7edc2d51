"""Bytes to segments and back. The content says what it is; the extension only breaks ties.

Any module of this package whose name does not begin with ``_`` and that has a ``FORMAT`` is a
format: adding one file adds a format. :func:`open_document` and :func:`layers` are the two doors.
"""

from gateway.formats._base import ending_after
from gateway.formats._ledger import Ledger
from gateway.formats._open import format_names, layers, open_document
from gateway.formats._raw import stands_in
from gateway.formats._renderings import renderings

__all__ = [
    "Ledger",
    "ending_after",
    "format_names",
    "layers",
    "open_document",
    "renderings",
    "stands_in",
]
