"""Bodies as programs put them on the wire, built by hand: protobuf, envelopes, cell storage."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes((number % 128 + 128,))
        number //= 128
    return out + bytes((number,))


def field(number: int, value: str | bytes | int) -> bytes:
    """One protobuf field: a length-delimited one, or a varint."""
    if isinstance(value, int):
        return varint(number * 8) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number * 8 + 2) + varint(len(data)) + data


def fixed64(number: int, value: float) -> bytes:
    return varint(number * 8 + 1) + struct.pack("<d" if isinstance(value, float) else "<Q", value)


def envelope(message: bytes, flags: int = 0) -> bytes:
    """One message as Connect and gRPC send it."""
    return bytes((flags,)) + len(message).to_bytes(4, "big") + message


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return stream.getvalue()


def cell_request(document: bytes, changed: set[str] | None = None, *, gap: int = 40) -> bytes:
    """What Office would send of a document: its zip cut at headers and data, in objects.

    Args:
        document: a zip.
        changed: names of the members that are sent; all by default.
        gap: bytes of the protocol between two chunks.
    """
    between = zlib.compress(bytes(range(gap)), 0)[-gap:] if gap else b""
    out = bytearray(
        bytes.fromhex("0C000B009CCF29F33994069B06020000EE020000AA0220007EB831E745DDAA44AB800C75")
        + bytes.fromhex("FBD1530E7A02080095A3E02E77011602060003")
    )
    with zipfile.ZipFile(io.BytesIO(document)) as packed:
        for member in packed.infolist():
            if changed is not None and member.filename not in changed:
                continue
            at = member.header_offset
            name, extra = struct.unpack_from("<2H", document, at + 26)
            start = at + 30 + name + extra
            for chunk in (document[at:start], document[start : start + member.compress_size]):
                out += between + b"\xb2" + varint(len(chunk)) + chunk + b"\x15"
        directory = packed.start_dir
    out += between + document[directory:] + b"\x15\x05\x55"
    return bytes(out)
