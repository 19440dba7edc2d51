"""What a person reads although no program would: "1 3 8 1 2 3 …", "138.1234.5678", "l38 O0O1 …".

These are guesses, so each is held tight: a run must be long enough, even in its separators, and no
row of a table. They only add a second reading; recognisers with their checks judge it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.detect.characters import MARKED
from gateway.detect.layers import Spelling
from gateway.detect.linebreaks import line_breaks
from gateway.detect.wording import addresses, numerals, signs
from recognizers.checksums import luhn
from recognizers.checksums_china import cn_resident_id

# One octet for each character, by kind: digit, letter, space, sign that parts digits. Searching that
# for a few sequences is how most text is refused.
_PARTING = "-._/,|*~:;'\"=^#\\+`·"
_KINDS = bytes(
    0x30 if 0x30 <= code <= 0x39
    else 0x61 if (code < 128 and chr(code).isalpha()) or code == 0x40
    else 0x20 if code == 0xA0
    else 0x2C if chr(code) in _PARTING
    else code
    for code in range(256)
)  # fmt: skip


def readings(text: str) -> Iterator[Spelling]:
    """All guesses at what a person would read.

    Args:
        text: as :func:`gateway.detect.text.fold` made it.
    """
    kinds = text.encode("latin-1", "replace").translate(_KINDS)
    yield from _one_by_one(text, kinds)
    yield from _grouped(text, kinds)
    for match in _IDEOGRAPHS.finditer(text) if b"?,?,?" in kinds else ():
        yield from _gaps(match, re.escape(match["gap"]), "")
    yield from addresses(text)
    yield from signs(text)
    yield from numerals(text)
    yield from line_breaks(text)
    yield from _misspelt_digits(text)
    if not text.isascii():
        for match in MARKED.finditer(text):
            yield (*match.span(), "")


# --- characters one by one ----------------------------------------------------------------------

_SPACED = re.compile(r"(?<![0-9A-Za-z])[^\s|](?:[ ]{1,6}[^\s|](?![0-9A-Za-z])){5,200}")
_PARTED = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Za-z@+](?P<gap>[^0-9A-Za-z\s]{1,3}| ?[^0-9A-Za-z\s|,] ?|\t|\r?\n)"
    r"(?:[^\s](?P=gap)){5,120}[0-9A-Za-z](?![0-9A-Za-z])"
)
_IDEOGRAPHS = re.compile(
    r"[一-龥](?P<gap>[-_.*/|~·•])(?:[一-龥](?P=gap)){1,20}[一-龥](?![一-龥])(?<![一-龥]{2})"
)
_UNEVEN = re.compile(
    r"(?<![0-9A-Za-z.,:/-])\+?[0-9](?:[-_.*|/,~·•:; ]{1,3}[0-9]){8,21}(?:[-_.*|/,~· ]{1,3}[Xx])?"
    r"(?![0-9A-Za-z]|[.,:/-][0-9])"
)
_SPACED_CUE = re.compile(rb" a {1,6}a {1,6}a {1,6}a ")
_PARTED_CUE = re.compile(rb",(?: ?a ?,{1,3}){3}")
# "?" is what has no octet: an ideographic comma. Brackets around each, tabs, a line each.
_PARTED_BY_OTHERS = (
    b"?a?a?a?",
    b")(a)(a)(",
    b"][a][a][",
    b"\ta\ta\ta\t",
    b"\na\na\na\n",
    b"\r\na\r\na\r\n",
)
_UNEVEN_CUE = re.compile(rb"0[, ]{1,3}0[, ]{1,3}0[, ]{1,3}0[, ]{1,3}0[, ]{1,3}0[, ]")
_AS_LETTERS = bytes(0x61 if code == 0x30 else code for code in range(256))
_SIGNS_AS_LETTERS = bytes(0x61 if code in b"0,.+(" else code for code in range(256))
_FEWEST_ALPHANUMERICS = 5


def _one_by_one(text: str, kinds: bytes) -> Iterator[Spelling]:
    taken: list[tuple[int, int]] = []
    if _SPACED_CUE.search(kinds.translate(_SIGNS_AS_LETTERS)):
        for match in _runs(text, _SPACED):
            taken.append(match.span())
            yield from _spaced(match)
    letters = kinds.translate(_AS_LETTERS)
    if _PARTED_CUE.search(letters) or any(cue in letters for cue in _PARTED_BY_OTHERS):
        for match in _runs(text, _PARTED):
            taken.append(match.span())
            wide = len(match["gap"])
            for place in range(match.start() + 1, match.end() - 1, wide + 1):
                yield place, place + wide, ""
    if _UNEVEN_CUE.search(kinds):
        yield from _uneven(text, sorted(taken))


def _uneven(text: str, taken: list[tuple[int, int]]) -> Iterator[Spelling]:
    """Single digits with several kinds of signs between them, where nothing else was found."""
    last = 0
    for match in _runs(text, _UNEVEN):
        while last < len(taken) and taken[last][1] <= match.start():
            last += 1
        if last == len(taken) or taken[last][0] >= match.end():
            yield from _gaps(match, r"[^0-9Xx+]+", "")


def _runs(text: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Runs of single characters that are no row of a table and not only signs."""
    for match in pattern.finditer(text):
        if _says_something(match[0]) and not _in_table(text, match, pattern):
            yield match


