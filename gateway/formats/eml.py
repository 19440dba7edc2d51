"""E-mail messages and web archives: eml, mht (RFC 5322, MIME in RFC 2045 to 2049, RFC 2557).

Fields of all headers are segments, bodies and attachments children. Only what an edit touches is
written anew: one value, one body, in the transfer encoding and charset that it had.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._mail.looks import mail_score, start_of
from gateway.model import Hint


class _Eml:
    name: ClassVar[str] = "eml"

    def score(self, data: bytes, hint: Hint) -> float:
        if data.startswith(b"From ", start_of(data)) and hint.essence != "message/rfc822":
            return -1.0  # a mailbox, if of one message
        return mail_score(data, hint)

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        from gateway.formats._mail.document import open_mail

        del hint
        return open_mail(self.name, data, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        from gateway.formats._mail.layers import mail_layers

        del hint
        yield from mail_layers(data, descend)


FORMAT = _Eml()
