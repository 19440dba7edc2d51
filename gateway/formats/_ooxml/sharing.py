"""Values of low interest that share passages, so that a workbook is not a million segments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import batched

from gateway.formats._ooxml.text import BESIDE, Piece, Slot
from gateway.model import Role

SHARED_AT_MOST = 500
"""Values in one passage."""


class Shared:
    """Values by group; the same value in a group stands once, with all its slots."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, Role | None], dict[str, list[Slot]]] = {}
        self._contexts: dict[tuple[str, Role | None], tuple[str, ...]] = {}

    def add(self, group: str, piece: Piece, role: Role, context: tuple[str, ...] = ()) -> None:
        """Add a value; groups of attributes begin with ``@`` or ``%``."""
        key = group, role if role in {Role.BODY, Role.TRACE} else None
        self._values.setdefault(key, {}).setdefault(piece[0], []).extend(piece[1])
        self._contexts.setdefault(key, context)

    def passages(
        self, role: Role
    ) -> Iterator[tuple[tuple[Role, tuple[str, ...], str], tuple[Piece, ...]]]:
        """Role, context and place of each passage, and its pieces.

        Args:
            role: of what does not come from attributes.
        """
        for (group, kind), values in self._values.items():
            attribute = group[0] in "@%"
            own = Role.TRACE if kind is Role.TRACE else Role.METADATA if attribute else role
            where = (own, self._contexts[group, kind], "attribute" if attribute else "text")
            for batch in batched(values.items(), SHARED_AT_MOST, strict=False):
                yield where, beside((text, tuple(slots)) for text, slots in batch)


def beside(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Pieces with separators between them."""
    result: list[Piece] = []
    for piece in pieces:
        result += [(BESIDE, ()), piece]
    return tuple(result[1:])
