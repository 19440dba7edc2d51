"""Writing pictures anew, from pixels only: same kind, size, mode, resolution and look.

Nothing of the old file is handed to the encoder but numbers: how fast frames follow each other,
dots per inch, quantisation tables, and a colour profile stripped to its numbers.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image, JpegImagePlugin

from gateway.formats._images.profile import colours_only

PNG_COLOUR = frozenset({"gAMA", "cHRM", "sRGB", "cICP", "iCCP", "pHYs"})
"""Chunks that stand before the palette and are taken over from the old file."""

_QUALITY = 92
_COMPRESSIONS = frozenset({
    "raw", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits", "group3", "group4", "jpeg",
})  # fmt: skip


def write_png(source: Image.Image, frames: Sequence[Image.Image], colour: bytes) -> bytes:
    """A PNG, or an animated one.

    Args:
        source: the old picture.
        frames: the new one.
        colour: chunks that say how colours and the resolution are meant.
    """
    more: dict[str, Any] = {}
    if len(frames) > 1:
        more = _timing(frames) | {"loop": source.info.get("loop", 0)}
        more["default_image"] = bool(source.info.get("default_image"))
    new = _saved("PNG", frames, **more)
    first = 8 + 25  # signature and header
    return new[:first] + colour + new[first:]


def write_jpeg(source: Image.Image, frames: Sequence[Image.Image]) -> bytes:
    """A JPEG with the tables and sampling of the old, so that no pixel beside the paint suffers."""
    how: dict[str, Any] = {"quality": _QUALITY}
    tables = getattr(source, "quantization", None)
    if tables:
        how = {"qtables": tables, "progressive": bool(source.info.get("progressive"))}
        sampling = JpegImagePlugin.get_sampling(source)
        if sampling >= 0 and len(frames[0].getbands()) == 3:
            how["subsampling"] = sampling
        how["keep_rgb"] = source.info.get("adobe_transform") == 0 and frames[0].mode == "RGB"
    return _saved("JPEG", frames[:1], **how, **_profile(source))


def write_gif(source: Image.Image, frames: Sequence[Image.Image]) -> bytes:
    """A GIF with the timing of the old."""
    clear = any(frame.has_transparency_data for frame in frames)
    more = _timing(frames) | {"disposal": 2 if clear else 1} if len(frames) > 1 else {}
    if "loop" in source.info:
        more["loop"] = source.info["loop"]
    return _saved("GIF", frames, **more)


def write_webp(source: Image.Image, frames: Sequence[Image.Image], *, lossless: bool) -> bytes:
    """A WebP, lossless if the old one was."""
    more = _timing(frames) | {"loop": source.info.get("loop", 0)} if len(frames) > 1 else {}
    how = {"lossless": True, "exact": True} if lossless else {"quality": _QUALITY}
    return _saved("WEBP", frames, **how, **more, **_profile(source))


def write_bmp(frames: Sequence[Image.Image]) -> bytes:
    """A BMP."""
    return _saved("BMP", frames)


def write_tiff(source: Image.Image, frames: Sequence[Image.Image]) -> bytes:
    """A TIFF of as many pages, compressed as the first page was where that is possible."""
    compression = str(source.info.get("compression", "raw"))
    usual = compression if compression in _COMPRESSIONS else "tiff_lzw"
    try:
        return _saved("TIFF", frames, compression=usual, **_profile(source))
    except (OSError, ValueError, KeyError, RuntimeError):  # not for pages of this mode
        return _saved("TIFF", frames, compression="tiff_lzw", **_profile(source))


def _saved(kind: str, frames: Sequence[Image.Image], **how: Any) -> bytes:
    first, *others = frames
    out = io.BytesIO()
    if "dpi" in first.info and kind != "PNG":
        how["dpi"] = first.info["dpi"]
    if others:
        how |= {"save_all": True, "append_images": others}
    first.save(out, kind, **how)
    return out.getvalue()


def _timing(frames: Sequence[Image.Image]) -> dict[str, Any]:
    durations = [frame.info.get("duration", 0) for frame in frames]
    return {"duration": durations} if any(durations) else {}


def _profile(source: Image.Image) -> dict[str, Any]:
    clean = colours_only(source.info.get("icc_profile") or b"")
    return {"icc_profile": clean or None}
