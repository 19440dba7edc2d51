"""Pictures with words in them, for tests: drawn, turned, spoiled and packed in each kind."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from gateway.model import Hint

_CJK = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)
CJK = next((path for path in _CJK if Path(path).exists()), None)


def drawn(
    lines: Sequence[str],
    *,
    size: int = 24,
    ink: str | tuple[int, ...] = "black",
    paper: str | tuple[int, ...] = "white",
    width: int = 0,
    mode: str = "RGB",
) -> Image.Image:
    """Lines of text, one below the other."""
    if all(line.isascii() for line in lines) or CJK is None:
        font = ImageFont.load_default(size)
    else:
        font = ImageFont.truetype(CJK, size, index=2 if CJK.endswith("Regular.ttc") else 0)
    widest = max((int(font.getlength(line)) for line in lines), default=0)
    step = int(size * 1.9)
    image = Image.new("RGB", (width or widest + 2 * size, step * (len(lines) + 1)), paper)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((size, size // 2 + number * step), line, font=font, fill=ink)
    return image.convert(mode)


def packed(image: Image.Image, kind: str, **how: object) -> bytes:
    """The bytes of a file of this kind."""
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    """A file, decoded."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


ENDINGS = {
    "bmp": "BMP", "gif": "GIF", "heic": "AVIF", "jpeg": "JPEG", "png": "PNG", "tiff": "TIFF",
    "webp": "WEBP",
}  # fmt: skip
"""Formats, and an encoder that writes a file of each (nothing here writes HEIC; AVIF is its kin)."""


def samples(word: str) -> dict[str, tuple[bytes, Hint]]:
    """A small file of each format that says one word."""
    image = drawn([word], size=20)
    return {name: (packed(image, encoder), Hint(f"a.{name}")) for name, encoder in ENDINGS.items()}
