"""TNEF, the winmail.dat that Outlook puts into mails ([MS-OXTNEF]).

Attributes and MAPI properties are text or are searched for text; bodies, rich text and attached
files are children. A change rewrites single values, with their lengths and checksums.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._base import Descend, Document, Opener
from gateway.formats._mail.lzfu import unpack_rtf
from gateway.formats._mail.tnef_store import DATA, SIGNATURE, read_attributes
from gateway.model import Hint

_PACKED = re.compile(rb"(?<=.{8})(?:LZFu|MELA)", re.DOTALL)


class _Tnef:
    name: ClassVar[str] = "tnef"

    def score(self, data: bytes, hint: Hint) -> float:
        del hint
        return 1.0 if data.startswith(SIGNATURE) and data[6:7] in (b"\1", b"\2") else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        from gateway.formats._mail.tnef_document import open_tnef

        del hint
        return open_tnef(self.name, data, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        del hint
        for encoding in ("utf-8", "gb18030", "utf-16-le"):
            yield data.decode(encoding, "replace")
        yield data[1:].decode("utf-16-le", "replace")
        for match in _PACKED.finditer(data):
            try:
                yield from _descended(unpack_rtf(data[match.start() - 8 :]), descend)
            except Unreadable:
                continue  # four letters by chance
        for attribute in read_attributes(data):
            for cell in attribute.cells:
                if attribute.tag == DATA and cell.data:
                    yield from _descended(cell.data, descend)


def _descended(data: bytes, descend: Descend) -> Iterator[str]:
    try:
        yield from descend(data, Hint())
    except LimitExceeded:
        raise
    except Unreadable:  # noted as unread when it was opened
        yield data.decode("latin-1")


FORMAT = _Tnef()
