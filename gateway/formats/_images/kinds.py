"""What sets the kinds of pictures apart: how their container is cut up, and how it is written."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PIL import Image

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._images import writing
from gateway.formats._images.bmp import bmp_parts
from gateway.formats._images.exif import read_directories
from gateway.formats._images.frames import decoding, open_image
from gateway.formats._images.gif import gif_parts
from gateway.formats._images.heif import decoder_of, heif_parts
from gateway.formats._images.jpeg import jpeg_parts
from gateway.formats._images.metadata import Told
from gateway.formats._images.parts import Holds, Part, without_metadata
from gateway.formats._images.png import png_parts
from gateway.formats._images.webp import sized, webp_parts
from gateway.formats._ledger import Ledger

_DECODERS = {
    "png": "PNG", "jpeg": "JPEG", "gif": "GIF", "bmp": "BMP", "tiff": "TIFF", "webp": "WEBP",
}  # fmt: skip
_PARTS: dict[str, Callable[[bytes], tuple[Part, ...]]] = {
    "jpeg": jpeg_parts, "gif": gif_parts, "webp": webp_parts, "bmp": bmp_parts, "heic": heif_parts,
}  # fmt: skip
_SPLICED = frozenset({"png", "jpeg", "gif", "webp"})
_STEP = 1 << 20


@dataclass(slots=True)
class Container:
    """A picture's file, cut up.

    Args:
        kind: "png", "jpeg" …
        data: the file.
        parts: of it; none for TIFF, whose parts may stand in any order.
        told: the words in its metadata.
    """

    kind: str
    data: bytes = field(repr=False)
    parts: tuple[Part, ...] = field(repr=False)
    told: Told = field(repr=False)

    def image(self) -> Image.Image:
        """The picture, not decoded yet."""
        decoder = _DECODERS.get(self.kind) or decoder_of(self.data)
        return open_image(self.data, decoder)

    @property
    def trailer(self) -> bytes:
        """What stands behind the picture's end, padding left out."""
        bodies = (part.body for part in self.parts if part.holds is Holds.TRAILER)
        behind = b"".join(bodies)
        return behind if behind.strip(b"\0\xff \t\r\n") else b""

    @property
    def ending(self) -> str:
        """The ending of a file of another kind that this one must be written as."""
        return ".jpg" if self.kind == "heic" else ""

    def without_metadata(self) -> bytes | None:
        """The file without metadata and not a pixel changed, if its kind allows that."""
        if self.kind not in _SPLICED:
            return None
        bare = without_metadata(self.data, self.parts)
        return sized(bare) if self.kind == "webp" else bare

    def written(self, frames: Sequence[Image.Image]) -> bytes:
        """A file of these frames.

        Raises:
            CannotEdit: the encoder does not take them.
        """
        try:
            with decoding():
                return self._written(frames)
        except Unreadable as error:
            raise CannotEdit(f"a picture could not be written anew ({error})") from None

    def _written(self, frames: Sequence[Image.Image]) -> bytes:
        source = self.image()
        match self.kind:
            case "png":
                colour = b"".join(
                    self.data[p.start : p.end] if p.instead is None else p.instead
                    for p in self.parts
                    if p.name in writing.PNG_COLOUR
                )
                return writing.write_png(source, frames, colour)
            case "gif":
                return writing.write_gif(source, frames)
            case "webp":
                lossless = b"VP8L" in {self.data[p.start : p.start + 4] for p in self.parts}
                lossless |= b"VP8L" in b"".join(
                    self.data[p.start + 24 : p.start + 28] for p in self.parts if p.name == "frame"
                )
                return writing.write_webp(source, frames, lossless=lossless)
            case "bmp":
                return writing.write_bmp(frames)
            case "tiff":
                return writing.write_tiff(source, frames)
            case _:
                return writing.write_jpeg(source, frames)


def cut_up(kind: str, data: bytes, ledger: Ledger) -> Container:
    """A file of this kind in its parts.

    Raises:
        Unreadable: it is damaged.
        LimitExceeded: a budget ran out.
    """
    told = Told([], [])
    if kind == "tiff":
        found = read_directories(data)
        if found.hidden:
            raise Unreadable("image: pages within pages are not read")
        ledger.spend_pages(found.pages)
        told.directories(found)
        return Container(kind, data, (), told)

    if kind == "png":
        parts = png_parts(data, lambda packed: _inflated(packed, ledger, len(data)))
    else:
        parts = _PARTS[kind](data)
    for part in parts:
        told.read(part.name, part.holds, part.body)
    container = Container(kind, data, parts, told)
    if kind == "heic":
        info = container.image().info
        told.read("Exif", Holds.EXIF, info.get("exif") or b"")
        told.read("XMP", Holds.XMP, info.get("xmp") or b"")
    return container


def _inflated(packed: bytes, ledger: Ledger, container: int) -> bytes:
    """A zlib stream unpacked step by step.

    Raises:
        Unreadable: it is damaged.
        LimitExceeded: it is larger than the budgets allow.
    """
    unpacker = zlib.decompressobj()
    out = b""
    try:
        while packed and not unpacker.eof:
            out += unpacker.decompress(packed, _STEP)
            ledger.spend_unpacked(len(out), container)
            packed = unpacker.unconsumed_tail
    except zlib.error:
        raise Unreadable("image: damaged (packed metadata)") from None
    return out
