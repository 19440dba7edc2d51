"""Packages with something before, between or behind the parts, or with an entry that stands twice.

Office opens them and shows what the directory at the end describes. So that is what is read and
written here; what lies beside it is told apart, shown, and left out as soon as anything changes.

Source: PKWARE APPNOTE.TXT 6.3.10 §4.3; ECMA-376-2 §10.2 (zip mapping).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.errors import Unreadable
from gateway.formats._zip.layout import (
    CENTRAL,
    CENTRAL_MAGIC,
    DEFLATED,
    DESCRIPTOR,
    DESCRIPTOR_MAGIC,
    END,
    END_MAGIC,
    LOCAL,
    LOCAL_MAGIC,
)

_MAX_SHADOW = 16_000_000
_WIDE = {0xFFFF, 0xFFFFFFFF}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of the directory, with the range of its local record."""

    central: bytes
    name: bytes
    start: int
    body: int
    end: int


def mend(data: bytes) -> tuple[bytes, list[bytes]]:
    """The zip that the directory describes, and all bytes that do not belong to it.

    Of entries with one name the last counts; the content of the others is given back too.

    Raises:
        Unreadable: it is damaged, or records overlap.
    """
    at = data.rfind(END_MAGIC)
    if at < 0 or at + END.size > len(data):
        raise Unreadable("the zip has no end record: damaged or cut off")
    _, disk, first, here, count, size, start, length = END.unpack_from(data, at)
    tail = at + END.size + length
    if disk or first or here != count or {count, size, start} & _WIDE or tail > len(data):
        raise Unreadable("the zip's end record is damaged")
    directory = at - size
    if directory < start:
        raise Unreadable("the zip's directory is not where its end record says")
    entries = list(_entries(data, directory, at, directory - start))
    if len(entries) != count:
        raise Unreadable("the zip's directory is damaged")
    strays = [*_gaps(data, entries, directory), data[tail:]]
    kept = {entry.name: entry for entry in entries}
    strays += [_content(data, e) for e in entries if kept[e.name] is not e]
    return _written(data, list(kept.values()), data[tail - length : tail]), [s for s in strays if s]


def _entries(data: bytes, at: int, end: int, shift: int) -> Iterator[_Entry]:
    """The directory's entries; offsets may count from the file's start or from the zip's."""
    while at < end:
        if at + CENTRAL.size > end or data[at : at + 4] != CENTRAL_MAGIC:
            raise Unreadable("the zip's directory is damaged")
        fields = CENTRAL.unpack_from(data, at)
        flags, packed, size, offset = fields[3], fields[8], fields[9], fields[-1]
        lengths = fields[10:13]
        whole = CENTRAL.size + sum(lengths)
        name = data[at + CENTRAL.size :][: lengths[0]]
        places = [offset + shift, offset]
        start = next((p for p in places if data[p : p + 4] == LOCAL_MAGIC), -1)
        if start < 0 or {packed, size, offset} & _WIDE or start + LOCAL.size > len(data):
            raise Unreadable("the zip's directory is damaged")
        header = LOCAL.unpack_from(data, start)
        body = start + LOCAL.size + header[9] + header[10]
        stop = body + packed
        if flags & DESCRIPTOR:
            told = struct.pack("<3I", fields[7], packed, size)
            marked = data[stop : stop + 4] == DESCRIPTOR_MAGIC
            stop += 16 if marked else 12 if data[stop : stop + 12] == told else 0
        yield _Entry(data[at : at + whole], name, start, body, stop)
        at += whole


def _gaps(data: bytes, entries: list[_Entry], directory: int) -> Iterator[bytes]:
    at = 0
    for entry in sorted(entries, key=lambda entry: entry.start):
        if entry.start < at:
            raise Unreadable("bytes of the zip belong to two members")
        yield data[at : entry.start]
        at = entry.end
    if at > directory:
        raise Unreadable("bytes of the zip belong to two members")
    yield data[at:directory]


def _content(data: bytes, entry: _Entry) -> bytes:
    """What an entry holds that another of the same name hides."""
    raw = data[entry.body : entry.end]
    if CENTRAL.unpack_from(entry.central)[4] != DEFLATED:
        return raw
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(raw, _MAX_SHADOW) or raw
    except zlib.error:
        return raw


def _written(data: bytes, entries: list[_Entry], comment: bytes) -> bytes:
    body: list[bytes] = []
    listing: list[bytes] = []
    at = 0
    for entry in entries:
        record = data[entry.start : entry.end]
        body.append(record)
        listing.append(entry.central[:42] + struct.pack("<I", at) + entry.central[46:])
        at += len(record)
    directory = b"".join(listing)
    count = len(entries)
    end = END.pack(END_MAGIC, 0, 0, count, count, len(directory), at, len(comment))
    return b"".join((*body, directory, end, comment))
