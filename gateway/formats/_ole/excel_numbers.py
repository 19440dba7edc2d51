"""Numbers of an Excel workbook as a reader sees them.

Source: [MS-XLS] §2.4.353 (XF), §2.4.126 (Format), §2.4.77 (Date1904), §2.5.217 (RkNumber).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence

from gateway.formats._ole.biff import Record

_XF, _FORMAT, _DATE1904 = 0x00E0, 0x041E, 0x0022
_LEAST_DIGITS = 2  # a single digit identifies nobody


class Numbers:
    """The number formats of one workbook."""

    def __init__(self, data: bytes, records: Sequence[Record]) -> None:
        from gateway.formats._ooxml.xlsx_formats import BUILT_IN

        self._codes: dict[int, str] = dict(BUILT_IN)
        self._styles: list[int] = []
        self._date1904 = False
        for record in records:
            if record.kind == _XF and record.end - record.start >= 4:
                self._styles.append(struct.unpack_from("<H", data, record.start + 2)[0])
            elif record.kind == _FORMAT and record.end - record.start >= 5:
                number, count, flags = struct.unpack_from("<HHB", data, record.start)
                raw = data[record.start + 5 : record.end][: count * (1 + (flags & 1))]
                code = raw.decode("utf-16-le" if flags & 1 else "latin-1", "replace")
                self._codes[number] = code
            elif record.kind == _DATE1904 and record.end - record.start >= 2:
                self._date1904 = data[record.start] == 1

    def shown(self, style: int, value: float) -> Iterator[str]:
        """What a cell shows, and the number behind it where that looks different.

        Single digits yield nothing: they identify nobody, and sheets are full of them.
        """
        from gateway.formats._ooxml.xlsx_formats import number_format

        if not math.isfinite(value):
            return
        plain = str(int(value)) if value == int(value) and abs(value) < 1e16 else f"{value:.15g}"
        number = self._styles[style] if style < len(self._styles) else 0
        shown = number_format(self._codes.get(number, "General")).show(
            plain, date1904=self._date1904
        )
        ways = [shown, plain] if shown and shown != plain else [plain]
        for text in ways:
            if sum(map(str.isalnum, text)) >= _LEAST_DIGITS:
                yield text


def rk_number(raw: int) -> float:
    """A number packed into 30 bits."""
    value: float
    if raw & 2:
        value = float((raw >> 2) - (1 << 30) if raw & 0x8000_0000 else raw >> 2)
    else:
        (value,) = struct.unpack("<d", struct.pack("<Q", (raw & 0xFFFF_FFFC) << 32))
    return value / 100 if raw & 1 else value
