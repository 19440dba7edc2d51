"""Numbers as cells show them: digits, thousands, percent, exponents, fractions.

Source: ECMA-376-1 §18.8.31: ``0`` shows a digit always, ``#`` only one that counts, ``?`` a
space in its place; a comma between digits parts thousands, after the last one divides by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Protocol

_EXACT = Context(prec=80)
_DIGITS = frozenset("0#?")
_MOST_DENOMINATOR_DIGITS = 5


class _Token(Protocol):
    @property
    def kind(self) -> str: ...

    @property
    def text(self) -> str: ...


def show_number(tokens: Sequence[_Token], value: Decimal) -> str | None:
    """A number as a section shows it; ``None`` if the section has no place for one."""
    if any(token.kind == "general" for token in tokens):
        number = f"{value:f}"
        return _row(t.text if t.kind == "literal" else number for t in tokens if _seen(t))
    marks = [i for i, token in enumerate(tokens) if token.kind == "mark"]
    digits = [i for i in marks if tokens[i].text in _DIGITS]
    if not digits:
        if any(tokens[i].text == "@" for i in marks):
            return None
        return _row(token.text for token in tokens if token.kind in {"literal", "mark"})
    sign = "-" if value < 0 else ""
    value = abs(value)
    slash = next((i for i in marks if tokens[i].text == "/" and digits[0] < i < digits[-1]), None)
    if slash is not None:
        return sign + _fraction(tokens, digits, slash, value)
    if any(token.kind == "exponent" for token in tokens):
        return sign + _exponent(tokens, value)
    return sign + _fixed(tokens, marks, digits, value)


def _seen(token: _Token) -> bool:
    return token.kind in {"literal", "general"}


def _row(texts: Iterable[str]) -> str:
    return "".join(texts).strip()


def _fixed(
    tokens: Sequence[_Token], marks: Sequence[int], digits: Sequence[int], value: Decimal
) -> str:
    point = next((i for i in marks if tokens[i].text == "."), len(tokens))
    whole = [i for i in digits if i < point]
    after = [i for i in digits if i > point]
    commas = [i for i in marks if tokens[i].text == ","]
    last = digits[-1]
    thousands = bool(whole) and any(whole[0] < i < whole[-1] for i in commas)
    scale = sum(1 for i in commas if i > last or (whole and whole[-1] < i < point))
    percents = sum(1 for i in marks if tokens[i].text == "%")
    value = value.scaleb(2 * percents - 3 * scale, _EXACT)
    value = value.quantize(Decimal(1).scaleb(-len(after)), ROUND_HALF_UP, _EXACT)
    front, _, back = f"{value:f}".partition(".")
    places = _whole_digits([tokens[i].text for i in whole], front.lstrip("0"), grouped=thousands)
    shown = dict(zip(whole, places, strict=True))
    kept = back.rstrip("0")
    for n, i in enumerate(after):
        shown[i] = back[n] if n < len(kept) or tokens[i].text == "0" else ""
        if not shown[i] and tokens[i].text == "?":
            shown[i] = " "
    parts: list[str] = []
    for i, token in enumerate(tokens):
        if i in shown:
            parts.append(shown[i])
        elif token.kind == "literal" or (token.kind == "mark" and token.text in ".%/"):
            parts.append(token.text)
    if not whole:
        parts.insert(0, front.lstrip("0"))
    return _row(parts)


def _whole_digits(places: Sequence[str], digits: str, *, grouped: bool) -> list[str]:
    """What stands at each placeholder before the point; the first takes all that is left."""
    shown: list[str] = []
    used = 0
    for n, place in enumerate(reversed(places)):
        first = n == len(places) - 1
        left = digits[: len(digits) - n] if n < len(digits) else ""
        text = (left if first else left[-1:]) or {"0": "0", "?": " "}.get(place, "")
        if grouped:
            text = _grouped(text, used)
        used += sum(char.isdigit() for char in text)
        shown.append(text)
    return shown[::-1]


def _grouped(text: str, used: int) -> str:
    """Digits with a comma wherever a full group of three stands to their right."""
    result = ""
    for n, char in enumerate(reversed(text)):
        if char.isdigit() and used + n and (used + n) % 3 == 0:
            result = "," + result
        result = char + result
    return result


def _exponent(tokens: Sequence[_Token], value: Decimal) -> str:
    at = next(i for i, token in enumerate(tokens) if token.kind == "exponent")
    mantissa = [t.text for t in tokens[:at] if t.kind == "mark"]
    point = mantissa.index(".") if "." in mantissa else len(mantissa)
    whole = max(1, sum(text in _DIGITS for text in mantissa[:point]))
    decimals = sum(text in _DIGITS for text in mantissa[point:])
    width = max(1, sum(t.kind == "mark" and t.text in _DIGITS for t in tokens[at:]))
    power = 0
    if value:
        power = value.adjusted()
        step = whole if "#" in mantissa[:point] else 1
        power = power // step * step if step > 1 else power - (whole - 1)
    scaled = value.scaleb(-power, _EXACT)
    shown = scaled.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _EXACT)
    sign = "-" if power < 0 else "+" if tokens[at].text.endswith("+") else ""
    before = "".join(t.text for t in tokens[:at] if t.kind == "literal")
    after = "".join(t.text for t in tokens[at:] if t.kind == "literal")
    return f"{before}{shown:f}{tokens[at].text[0]}{sign}{abs(power):0{width}}{after}".strip()


def _fraction(tokens: Sequence[_Token], digits: Sequence[int], slash: int, value: Decimal) -> str:
    top = [i for i in digits if i < slash]
    # The numerator is the row of placeholders that touches the slash.
    numerator = [i for i in top if all(tokens[j].kind == "mark" for j in range(i, slash))]
    apart = len(numerator) < len(top)
    bottom = [i for i in digits if i > slash]
    fixed = "".join(t.text for t in tokens[slash + 1 :] if t.text.isdigit())
    whole = int(value) if apart else 0
    rest = Fraction(value - whole)
    if fixed.strip("0"):
        under = int(fixed)
        over = round(rest * under)
    else:
        most = 10 ** min(len(bottom), _MOST_DENOMINATOR_DIGITS) - 1
        nearest = rest.limit_denominator(most)
        over, under = nearest.numerator, nearest.denominator
    if apart and over == under:
        whole, over = whole + 1, 0
    left = "".join(t.text for t in tokens[: digits[0]] if t.kind == "literal")
    right = "".join(t.text for t in tokens[digits[-1] + 1 :] if t.kind == "literal")
    body = f"{over}/{under}" if over or not apart else ""
    front = str(whole) if apart and (whole or not body) else ""
    return f"{left}{front} {body}".strip() + right.rstrip()
