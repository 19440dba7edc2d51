"""Bytes searched as they stand, without any format: the verifier's last look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
_ONE_WORD = re.compile(r"[A-Za-z]+")
_DISTINCT = 7
_DISTINCT_BEYOND_ASCII = 4


def raw_layers(data: bytes) -> Iterator[str]:
    """Bytes that no format reads, as text in the encodings that a value could stand in."""
    yield data.decode("utf-8", "replace")
    yield data.decode("gb18030", "replace")
    yield data.decode("latin-1")
    for offset in (0, 1):
        yield data[offset:].decode("utf-16-le", "replace")
    yield data.decode("utf-16-be", "replace")


def stands_in(data: bytes, values: Iterable[str]) -> bool:
    """Whether one of the values stands in the bytes as they are, whole, in a common encoding.

    Short values and single words are passed over: they occur in packed data by chance, and a
    listed word such as "content" or "Sheet1" may be a name of the format itself. They are looked
    for in all that is decoded.

    Args:
        data: what is about to leave.
        values: what was removed.
    """
    folded = data.lower()
    for value in values:
        enough = _DISTINCT if value.isascii() else _DISTINCT_BEYOND_ASCII
        if len(value) < enough or _ONE_WORD.fullmatch(value):
            continue
        forms = {value.encode(encoding, "replace").lower() for encoding in _ENCODINGS}
        if any(_whole(folded, form) for form in forms):
            return True
    return False


def _whole(data: bytes, form: bytes) -> bool:
    """Whether the form stands somewhere without a letter or digit of ASCII touching its own."""
    start = data.find(form)
    while start >= 0:
        end = start + len(form)
        before, after = data[start - 1 : start], data[end : end + 1]
        if not (before.isalnum() and form[:1].isalnum()) and not (
            after.isalnum() and form[-1:].isalnum()
        ):
            return True
        start = data.find(form, start + 1)
    return False
