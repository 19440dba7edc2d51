"""Lengths of stored documents that later requests say again, beside a document's name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gateway.services.jsontext import JsonText
from gateway.services.values import NoSuchPlace, json_text


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


type Index = dict[str, dict[str, list[Length]]]
"""Lengths by where names of documents stand, and by these names."""


def indexed(index: Index, lengths: Iterable[Length]) -> Index:
    """The same index with further lengths in it."""
    for one in lengths:
        index.setdefault(one.by, {}).setdefault(one.name, []).append(one)
    return index


def corrected(data: bytes, index: Index) -> bytes:
    """A request's body with the right lengths; the same object where none is in it.

    Args:
        data: the body.
        index: lengths that are known.
    """
    if not index or data[:1] not in (b"{", b"["):
        return data
    try:
        text = json_text(data)
        changed = {
            text.find(way): new
            for within in _objects(text.find([]).value)
            for way, new in _changes(text, within, index)
        }
    except (NoSuchPlace, RecursionError):
        return data
    return text.replaced(changed).encode(errors="surrogatepass") if changed else data


type _Way = tuple[str | int, ...]


def _objects(value: Any, way: _Way = ()) -> Iterator[_Way]:
    """The ways to all objects."""
    if isinstance(value, dict):
        yield way
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(item, dict | list):
                yield from _objects(item, (*way, key))


def _changes(text: JsonText, way: _Way, index: Index) -> Iterator[tuple[_Way, str]]:
    """Where in an object a length is to be changed, and to what."""
    for by, named in index.items():
        said = _read(text, (*way, *by.split(".")))
        if not isinstance(said, str):
            continue
        for length in named.get(said.rpartition("://")[2], ()):
            at = (*way, *length.at.split("."))
            old = _read(text, at)
            if isinstance(old, str | int | float) and str(old) == str(length.old):
                yield at, json.dumps(str(length.new) if isinstance(old, str) else length.new)


def _read(text: JsonText, way: _Way) -> Any:
    try:
        return text.find(way).value
    except LookupError:
        return None
