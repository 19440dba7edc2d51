"""Names in the synced folder: legal on every system, and free."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_LONGEST = 240  # bytes; file systems take 255, and a number may be added

# Windows: reserved characters and device names (Win32 "Naming Files, Paths, and Namespaces").
_RESERVED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)")


def legal(name: str) -> str:
    """A redacted name made into one that Windows, macOS and Linux all take.

    Placeholders may hold ``<`` and ``>``; those become ``[`` and ``]``.
    """
    name = name.translate({ord("<"): "[", ord(">"): "]"})
    name = name.encode("utf-8", "replace").decode()
    name = _RESERVED.sub("_", name).rstrip(". ")
    if not name.strip(". "):
        name = "file"
    if _DEVICES.match(name):
        name = f"_{name}"
    stem, ending = split(name)
    while len(f"{stem}{ending}".encode()) > _LONGEST and stem:
        stem = stem[:-1]
    return f"{stem}{ending}" if stem else name.encode()[:_LONGEST].decode("utf-8", "ignore")


def split(name: str) -> tuple[str, str]:
    """A name before and from its last dot; a leading dot is not the dot of an ending."""
    stem, dot, ending = name.rpartition(".")
    return (stem, f".{ending}") if dot and stem else (name, "")


def variants(name: str) -> Iterator[str]:
    """``name.docx``, then ``name (2).docx`` and so on, without end."""
    yield name
    stem, ending = split(name)
    number = 2
    while True:
        yield f"{stem} ({number}){ending}"
        number += 1


def is_variant(candidate: str, name: str) -> bool:
    """Whether ``candidate`` is ``name``, or ``name`` with a number added."""
    stem, ending = split(name)
    pattern = rf"{re.escape(stem)}(?: \([0-9]+\))?{re.escape(ending)}"
    return bool(re.fullmatch(pattern, candidate))


def folded(name: str) -> str:
    """What a file system or a cloud without case and with normal forms makes of a name."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
