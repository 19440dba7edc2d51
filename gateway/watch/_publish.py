"""Placing a copy in the synced folder: whole or not at all, over nothing that is not ours.

The order is: journal ``judged`` → write and sync the staged copy → journal ``staged`` → rename →
sync the folder → journal ``published``. Wherever that is cut off, :meth:`Publisher.recover` knows
from the journal and the staging folder which step was the last.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from gateway.errors import UsageError
from gateway.watch._folders import Signature, identity
from gateway.watch._journal import Entry, Journal, State
from gateway.watch._names import folded, is_variant, legal, variants
from gateway.watch._read import Obstacle, Snapshot
from gateway.watch._rename import rename_exclusive

_MISSING = ""
_FOREIGN = "foreign"
_NEVER = Signature(-1, -1, -1, -1, -1)


@dataclass(frozen=True, slots=True)
class Copy:
    """What is to be published.

    Args:
        key: of the original.
        snapshot: of the original.
        item_sha256: of the original's bytes.
        folder: redacted names of the folders above, outermost first.
        name: the redacted file name.
        data: the bytes that may leave.
    """

    key: str
    snapshot: Snapshot
    item_sha256: str
    folder: tuple[str, ...] = field(repr=False)
    name: str = field(repr=False)
    data: bytes = field(repr=False)


class Publisher:
    """Places copies, and finishes what a crash interrupted.

    Args:
        synced: the synced folder; must exist.
        staging: folders that may hold unfinished copies, best first. The first on the synced
            folder's file system is used.
        journal: where each step is remembered.
        checkpoint: called with the name of each step once it is done; for fault injection.
    """

    def __init__(
        self, synced: Path, staging: list[Path], journal: Journal, checkpoint: Callable[[str], None]
    ) -> None:
        self._synced = synced
        self._root = identity(synced)
        self._journal = journal
        self._checkpoint = checkpoint
        self._stagings = staging
        self._staging = self._choose_staging()
        self._taken: dict[Path, set[str]] = {}

    def recover(self) -> int:
        """Finish or undo what was under way; empty the staging folder.

        Returns:
            how many copies were finished.
        """
        finished = 0
        for entry in list(self._journal.unfinished()):
            with suppress(OSError, Obstacle):  # it stays unfinished, and is taken up again later
                finished += self.resume(entry)
        needed = {entry.staged for entry in self._journal.unfinished()}
        for folder in self._stagings:
            with suppress(OSError):
                for leftover in folder.iterdir():
                    if leftover.name not in needed:
                        leftover.unlink()
        return finished

    def close(self) -> None:
        """Leave no empty folders behind."""
        for folder in self._stagings:
            with suppress(OSError):
                folder.rmdir()

    def new_pass(self) -> None:
        """Forget which names were taken; others may have changed the folder."""
        self._taken.clear()

    def publish(self, copy: Copy) -> Path:
        """Place a copy.

        Returns:
            where it stands now.

        Raises:
            Obstacle: the synced folder is gone, or leads elsewhere.
        UsageError: no folder for unfinished copies can be made.
            OSError: it could not be written; nothing has been published.
        """
        self._check_root()
        folder = self._folder(copy.folder)
        output = hashlib.sha256(copy.data).hexdigest()
        earlier = self._journal.get(copy.key)
        target, found = self._target(folder, legal(copy.name), output, earlier, copy.key)
        entry = Entry(
            copy.key,
            State.JUDGED,
            copy.snapshot.signature,
            copy.item_sha256,
            self._relative(target),
            output,
            staged=copy.key[:32],
            previous_sha256="" if found in {_MISSING, output} else found,
        )
        if found == output:
            return self._done(entry)
        self._journal.put(entry)
        self._checkpoint("judged")
        try:
            self._stage(entry.staged, copy.data, copy.snapshot.mode)
        except OSError:
            self._undo(entry, self._staging / entry.staged)
            raise
        entry = replace(entry, state=State.STAGED)
        self._journal.put(entry)
        self._checkpoint("staged")
        return self._place(entry)

    def resume(self, entry: Entry) -> bool:
        """Take up an interrupted entry; whether its copy stands in the synced folder now."""
        staged = next((f for s in self._stagings if (f := s / entry.staged).is_file()), None)
        target = self._synced / entry.target
        found = _hash(target)
        renamed = found not in {_MISSING, entry.previous_sha256}
        if entry.state is State.STAGED and staged is None and renamed:
            self._done(entry)
            return True
        if (
            entry.state is not State.STAGED
            or staged is None
            or _hash(staged) != entry.output_sha256
        ):
            self._undo(entry, staged)
            return False
        if found == entry.output_sha256:  # linked, but the staged name not yet removed
            staged.unlink()
            self._done(entry)
            return True
        self._check_root()
        target.parent.mkdir(parents=True, exist_ok=True)
        if found not in {_MISSING, entry.previous_sha256}:
            entry = replace(entry, target=self._relative(self._free(target)), previous_sha256="")
            self._journal.put(entry)
        self._place(entry, staged)
        return True

    def _undo(self, entry: Entry, staged: Path | None) -> None:
        """Back to what was before the judgement, which is then made again."""
        if staged is not None:
            staged.unlink(missing_ok=True)
        if entry.previous_sha256:
            self._journal.put(
                replace(
                    entry,
                    state=State.PUBLISHED,
                    signature=_NEVER,
                    item_sha256="",
                    output_sha256=entry.previous_sha256,
                    staged="",
                    previous_sha256="",
                )
            )
        else:
            self._journal.forget(entry.key)

    def _place(self, entry: Entry, staged: Path | None = None) -> Path:
        staged = staged or self._staging / entry.staged
        target = self._synced / entry.target
        try:
            if entry.previous_sha256:
                staged.replace(target)
            else:
                while True:
                    try:
                        rename_exclusive(staged, target)
                        break
                    except FileExistsError:  # somebody was quicker
                        target = self._free(target)
                        entry = replace(entry, target=self._relative(target))
                        self._journal.put(entry)
        except OSError as error:
            if error.errno == errno.EXDEV and len(self._stagings) > 1:
                self._stagings.remove(self._staging)
                self._staging = self._choose_staging()
            self._undo(entry, staged)
            raise
        self._checkpoint("renamed")
        _sync_folder(target.parent)
        return self._done(entry)

    def _done(self, entry: Entry) -> Path:
        self._journal.put(replace(entry, state=State.PUBLISHED, staged="", previous_sha256=""))
        self._checkpoint("published")
        target = self._synced / entry.target
        if target.parent in self._taken:
            self._taken[target.parent].add(folded(target.name))
        return target

    def has_copy(self, entry: Entry) -> bool:
        """Whether what was published of a file is still there."""
        return (self._synced / entry.target).is_file()

    def _target(
        self, folder: Path, name: str, output: str, earlier: Entry | None, key: str
    ) -> tuple[Path, str]:
        """Where the copy goes, and the hash of what of ours stands there (empty: nothing)."""
        if earlier and earlier.target:
            old = self._synced / earlier.target
            if old.parent == folder and is_variant(old.name, name):
                found = _hash(old)
                if found in {_MISSING, output, earlier.output_sha256}:
                    return old, found
        for variant in variants(name):
            target = folder / variant
            if folded(variant) not in self._names_in(folder):
                return target, _MISSING
            # After a power cut the journal may have forgotten a copy that is there.
            if self._journal.owner(self._relative(target)) in {"", key}:
                found = _hash(target)
                if found == output:
                    return target, output
        raise AssertionError("variants never end")

    def _free(self, target: Path) -> Path:
        self._taken.pop(target.parent, None)
        taken = self._names_in(target.parent)
        return next(target.with_name(v) for v in variants(target.name) if folded(v) not in taken)

    def _names_in(self, folder: Path) -> set[str]:
        if folder not in self._taken:
            self._taken[folder] = {folded(path.name) for path in folder.iterdir()}
        return self._taken[folder]

    def _relative(self, target: Path) -> str:
        return target.relative_to(self._synced).as_posix()

    def _folder(self, names: tuple[str, ...]) -> Path:
        folder = self._synced.joinpath(*(legal(name) for name in names))
        folder.mkdir(parents=True, exist_ok=True)
        root = self._synced.resolve()
        if folder.resolve() != root and root not in folder.resolve().parents:
            raise Obstacle("its folder in the synced folder is a link to elsewhere")
        return folder

    def _check_root(self) -> None:
        if self._root is None or identity(self._synced) != self._root:
            raise Obstacle("the synced folder is not there, or is not the one it was")

    def _choose_staging(self) -> Path:
        device = self._root[0] if self._root else None
        for folder in self._stagings:
            with suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                if folder.stat().st_dev == device:
                    return folder
                folder.rmdir()
        raise UsageError(
            "there is no place for unfinished copies on the synced folder's file system",
            "make the synced folder, or the folder above it, writable",
        )

    def _stage(self, name: str, data: bytes, mode: int) -> None:
        staged = self._staging / name
        staged.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(staged, flags, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            self._checkpoint("written")
            os.fsync(out.fileno())
        staged.chmod((mode & 0o666) | 0o600)


def _hash(path: Path) -> str:
    """SHA-256 of an ordinary file, or that there is none, or that it is something else."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return _FOREIGN
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except FileNotFoundError:
        return _MISSING
    except OSError:
        return _FOREIGN


def _sync_folder(folder: Path) -> None:
    """Make a rename durable. Windows cannot open a folder, and needs no such call."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
