"""Where the bytes of all held uploads lie: a little in memory, the rest enciphered in one file.

The file has no name, so that it goes with this process however that ends, and its key is known to
nobody else. It is one file for all, as a process may open few (256 on macOS); room that becomes
free is used again.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import threading
import weakref
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

_TAG = 16  # bytes that AES-GCM adds
_IN_MEMORY = 64 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that are held.

    Args:
        length: how many.
        data: they themselves, where they are in memory.
        at: else where they begin in the file.
        nonce: with which they are enciphered.
    """

    length: int
    data: bytes | None = field(default=None, repr=False)
    at: int = 0
    nonce: bytes = b""


class Store:
    """Holds bytes. It may be used from several threads.

    Args:
        folder: where the file is made; that of the system when left out.
        in_memory: bytes of all uploads together that may stay there.
    """

    def __init__(self, folder: Path | None = None, in_memory: int = _IN_MEMORY) -> None:
        self._folder = folder
        self._room = in_memory
        self._key = secrets.token_bytes(32)
        self._file: BinaryIO | None = None
        self._end = 0
        self._free: dict[int, int] = {}
        self._lock = threading.Lock()
        # What nobody can ask for any more; garbage is collected at moments when the lock is taken.
        self.dropped: deque[Kept] = deque()

    def keep(self, data: bytes, *, small: bool) -> Kept:
        """Hold bytes.

        Args:
            data: the bytes.
            small: whether they may stay in memory if there is room.
        """
        with self._lock:
            while self.dropped:
                self._forget(self.dropped.popleft())
            if small and len(data) <= self._room:
                self._room -= len(data)
                return Kept(len(data), data)
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(12)
        sealed = AESGCM(self._key).encrypt(nonce, data, None)
        with self._lock:
            at = self._place(len(sealed))
            try:
                file = self._opened()
                file.seek(at)
                file.write(sealed)
                file.flush()
            except OSError:
                self._release(at, len(sealed))
                raise
        return Kept(len(data), None, at, nonce)

    def read(self, kept: Kept) -> bytes:
        """Bytes that are held."""
        if kept.data is not None:
            return kept.data
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        with self._lock:
            file = self._opened()
            file.seek(kept.at)
            sealed = file.read(kept.length + _TAG)
        return AESGCM(self._key).decrypt(kept.nonce, sealed, None)

    def forget(self, kept: Kept) -> None:
        """Hold bytes no longer; once for each that were kept."""
        with self._lock:
            self._forget(kept)

    def _forget(self, kept: Kept) -> None:
        if kept.data is not None:
            self._room += kept.length
            return
        self._release(kept.at, kept.length + _TAG)
        if self._end == 0 and self._file:
            self._file.close()
            self._file = None

    def _opened(self) -> BinaryIO:
        if self._file is None:
            if self._folder:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed in forget()
            weakref.finalize(self, self._file.close)
        return self._file

    def _place(self, length: int) -> int:
        """Room for that many bytes: the first that is free, or the end."""
        for at, room in self._free.items():
            if room >= length:
                del self._free[at]
                if room > length:
                    self._free[at + length] = room - length
                return at
        self._end += length
        return self._end - length

    def _release(self, at: int, length: int) -> None:
        for start, room in list(self._free.items()):
            if start + room == at:
                at, length = start, length + room
                del self._free[start]
            elif start == at + length:
                length += room
                del self._free[start]
        if at + length == self._end:
            self._end = at
            if self._file:
                self._file.truncate(at)
        else:
            self._free[at] = length
