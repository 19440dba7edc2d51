r"""Characters written as numbers: ``%31``, ``\u0031``, ``\x31``, ``&#49;``, ``=31`` and their kin.

Sources: percent-encoding RFC 3986 (and the ``%u`` of ECMAScript's ``escape``), character
references HTML § 13.5, escapes of ECMAScript, JSON (RFC 8259), C, Python, Rust, CSS Syntax § 4.3.7,
LDAP (RFC 4514), RTF 1.9, quoted-printable RFC 2045.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from gateway.detect.layers import Spelling

_HEX = "[0-9A-Fa-f]"
# Each sign, and what makes an escape of it; a run of escapes is one match. Written so that the
# first character is one of three: that is what makes the search fast.
_SIGN = re.compile(
    rf"""(?x)
    [%&\\] (?:
      (?<=%) (?: (?P<percent> (?:25)*{_HEX}{{2}} (?:%(?:25)*{_HEX}{{2}})* )
               | (?P<percent_units> (?:25)*u{_HEX}{{4}} (?:%(?:25)*u{_HEX}{{4}})* ) )
    | (?<=&) (?:amp;)* (?P<reference> \#[xX]0*{_HEX}{{1,6}};? | \#0*[0-9]{{1,7}};?
                         | [A-Za-z][A-Za-z0-9]{{1,30}}; | (?:nbsp|shy)(?![A-Za-z0-9=]) )
    | (?<=\\) \\* (?:
        (?P<rtf_units> u-?[1-9][0-9]{{1,4}}\? (?:\\u-?[1-9][0-9]{{1,4}}\?)+ )
      | (?P<units> u{_HEX}{{4}} (?:\\+u{_HEX}{{4}})* )
      | [ux]\{{0*(?P<braces>{_HEX}{{1,6}})\}}
      | U(?P<long>{_HEX}{{8}})
      | N\{{(?P<name>[A-Z][A-Z0-9 -]{{2,60}})\}}
      | (?P<bytes> x{_HEX}{{2}} (?:\\+x{_HEX}{{2}})* )
      | (?P<rtf_bytes> '{_HEX}{{2}} (?:\\'{_HEX}{{2}})* )
      | (?P<css> 0{{2}}{_HEX}{{4}} | {_HEX}{{2,5}}[ ] )
      | (?P<pairs> {_HEX}{{2}} (?:\\{_HEX}{{2}})+ (?!{_HEX}) )
      | (?P<octal> [0-3][0-7]{{2}} (?:\\+[0-3][0-7]{{2}})* )
      | (?P<blank> [nrt] (?= [0-9A-Z+(@] | [^\x00-\x7f] | [a-z][a-z0-9._%+]{{0,63}}+(?:@|://|[_=-][0-9A-Za-z]) ) )
      | (?P<mark> [@._/:+*\#&=(){{}}\[\]~!,;$^<>|-] )
      | (?P<accent> ['`^~"]\{{[A-Za-z]\}} | (?<=[A-Za-z]\\)['`^~][aeiounAEIOUN](?![A-Za-z]{{0}}{_HEX}) )
      )?
    )"""
)
_UNIT = re.compile(rf"%(?:25)*(?P<octet>{_HEX}{{2}})|\\+[x']?(?P<other>{_HEX}{{2}})")
_WIDE = re.compile(rf"[%\\](?:25|\\)*u({_HEX}{{4}})")
_RTF = re.compile(r"\\+u(-?[0-9]+)\?")
_OCTAL = re.compile(r"\\+([0-3][0-7]{2})")
_ACCENTS = {"'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", '"': "\u0308"}

_QUOTED = re.compile(
    rf"=(?:(?P<run>{_HEX}{{2}}(?:=(?:\r?\n=)?{_HEX}{{2}})+)"
    r"|(?P<one>40|2[BDEF]|3A|5F)(?=[0-9A-Za-z])|(?P<soft>\r?\n))"
)
_QUOTED_UNIT = re.compile(rf"=({_HEX}{{2}})(?:=\r?\n)?")
_CODES = re.compile(
    r"\((?P<codes>(?:0[xX][0-9A-Fa-f]{1,5}|[0-9]{1,6})(?:[ ]*,[ ]*(?:0[xX][0-9A-Fa-f]{1,5}|[0-9]{1,6}))*)[ ]*\)"
)
_CODES_NAME = re.compile(r"(?i)(?:[a-z]{1,20}\.)?(?:fromCharCode|fromCodePoint|chrw?|char|unichr)$")
_CODE_POINTS = re.compile(r"U\+[0-9A-Fa-f]{4,6}(?:[ ,]{0,2}U\+[0-9A-Fa-f]{4,6}){3,}")
_CALL = r"(?:[cC][hH][rR][wW]?|[cC][hH][aA][rR])\([0-9]{1,6}\)"
_CALLS = re.compile(rf"{_CALL}(?:\s*(?:[.+&]|\|\|)\s*{_CALL})+")
_LAST = 0x10FFFF


def escapes(text: str) -> Iterator[Spelling]:
    """Characters written as numbers or behind a backslash."""
    if "%" in text or "&" in text or "\\" in text:
        for match in _SIGN.finditer(text):
            if match.lastgroup:
                yield from _meanings(match, match.lastgroup)
    if "=" in text:
        yield from _quoted_printable(text)
    if "U+" in text:
        yield from _code_points(text)
    if "(" in text:
        yield from _calls(text)


def _calls(text: str) -> Iterator[Spelling]:
    """Characters that a function makes of their numbers."""
    if any(name in text for name in ("hr(", "HR(", "har(", "HAR(", "hrW(")):
        for match in _CALLS.finditer(text):
            codes = [int(code) for code in re.findall(r"[0-9]+", match[0])]
            if all(0x20 <= code < 0xD800 for code in codes):
                yield (*match.span(), "".join(map(chr, codes)))
    for match in _CODES.finditer(text):
        name = _CODES_NAME.search(text, max(0, match.start() - 40), match.start())
        codes = (
            [int(code, 0) for code in re.split(r"[ ,]+", match["codes"].strip())] if name else []
        )
        if name and all(0x20 <= code <= _LAST and not 0xD800 <= code < 0xE000 for code in codes):
            yield name.start(), match.end(), "".join(map(chr, codes))


def _code_points(text: str) -> Iterator[Spelling]:
    for match in _CODE_POINTS.finditer(text):
        codes = [int(code, 16) for code in re.findall(r"(?<=U\+)[0-9A-Fa-f]+", match[0])]
        if all(0x20 <= code <= _LAST and not 0xD800 <= code < 0xE000 for code in codes):
            yield (*match.span(), "".join(map(chr, codes)))


def _meanings(match: re.Match[str], kind: str) -> Iterator[Spelling]:
    raw, start, end = match[0], match.start(), match.end()
    if kind in {"percent", "bytes", "rtf_bytes", "pairs"}:
        units = [
            (start + unit.start(), start + unit.end(), int(unit["octet"] or unit["other"], 16))
            for unit in _UNIT.finditer(raw)
        ]
        yield from octets(units)
    elif kind == "octal":
        found = _OCTAL.finditer(raw)
        yield from octets([(start + u.start(), start + u.end(), int(u[1], 8)) for u in found])
    elif kind in {"percent_units", "units"}:
        yield from _utf16(
            [(start + u.start(), start + u.end(), int(u[1], 16)) for u in _WIDE.finditer(raw)]
        )
    elif kind == "rtf_units":
        yield from _utf16(
            [(start + u.start(), start + u.end(), int(u[1]) % 65536) for u in _RTF.finditer(raw)]
        )
    else:
        meaning = _meaning(match, kind)
        if meaning and meaning != raw:
            yield start, end, meaning


def _meaning(match: re.Match[str], kind: str) -> str:
    raw = match[kind]
    if kind == "reference":
        return html.unescape("&" + raw)
    if kind in {"braces", "long", "css"}:
        code = int(raw, 16)
        surrogate = 0xD800 <= code < 0xE000
        return chr(code) if 0x20 <= code <= _LAST and not surrogate else ""
    if kind == "name":
        try:
            return unicodedata.lookup(raw)
        except KeyError:
            return ""
    if kind == "blank":
        return "\n"
    if kind == "accent":
        return unicodedata.normalize("NFC", raw.strip("{}'`^~\"") + _ACCENTS[raw[0]])
    return raw


def octets(units: list[tuple[int, int, int]]) -> Iterator[Spelling]:
    """The characters of a run of encoded bytes, each with its own place."""
    data = bytes(value for *_, value in units)
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        at = 0
        for char in text:
            count = 1 if char < "\x80" else len(char.encode(encoding))
            yield units[at][0], units[at + count - 1][1], char
            at += count
        return


def _utf16(units: list[tuple[int, int, int]]) -> Iterator[Spelling]:
    """The characters of a run of UTF-16 units; half a pair stays as it is."""
    at = 0
    while at < len(units):
        start, end, value = units[at]
        at += 1
        if 0xD800 <= value < 0xDC00 and at < len(units) and 0xDC00 <= units[at][2] < 0xE000:
            value = 0x10000 + (value - 0xD800) * 0x400 + units[at][2] - 0xDC00
            end = units[at][1]
            at += 1
        if not 0xD800 <= value < 0xE000:
            yield start, end, chr(value)


def _quoted_printable(text: str) -> Iterator[Spelling]:
    for match in _QUOTED.finditer(text):
        start, end = match.span()
        before, after = text[start - 1 : start], text[end : end + 1]
        if match["run"]:
            found = list(_QUOTED_UNIT.finditer(text, start, end))
            yield from octets([(u.start(), u.end(), int(u[1], 16)) for u in found])
        elif match["soft"]:
            if before >= " " and after > " ":
                yield start, end, ""
        elif before.isalnum() and after.isalnum():
            yield start, end, chr(int(match["one"], 16))
