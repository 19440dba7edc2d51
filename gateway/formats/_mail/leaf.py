"""The body of one part that is no multipart: its content, cut up and opened, and written again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._base import Opener, splice
from gateway.formats._children import Children
from gateway.formats._encoding import decode
from gateway.formats._mail.bodies import decode_body, edited_body
from gateway.formats._mail.inside import Stretch, sealed_in, stretches, unflowed
from gateway.formats._mail.looks import TYPES
from gateway.formats._mail.parameters import Parameters
from gateway.model import Hint, Unread

_HEADER_LIKE = frozenset(
    {"message/delivery-status", "message/disposition-notification", "message/feedback-report",
     "message/external-body", "message/global-delivery-status", "message/http"}
)  # fmt: skip
_HEAD = 200


@dataclass(slots=True)
class Leaf:
    """A body, decoded, and the stretches of it that are documents.

    Args:
        address: the part's address.
        start: where the body begins in the message.
        end: where it ends.
        encoding: its transfer encoding.
        newline: how the message ends its lines.
        kind: its media type.
        name: its file name, or nothing.
    """

    address: str
    start: int
    end: int
    encoding: str
    newline: bytes
    kind: Parameters = field(repr=False)
    name: str = field(default="", repr=False)
    _content: bytes = field(default=b"", repr=False)
    _raw: bytes = field(default=b"", repr=False)
    _tail: bytes = b""
    _stretches: dict[str, Stretch] = field(default_factory=dict, repr=False)

    @property
    def is_text(self) -> bool:
        """Whether the body is running text for a reader of mail."""
        lead = self.kind.lead
        return (lead.startswith("text/") and lead not in TYPES) or lead in _HEADER_LIKE

    def open(self, data: bytes, children: Children, open_child: Opener) -> None:
        """Decode the body in ``data`` and open what it holds."""
        raw = self._raw = data[self.start : self.end]
        self._tail = raw[len(raw.rstrip(b"\r\n")) :]
        content = decode_body(raw, self.encoding)
        hint = hint_of(self.kind, self.name)
        sealed = sealed_in(content if self.is_text else content[:_HEAD])
        if sealed:
            children.unread.append(Unread(self.address, sealed))
            return
        if not self.is_text:
            if content:
                whole = Stretch(0, len(content), content, hint, bytes)
                self._add(self.address, whole, hint, children, open_child)
            self._content = content
            return
        self._content = flowed_text(content, self.kind)
        found = list(stretches(self._content, self.newline))
        for number, stretch in enumerate(found, 1):
            address = self.address if len(found) == 1 else f"{self.address}, stretch {number}"
            self._add(address, stretch, hint, children, open_child)

    def _add(
        self, address: str, stretch: Stretch, hint: Hint, children: Children, open_child: Opener
    ) -> None:
        if children.open(address, stretch.data, stretch.hint or hint, open_child):
            self._stretches[address] = stretch

    def ending(self, endings: Mapping[str, str]) -> str:
        """The new file name ending of an attachment that had to be converted, or nothing.

        Raises:
            CannotEdit: what was converted has no name of its own.
        """
        changed = [endings[address] for address in self._stretches if endings.get(address)]
        if changed and self.is_text:
            raise CannotEdit("a file in the text of a mail can only be redacted as another kind")
        return changed[0] if changed else ""

    def changes(self, changed: Mapping[str, bytes]) -> list[tuple[int, int, bytes]]:
        """The body's new bytes, if a document in it changed."""
        pieces = [
            (stretch.start, stretch.end, stretch.write(changed[address]))
            for address, stretch in self._stretches.items()
            if address in changed
        ]
        if not pieces:
            return []
        content = splice(self._content, pieces)
        body = edited_body(self._raw, content, self.encoding, self.newline, text=self.is_text)
        tail = self._tail if self.encoding == "base64" else b""  # elsewhere it is content
        return [(self.start, self.end, body + tail)]


def hint_of(kind: Parameters, name: str) -> Hint:
    """What a part claims to be, its charset included."""
    charset = kind.get("charset")
    plain = kind.lead in _HEADER_LIKE
    lead = "text/plain" if plain else kind.lead
    return Hint(name, f"{lead}; charset={charset}" if charset.isascii() and charset else lead)


def flowed_text(content: bytes, kind: Parameters) -> bytes:
    """Content without soft line breaks, if its sender says that they join words (DelSp)."""
    if kind.get("format").lower() != "flowed" or kind.get("delsp").lower() != "yes":
        return content
    try:
        decoded = decode(content, kind.get("charset"))
        joined = unflowed(decoded.text)
        return decoded.bom + joined.encode(decoded.encoding)
    except (Unreadable, UnicodeEncodeError):
        return content
