"""Digital signatures: who signed is text; whatever changes a package leaves its signatures out.

Source: XMLDSig §4.5 (KeyInfo), X.690 §8 (DER), XAdES §4.3, [MS-OFFCRYPTO] §2.5.2 (signature lines).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from gateway.formats._ooxml.part import PartReader
from gateway.formats._ooxml.text import Escape, Piece, Rule, Slot
from gateway.formats._ooxml.vocabulary import SIGNATURE_TEXTS
from gateway.formats._ooxml.xml import Tag
from gateway.model import Role

_PICTURES = frozenset({"SignatureImage", "ValidSigLnImg", "InvalidSigLnImg"})
_CERTIFICATES = frozenset(
    {"X509Certificate", "EncapsulatedX509Certificate", "EncapsulatedTimeStamp"}
)
# UTF8, printable, teletex, IA5, visible, BMP strings.
_STRINGS = {12: "utf-8", 19: "ascii", 20: "latin-1", 22: "ascii", 26: "ascii", 30: "utf-16-be"}
_DEPTH = 24


class SignatureReader(PartReader):
    """Reads a signature; ``pictures`` tells whether it shows one that nobody looked at."""

    pictures = False

    def on_text(self, slot: Slot, parent: Tag) -> bool:
        """Names in certificates are shown; digests and keys are not."""
        if parent.local not in SIGNATURE_TEXTS:
            return False
        if parent.local in _PICTURES:
            self.pictures = True
        certified = parent.local in _CERTIFICATES
        for text in der_strings(_decoded(slot.text)) if certified else ():
            self.emit(self._piece(slot, text), Role.METADATA, (parent.local,), "certificate")
        return True

    def emit(
        self,
        pieces: tuple[Piece, ...],
        role: Role,
        context: tuple[str, ...] = (),
        place: str = "",
        column: str = "",
    ) -> None:
        """Nothing in a signature can be changed: it goes as a whole."""
        whole = ((text, tuple(self._bound(slot) for slot in slots)) for text, slots in pieces)
        super().emit(tuple(whole), role, context, place, column)

    def _piece(self, slot: Slot, text: str) -> tuple[Piece, ...]:
        return ((text, (Slot(self.name, slot.start, slot.end, text, Escape.LITERAL),)),)

    def _bound(self, slot: Slot) -> Slot:
        return Slot(self.name, slot.start, slot.end, slot.text, slot.escape, Rule.PART)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def der_strings(data: bytes, depth: int = 0) -> Iterator[str]:
    """All character strings in DER, however deep; nothing where it is not DER."""
    at = 0
    while at + 2 <= len(data) and depth < _DEPTH:
        tag, size = data[at], data[at + 1]
        at += 2
        if size & 0x80:
            width = size & 0x7F
            size = int.from_bytes(data[at : at + width], "big")
            at += width
        body = data[at : at + size]
        at += size
        if len(body) < size:
            return
        if tag & 0x20 or tag in {4, 3}:  # octet and bit strings often wrap more DER
            yield from der_strings(body[1:] if tag == 3 else body, depth + 1)
        elif codec := _STRINGS.get(tag & 0x1F if tag < 0x80 else 22):
            text = body.decode(codec, "replace").strip()
            if text and text.isprintable():
                yield text
