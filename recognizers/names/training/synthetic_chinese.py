"""Chinese text made from templates, and open text with other names put into it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from recognizers.names.training.chinese_values import ORDINARY, Values
from recognizers.names.training.corpora import Example

TEMPLATES = Path(__file__).parent / "templates" / "chinese.txt"
_SLOT = re.compile(r"\{([A-Z]+)\}")

type Maker = Callable[[Values], str]

SLOTS: dict[str, tuple[Maker, str]] = {
    "P": (Values.person, "PERSON"),
    "PS": (Values.spaced, "PERSON"),
    "X": (Values.surname, "PERSON"),
    "NK": (Values.nickname, "PERSON"),
    "F": (Values.foreign, "PERSON"),
    "FF": (Values.foreign_full, "PERSON"),
    "ET": (Values.ethnic, "PERSON"),
    "JP": (Values.japanese, "PERSON"),
    "EN": (Values.english, "PERSON"),
    "O": (Values.organisation, "ORGANIZATION"),
    "C": (Values.firm, "ORGANIZATION"),
    "L": (Values.place, "LOCATION"),
    "A": (Values.address, "ADDRESS"),
    "H": (Values.honorific, ""),
    "T": (Values.title, ""),
    "J": (lambda values: values.one("job"), ""),
    "D": (Values.date, ""),
    "PH": (Values.phone, ""),
    "EM": (
        lambda values: f"{values.one('english_first').lower()}{values.number()}@example.com",
        "",
    ),
    "ID": (lambda values: values.digits(18), ""),
    "ZIP": (lambda values: values.digits(6), ""),
    "N": (Values.number, ""),
    "M": (Values.money, ""),
    "W": (Values.word, ""),
    "K": (lambda values: values.one("product"), ""),
}


def templates(path: Path = TEMPLATES) -> list[str]:
    """The templates of a file; lines that begin with ``#`` are headings."""
    lines = path.read_text("utf-8").splitlines()
    return [
        line.replace("\\n", "\n").replace("\\t", "\t")
        for line in lines
        if line and not line.startswith("#")
    ]


def fill(template: str, values: Values) -> Example:
    """The template with a value in each slot."""
    text, at = "", 0
    spans: list[tuple[int, int, str]] = []
    for slot in _SLOT.finditer(template):
        text += template[at : slot.start()]
        make, label = SLOTS[slot[1]]
        value = make(values)
        if label:
            spans.append((len(text), len(text) + len(value), label))
        text += value
        at = slot.end()
    return Example(text + template[at:], tuple(spans), "zh", "templates")


def synthetic(count: int, seed: int) -> Iterator[Example]:
    """That many texts from templates; half of the marks as Chinese keyboards or as others write."""
    values = Values(seed)
    every = templates()
    for number in range(count):
        template = (
            every[number % len(every)] if number < len(every) * 4 else values.random.choice(every)
        )
        example = fill(template, values)
        if values.chance(0.12):
            example = _without_end(example)
        yield example


def ordinary(times: int) -> Iterator[Example]:
    """Each text without names so often, and its parts between commas shuffled."""
    values = Values(times)
    for text in templates(ORDINARY)[:-1]:
        for time in range(times):
            body = text.rstrip("。")
            parts = re.split("([，、])", body)
            if time % 2:
                marks, clauses = parts[1::2], parts[::2]
                values.random.shuffle(clauses)
                parts = [
                    *(one for pair in zip(clauses, [*marks, "。"], strict=True) for one in pair)
                ]
                yield Example("".join(parts), (), "zh", "templates")
            else:
                yield Example(text, (), "zh", "templates")


def replaced(examples: Iterable[Example], seed: int) -> Iterator[Example]:
    """Each text that holds names, with other names of the same kind in their place."""
    values = Values(seed)
    for example in examples:
        if example.spans:
            yield _other_names(example, values)


def _other_names(example: Example, values: Values) -> Example:
    text, at = "", 0
    spans: list[tuple[int, int, str]] = []
    for start, end, label in sorted(example.spans):
        if start < at:
            continue
        value = _other(example.text[start:end], label, values)
        text += example.text[at:start]
        spans.append((len(text), len(text) + len(value), label))
        text += value
        at = end
    return Example(text + example.text[at:], tuple(spans), example.language, "replaced")


def _other(value: str, label: str, values: Values) -> str:
    if label == "PERSON" and values.chance(0.75):
        if "·" in value:
            return values.foreign_full()
        if len(value) == 1:
            return values.surname()
        if len(value) in {2, 3} and values.chance(0.75):
            return values.person()
        return values.foreign() if len(value) > 3 or values.chance(0.5) else value
    if label == "LOCATION" and values.chance(0.5):
        return values.place()
    if label == "ORGANIZATION" and values.chance(0.5):
        return values.organisation()
    return value


def _without_end(example: Example) -> Example:
    """Without the last mark, as in a cell or a title."""
    text = example.text.rstrip("。！？;；")
    return Example(text, example.spans, example.language, example.source)
