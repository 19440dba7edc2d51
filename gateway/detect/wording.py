"""Words for signs and digits: "jane at example dot com", "jane#example.com", 一三八, "one three eight".

All of these are guesses about what a person would read, held tight.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.detect.layers import Spelling

# --- addresses ----------------------------------------------------------------------------------

_NAMED_DOT = (
    r"(?: ?[\[({<]\s?(?:dot|DOT|Dot|点|點|\.|。)\s?[\])}>] ?| +(?:dot|DOT|Dot|d0t) +| ?[点點。] ?)"
)
_ANY_DOT = rf"(?:\.|{_NAMED_DOT}| \. )"
_LABEL = "[0-9A-Za-z-]{1,40}"
_END = "[A-Za-z]{2,12}(?![0-9A-Za-z])"
_LOCAL_END = re.compile(
    rf"(?<![0-9A-Za-z._%+-])[0-9A-Za-z_%+-]{{1,40}}(?:{_ANY_DOT}[0-9A-Za-z_%+-]{{1,40}}){{0,5}}$"
)
_HOST = re.compile(rf"{_LABEL}(?:{_ANY_DOT}{_LABEL}){{0,5}}{_ANY_DOT}{_END}")
_SPELLED_HOST = re.compile(rf"{_LABEL}(?:{_ANY_DOT}{_LABEL}){{0,3}}{_NAMED_DOT}{_END}")
_LOWER_HOST = re.compile(r"[0-9a-z-]{1,40}(?:\.[0-9a-z-]{1,40}){0,4}\.[a-z]{2,12}(?![0-9A-Za-z])")
_BRACKETED_AT = re.compile(r"[\[({<（【](?:\s?(?:at|AT|At|@|a|艾特|圈a)\s?)[\])}>）】] ?|_at_")
_OTHER_AT = re.compile("[艾圈](?:(?<=艾)特|(?<=圈)[aA]) ?")
_SPACED_AT = re.compile("@ ?")
# A local part that is no word and no file: "jane.doe at example.com".
_NAME_LIKE = re.compile(r"(?<![0-9A-Za-z._%+-])[a-z]{2,20}[._]([a-z]{2,20})[0-9]{0,4}$")
_DOTS = re.compile(rf"{_NAMED_DOT}| \. ")
_TLD = frozenset(
    ["com", "net", "org", "cn", "io", "co", "edu", "gov", "info", "biz", "me", "uk", "de", "fr", "es", "nl", "pt", "it", "pl", "se", "dk", "fi", "jp", "kr", "tw", "hk", "sg", "in", "au", "ca", "br", "eu", "us", "ch", "at", "be", "ru", "xyz", "top", "vip", "example", "test", "dev", "app", "cc", "tv", "email", "online", "site", "shop", "tech", "cloud"]
)  # fmt: skip


def addresses(text: str) -> Iterator[Spelling]:
    """Signs of an e-mail address written as words or set apart."""
    signs: list[tuple[int, int, re.Pattern[str]]] = []
    if any(mark in text for mark in "[({<（【_"):
        signs += [(*match.span(), _HOST) for match in _BRACKETED_AT.finditer(text)]
    if "艾" in text or "圈" in text:
        signs += [(*match.span(), _HOST) for match in _OTHER_AT.finditer(text)]
    if (
        "dot" in text
        or "DOT" in text
        or "Dot" in text
        or "d0t" in text
        or "点" in text
        or "點" in text
    ):
        for word in (" at ", " AT ", " At "):
            signs += [(at, at + len(word), _SPELLED_HOST) for at in _places(text, word)]
    signs += [(at, at + 4, _LOWER_HOST) for at in _places(text, " AT ")]
    for at in _places(text, " at "):
        local = _NAME_LIKE.search(text, max(0, at - 60), at)
        if local and local[1] not in _ENDINGS:
            signs.append((at, at + 4, _LOWER_HOST))
    if "@" in text:
        signs += [(*match.span(), _HOST) for match in _SPACED_AT.finditer(text)]
    for start, end, host in signs:
        yield from _address(text, start, end, host)


def _address(text: str, start: int, end: int, host: re.Pattern[str]) -> Iterator[Spelling]:
    while start > 0 and text[start - 1] == " ":
        start -= 1
    while text[end : end + 1] == " ":
        end += 1
    after = host.match(text, end)
    before = _LOCAL_END.search(text, max(0, start - _REACH), start) if after else None
    if after is None or before is None or re.split("[^A-Za-z]", after[0])[-1].lower() not in _TLD:
        return
    if text[start:end] != "@":
        yield start, end, "@"
    for part in (before, after):
        for dot in _DOTS.finditer(part[0]):
            yield part.start() + dot.start(), part.start() + dot.end(), "."


_REACH = 120
_ENDINGS = _TLD | frozenset(
    (
        "html",
        "htm",
        "txt",
        "doc",
        "docx",
        "pdf",
        "xls",
        "xlsx",
        "csv",
        "json",
        "yaml",
        "yml",
        "xml",
        "md",
        "py",
        "js",
        "ts",
        "go",
        "rs",
        "java",
        "sh",
        "zip",
        "png",
        "jpg",
        "exe",
    )
)


def _places(text: str, sign: str) -> Iterator[int]:
    at = text.find(sign)
    while at >= 0:
        yield at
        at = text.find(sign, at + 1)


_DEFANGED = re.compile(r"[\[({](?:\s?(?:\.|dot|DOT)\s?)[\])}] ?(?=[0-9A-Za-z])")
_STOP = re.compile("[。．] ?(?=[0-9A-Za-z])")
_SWAPPED = re.compile(
    r"[#*$!&](?=[0-9A-Za-z-]{1,40}(?:\.[0-9A-Za-z-]{1,40}){0,4}\.[a-z]{2,12}(?![0-9A-Za-z]))"
)
_SWAP_CUE = re.compile(
    r"(?:换|改|替)[成为换]?\s?@|替换|(?:replace|change|swap)\b[^\n]{0,20}@|[#*$!&]\s?=\s?@|(?:把|将)\s?[#*$!&]"
)
_SCHEME = re.compile(r"(?i)hxxp(?=s?(?:://|\[:\]//))|\[:\](?=//)")


def signs(text: str) -> Iterator[Spelling]:
    """Dots in brackets, ideographic stops in a host name, ``#`` for ``@`` where the text says so."""
    if "[" in text or "(" in text or "{" in text:
        yield from _defanged_dots(text)
    for match in _SCHEME.finditer(text) if "xxp" in text or "XXP" in text or "[:]" in text else ():
        yield (*match.span(), "http" if match[0][0] in "hH" else ":")
    yield from _named_dots(text)
    for match in _STOP.finditer(text) if "。" in text else ():
        before = text[match.start() - 1 : match.start()]
        if before.isascii() and before.isalnum():
            yield (*match.span(), ".")
    if ("@" in text or "替" in text) and _SWAP_CUE.search(text):
        for match in _SWAPPED.finditer(text):
            if text[match.start() - 1 : match.start()].isalnum():
                yield (*match.span(), "@")


