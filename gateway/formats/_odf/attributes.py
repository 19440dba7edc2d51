"""What an attribute of OpenDocument XML is to the reader: text of some kind, or structure."""

from __future__ import annotations

import re
from enum import Enum, auto

from gateway.formats._odf.vocabulary import (
    ADDRESSES,
    EXPRESSIONS,
    FORMULAS,
    STRINGS,
    STYLE_NAMES,
    STYLED,
    TYPED,
    is_built_in,
    is_dull,
    is_known_path,
    is_own,
    looks_structural,
)
from gateway.formats._ooxml.xml import Attribute, Tag

_XML = "http://www.w3.org/XML/1998/namespace"
_TABLE_NAMES = frozenset(("range-usable", "named-range", "named-expression", "database-range"))
_LAYERS = frozenset({"layout", "background", "backgroundobjects", "controls", "measurelines"})
_CONFIG = re.compile(r"[A-Za-z][A-Za-z0-9:_.-]{0,60}")
_GUIDES = ("drawing:1.0", "animation:1.0")
_GUIDE = re.compile(r"(?!.*[0-9]{7})[-+*/0-9a-zA-Z$?(), .^]{0,400}")
_SEARCHED = re.compile(r"[A-Za-z0-9./#_-]{0,80}")


class Verdict(Enum):
    """What kind of text an attribute is."""

    TEXT = auto()
    ADDRESS = auto()
    FORMULA = auto()
    EXPRESSION = auto()
    TYPED = auto()
    SHEET = auto()
    RANGE = auto()
    STYLE = auto()
    TRACE = auto()
    REVISION = auto()
    FIXED = auto()


def judge(tag: Tag, attribute: Attribute) -> Verdict | None:
    """What an attribute is, or ``None`` if it is structure."""
    value, local = attribute.value, attribute.local
    if not value or value.isspace():
        return None
    if local.endswith("rsid") and attribute.namespace.startswith("http://openoffice.org/"):
        return Verdict.REVISION
    if not is_own(attribute.namespace or tag.namespace):
        return None if is_dull(value) else Verdict.TEXT
    if attribute.namespace == _XML and _SEARCHED.fullmatch(value):
        return None
    if tag.local == "template" and local in {"href", "title", "date"}:
        return Verdict.TRACE
    named = _of_name(tag, attribute)
    if named is not None:
        return named if isinstance(named, Verdict) else None
    return _of_value(tag, attribute)


def _of_value(tag: Tag, attribute: Attribute) -> Verdict | None:
    """The verdict on an attribute that is no name."""
    value, local = attribute.value, attribute.local
    if local in FORMULAS:
        drawn = attribute.namespace.endswith(_GUIDES) and _GUIDE.fullmatch(value)
        return None if drawn else Verdict.FORMULA
    if local in TYPED and not (local == "value" and "office" not in attribute.namespace):
        return None if local == "currency" or is_dull(value) else Verdict.TYPED
    if local in EXPRESSIONS or (local in ADDRESSES and value.startswith("#")):
        return Verdict.EXPRESSION
    if local in ADDRESSES:
        return None if is_known_path(value) or is_own(value) else Verdict.ADDRESS
    if local in STRINGS:
        return None if is_dull(value) or _given(tag, local, value) else Verdict.TEXT
    return None if looks_structural(local, value) else Verdict.TEXT


def _of_name(tag: Tag, attribute: Attribute) -> Verdict | bool | None:
    """The verdict on an attribute that names a style, table or range; false: a built-in name."""
    local, value = attribute.local, attribute.value
    style = STYLE_NAMES.fullmatch(local) or (local == "name" and STYLED.fullmatch(tag.local))
    if style:
        return Verdict.STYLE if not is_built_in(value) else False
    if local == "name" and (
        tag.local == "table" or (tag.local == "config-item-map-entry" and " " in value)
    ):
        return Verdict.SHEET
    if local in {"name", "target-range-name", "database-range-name"} and (
        tag.local in _TABLE_NAMES or local != "name"
    ):
        return Verdict.RANGE
    return None


def _given(tag: Tag, local: str, value: str) -> bool:
    """Whether a string is one that the program, not the user, wrote."""
    if local == "name" and tag.local.startswith("config-"):
        return tag.local != "config-item-map-entry" and bool(_CONFIG.fullmatch(value))
    if local == "layer" or tag.local == "layer":
        return value in _LAYERS
    if local == "display-name" and is_built_in(value):
        return True
    return local in {"prefix", "suffix"} and len(value) < 4
