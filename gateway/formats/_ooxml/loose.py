"""Text nodes outside paragraphs: which are text, and what may stand there.

Source: ECMA-376-1 §21.2 (charts), §22.2 (properties), §20.4 (positions of drawings).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.formats._ooxml.attributes import is_office
from gateway.formats._ooxml.text import Rule
from gateway.formats._ooxml.vocabulary import EXPRESSIONS, INTEGER_TEXTS
from gateway.formats._ooxml.xml import Tag

_DATES = frozenset({"created", "modified", "lastPrinted", "filetime", "date"})
_NUMBER = re.compile(r"\s*[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]{1,3})?\s*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]{5,20}(?:Z|[-+][0-9:]{5})?)?")
_DULL = re.compile(r"\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}|true|false")


def rule_of_text(stack: Sequence[Tag], text: str) -> Rule | None:
    """What may be written into a text of the innermost open element; ``None``: it is structure."""
    parent = stack[-1]
    if not is_office(parent.namespace):
        return Rule.FREE
    if parent.local in EXPRESSIONS:
        return Rule.EXPRESSION
    if parent.local == "Anchor" and re.fullmatch("(?:[0-9]{1,6}[, ]*)*+", text):
        return None
    if parent.local in _DATES and _DATE.fullmatch(text):
        return Rule.DATE
    if parent.local in INTEGER_TEXTS and re.fullmatch("-?[0-9]{1,10}", text):
        return None
    if _NUMBER.fullmatch(text):
        stringy = any(tag.local in {"strCache", "strLit", "lvl"} for tag in stack[-4:])
        free = stringy or parent.local.startswith("lp") or "/dc/" in parent.namespace
        return Rule.FREE if free else Rule.NUMBER
    return None if _DULL.fullmatch(text) else Rule.FREE


def context_of_text(stack: Sequence[Tag]) -> tuple[str, ...]:
    """What stands near such a text and says what it is."""
    named = [tag.get("name") for tag in stack[-3:] if tag.local == "property"]
    return (*(name for name in named if name), stack[-1].local)


def group_of_text(stack: Sequence[Tag], text: str, shown: str, rule: Rule) -> str:
    """With which others the text shares a passage: dull numbers and dates do."""
    dull = _NUMBER.fullmatch(text) and not re.search("[0-9]{7}", shown.partition(".")[0])
    parent = stack[-1].local
    return parent if dull or rule is Rule.DATE else f"{parent}={shown}"


def expanded(number: str) -> str:
    """A number as a cell without format shows it: no exponent, ten digits of a fraction.

    Fractions are stored with seventeen digits, the last of which are noise that would look like
    card numbers; integers keep all of theirs.
    """
    from decimal import Decimal, InvalidOperation

    try:
        value = Decimal(number.strip())
    except InvalidOperation:
        return number
    if not value.is_finite() or abs(value.adjusted()) > 30:
        return number
    whole = value == value.to_integral_value()
    if not whole:
        places = max(0, 9 - max(value.adjusted(), 0))
        value = round(value, places)
        return f"{value:f}".rstrip("0").rstrip(".")
    return f"{value.to_integral_value():f}"
