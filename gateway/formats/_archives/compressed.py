"""A compressed file: one document, and a little text beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gateway.formats._archives.names import decoded, last_part, renamed, with_ending
from gateway.formats._archives.streams import Unpacked
from gateway.formats._base import Opener
from gateway.formats._children import Children
from gateway.model import Edit, Hint, Role, Segment, Unread

_INNER = {
    ".tgz": ".tar", ".taz": ".tar", ".tbz": ".tar", ".tbz2": ".tar", ".txz": ".tar",
    ".tzst": ".tar", ".svgz": ".svg", ".emz": ".emf", ".wmz": ".wmf",
}  # fmt: skip
_CONTENT = "content"


def inner_hint(hint: Hint, suffixes: Sequence[str], told: bytes = b"") -> Hint:
    """What the content of a compressed file is likely to be called.

    Args:
        hint: the compressed file's own.
        suffixes: endings that say no more than that it is compressed.
        told: the name in its header.
    """
    stem = hint.name[: len(hint.name) - len(hint.suffix)]
    if hint.suffix in _INNER:
        return Hint(stem + _INNER[hint.suffix])
    if hint.suffix in suffixes:
        return Hint(stem)
    return Hint(last_part(decoded(told)))


@dataclass(slots=True)
class CompressedDocument:
    """See :class:`gateway.formats._base.Document`.

    Args:
        format: name of the format.
        data: the file.
        unpacked: what it holds.
        hint: what the content is called.
        open_child: opens the content.
        pack: compresses new content, under a name if there is one.
    """

    format: str
    data: bytes = field(repr=False)
    unpacked: Unpacked = field(repr=False)
    hint: Hint
    open_child: Opener
    pack: Callable[[bytes, bytes], bytes]
    unread: Sequence[Unread] = field(init=False)
    _children: Children = field(default_factory=lambda: Children(renames=True))

    def __post_init__(self) -> None:
        self.unread = self._children.unread
        own = self._children.own
        own.append(Segment(decoded(self.unpacked.name), "name", Role.NAME))
        own += [
            Segment(decoded(remark), f"remark {number}", Role.HIDDEN)
            for number, remark in enumerate(self.unpacked.remarks, 1)
        ]
        self._children.open(_CONTENT, self.unpacked.content, self.hint, self.open_child)

    def segments(self) -> Sequence[Segment]:
        """The name in the header, remarks, then the content's own."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The file compressed anew: the name stays unless it is edited; remarks and date go."""
        if not edits:
            return self.data
        own, nested = self._children.apply(edits)
        name = decoded(self.unpacked.name)
        if own.get(0):
            name = renamed(name, own[0])
        if name and (ending := self._children.endings.get(_CONTENT)):
            name = with_ending(name, ending)
        raw = self.unpacked.name if not own.get(0) and not nested else name.encode()
        return self.pack(nested.get(_CONTENT, self.unpacked.content), raw)
