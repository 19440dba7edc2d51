"""Zstandard files, one document in each; skippable frames are text beside it.

Source: RFC 8878; reading stands in :mod:`_archives.streams`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import ClassVar

from gateway.errors import Unreadable
from gateway.formats._archives.compressed import CompressedDocument, inner_hint
from gateway.formats._archives.names import views
from gateway.formats._archives.second import bounded
from gateway.formats._archives.streams import ZSTD_MAGIC, pack_zstd, skippable_end, unpack_zstd
from gateway.formats._base import Descend, Document, Opener
from gateway.model import Hint

_SUFFIXES = (".zst", ".zstd")


class _Zstd:
    name: ClassVar[str] = "zst"

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure by the magic of its first frame; skippable frames may stand before."""
        del hint
        at = 0
        try:
            while end := skippable_end(data, at):
                at = end
        except Unreadable:
            return -1.0
        return 1.0 if data.startswith(ZSTD_MAGIC, at) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Unpack all frames and open their content."""
        unpacked = unpack_zstd(data, open_child.ledger)
        inner = inner_hint(hint, _SUFFIXES)
        return CompressedDocument(self.name, data, unpacked, inner, open_child, _pack)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """The content by a reader that goes over all frames; skippable ones as they stand."""
        import zstandard

        if b"\x2a\x4d\x18" in data:
            yield from views(data)
        try:
            reader = zstandard.ZstdDecompressor()
            with reader.stream_reader(io.BytesIO(data), read_across_frames=True) as stream:
                content = bounded(stream, descend.ledger, len(data))
        except (zstandard.ZstdError, OSError):
            raise Unreadable("zstandard cannot read it") from None
        yield from descend(content, inner_hint(hint, _SUFFIXES))


def _pack(content: bytes, name: bytes) -> bytes:
    del name
    return pack_zstd(content)


FORMAT = _Zstd()
