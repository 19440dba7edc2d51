"""bzip2 files, one document in each.

Source: the bzip2 1.0.8 manual; reading stands in :mod:`_archives.streams`.
"""

from __future__ import annotations

import bz2
import io
from collections.abc import Iterator
from typing import ClassVar

from gateway.errors import Unreadable
from gateway.formats._archives.compressed import CompressedDocument, inner_hint
from gateway.formats._archives.second import bounded
from gateway.formats._archives.streams import BZIP2_MAGIC, unpack_bzip2
from gateway.formats._base import Descend, Document, Opener
from gateway.model import Hint

_SUFFIXES = (".bz2", ".bz")
# What follows the block size: a block, or the end of an empty stream.
_FIRST = (b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90")


class _Bzip2:
    name: ClassVar[str] = "bz2"

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure by its magic and that of its first block."""
        del hint
        sure = data.startswith(BZIP2_MAGIC) and data[3:4] in b"123456789"
        return 1.0 if sure and data[4:10] in _FIRST else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Unpack all streams and open their content."""
        unpacked = unpack_bzip2(data, open_child.ledger)
        inner = inner_hint(hint, _SUFFIXES)
        return CompressedDocument(self.name, data, unpacked, inner, open_child, _pack)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """The content by Python's own file reader."""
        try:
            with bz2.BZ2File(io.BytesIO(data)) as stream:
                content = bounded(stream, descend.ledger, len(data))
        except (OSError, EOFError, ValueError):
            raise Unreadable("bzip2 cannot read it") from None
        yield from descend(content, inner_hint(hint, _SUFFIXES))


def _pack(content: bytes, name: bytes) -> bytes:
    del name
    return bz2.compress(content)


FORMAT = _Bzip2()
