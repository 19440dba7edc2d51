"""Which attribute values of Office XML are text, and which are structure.

The rule is made so that an attribute nobody thought of is read rather than skipped:

1. Attributes that the schemas type as free strings (``author``, ``descr``, ``tooltip``, the
   ``val`` of ``alias`` …) are text, whatever they hold.
2. In a namespace that is not Office's own, every attribute is text.
3. Of the rest, values that *look* like structure (a number of few digits, one ASCII word, a
   GUID, a cell range where one belongs, a schema address) are left out. Everything else is text:
   what has a space, a letter beyond ASCII, an ``@``, an address, a run of seven digits.

What is text by its look, but stands where only structure may, cannot be edited.

Source: ECMA-376-1 (5th ed.) Annex A, attributes of type ST_Xstring and xsd:string; [MS-DOCX],
[MS-XLSX], [MS-PPTX] for the later namespaces.
"""

from __future__ import annotations

import re
from functools import cache

from gateway.formats._ooxml.text import Rule
from gateway.formats._ooxml.vocabulary import (
    CROWDED,
    FONT_NAMES,
    INTEGERS,
    STRING_ELEMENTS,
    STRINGS,
    STYLE_REFERENCES,
    STYLED,
    is_built_in,
    is_style_id,
)
from gateway.formats._ooxml.xml import Attribute, Tag

_XML = "http://www.w3.org/XML/1998/namespace"
_OFFICE = (
    "http://schemas.openxmlformats.org/",
    "http://schemas.microsoft.com/",
    "http://purl.oclc.org/ooxml/",
    "http://purl.org/dc/",
    "http://www.w3.org/",
    "http://uri.etsi.org/",
    "urn:schemas-microsoft-com:",
    "urn:microsoft.com/office/",
)
# What other suites add. The words of these schemas are nobody's text, but their attributes may be.
_SUITES = (
    "http://schemas.libreoffice.org/",
    "http://openoffice.org/",
    "http://customooxmlschemas.google.com/",
    "http://www.wps.cn/officeDocument/",
)

# The id is all that a document's sensitivity label tells of itself ([MS-OFFCRYPTO] 2.6.4).
_LABELS = "http://schemas.microsoft.com/office/2020/mipLabelMetadata"

# Strings that a workbook refers to by name.
_WORKBOOK_RULES = {
    ("sheet", "name"): Rule.SHEET,
    ("worksheetSource", "sheet"): Rule.SHEET_REFERENCE,
    ("definedName", "name"): Rule.IDENTIFIER,
    ("worksheetSource", "name"): Rule.IDENTIFIER,
    ("table", "name"): Rule.IDENTIFIER,
    ("table", "displayName"): Rule.IDENTIFIER,
    ("sheetPr", "codeName"): Rule.IDENTIFIER,
    ("workbookPr", "codeName"): Rule.IDENTIFIER,
    ("hyperlink", "location"): Rule.EXPRESSION,
}

# Items of pivot caches, §18.10: numbers, strings, dates, errors.
_PIVOT_RULES = {"n": Rule.NUMBER, "s": Rule.FREE, "d": Rule.DATE, "e": Rule.FREE}

_HEXES = re.compile(
    r"rsid\w*|paraId\w*|textId|durableId|panose1?|[cu]sb[0-3]|lastClr|rgb|nsid|tmpl|tplc|docId|anchorId|cnfStyle"
)
_HASHES = re.compile(r"hash(Value|Data)?|salt(Value|Data)?|password|algIdExt|cryptAlgorithmSid")
_DATES = re.compile(r"date|dateUtc|dT|dt|created|modified|refreshedDateIso|lastSaved|uvDate")
_RANGES = re.compile(r"ref|sqref|r|spans|activeCell|topLeftCell|ref3D|fromCell|toCell|authorRef")
_SHAPES = re.compile(
    r"fmla|eqn|path|style|adj|coordsize|coordorigin|points|textboxrect|matrix|from|to"
)
_PREFIXED = re.compile(r"Ignorable|ProcessContent|MustUnderstand|Preserve\w+|Requires")

_NUMBER = re.compile(r"[-+]?[0-9]*[.,]?[0-9]+(?:[eE][-+]?[0-9]{1,3})?(?:[a-z]{1,2}|%|\*)?")
_NUMBERS = re.compile(r"-?[0-9]{0,6}(?:\.[0-9]+)?(?:[,;:]-?[0-9]{0,6}(?:\.[0-9]+)?)*+")
# An address of a schema: nothing that could carry more than that.
_ADDRESS = re.compile(r"(?!.*[0-9]{9})(?!.*[0-9][0-9-]{9})[A-Za-z0-9_.:/#+-]{1,200}")
_WORD = re.compile(r"[A-Za-z_#.*:+{][A-Za-z0-9_.:#{}*/%()+-]{0,63}")
_CODE = re.compile(r"(?=.*[0-9].*[A-Za-z]|.*[0-9]{3}).{16,}")  # as long as a key or an account
_HEX = re.compile(
    r"(?=[0-9A-F]*[A-F])(?:[0-9A-F]{6}|[0-9A-F]{8}|[0-9A-F]{10}|[0-9A-F]{20})", re.IGNORECASE
)
_LONG_NUMBER = re.compile(r"[0-9]{7}")
_GUID = re.compile(r"\{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?")
_CORNER = r"(?:\$?[A-Z]{1,3}\$?[0-9]{1,7}|\$?[A-Z]{1,3}|\$?[0-9]{1,7})"
_RANGE = re.compile(rf"{_CORNER}(?::{_CORNER})?(?: {_CORNER}(?::{_CORNER})?)*+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]{5,20}(?:Z|[-+][0-9:]{5})?)?")
_PREFIXES = re.compile(r"(?:[A-Za-z][A-Za-z0-9]{0,9}+(?::\w{1,30}+|:\*)?(?: |$))*+")
# Guide formulas (ECMA-376-1 §20.1.9.11), VML paths and VML styles.
_SHAPE = re.compile(
    r"(?:[*+?]?[-/*:+]|abs|at2|cos(?:atan2)?|ellipse|if|max|mid|min|mod|pin|prod|sa?t?2?|"
    r"sin(?:atan2)?|sqrt|sum(?:angle)?|tan|atan2|val)(?: @?[A-Za-z0-9-]{1,16}){1,3}"
    r"|[-mlcxeqrtaibwdhvnspfy@,.0-9 ]*"
    r"|(?:\s*[a-z-]{1,30}:[-a-z0-9.,%#() ]{0,40}(?:;|$))*+"
)


