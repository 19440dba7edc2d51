"""Making an index from values, a batch at a time; the values themselves are not kept."""

from __future__ import annotations

import os
import secrets as randomness
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gateway.detect.index.file import Index, Summary, packed
from gateway.detect.index.forms import forms_of
from gateway.detect.index.hashing import Secrets, Windows, Words

_BATCH = 50_000
_SALT = 16
# A window that is no value passes the bitmap about once in 2 ** _SPARE times.
_SPARE = 6
_FEWEST_BITS, _MOST_BITS = 16, 32


class IndexBuilder:
    """Takes values and writes the index of them.

    Args:
        key: 32 bytes, the user's own.
        columns: where the values come from, for people.
    """

    def __init__(self, key: bytes, columns: Iterable[str]) -> None:
        self._salt = randomness.token_bytes(_SALT)
        self._secrets = Secrets(key, self._salt)
        self._columns = tuple(columns)
        self._waiting: list[str] = []
        self._rolling: list[Words] = []
        self._digests: list[Words] = []
        self._lengths: set[int] = set()
        self._values = self._short = 0

    def add(self, value: str) -> None:
        """Take a value. One that is too short to look for is counted and left out."""
        if not value.strip():
            return
        forms = forms_of(value)
        self._values += bool(forms)
        self._short += not forms
        self._waiting += forms
        if len(self._waiting) >= _BATCH:
            self._hash()

    def write(self, path: Path) -> Summary:
        """Write the index; a file that is there is replaced in one step.

        Raises:
            OSError: it cannot be written.
        """
        self._hash()
        hashes = np.unique(np.concatenate([np.empty(0, np.uint64), *self._digests]))
        rolling = np.concatenate([np.empty(0, np.uint64), *self._rolling])
        bits = min(max(len(hashes).bit_length() + _SPARE, _FEWEST_BITS), _MOST_BITS)
        summary = Summary(
            self._columns, self._values, self._short, datetime.now(UTC).date().isoformat()
        )
        index = Index(
            summary,
            self._secrets,
            tuple(sorted(self._lengths, reverse=True)),
            bits,
            _bitmap(rolling, bits),
            hashes,
        )
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.new")
        handle = os.open(
            temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600
        )
        with os.fdopen(handle, "wb") as file:
            file.write(packed(index, self._salt))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        return summary

    def _hash(self) -> None:
        forms, self._waiting = self._waiting, []
        if not forms:
            return
        lengths = np.array([len(form) for form in forms], dtype=np.int64)
        starts = np.cumsum(lengths) - lengths
        self._rolling.append(Windows("".join(forms), self._secrets).hashes(starts, lengths))
        self._digests.append(self._secrets.digests(forms))
        self._lengths.update(lengths.tolist())


def _bitmap(rolling: Words, bits: int) -> NDArray[np.uint8]:
    marks = np.zeros(1 << bits >> 3, dtype=np.uint8)
    places = rolling >> np.uint64(64 - bits)
    masks = np.left_shift(np.uint8(1), (places & np.uint64(7)).astype(np.uint8))
    np.bitwise_or.at(marks, places >> np.uint64(3), masks)
    return marks
