"""Compiled databases on disk, so that a process need not compile them again.

The code that reads a database trusts it wholly. So only a file is read that nobody but this user
could have written, and only if its digest is right; everything else is as good as no file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path

_DIGEST = hashlib.sha256
_DIGEST_BYTES = 32
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


class Cache:
    """A folder of this user's alone.

    Args:
        folder: made if it is not there; by default the user's cache folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        if folder is None:
            from platformdirs import user_cache_path

            folder = user_cache_path("redaction-gateway", appauthor=False) / "scan"
        self._folder = folder

    def get(self, key: str) -> bytes | None:
        """What was stored under a key, unless it is missing, damaged or writable by others.

        Args:
            key: letters and digits.
        """
        path = self._folder / key
        try:
            if not (_private(self._folder, stat.S_ISDIR) and _private(path, stat.S_ISREG)):
                return None
            stored = path.read_bytes()
        except OSError:
            return None
        digest, data = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
        return data if data and digest == _digest(key, data) else None

    def put(self, key: str, data: bytes) -> None:
        """Store what another process may want; a failure is of no consequence."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _private(self._folder, stat.S_ISDIR):
                return
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
                written = Path(file.name)
                file.write(_digest(key, data) + data)
            written.replace(self._folder / key)


def _digest(key: str, data: bytes) -> bytes:
    return _DIGEST(key.encode() + data).digest()


def _private(path: Path, is_kind: object) -> bool:
    """Whether it is what it should be, this user's, and not writable by others."""
    status = path.lstat()
    if not callable(is_kind) or not is_kind(status.st_mode):
        return False
    if os.name != "posix":
        return True  # below the user's profile, which Windows keeps from other users
    return status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_MAY_WRITE
