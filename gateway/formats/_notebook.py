"""Jupyter notebooks: which JSON is one, which strings are lines of one text, what is a trace.

Source: nbformat 4.5 schema (``multiline_string``, ``mimebundle``, ``kernelspec``).
"""

from __future__ import annotations

import re

from gateway.formats._json_scan import Frame, Kind, Place
from gateway.formats._json_text import JsonText

_LINES = frozenset(
    {"source", "traceback", "text", "input", "svg", "html", "latex", "markdown", "javascript"}
)
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+", re.IGNORECASE)
_TRACES = frozenset(
    (
        *(
            "kernelspec",
            "kernel_info",
            "execution",
            "executionInfo",
            "execution_count",
            "papermill",
        ),
        *("interpreter", "prompt_number", "ExecuteTime", "user", "vscode", "signature"),
    )
)


def is_notebook(read: JsonText) -> bool:
    """Whether a JSON text is a notebook of any version."""
    text = read.decoded.text
    if '"nbformat"' not in text or not ('"cells"' in text or '"worksheets"' in text):
        return False
    return any(p.part == "$.nbformat" and p.kind is Kind.NUMBER for p in read.places)


def lines_of(place: Place) -> Frame | None:
    """The array whose strings are the lines of one text, if a place stands in one."""
    frame = place.frame
    if place.kind is not Kind.STRING or frame is None or frame.is_object or not frame.keys:
        return None
    key = frame.keys[0]
    return frame if key in _LINES or _MEDIA_TYPE.fullmatch(key) else None


def between(place: Place) -> str:
    """What parts the strings of such an array: those of a traceback have no line ends."""
    return "\n" if place.frame is not None and place.frame.keys[0] == "traceback" else ""


def is_trace(place: Place) -> bool:
    """Whether a value tells who ran the notebook, where and when, and is no content."""
    if place.kind is Kind.KEY or place.frame is None:
        return False
    keys = {place.key, *place.frame.keys}
    frame: Frame | None = place.frame
    while frame is not None:
        keys.add(frame.key)
        frame = frame.parent
    inside_cells = ".source" in place.part or ".data" in place.part
    return bool(keys & _TRACES) and not inside_cells
