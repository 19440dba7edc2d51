"""Templates of local answers and of places that are filled in.

``{name}`` stands for a value: one that the upload knows (``token``, ``received``, ``last``,
``total``, ``size``, ``name``, ``number``, ``expires``, ``part.sha1:base64`` …), a value taken from
the service, or, failing these, what stands at that place of the request (``{header.host}``).
``"{parts}"`` is the list of what was told of each part, ``"{form.blocks:indices}"`` the numbers of
the items of the list that stands at a place as JSON. ``{"{repeat}": "{count.json.parts}", "item":
…}`` is a list with as many items, in which ``{index}`` counts from 1. A header, or an item of a list, whose
value is not known is left out.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from xml.sax.saxutils import escape

from pydantic import JsonValue

from gateway.services.places import NoSuchPlace
from gateway.services.uploads.schema import LocalAnswer
from gateway.services.wire import Reply

type Lookup = Callable[[str], str]

_PLACEHOLDER = re.compile(r"\{([A-Za-z][^{}]*)\}")
_NUMBER = re.compile(r"\{([^{}]+):int\}")
_INDICES = re.compile(r"\{([^{}]+):indices\}")


def filled(template: str, lookup: Lookup, quote: Callable[[str], str] = str) -> str:
    """A template with its placeholders filled in.

    Args:
        template: text with ``{name}`` in it.
        lookup: gives the value of a name.
        quote: escapes a value for its surroundings.
    """
    return _PLACEHOLDER.sub(lambda found: quote(lookup(found[1])), template)


def answered(answer: LocalAnswer, lookup: Lookup, parts: Iterable[Lookup] = ()) -> Reply:
    """A local answer, filled in.

    Args:
        answer: of a profile.
        lookup: gives the value of a name.
        parts: give those of each part that is here.
    """
    body, kind = b"", ""
    if answer.json_body is not None:
        body = json.dumps(_json(answer.json_body, lookup), ensure_ascii=False).encode()
        kind = "application/json; charset=utf-8"
    elif answer.xml:
        before, _, after = answer.xml.partition("{each}")
        listed = (filled(answer.each, one, escape) for one in parts)
        ends = (filled(text, lookup, escape) for text in (before, after))
        body = "".join(listed).join(ends).encode()
        kind = "application/xml; charset=utf-8"
    elif answer.text:
        body, kind = filled(answer.text, lookup).encode(), "text/plain; charset=utf-8"
    headers = {"content-type": kind} if kind else {}
    if any(name.lower() == "content-type" for name in answer.headers):
        headers.clear()
    for name, value in answer.headers.items():
        with contextlib.suppress(NoSuchPlace):  # "Range" has nothing to say before the first byte
            headers[name] = filled(value, lookup)
    return Reply(tuple(headers.items()), body, answer.status)


def _json(value: JsonValue, lookup: Lookup) -> JsonValue:
    match value:
        case "{parts}":
            told: JsonValue = json.loads(lookup("parts"))
            return told
        case str():
            if found := _INDICES.fullmatch(value):
                return list(range(len(json.loads(lookup(found[1])))))
            number = _NUMBER.fullmatch(value)
            return int(lookup(number[1])) if number else filled(value, lookup)
        case {"{repeat}": str(times), "item": item}:
            count = int(filled(times, lookup))
            return [_json(item, _numbered(lookup, at)) for at in range(1, count + 1)]
        case dict():
            return {key: _json(item, lookup) for key, item in value.items()}
        case list():
            return list(_items(value, lookup))
        case _:
            return value


def _numbered(lookup: Lookup, at: int) -> Lookup:
    return lambda name: str(at) if name == "index" else lookup(name)


def _items(values: list[JsonValue], lookup: Lookup) -> Iterator[JsonValue]:
    """The items of a list, without those about which there is nothing to say."""
    for value in values:
        with contextlib.suppress(NoSuchPlace):
            yield _json(value, lookup)
