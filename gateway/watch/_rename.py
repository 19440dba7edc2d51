"""Renaming a file to a name that must still be free, in one step.

POSIX ``rename`` replaces what is there. Linux has ``renameat2`` with RENAME_NOREPLACE (rename(2),
kernel 3.15), macOS ``renamex_np`` with RENAME_EXCL (rename(2), 10.12); on Windows ``os.rename``
refuses by itself. Where a file system knows neither, a hard link does: it too fails on a name
that is taken.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_RENAME_EXCL = 4
_NOT_HERE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}


def rename_exclusive(source: Path, target: Path) -> None:
    """Rename, unless ``target`` exists.

    Raises:
        FileExistsError: the name is taken.
        OSError: the rename failed; nothing has changed.
    """
    if os.name == "nt":
        source.rename(target)
        return
    if native := _native():
        code = native(os.fsencode(source), os.fsencode(target))
        if code == 0:
            return
        if code not in _NOT_HERE:
            raise OSError(code, os.strerror(code), str(target))
    _by_link(source, target)


def _by_link(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NOT_HERE | {errno.EPERM, errno.EMLINK}:
            raise
        # exFAT and some network shares: no links either. The moment between the look and the
        # rename remains.
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from error
        source.rename(target)
        return
    source.unlink()


@cache
def _native() -> Callable[[bytes, bytes], int] | None:
    """The system's exclusive rename; returns an errno, 0 for success."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            renamex = libc.renamex_np
            return lambda source, target: _code(renamex(source, target, _RENAME_EXCL))
        renameat2 = libc.renameat2
    except (OSError, AttributeError):
        return None
    return lambda source, target: _code(
        renameat2(_AT_FDCWD, source, _AT_FDCWD, target, _RENAME_NOREPLACE)
    )


def _code(result: int) -> int:
    return ctypes.get_errno() if result else 0