@cache
def is_office(namespace: str) -> bool:
    """Whether a namespace is one whose words are schema, not anybody's text."""
    return namespace.startswith(_OFFICE) and bool(_ADDRESS.fullmatch(namespace))


@cache
def is_known(namespace: str) -> bool:
    """Whether a namespace is Office's own, or one of another suite."""
    suite = namespace.startswith(_SUITES) and bool(_ADDRESS.fullmatch(namespace))
    return suite or is_office(namespace)


def judge(tag: Tag, attribute: Attribute) -> tuple[Rule, bool] | None:
    """What may be written into an attribute, or ``None`` if it is structure.

    The second value tells whether it deserves a passage of its own, or shares one with others.
    """
    value, local = attribute.value, attribute.local
    if not value or value.isspace() or (attribute.namespace == _XML and _WORD.fullmatch(value)):
        return None
    foreign = attribute.namespace and not is_office(attribute.namespace)
    if foreign or not is_office(tag.namespace) or (tag.namespace, local) == (_LABELS, "id"):
        return Rule.FREE, not _is_short(value)
    if local == "v" and tag.local in _PIVOT_RULES and "/spreadsheetml/" in tag.namespace:
        return _PIVOT_RULES[tag.local], tag.local != "d" and not _is_short(value)
    if local == "styleId" or (local == "val" and tag.local in STYLE_REFERENCES):
        return None if is_style_id(value) else (Rule.FREE, False)
    if local in {"val", "v"}:
        is_string = tag.local in STRING_ELEMENTS
        local = tag.local
    else:
        is_string = local in STRINGS or (tag.local, local) == ("hyperlink", "anchor")
    if attribute.namespace.endswith("/relationships") and _WORD.fullmatch(value):
        return None
    crowded = tag.local in CROWDED or local in FONT_NAMES
    if is_string and not crowded:
        given = (tag.local in STYLED and is_built_in(value)) or is_office(value)
        if given or _GUID.fullmatch(value):
            return None
        return _rule_of_string(tag, attribute.local), True
    if _looks_structural(local, value) or (crowded and is_built_in(value)):
        return None
    own = bool(_LONG_NUMBER.search(value)) or "@" in value or not (crowded or value.isascii())
    return _rule_by_look(local, value), own


def _is_short(value: str) -> bool:
    """Whether a value is a number of few digits."""
    return bool(_NUMBER.fullmatch(value)) and not _LONG_NUMBER.search(value.partition(".")[0])


def _rule_of_string(tag: Tag, local: str) -> Rule:
    if "/spreadsheetml/" in tag.namespace:
        return _WORKBOOK_RULES.get((tag.local, local), Rule.FREE)
    return Rule.FREE


def _rule_by_look(key: str, value: str) -> Rule:
    """What may stand where only the look of a value says that it is text."""
    places = (_HEXES, _HASHES, _RANGES, _SHAPES, _PREFIXED)
    if key != "style" and (key in INTEGERS or any(place.fullmatch(key) for place in places)):
        return Rule.FIXED
    if _DATE.fullmatch(value):
        return Rule.DATE
    return Rule.NUMBER if _NUMBER.fullmatch(value) else Rule.FREE


def _looks_structural(key: str, value: str) -> bool:
    """Whether a value is what the schemas would have at this attribute or element."""
    if (
        _GUID.fullmatch(value)
        or (_DATES.fullmatch(key) and _DATE.fullmatch(value))
        or (_HASHES.fullmatch(key) and " " not in value)
    ):
        return True
    if _SHAPES.fullmatch(key) and _SHAPE.fullmatch(value):
        return not re.search("[0-9]{11}", value)
    if _LONG_NUMBER.search(value) and not _is_short(value):
        return _is_serial(key, value)
    if "://" in value or value.startswith("urn:"):
        return is_office(value)
    return value.isascii() and bool(
        _NUMBER.fullmatch(value)
        or _NUMBERS.fullmatch(value)
        or (_WORD.fullmatch(value) and not _CODE.fullmatch(value))
        or _HEX.fullmatch(value)
        or (_RANGES.fullmatch(key) and _RANGE.fullmatch(value))
        or (_PREFIXED.fullmatch(key) and _PREFIXES.fullmatch(value))
    )


def _is_serial(key: str, value: str) -> bool:
    """Whether a long number is one that Office itself writes there."""
    if key in INTEGERS and re.fullmatch("-?[0-9]{1,10}", value):
        return True
    if _HEXES.fullmatch(key):
        return bool(re.fullmatch("[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8}|[0-9A-Fa-f]{20}|[01]{12}", value))
    return bool(_RANGES.fullmatch(key) and _RANGE.fullmatch(value)) and all(
        int(row) <= 1_048_576 for row in re.findall("[0-9]+", value)
    )
