"""Careful reading of objects: any value may be of the wrong type in a file from outside.

Source of the object types: ISO 32000-2:2020, 7.3. Imported only where PDF is read, because
``pikepdf`` (qpdf) is slow to import.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pikepdf

type ObjectId = tuple[int, int]

DECODE_ERRORS = (
    pikepdf.PikepdfError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    TypeError,
    KeyError,
)
"""What pikepdf raises on streams and objects that are broken."""


def is_dict(value: object) -> bool:
    """Whether it is a dictionary, or a stream (which has one)."""
    return isinstance(value, (pikepdf.Dictionary, pikepdf.Stream))


def is_stream(value: object) -> bool:
    """Whether it is a stream."""
    return isinstance(value, pikepdf.Stream)


def is_name(value: object) -> bool:
    """Whether it is a name."""
    return isinstance(value, pikepdf.Name)


def is_string(value: object) -> bool:
    """Whether it is a string."""
    return isinstance(value, pikepdf.String)


def is_array(value: object) -> bool:
    """Whether it is an array."""
    return isinstance(value, pikepdf.Array)


def items(value: Any) -> list[Any]:
    """The items of an array; nothing for anything else."""
    return list(value) if is_array(value) else []


def entries(value: Any) -> list[tuple[str, Any]]:
    """Keys and values of a dictionary or stream; nothing for anything else."""
    if not is_dict(value):
        return []
    return [(key, value[key]) for key in value.keys()]  # noqa: SIM118 - not a dict


def get(value: Any, key: str) -> Any:
    """An entry of a dictionary, or ``None``; the key may be one that is not UTF-8."""
    return value[key] if is_dict(value) and key in value else None


def name_of(value: Any) -> str:
    """A name without its slash; one that is not UTF-8 (GBK font names are common) as Latin-1."""
    if not is_name(value):
        return ""
    raw = bytes(value)[1:]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def inherited(page: Any, key: str) -> Any:
    """An entry of a page that its ancestors may hold (7.7.3.4), or ``None``."""
    node = page
    for _ in range(50):  # deeper trees are loops
        value = get(node, key)
        if value is not None or not is_dict(node):
            return value
        node = get(node, "/Parent")
    return None


def number_of(value: object, default: float) -> float:
    """A number, or the default."""
    return float(value) if isinstance(value, (int, float, Decimal)) else default


def integer_of(value: object, default: int) -> int:
    """A number without its fraction, or the default."""
    number = number_of(value, default)
    return int(number) if abs(number) < 1e15 else default


def numbers_of(value: Any) -> list[float]:
    """The numbers of an array, 0 for items that are none."""
    return [number_of(item, 0.0) for item in items(value)]


def id_of(value: Any) -> ObjectId | None:
    """Object and generation number of an indirect object."""
    number, generation = value.objgen
    return (number, generation) if number else None


def stream_bytes(stream: Any) -> bytes:
    """The decoded bytes of a stream; empty where there is none or it cannot be decoded."""
    if not is_stream(stream):
        return b""
    try:
        return bytes(stream.read_bytes())
    except DECODE_ERRORS:
        return b""
