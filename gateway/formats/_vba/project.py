"""A VBA project: an OLE file with the modules' sources, their names, and the forms' texts.

Source: [MS-OVBA] §2.2.1 (storages), §2.3.1 (PROJECT stream), §2.3.4.2 (dir stream: code page,
modules and where in their streams the sources begin).
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.errors import Unreadable
from gateway.formats._vba.compression import decompressed

_SOURCE_AT_MOST = 16_000_000

# Records of the dir stream, [MS-OVBA] §2.3.4.2.
_CODE_PAGE = 0x0003
_VERSION = 0x0009
_STREAM_NAME = 0x001A
_OFFSET = 0x0031
_MODULE_END = 0x002B

# Streams that only hold compiled code and positions in it; their strings are looked at all the
# same, since code can have been compiled from another source than the one that is shown.
_RUN_8 = re.compile(rb"(?!\xfe{3})[\x20-\x7e\x80-\xfe]{5,}")
_RUN_16 = re.compile(r"[^\x00-\x1f\x7f-\x9f\ufffd\ud800-\udfff]{5,}")
_ASCII_16 = re.compile(rb"(?:[\x20-\x7e]\x00){5,}")


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a project, and which it is ("module 1", "form 2", "settings")."""

    place: str
    text: str = field(repr=False)


def read_project(data: bytes) -> list[Text]:
    """All texts of a project: sources first, then settings, and what stands in forms and code.

    Args:
        data: the OLE file ``vbaProject.bin``.

    Raises:
        Unreadable: it is no such file, or damaged.
    """
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            paths = ["/".join(path) for path in ole.listdir(streams=True, storages=False)]
            streams = {path: ole.openstream(path).read() for path in paths}
    except Exception as error:  # noqa: BLE001 - olefile raises whatever broke
        raise Unreadable(f"macros: the project is damaged ({type(error).__name__})") from None
    folded = {path.lower(): path for path in streams}
    home = next((p.removesuffix("dir") for p in folded if p.endswith("vba/dir")), None)
    if home is None:
        raise Unreadable("macros: the project tells nothing of its modules")
    listing = decompressed(streams[folded[home + "dir"]], _SOURCE_AT_MOST)
    codec, modules = _modules(listing)
    texts: list[Text] = []
    for number, (name, offset) in enumerate(modules, 1):
        path = folded.get((home + name).lower())
        if path is None:
            raise Unreadable("macros: a module is missing")
        source = decompressed(streams[path][offset:], _SOURCE_AT_MOST)
        texts.append(Text(f"module {number}", source.decode(codec, "replace")))
        streams[path] = streams[path][:offset]
    texts.append(Text("names", "\n".join([*paths, *_runs(listing, codec)])))
    for number, (path, content) in enumerate(streams.items(), 1):
        if path.rpartition("/")[2].upper() in {"PROJECT", "PROJECTWM"}:
            texts.append(Text(f"settings {number}", content.decode(codec, "replace")))
        elif path != folded[home + "dir"]:
            texts.append(Text(f"stream {number}", "\n".join(_runs(content, codec))))
    return [text for text in texts if text.text.strip()]


def _modules(listing: bytes) -> tuple[str, list[tuple[str, int]]]:
    """The code page, and each module's stream with the offset of its source."""
    codec, name = "cp1252", ""
    modules: list[tuple[str, int]] = []
    at = 0
    while at + 6 <= len(listing):
        kind, size = struct.unpack_from("<HI", listing, at)
        if kind == _VERSION:  # its size does not count all of it
            size = 6
        body = listing[at + 6 : at + 6 + size]
        at += 6 + size
        if kind == _CODE_PAGE and len(body) == 2:
            codec = _codec(int.from_bytes(body, "little"))
        elif kind == _STREAM_NAME:
            name = body.decode(codec, "replace")
        elif kind == _OFFSET and len(body) == 4:
            modules.append((name, int.from_bytes(body, "little")))
        elif kind == _MODULE_END:
            name = ""
    if not modules:
        raise Unreadable("macros: the project tells nothing of its modules")
    return codec, modules


def _codec(page: int) -> str:
    names = {65001: "utf-8", 10000: "mac_roman", 936: "gb18030", 1200: "utf-16-le"}
    name = names.get(page, f"cp{page}")
    try:
        b"".decode(name)
    except LookupError:
        return "cp1252"
    return name


def _runs(data: bytes, codec: str) -> Iterator[str]:
    """Runs of characters in bytes that are no text as a whole."""
    for run in _RUN_8.finditer(data):
        yield run.group().decode(codec, "replace")
    for run in _ASCII_16.finditer(data):
        yield run.group().decode("utf-16-le")
    for offset in (0, 1):
        for found in _RUN_16.finditer(data[offset:].decode("utf-16-le", "replace")):
            if not found.group().isascii() and _one_script(found.group()):
                yield found.group()


def _one_script(text: str) -> bool:
    """Whether wide characters look like writing, not like bytes read in pairs."""
    return all(c.isascii() or "\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u30ff" for c in text)
