"""Colour profiles, stripped to the numbers that make colours.

Source: ICC.1:2022 (header §7.2, tag table §7.3). The pixels keep their colours that way, which
converting them to another space would change, and no name or serial number of a screen stays.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_COLOUR = frozenset({
    b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"wtpt", b"bkpt", b"chad", b"lumi",
    b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2", b"gamt", b"cicp",
})  # fmt: skip
_LARGEST = 2_000_000
_HEADER = 128


def colours_only(profile: bytes) -> bytes:
    """The profile with its colour tags alone and neutral words; nothing if it is damaged."""
    tags = dict(_tags(profile))
    if b"wtpt" not in tags or len(profile) > _LARGEST:
        return b""
    major = profile[8]
    kept = {name: body for name, body in tags.items() if name in _COLOUR}
    kept[b"desc"] = _words(b"RGB" if profile[16:20] == b"RGB " else b"colours", major)
    kept[b"cprt"] = _words(b"none", major, description=False)
    table = struct.pack(">I", len(kept))
    bodies = b""
    first = _HEADER + 4 + 12 * len(kept)
    for name in sorted(kept):
        body = kept[name] + bytes(-len(kept[name]) % 4)
        table += name + struct.pack(">II", first + len(bodies), len(kept[name]))
        bodies += body
    header = bytearray(profile[:_HEADER])
    header[0:4] = struct.pack(">I", first + len(bodies))
    header[4:8] = bytes(4)  # the program that made it
    header[24:36] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    header[40:44] = bytes(4)  # the platform
    header[48:56] = bytes(8)  # maker and model of the device
    header[80:_HEADER] = bytes(_HEADER - 80)  # creator, id, reserved
    return bytes(header) + table + bodies


def profile_texts(profile: bytes) -> Iterator[str]:
    """The words in a profile: its description, copyright, makers."""
    for name, body in _tags(profile):
        if body[:4] == b"desc":
            size = int.from_bytes(body[8:12])
            yield body[12 : 12 + size].decode("latin-1").strip("\0")
        elif body[:4] == b"text":
            yield body[8:].decode("latin-1").strip("\0")
        elif body[:4] == b"mluc":
            for at in range(16, 16 + 12 * min(int.from_bytes(body[8:12]), 64), 12):
                size, start = struct.unpack_from(">II", body, at + 4)
                yield body[start : start + size].decode("utf-16-be", "replace").strip("\0")
        elif name not in _COLOUR and body[:4] in (b"utf8", b"dict", b"data"):
            yield body[8:].decode("utf-8", "replace")


def _tags(profile: bytes) -> Iterator[tuple[bytes, bytes]]:
    if len(profile) < _HEADER + 4 or profile[36:40] != b"acsp":
        return
    count = int.from_bytes(profile[_HEADER : _HEADER + 4])
    for at in range(_HEADER + 4, _HEADER + 4 + 12 * min(count, 200), 12):
        if at + 12 > len(profile):
            return
        name, start, size = struct.unpack_from(">4sII", profile, at)
        body = profile[start : start + size]
        if len(body) == size and size >= 12:
            yield name, body


def _words(words: bytes, major: int, *, description: bool = True) -> bytes:
    if major >= 4:
        text = words.decode("ascii").encode("utf-16-be")
        return b"mluc" + struct.pack(">4xII2s2sII", 1, 12, b"en", b"US", len(text), 28) + text
    if description:
        return b"desc" + struct.pack(">4xI", len(words) + 1) + words + b"\0" + bytes(78)
    return b"text" + bytes(4) + words + b"\0"
