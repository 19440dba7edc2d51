"""Which kind of file has which room."""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Callable

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._fit import (
    compound,
    database,
    deflated,
    packed,
    pdf,
    pictures,
    text,
    xz,
    zips,
)
from gateway.formats._ole.cfb import MAGIC as COMPOUND

type _Pad = Callable[[bytes, int], bytes]
type _Shrink = Callable[[bytes, int, bytes], bytes]

_BROKEN = (Unreadable, struct.error, IndexError, ValueError, zlib.error)

_OFFICE = ("docx", "xlsx", "xlsb", "pptx", "odt", "ods", "odp", "odg", "epub", "zip")
_OLD_OFFICE = ("doc", "xls", "ppt", "msg", "oleobject")

_PADS: dict[str, _Pad] = {
    **dict.fromkeys(_OFFICE, zips.pad_zip),
    **dict.fromkeys(_OLD_OFFICE, compound.pad_compound),
    **dict.fromkeys(("text", "csv", "toml", "eml", "mbox", "ics", "vcf"), text.lines),
    **dict.fromkeys(("json", "ndjson", "ipynb", "xml", "html"), text.blanks),
    "yaml": text.yaml,
    "rtf": text.rtf,
    "pdf": pdf.pad_pdf,
    "png": pictures.pad_png,
    "jpeg": pictures.pad_jpeg,
    "gif": pictures.pad_gif,
    "webp": pictures.pad_webp,
    "tiff": pictures.pad_tiff,
    "bmp": pictures.pad_bmp,
    "gz": deflated.pad_gzip,
    "tar": packed.pad_tar,
    "xz": xz.pad_xz,
    "bz2": packed.pad_bzip2,
    "zst": packed.pad_zstd,
    "7z": packed.pad_7z,
    "sqlite": database.pad_database,
}

_SHRINKS: dict[str, _Shrink] = {
    **dict.fromkeys(_OFFICE, zips.shrink_zip),
    "pdf": pdf.shrink_pdf,
    "png": pictures.shrink_png,
    "gz": deflated.shrink_gzip,
    "xz": xz.shrink_xz,
    "zst": packed.shrink_zstd,
}

_NONE = {
    "multipart": "every byte of a form counts",
    "urlencoded": "every byte of a form counts",
    "tnef": "its format has no room that readers pass over",
    "emf": "its format has no room that readers pass over",
    "wmf": "its format has no room that readers pass over",
    "heic": "it is written as another kind",
    "empty": "there is nothing in it",
}


def why_not(kind: str) -> str:
    """Why files of a kind cannot be made longer; empty if they can.

    Args:
        kind: name of the format.
    """
    return "" if kind in _PADS else _NONE.get(kind, "no room in its format is known")


def fitted(data: bytes, size: int, kind: str, original: bytes = b"") -> bytes:
    """A redacted file made exactly ``size`` bytes long, saying the same.

    Args:
        data: the redacted file.
        size: in bytes.
        kind: name of its format, as it was recognised.
        original: the file before redaction, if it is at hand: what redaction did not write is
            packed anew only if it must be.

    Raises:
        CannotEdit: it cannot be made so long or so short; the message says why.
    """
    if len(data) > size and (shrink := _SHRINKS.get(kind)):
        with contextlib.suppress(
            CannotEdit, *_BROKEN
        ):  # what cannot be packed closer stays as it is
            data = shrink(data, size, original)
    return padded(data, size, kind)


def padded(data: bytes, size: int, kind: str) -> bytes:
    """A finished file made exactly ``size`` bytes long by room that its readers pass over.

    The room is filled with blanks, line breaks or zeros, never with anything of the document.

    Args:
        data: the file.
        size: in bytes, at least those of the file.
        kind: name of its format, as it was recognised.

    Raises:
        CannotEdit: it is too long already, or has no room for so many bytes more.
    """
    gap = size - len(data)
    if not gap:
        return data
    if gap < 0:
        raise CannotEdit(f"it is {-gap} bytes too long")
    try:
        new = _pad_of(data, kind)(data, gap)
    except CannotEdit as error:
        raise CannotEdit(f"it is {gap} bytes too short: {error}") from None
    except _BROKEN as error:
        why = f"damaged ({type(error).__name__})"
        raise CannotEdit(f"it is {gap} bytes too short: {why}") from None
    if len(new) != size:
        raise CannotEdit(f"it is {gap} bytes too short: no room of that size was found")
    return new


def _pad_of(data: bytes, kind: str) -> _Pad:
    """By the kind, and by the first bytes where one kind has several forms (flat OpenDocument)."""
    if why := why_not(kind):
        raise CannotEdit(why)
    if kind in _OFFICE and not data.startswith(b"PK"):
        return text.blanks
    if kind in _OLD_OFFICE and not data.startswith(COMPOUND):
        raise CannotEdit("its format has no room that readers pass over")
    return _PADS[kind]
