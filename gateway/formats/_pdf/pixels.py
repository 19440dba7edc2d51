"""Pictures in a PDF: their pixels, and writing changed pixels in their place.

A plain JPEG is taken as it is; whatever else a picture may be (CCITT, JBIG2, JPEG 2000, indexed,
CMYK, a stencil) is drawn by pdfium at its own size, every pixel shown. What is written back is
grey, red-green-blue or one bit deep. Source: ISO 32000-2:2020, 8.9.
"""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from PIL import Image

from gateway.errors import CannotEdit, LimitExceeded
from gateway.formats._pdf.streams import jpeg_in
from gateway.formats._pdf.values import (
    DECODE_ERRORS,
    get,
    integer_of,
    is_array,
    is_name,
    items,
    name_of,
)
from gateway.settings import Limits

_JPEG_SPACES = {"DeviceGray": 1, "DeviceRGB": 3, "CalGray": 1, "CalRGB": 3}
_LONGEST_PAGE = 14_400  # points; readers draw none that is longer (ISO 32000-1, annex C.2)
_TO_DROP = ("/Filter", "/DecodeParms", "/Decode", "/F", "/FFilter", "/FDecodeParms", "/Intent")


def picture_bytes(stream: Any, limits: Limits) -> bytes | None:
    """A picture as a JPEG or PNG file; nothing if all its pixels are alike.

    Args:
        stream: the image XObject.
        limits: how large a picture may be.

    Raises:
        LimitExceeded: it is larger.
        ValueError: it cannot be decoded.
    """
    width, height = size_of(stream)
    if width * height > limits.picture_pixels:
        raise LimitExceeded(f"a picture of more than {limits.picture_pixels} pixels")
    if is_plain_jpeg(stream):
        return bytes(stream.read_raw_bytes())
    picture = _draw(stream, width, height)
    if all(low == high for low, high in _extremes(picture)):
        return None
    return to_png(picture)


def size_of(stream: Any) -> tuple[int, int]:
    """Width and height in pixels."""
    return integer_of(get(stream, "/Width"), 0), integer_of(get(stream, "/Height"), 0)


def is_plain_jpeg(stream: Any) -> bool:
    """Whether the stream is a JPEG file whose colours are what it says itself."""
    return (
        bool(jpeg_in(stream))
        and get(stream, "/Decode") is None
        and _components(get(stream, "/ColorSpace")) in (1, 3)
    )


def _components(space: Any) -> int:
    """Colours of a plain colour space, else 0."""
    if is_name(space):
        return _JPEG_SPACES.get(name_of(space), 0)
    kind = name_of(items(space)[0]) if is_array(space) and len(space) else ""
    if kind == "ICCBased" and len(space) > 1:
        return integer_of(get(space[1], "/N"), 0)
    return _JPEG_SPACES.get(kind, 0)


def _extremes(picture: Image.Image) -> list[tuple[float, float]]:
    found: Any = picture.getextrema()
    return [found] if picture.mode == "L" else list(found)


def _draw(stream: Any, width: int, height: int) -> Image.Image:
    """The picture as pdfium draws it, one pixel for one, without its masks."""
    import pypdfium2

    if width < 1 or height < 1:
        raise ValueError("a picture without size")
    try:
        scale = 1  # a power of two, so that sizes stay exact
        while max(width, height) > _LONGEST_PAGE * scale:
            scale *= 2
        with pikepdf.new() as alone:
            alone.add_blank_page(page_size=(width / scale, height / scale))
            image = alone.copy_foreign(stream)
            for key in ("/SMask", "/Mask"):
                if key in image:
                    del image[key]
            page = alone.pages[0].obj
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
            page.Contents = alone.make_stream(
                b"0 g q %.9f 0 0 %.9f 0 0 cm /I Do Q" % (width / scale, height / scale)
            )
            out = io.BytesIO()
            alone.save(out)
        document = pypdfium2.PdfDocument(out.getvalue())
        try:
            picture = document[0].render(scale=scale, may_draw_forms=False).to_pil()
        finally:
            document.close()
    except (*DECODE_ERRORS, pypdfium2.PdfiumError):
        raise ValueError("a picture that cannot be decoded") from None
    shown: Image.Image = picture.convert("RGB")
    red, green, blue = shown.split()
    return red if red.tobytes() == green.tobytes() == blue.tobytes() else shown


def to_png(picture: Image.Image) -> bytes:
    """A picture as a PNG file, written fast."""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


def decode(data: bytes) -> Image.Image:
    """An image file as grey or red-green-blue pixels.

    Raises:
        CannotEdit: it cannot be decoded.
    """
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return picture.convert("L" if picture.mode in ("1", "L") else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise CannotEdit("a changed picture cannot be written into the PDF") from None


def write_picture(stream: Any, new: bytes) -> None:
    """Put new pixels in the place of a picture.

    Args:
        stream: the image XObject.
        new: an image file.

    Raises:
        CannotEdit: the file is no picture of the same size.
    """
    picture = decode(new)
    if picture.size != size_of(stream):
        raise CannotEdit("a changed picture has another size")
    deep = integer_of(get(stream, "/BitsPerComponent"), 1)
    space = get(stream, "/ColorSpace")
    keeps_space = is_plain_jpeg(stream) and _components(space) == len(picture.getbands())
    mask = get(stream, "/Mask")
    if is_array(mask) and name_of(space) not in ("DeviceRGB", "DeviceGray"):
        del stream["/Mask"]  # a colour key that means other colours now
    for key in _TO_DROP:
        if key in stream:
            del stream[key]
    if get(stream, "/ImageMask") is True:
        stream.write(_bits(picture))
        return
    if deep == 1 and picture.mode == "L":
        stream.write(_bits(picture))
        stream["/ColorSpace"] = pikepdf.Name.DeviceGray
        stream["/BitsPerComponent"] = 1
        return
    if new.startswith(b"\xff\xd8"):
        stream.write(new, filter=pikepdf.Name.DCTDecode)
    else:
        stream.write(picture.tobytes())
    stream["/BitsPerComponent"] = 8
    if not keeps_space:
        grey = picture.mode == "L"
        stream["/ColorSpace"] = pikepdf.Name.DeviceGray if grey else pikepdf.Name.DeviceRGB


def _bits(picture: Image.Image) -> bytes:
    """One bit a pixel, dark as 0: what a stencil paints, what a grey picture shows black."""
    return (
        picture.convert("L").point(lambda level: 255 if level >= 128 else 0).convert("1").tobytes()
    )
