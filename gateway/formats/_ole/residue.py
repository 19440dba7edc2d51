"""Text in bytes that no reader understands: runs of characters in UTF-16 or one-byte encodings.

Between the known records of an old Office file stand style names, bookmarks, user names and what
earlier versions left. Whatever looks like text is found here, so that nothing passes unseen;
what looks like chance (random bytes that happen to be letters) is left out.
"""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from gateway.formats._ole.passage import UTF16

_CHARACTERS = (
    "\t\n\r -~\u00a0-\u024f\u0370-\u058f\u0590-\u06ff\u0e00-\u0e7f\u1e00-\u1fff\u2010-\u203f"
    "\u20ac\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff9e"
)
_WIDE = re.compile(f"[{_CHARACTERS}]{{2,}}")
_BYTES = re.compile(rb"(?:[\t\x20-\x7e\xc0-\xff\x80\x85\x91-\x97]|\xa0){3,}")
_CHINESE = re.compile(rb"(?:[\t\x20-\x7e]|[\xa1-\xa3\xb0-\xf7][\xa1-\xfe]){2,}")
_WORDY = re.compile(r"[A-Za-z0-9 ]")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 @._'-]*")
_PAIR = re.compile("[\u4e00-\u9fff]")
_ASCII = re.compile("[ -~]{3,}")
_IDEOGRAPHS = "\u2e80"
# Files that stand whole in free space, by their first bytes.
_FILES = re.compile(
    rb"PK\x03\x04.{22}|PK\x05\x06\x00{4}|\x89PNG\r\n|\xff\xd8\xff[\xc0-\xfe]|%PDF-1"
    rb"|\x1f\x8b\x08[\x00-\x1f]|Rar!\x1a|7z\xbc\xaf",
    re.DOTALL,
)
_SHORTEST_BYTES = 6
_ENTROPY_FROM, _ENTROPY = 4096, 7.6
_WORDY_SHARE = 0.7


class Run(NamedTuple):
    """A run of text: what it says, where it starts, how it is encoded."""

    text: str
    start: int
    end: int
    codec: str


def text_runs(data: bytes) -> Iterator[Run]:
    """All plausible runs of text, those in UTF-16 first.

    None overlaps another, but for the shorter forms of one run: a byte before or behind a text
    may look like a letter of it, and would hide a name from whoever looks for whole words.
    """
    rest = bytearray(data)
    wide = sorted(_wide_runs(data), key=lambda run: (run.start - run.end, run.start))
    for run in wide:
        if any(rest[run.start : run.end]) and not _is_taken(rest, run):
            rest[run.start : run.end] = bytes(run.end - run.start)
            yield from _forms(run)
    for run in _byte_runs(bytes(rest)):
        yield from _forms(run)


def _is_taken(rest: bytearray, run: Run) -> bool:
    """Whether a run at the other alignment already took a piece of this one."""
    units = range(run.start, run.end, 2)
    return bool(run.start % 2) and any(not any(rest[at : at + 2]) for at in units)


def _forms(run: Run) -> Iterator[Run]:
    """The run, and what it is without a first or last character that is perhaps a number."""
    yield run
    text, codec = run.text, run.codec
    if codec == "gb18030":
        return
    width = 2 if codec == UTF16 else 1
    odd_from = "\u0100" if codec == UTF16 else "\x80"
    first = len(text) > 2 and (
        (odd_from <= text[0] < _IDEOGRAPHS and text[1].isascii())
        or ord(text[0]) in {len(text), len(text) - 1}
    )
    last = len(text) > 2 and odd_from <= text[-1] < _IDEOGRAPHS and text[-2].isascii()
    if first or last:
        start, end = run.start + width * first, run.end - width * last
        yield Run(text[first : len(text) - last], start, end, codec)


