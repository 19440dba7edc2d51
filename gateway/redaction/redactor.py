"""What stands in the place of a finding: a label, a mask, or a keyed mark."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from itertools import groupby
from typing import Final

from gateway.model import Action, Treatment
from gateway.redaction._values import letters_and_digits, shows

DEFAULT_LENGTH: Final = 12
"""Hexadecimal digits of a hash: 48 bits keep a million values apart (collision odds 0.2 %)."""

# Two of these have no character in common, so one of them never shows a given value.
_LAST_RESORTS = ("[REDACTED]", "█████", "*****")

type _Params = Mapping[str, str | int]


class Redactor:
    """Turns findings into replacements; the same key and value always give the same text.

    Args:
        key: secret of this machine, for marks that only it can reproduce.
    """

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    def replacement(self, treatment: Treatment, entity: str, value: str) -> str:
        """The text for the place of ``value``. It never holds the value, nor most of it.

        Where a label, mask or hash would show the value after all (it is short, or is itself
        part of the label), something stronger stands there instead.

        Args:
            treatment: replace (``label``), mask (``character``, ``keep_first``, ``keep_last``,
                ``keep_separators``) or hash (``length``).
            entity: name of the recognised entity.
            value: the text that was recognised.

        Raises:
            ValueError: the action is allow or block, or there is no value.
        """
        if not value:
            raise ValueError("there is no value to replace")
        params = treatment.params
        candidates = [f"[{entity}]", *_LAST_RESORTS]
        match treatment.action:
            case Action.REPLACE:
                candidates.insert(0, str(params.get("label", candidates[0])))
            case Action.MASK:
                candidates.insert(0, _mask(value, params))
            case Action.HASH:
                candidates.insert(0, self._mark(entity, value, params))
            case _:
                raise ValueError(f"nothing is replaced when the action is {treatment.action}")
        return next(text for text in candidates if text and not shows(text, value))

    def _mark(self, entity: str, value: str, params: _Params) -> str:
        from gateway.redaction.operators import KeyedHash, operate

        length = int(params.get("length", DEFAULT_LENGTH))
        own = {"key": self._key, "length": length, "entity_type": entity}
        return operate(KeyedHash.NAME, value, own)


def _mask(value: str, params: _Params) -> str:
    """The value behind a mask; empty if the mask would leave more than half of it to see."""
    from gateway.redaction.operators import operate

    character = str(params.get("character", "*"))
    places = [at for at, c in enumerate(value) if c.isalnum()]
    first, last = int(params.get("keep_first", 0)), int(params.get("keep_last", 0))
    if (first + last) * 2 > len(places):
        return ""
    start = places[first - 1] + 1 if first else 0
    end = places[-last] if last else len(value)
    hidden = value[start:end]
    groups = groupby(hidden, _separates if params.get("keep_separators") else lambda _: False)
    masked = "".join(
        text if keep else operate("mask", text, _all_of(text, character))
        for keep, text in ((keep, "".join(group)) for keep, group in groups)
    )
    result = value[:start] + masked + value[end:]
    return "" if _seen(value, result) * 2 > len(places) else result


def _separates(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] in "PSZ"


def _all_of(text: str, character: str) -> dict[str, str | int]:
    return {"masking_char": character, "chars_to_mask": len(text), "from_end": False}


def _seen(value: str, result: str) -> int:
    """How many letters and digits of the value still stand where they stood."""
    return sum(a == b and bool(letters_and_digits(a)) for a, b in zip(value, result, strict=True))
