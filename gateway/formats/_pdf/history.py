"""What a file carries beside its current revision: earlier revisions, stray bytes, stale objects.

Source: ISO 32000-2:2020, 7.5.6 (incremental updates: each ends with ``%%EOF``, and the file cut
there is the earlier revision) and annex F (a linearised file has two ``%%EOF`` but one revision;
its first object gives the whole length as ``/L``). An edited file is written anew and carries
none of this; a clean one is sent as it is, so all of this has to be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.formats._pdf.syntax import comments, parse_content, texts
from gateway.formats._pdf.values import ObjectId

_END = re.compile(rb"%%EOF[ \t]*(?:\r\n|\r|\n)?")
_LINEARIZED = re.compile(rb"/Linearized\b")
_LENGTH = re.compile(rb"/L\s+(\d+)")
_OBJECT = re.compile(rb"(?<![0-9])(\d{1,10})[ \t\r\n]+(\d{1,5})[ \t\r\n]+obj\b")
_STREAM = re.compile(rb"\bstream(\r?\n)|\bendobj\b")
_DIRECT_LENGTH = re.compile(rb"/Length\s+(\d+)(?!\s+\d+\s+R)")
_MAY_HOLD_TEXT = re.compile(rb"[(]|<[0-9A-Fa-f]")
_CROSS_REFERENCE = re.compile(rb"/Type\s*/XRef\b")
_KNOWN_COMMENT = re.compile(
    rb"PDF-\d|%EOF|[\x80-\xff]{4}|QDF-|% (Original object ID:|Page \d|Contents for page)|\W*$"
)


@dataclass(frozen=True, slots=True)
class History:
    """Earlier revisions as offsets at which to cut the file, and what stands around the file."""

    revisions: tuple[int, ...]
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)


def find_history(data: bytes) -> History:
    """Where earlier revisions end, and bytes before ``%PDF-`` or after the last ``%%EOF``."""
    ends = [match.end() for match in _END.finditer(data)]
    header = max(data.find(b"%PDF-"), 0)
    if not ends:
        return History((), data[:header], b"")
    first = _linearized_length(data[header : header + 1024])
    # Cross-reference sections of a linearised file before its end are no revisions.
    whole = next((end for end in ends if end >= first - 2), ends[-1])
    earlier = [end for end in ends[:-1] if end >= whole] if first else ends[:-1]
    return History(tuple(earlier), data[:header], data[ends[-1] :])


def _linearized_length(head: bytes) -> int:
    """The length that a linearised file gives for itself, or 0."""
    if not _LINEARIZED.search(head):
        return 0
    length = _LENGTH.search(head)
    return int(length[1]) if length else 0


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which an object is written in the file: its body, and its stream if it has one."""

    body: bytes = field(repr=False)
    stream: bytes | None = field(repr=False)

    def strings(self) -> list[bytes]:
        """The strings in the body."""
        return [
            text.value
            for instruction in parse_content(self.body + b" end ")
            for operand in instruction.operands
            for text in texts(operand)
        ]


@dataclass(frozen=True, slots=True)
class Survey:
    """What stands in a file as written, its cross-reference table not heeded.

    Args:
        forms: the forms of each object that can hold text.
        comments: text of comments, which readers skip and people may have written.
    """

    forms: dict[ObjectId, set[Form]] = field(repr=False)
    comments: list[bytes] = field(repr=False)

    def doubtful(self, known: set[ObjectId]) -> dict[ObjectId, set[Form]]:
        """Objects in several forms, and objects that no revision knows."""
        return {
            object_id: forms
            for object_id, forms in self.forms.items()
            if len(forms) > 1 or object_id not in known
        }


def survey(data: bytes) -> Survey:
    """Go through a file from its first byte to its last."""
    forms: dict[ObjectId, set[Form]] = {}
    found: list[bytes] = []
    at = 0
    while match := _OBJECT.search(data, at):
        body_end, start, end, after = _object_end(data, match.end())
        found += _unknown_comments(data[at:body_end])
        body = data[match.end() : body_end]
        stream = data[start:end].rstrip(b"\r\n") if end > start else None
        if (stream is not None or _MAY_HOLD_TEXT.search(body)) and not _CROSS_REFERENCE.search(
            body
        ):
            form = Form(body.strip(), stream)
            forms.setdefault((int(match[1]), int(match[2])), set()).add(form)
        at = after
    found += _unknown_comments(data[at:])
    return Survey(forms, found)


def _unknown_comments(data: bytes) -> Iterator[bytes]:
    """Comments other than those that every file has."""
    for comment in comments(data):
        if not _KNOWN_COMMENT.match(comment.value):
            yield comment.value


def _object_end(data: bytes, start: int) -> tuple[int, int, int, int]:
    """Where the body of an object ends, its stream begins and ends, and what follows begins."""
    match = _STREAM.search(data, start)
    if not match:
        return len(data), 0, 0, len(data)
    if not match[1]:
        return match.start(), 0, 0, match.end()
    length = _DIRECT_LENGTH.search(data, start, match.start())
    if length:
        end = match.end() + int(length[1])
        if data[end : end + 20].lstrip().startswith(b"endstream"):
            return match.start(), match.end(), end, end
    end = data.find(b"endstream", match.end())
    end = end if end >= 0 else len(data)
    return match.start(), match.end(), end, end
