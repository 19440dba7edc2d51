"""One unstructured header field: its text with the bytes behind each character, and its views.

A view is the same text as another program shows it: a display name turned round, an address
without its comments. Edits of all views meet at the characters of the field's own text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import NamedTuple

from gateway.formats._base import edit_text
from gateway.formats._mail.addresses import Place, fitted, worded
from gateway.formats._mail.charsets import decode_8bit
from gateway.formats._mail.words import encode_words, word_runs
from gateway.formats._pieces import Piece
from gateway.model import Edit

ADDRESSES = frozenset(
    [
        "from",
        "sender",
        "reply-to",
        "to",
        "cc",
        "bcc",
        "resent-from",
        "resent-sender",
        "resent-to",
        "resent-cc",
        "resent-bcc",
        "return-path",
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "disposition-notification-to",
        "errors-to",
        "return-receipt-to",
        "mail-followup-to",
        "x-envelope-to",
        "x-forwarded-to",
        "apparently-to",
    ]
)
IDENTIFIERS = frozenset(
    ["message-id", "in-reply-to", "references", "resent-message-id", "x-gm-original-message-id"]
)
"""Fields that hold ids of messages, which look like addresses (RFC 5322 section 3.6.4)."""

_FOLD = re.compile(r"(?:\r\n|\n|\r)(?=[ \t])")
_BEYOND_ASCII = re.compile(r"[\x80-\xff]+(?:[ -~]?[\x80-\xff]+)*")
_TURNED = re.compile(
    r'(?:^|[,;:]\s*|")([^\s,;:"<>@]+(?: [^\s,;:"<>@]+)?),\s+([^,;:"<>@]+?)(?="|\s*<|$)'
)
_FIELD_NAME = len("Subject: ")
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)|\\(?=.)|\"", re.DOTALL)
_LOOSE = re.compile(r"\s+(?=[@.])|(?<=[@.])\s+")
_ADDRESS = re.compile(r"[\w.+-]@[\w-]")


class View(NamedTuple):
    """Text, and for each of its characters the position in the field's text."""

    text: str
    positions: Sequence[int]


@dataclass(slots=True)
class HeaderText:
    """The value of one field.

    Args:
        pieces: the text and where it stands in the message; see :class:`Piece`. Pieces that are
            not literal are runs of encoded words, with their charset as place, or bytes beyond
            ASCII.

    ``text`` is the value as a reader sees it, unfolded and decoded.
    """

    pieces: Sequence[Piece] = field(repr=False)
    text: str = field(init=False, repr=False)
    _starts: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.text = "".join(piece.text for piece in self.pieces)
        self._starts = [0, *accumulate(len(piece.text) for piece in self.pieces)]

    def views(self, name: str) -> Iterator[View]:
        """The text itself, then what else programs make of it.

        Args:
            name: the field's name, in lower case.
        """
        text = self.text
        yield View(text, range(len(text)))
        if name not in ADDRESSES:
            return
        bare = _leaving_out(_LOOSE, _leaving_out(_COMMENT, View(text, range(len(text)))))
        if len(_ADDRESS.findall(bare.text)) > len(_ADDRESS.findall(text)) or "\\" in text:
            yield bare
        for match in _TURNED.finditer(text):
            last, first = match.span(1), match.span(2)
            positions = [*range(*first), match.end(1), *range(*last)]
            yield View(f"{match[2]} {match[1]}", positions)

    def changes(
        self, edits: Sequence[tuple[View, Edit]], newline: str, name: str
    ) -> Iterator[tuple[int, int, bytes]]:
        """What edits of views change in the message; edits that meet become one.

        Args:
            edits: with the view that each belongs to.
            newline: how the message ends its lines.
            name: the field's name, in lower case: addresses have a grammar.
        """
        groups: list[tuple[int, int, list[Edit], Place | None]] = []
        for start, end, replacement, place in self._placed(_merged(edits), name):
            lo, hi = self._widened(start, end)
            edit = Edit(0, start, end, replacement)
            if groups and lo < groups[-1][1]:  # in the same run of encoded words
                groups[-1] = (groups[-1][0], max(hi, groups[-1][1]), [*groups[-1][2], edit], place)
            else:
                groups.append((lo, hi, [edit], place))
        for lo, hi, group, place in groups:
            text = edit_text(self.text[:hi], group)[lo:]
            begin = self._source(lo, end=False)
            if place and text.isascii():
                text = worded(text, place)
            source = encode_words(text, self._charset(lo), newline, self._column(lo))
            stop = self._source(hi, end=True) if hi > lo else begin
            yield begin, stop, source.encode("latin-1")

    def _placed(
        self, ranges: Sequence[tuple[int, int, str]], name: str
    ) -> Iterator[tuple[int, int, str, Place | None]]:
        """Edits, and what grammar holds where they stand."""
        if name in ADDRESSES | IDENTIFIERS:
            yield from fitted(self.text, ranges)
        else:
            yield from ((*r, None) for r in ranges)

    def _piece(self, at: int) -> int:
        return min(bisect_right(self._starts, at), len(self.pieces)) - 1

    def _charset(self, at: int) -> str:
        return self.pieces[self._piece(at)].place or "utf-8"

    def _column(self, at: int) -> int:
        """How far right a character stands on its line, about: names of fields differ."""
        first = self._piece(at)
        while first and self.pieces[first - 1].end == self.pieces[first].start:
            first -= 1
        name = _FIELD_NAME if first == 0 else 1
        return name + self._source(at, end=False) - self.pieces[first].start

    def _widened(self, start: int, end: int) -> tuple[int, int]:
        """The range with whole runs of encoded words at its ends."""
        first, last = self._piece(start), self._piece(max(start, end - 1))
        lo = start if self.pieces[first].literal else self._starts[first]
        hi = end if self.pieces[last].literal else self._starts[last + 1]
        return lo, hi

    def _source(self, at: int, *, end: bool) -> int:
        """Where a character stands; for an end, where the one before it stops."""
        number = self._piece(at - 1 if end else at)
        piece = self.pieces[number]
        if piece.literal:
            return piece.start + at - self._starts[number]
        return piece.end if end else piece.start


