"""Names, organisations, places and addresses in Latin scripts.

On the tenth of the open text that is never trained on, on templates (``_held_out.txt``) that are not
among those of the training, filled with Faker's names, and on code, where every person is an alarm.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.evaluate import Row
from benchmarks.evaluate.scoring import Marked, Score, only
from recognizers.names.latin import LatinNames
from recognizers.names.training import corpora

_LABELS = ("PERSON", "ORGANIZATION", "LOCATION", "ADDRESS")
_ENGLISH = ("wikigold", "gum_open", "crossner_politics", "crossner_literature", "crossner_science",
            "uner_ewt_dev")  # fmt: skip
_OTHERS = {
    "germeval14_dev": 0.55, "wa8_fr": 0.8, "wa8_es": 0.83, "wa8_nl": 0.81, "uner_pt_train": 0.77,
    "wa8_pl": 0.77, "uner_sv_train": 0.72, "uner_da_train": 0.73, "finer_fi_train": 0.71,
}  # fmt: skip
_TEMPLATES = Path(__file__).with_name("_held_out.txt")
_TEXTS = 1_000
_LOCALES = (
    "en_US", "en_US", "en_GB", "en_IN", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "pt_BR",
    "sv_SE", "da_DK", "fi_FI", "en_AU", "tr_TR", "cs_CZ",
)  # fmt: skip
_SLOTS = {
    "name": "PERSON", "first": "PERSON", "last": "PERSON", "city": "LOCATION", "country": "LOCATION",
    "company": "ORGANIZATION", "address": "ADDRESS", "street": "ADDRESS",
}  # fmt: skip


def rows() -> list[Row]:
    """Measure."""
    recognizer = LatinNames()
    _found(recognizer, "Emily Carter")  # reads the lists
    result = [*_english(recognizer), *_elsewhere(recognizer), *_clinical(recognizer)]
    result += [*_templates(recognizer), *_quiet(recognizer)]
    return result


def _found(recognizer: LatinNames, text: str) -> list[Marked]:
    return [(one.start, one.end, one.entity_type) for one in recognizer.analyze(text, [])]


def _dev(name: str) -> Iterator[tuple[str, list[Marked]]]:
    for example in corpora.examples(name, "dev"):
        yield example.text, only(example.spans, _LABELS)


def _english(recognizer: LatinNames) -> list[Row]:
    score, people = Score(), Score()
    words, began = 0, time.process_time()
    worst: Counter[str] = Counter()
    for name in _ENGLISH:
        for text, marked in _dev(name):
            found = _found(recognizer, text)
            score.add(marked, found)
            people.add(only(marked, ["PERSON"]), only(found, ["PERSON"]))
            words += len(text.split())
            worst.update(_misses(text, marked, found))
    speed = words / (time.process_time() - began)
    return [
        Row("English: F1 of exact spans", score.strict_f1, 0.75, 0.71, worst=_top(worst)),
        Row("English: leak", score.leak, 0.15, 0.165, lower_is_better=True),
        Row("English: precision by overlap", score.precision, 0.75, 0.75),
        Row("English: PERSON recall by overlap", people.recall, 0.9, 0.87),
        Row("English: thousand words a CPU-second", speed / 1000, 75, 0),
    ]


def _elsewhere(recognizer: LatinNames) -> Iterator[Row]:
    for name, floor in _OTHERS.items():
        score = Score()
        for text, marked in _dev(name):
            score.add(marked, _found(recognizer, text))
        yield Row(f"{name}: F1 by overlap", score.f(1), 0.8, floor)


def _clinical(recognizer: LatinNames) -> list[Row]:
    scores = {label: Score() for label in ("PERSON", "ADDRESS", "LOCATION")}
    for text, marked in _dev("meddocan_train"):
        found = _found(recognizer, text)
        for label, score in scores.items():
            score.add(only(marked, [label]), only(found, [label]))
    reach = {"PERSON": 0.97, "ADDRESS": 0.93, "LOCATION": 0.9}
    floor = {"PERSON": 0.94, "ADDRESS": 0.77, "LOCATION": 0.89}
    return [
        Row(
            f"Spanish clinical: {label} F2 of exact spans",
            _strict_f2(score),
            reach[label],
            floor[label],
        )
        for label, score in scores.items()
    ]


def _templates(recognizer: LatinNames) -> Iterator[Row]:
    floors = {"PERSON": 0.04, "ORGANIZATION": 0.3, "LOCATION": 0.1, "ADDRESS": 0.21}
    scores = {label: Score() for label in _LABELS}
    whole = Score()
    worst: Counter[str] = Counter()
    for text, marked in _filled(_TEXTS):
        found = _found(recognizer, text)
        whole.add(marked, found)
        worst.update(_misses(text, marked, found))
        for label, score in scores.items():
            score.add(only(marked, [label]), only(found, [label]))
    yield Row(
        "held-out templates: F2 of exact spans", _strict_f2(whole), 0.85, 0.83, worst=_top(worst)
    )
    yield Row("held-out templates: precision by overlap", whole.precision, 0.85, 0.9)
    for label, score in scores.items():
        yield Row(
            f"held-out templates: {label} leak",
            score.leak,
            0.1,
            floors[label],
            lower_is_better=True,
        )


def _quiet(recognizer: LatinNames) -> Iterator[Row]:
    """Alarms in program text: this project's own."""
    alarms = lines = 0
    for path in sorted((Path(__file__).parents[2] / "gateway").rglob("*.py")):
        text = path.read_text("utf-8")
        lines += text.count("\n")
        alarms += sum(label in ("PERSON", "ADDRESS") for _, _, label in _found(recognizer, text))
    yield Row(
        "code: persons and addresses in 1,000 lines",
        1000 * alarms / lines,
        2,
        6,
        lower_is_better=True,
    )


