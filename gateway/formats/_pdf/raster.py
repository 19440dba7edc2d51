"""Pages as pictures: the rung below editing.

A page that cannot be edited is replaced by its picture, with what was removed painted over; its
text can then no longer be searched. Page size and rotation stay; links, notes and fields go.
"""

from __future__ import annotations

import math
from typing import Any

import pikepdf

from gateway.errors import LimitExceeded
from gateway.formats._pdf.pixels import decode, to_png
from gateway.formats._pdf.values import inherited, integer_of, numbers_of
from gateway.settings import Limits

_DOTS_PER_INCH = 200
_LEAST_SIDE, _MOST_SIDE = 16, 20_000
_KEPT_KEYS = frozenset(("/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit"))


def render_page(data: bytes, index: int, limits: Limits) -> bytes:
    """A page as a PNG file, as pdfium shows it, form fields and notes included.

    Raises:
        LimitExceeded: it has too many pixels.
        ValueError: pdfium cannot draw it.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise ValueError("a page that cannot be drawn") from None
    try:
        document.init_forms()
        page = document[index]
        width, height = page.get_size()
        scale = scale_of(width, height, limits)
        picture = page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, IndexError, MemoryError):
        raise ValueError("a page that cannot be drawn") from None
    finally:
        document.close()
    return to_png(picture)


def scale_of(width: float, height: float, limits: Limits) -> float:
    """Pixels per point; fewer for pages of poster size.

    Raises:
        LimitExceeded: even small it would have too many pixels.
        ValueError: it has no size that could be drawn.
    """
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise ValueError("a page without size")
    wanted = _DOTS_PER_INCH / 72
    most = limits.picture_pixels / 5
    scale = min(wanted, math.sqrt(most / (width * height)))
    scale = max(scale, _LEAST_SIDE / min(width, height))
    if max(width, height) * scale > _MOST_SIDE:
        raise ValueError("a page much longer than wide")
    if width * height * scale * scale > limits.picture_pixels:
        raise LimitExceeded(f"a picture of more than {limits.picture_pixels} pixels")
    return scale


def replace_page(pdf: pikepdf.Pdf, index: int, picture: bytes) -> None:
    """Put a picture in the place of all that a page shows and carries."""
    page = pdf.pages[index].obj
    pixels = decode(picture)
    image = pdf.make_stream(pixels.tobytes())
    grey = pixels.mode == "L"
    image["/Type"], image["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Image
    image["/Width"], image["/Height"] = pixels.size
    image["/BitsPerComponent"] = 8
    image["/ColorSpace"] = pikepdf.Name.DeviceGray if grey else pikepdf.Name.DeviceRGB
    matrix = b" ".join(b"%.4f" % value for value in _placement(page))
    for key in list(page.keys()):
        if key not in _KEPT_KEYS:
            del page[key]
    page["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Page=image))
    page["/Contents"] = pdf.make_stream(b"q " + matrix + b" cm /Page Do Q\n")


def _placement(page: Any) -> tuple[float, ...]:
    """The matrix that puts an upright picture on a page that may be shown turned (table 31)."""
    left, bottom, right, top = visible_box(page)
    width, height = right - left, top - bottom
    match integer_of(inherited(page, "/Rotate"), 0) % 360:
        case 90:
            return (0, height, -width, 0, right, bottom)
        case 180:
            return (-width, 0, 0, -height, right, top)
        case 270:
            return (0, -height, width, 0, left, top)
        case _:
            return (width, 0, 0, height, left, bottom)


def visible_box(page: Any) -> tuple[float, float, float, float]:
    """What is shown of a page: the crop box within the media box (14.11.2)."""
    media = _box(inherited(page, "/MediaBox")) or (0.0, 0.0, 612.0, 792.0)
    crop = _box(inherited(page, "/CropBox")) or media
    shown = (
        max(media[0], crop[0]),
        max(media[1], crop[1]),
        min(media[2], crop[2]),
        min(media[3], crop[3]),
    )
    return shown if shown[0] < shown[2] and shown[1] < shown[3] else media


def _box(value: Any) -> tuple[float, float, float, float] | None:
    numbers = numbers_of(value)
    if len(numbers) != 4:
        return None
    x, y, u, v = numbers
    box = (min(x, u), min(y, v), max(x, u), max(y, v))
    return box if box[0] < box[2] and box[1] < box[3] else None