def _wide_runs(data: bytes) -> Iterator[Run]:
    for shift in (0, 1):
        units = as_units(data[shift:])
        for match in _WIDE.finditer(units):
            start, end = match.span()
            ended = end == len(units) or units[end] == "\0"
            counted = start > 0 and ord(units[start - 1]) in {end - start, end - start + 1}
            if _is_plausible(match[0], ended=ended, counted=counted):
                yield Run(match[0], shift + 2 * start, shift + 2 * end, UTF16)


def as_units(data: bytes) -> str:
    """Bytes as one character for each UTF-16 unit, surrogates single."""
    units = array("H", data[: len(data) // 2 * 2])
    return array("I", units).tobytes().decode("utf-32-le", "surrogatepass")


def _is_plausible(text: str, *, ended: bool, counted: bool) -> bool:
    """Whether units that could be characters are text, and no numbers.

    Args:
        text: the run.
        ended: a zero stands behind it.
        counted: its length stands before it.
    """
    letters = sum(map(str.isalnum, text))
    if text.isascii():
        if len(text) < _SHORT_WORD:
            return (ended and (counted or len(text) > 2)) and bool(_PLAIN.fullmatch(text))
        return letters + text.count(" ") >= _WORDY_SHARE * len(text)
    if sum(c > "\x7f" and not ord(c) & 0xFF for c in text) * 3 > len(text):
        return False  # every other byte is zero: ASCII or numbers, one byte off
    scripts = {_script(c) for c in text}
    others = scripts - {"ascii", "mark", "latin"}
    if "odd" in others or frozenset(others) not in _TOGETHER:
        return False
    if not others:
        return 2 * sum(c.isascii() for c in text) >= len(text) and letters >= 0.5 * len(text) > 1
    if "han" in others and not (_one_charset(text) and not _is_ascii_in_pairs(text)):
        return False
    if letters < 2:
        return False
    return len(text) >= _LONG_WORD or ended or counted


_SHORT_WORD, _LONG_WORD = 4, 5
_TOGETHER = frozenset(
    frozenset(words.split())
    for words in ("", "han", "kana", "han kana", "hangul", "greek", "cyrillic")
) | {frozenset({word}) for word in ("arabic", "hebrew", "thai", "armenian")}
# The everyday letters of each script; a random unit is seldom one of them.
_SCRIPTS = (
    ("ascii", "\t", "\x7f"),
    ("mark", "\xa0", "\xbf"),
    ("latin", "\xc0", "\u024f"),
    ("greek", "\u0386", "\u03ce"),
    ("cyrillic", "\u0401", "\u045f"),
    ("armenian", "\u0531", "\u0587"),
    ("hebrew", "\u05d0", "\u05ea"),
    ("arabic", "\u060c", "\u06cc"),
    ("thai", "\u0e01", "\u0e5b"),
    ("latin", "\u1e00", "\u1ef9"),
    ("mark", "\u2010", "\u2026"),
    ("mark", "\u20ac", "\u20ac"),
    ("mark", "\u3000", "\u3017"),
    ("kana", "\u3041", "\u30fe"),
    ("han", "\u4e00", "\u9fff"),
    ("hangul", "\uac00", "\ud7a3"),
    ("mark", "\uff01", "\uff9e"),
)


@cache
def _script(character: str) -> str:
    """The script of a character; "odd" if it is hardly ever used."""
    for name, first, last in _SCRIPTS:
        if first <= character <= last:
            return "odd" if name == "hangul" and not _has(character, "euc_kr") else name
    return "odd"


def _one_charset(text: str) -> bool:
    """Whether all ideographs are of one country; in a short run, the commonest ones of it."""
    ideographs = [c for c in text if "\u4e00" <= c <= "\u9fff"]
    short = len(text) < _LONG_WORD
    return any(
        all(_has(c, codec, last if short else b"\xff") for c in ideographs)
        for codec, last in (("gb2312", b"\xd8"), ("big5", b"\xc9"), ("shift_jis", b"\x98"))
    )


def _is_ascii_in_pairs(text: str) -> bool:
    """Whether the units are rather two letters of ASCII each."""
    data = text.encode(UTF16, "surrogatepass")
    return data.isascii() and len(_WORDY.findall(data.decode())) >= _WORDY_SHARE * len(data)


@cache
def _has(character: str, codec: str, below: bytes = b"\xff") -> bool:
    try:
        data = character.encode(codec)
        return len(data) == 2 and data < below
    except UnicodeEncodeError:
        return False


def _byte_runs(data: bytes) -> Iterator[Run]:
    rest = bytearray(data)
    for match in _CHINESE.finditer(data):
        text = match[0].decode("gb18030", "replace")
        pairs = len(_PAIR.findall(text))
        told = data[match.end() : match.end() + 1] in {b"\0", b""}
        if "\ufffd" not in text and (pairs >= 4 or (pairs >= 2 and told)):
            rest[match.start() : match.end()] = bytes(len(match[0]))
            yield Run(text, match.start(), match.end(), "gb18030")
    for match in _BYTES.finditer(bytes(rest)):
        text = match[0].decode("cp1252", "replace")
        told = data[match.end() : match.end() + 1] in {b"\0", b""}
        wordy = len(_WORDY.findall(text))
        if len(text) < _SHORTEST_BYTES:
            before = data[match.start() - 1 : match.start()]
            counted = before in {b"\0", bytes([len(text)])}
            if not (told and counted and _PLAIN.fullmatch(text)):
                continue
        elif wordy < _WORDY_SHARE * len(text):
            continue
        yield Run(text, match.start(), match.end(), "cp1252")


def uncovered(data: bytes, covered: Iterable[tuple[int, int]]) -> bytes:
    """The bytes with what was read already turned into zeros."""
    rest = bytearray(data)
    for start, end in covered:
        stretch = slice(max(start, 0), min(end, len(rest)))
        rest[stretch] = bytes(len(rest[stretch]))
    return bytes(rest)


def looks_packed(data: bytes) -> bool:
    """Whether bytes are packed or enciphered, so that no text can be seen in them.

    Text and tables have under 7 bits of information a byte, packed bytes nearly 8.
    """
    if len(data) < _ENTROPY_FROM:
        return False
    shares = [count / len(data) for count in Counter(data).values()]
    return -sum(share * math.log2(share) for share in shares) > _ENTROPY


def holds_packed(data: bytes) -> bool:
    """Whether some stretch of the bytes is packed or enciphered."""
    starts = range(0, max(len(data) - _ENTROPY_FROM, 0) + 1, _ENTROPY_FROM // 2)
    return any(looks_packed(data[at : at + _ENTROPY_FROM]) for at in starts)


def holds_files(stretch: bytes) -> bool:
    """Whether free space holds a whole file or packed bytes, whose text cannot be seen.

    A deleted file, or one that another program finds from its end.
    """
    return bool(_FILES.search(stretch)) or looks_packed(stretch)


def searched(data: bytes) -> Iterator[str]:
    """Bytes in every way that text could stand in them, for the verifier."""
    for shift in (0, 1):
        runs = _WIDE.findall(as_units(data[shift:]))
        yield "\0".join(runs)
        yield "\0".join(_bare(runs))
    found = _RUN_OF_BYTES.findall(data)
    for codec in ("cp1252", "gb18030", "cp1251"):
        yield "\0".join(run.decode(codec, "replace") for run in found)
    yield "\0".join(_bare([run.decode("latin-1") for run in found]))


def _bare(runs: Iterable[str]) -> Iterator[str]:
    """The ASCII in each run by itself, without what may be the count before it."""
    for run in runs:
        for bare in _ASCII.findall(run):
            yield bare
            if ord(bare[0]) in {len(bare), len(bare) - 1}:
                yield bare[1:]


_RUN_OF_BYTES = re.compile(rb"[\t\x20-\x7e\x80-\xff]{5,}")
