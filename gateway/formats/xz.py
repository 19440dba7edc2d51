"""xz files, one document in each.

Source: the .xz file format 1.2.1; reading stands in :mod:`_archives.streams`.
"""

from __future__ import annotations

import io
import lzma
from collections.abc import Iterator
from typing import ClassVar

from gateway.errors import Unreadable
from gateway.formats._archives.compressed import CompressedDocument, inner_hint
from gateway.formats._archives.second import bounded
from gateway.formats._archives.streams import XZ_MAGIC, pack_xz, unpack_xz
from gateway.formats._base import Descend, Document, Opener
from gateway.model import Hint

_SUFFIXES = (".xz",)


class _Xz:
    name: ClassVar[str] = "xz"

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure by its magic."""
        del hint
        return 1.0 if data.startswith(XZ_MAGIC) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Unpack all streams and open their content."""
        unpacked = unpack_xz(data, open_child.ledger)
        inner = inner_hint(hint, _SUFFIXES)
        return CompressedDocument(self.name, data, unpacked, inner, open_child, _pack)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """The content by Python's own file reader."""
        try:
            with lzma.LZMAFile(io.BytesIO(data)) as stream:
                content = bounded(stream, descend.ledger, len(data))
        except (OSError, EOFError, ValueError, lzma.LZMAError):
            raise Unreadable("xz cannot read it") from None
        yield from descend(content, inner_hint(hint, _SUFFIXES))


def _pack(content: bytes, name: bytes) -> bytes:
    del name
    return pack_xz(content)


FORMAT = _Xz()
