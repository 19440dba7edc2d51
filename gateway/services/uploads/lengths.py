"""Lengths of stored documents that later requests say again, beside a document's name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Length:
    """What a client believes of a document, and what is true of the one that was stored.

    Args:
        name: what the service calls the document.
        by: in a JSON object, where that name stands, alone or behind a scheme: keys joined by dots.
        at: in the same object, where the length stands.
        old: the length that the client knows.
        new: that of what was stored.
    """

    name: str
    by: str
    at: str
    old: int
    new: int


def corrected(data: bytes, lengths: Iterable[Length]) -> bytes:
    """A request's body with the right lengths; the same object where none is in it.

    Args:
        data: the body.
        lengths: those known.
    """
    here = [one for one in lengths if one.name.encode() in data]
    if not here:
        return data
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return data
    changed = [_put(within, one) for within in _objects(said) for one in here]
    if not any(changed):
        return data
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _objects(item)


def _put(within: dict[str, Any], length: Length) -> bool:
    said = _read(within, length.by)
    if not isinstance(said, str) or said.rpartition("://")[2] != length.name:
        return False
    way, _, last = length.at.rpartition(".")
    holder = _read(within, way) if way else within
    if not isinstance(holder, dict) or str(holder.get(last)) != str(length.old):
        return False
    holder[last] = str(length.new) if isinstance(holder[last], str) else length.new
    return True


def _read(value: Any, path: str) -> Any:
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value
