"""Electronic books: EPUB 2 and 3.

Source: EPUB 3.3 (W3C), Open Container Format §4.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import ClassVar

from gateway.errors import Unreadable
from gateway.formats._base import Descend, Document, Opener
from gateway.formats._epub.book import MIMETYPE, Book
from gateway.formats._zip.reading import peek
from gateway.model import Hint

_ZIP_MAGIC = b"PK\3\4"


class Epub:
    """epub."""

    name: ClassVar[str] = "epub"

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure when the package declares itself a book, by its type or its container file."""
        del hint
        if not data.startswith(_ZIP_MAGIC):
            return -1.0
        declared = peek(data, b"mimetype", 200)
        if declared is not None:
            return 1.0 if declared.strip() == MIMETYPE else -1.0
        container = peek(data, b"META-INF/container.xml", 100_000) or b""
        return 1.0 if b"application/oebps-package+xml" in container else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open the book."""
        del hint
        return Book(data, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """Names, remarks and members, by zipfile."""
        del hint
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield archive.comment.decode("utf-8", "replace")
                for member in archive.infolist():
                    yield member.filename
                    yield member.comment.decode("utf-8", "replace")
                    yield member.extra.decode("latin-1")
                    if member.file_size and member.filename != "mimetype":
                        yield from descend(
                            archive.read(member), Hint(member.filename.rpartition("/")[2])
                        )
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
            raise Unreadable(f"zipfile cannot read it: {type(error).__name__}") from None


FORMAT = Epub()
