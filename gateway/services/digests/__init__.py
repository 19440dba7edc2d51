"""Digests: the algorithms that services use, and the headers that carry them.

:func:`digest` computes one by name; :func:`recomputed` makes a request's integrity headers right
for another body.
"""

from gateway.services.digests.algorithms import blocks, digest, names
from gateway.services.digests.headers import header_value, is_integrity, recomputed

__all__ = ["blocks", "digest", "header_value", "is_integrity", "names", "recomputed"]
