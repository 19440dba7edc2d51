"""Excel's binary workbooks (.xlsb).

Source: [MS-XLSB] §2.1 (structure of the file).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._ooxml.kinds import CONTENT_TYPES, ZIP_MAGIC
from gateway.formats._zip.reading import peek
from gateway.model import Hint

_MAIN = b"application/vnd.ms-excel.sheet.binary.macroenabled.main"


class Xlsb:
    """xlsb."""

    name: ClassVar[str] = "xlsb"

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure when the content types name a binary main part."""
        del hint
        if not data.startswith(ZIP_MAGIC):
            return -1.0
        types = peek(data, CONTENT_TYPES.encode())
        return 1.0 if types and _MAIN in types.replace(b"\0", b"").lower() else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open the workbook."""
        from gateway.formats._xlsb.package import open_binary

        del hint
        return open_binary(data, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """All its text: XML by expat, binary parts as UTF-16 at every place."""
        from gateway.formats._ooxml.layers import package_layers
        from gateway.formats._xlsb.package import PartDescend

        del hint
        yield from package_layers(data, PartDescend(descend))


FORMAT = Xlsb()
