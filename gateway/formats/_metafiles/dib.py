"""Device-independent bitmaps as files, and back.

Source: [MS-WMF] §2.2.2.3 (BitmapInfoHeader), §2.2.2.9 (DeviceIndependentBitmap), §2.1.1.7
(compression).
"""

from __future__ import annotations

import struct

from gateway.errors import CannotEdit, Unreadable

_CORE = 12
_BITFIELDS = 3
_JPEG, _PNG = 4, 5
_PALETTE_INDEXES = 1  # DIB_PAL_COLORS


def packed_head(dib: bytes) -> int:
    """How many bytes of a packed bitmap stand before its pixels.

    Raises:
        Unreadable: it is cut off.
    """
    if len(dib) < _CORE + 4:
        raise Unreadable("image: a bitmap in the drawing is cut off")
    (size,) = struct.unpack_from("<I", dib)
    if size == _CORE:
        (bits,) = struct.unpack_from("<H", dib, 10)
        return int(size + (3 << bits if bits <= 8 else 0))
    if len(dib) < 40:
        raise Unreadable("image: a bitmap in the drawing is cut off")
    bits, compression = struct.unpack_from("<HI", dib, 14)
    (used,) = struct.unpack_from("<I", dib, 32)
    colours = used or (1 << bits if bits <= 8 else 0)
    masks = 12 if compression == _BITFIELDS and size == 40 else 0
    return int(size + masks + 4 * min(colours, 256))


def file_of(head: bytes, bits: bytes, usage: int) -> tuple[bytes, str]:
    """A bitmap as a file of its own, and that file's ending; empty if it shows nothing.

    Raises:
        Unreadable: its colours are not in it, or it is damaged.
    """
    if len(head) < _CORE or not bits:
        return b"", ""
    compression = 0
    if len(head) >= 40:
        width, height = struct.unpack_from("<ii", head, 4)
        (compression,) = struct.unpack_from("<I", head, 16)
    else:
        width, height = struct.unpack_from("<HH", head, 4)
    if abs(width) <= 8 and abs(height) <= 8:  # a pattern: too small for any letter
        return b"", ""
    if compression in {_JPEG, _PNG}:
        return bits, ".jpg" if compression == _JPEG else ".png"
    if usage == _PALETTE_INDEXES and packed_head(head) > len(head) - 1:
        raise Unreadable("image: the colours of a bitmap in the drawing stand elsewhere")
    start = 14 + len(head)
    return struct.pack("<2sIHHI", b"BM", start + len(bits), 0, 0, start) + head + bits, ".bmp"


def parts_of(file: bytes) -> tuple[bytes, bytes]:
    """Header and pixels of a bitmap file.

    Raises:
        CannotEdit: the new picture is of another kind.
    """
    if file[:2] != b"BM" or len(file) < 54:
        raise CannotEdit("a picture in a drawing can only be redacted as another kind")
    (start,) = struct.unpack_from("<I", file, 10)
    return file[14:start], file[start:]
