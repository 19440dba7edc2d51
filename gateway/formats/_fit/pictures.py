"""Room in pictures: a chunk, segment or block that decoders pass over, filled with blanks.

What is too little for one stands behind the end of the picture, where decoders do not look.

Sources: PNG third edition §5.4 (private, ancillary, safe to copy), ITU-T T.81 B.1.1.2 (fill bytes)
and B.2.4.5 (COM), GIF89a §24 (comment extension), RFC 9649 §2.7 (unknown chunks), TIFF 6.0 §2
(values and directories stand anywhere), Microsoft BITMAPFILEHEADER (``bfSize``).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from gateway.errors import Unreadable
from gateway.formats._images.png import chunk

_PRIVATE_CHUNK = b"fiLl"
_LONGEST_CHUNK = 1_000_000  # libpng does not keep longer ones without being asked
_LONGEST_COMMENT = 65_533
_BLOCK = 255


def pad_png(data: bytes, gap: int) -> bytes:
    """Private chunks before the last one."""
    end = data.rfind(b"\0\0\0\0IEND")
    bare = len(chunk(_PRIVATE_CHUNK, b""))
    more = b""
    while gap - len(more) >= bare:
        left = gap - len(more)
        more += chunk(_PRIVATE_CHUNK, b" " * (min(left, _LONGEST_CHUNK) - bare))
    return data[:end] + more + data[end:] + bytes(gap - len(more))


def shrink_png(data: bytes, size: int, original: bytes) -> bytes:
    """The same rows of pixels packed as closely as zlib can."""
    del size, original
    before, packed, after = b"", b"", b""
    for kind, start, end in _chunks(data):
        if kind == b"IDAT":
            packed += data[start + 8 : end - 4]
        elif packed:
            after += data[start:end]
        else:
            before += data[start:end]
    rows = zlib.decompress(packed)
    best = min(
        (_packed_rows(rows, strategy) for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED)),
        key=len,
    )
    return min(data, data[:8] + before + chunk(b"IDAT", best) + after, key=len)


def _packed_rows(rows: bytes, strategy: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, 9, strategy)
    return packer.compress(rows) + packer.flush()


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4])
        if end > len(data):
            raise Unreadable("the picture is cut short")
        yield data[at + 4 : at + 8], at, end
        at = end


def pad_jpeg(data: bytes, gap: int) -> bytes:
    """Comments behind the application segments; fill bytes, which may stand before any marker."""
    at = 2
    while data[at : at + 1] == b"\xff" and 0xE0 <= data[at + 1] <= 0xEF:
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    more = b""
    while gap - len(more) >= 4:
        body = b" " * min(gap - len(more) - 4, _LONGEST_COMMENT)
        more += b"\xff\xfe" + (len(body) + 2).to_bytes(2) + body
    return data[:at] + b"\xff" * (gap - len(more)) + more + data[at:]


def pad_gif(data: bytes, gap: int) -> bytes:
    """A comment before the end; one or two bytes behind it."""
    from gateway.formats._images.gif import gif_parts

    end = next((p.start for p in gif_parts(data) if p.name == "end"), len(data))
    behind = gap if gap < 3 else gap == 4
    gap -= behind
    blocks = b""
    while (left := gap - 3 - len(blocks)) > 0:
        take = min(left - 1, _BLOCK)
        take -= left - 1 - take == 1  # a block has a byte of its own, so one alone cannot be left
        blocks += bytes((take,)) + b" " * take
    comment = b"!\xfe" + blocks + b"\0" if gap else b""
    head = b"GIF89a" if comment else data[:6]
    return head + data[6:end] + comment + data[end:] + bytes(behind)


def pad_webp(data: bytes, gap: int) -> bytes:
    """An unknown chunk at the end; chunks have even lengths, so one byte may stand behind it."""
    inner = gap - gap % 2 if gap >= 8 else 0
    size = int.from_bytes(data[4:8], "little")
    close = 8 + size
    more = _PRIVATE_CHUNK + (inner - 8).to_bytes(4, "little") + b" " * (inner - 8) if inner else b""
    head = data[:4] + (size + inner).to_bytes(4, "little") + data[8:close]
    return head + more + data[close:] + bytes(gap - inner)


def pad_tiff(data: bytes, gap: int) -> bytes:
    """Bytes that no directory points to."""
    return data + bytes(gap)


def pad_bmp(data: bytes, gap: int) -> bytes:
    """Bytes behind the pixels, counted in the header."""
    return data[:2] + (len(data) + gap).to_bytes(4, "little") + data[6:] + bytes(gap)
