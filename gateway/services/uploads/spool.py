"""The bytes of a held upload, as they come in: any order, any overlap.

Small documents stay in memory; larger ones lie enciphered in a file without a name, under a key
that nobody else has and that goes with this process.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gateway.errors import LimitExceeded, Unreadable

_IN_MEMORY = 1 << 20
_KEY = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Bytes at an offset of the document; where they lie, or the bytes themselves."""

    start: int
    length: int
    at: int
    nonce: bytes
    data: bytes | None


class Spool:
    """Pieces of one document.

    Args:
        most: bytes that all pieces together may have, repetitions included twice over.
        folder: where the file is made.
    """

    def __init__(self, most: int, folder: Path | None = None) -> None:
        self._most = most
        self._folder = folder
        self._pieces: list[_Piece] = []
        self._numbered: dict[int, _Piece] = {}
        self._file: BinaryIO | None = None
        self._written = 0

    @property
    def written(self) -> int:
        """Bytes that are held, repetitions included."""
        return self._written

    def put(self, start: int, data: bytes) -> None:
        """Take bytes of the document at an offset; what comes later counts.

        Raises:
            LimitExceeded: the document is too large to be held.
        """
        if start < 0 or start + len(data) > self._most:
            raise LimitExceeded(f"the upload is larger than {self._most:,} bytes")
        self._pieces.append(self._kept(start, data))

    def put_number(self, number: int, data: bytes) -> None:
        """Take the part of that number; a later one of the same number counts.

        Raises:
            LimitExceeded: the document is too large to be held.
        """
        self._numbered[number] = self._kept(0, data)

    def received(self) -> int:
        """Bytes from the beginning of the document without a gap."""
        if self._numbered:
            numbers = sorted(self._numbered)
            whole = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
            return sum(piece.length for piece in self._numbered.values()) if whole else 0
        end = 0
        for piece in sorted(self._pieces, key=lambda piece: piece.start):
            if piece.start > end:
                break
            end = max(end, piece.start + piece.length)
        return end

    def whole(self, order: Sequence[int] | None = None) -> bytes:
        """The document.

        Args:
            order: of the numbered parts; by their numbers when not given.

        Raises:
            Unreadable: there is a gap in it.
        """
        if self._numbered:
            if self._pieces or not set(order or ()) <= self._numbered.keys():
                raise Unreadable("its parts do not make one document")
            wanted = sorted(self._numbered) if order is None else order
            return b"".join(self._data(self._numbered[number]) for number in wanted)
        end = max((piece.start + piece.length for piece in self._pieces), default=0)
        if self.received() != end:
            raise Unreadable("a part of the upload is missing")
        document = bytearray(end)
        for piece in self._pieces:
            document[piece.start : piece.start + piece.length] = self._data(piece)
        return bytes(document)

    def number(self, number: int) -> bytes:
        """The part of that number as it came in; empty where there is none."""
        piece = self._numbered.get(number)
        return self._data(piece) if piece else b""

    def close(self) -> None:
        """Forget everything."""
        self._pieces.clear()
        self._numbered.clear()
        self._written = 0
        if self._file:
            self._file.close()
            self._file = None

    def _kept(self, start: int, data: bytes) -> _Piece:
        self._written += len(data)
        if self._written > 2 * self._most + _IN_MEMORY:
            raise LimitExceeded(f"the upload is larger than {self._most:,} bytes")
        if self._written <= _IN_MEMORY:
            return _Piece(start, len(data), 0, b"", data)
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if self._file is None:
            if self._folder:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed in close()
            weakref.finalize(self, self._file.close)  # an upload may never be heard of again
        nonce = os.urandom(12)
        at = self._file.seek(0, os.SEEK_END)
        self._file.write(AESGCM(_KEY).encrypt(nonce, data, None))
        return _Piece(start, len(data), at, nonce, None)

    def _data(self, piece: _Piece) -> bytes:
        if piece.data is not None:
            return piece.data
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        assert self._file
        self._file.seek(piece.at)
        enciphered = self._file.read(piece.length + 16)
        return AESGCM(_KEY).decrypt(piece.nonce, enciphered, None)
