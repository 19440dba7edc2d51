"""Presidio recognisers by country or domain, each with its own examples.

Most are entries of a YAML file; ``gateway/detect/definitions.py`` says what an entry holds. A class
may leave two things in the ``recognition_metadata`` of its results:

* :data:`MATCH`: the whole ``(start, end)`` it looked at, if that is more than the result
* :data:`NEEDS_CONTEXT`: true if the result counts only beside a context word
"""

MATCH = "match"
NEEDS_CONTEXT = "needs_context"
