"""Values cut apart by markup or by a programming language: tags, emphasis, strings joined by a plus.

Sources: inline elements of HTML § 4.5, CDATA sections of XML 1.0, CommonMark emphasis, RFC 2231
(numbered parameters), string concatenation of the common languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.detect.layers import Spelling

# Only what stands within a line: cells, paragraphs and unknown tags keep their texts apart.
_INLINE = (
    "a|abbr|b|bdi|bdo|big|cite|code|del|em|font|i|ins|kbd|label|mark|nobr|q|s|samp|small|span"
    "|strike|strong|sub|sup|tspan|tt|u|var|wbr"
)
_TAG = (
    rf"<(?:/?(?:{_INLINE})(?:\s[^<>]{{0,400}})?/?>|!--(?:(?!-->)[^\0]){{0,400}}-->"
    r"|!\[CDATA\[|\?[^<>]{0,200}\?>)"
)
_TAGS = re.compile(rf"(?i){_TAG}(?:\s{{0,3}}(?:{_TAG}|\]\]>))*")
_LINE_BREAK = re.compile(r"<(?<=[0-9@.]<)[bB][rR]\s?/?>(?=[0-9@.])")
_CDATA = re.compile(rf"(?i)\]\]>(?:{_TAG})*")
# For each mark a pattern that begins with it: such a search is fast.
_EMPHASIS = tuple(
    (
        mark,
        re.compile(
            rf"{sign}(?P<more>{sign}{{0,2}})(?=[^\s{sign}])[^\n\";={sign}]{{1,80}}?{sign}(?P=more)(?!{sign})"
        ),
    )
    for mark, sign in (("*", r"\*"), ("__", "_"), ("~~", "~"), ("`", "`"))
)
_PREFIX = "[rbfuRBFU]{0,2}"
_JOINED = re.compile(
    rf"""(?x)
    (?P<end>["'`]) (?:
        \s* (?: \+ | & | \|\| | \.\.? | ~ | \\\r?\n ) \s* {_PREFIX} ["'`]
      | \s+ {_PREFIX} (?P=end)
      | (?!(?P=end)) ["']
    )"""
)
_CONCAT = re.compile(r"(?i)concat(?:enate|_ws)?\(([^()\n]{3,400})\)|join\(\[([^\[\]\n]{3,400})\]\)")
_LIST_JOIN = re.compile(r"""\[([^\[\]\n]{3,400})\]\.join\((?:""|'')\)""")
_JOINERS = ("oncat", "ONCAT", "join(")
_LITERAL = re.compile(r"""(["'])([^"']*)\1""")
_QUOTE_TWICE = re.compile("(?<=[A-Za-zÀ-ɏ])''(?=[A-Za-zÀ-ɏ])")
_CONTINUED = re.compile(r"""\*(?:[0-9]{1,2}\*?)=(?:[\w-]{0,20}'[\w-]{0,10}')?"?""")
_CONTINUED_FROM = re.compile(r""""?;\s{0,4}[A-Za-z-]{1,20}$""")
_FORM_VALUE = re.compile(r"(?<=[=])[^\s&#=+\"'<>]{1,100}(?:\+[^\s&#=+\"'<>]{1,100})+")


def markup(text: str) -> Iterator[Spelling]:
    """What stands within a value and is no part of it."""
    if "<" in text:
        yield from _gone(text, _TAGS)
        for match in _LINE_BREAK.finditer(text):
            yield (*match.span(), "")
        if "]]>" in text:
            yield from _gone(text, _CDATA)
    if "*" in text or "_" in text or "~~" in text or "`" in text:
        yield from _emphasis(text)
    if '"' in text or "'" in text or "`" in text:
        yield from _strings(text)
    if "*" in text and ";" in text and "=" in text:
        yield from _numbered_parameters(text)
    if "+" in text and "=" in text:
        for match in _FORM_VALUE.finditer(text):
            for plus in re.finditer(r"\+", match[0]):
                yield match.start() + plus.start(), match.start() + plus.end(), " "


def _gone(text: str, pattern: re.Pattern[str]) -> Iterator[Spelling]:
    """Tags within or between words; white space among them is one space."""
    for match in pattern.finditer(text):
        start, end = match.span()
        before, after = text[start - 1 : start], text[end : end + 1]
        if _inner(before) and _inner(after):
            yield start, end, " " if re.search(r">\s+<", match[0]) else ""


def _inner(char: str) -> bool:
    return char == " " or (char > " " and char not in "<>")


def _emphasis(text: str) -> Iterator[Spelling]:
    for mark, pattern in _EMPHASIS:
        for match in pattern.finditer(text) if mark in text else ():
            start, end = match.span()
            wide = len(match["more"]) + 1
            edges = _inner(text[start - 1 : start]) or _inner(text[end : end + 1])
            if edges and wide >= len(mark):
                yield start, start + wide, ""
                yield end - wide, end, ""


def _word(char: str) -> bool:
    return char.isalnum() or char in {"@", ".", "-", "_", "+"}


def _strings(text: str) -> Iterator[Spelling]:
    """Literals side by side or joined by an operator or a function."""
    for match in _JOINED.finditer(text):
        start, end = match.span()
        before, after = text[start - 1 : start], text[end : end + 1]
        if _inner(before) and _inner(after) and not (before == after == " "):
            yield start, end, ""
    for match in _QUOTE_TWICE.finditer(text) if "''" in text else ():
        yield (*match.span(), "'")
    for pattern in (_CONCAT, _LIST_JOIN) if any(word in text for word in _JOINERS) else ():
        for match in pattern.finditer(text):
            literals = [part[2] for part in _LITERAL.finditer(match[0])]
            if len(literals) > 1:
                yield (*match.span(), "".join(literals))


def _numbered_parameters(text: str) -> Iterator[Spelling]:
    for match in _CONTINUED.finditer(text):
        head = _CONTINUED_FROM.search(text, max(0, match.start() - 30), match.start())
        if head and _word(text[head.start() - 1 : head.start()]):
            yield head.start(), match.end(), ""
