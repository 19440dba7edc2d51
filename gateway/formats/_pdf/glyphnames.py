"""Unicode for glyph names and for the simple encodings of PDF.

Names follow the Adobe Glyph List specification (https://github.com/adobe-type-tools/agl-specification):
``A``, ``eacute``, ``uni5F20``, ``u1F600``, ``f_i``, ``a.alt``. Most of the list is regular (a letter and
the name of its accent; Greek and Cyrillic letters by name), so rules stand for the table. Encodings:
ISO 32000-2:2020, annex D.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_PUNCTUATION_PAIRS = """exclam !;quotedbl ";numbersign #;dollar $;percent %;ampersand &;quotesingle ';
parenleft (;parenright );asterisk *;plus +;comma ,;hyphen -;minus −;period .;slash /;colon :;
less <;equal =;greater >;question ?;at @;bracketleft [;backslash \\;bracketright ];
asciicircum ^;underscore _;grave `;braceleft {;bar |;braceright };asciitilde ~;exclamdown ¡;cent ¢;
sterling £;fraction ⁄;yen ¥;florin ƒ;section §;currency ¤;quotedblleft “;guillemotleft «;
guilsinglleft ‹;guilsinglright ›;endash –;dagger †;daggerdbl ‡;periodcentered ·;middot ·;
paragraph ¶;bullet •;quotesinglbase ‚;quotedblbase „;quotedblright ”;guillemotright »;ellipsis …;
perthousand ‰;questiondown ¿;quoteleft ‘;quoteright ’;acute ´;circumflex ˆ;tilde ˜;macron ¯;breve ˘;
dotaccent ˙;dieresis ¨;ring ˚;cedilla ¸;hungarumlaut ˝;ogonek ˛;caron ˇ;emdash —;AE Æ;ae æ;OE Œ;
oe œ;Oslash Ø;oslash ø;Lslash Ł;lslash ł;Dcroat Đ;dcroat đ;Hbar Ħ;hbar ħ;Tbar Ŧ;tbar ŧ;Eth Ð;eth ð;
Thorn Þ;thorn þ;germandbls ß;ordfeminine ª;ordmasculine º;dotlessi ı;dotlessj ȷ;IJ Ĳ;ij ĳ;
kgreenlandic ĸ;Eng Ŋ;eng ŋ;longs ſ;onesuperior ¹;twosuperior ²;threesuperior ³;onequarter ¼;
onehalf ½;threequarters ¾;copyright ©;registered ®;trademark ™;degree °;plusminus ±;mu µ;multiply ×;
divide ÷;logicalnot ¬;brokenbar ¦;Euro €;fi fi;fl fl;ff ff;ffi ffi;ffl ffl;nbspace \u00a0;
nonbreakingspace \u00a0;softhyphen \u00ad;sfthyphen \u00ad;Ohm Ω;notequal ≠;lessequal ≤;
greaterequal ≥;infinity ∞;summation ∑;product ∏;partialdiff ∂;radical √;approxequal ≈;integral ∫;
lozenge ◊;Delta ∆;Omega Ω;arrowleft ←;arrowright →;arrowup ↑;arrowdown ↓;afii61352 №;
sigma1 ς;theta1 ϑ;phi1 ϕ;omega1 ϖ;Upsilon1 ϒ"""
_PUNCTUATION = dict(pair.split(" ") for pair in _PUNCTUATION_PAIRS.replace("\n", "").split(";"))
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
# Signs of mathematics and ornaments, which say nothing that could be searched for.
_SIGN_NAMES = (
    "element owner universal existential negationslash star bardbl prime asteriskmath similar"
    " similarequal equivalence propersubset propersuperset reflexsubset reflexsuperset union"
    " intersection logicaland logicalor emptyset gradient angle perpendicular parallel proportional"
    " arrowboth arrowdblleft arrowdblright arrowdblboth arrowdblup arrowdbldown arrownortheast"
    " arrowsoutheast arrownorthwest arrowsouthwest circleplus circleminus circlemultiply"
    " circledivide circledot circlecopyrt openbullet diamondmath precedes follows"
    " braceleftbigg bracerightbigg parenleftbigg parenrightbigg bracketleftbigg bracketrightbigg"
    " parenleftbig parenrightbig parenlefttp parenrighttp parenleftbt parenrightbt summationdisplay"
    " summationtext integraldisplay integraltext radicalbig radicalbigg vextendsingle"
    " checkmark square filledbox filledrect triagup triagdn club diamond heart spade"
)
_SIGNS = frozenset(_SIGN_NAMES.split())
_ACCENTS = {
    "grave": "\u0300",
    "acute": "\u0301",
    "circumflex": "\u0302",
    "tilde": "\u0303",
    "macron": "\u0304",
    "breve": "\u0306",
    "dotaccent": "\u0307",
    "dot": "\u0307",
    "dieresis": "\u0308",
    "hookabove": "\u0309",
    "ring": "\u030a",
    "hungarumlaut": "\u030b",
    "caron": "\u030c",
    "horn": "\u031b",
    "dotbelow": "\u0323",
    "commaaccent": "\u0327",
    "cedilla": "\u0327",
    "ogonek": "\u0328",
    "tonos": "\u0301",
}
_ACCENTED = re.compile(r"([A-Za-z]|AE|ae|Oslash|oslash)((?:" + "|".join(_ACCENTS) + r")+)")
_ACCENT = re.compile("|".join(sorted(_ACCENTS, key=len, reverse=True)))
_GREEK = re.compile(r"([A-Za-z][a-z]+?)(dieresis)?(tonos)?")
_HEX = re.compile(r"uni((?:[0-9A-F]{4})+)|u([0-9A-F]{4,6})", re.IGNORECASE)
_CYRILLIC = re.compile(r"afii(100[1-9]\d)")
_VARIANT = re.compile(r"(.+?)(?:small|oldstyle|inferior|superior|lining|tab|denominator|numerator)")
# Romanian and Baltic letters take a comma below, which Unicode writes separately.
_COMMA_BELOW = frozenset("SsTt")


@cache
def glyph_text(name: str) -> str | None:
    """What a glyph name says, or ``None`` where it says nothing (``g12``, ``cid5``)."""
    stem = name.partition(".")[0]
    if not stem:
        return None
    parts = [_component(part) for part in stem.split("_")]
    return "".join(part for part in parts if part) if all(parts) else None


def _component(name: str) -> str | None:
    if len(name) == 1:
        return name if name.isalpha() else None
    if name in ("space", "spacehackarabic"):
        return " "
    if name == "semicolon":
        return ";"
    if name in _PUNCTUATION:
        return _PUNCTUATION[name]
    if name in _SIGNS:
        return "•"
    if name in _DIGITS:
        return str(_DIGITS.index(name))
    return _hexadecimal(name) or _accented(name) or _greek(name) or _cyrillic(name) or _small(name)


def _hexadecimal(name: str) -> str | None:
    match = _HEX.fullmatch(name)
    if not match:
        return None
    if match[2]:
        code = int(match[2], 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else None
    return bytes.fromhex(match[1]).decode("utf-16-be", "ignore") or None


def _accented(name: str) -> str | None:
    match = _ACCENTED.fullmatch(name)
    if not match:
        return None
    base = _PUNCTUATION.get(match[1], match[1])
    marks = [_ACCENTS[accent] for accent in _ACCENT.findall(match[2])]
    if match[2] == "commaaccent" and base in _COMMA_BELOW:
        marks = ["\u0326"]
    return unicodedata.normalize("NFC", base + "".join(marks))


def _greek(name: str) -> str | None:
    match = _GREEK.fullmatch(name)
    if not match:
        return None
    size = "CAPITAL" if name[0].isupper() else "SMALL"
    spelled = {"lambda": "LAMDA"}.get(match[1].lower(), match[1].upper())
    try:
        letter = unicodedata.lookup(f"GREEK {size} LETTER {spelled}")
    except KeyError:
        return None
    marks = ("\u0308" if match[2] else "") + ("\u0301" if match[3] else "")
    return unicodedata.normalize("NFC", letter + marks)


def _cyrillic(name: str) -> str | None:
    """``afii10017`` to ``afii10049`` are А to Я with Ё seventh; 48 further on the small letters."""
    match = _CYRILLIC.fullmatch(name)
    if not match:
        return None
    small, ordinal = divmod(int(match[1]) - 10017, 48)
    if small not in (0, 1) or not 0 <= ordinal <= 32:
        return None
    letter = "Ё" if ordinal == 6 else chr(0x410 + ordinal - (ordinal > 6))
    return letter.lower() if small else letter


def _small(name: str) -> str | None:
    """Small capitals, old-style and raised figures read as the letter or figure they show."""
    match = _VARIANT.fullmatch(name)
    return _component(match[1]) if match else None


def _from_codec(codec: str, changes: dict[int, str]) -> tuple[str | None, ...]:
    table = [bytes((code,)).decode(codec, "ignore") or None for code in range(256)]
    for code in range(32):
        table[code] = None
    for code, text in changes.items():
        table[code] = text
    return tuple(table)


def _standard() -> tuple[str | None, ...]:
    table: list[str | None] = [None] * 256
    for code in range(32, 127):
        table[code] = chr(code)
    table[0x27], table[0x60] = "’", "‘"
    high = {
        0xA1: "¡¢£⁄¥ƒ§¤'“«‹›",
        0xB1: "–†‡·",
        0xB6: "¶•‚„”»…‰",
        0xBF: "¿",
        0xC1: "`´ˆ˜¯˘˙¨",
        0xCA: "˚¸",
        0xCD: "˝˛ˇ—",
        0xE8: "ŁØŒº",
        0xF8: "łøœß",
    }
    for first, run in high.items():
        for offset, char in enumerate(run):
            table[first + offset] = char
    singles = {0xAE: "fi", 0xAF: "fl", 0xE1: "Æ", 0xE3: "ª", 0xF1: "æ", 0xF5: "ı"}
    for code, text in singles.items():
        table[code] = text
    return tuple(table)


