"""The values of a table's columns, read a row at a time where that is possible."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli._common import plainly
from gateway.cli._output import shown
from gateway.errors import UsageError

if TYPE_CHECKING:
    from gateway.settings import Limits

_TEXT_TABLES = {".csv": ",;\t|", ".tsv": "\t", ".tab": "\t", ".txt": "\t,;|"}
# In this order: UTF-8 refuses what it is not, GB 18030 takes nearly anything.
_ENCODINGS = ("utf-8-sig", "gb18030")


def lines(path: Path) -> Iterator[str]:
    """The lines of a text file.

    Raises:
        UsageError: it cannot be read as text.
    """
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline=None) as file:
        for line in file:
            yield line.strip()


def table_values(path: Path, columns: Sequence[str], limits: Limits) -> Iterator[str]:
    """The values of some columns.

    Args:
        path: a table in text, or any document that the gateway can read as one.
        columns: the columns' headers; case makes no difference.
        limits: budgets for opening a document.

    Raises:
        UsageError: a column is not there, or the file cannot be read.
    """
    wanted = {column.casefold() for column in columns}
    delimiters = _TEXT_TABLES.get(path.suffix.lower())
    if delimiters:
        return _from_text(path, wanted, delimiters)
    return _from_document(path, wanted, limits)


def _from_text(path: Path, wanted: set[str], delimiters: str) -> Iterator[str]:
    encoding = _encoding(path)
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding=encoding, newline="") as file:
        head = file.readline()
        file.seek(0)
        delimiter = max(delimiters, key=lambda one: _hits(head, one, wanted))
        rows = csv.reader(file, delimiter=delimiter)
        header = [cell.strip().casefold() for cell in next(rows, [])]
        _check(path, wanted, header)
        places = [place for place, cell in enumerate(header) if cell in wanted]
        for row in rows:
            yield from (row[place] for place in places if place < len(row))


def _hits(head: str, delimiter: str, wanted: set[str]) -> int:
    header = next(csv.reader([head], delimiter=delimiter), [])
    return len(wanted & {cell.strip().casefold() for cell in header})


def _from_document(path: Path, wanted: set[str], limits: Limits) -> Iterator[str]:
    from gateway.errors import LimitExceeded, Unreadable
    from gateway.formats import open_document
    from gateway.model import Hint

    try:
        segments = open_document(path.read_bytes(), Hint(path.name), limits).segments()
    except (Unreadable, LimitExceeded) as error:
        raise UsageError(
            f"{shown(path)} cannot be read: {error}", "save the table as CSV"
        ) from None
    cells: dict[str, list[str]] = {}
    header: dict[str, str] = {}
    for segment in segments:
        if segment.column:
            cells.setdefault(segment.column, []).append(segment.text)
            # A cell of the first row has the row's label at most; the last cell knows better.
            header[segment.column] = next(iter(segment.context), "").strip().casefold()
    _check(path, wanted, set(header.values()))
    return (
        text
        for column, texts in cells.items()
        if header[column] in wanted
        for text in texts
        if text.strip().casefold() not in wanted
    )


def _check(path: Path, wanted: set[str], header: Sequence[str] | set[str]) -> None:
    missing = sorted(wanted - set(header))
    if missing:
        raise UsageError(
            f"{shown(path)} has no column {shown(', '.join(missing))}",
            "the first row must hold the columns' names, written as for --columns",
        )


def _encoding(path: Path) -> str:
    """The encoding as which the whole file can be read."""
    try:
        with path.open("rb") as raw:
            if raw.read(2) in (b"\xff\xfe", b"\xfe\xff"):
                return "utf-16"
        for encoding in _ENCODINGS:
            try:
                with path.open(encoding=encoding, newline="") as file:
                    while file.read(1 << 20):
                        pass
            except UnicodeDecodeError:
                continue
            return encoding
    except OSError as error:
        raise UsageError(f"cannot read {shown(path)}: {plainly(error)}") from None
    raise UsageError(f"{shown(path)} is no text", "save it as UTF-8")
