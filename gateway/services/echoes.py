"""What a service says of the bytes that it got, told to a client that sent others.

Storage answers with a digest of what arrived, and clients compare it with what they sent; one that
finds a difference reports damage, sends the file again, or deletes it. The gateway stands between:
it makes the comparison itself, over what it sent, and only where that is right it tells the client
what the client expects. A digest that is not right, or of an unknown kind, is passed on as it is;
so is an ETag, which names a version and may be asked for later.

Programs that compare the stored file with their own must not be told so; they are refused before
it comes to this (``clients.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.errors import CannotEdit
from gateway.services.digests import header_value, is_integrity
from gateway.services.wire import Headers


@dataclass(frozen=True, slots=True)
class Echo:
    """One upload whose content was changed on the way.

    Args:
        original: what the client sent, as its digests are made: without framing.
        sent: what the service got.
    """

    original: bytes = field(repr=False)
    sent: bytes = field(repr=False)

    def told(self, headers: Headers) -> Headers:
        """The headers of the service's answer as the client is to see them."""
        return tuple((name, self._told(name, value)) for name, value in headers)

    def _told(self, name: str, value: str) -> str:
        if not is_integrity(name, value):
            return value
        try:
            return header_value(name, value, self.sent, self.original)
        except CannotEdit:
            return value
