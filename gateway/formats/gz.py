"""gzip files, one document in each; also .tgz, .svgz, .emz and .wmz.

Source: RFC 1952; reading stands in :mod:`_archives.streams`.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from typing import ClassVar

from gateway.errors import Unreadable
from gateway.formats._archives.compressed import CompressedDocument, inner_hint
from gateway.formats._archives.names import views
from gateway.formats._archives.second import bounded
from gateway.formats._archives.streams import GZIP_MAGIC, pack_gzip, unpack_gzip
from gateway.formats._base import Descend, Document, Opener
from gateway.model import Hint

_SUFFIXES = (".gz", ".gzip", ".z")


class _Gzip:
    name: ClassVar[str] = "gz"

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure by its magic and the only method there is."""
        del hint
        return 1.0 if data.startswith(GZIP_MAGIC) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Unpack all members and open their content."""
        unpacked = unpack_gzip(data, open_child.ledger)
        inner = inner_hint(hint, _SUFFIXES, unpacked.name)
        return CompressedDocument(self.name, data, unpacked, inner, open_child, pack_gzip)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """The headers' bytes, and the content by Python's own gzip module."""
        yield from views(data[:65_536])
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
                content = bounded(stream, descend.ledger, len(data))
        except (OSError, EOFError, zlib.error):
            raise Unreadable("gzip cannot read it") from None
        yield from descend(content, inner_hint(hint, _SUFFIXES))


FORMAT = _Gzip()
