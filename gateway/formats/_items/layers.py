"""All that a decoded message says, for the verifier."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.errors import LimitExceeded
from gateway.formats._base import Descend
from gateway.formats._embedded import is_sealed
from gateway.formats._json_scan import expand_number
from gateway.formats._payload import OPAQUE
from gateway.formats._pieces import embedded_layers
from gateway.formats._raw import raw_layers
from gateway.model import Hint

_DEEPEST = 500


def object_layers(
    value: object, descend: Descend, keys: tuple[str, ...] = (), depth: int = 0
) -> Iterator[str]:
    """Every text, number and byte string in a Python value, keys included.

    Raises:
        LimitExceeded: nested too deep.
    """
    if depth > _DEEPEST:
        raise LimitExceeded("nested too deep to verify")
    match value:
        case str():
            yield value
            yield from embedded_layers(value, descend, keys)
        case bytes():
            yield from _bytes_layers(value, descend, keys)
        case float():
            yield expand_number(repr(value))
        case dict():
            yield from object_layers(list(value.items()), descend, keys, depth)
        case (key, member) if isinstance(value, tuple):
            name = key.decode("utf-8", "replace") if isinstance(key, bytes) else key
            below = (name, *keys[:1]) if isinstance(name, str) else keys
            yield from object_layers(key, descend, keys, depth + 1)
            yield from object_layers(member, descend, below, depth + 1)
        case list() | tuple() | set() | frozenset():
            for member in value:
                yield from object_layers(member, descend, keys, depth + 1)
        case None | bool():
            return
        case _:
            yield str(value)


def _bytes_layers(value: bytes, descend: Descend, keys: tuple[str, ...]) -> Iterator[str]:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        yield from raw_layers(value[: 1 << 16])
    else:
        yield text
        yield from embedded_layers(text, descend, keys)
    if len(value) > OPAQUE and not is_sealed(keys):
        yield from descend(value, Hint())