def _leaving_out(clutter: re.Pattern[str], view: View) -> View:
    """The view without what the pattern matches."""
    kept = [True] * len(view.text)
    for match in clutter.finditer(view.text):
        kept[match.start() : match.end()] = [False] * (match.end() - match.start())
    numbers = [number for number, keep in enumerate(kept) if keep]
    return View(
        "".join(view.text[n] for n in numbers), [view.positions[number] for number in numbers]
    )


def read_header(
    data: bytes, start: int, end: int, charsets: Sequence[str]
) -> tuple[HeaderText, ...]:
    """The value ``data[start:end]`` in every reading: one, unless its charset is unknown.

    Args:
        data: the message.
        start: where the value begins.
        end: where it ends, before the line end of the field.
        charsets: those that the message declares for its bodies.
    """
    unfolded = _Unfolded.of(data[start:end].decode("latin-1"), start)
    odd = (m[0].encode("latin-1") for m in _BEYOND_ASCII.finditer(unfolded.text))
    readings = max((len(decode_8bit(run, charsets)) for run in odd), default=1)
    return tuple(
        HeaderText(tuple(_pieces(unfolded, charsets, reading))) for reading in range(readings)
    )


@dataclass(frozen=True, slots=True)
class _Unfolded:
    """Text with its folds taken out; lines begin at ``firsts`` of it, ``origins`` of the message."""

    text: str = field(repr=False)
    firsts: Sequence[int]
    origins: Sequence[int]

    @staticmethod
    def of(source: str, start: int) -> _Unfolded:
        folds = [match.span() for match in _FOLD.finditer(source)]
        origins = [start, *(start + end for _, end in folds)]
        firsts = [0]
        for (begin, _), origin in zip(folds, origins, strict=False):
            firsts.append(firsts[-1] + start + begin - origin)
        return _Unfolded(_FOLD.sub("", source), firsts, origins)

    def origin(self, at: int) -> int:
        line = bisect_right(self.firsts, at) - 1
        return self.origins[line] + at - self.firsts[line]

    def piece(self, text: str, start: int, end: int, charset: str = "", *, literal: bool) -> Piece:
        return Piece(text, self.origin(start), self.origin(end - 1) + 1, charset, literal)

    def literal(self, start: int, end: int) -> Iterator[Piece]:
        """Plain text, a piece for each line that it stands on."""
        cuts = [at for at in self.firsts if start < at < end]
        for begin, stop in pairwise((start, *cuts, end)):
            if begin < stop:
                yield self.piece(self.text[begin:stop], begin, stop, literal=True)


def _pieces(unfolded: _Unfolded, charsets: Sequence[str], reading: int) -> Iterator[Piece]:
    at = 0
    for start, end, text, charset in (*word_runs(unfolded.text), (-1, -1, "", "")):
        stop = start if start >= 0 else len(unfolded.text)
        for run in _BEYOND_ASCII.finditer(unfolded.text, at, stop):
            yield from unfolded.literal(at, run.start())
            options = decode_8bit(run[0].encode("latin-1"), charsets)
            best = options[min(reading, len(options) - 1)]
            yield unfolded.piece(best, run.start(), run.end(), literal=False)
            at = run.end()
        yield from unfolded.literal(at, stop)
        if start >= 0:
            yield unfolded.piece(text, start, end, charset, literal=False)
            at = end


def _merged(edits: Sequence[tuple[View, Edit]]) -> list[tuple[int, int, str]]:
    """Edits of views as edits of the text itself; of those that overlap the first names them all."""
    ranges: list[tuple[int, int, str]] = []
    for view, edit in edits:
        touched = view.positions[edit.start : edit.end]
        if touched:
            ranges.append((min(touched), max(touched) + 1, edit.replacement))
        elif edit.replacement:
            at = view.positions[edit.start] if edit.start < len(view.text) else len(view.text)
            ranges.append((at, at, edit.replacement))
    merged: list[tuple[int, int, str]] = []
    for start, end, new in sorted(ranges, key=lambda change: (change[0], -change[1])):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]), merged[-1][2])
        else:
            merged.append((start, end, new))
    return merged
