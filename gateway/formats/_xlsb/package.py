"""A binary workbook: an Office package whose main parts are rows of records.

Source: [MS-XLSB] §2.1.7 (parts), §2.1.7.6 (binary index: places of rows, not needed), §2.1.7.7
(calculation chain, not needed).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._ledger import Ledger
from gateway.formats._ooxml.package import Package, plain_planner, plain_reader
from gateway.formats._ooxml.plan import Plan
from gateway.formats._ooxml.relations import resolved
from gateway.formats._ooxml.text import Dealt, Passage
from gateway.formats._ooxml.xlsx_formats import BUILT_IN, number_format
from gateway.formats._ooxml.xlsx_styles import Styles
from gateway.formats._raw import raw_layers
from gateway.formats._xlsb import layouts
from gateway.formats._xlsb.layouts import found_in
from gateway.formats._xlsb.part import BinaryPart, Common
from gateway.formats._xlsb.records import Record, read_records
from gateway.formats._zip.reading import Archive, read_archive
from gateway.model import Hint

_BINARY = re.compile(r"application/vnd\.ms-excel\.[\w.]+")
_NOT_NEEDED = re.compile(r"""<[^<>]*\sType=["'][^"']*(?:/xlBinaryIndex|/calcChain)["'][^<>]*>""")
_TARGET = re.compile(r"""\sTarget=["']([^"']*)["']""")


@dataclass(frozen=True, slots=True)
class _PartOpener:
    """Opens binary parts here, and everything else as the outer opener does."""

    outer: Opener
    common: Common

    @property
    def ledger(self) -> Ledger:
        """The budgets of the whole item."""
        return self.outer.ledger

    def __call__(self, data: bytes, hint: Hint, /) -> Document:
        if hint.suffix == ".bin" and _BINARY.fullmatch(hint.essence):
            return BinaryPart(data, self.common)
        return self.outer(data, hint)


@dataclass(frozen=True, slots=True)
class PartDescend:
    """Shows binary parts as the bytes they are, and everything else as the outer one does."""

    outer: Descend

    @property
    def ledger(self) -> Ledger:
        """The budgets of the whole item."""
        return self.outer.ledger

    def __call__(self, data: bytes, hint: Hint, /) -> Iterator[str]:
        if hint.suffix == ".bin" and not data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
            return raw_layers(data)
        return self.outer(data, hint)


def open_binary(data: bytes, open_child: Opener) -> Document:
    """Open a binary workbook.

    Raises:
        Unreadable: a part is damaged.
    """
    return Package("xlsb", data, _PartOpener(open_child, _common(data)), plain_reader, _plan)


def _plan(sources: dict[str, str], passages: Sequence[Passage], dealt: Dealt, plan: Plan) -> None:
    """What moves when records grow goes: the index of rows, and with it the calculation chain."""
    plain_planner(sources, passages, dealt, plan)
    for name, source in sources.items():
        if name.endswith(".rels"):
            for match in _NOT_NEEDED.finditer(source):
                target = _TARGET.search(match.group())
                if target:
                    plan.dropped.add(resolved(name, target[1]))


def _common(data: bytes) -> Common:
    """Shared strings, number formats and the first day."""
    archive = read_archive(data)
    common = Common()
    for record in _records(archive, "xl/sharedStrings.bin"):
        if record.kind == layouts.SHARED_ITEM:
            common.strings.append(next(found_in(record)).text.text)
    codes, numbers, inside = dict(BUILT_IN), list[int](), False
    for record in _records(archive, "xl/styles.bin"):
        if record.kind == layouts.FORMAT and len(record.body) >= 2:
            (number,) = struct.unpack_from("<H", record.body)
            codes[number] = next((found.text.text for found in found_in(record)), "")
        elif record.kind in {layouts.BEGIN_XFS, layouts.END_XFS}:
            inside = record.kind == layouts.BEGIN_XFS
        elif record.kind == layouts.XF and inside and len(record.body) >= 4:
            numbers.append(struct.unpack_from("<H", record.body, 2)[0])
    books = _records(archive, "xl/workbook.bin")
    first = [record.body for record in books if record.kind == layouts.BOOK_PROPERTIES]
    date1904 = bool(first and first[0][:1] and first[0][0] & 1)
    formats = tuple(number_format(codes.get(number, "")) for number in numbers)
    common.styles = Styles(formats, date1904)
    return common


def _records(archive: Archive, name: str) -> list[Record]:
    member = archive.by_name.get(name)
    return read_records(archive.read(member)) if member else []
