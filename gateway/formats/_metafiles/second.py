"""The verifier's reading of metafiles: strings by position alone, and all bytes as they stand.

It shares nothing with the first reader but the file: it walks by sizes, takes each string where
its record's numbers say, and never asks whether a record makes sense.
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.formats._raw import raw_layers

# Where [MS-EMF] records keep the count of letters and the offset of the string, and their width.
_EMF_STRINGS = {83: (44, 48, 1), 84: (44, 48, 2), 1: (60, 64, 2)}


def _number(data: bytes, at: int, size: int = 4) -> int:
    return int.from_bytes(data[at : at + size], "little")


def emf_layers(data: bytes) -> Iterator[str]:
    """Strings of an EMF, each and all in a row, then the raw bytes."""
    found: list[bytes] = []
    at = 0
    while at + 8 <= len(data) and _number(data, at + 4) >= 8:
        record = data[at : at + _number(data, at + 4)]
        kind = _number(record, 0)
        if kind in _EMF_STRINGS:
            count, offset, width = _EMF_STRINGS[kind]
            start = _number(record, offset)
            raw = record[start : start + width * _number(record, count)]
            found.append(raw if width == 2 else raw.decode("latin-1").encode("utf-16-le"))
        elif kind == 108:
            options = _number(record, 20)
            start = 36 if options & 0x100 else 52
            small = bool(options & 0x200)
            raw = record[start : start + _number(record, 16) * (1 if small else 2)]
            found.append(raw.decode("latin-1").encode("utf-16-le") if small else raw)
        elif kind == 70 and record[12:16] == b"EMF+":
            found += _plus_strings(record[16 : 12 + _number(record, 8)])
        at += len(record)
    yield b"".join(found).decode("utf-16-le", "replace")
    yield b"\n\0".join(found).decode("utf-16-le", "replace")
    yield from raw_layers(data)


def _plus_strings(data: bytes) -> Iterator[bytes]:
    at = 0
    while at + 12 <= len(data) and _number(data, at + 4) >= 12:
        kind, body = _number(data, at, 2), data[at + 12 : at + _number(data, at + 4)]
        if kind == 0x401C:
            yield body[28 : 28 + 2 * _number(body, 8)]
        elif kind == 0x4036:
            yield body[16 : 16 + 2 * _number(body, 12)]
        at += _number(data, at + 4)


def wmf_layers(data: bytes) -> Iterator[str]:
    """Strings of a WMF in the code pages they can be in, all in a row, then the raw bytes."""
    found: list[bytes] = []
    at = 40 if data[:4] == b"\xd7\xcd\xc6\x9a" else 18
    while at + 6 <= len(data) and _number(data, at) >= 3:
        record = data[at : at + 2 * _number(data, at)]
        kind = _number(record, 4, 2)
        if kind == 0x0521:
            found.append(record[8 : 8 + _number(record, 6, 2)])
        elif kind == 0x0A32:
            start = 22 if _number(record, 12, 2) & 6 else 14
            found.append(record[start : start + _number(record, 10, 2)])
        at += len(record)
    for between in (b"", b"\n"):
        joined = between.join(found)
        for codec in ("cp1252", "gb18030", "big5", "cp932", "cp949", "cp1251"):
            yield joined.decode(codec, "replace")
    yield from raw_layers(data)
