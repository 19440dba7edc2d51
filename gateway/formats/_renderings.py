"""Pictures of pages, for people to look at. PDF files and images have some; others have none."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from gateway.errors import Unreadable

if TYPE_CHECKING:
    from PIL import Image

_WIDEST = 1100
_QUALITY = 80
_MOST_PIXELS = 100_000_000


def renderings(data: bytes, most: int) -> list[bytes]:
    """JPEG pictures of the first pages or frames.

    Args:
        data: a document of any kind.
        most: how many at most.

    Raises:
        Unreadable: the document claims to have pages, and they cannot be drawn.
    """
    try:
        if data.startswith(b"%PDF"):
            return [_jpeg(picture) for picture in islice(_pdf_pages(data), most)]
        return [_jpeg(picture) for picture in islice(_frames(data), most)]
    except Exception as error:
        raise Unreadable(f"cannot be drawn ({type(error).__name__})") from error


def _pdf_pages(data: bytes) -> Iterator[Image.Image]:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        for page in document:
            wide = max(page.get_width(), page.get_height(), 1)
            yield page.render(scale=min(_WIDEST / wide, 4)).to_pil()
            page.close()
    finally:
        document.close()


def _frames(data: bytes) -> Iterator[Image.Image]:
    from PIL import Image, ImageSequence, UnidentifiedImageError

    try:
        if data[4:8] == b"ftyp":
            import pi_heif

            pi_heif.register_heif_opener()
        picture = Image.open(io.BytesIO(data))
    except UnidentifiedImageError:
        return
    if picture.width * picture.height > _MOST_PIXELS:
        return
    for frame in ImageSequence.Iterator(picture):
        yield frame.copy()


def _jpeg(picture: Image.Image) -> bytes:
    picture.thumbnail((_WIDEST, _WIDEST * 4))
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