def _spaced(match: re.Match[str]) -> Iterator[Spelling]:
    """Without the narrowest gaps; a wider one is a space."""
    gaps = list(re.finditer(" +", match[0]))
    narrow = min(len(gap[0]) for gap in gaps)
    for gap in gaps:
        meaning = "" if len(gap[0]) == narrow else " "
        yield match.start() + gap.start(), match.start() + gap.end(), meaning


def _says_something(run: str) -> bool:
    return sum(char.isalnum() and char.isascii() for char in run) >= _FEWEST_ALPHANUMERICS


def _gaps(match: re.Match[str], pattern: str, meaning: str) -> Iterator[Spelling]:
    for gap in re.finditer(pattern, match[0]):
        yield match.start() + gap.start(), match.start() + gap.end(), meaning


def _in_table(text: str, match: re.Match[str], row: re.Pattern[str]) -> bool:
    """The line above or below holds such a run too."""
    start = text.rfind("\n", 0, match.start()) + 1
    above = text[max(text.rfind("\n", 0, max(0, start - 1)) + 1, start - 400) : max(0, start - 1)]
    end = text.find("\n", match.end())
    below = text[end + 1 : end + 400].partition("\n")[0] if end >= 0 else ""
    return bool(row.search(above) or row.search(below))


# --- digits in groups ---------------------------------------------------------------------------

_GAP = r"(?: ?[-_.*|/,~·•:;'\"=^#\\`、，ー‧∙☆★♥] ?|[ ]{1,3})"
_GROUPED = re.compile(
    rf"[+0-9](?:(?<=\+)[0-9]{{1,6}}|[0-9]{{0,5}})(?P<gap>{_GAP})[0-9]{{1,12}}"
    rf"(?:(?:(?P=gap)|[ ]|-)[0-9]{{1,8}}){{0,6}}(?:(?P=gap)?[Xx])?"
    rf"(?![0-9A-Za-z]|[-_.*|/,~·:;][0-9])"
)
_ACCOUNT = re.compile(
    rf"[A-Z](?<![0-9A-Za-z].)[A-Z][0-9]{{2}}(?P<gap>{_GAP})(?:[0-9A-Z]{{1,6}}(?P=gap)){{2,9}}[0-9A-Z]{{1,6}}"
    r"(?![0-9A-Za-z])"
)
_GROUPED_CUES = (b"000,000", b"000 , 0", b"0,00,0", b"000?000", b"000 000", b"00,00,00")
_PLAIN_GAP = re.compile(" ?[-./] ?| ")  # as telephone numbers are written anyway
_SECURITY_NUMBER = re.compile(r"[0-9]{3}[^0-9]{1,3}[0-9]{2}[^0-9]{1,3}[0-9]{4}")
_NETWORK_ADDRESS = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}")
_PAIRS = re.compile(
    r"[0-9]{1,2}(?:[^0-9]+[0-9]{1,2}){4,}|[0-9]{1,3}(?:[ ]?[|,;][ ]?[0-9]{1,3}){4,}"
)
_MOBILE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}")


