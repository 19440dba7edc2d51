"""How a value is written down before it is hashed, and which values are too short to look for."""

from __future__ import annotations

from gateway.detect.text import comparable
from gateway.detect.values import as_number

LONGEST = 120
_FEWEST_LETTERS = 4
_FEWEST_IDEOGRAPHS = 2


def forms_of(value: str) -> tuple[str, ...]:
    """The forms under which a value is found: as it is, and without separators if a number.

    Empty for a value that is too short to mean anything wherever it stands ("Li", "42"), or
    longer than :data:`LONGEST` characters.
    """
    form = comparable(value)
    letters = sum(char.isalnum() for char in form)
    ideographs = sum("\u3400" <= char <= "\u9fff" for char in form)
    if len(form) > LONGEST or (letters < _FEWEST_LETTERS and ideographs < _FEWEST_IDEOGRAPHS):
        return ()
    number = as_number(form)
    return (form, number) if number and number != form else (form,)