_DOTTED_NUMBER = re.compile("[0-9]{1,3}(?:[点點][0-9]{1,3}){3}(?![0-9点點])")


def _named_dots(text: str) -> Iterator[Spelling]:
    """Between the numbers of an IP address."""
    for at in _places(text, " dot "):
        if text[at - 1 : at].isdecimal() and text[at + 5 : at + 6].isdecimal():
            yield at, at + 5, "."
    for match in _DOTTED_NUMBER.finditer(text) if "点" in text or "點" in text else ():
        for dot in re.finditer("[点點]", match[0]):
            yield match.start() + dot.start(), match.start() + dot.end(), "."


def _defanged_dots(text: str) -> Iterator[Spelling]:
    """What security reports write so that nobody clicks on it."""
    for match in _DEFANGED.finditer(text):
        start = match.start() - (text[match.start() - 1 : match.start()] == " ")
        if text[start - 1 : start].isalnum():
            yield start, match.end(), "."


# --- digits -------------------------------------------------------------------------------------

_NUMERALS = {
    digit: str(value)
    for value, digits in enumerate(
        (
            "〇零○◯洞",
            "一壹幺弌",
            "二贰貳两",
            "三叁參",
            "四肆",
            "五伍",
            "六陆陸",
            "七柒拐",
            "八捌",
            "九玖勾",
        )
    )
    for digit in digits
}
_NUMERAL = "".join(_NUMERALS)
_NUMERAL_RUN = re.compile(
    rf"[0-9{_NUMERAL}](?:[ \-—、，,·.]?[0-9{_NUMERAL}]){{6,20}}(?:[ \-]?[Xx])?(?![0-9十百千万亿])"
)
_NUMERAL_CUE = re.compile(
    rf"[{_NUMERAL}][ \-—、，,·.]?[0-9{_NUMERAL}]{{1,2}}[ \-—、，,·.]?[0-9{_NUMERAL}]"
)
_WORD_DIGITS = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_WORD = rf"(?:{'|'.join(_WORD_DIGITS)}|[0-9])"
_WORD_RUN = re.compile(
    rf"(?i)(?<![0-9A-Za-z]){_WORD}(?:[ ,-]{{1,2}}{_WORD}){{6,18}}(?![0-9A-Za-z])"
)
# Every number but one of ones and twos has one of these, and they are rarer.
_RARE_WORDS = ("zero", "three", "four", "five", "six", "seven", "eight", "nine")
_LONGEST_RUN = 160


def numerals(text: str) -> Iterator[Spelling]:
    """Numbers of seven or more digits, each written as a word."""
    if not text.isascii() and _NUMERAL_CUE.search(text):
        for match in _NUMERAL_RUN.finditer(text):
            if sum(char in _NUMERALS for char in match[0]) > 1:  # one is the end of a sentence
                for place, char in enumerate(match[0], match.start()):
                    if not (char.isascii() and char.isalnum()):
                        yield place, place + 1, _NUMERALS.get(char, "")
    lowered = text.lower() if text.isascii() else text
    seen = 0
    for at in sorted(at for word in _RARE_WORDS for at in _places(lowered, word)):
        if at < seen:
            continue
        seen = min(len(text), at + _LONGEST_RUN)
        for match in _WORD_RUN.finditer(text, max(0, at - _LONGEST_RUN), seen):
            here = match.start()
            for word in re.finditer("[a-z]+|[0-9]", match[0].lower()):
                yield here, match.start() + word.end(), _WORD_DIGITS.get(word[0], word[0])
                here = match.start() + word.end()
            seen = max(at + 1, match.end())
