"""A body of envelopes as a document: each message is a child."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._base import Opener
from gateway.formats._children import Children
from gateway.formats._connect.codings import Coding, undo
from gateway.formats._connect.envelopes import (
    COMPRESSED,
    END_OF_STREAM,
    TRAILERS,
    Envelope,
    from_text,
    joined,
    split,
)
from gateway.formats._ledger import Ledger
from gateway.model import Edit, Hint, Segment, Unread

_WEB_TEXT = "application/grpc-web-text"


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of a body, base64 undone, and the envelopes in them."""

    data: bytes = field(repr=False)
    envelopes: list[Envelope] = field(repr=False)


def read_body(data: bytes, hint: Hint) -> Body | None:
    """The envelopes of a body, or ``None`` if it has none or is cut off."""
    body = from_text(data) if is_web_text(hint) else data
    envelopes = split(body) if body else None
    return Body(body, envelopes) if body and envelopes else None


def is_web_text(hint: Hint) -> bool:
    """Whether the whole body is base64."""
    return hint.essence.startswith(_WEB_TEXT)


def messages(
    body: Body, hint: Hint, ledger: Ledger
) -> Iterator[tuple[Envelope, bytes | str, Hint, Coding | None]]:
    """Each message that is not empty: its content (or why that cannot be read), and what it is."""
    for envelope in body.envelopes:
        raw = body.data[envelope.start : envelope.end]
        kind = _kind(envelope, hint)
        if not raw:
            continue
        if not envelope.flags & COMPRESSED:
            yield envelope, raw, kind, None
            continue
        try:
            content, coding = undo(raw, ledger)
        except LimitExceeded:
            raise
        except Unreadable as error:
            yield envelope, str(error), kind, None
        else:
            yield envelope, content, kind, coding


def _kind(envelope: Envelope, hint: Hint) -> Hint:
    """What a message claims to be: the codec after the plus sign, else protobuf."""
    if envelope.flags & TRAILERS:
        return Hint("", "text/plain")
    if envelope.flags & END_OF_STREAM:
        return Hint("", "application/json")
    codec = hint.essence.partition("+")[2]
    if not codec:
        return Hint("", "application/protobuf" if hint.essence else "application/json")
    return Hint("", f"application/{'protobuf' if codec == 'proto' else codec}")


@dataclass(slots=True)
class ConnectDocument:
    """The messages of one body."""

    format: str
    unread: Sequence[Unread]
    _data: bytes = field(repr=False)
    _body: Body = field(repr=False)
    _hint: Hint
    _children: Children = field(default_factory=Children, repr=False)
    _messages: dict[str, tuple[Envelope, Coding | None]] = field(default_factory=dict)

    def fill(self, open_child: Opener) -> None:
        """Open each message."""
        found = messages(self._body, self._hint, open_child.ledger)
        for number, (envelope, content, hint, coding) in enumerate(found, 1):
            part = f"message {number}"
            if isinstance(content, str):
                self._children.unread.append(Unread(part, content))
            elif self._children.open(part, content, hint, open_child):
                self._messages[part] = (envelope, coding)

    def segments(self) -> Sequence[Segment]:
        """What stands in each message, in order."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The body with the edits made; envelopes that no edit touches stay as they are."""
        _, changed = self._children.apply(edits)
        if not changed:
            return self._data
        changes: list[tuple[Envelope, bytes]] = []
        for part, content in changed.items():
            envelope, coding = self._messages[part]
            changes.append((envelope, coding.redo(content) if coding else content))
        body = joined(self._body.data, changes)
        return base64.b64encode(body) if is_web_text(self._hint) else body


def open_body(name: str, data: bytes, hint: Hint, open_child: Opener) -> ConnectDocument:
    """Open a body and its messages.

    Raises:
        Unreadable: it is cut off, or has flags that no protocol defines.
    """
    body = read_body(data, hint)
    if body is None:
        raise Unreadable("malformed envelopes: cut off, or of another protocol")
    children = Children()
    document = ConnectDocument(name, children.unread, data, body, hint, children)
    document.fill(open_child)
    return document
