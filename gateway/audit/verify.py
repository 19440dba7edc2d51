"""Reading the audit log, and showing whether it is as it was written."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from gateway.audit._files import Link, head_digest, read_head, rotated
from gateway.audit.log import MAX_LINE_BYTES
from gateway.audit.record import REPAIR, TORN, AuditRecord, Fields, decode, is_sealed
from gateway.errors import AuditError

MAX_PROBLEMS: Final = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a log, with the file and the line (from 1; 0 is the file as a whole)."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}" if self.line else f"{self.file}: {self.what}"


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a check of the whole log found.

    Args:
        records: complete lines that were read.
        problems: what is not as it was written; at most ``MAX_PROBLEMS``.
        notes: what a crash explains: an unfinished last line, a repaired one.
        head: the end of the log as a short text. Noted elsewhere, it shows later whether an
            older copy was put in the log's place.
    """

    records: int
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    head: str

    @property
    def ok(self) -> bool:
        """Whether the log is as it was written."""
        return not self.problems


def verify(path: Path, key: bytes) -> VerifyReport:
    """Check every line of a log and that none is missing. Others may append meanwhile.

    Args:
        path: the log's file.
        key: the key it was written with.

    Raises:
        AuditError: a file of the log cannot be read.
    """
    check = _Check(key)
    try:
        # The head first: the log only grows beyond it.
        head = check.head(path)
        for name, number, line in _lines(path):
            check.line(name, number, line)
    except OSError as error:
        raise AuditError(
            f"the audit log cannot be read: {error.strerror or 'system error'}",
            f"check the permissions of {path.parent}",
        ) from None
    check.end(path.name, head)
    problems = tuple(check.problems[:MAX_PROBLEMS])
    return VerifyReport(check.records, problems, tuple(check.notes), head_digest(check.last))


def entries(
    path: Path,
    limit: int | None = None,
    *,
    verdict: str = "",
    surface: str = "",
    service: str = "",
    entity: str = "",
    reference: str = "",
    since: str = "",
) -> Iterator[AuditRecord]:
    """Records of a log, oldest first. Lines that cannot be read are left to :func:`verify`.

    Args:
        path: the log's file; there may be none yet.
        limit: only so many of the newest that match.
        verdict: only this verdict; likewise ``surface`` and ``service``.
        surface: only from this surface.
        service: only to this service.
        entity: only items in which this entity was removed or blocked.
        reference: only the item with this reference.
        since: only from this time on (RFC 3339 in UTC, or its beginning: "2026-03-01").
    """

    def matches(record: AuditRecord) -> bool:
        return (
            (not verdict or record.verdict == verdict)
            and (not surface or record.surface == surface)
            and (not service or record.destination.service == service)
            and (not entity or entity in record.counts)
            and (not reference or record.reference == reference)
            and record.time >= since
        )

    matching = (record for record in _records(path) if matches(record))
    return iter(deque(matching, maxlen=limit)) if limit is not None else matching


def _records(path: Path) -> Iterator[AuditRecord]:
    for _, _, line in _lines(path):
        fields = decode(line) if line.endswith(b"\n") else None
        if fields is not None:
            try:
                record = AuditRecord.from_fields(fields)
            except (TypeError, ValueError):
                continue
            yield record


def _lines(path: Path) -> Iterator[tuple[str, int, bytes]]:
    """File name, line number and line (with its end, if it has one) of the whole log."""
    with ExitStack() as stack:
        # The newest file first, so that none is lost when it gets its number meanwhile.
        newest = stack.enter_context(path.open("rb")) if path.exists() else None
        for full in rotated(path):
            if newest and os.path.samestat(os.fstat(newest.fileno()), full.stat()):
                continue
            with full.open("rb") as file:
                yield from _lines_of(full.name, file)
        if newest:
            yield from _lines_of(path.name, newest)


def _lines_of(name: str, file: BinaryIO) -> Iterator[tuple[str, int, bytes]]:
    number = 0
    while line := file.readline(MAX_LINE_BYTES):
        number += 1
        yield name, number, line


class _Check:
    """Walks along the chain."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.records = 0
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.last = Link()
        self._known = True
        self._head: Link | None = None
        self._torn: Problem | None = None

    def head(self, path: Path) -> Link | None:
        """The head; a damaged one is a problem."""
        name = path.with_suffix(".head").name
        try:
            self._head = read_head(path, self.key)
        except ValueError:
            self._problem(name, 0, "damaged, or not made with this key")
            return None
        if self._head is None and (path.exists() or rotated(path)):
            self._problem(name, 0, "missing: records may have been cut off unseen")
        return self._head

    def line(self, name: str, number: int, line: bytes) -> None:
        """The next line of the log."""
        if self._torn is not None:
            self.problems.append(self._torn)
            self._torn = None
        if not line.endswith(b"\n"):
            self._torn = Problem(name, number, "an unfinished line")
            return
        self.records += 1
        fields = decode(line) or {}
        if not is_sealed(line[:-1], self.key):
            self._problem(name, number, "changed: it does not carry its own hash and mac")
        sequence, digest = fields.get("sequence"), fields.get("hash")
        if not isinstance(sequence, int) or not isinstance(digest, str):
            # Nothing to compare the next line with.
            self.last, self._known = Link(self.last.sequence + 1), False
            return
        self._in_order(name, number, fields)
        self.last, self._known = Link(sequence, digest), True
        if self._head and sequence == self._head.sequence and digest != self._head.hash:
            self._problem(name, number, "not the record that the head names")
        if fields.get("kind") == REPAIR:
            self._repair(name, number, fields)

    def _in_order(self, name: str, number: int, fields: Fields) -> None:
        sequence, expected = fields.get("sequence"), self.last.sequence + 1
        if sequence != expected:
            self._problem(name, number, f"record {sequence} where {expected} should stand")
        elif self._known and fields.get("previous") != self.last.hash:
            self._problem(name, number, "does not follow from the record before it")

    def _repair(self, name: str, number: int, fields: Fields) -> None:
        found = Problem(name, number, str(fields.get("note")))
        (self.notes if fields.get("why") == TORN else self.problems).append(found)

    def end(self, name: str, head: Link | None) -> None:
        """What only the end of the log shows."""
        if self._torn is not None:
            self.notes.append(self._torn)
        if head is not None and head.sequence > self.last.sequence:
            missing = f"records {self.last.sequence + 1} to {head.sequence} are missing at the end"
            self._problem(name, 0, missing)

    def _problem(self, name: str, line: int, what: str) -> None:
        self.problems.append(Problem(name, line, what))
