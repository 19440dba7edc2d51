"""What the bytes of a field are: text, a message, a file, numbers, or nothing that anybody reads.

Without a schema the same bytes can be read in more than one way. English text of 6 to 20
characters parses as a message in 2 to 9 % of all cases, of 40 to 160 in 0.3 %; a message can look
like text only if every length in it is that of a printable character (32 to 126). So:

* Control characters beside valid tags are a message; bytes that are no message are text or a file.
* Fields of the same number in messages of the same kind have the same type: those that can be read
  in one way only tell of the others.
* What begins with a line break and the count of the characters after it is a message whose first
  field is text; text that begins so by chance is one in 10,000.
* Short text in which a reader would see numbers is text.
* The rest stays open. Both readings are inspected, and an edit is filled up with spaces so that no
  length changes; one that takes more bytes than before is refused.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from gateway.formats._json_scan import expand_number
from gateway.formats._payload import is_file, is_wide_text
from gateway.formats._protobuf.wire import (
    FIXED32,
    FIXED64,
    LEN,
    VARINT,
    Field,
    read_fields,
    read_varint,
)

_FEWEST_DIGITS = 5
_SHORT_TEXT = 40
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Nature(Enum):
    """What a field holds."""

    TEXT = 1
    MESSAGE = 2
    BYTES = 3


@dataclass(slots=True)
class Guess:
    """How some bytes can be read.

    Args:
        text: the text that they are, if they are UTF-8.
        fields: the message that they are, if they parse as one.
        nature: what they are taken for.
        settled: whether any other reading is out of the question.
    """

    text: str | None = field(repr=False)
    fields: list[Field] | None = field(repr=False)
    nature: Nature
    settled: bool = True


def guess(data: bytes) -> Guess:
    """What bytes are, as far as they tell it themselves."""
    fields = read_fields(data, 0, len(data))
    if is_file(data):
        sure = fields is None or not is_wide_text(data)
        return Guess(None, fields, Nature.BYTES, settled=sure)
    text = _utf8(data)
    if fields is None:
        return Guess(text, None, Nature.BYTES if text is None else Nature.TEXT)
    if text is None or _CONTROL.search(text):
        return Guess(text, fields, Nature.MESSAGE)
    counted = all(one.wire == LEN for one in fields)
    if counted and data[0] == 0x0A:
        return Guess(text, fields, Nature.MESSAGE, settled=False)
    return Guess(text, fields, Nature.TEXT, settled=False)


def agree(guesses: Iterable[Guess]) -> None:
    """Let fields of one kind tell of each other, and close the questions that can be closed."""
    guesses = list(guesses)
    sure = {one.nature for one in guesses if one.settled}
    for one in guesses:
        if one.settled or one.text is None:
            continue
        if Nature.MESSAGE in sure and Nature.TEXT not in sure:
            one.nature, one.settled = Nature.MESSAGE, True
        elif Nature.TEXT in sure and Nature.MESSAGE not in sure:
            one.nature, one.settled = Nature.TEXT, True
        elif one.nature is Nature.MESSAGE:
            one.settled = not sure  # they contradict each other: bytes, or a oneof
        else:
            counted = all(entry.wire == LEN for entry in one.fields or ())
            one.settled = not counted and len(one.text) < _SHORT_TEXT


def number(data: bytes, entry: Field) -> str:
    """The digits that a number has, or nothing if they are few or a measurement."""
    if entry.wire == VARINT:
        value = read_varint(data, entry.start, entry.end)[0] % (1 << 64)
        return _digits(min(value, (1 << 64) - value))  # a negative number is its complement
    if entry.wire == FIXED64:
        return _fixed(data[entry.start : entry.end], "<d", "<Q", 10**18)
    if entry.wire == FIXED32:
        return _fixed(data[entry.start : entry.end], "<f", "<I", 1 << 32)
    return ""


def packed(data: bytes) -> list[str] | None:
    """The numbers with digits to read among packed ones; ``None`` if these bytes are none.

    Random bytes can be read as numbers as well. So they have to look like what people count and
    measure: floats between 1e-9 and 1e15, small whole numbers, varints of about the same length.
    """
    readings = [_cells(data, "<d", "<Q"), _cells(data, "<f", "<I"), _varints(data)]
    found = [numbers for numbers in readings if numbers is not None]
    return [digits for numbers in found for digits in numbers] if found else None


def _cells(data: bytes, measure: str, whole: str) -> list[str] | None:
    size = struct.calcsize(measure)
    if len(data) % size:
        return None
    cells = [data[at : at + size] for at in range(0, len(data), size)]
    if not all(_is_measure(cell, measure) or _is_small(cell, whole) for cell in cells):
        return None
    return [digits for cell in cells if (digits := _fixed(cell, measure, whole, 10**18))]


def _varints(data: bytes) -> list[str] | None:
    found: list[int] = []
    sizes: set[int] = set()
    at = 0
    while at < len(data):
        value, end = read_varint(data, at, len(data))
        if value < 0:
            return None
        found.append(value)
        sizes.add(end - at)
        at = end
    if max(sizes) > min(sizes) + 1 and max(found) >= 10**_FEWEST_DIGITS:
        return None
    return [digits for value in found if (digits := _digits(value))]


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _fixed(cell: bytes, measure: str, whole: str, limit: int) -> str:
    if _is_measure(cell, measure):
        (value,) = struct.unpack(measure, cell)
        return expand_number(repr(float(value))) if float(value).is_integer() else ""
    (count,) = struct.unpack(whole, cell)
    return _digits(count) if count < limit else ""


def _is_measure(cell: bytes, form: str) -> bool:
    (value,) = struct.unpack(form, cell)
    return bool(value == 0 or 1e-9 < abs(value) < 1e15)


def _is_small(cell: bytes, whole: str) -> bool:
    (count,) = struct.unpack(whole, cell)
    return bool(count < 1 << (20 if whole == "<I" else 50))


def _digits(value: int) -> str:
    return str(value) if value >= 10 ** (_FEWEST_DIGITS - 1) else ""
