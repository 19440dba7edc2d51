"""Characters that look like others, or like nothing.

What nobody sees (zero-width characters, soft hyphens, tags), letters of another alphabet in a
Latin word, digits in circles, marks on letters, text that is shown from right to left. Sources: the
Unicode Standard (chapters 3.11, 22.4, 23), UTS #39 (confusables), UAX #9 (overrides).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from gateway.detect.layers import Spelling

UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e01ef"
)
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
# Latin letters and what looks like them: Cyrillic, Greek, Armenian, phonetic letters, small capitals.
_KIN = {
    "a": "аαɑᴀ", "b": "Ьᖯʙ", "c": "сϲᴄ", "d": "ԁɗᴅ", "e": "еҽᴇ", "f": "ꜰẝ", "g": "ɡցɢ", "h": "һհʜ",
    "i": "іιıɪɩ", "j": "јϳᴊ", "k": "κĸᴋ", "l": "ӏⅼʟ", "m": "ⅿᴍ", "n": "ոռɴ", "o": "оοօᴏσ", "p": "рρᴘ",
    "q": "ԛգ", "r": "гᴦʀ", "s": "ѕꜱ", "t": "τᴛ", "u": "υսᴜ", "v": "νѵᴠ", "w": "ԝաᴡ", "x": "хχ", "y": "уγүʏ",
    "z": "ᴢʐ", "A": "АΑᎪ", "B": "ВΒᏴ", "C": "СϹᏟ", "D": "Ꭰ", "E": "ЕΕᎬ", "F": "Ϝ", "G": "ԌᏀ", "H": "НΗᎻ",
    "I": "ІΙӀ", "J": "ЈᎫ", "K": "КΚᏦ", "L": "Ꮮ", "M": "МΜᎷ", "N": "Ν", "O": "ОΟՕ", "P": "РΡᏢ", "S": "ЅՏᏚ",
    "T": "ТΤᎢ", "U": "Ս", "V": "ѴᏙ", "W": "ԜᎳ", "X": "ХΧ", "Y": "ҮΥУ", "Z": "ΖᏃ",
}  # fmt: skip
_LATIN = {other: latin for latin, others in _KIN.items() for other in others}
_FOREIGN = "".join(_LATIN)
_TOKEN = re.compile(rf"[0-9A-Za-z@._+:/\-{_FOREIGN}]+")


_SMALL_CAPITALS = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ"


def _enclosed() -> dict[str, str]:
    """Letters and digits in circles, brackets and squares, raised and lowered."""
    codes = [
        0xAA, 0xB2, 0xB3, 0xB9, 0xBA, *range(0x2070, 0x209D), *range(0x2B0, 0x2B9), *range(0x1D2C, 0x1D6B),
        *range(0x2460, 0x24EA), *range(0x1F100, 0x1F12A), *range(0x1F130, 0x1F14A), *range(0x2100, 0x2150),
    ]  # fmt: skip
    plain = {}
    for code in codes:
        meaning = unicodedata.normalize("NFKC", chr(code))
        meaning = meaning.strip("().,")
        if meaning.isascii() and meaning.isalnum():
            plain[chr(code)] = meaning
    for zero, digits in (
        (0x2776, "123456789"),
        (0x2780, "123456789"),
        (0x278A, "123456789"),
        (0x24F5, "123456789"),
    ):
        plain |= {chr(zero + place): digit for place, digit in enumerate(digits)}
    plain |= dict(zip(_SMALL_CAPITALS, "abcdefghijklmnoprstuvwyz", strict=True))
    plain |= {"⓪": "0", "⓿": "0", "🄋": "0", "🄌": "0", "➉": "10", "➓": "10", "❿": "10"}
    for first in (0x1F150, 0x1F170, 0x1F1E6):  # in black, and the letters that flags are made of
        plain |= {chr(first + place): chr(0x41 + place) for place in range(26)}
    return plain


_ENCLOSED = _enclosed()
_ENCLOSING = "".join(map(re.escape, _ENCLOSED))
_JAMO = "\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff"
_RADICALS = "\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06\uff65-\uff9f"
_CONTROLS = "\x01-\x08\x0b\x0c\x0e-\x1f\x7f"
_ODD = re.compile(
    rf"(?P<turned>\u202e[^\u202a-\u202e\u2066-\u2069\n]*[\u202c\u202d\u2069]?)"
    rf"|(?P<tags>[\U000e0020-\U000e007e]{{4,}})"
    rf"|(?P<selectors>[\ufe00-\ufe0f\U000e0100-\U000e01ef]{{8,}})"
    rf"|(?P<keycap>(?<=[0-9#*])\ufe0f?\u20e3)"
    rf"|(?P<marked>(?<=[^\n\r\t{_MARKS}])[{_MARKS}]+(?:[{UNSEEN}]*[{_MARKS}]+)*)"
    rf"|(?P<unseen>[{UNSEEN}]+)"
    rf"|(?P<enclosed>[{_ENCLOSING}](?:[{_ENCLOSING}0-9A-Za-z@.\-]*[{_ENCLOSING}])?)"
    rf"|(?P<jamo>[{_JAMO}]+)"
    rf"|(?P<compatible>[{_RADICALS}]+)"
    rf"|(?P<foreign>(?<=[0-9A-Za-z@._-])[{_FOREIGN}]+|[{_FOREIGN}]{{1,40}}+(?=[0-9A-Za-z@_]|[.-][0-9A-Za-z]))"
)
_WIDE = "0-9A-Za-z\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
# Full-width punctuation within a run of letters and digits; elsewhere it is just Chinese.
_WIDE_MARK = re.compile(
    f"[\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff5e](?<=[{_WIDE}].)(?=[{_WIDE}])"
)
_MARK = re.compile(f"[{_MARKS}]")
MARKED = re.compile(f"(?<=[0-9A-Za-z@._-])[{_MARKS}]+")
_CONTROL = re.compile(f"[\0{_CONTROLS}]+")
_NO_CONTROLS = bytes(code for code in range(256) if not _CONTROL.match(chr(code)))
# What any of these begins with. Two searches, since one class for all planes would be slow.
_FIRST = "".join(
    (
        UNSEEN.partition("\U0001d173")[0], _MARKS, _JAMO, _RADICALS, _FOREIGN,
        *(re.escape(char) for char in _ENCLOSED if char < "\U00010000"),
    )
)  # fmt: skip
_FIRST_ODD = re.compile(f"[{_FIRST}]")
_FIRST_ASTRAL = re.compile("[\U0001d173-\U0001d17a\U0001f100-\U0001f1ff\U000e0000-\U000e01ef]")


def characters(text: str) -> Iterator[Spelling]:
    """What looks like something else, in a text that is not all ASCII."""
    places = [first.start() for first in _FIRST_ODD.finditer(text)]
    if astral := [first.start() for first in _FIRST_ASTRAL.finditer(text)]:
        places = sorted([*places, *astral])
    at = 0
    for place in places:
        match = _ODD.match(text, place) if place >= at else None
        if match is None:
            continue
        at = match.end()
        kind = match.lastgroup
        start, end = match.span()
        if kind == "foreign":
            token = _whole_token(text, start)
            if token:
                at = max(at, token[1])
                yield from _latin(text, *token)
            continue
        if kind == "marked":
            start -= 1
        meaning = _meaning(text, start, end, kind or "")
        if meaning is not None:
            yield start, end, meaning

    for match in _WIDE_MARK.finditer(text):
        yield (*match.span(), chr(ord(match[0]) - 0xFEE0))


def controls(text: str) -> Iterator[Spelling]:
    """Control characters within a word."""
    if not text.encode("latin-1", "replace").translate(None, _NO_CONTROLS):
        return
    for match in _CONTROL.finditer(text):
        if _inner(text, *match.span()):
            yield (*match.span(), "")


def _meaning(text: str, start: int, end: int, kind: str) -> str | None:
    raw = text[start:end]
    if kind == "turned":
        return raw.strip("\u202e\u202c\u202d\u2069")[::-1] or None
    if kind == "tags":
        return f" {''.join(chr(ord(char) - 0xE0000) for char in raw)} "
    if kind == "selectors":
        values = [_selected(char) for char in raw]
        try:
            return bytes(values).decode("utf-8")
        except UnicodeDecodeError:
            return ""
    if kind == "keycap":
        return ""
    if kind == "marked":
        return _unmarked(raw)
    if kind == "unseen":
        return "" if _inner(text, start, end) else None
    if kind == "enclosed":
        before, after = text[start - 1 : start], text[end : end + 1]
        beside = any(char.isascii() and char.isalnum() for char in before + after)
        if len(raw) > 1 or beside or (before.isalnum() and after.isalnum()):
            return "".join(_ENCLOSED.get(char, char) for char in raw)
        return None
    meaning = unicodedata.normalize("NFC" if kind == "jamo" else "NFKC", raw)
    return meaning if meaning != raw else None


def _selected(char: str) -> int:
    code = ord(char)
    return code - 0xFE00 if code < 0xFE10 else code - 0xE0100 + 16


def _unmarked(cluster: str) -> str | None:
    """A letter with the marks that make another letter of it; without those that only hide it."""
    marks = "".join(_MARK.findall(cluster))
    composed = unicodedata.normalize("NFC", cluster[0] + marks)
    if len(composed) == 1:
        return composed
    if cluster[0].isascii() or cluster[0] > "\u3000" or len(marks) > 2:
        return cluster[0]
    return None


def _inner(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    if " " in {before, after}:
        return before.isalnum() or after.isalnum()
    return _joins(before) and _joins(after)


def _joins(char: str) -> bool:
    return char.isalnum() or char in {"@", ".", "-", "_", "+", ":", "/", "=", "%", "&", ";"}


def _whole_token(text: str, place: int) -> tuple[int, int] | None:
    """The word around a place, if it mixes Latin with what only looks so, and nothing else."""
    start = place
    while start > 0 and place - start < 200 and _TOKEN.match(text[start - 1]):
        start -= 1
    match = _TOKEN.match(text, start)
    if not match:
        return None
    end = match.end()
    word = match[0]
    foreign = any(
        edge.isalpha() and edge < "\u2e80"
        for edge in (text[start - 1 : start], text[end : end + 1])
    )
    if foreign or not any(char.isascii() and char.isalnum() for char in word):
        return None
    return start, end


def _latin(text: str, start: int, end: int) -> Iterator[Spelling]:
    for place in range(start, end):
        latin = _LATIN.get(text[place])
        if latin:
            yield place, place + 1, latin
