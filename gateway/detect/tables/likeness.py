"""Whether a cell could be of the same kind as others, a slip of the pen apart."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.detect.tables.headers import says_nothing

_DIGIT, _CAPITAL, _SMALL = "9", "A", "a"
_SHAPE = dict.fromkeys(range(ord("0"), ord("9") + 1), _DIGIT)
_SHAPE |= dict.fromkeys(range(ord("A"), ord("Z") + 1), _CAPITAL)
_SHAPE |= dict.fromkeys(range(ord("a"), ord("z") + 1), _SMALL)
_SHAPE |= dict.fromkeys(range(65296, 65306), _DIGIT)

_SAMPLE = 200
_SLIPS = 3  # digits too many or too few
_FEWEST_DIGITS = 4


def shape(text: str) -> str:
    """A text with each digit as 9 and each letter as A or a: what it looks like."""
    return text.strip().translate(_SHAPE)


class Likeness:
    """What the cells of one kind have in common.

    Args:
        entity: what they are.
        texts: those cells that were recognised.
    """

    def __init__(self, entity: str, texts: Sequence[str]) -> None:
        sample = [text.strip() for text in texts[:: max(1, len(texts) // _SAMPLE)]]
        digits, letters = [_digits(text) for text in sample], [_letters(text) for text in sample]
        self._entity = entity
        self._digits = (min(digits), max(digits))
        self._letters = max(letters)
        self._length = max(map(len, sample))
        self._shortest = min(map(len, sample))

    def holds(self, text: str) -> bool:
        """Whether a cell may be one of them, mistyped."""
        text = text.strip()
        if says_nothing(text) or len(text) > 2 * self._length:
            return False
        if self._entity == "EMAIL_ADDRESS":
            return any(sign in text.lower() for sign in ("@", "＠", " at ", "(at)", "[at]"))
        fewest, most = self._digits
        if fewest >= _FEWEST_DIGITS:
            slips = min(_SLIPS, fewest // 3)
            return (
                fewest - slips <= _digits(text) <= most + slips
                and _letters(text) <= self._letters + slips
            )
        return 2 * len(text) >= self._shortest and _letters(text) > 0


def _digits(text: str) -> int:
    return sum(char.isdecimal() for char in text)


def _letters(text: str) -> int:
    return sum(char.isalpha() for char in text)