def _symbol() -> tuple[str | None, ...]:
    """Letters and figures of the Symbol font; its other signs read as a plain bullet."""
    table: list[str | None] = [None] * 32 + ["•"] * 224
    for code in b" !#%&()+,./0123456789:;<=>?[]_{|}":
        table[code] = chr(code)
    for first, run in (
        (0x41, "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"),
        (0x61, "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"),
    ):
        for offset, char in enumerate(run):
            table[first + offset] = char
    table[0xA0] = "€"
    table[0x2D] = "−"
    return tuple(table)


STANDARD = _standard()
SYMBOL = _symbol()
# ZapfDingbats holds ornaments only; circled figures are the nearest it comes to text.
DINGBATS: tuple[str | None, ...] = (*[None] * 32, " ", *["•"] * 223)
ENCODINGS: dict[str, tuple[str | None, ...]] = {
    "StandardEncoding": STANDARD,
    # D.2: undefined codes of WinAnsi show a bullet; 0xA0 is a space, 0xAD a hyphen.
    "WinAnsiEncoding": _from_codec(
        "cp1252", {0x7F: "•", 0x81: "•", 0x8D: "•", 0x8F: "•", 0x90: "•", 0x9D: "•", 0xAD: "-"}
    ),
    "MacRomanEncoding": _from_codec("mac_roman", {0xCA: " ", 0xDB: "¤"}),
}
