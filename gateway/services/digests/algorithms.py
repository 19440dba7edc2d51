"""Digests by the names that profiles use: ``md5:hex``, ``sha1:base64``, ``dropbox:hex``.

A name is an algorithm and how its bytes are written, divided by a colon. Algorithms that services
made up themselves stand here too, each with its source.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from gateway.settings import MIB

type Pieces = Iterable[bytes]


def digest(name: str, data: Pieces) -> str:
    """A digest as text.

    Args:
        name: one of :func:`names`.
        data: the content, in pieces of any size.

    Raises:
        ValueError: there is no digest of that name.
    """
    algorithm, _, encoding = name.partition(":")
    if algorithm not in _ALGORITHMS or encoding not in _ENCODINGS:
        raise ValueError(f"there is no digest named {name!r}; write one as in sha256:hex")
    return _ENCODINGS[encoding](_ALGORITHMS[algorithm](data))


def names() -> tuple[str, ...]:
    """All names that :func:`digest` takes."""
    return tuple(f"{one}:{other}" for one in _ALGORITHMS for other in _ENCODINGS)


def _hashed(name: str) -> Callable[[Pieces], bytes]:
    def of(data: Pieces) -> bytes:
        engine = hashlib.new(name, usedforsecurity=False)
        for piece in data:
            engine.update(piece)
        return engine.digest()

    return of


def _crc32(data: Pieces) -> bytes:
    value = 0
    for piece in data:
        value = zlib.crc32(piece, value)
    return value.to_bytes(4)


def _adler32(data: Pieces) -> bytes:
    value = 1
    for piece in data:
        value = zlib.adler32(piece, value)
    return value.to_bytes(4)


def _crc(name: str) -> Callable[[Pieces], bytes]:
    def of(data: Pieces) -> bytes:
        from gateway.services.digests import crc

        engine: crc.Crc = getattr(crc, name)
        return engine.of(data).to_bytes(engine.bits // 8)

    return of


def blocks(data: Pieces, size: int) -> Iterator[bytes]:
    """The content cut into blocks of ``size`` bytes, the last one perhaps shorter."""
    held = bytearray()
    for piece in data:
        held += piece
        full = len(held) - len(held) % size
        for start in range(0, full, size):
            yield bytes(held[start : start + size])
        del held[:full]
    if held:
        yield bytes(held)


def _dropbox(data: Pieces) -> bytes:
    """Dropbox ``content_hash``: SHA-256 over the SHA-256 of each block of 4 MiB.

    Source: Dropbox developer guide, "Content hash".
    """
    whole = hashlib.sha256()
    for block in blocks(data, 4 * MIB):
        whole.update(hashlib.sha256(block).digest())
    return whole.digest()


def _qiniu(data: Pieces) -> bytes:
    """Qiniu ``etag``: SHA-1 of one block of 4 MiB behind 0x16, of several blocks' behind 0x96.

    Source: Qiniu developer centre, "qetag".
    """
    found = [hashlib.sha1(block).digest() for block in blocks(data, 4 * MIB)]  # noqa: S324 - theirs
    if len(found) > 1:
        return b"\x96" + hashlib.sha1(b"".join(found)).digest()  # noqa: S324
    return b"\x16" + (found[0] if found else hashlib.sha1(b"").digest())  # noqa: S324


def _git(data: Pieces) -> bytes:
    """The id of a git blob: SHA-1 over a head with the length, and the content."""
    content = b"".join(data)
    return hashlib.sha1(b"blob %d\0" % len(content) + content).digest()  # noqa: S324 - git's


def _first(name: str, size: int) -> Callable[[Pieces], bytes]:
    """The digest of the first ``size`` bytes, which some drives ask for before the whole one."""

    def of(data: Pieces) -> bytes:
        engine = hashlib.new(name, usedforsecurity=False)
        engine.update(next(blocks(data, size), b""))
        return engine.digest()

    return of


_QUICK_BITS: Final = 160
_QUICK_SHIFT: Final = 11


def _quickxor(data: Pieces) -> bytes:
    """OneDrive ``quickXorHash``: each byte is xored in eleven bits further on, around 160 bits.

    As 11 and 160 have no common divisor, byte i and byte i + 160 fall on the same place: 160
    columns are xored first. Source: Microsoft, "Code Snippets: QuickXorHash Algorithm".
    """
    import numpy as np

    length, register = 0, 0
    for block in blocks(data, _QUICK_BITS * 8192):
        length += len(block)
        padded = block + bytes(-len(block) % _QUICK_BITS)
        rows = np.frombuffer(padded, np.uint8).reshape(-1, _QUICK_BITS)
        for place, value in enumerate(np.bitwise_xor.reduce(rows, axis=0).tolist()):
            register ^= value << place * _QUICK_SHIFT % _QUICK_BITS
        register = register & (1 << _QUICK_BITS) - 1 ^ register >> _QUICK_BITS
    return (register ^ length << _QUICK_BITS - 64).to_bytes(_QUICK_BITS // 8, "little")


_ALGORITHMS: Final[dict[str, Callable[[Pieces], bytes]]] = {
    **{name: _hashed(name) for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")},
    "sha3-256": _hashed("sha3_256"),
    "crc32": _crc32,
    "crc32c": _crc("CRC32C"),
    "crc64nvme": _crc("CRC64_NVME"),
    "crc64ecma": _crc("CRC64_ECMA"),
    "adler32": _adler32,
    "dropbox": _dropbox,
    "qiniu": _qiniu,
    "quickxor": _quickxor,
    "git": _git,
    "md5-256k": _first("md5", 256 * 1024),
    "sha1-128k": _first("sha1", 128 * 1024),
}

_ENCODINGS: Final[dict[str, Callable[[bytes], str]]] = {
    "hex": lambda raw: raw.hex(),
    "HEX": lambda raw: raw.hex().upper(),
    "base64": lambda raw: base64.b64encode(raw).decode(),
    "base64url": lambda raw: base64.urlsafe_b64encode(raw).decode(),
    "base64-le": lambda raw: base64.b64encode(raw[::-1]).decode(),
    "decimal": lambda raw: str(int.from_bytes(raw)),
}
