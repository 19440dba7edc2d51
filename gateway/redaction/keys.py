"""The key of this machine: 32 random bytes in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from gateway.errors import GatewayError

KEY_BYTES: Final = 32


def load_key(path: Path) -> bytes:
    """Read the key, or make it if there is none.

    A new key appears complete or not at all, even when several processes start at once. On
    Windows, where mode bits mean little, the user's own profile folder protects it.

    Raises:
        GatewayError: others may read the key, it has the wrong length, or it can be neither
            read nor made. A key that others may have read must be replaced, not just hidden.
    """
    try:
        if not path.exists():
            _create(path)
        return _read(path)
    except OSError as error:
        raise GatewayError(
            f"cannot use the key file {path}: {error.strerror or 'system error'}",
            "check that its folder exists, is yours, and has room",
        ) from None


def _read(path: Path) -> bytes:
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise GatewayError(f"the key file {path} is not a file", "move it away")
        if os.name == "posix" and status.st_mode & 0o077:
            raise GatewayError(
                f"others may read or change the key file {path}",
                f"delete it so that a new key is made; or, if nobody else uses this computer: chmod 600 {path}",
            )
        key = file.read(KEY_BYTES + 1)
    if len(key) != KEY_BYTES:
        raise GatewayError(
            f"the key file {path} does not hold {KEY_BYTES} bytes",
            "restore it from a backup, or delete it so that a new key is made",
        )
    return key


def _create(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # mkstemp gives mode 0600.
    handle, temporary = tempfile.mkstemp(prefix=".key-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        _publish(Path(temporary), path)
    finally:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()


def _publish(temporary: Path, path: Path) -> None:
    """Give the finished file its name unless somebody else was faster."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return
    except OSError:
        # A file system without hard links (exFAT): the last of two first starts wins.
        temporary.replace(path)
