"""Office's saves to SharePoint and OneDrive: FSSHTTPB, read for the zip members in it, never changed.

Cellstorage requests carry it as an MTOM part or as base64 in their SOAP envelope. Changes of a
document travel as chunks whose signatures build on each other, so a finding can only block. What
is neither a member nor small is unread.

Source: [MS-FSSHTTPB] §2.2.2.1 (versions, signature) and [MS-FSSHTTPD] §2.4.1 (chunks of a zip).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._base import WRAPS, Descend, Document, Opener
from gateway.formats._children import Children
from gateway.formats._fsshttpb.members import (
    Entry,
    Member,
    directory,
    find_members,
    has_unread_member,
)
from gateway.formats._raw import raw_layers
from gateway.model import Edit, Hint, Role, Segment, Unread

SIGNATURE = b"\x9c\xcf\x29\xf3\x39\x94\x06\x9b"
"""Of requests; it follows two version numbers of two bytes each."""

_AT = 4
_FRAMING = 4096
_FRAMING_OF_A_MEMBER = 512
"""Most bytes beside members that can be the protocol's own: ids, hashes, the tree of chunks."""

_NARROW = re.compile(
    r"[ -~\xa0-\u1fff\u2010-\u206f\u3000-\ud7ff\uf900-\ufaff\uff00-\uffef]{8,}"
    r"|[ -~\u0370-\u1fff\u3000-\ud7ff\uf900-\ufaff\uff00-\uffef]*"
    r"[\u0370-\u1fff\u3000-\ud7ff\uf900-\ufaff]{3}"
    r"[ -~\u0370-\u1fff\u3000-\ud7ff\uf900-\ufaff\uff00-\uffef]*"
)
"""Eight characters in UTF-8, or three that take two or more bytes each: chance makes no more."""

_WIDE = re.compile(
    r"[ -~\u3000-\u30ff\u4e00-\u9fff\uff00-\uff5e]{4,}|[ -~\xa0-\u06ff]{4,}|[ -~\uac00-\ud7af]{4,}"
)
"""Four characters in UTF-16, of one script: any two bytes are some character there."""

_WHO_SAVES = frozenset({"creator", "lastModifiedBy"})
"""Elements of ``docProps/core.xml`` that Office fills with the name of the account it saves with."""


@dataclass(slots=True)
class FsshttpbDocument:
    """One request, to look at."""

    format: str
    unread: Sequence[Unread]
    _data: bytes = field(repr=False)
    _children: Children = field(default_factory=Children, repr=False)
    _shown: list[Segment] = field(default_factory=list, repr=False)

    def segments(self) -> Sequence[Segment]:
        """Names of members, text between them, then what stands in them."""
        return self._shown

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The request as it is.

        Raises:
            CannotEdit: there is an edit.
        """
        if edits:
            raise CannotEdit(
                "a document that Office saves in pieces cannot be changed on its way: save a copy "
                "on this computer and redact that"
            )
        return self._data

    def fill(self, open_child: Opener) -> None:
        """Find the members and open them."""
        own, ledger = self._children.own, open_child.ledger
        members = list(find_members(self._data, ledger))
        entries = list(directory(self._data))
        for number, member in enumerate(members, 1):
            own.append(Segment(member.name, f"member {number}", Role.NAME))
        for name in dict.fromkeys(entry.name for entry in entries):
            own.append(Segment(name, "directory", Role.NAME))
        rest = _rest(self._data, members, entries)
        for text in _texts(rest):
            own.append(Segment(text, "between members", Role.HIDDEN))
        for number, member in enumerate(members, 1):
            if member.content:
                hint = Hint(member.name.rpartition("/")[2])
                self._children.open(f"member {number}", member.content, hint, open_child)
        most = _FRAMING + _FRAMING_OF_A_MEMBER * len(members)
        if sum(map(len, rest)) > most or has_unread_member(self._data, members):
            self._children.unread.append(
                Unread("between members", "pieces of a document that cannot be put together")
            )
        core = {
            f"member {number}/"
            for number, member in enumerate(members, 1)
            if member.name == "docProps/core.xml"
        }
        self._shown += [one for one in self._children.segments() if not _says_who(one, core)]


def _says_who(segment: Segment, core: set[str]) -> bool:
    in_core = segment.part[: segment.part.find("/") + 1] in core
    return in_core and bool(_WHO_SAVES.intersection(segment.context[:1]))


def _rest(data: bytes, members: Sequence[Member], entries: Sequence[Entry]) -> list[bytes]:
    """The stretches that belong to no member."""
    taken = sorted(
        [span for member in members for span in (member.header, member.data)]
        + [(entry.start, entry.end) for entry in entries]
    )
    rest: list[bytes] = []
    at = 0
    for start, end in taken:
        rest.append(data[at:start])
        at = max(at, end)
    return [piece for piece in (*rest, data[at:]) if piece]


def _texts(rest: Sequence[bytes]) -> Iterator[str]:
    """Runs of UTF-8, and of UTF-16 at both parities, which OneNote's pages are written in."""
    for piece in rest:
        yield from _NARROW.findall(piece.decode("utf-8", "replace"))
        for offset in (0, 1):
            yield from _WIDE.findall(piece[offset:].decode("utf-16-le", "replace"))


class _Fsshttpb:
    name: ClassVar[str] = "fsshttpb"

    def score(self, data: bytes, hint: Hint) -> float:
        del hint
        return WRAPS if data.startswith(SIGNATURE, _AT) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        del hint
        children = Children()
        document = FsshttpbDocument(self.name, children.unread, data, children)
        document.fill(open_child)
        return document

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """Members and raw bytes."""
        del hint
        yield from raw_layers(data)
        for member in find_members(data, descend.ledger):
            yield member.name
            try:
                yield from descend(member.content, Hint(member.name.rpartition("/")[2]))
            except Unreadable:
                yield from raw_layers(member.content)


FORMAT = _Fsshttpb()
