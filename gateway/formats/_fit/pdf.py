"""Room in PDF files: white space before the last ``startxref``.

It stands behind the last object and its cross-reference table, so no offset changes, and behind it
come the lines that readers look for from the end.

Source: ISO 32000-2:2020, 7.2.3 (white space), 7.5.5 (file trailer), 7.5.7 (object streams).
"""

from __future__ import annotations

import io

from gateway.errors import CannotEdit

_LINE = 80


def pad_pdf(data: bytes, gap: int) -> bytes:
    """Lines of blanks before the last ``startxref``.

    Raises:
        CannotEdit: there is none.
    """
    at = data.rfind(b"startxref")
    if at < 1 or data[at - 1 : at] not in (b"\n", b"\r"):
        raise CannotEdit("it does not end as a PDF does")
    lines, rest = divmod(gap, _LINE)
    return data[:at] + b" " * (rest - 1) + b"\n" * bool(rest) + _blank() * lines + data[at:]


def shrink_pdf(data: bytes, size: int, original: bytes) -> bytes:
    """The same objects in compressed object streams, all streams packed as closely as can be."""
    import pikepdf

    del size, original
    out = io.BytesIO()
    try:
        pikepdf.settings.set_flate_compression_level(9)
        with pikepdf.open(io.BytesIO(data)) as pdf:
            pdf.save(
                out,
                deterministic_id=True,
                compress_streams=True,
                recompress_flate=True,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                fix_metadata_version=False,
            )
    except pikepdf.PdfError:
        return data
    finally:
        pikepdf.settings.set_flate_compression_level(-1)
    return min(data, out.getvalue(), key=len)


def _blank() -> bytes:
    return b" " * (_LINE - 1) + b"\n"
