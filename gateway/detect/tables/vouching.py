"""Asking the recognisers whether the check digits of some values vouch for what they are.

Some values are shown to them beside the labels of all identifiers, and once more with a digit
changed. What is recognised in the former and not in the latter has its arithmetic to thank for,
which chance does not meet in a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from gateway.detect.overlaps import Span
from gateway.detect.tables.headers import says_nothing
from gateway.model import Segment

type Ask = Callable[[Sequence[Segment]], Mapping[int, Sequence[Span]]]
"""The recognisers: what they find in segments, by position."""

FEWEST = 8
"""Values that can vouch for a column: one check digit in ten is right by chance."""

_MOST = 16
_ROUNDS = 4
_FOUND = 0.85
_FOUND_CHANGED = 0.25
_OF_THE_VALUE = 0.6
_BETWEEN = "\n\n"


def sample_of(texts: Sequence[str]) -> list[str]:
    """Different values of a column, from its beginning to its end."""
    some = texts[:: max(1, len(texts) // (2 * _MOST))]
    filled = (text.strip() for text in some)
    return list(dict.fromkeys(text for text in filled if not says_nothing(text)))[:_MOST]


def are_numeric(sample: Sequence[str]) -> bool:
    """Whether values could be identifiers that are little more than digits."""
    count = sum(map(_is_numeric, sample))
    return len(sample) >= FEWEST and count >= _FOUND * len(sample)


def vouched(
    samples: Sequence[Sequence[str]], ask: Ask, labels: Mapping[str, Sequence[str]]
) -> list[dict[str, int]]:
    """What check digits vouch for.

    Of what a value may be, the recognisers tell the likeliest only. So what turns out to look at
    shapes alone is left out when they are asked once more.

    Args:
        samples: values of each column.
        ask: the recognisers.
        labels: words that name identifiers, by entity.

    Returns:
        for each sample the entities that its check digits speak for, and of how many values.
    """
    result: list[dict[str, int]] = [{} for _ in samples]
    left_out: list[set[str]] = [set() for _ in samples]
    waiting = list(range(len(samples)))
    for _ in range(_ROUNDS):
        questions: list[Segment] = []
        for number in waiting:
            kept = (some for entity, some in labels.items() if entity not in left_out[number])
            words = tuple(dict.fromkeys(chain.from_iterable(kept)))
            changed = [with_other_digit(value) for value in samples[number]]
            questions += [_question(samples[number], words), _question(changed, words)]
        found = ask(questions)
        undecided: list[int] = []
        for place, number in enumerate(waiting):
            sample, size = samples[number], len(samples[number])
            true = _counts(sample, found.get(2 * place, ()))
            false = _counts(sample, found.get(2 * place + 1, ()))
            result[number] = {
                entity: count
                for entity, count in true.items()
                if count >= _FOUND * size and false[entity] <= _FOUND_CHANGED * size
            }
            shapes = {e for e, count in false.items() if count > _FOUND_CHANGED * size}
            if not result[number] and shapes - left_out[number]:
                left_out[number] |= shapes
                undecided.append(number)
        waiting = undecided
        if not waiting:
            break
    return result


def with_other_digit(text: str) -> str:
    """The text with its last digit changed: whatever held for a check digit holds no longer."""
    for at in range(len(text) - 1, -1, -1):
        if text[at].isdecimal():
            return f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}"
    return text


def _is_numeric(text: str) -> bool:
    digits = sum(char.isdecimal() for char in text)
    letters = sum(char.isalpha() for char in text)
    return 6 <= digits <= 20 and letters <= 2 and len(text) <= 26 and "," not in text


def _question(values: Sequence[str], labels: tuple[str, ...]) -> Segment:
    return Segment(_BETWEEN.join(values), "column", context=labels)


def _counts(values: Sequence[str], spans: Sequence[Span]) -> Counter[str]:
    """How many of the values of a question are an entity."""
    counts: Counter[str] = Counter()
    at = 0
    for value in values:
        end = at + len(value)
        inside = (span for span in spans if at <= span.start and span.end <= end)
        counts.update({s.entity for s in inside if s.end - s.start >= _OF_THE_VALUE * len(value)})
        at = end + len(_BETWEEN)
    return counts
