"""An index's file: a line that says what it is, a bitmap, sorted hashes, and a seal over all.

Layout: ``GATEWAY MATCH 1`` and a line feed; one line of JSON; the bitmap (``2 ** bits / 8`` bytes);
the hashes (8 bytes each, little-endian, ascending); 32 bytes of keyed BLAKE2b over all before.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gateway.detect.index.hashing import Secrets, Words
from gateway.errors import PolicyError

MAGIC = b"GATEWAY MATCH 1\n"
_SEAL = 32
_LONGEST_HEADER = 65_536


@dataclass(frozen=True, slots=True)
class Summary:
    """What an index says of itself.

    Args:
        columns: names of the columns whose values it holds.
        values: how many values.
        short: how many were left out because they are too short or too long.
        made: date on which it was made (ISO 8601).
    """

    columns: tuple[str, ...]
    values: int
    short: int
    made: str


@dataclass(frozen=True, slots=True)
class Index:
    """An index, ready to be asked.

    Args:
        lengths: lengths of the values, longest first, in characters.
        bitmap: one bit for each rolling hash.
        hashes: of the values, ascending.
    """

    summary: Summary
    secrets: Secrets = field(repr=False)
    lengths: tuple[int, ...]
    bits: int
    bitmap: NDArray[np.uint8] = field(repr=False)
    hashes: Words = field(repr=False)

    def may_hold(self, rolling: Words) -> NDArray[np.bool_]:
        """Which of the windows may be values."""
        return bit_of(self.bitmap, rolling, self.bits)

    def holds(self, digests: Words) -> NDArray[np.bool_]:
        """Which of the digests are values'."""
        if not len(self.hashes):
            return np.zeros(len(digests), dtype=np.bool_)
        places = np.minimum(np.searchsorted(self.hashes, digests), len(self.hashes) - 1)
        found: NDArray[np.bool_] = self.hashes[places] == digests
        return found


def bit_of(bitmap: NDArray[np.uint8], rolling: Words, bits: int) -> NDArray[np.bool_]:
    """The bit of each hash."""
    place = rolling >> np.uint64(64 - bits)
    mask = np.left_shift(np.uint8(1), (place & np.uint64(7)).astype(np.uint8))
    found: NDArray[np.bool_] = (bitmap[place >> np.uint64(3)] & mask) != 0
    return found


def packed(index: Index, salt: bytes) -> bytes:
    """The bytes of an index's file."""
    header = {
        "salt": salt.hex(),
        "columns": list(index.summary.columns),
        "values": index.summary.values,
        "short": index.summary.short,
        "made": index.summary.made,
        "lengths": list(index.lengths),
        "bits": index.bits,
        "hashes": len(index.hashes),
    }
    line = json.dumps(header, ensure_ascii=False, sort_keys=True).encode() + b"\n"
    body = MAGIC + line + index.bitmap.tobytes() + index.hashes.astype("<u8").tobytes()
    return body + _seal(body, index.secrets)


def read_summary(path: Path) -> Summary:
    """What an index says of itself, without its key and unproven.

    Raises:
        PolicyError: the file is no index.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        magic, line = file.readline(_LONGEST_HEADER), file.readline(_LONGEST_HEADER)
    if magic != MAGIC:
        raise _damaged(path)
    return _summary(_header(path, line))


def read_index(path: Path, key: bytes) -> Index:
    """Open an index.

    Args:
        path: its file.
        key: the user's own, under which it was made.

    Raises:
        PolicyError: it is damaged, made under another key, or cannot be read.
    """
    try:
        data = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise PolicyError(f"{path}: the index of exact values cannot be read") from error
    start = len(MAGIC)
    head = data[: start + _LONGEST_HEADER].tobytes()
    end = head.find(b"\n", start) + 1
    if not head.startswith(MAGIC) or not end:
        raise _damaged(path)
    header = _header(path, head[start:end])
    try:
        secrets = Secrets(key, bytes.fromhex(header["salt"]))
        bits, count = int(header["bits"]), int(header["hashes"])
        lengths = tuple(int(length) for length in header["lengths"])
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path) from error
    hashes_at = end + (1 << bits >> 3)
    seal_at = hashes_at + 8 * count
    if len(data) != seal_at + _SEAL or not hmac.compare_digest(
        data[seal_at:].tobytes(), _seal(memoryview(data)[:seal_at], secrets)
    ):
        raise _damaged(path)
    return Index(
        _summary(header),
        secrets,
        lengths,
        bits,
        data[end:hashes_at],
        np.frombuffer(data[hashes_at:seal_at], dtype="<u8"),
    )


def _header(path: Path, line: bytes) -> dict[str, Any]:
    try:
        header = json.loads(line)
    except ValueError as error:
        raise _damaged(path) from error
    if not isinstance(header, dict):
        raise _damaged(path)
    return header


def _summary(header: dict[str, Any]) -> Summary:
    columns = header.get("columns")
    values, short = header.get("values"), header.get("short")
    return Summary(
        tuple(map(str, columns)) if isinstance(columns, list) else (),
        values if isinstance(values, int) else 0,
        short if isinstance(short, int) else 0,
        str(header.get("made", "")),
    )


def _seal(body: bytes | memoryview, secrets: Secrets) -> bytes:
    return hashlib.blake2b(body, key=secrets.seal_key, digest_size=_SEAL).digest()


def _damaged(path: Path) -> PolicyError:
    return PolicyError(
        f"{path}: the index of exact values is damaged or was made under another key; "
        "make it again with 'gateway match add', or take it away with 'gateway match remove'"
    )
