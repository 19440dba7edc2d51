"""tar archives written again: entries that nothing touches keep every byte.

Source: POSIX.1-2024 pax, "pax Interchange Format".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.formats._archives.tar_reading import (
    BLOCK,
    FIELDS,
    PAX,
    Entry,
    checksum,
    is_gnu,
    is_ustar,
    write_records,
)

_OWNERS = ("uname", "gname")
_NUMBERS = ("uid", "gid")
_TIMES = ("atime", "ctime")
_TOLD = frozenset({"path", "linkpath"})


@dataclass(slots=True)
class Change:
    """What is new about one entry; what is ``None`` stays.

    Args:
        name: its path.
        link: where it points.
        content: its bytes.
        pax: records of its extended header.
        anonymous: its owner is left out.
        clean: what stands where no reader looks is left out.
    """

    name: str | None = field(default=None, repr=False)
    link: str | None = field(default=None, repr=False)
    content: bytes | None = field(default=None, repr=False)
    pax: dict[str, bytes] = field(default_factory=dict, repr=False)
    anonymous: bool = False
    clean: bool = False

    @property
    def is_none(self) -> bool:
        """Whether nothing is new."""
        told = (self.name, self.link, self.content) == (None, None, None)
        return told and not self.pax and not self.anonymous and not self.clean


def rebuild(data: bytes, entries: list[Entry], changes: dict[int, Change]) -> bytes:
    """The archive with changes made, by the entry's position."""
    pieces: list[bytes] = []
    at = 0
    for index, entry in enumerate(entries):
        change = changes.get(index)
        if change is None or change.is_none:
            pieces.append(data[at : entry.end])
        else:
            pieces.append(_entry(data, entry, change))
        at = entry.end
    return b"".join((*pieces, data[at:]))


def _entry(data: bytes, entry: Entry, change: Change) -> bytes:
    content = data[slice(*entry.content)] if change.content is None else change.content
    header = bytearray(data[entry.headers[1] - BLOCK : entry.headers[1]])
    records = {
        key: value for key, value in (entry.pax | change.pax).items() if value or key in _TOLD
    }
    records.pop("size", None)
    if change.anonymous:
        records = _without_owner(records)
    if entry.is_global:
        content = write_records(records)
        return _block(header, len(content)) + _padded(content)
    _clean(header)
    if change.anonymous:
        for key in (*_NUMBERS, *(_OWNERS if is_ustar(bytes(header)) else ())):
            _put(header, key, b"0000000\0" if key in _NUMBERS else b"")
    _text(header, records, ("name", "path", change.name or entry.name))
    _text(header, records, ("link", "linkpath", change.link or entry.link))
    extended = _extended(header, write_records(records)) if records else b""
    return extended + _block(header, len(content)) + _padded(content)


def _clean(header: bytearray) -> None:
    """Leave out what stands where no reader looks, and the prefix: names are written anew."""
    if not is_ustar(bytes(header)):
        header[257:] = bytes(BLOCK - 257)
        return
    header[FIELDS["prefix"][0] :] = bytes(BLOCK - FIELDS["prefix"][0])
    for key in _OWNERS:
        _put(header, key, bytes(header[slice(*_range(key))]).partition(b"\0")[0])


def _extended(header: bytearray, records: bytes) -> bytes:
    """An extended header before a member's own, which must not claim to be GNU's then."""
    outer = bytearray(BLOCK)
    _put(outer, "name", b"@PaxHeader")
    for key, value in (("mode", b"0000644\0"), ("uid", b"0000000\0"), ("gid", b"0000000\0")):
        _put(outer, key, value)
    _put(outer, "mtime", bytes(header[slice(*_range("mtime"))]))
    _put(outer, "type", PAX)
    _put(outer, "magic", b"ustar\x0000")
    if is_gnu(bytes(header)):
        _put(header, "magic", b"ustar\x0000")
    return _block(outer, len(records)) + _padded(records)


def _without_owner(records: dict[str, bytes]) -> dict[str, bytes]:
    gone = (*_OWNERS, *_NUMBERS, *_TIMES)
    return {key: value for key, value in records.items() if key not in gone}


def _text(header: bytearray, records: dict[str, bytes], told: tuple[str, str, str]) -> None:
    """Write a path into the header if it fits there, else into the extended header."""
    key, keyword, text = told
    raw = text.encode("utf-8", "replace")
    records.pop(keyword, None)
    if len(raw) > FIELDS[key][1] or (not raw.isascii()):
        records[keyword] = raw
        raw = raw[: FIELDS[key][1]].decode("utf-8", "ignore").encode("ascii", "replace")
        raw = raw.replace(b"?", b"_")
    _put(header, key, raw)


def _range(key: str) -> tuple[int, int]:
    start, size = FIELDS[key]
    return start, start + size


def _put(header: bytearray, key: str, raw: bytes) -> None:
    start, end = _range(key)
    header[start:end] = raw[: end - start].ljust(end - start, b"\0")


def _block(header: bytearray, size: int) -> bytes:
    """The header with its size and its checksum."""
    room = FIELDS["size"][1]
    if size < 8**11:
        _put(header, "size", f"{size:011o}\0".encode())
    else:
        _put(header, "size", b"\x80" + size.to_bytes(room - 1))
    _put(header, "checksum", f"{checksum(bytes(header)):06o}\0 ".encode())
    return bytes(header)


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % BLOCK)