def _filled(count: int) -> Iterator[tuple[str, list[Marked]]]:
    """Held-out templates with Faker's values, the same on every run."""
    from faker import Faker

    rng = random.Random(9)
    fakers = {locale: Faker(locale) for locale in _LOCALES}
    for faker in fakers.values():
        faker.seed_instance(9)
    templates = _TEMPLATES.read_text("utf-8").splitlines()
    for _ in range(count):
        local, plain = fakers[rng.choice(_LOCALES)], fakers["en_US"]
        makers = {
            "name": lambda f=local: f"{f.first_name()} {f.last_name()}",
            "first": local.first_name, "last": local.last_name, "city": local.city, "company": local.company,
            "address": local.address, "street": local.street_address, "country": plain.country,
            "email": plain.email, "phone": plain.phone_number, "card": plain.credit_card_number,
            "iban": plain.iban, "dob": lambda f=plain: f.date("%d/%m/%Y"),
            "date": lambda f=plain: f.date("%B %d, %Y"), "amount": lambda: f"${rng.randint(10, 9999)}",
            "number": lambda: str(rng.randint(1000, 99999)), "age": lambda: str(rng.randint(18, 90)),
            "prefix": lambda: rng.choice(("Mr.", "Ms.", "Dr.", "Mrs.")),
            "nat": lambda: rng.choice(("French", "Turkish", "Nigerian", "Indian", "Dutch")),
            "job": lambda f=plain: f.job().lower(), "weekday": lambda: rng.choice(("Monday", "Friday")),
        }  # fmt: skip
        text, at = "", 0
        marked: list[tuple[Marked, str]] = []
        template = rng.choice(templates).replace("\\n", "\n")
        for slot in re.finditer(r"\{(\w+)\}", template):
            text += template[at : slot.start()]
            value = str(makers[slot[1]]())
            if slot[1] in _SLOTS:
                span = (len(text), len(text) + len(value), _SLOTS[slot[1]])
                marked.append((span, slot[1]))
            text, at = text + value, slot.end()
        text += template[at:]
        yield text, list(_whole_names(text, marked))


def _whole_names(text: str, marked: Iterable[tuple[Marked, str]]) -> Iterator[Marked]:
    """Given name and surname that stand together are one."""
    last: tuple[Marked, str] | None = None
    for span, slot in marked:
        if (
            last
            and {last[1], slot} == {"first", "last"}
            and text[last[0][1] : span[0]] in {" ", ", "}
        ):
            last = ((last[0][0], span[1], "PERSON"), "name")
            continue
        if last:
            yield last[0]
        last = (span, slot)
    if last:
        yield last[0]


def _strict_f2(score: Score) -> float:
    both = score.predicted + 4 * score.marked
    return 5 * score.strict / both if both else 0.0


def _misses(text: str, marked: Sequence[Marked], found: Sequence[Marked]) -> Iterator[str]:
    """What went wrong, as types and shapes."""
    covered = {at for start, end, _ in found for at in range(start, end)}
    for start, end, label in marked:
        if not covered.issuperset(range(start, end)):
            touched = not covered.isdisjoint(range(start, end))
            size = len(text[start:end].split())
            yield f"{label} of {size} word(s) {'partly covered' if touched else 'missed'}"
    for start, end, label in found:
        if not any(first < end and start < last for first, last, _ in marked):
            yield f"{label} found where nothing is, {len(text[start:end].split())} word(s)"


def _top(worst: Counter[str]) -> tuple[str, ...]:
    return tuple(f"{times} × {what}" for what, times in worst.most_common(5))
