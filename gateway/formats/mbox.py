"""Mailboxes: messages one after another, each behind a "From " line (RFC 4155; mboxo, mboxrd).

Each message is a child; the "From " lines are text. A line of a body that begins "From " was
quoted with ">" by whoever wrote the mailbox, and stays so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from gateway.errors import Unreadable
from gateway.formats._base import Descend, Document, Opener, edit_text, splice
from gateway.formats._children import Children
from gateway.formats._mail.looks import mail_score, start_of
from gateway.model import Edit, Hint, Role, Segment, Unread

_FROM = re.compile(rb"^From [^\r\n]*(?:\r\n|\n|\r|\Z)", re.MULTILINE)
_DATED = re.compile(rb"From .*\d\d:\d\d.*\d{4}")
_HEADER = re.compile(rb"[\x21-\x39\x3b-\x7e]+[ \t]*:|>From ")
_UNQUOTED = re.compile(rb"^From ", re.MULTILINE)
_MESSAGE = Hint("", "message/rfc822")


@dataclass(slots=True)
class MboxDocument:
    """An opened mailbox; see :class:`gateway.formats._base.Document`."""

    format: str
    unread: Sequence[Unread]
    _data: bytes = field(repr=False)
    _children: Children = field(repr=False)
    _lines: list[tuple[int, int]] = field(default_factory=list)
    _messages: dict[str, tuple[int, int]] = field(default_factory=dict)

    def segments(self) -> Sequence[Segment]:
        """The "From " lines, then the messages."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The mailbox with the edits made in its messages."""
        own, changed = self._children.apply(edits)
        changes: list[tuple[int, int, bytes]] = []
        for index, group in own.items():
            text = edit_text(self._children.own[index].text, group)
            line = text.translate(dict.fromkeys(range(32), " "))
            changes.append((*self._lines[index], line.encode("utf-8", "surrogateescape")))
        for part, message in changed.items():
            changes.append((*self._messages[part], _UNQUOTED.sub(b">From ", message)))
        return splice(self._data, changes)

    def add(self, number: int, line: tuple[int, int], end: int, open_child: Opener) -> None:
        """Take in the message between its "From " line and ``end``."""
        start, stop = line
        envelope = self._data[start:stop].rstrip(b"\r\n")
        text = envelope[5:].decode("utf-8", "surrogateescape")
        part = f"message {number}"
        self._children.own.append(Segment(text, part, Role.METADATA, ("From",)))
        self._lines.append((start + 5, start + len(envelope)))
        message = self._data[stop:end]
        if message.strip():
            self._messages[part] = (stop, end)
            self._children.open(part, message, _MESSAGE, open_child)


def _envelopes(data: bytes) -> list[tuple[int, int]]:
    """The "From " lines that begin a message: after a blank line, with a header behind them."""
    start = start_of(data)
    found: list[tuple[int, int]] = []
    for match in _FROM.finditer(data):
        at = match.start()
        after_blank = at == start or data[max(0, at - 4) : at].endswith(
            (b"\n\n", b"\n\r\n", b"\r\r")
        )
        if after_blank and (_HEADER.match(data, match.end()) or _DATED.match(match[0])):
            found.append(match.span())
    return found


class _Mbox:
    name: ClassVar[str] = "mbox"

    def score(self, data: bytes, hint: Hint) -> float:
        start = start_of(data)
        first = _FROM.match(data, start) if data.startswith(b"From ", start) else None
        if first is None or hint.essence == "message/rfc822":
            return -1.0
        if mail_score(data[first.end() : first.end() + 64_000], Hint()) >= 1.0:
            return 1.0
        named = hint.suffix in (".mbox", ".mbx", ".eml") or hint.essence == "application/mbox"
        return 0.95 if named or _DATED.match(first[0]) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        del hint
        lines = _envelopes(data)
        if not lines or lines[0][0] != start_of(data):
            raise Unreadable("malformed mailbox: no message begins where it should")
        children = Children(renames=True)
        document = MboxDocument(self.name, children.unread, data, children)
        for number, line in enumerate(lines, 1):
            end = lines[number][0] if number < len(lines) else len(data)
            document.add(number, line, end, open_child)
        return document

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        del hint
        at = 0
        cuts = [match.span() for match in re.finditer(rb"^From [^\n]*\n?", data, re.MULTILINE)]
        for number, (start, stop) in enumerate(cuts):
            yield data[start + 5 : stop].decode("utf-8", "replace")
            at = cuts[number + 1][0] if number + 1 < len(cuts) else len(data)
            if data[stop:at].strip():
                yield from descend(data[stop:at], _MESSAGE)


FORMAT = _Mbox()
