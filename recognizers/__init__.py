"""Presidio recognisers by country or domain, each with its own examples.

Most are entries of a YAML file; ``gateway/detect/definitions.py`` says what an entry holds. A class
may leave two things in the ``recognition_metadata`` of its results:

* :data:`MATCH`: the whole ``(start, end)`` it looked at, if that is more than the result
* :data:`NEEDS_CONTEXT`: true if the result counts only beside a context word
"""

from collections.abc import Collection, Iterator
from typing import Literal, Protocol, runtime_checkable

MATCH = "match"
NEEDS_CONTEXT = "needs_context"


@runtime_checkable
class Pieces(Protocol):
    r"""What the ``nlp_artifacts`` of a recogniser's ``analyze`` can tell of the text.

    The text is several segments of a document, joined by ``"\n\0\n"``: paragraphs, cells, values.
    """

    def pieces(self) -> Iterator[tuple[int, int, str]]:
        """Start, end and labels (column header, key, form field; lower-case words) of each."""

    def labels_at(self, position: int) -> str:
        """The labels of the segment in which a position stands."""


@runtime_checkable
class Tunable(Protocol):
    """A recogniser that weighs: how readily it takes a word for a name."""

    def tune(
        self, strictness: Literal["relaxed", "normal", "strict"], languages: Collection[str]
    ) -> None:
        """Be told once, before the first text, what the options say."""
