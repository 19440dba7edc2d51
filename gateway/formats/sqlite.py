"""SQLite databases: rows, schema and what was deleted but is still in the file.

Source: sqlite.org/fileformat2.html; reading stands in :mod:`_sqlite.pages` (the second reader) and
:mod:`_sqlite.document`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._base import Descend, Document, Opener
from gateway.formats._raw import raw_layers
from gateway.model import Hint

_MAGIC = b"SQLite format 3\0"
_SMALL_BLOB = 64


class _Sqlite:
    name: ClassVar[str] = "sqlite"

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure by its header; an encrypted database has none."""
        del hint
        return 1.0 if data.startswith(_MAGIC) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Read every table of a copy in memory."""
        from gateway.formats._sqlite.document import SqliteDocument

        del hint
        return SqliteDocument(data, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """All records by a walk over the pages, without SQLite; then the slack between them."""
        from gateway.formats._sqlite.pages import Pages

        del hint
        pages = Pages(data)
        for _, values in pages.records():
            for value in values:
                if isinstance(value, str):
                    yield value
                elif isinstance(value, bytes):
                    yield from _blob_layers(value, descend)
                elif value is not None:
                    yield str(value)
        yield from pages.slack()


def _blob_layers(value: bytes, descend: Descend) -> Iterator[str]:
    if len(value) <= _SMALL_BLOB:
        yield from raw_layers(value)
        return
    try:
        yield from descend(value, Hint())
    except LimitExceeded:
        raise
    except Unreadable:
        yield from raw_layers(value)


FORMAT = _Sqlite()
