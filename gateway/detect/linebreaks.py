"""Values that a line break cuts apart: wrapped, hyphenated, quoted in a reply, over two table rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.detect.layers import Spelling
from recognizers.checksums import iban

# Letters as "a", digits as "0", one octet a character: searching that is fast.
_KINDS = bytes(
    0x30 if 0x30 <= code <= 0x39 else 0x61 if chr(code).isalpha() and code < 128 else code
    for code in range(256)
)
_BEFORE_DIGIT = re.compile(rb"\n[ \t>|*#/]*[a_-]{0,40}0|\n[ \t>|*#/]*[Xx](?![0a])")
_BREAK = re.compile(r"(?P<hyphen>-)?[ \t]*\|?[ \t]*\r?\n[ \t]*(?:[>|][>| \t]*|(?:#|//|\*)[ \t]+)?")
_CHARACTER = "[0-9A-Za-z@._%+/:=&?#~!$*-]"
_LEFT = re.compile(f"{_CHARACTER}{{0,80}}$")
_RIGHT = re.compile(f"{_CHARACTER}{{0,80}}")
_BLANK_END = re.compile(r"[ \t|\r]*$")
_NUMBER_LINE = re.compile(r"[ \t|>]*[0-9][0-9 .,;|\t-]*\r?")
_LONG_LINE = re.compile(r"[^\s]{40,}\r?")
_LINE = 200
_ADDRESS = re.compile(r"[0-9A-Za-z._%+-]+@(?:[0-9A-Za-z-]+\.)+[A-Za-z]{2,24}(?![0-9A-Za-z])")
_LOGIN = re.compile(r"[a-z]{2,12}://[^\s/]+@")
_IPV4 = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}")
_DIGITS_LEFT = re.compile(r"(?<![0-9A-Za-z;,|/])[0-9+][0-9 -]*(?<=[0-9])$")
_DIGITS_RIGHT = re.compile(r"(?:[0-9][0-9 -]*[Xx]?|[Xx])(?![0-9A-Za-z;|/])")
_FEWEST, _MOST = 9, 22
_IBAN = re.compile("[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}")
_REPLY = re.compile(r"\n[ \t]{0,3}>(?:[ \t]?>)*[ \t]?(?=[^\s><])")
_REACH = 80
_SHORTEST_KEY = 16


def line_breaks(text: str) -> Iterator[Spelling]:
    """Breaks within a value, and the marks of a quoted mail."""
    if "\n" not in text:
        return
    if "\n>" in text or "\n >" in text:
        for match in _REPLY.finditer(text):
            yield (*match.span(), "\n")
    for newline in sorted(set(_candidates(text))):
        yield from _joined(text, newline)


def _candidates(text: str) -> Iterator[int]:
    """Newlines that may stand within a value."""
    kinds = text.encode("latin-1", "replace").translate(_KINDS)
    for match in _BEFORE_DIGIT.finditer(kinds):
        if not _between_equals(text, match.start()):
            yield match.start()
    for hyphen in ("-\n", "-\r\n", "- \n"):
        yield from (at + len(hyphen) - 1 for at in _places(text, hyphen))
    for sign in ("@", "://"):
        for at in _places(text, sign):
            for start, end in ((at, at + _REACH), (max(0, at - _REACH), at)):
                newline = (
                    text.find("\n", start, end) if start == at else text.rfind("\n", start, end)
                )
                if newline >= 0:
                    yield newline


def _between_equals(text: str, newline: int) -> bool:
    """Whether the lines before and after are of one length and without a space: base64, a key."""
    before = newline - text.rfind("\n", max(0, newline - _LINE), newline)
    if (
        not 60 <= before <= _LINE
        or text.find("\n", newline + 1, newline + _LINE) != newline + before
    ):
        return False
    line = text[newline - before + 1 : newline]
    return line.isascii() and " " not in line


def _places(text: str, sign: str) -> Iterator[int]:
    at = text.find(sign)
    while at >= 0:
        yield at
        at = text.find(sign, at + 1)


def _joined(text: str, newline: int) -> Iterator[Spelling]:
    blank = _BLANK_END.search(text, max(0, newline - 8), newline)
    start = blank.start() if blank else newline
    if text[start - 1 : start] == "-":
        start -= 1
    match = _BREAK.match(text, start)
    if match is None or match.end() <= newline:
        return
    end = match.end()
    left_match = _LEFT.search(text, max(0, start - _REACH), start)
    right_match = _RIGHT.match(text, end)
    left = left_match[0].lstrip(":=.") if left_match else ""
    right = right_match[0].rstrip(".:!?") if right_match else ""
    if left and right and _goes_on(text, start, end, left, right):
        yield start, end, ""


def _goes_on(text: str, start: int, end: int, left: str, right: str) -> bool:
    """Whether an address, a number, a key or a hyphenated word goes on in the next line."""
    joined = left + right
    if "@" in joined or "://" in joined:
        if "@" not in right and _ADDRESS.search(left) and text[start] != "-":
            return False  # whole already
        return bool(_ADDRESS.search(joined) or ("@" in right and _LOGIN.search(joined)))
    head = _DIGITS_LEFT.search(text, max(0, start - _REACH), start)
    tail = _DIGITS_RIGHT.match(text, end)
    if head and tail:
        digits = sum(char.isalnum() for char in head[0] + tail[0])
        return _FEWEST <= digits <= _MOST and not _in_column(text, start, end)
    if _IPV4.fullmatch(joined) or (_IBAN.fullmatch(joined) and iban(joined)):
        return True
    if len(joined) >= _SHORTEST_KEY and min(len(left), len(right)) >= 4:
        mixed = [
            any(map(kind, right)) and any(map(kind, joined))
            for kind in (str.isdecimal, str.isalpha)
        ]
        telling = any(char.isdecimal() or char in "=_-" for char in left)
        return telling and all(mixed) and not _in_block(text, start, end)
    return text[start] == "-" and left[-1].isalpha() and right[0].islower()


def _in_column(text: str, start: int, end: int) -> bool:
    """Three lines with nothing but numbers."""
    return _three_alike(_NUMBER_LINE, text, start, end)


def _in_block(text: str, start: int, end: int) -> bool:
    """Three long lines without a space: a picture or a certificate, not a value."""
    return _three_alike(_LONG_LINE, text, start, end)


def _three_alike(kind: re.Pattern[str], text: str, start: int, end: int) -> bool:
    """Whether the lines around a break, and the one above or below, are of a kind."""
    first = text.rfind("\n", max(0, start - _LINE), start) + 1
    above = text[text.rfind("\n", max(0, first - _LINE), max(0, first - 1)) + 1 : max(0, first - 1)]
    stop = text.find("\n", end, end + _LINE)
    stop = min(len(text), end + _LINE) if stop < 0 else stop
    below = text[stop + 1 : stop + _LINE].partition("\n")[0]
    alike = [
        kind.fullmatch(line) is not None
        for line in (above, text[first:start], text[end:stop], below)
    ]
    return alike[1] and alike[2] and (alike[0] or alike[3])
