"""Names in Chinese, Japanese and Korean.

On the open text's dev tenth, on texts of our own that no model was trained on (``names_cjk.txt``),
and alarms on text without names. The recognisers are measured alone, without the engine around them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from presidio_analyzer import EntityRecognizer

from benchmarks.evaluate import Row
from benchmarks.evaluate.letters import letters
from benchmarks.evaluate.scoring import Marked, Score, only
from recognizers.names.chinese import ChineseNames
from recognizers.names.japanese import JapaneseNames
from recognizers.names.korean import KoreanNames
from recognizers.names.training import corpora

type Text = tuple[str, Sequence[Marked]]

_LABELS = {"P": "PERSON", "O": "ORGANIZATION", "L": "LOCATION", "A": "ADDRESS"}
_MARK = re.compile(r"\[([POLA]) ([^\]]*)\]")
_OWN = Path(__file__).with_suffix(".txt")
_WORST = 5


def rows() -> list[Row]:
    """The figures."""
    chinese = ChineseNames()
    measured: list[Row] = []
    goals = {"cv": (0.97, 0.95), "news": (0.90, 0.92), "mixed": (0.90, 0.86)}
    texts = own_texts()
    for section, (reach, floor) in goals.items():
        measured += _section(chinese, section, texts[section], reach, floor)
    measured.append(_alarms(chinese, texts["clean"], "hard", 10.0))
    for name, floor in (("zh_plain", 12.0), ("zh_plain_unseen", 20.0)):
        plain = [(letter.text, letter.marks) for letter in letters(name)]
        measured.append(_alarms(chinese, plain, f"ordinary ({name})", floor))
    for name, floor in (("zh_second", 0.94), ("zh_unseen", 0.85)):
        marked = [(letter.text, only(letter.marks, ["PERSON"])) for letter in letters(name)]
        people, _, worst = _scores(chinese, marked)
        measured.append(
            Row(f"{name} letters: PERSON recall", people.recall, 0.97, floor, worst=worst)
        )
    for language, recogniser, corpus, floors in (
        ("zh", chinese, "uner_zhs_train", (0.65, 0.24)),
        ("ja", JapaneseNames(), "stockmark_ja_train", (0.7, 0.3)),
        ("ko", KoreanNames(), "klue_ko_tr", (0.7, 0.3)),
    ):
        dev = [(example.text, example.spans) for example in corpora.examples(corpus, "dev")]
        people, every, worst = _scores(recogniser, dev)
        name = f"{language}, {corpus} dev"
        measured += [
            Row(f"{name}: PERSON recall", people.recall, 0.9, floors[0], worst=worst),
            Row(f"{name}: PERSON precision", people.precision, 0.8, 0.6),
            Row(f"{name}: leak", every.leak, 0.2, floors[1], lower_is_better=True),
            Row(f"{name}: strict F1", every.strict_f1, 0.7, 0.55),
        ]
    return measured


def own_texts(path: Path = _OWN) -> dict[str, list[Text]]:
    """The texts of a file by section; ``[P …]`` marks a person."""
    sections: dict[str, list[Text]] = {}
    texts: list[Text] = []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("## "):
            texts = sections.setdefault(line[3:], [])
        elif line and not line.startswith("#"):
            texts.append(_unmarked(line))
    return sections


def found(recogniser: EntityRecognizer, text: str) -> list[Marked]:
    """Start, end and entity of what it finds."""
    results = recogniser.analyze(text, [])
    return [(result.start, result.end, result.entity_type) for result in results]


def _unmarked(line: str) -> Text:
    text, at = "", 0
    spans: list[Marked] = []
    for mark in _MARK.finditer(line):
        text += line[at : mark.start()]
        spans.append((len(text), len(text) + len(mark[2]), _LABELS[mark[1]]))
        text += mark[2]
        at = mark.end()
    return text + line[at:], spans


def _section(
    recogniser: EntityRecognizer, section: str, texts: Sequence[Text], reach: float, floor: float
) -> list[Row]:
    people, every, worst = _scores(recogniser, texts)
    name = f"zh, our own {section}"
    return [
        Row(f"{name}: PERSON recall", people.recall, reach, floor, worst=worst),
        Row(f"{name}: PERSON precision", people.precision, 0.9, 0.88),
        Row(f"{name}: leak", every.leak, 0.2, 0.2, lower_is_better=True),
        Row(f"{name}: strict F1", every.strict_f1, 0.8, 0.72),
    ]


def _scores(
    recogniser: EntityRecognizer, texts: Iterable[Text]
) -> tuple[Score, Score, tuple[str, ...]]:
    people, every = Score(), Score()
    missed: Counter[str] = Counter()
    for text, marked in texts:
        predicted = found(recogniser, text)
        every.add(marked, predicted)
        people.add(only(marked, ["PERSON"]), only(predicted, ["PERSON"]))
        missed.update(_missed(marked, predicted))
    worst = tuple(f"missed {count} times: {kind}" for kind, count in missed.most_common(_WORST))
    return people, every, worst


def _missed(marked: Iterable[Marked], predicted: Sequence[Marked]) -> Iterable[str]:
    """What was not covered: its kind and length, no value."""
    covered = {at for start, end, _ in predicted for at in range(start, end)}
    for start, end, label in marked:
        if not covered.issuperset(range(start, end)):
            yield f"{label} of {end - start} characters"


def _alarms(recogniser: EntityRecognizer, texts: Sequence[Text], kind: str, floor: float) -> Row:
    """People found where there are none, per 10,000 characters.

    Nearly every sentence of the hard texts begins a word with a surname.
    """
    size = sum(len(text) for text, _ in texts)
    kinds = Counter(
        f"{end - start} characters"
        for text, _ in texts
        for start, end, label in found(recogniser, text)
        if label == "PERSON"
    )
    worst = tuple(f"{count} of {kind}" for kind, count in kinds.most_common(_WORST))
    rate = kinds.total() * 10_000 / size
    measure = f"zh, {size:,} {kind} characters without names: people per 10,000"
    return Row(measure, rate, 10, floor, lower_is_better=True, worst=worst)
