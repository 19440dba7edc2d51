"""Texts of OpenDocument that tell who made a document and when.

Source: OASIS OpenDocument 1.3, part 3, §4.3 (metadata), §5.5.7 (``office:change-info``, which
must have a creator and a date), §14.1 (annotations), §3.10 (settings).
"""

from __future__ import annotations

import re
from enum import Enum

from gateway.formats._ooxml.xml import Tag

NEUTRAL_DATE = "1970-01-01T00:00:00"


class Trace(Enum):
    """What removing a trace leaves."""

    DROPPED = "nothing: the element goes"
    EMPTIED = "the element without its text"
    DATED = "the element with a date that says nothing"


_META = frozenset(
    (
        *("initial-creator", "creator", "printed-by", "date", "creation-date", "print-date"),
        *("editing-cycles", "editing-duration", "generator"),
    )
)
_ANNOTATED = frozenset({"creator", "date", "date-string", "creator-initials", "sender-initials"})
_SETTINGS = re.compile(
    r"Printer(?:Name|Setup|PaperFromSetup|IndependentLayoutName)|Rsid(?:Root)?|ProtectionKey"
    r"|TrackedChanges?.*Key|RedlineProtectionKey|ModifyPasswordInfo"
)


def trace_of(parent: Tag, around: list[str]) -> Trace | None:
    """Whether the text of an element is a trace.

    Args:
        parent: the element.
        around: local names of the elements around it, outermost first.
    """
    owner = around[-1] if around else ""
    if owner == "meta" and parent.local in _META:
        return Trace.DROPPED
    if owner == "annotation" and parent.local in _ANNOTATED:
        return Trace.DROPPED
    if owner == "change-info" and parent.local in {"creator", "date"}:
        return Trace.DATED if parent.local == "date" else Trace.EMPTIED
    if parent.local == "config-item" and _SETTINGS.fullmatch(parent.get("name")):
        return Trace.EMPTIED
    return None
