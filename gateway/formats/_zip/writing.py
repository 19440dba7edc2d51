"""Zip archives written again: members that nothing touches keep every byte.

Source of the layout: PKWARE APPNOTE.TXT 6.3.10, §4.3.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace

from gateway.formats._zip.layout import (
    CENTRAL,
    CENTRAL_MAGIC,
    DEFLATED,
    DESCRIPTOR,
    END,
    END_MAGIC,
    LOCAL,
    LOCAL_MAGIC,
    UTF8,
    decoded_name,
)
from gateway.formats._zip.reading import Archive, Member


def rebuild(
    archive: Archive,
    changed: Mapping[int, bytes],
    *,
    names: Mapping[int, str] | None = None,
    dropped: frozenset[int] = frozenset(),
    scrubbed: frozenset[int] = frozenset(),
    comment: bytes | None = None,
) -> bytes:
    """Write the archive again; members that nothing touches keep every byte and their order.

    Args:
        archive: what was read.
        changed: new content by member index.
        names: new paths by member index.
        dropped: members left out.
        scrubbed: members that lose comment and extra fields.
        comment: the new archive comment; ``None`` keeps the old one.
    """
    names = names or {}
    body: list[bytes] = []
    directory: dict[int, bytes] = {}
    at = 0
    for old in sorted(archive.members, key=lambda member: member.record):
        if old.index in dropped:
            continue
        record, new = archive.data[slice(*old.record)], old
        if old.index in changed or old.index in names or old.index in scrubbed:
            content = changed.get(old.index)
            record, new = _rewritten(archive, old, content, names.get(old.index))
            if old.index in scrubbed:
                new = replace(new, comment=b"")
        body.append(record)
        directory[old.index] = _central_record(new, at)
        at += len(record)
    listing = b"".join(directory[index] for index in sorted(directory))
    tail = archive.comment if comment is None else comment
    count = len(directory)
    end = END.pack(END_MAGIC, 0, 0, count, count, len(listing), at, len(tail))
    return b"".join((*body, listing, end, tail))


def _rewritten(
    archive: Archive, old: Member, content: bytes | None, name: str | None
) -> tuple[bytes, Member]:
    """The local record and the entry of a member that is changed or renamed."""
    flags, raw_name, method = old.flags, old.raw_name, old.method
    if name is None and decoded_name(raw_name, flags) != old.name:
        name = old.name  # its Unicode path field is about to go
    if name is not None:
        raw_name = name.encode()
        flags = flags & ~UTF8 if name.isascii() else flags | UTF8
    if content is None:
        packed, tail = archive.data[slice(*old.packed)], archive.data[old.packed[1] : old.record[1]]
        crc, size = old.crc, old.size
    else:
        flags &= UTF8
        packed, tail = content, b""
        method = old.method and DEFLATED  # what was stored stays so, rarer methods go
        if method == DEFLATED:
            deflater = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
            packed = deflater.compress(content) + deflater.flush()
        crc, size = zlib.crc32(content), len(content)
    new = replace(old, raw_name=raw_name, flags=flags, crc=crc, size=size, extra=b"", method=method)
    new = replace(new, packed=(0, len(packed)))
    told = (0, 0, 0) if flags & DESCRIPTOR else (crc, len(packed), size)
    header = LOCAL.pack(
        *(LOCAL_MAGIC, max(20, old.versions[1]), flags, method, *old.stamp),
        *(*told, len(raw_name), 0),
    )
    return b"".join((header, raw_name, packed, tail)), new


def _central_record(member: Member, offset: int) -> bytes:
    header = CENTRAL.pack(
        *(CENTRAL_MAGIC, *member.versions, member.flags, member.method, *member.stamp),
        *(member.crc, member.packed[1] - member.packed[0], member.size),
        *(len(member.raw_name), len(member.extra), len(member.comment), 0),
        *(*member.attributes, offset),
    )
    return b"".join((header, member.raw_name, member.extra, member.comment))
