"""The outbox as a tree of candidates: what is a document, what is passing, what is no file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gateway.errors import UsageError
from gateway.watch._notes import is_note_name

_PASSING_PREFIXES = ("~$", ".~", "._", ".#", ".goutputstream-", ".gateway-")
_PASSING_SUFFIXES = (
    ".tmp",
    ".temp",
    ".part",
    ".partial",
    ".crdownload",
    ".download",
    ".opdownload",
    ".filepart",
    ".swp",
    ".swo",
    ".swx",
    "~",
)
_PASSING_NAMES = frozenset({".ds_store", "thumbs.db", "desktop.ini", ".directory", "4913"})
_DOWNLOADS = (".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp")


@dataclass(frozen=True, slots=True)
class Signature:
    """What changes when a file does: size in bytes, times in nanoseconds, identity."""

    size: int
    modified: int
    changed: int
    device: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Signature:
        """The signature in an ``lstat`` or ``fstat`` result."""
        return cls(
            status.st_size,
            status.st_mtime_ns,
            # Windows gives the time of creation here, and deprecates the field.
            0 if os.name == "nt" else status.st_ctime_ns,
            status.st_dev,
            status.st_ino,
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry of the outbox.

    Args:
        path: relative to the outbox.
        signature: as it stands now.
        obstacle: why it can never be published as it is, or an empty string.
    """

    path: Path = field(repr=False)
    signature: Signature
    obstacle: str = ""


def is_passing(name: str) -> bool:
    """Whether a name belongs to a lock, a swap file, an unfinished download or the system."""
    lower = name.lower()
    return (
        lower in _PASSING_NAMES
        or lower.startswith(_PASSING_PREFIXES)
        or lower.endswith(_PASSING_SUFFIXES)
    )


def look(root: Path, path: Path) -> Candidate | None:
    """One entry by its path relative to the outbox; ``None`` when there is nothing to publish."""
    if is_passing(path.name) or is_note_name(path.name):
        return None
    try:
        status = (root / path).lstat()
    except OSError:
        return None
    if stat.S_ISDIR(status.st_mode):
        junction = os.path.isjunction(root / path)
        why = "it is a link to a folder, and links are not followed" if junction else ""
        return Candidate(path, Signature.of(status), why) if why else None
    if status.st_size == 0 and _downloading(root / path):
        return None
    return Candidate(path, Signature.of(status), _obstacle(status))


def _obstacle(status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "it is a symbolic link, and links are not followed"
    if not stat.S_ISREG(status.st_mode):
        return "it is not an ordinary file"
    if status.st_nlink > 1:
        return "it has a second name elsewhere (a hard link), through which it can change unseen"
    return ""


def _downloading(path: Path) -> bool:
    """Whether an empty file is a browser's place-holder for a download beside it."""
    return any(os.path.lexists(f"{path}{suffix}") for suffix in _DOWNLOADS)


def walk(root: Path, below: Path = Path()) -> Iterator[Candidate]:
    """All candidates in a folder of the outbox, links not followed."""
    pending = [below]
    while pending:
        folder = pending.pop()
        try:
            entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            path = folder / entry.name
            if entry.is_dir(follow_symlinks=False) and not entry.is_junction():
                if not entry.name.lower().startswith(".gateway-"):
                    pending.append(path)
            elif candidate := look(root, path):
                yield candidate


def is_real_folder(path: Path) -> bool:
    """Whether a path is a folder itself, and no link to one."""
    return path.is_dir() and not path.is_symlink() and not path.is_junction()


def identity(folder: Path) -> tuple[int, int] | None:
    """Device and inode of a folder; ``None`` when it is not there."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None


def check_apart(outbox: Path, synced: Path, home: Path) -> None:
    """Refuse folders of which one lies in another, by whatever spelling or link.

    Raises:
        UsageError: a folder is missing, or a sync client could see originals.
    """
    for folder, what in ((outbox, "outbox"), (synced, "synced folder")):
        if identity(folder) is None:
            raise UsageError(f"the {what} is not there: {folder}", "create the folder first")
    if _within(outbox, synced) or _within(synced, outbox):
        raise UsageError(
            "the outbox and the synced folder must lie apart: a sync client would upload originals",
            "choose an outbox that is in no synced folder",
        )
    if _within(home, synced) or _within(home, outbox):
        raise UsageError(
            "the gateway's own folder lies in the outbox or in the synced folder",
            "set GATEWAY_HOME to a folder elsewhere",
        )


def _within(inner: Path, outer: Path) -> bool:
    """Whether ``inner`` is ``outer`` or below it; by identity, so that case and links are seen."""
    wanted = identity(outer)
    resolved = inner.resolve()
    return any(identity(folder) == wanted for folder in (resolved, *resolved.parents))