def _grouped(text: str, kinds: bytes) -> Iterator[Spelling]:
    if any(cue in kinds for cue in _GROUPED_CUES):
        for match in _GROUPED.finditer(text):
            before = text[max(0, match.start() - 2) : match.start()]
            if not re.search(r"[0-9A-Za-z]$|[0-9][-_.*|/,~·:;]$", before):
                yield from _group(text, match)
    if any(cue in kinds for cue in (b"aa00,", b"aa00 ")):
        for match in _ACCOUNT.finditer(text):
            yield from _gaps(match, "[^0-9A-Z]+", "")


def _group(text: str, match: re.Match[str]) -> Iterator[Spelling]:
    run = match[0]
    digits = re.sub("[^0-9Xx]", "", run)
    if run[0] == "+" and not run.startswith("+86") and _PLAIN_GAP.fullmatch(match["gap"]):
        return  # a telephone number from abroad, found as it is
    if _SECURITY_NUMBER.fullmatch(run):
        yield from _gaps(match, "[^0-9]+", " ")
    elif match["gap"].strip() in {".", ","} and len(re.split("[.,]", run)) < 3:
        return  # a decimal fraction
    elif _NETWORK_ADDRESS.fullmatch(run) or _PAIRS.fullmatch(run):
        return  # 192.168.10.200; a row of small numbers
    elif _identifies(digits) and not _in_table(text, match, _GROUPED):
        yield from _gaps(match, "[^0-9Xx+]+", "")
    elif run.startswith("+") and 8 <= len(digits) <= 15:
        yield from _gaps(match, "[^0-9+]+", "-")


def _identifies(digits: str) -> bool:
    """A Chinese mobile number, or one with a right check digit (GB 11643, Luhn)."""
    if _MOBILE.fullmatch(digits):
        return True
    if len(digits) == 18 and cn_resident_id(digits.upper()):
        return True
    return digits.isdecimal() and 14 <= len(digits) <= 19 and digits[0] in "3456" and luhn(digits)


# --- letters for digits -------------------------------------------------------------------------

_AS_DIGITS = dict(zip("OoQD○lI|iSsBZz", "00000111155822", strict=True))
_LOOKS = bytes(
    0x30 if 0x30 <= code <= 0x39
    else 0x4F if chr(code) in _AS_DIGITS
    else 0x78 if code < 128 and chr(code).isalnum()
    else code
    for code in range(256)
)  # fmt: skip
_LOOKING = re.compile(rb"0(?:[ -]?[0O]){5,21}")
_LABEL = re.compile(
    r"(?i)(?:phone|mobile|cell|tel|fax|call|ssn|card|account|id|no|iban|手机|电话|號碼|号码|身份证|证件|卡号|账号|联系方式|微信|qq)"
    r"(?: ?(?:numbers?|no|is|at)|号码|号|码|是|为)?[ :=#.]{0,4}$"
)


def _misspelt_digits(text: str) -> Iterator[Spelling]:
    """``O`` for 0 and ``l`` for 1, in a number behind its label."""
    looks = text.encode("latin-1", "replace").translate(_LOOKS)
    if b"0O" not in looks and b"O0" not in looks:
        return
    for match in _LOOKING.finditer(looks):
        start, end = match.span()
        while start > 0 and looks[start - 1] == 0x4F:
            start -= 1
        run = text[start:end]
        letters = [place for place, char in enumerate(run, start) if char in _AS_DIGITS]
        if (
            not letters
            or looks[end : end + 1] == b"x"
            or len(letters) * 2 > len(run) - len(letters)
        ):
            continue
        if _LABEL.search(text, max(0, start - 30), start):
            for place in letters:
                yield place, place + 1, _AS_DIGITS[text[place]]
