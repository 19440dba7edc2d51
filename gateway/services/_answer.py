"""Refusals: a service's own error shape with our sentence in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from pydantic import JsonValue

from gateway.services.schema import Answer

_PLACEHOLDER = re.compile(r"\{(message|reference|slug)\}")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SLUG_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the client gets instead of the service's answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def render(answer: Answer, message: str, reference: str) -> Refusal:
    """Fill in a template.

    Args:
        answer: the template.
        message: the sentence for people, without values.
        reference: the id that the audit record carries.
    """
    words = {"message": message, "reference": reference, "slug": slug(message, reference)}

    def fill(template: str, quote: Callable[[str], str] = str) -> str:
        return _PLACEHOLDER.sub(lambda found: quote(words[found[1]]), template)

    if answer.xml:
        body, kind = fill(answer.xml, _xml), "application/xml; charset=utf-8"
    elif answer.text:
        body, kind = fill(answer.text), "text/plain; charset=utf-8"
    else:
        filled = _fill_json(answer.json_body, fill)
        body, kind = json.dumps(filled, ensure_ascii=False), "application/json; charset=utf-8"
    headers = {
        "content-type": kind,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        **{name.lower(): value for name, value in answer.headers.items()},
    }
    return Refusal(answer.status, headers, body.encode("utf-8", "replace"))


def _fill_json(value: JsonValue, fill: Callable[[str], str]) -> JsonValue:
    match value:
        case str():
            return fill(value)
        case dict():
            return {key: _fill_json(item, fill) for key, item in value.items()}
        case list():
            return [_fill_json(item, fill) for item in value]
        case _:
            return value


def _xml(text: str) -> str:
    # XML 1.0 §2.2 has no way to write most control characters.
    return escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text), {'"': "&quot;", "'": "&apos;"})


def slug(message: str, reference: str) -> str:
    """The message as an error code of lower-case ASCII words, ending in the reference.

    Slack's clients show only such a code, so it must say as much as it can.
    """
    words, tail = (re.sub(r"[^a-z0-9]+", "_", text.lower()) for text in (message, reference))
    head, tail = words.strip("_")[:_SLUG_LENGTH].strip("_") or "blocked_by_gateway", tail.strip("_")
    return head if not tail or head.endswith(tail) else f"{head}_ref_{tail}"
