"""Identifiers by country, telephone numbers, bank details: found where they are, and only there."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from benchmarks.evaluate import SHARED, Row
from benchmarks.evaluate._chinese_identifiers import documents
from benchmarks.evaluate.scoring import Marked, Score

if TYPE_CHECKING:
    from gateway.detect import Detector

_CASES = SHARED / "data" / "cases" / "presidio_recognizer_cases.jsonl"
_TRAIN = SHARED / "data" / "train"
# Measured elsewhere: names, dates, addresses, what computers are called.
_OTHERS = frozenset(
    {"DATE_TIME", "ENTITY_1", "TITLE", "URL", "EMAIL_ADDRESS", "CRYPTO", "IP_ADDRESS"}
    | {"MAC_ADDRESS", "UK_POSTCODE"}
)
# No clinical reports: they are full of real identifiers.
_TEXTS = {
    "Chinese": ("uner_zh*.jsonl",),
    "other": ("[!um]*.jsonl", "uner_[!z]*.jsonl"),
}
_GENERAL = frozenset(
    {"PHONE_NUMBER", "IBAN_CODE", "CREDIT_CARD", "ABA_ROUTING_NUMBER", "MEDICAL_LICENSE"}
)


def rows() -> list[Row]:
    """All figures of this area."""
    return [*_chinese(), *_presidio(), *_phones(), *_clean()]


def _chinese() -> Iterator[Row]:
    marked = list(documents(400, seed=29))
    detector = _detector()
    score, worst = Score(), Counter[str]()
    texts = [text for text, _ in marked]
    for (_, marks), found in zip(marked, _found(detector, texts), strict=True):
        predicted = [span for span in found if span[2] in _ours()]
        score.add(marks, predicted)
        worst.update(f"missed {entity}" for *_, entity in set(marks) - set(predicted))
        worst.update(f"alarm {entity}" for *_, entity in set(predicted) - set(marks))
    names = _most(worst)
    yield Row("Chinese identifiers, invented documents: F2", score.f(), 0.98, 0.985, worst=names)
    exact = score.strict / score.marked
    yield Row("Chinese identifiers, invented documents: exact span", exact, 0.98, 0.98)


def _presidio() -> Iterator[Row]:
    """Presidio's own cases, every country at home, as its engine returns the results.

    A case has no context and no country, so that results below the usual threshold count, and all
    that stand at a place, not only the best.
    """
    from gateway.detect.artifacts import LANGUAGE
    from gateway.detect.engine import build_engine
    from gateway.model import DetectionOptions

    engine = build_engine(DetectionOptions(locales=_countries(), threshold=0.01))
    right, all_of, worst = Counter[str](), Counter[str](), Counter[str]()
    for line in _CASES.read_text("utf-8").splitlines():
        case = json.loads(line)
        entity, spans = case["entity"], {tuple(span) for span in case["spans"]}
        if entity in _OTHERS:
            continue
        results = engine.analyze(case["text"], LANGUAGE)
        found = {(r.start, r.end) for r in results if r.entity_type == entity}
        kind = "positives" if spans else "negatives"
        held = spans <= found if spans else not found
        all_of[kind] += 1
        right[kind] += held
        worst[f"{kind} {entity}"] += not held
    for kind, reach, floor in (("positives", 0.98, 0.98), ("negatives", 0.97, 0.99)):
        share = right[kind] / all_of[kind]
        wrong = _most({name: n for name, n in worst.items() if n and name.startswith(kind)})
        yield Row(f"Presidio's own cases, all countries: {kind}", share, reach, floor, worst=wrong)


def _phones() -> Iterator[Row]:
    """Libphonenumber's example numbers of every country, as people write them."""
    import phonenumbers
    from phonenumbers import PhoneNumberFormat, PhoneNumberType

    from recognizers.phones import REGIONS

    rng = random.Random(7)
    ways = {
        "with +": (PhoneNumberFormat.INTERNATIONAL, ("Write or ring {}.", "请拨打{}咨询", "({})")),
        "by label": (
            PhoneNumberFormat.NATIONAL,
            ("Tel. {}", "phone: {}", "电话：{}。", "fax {}\n"),
        ),
    }
    detector = _detector()
    for way, (form, sentences) in ways.items():
        texts: list[tuple[str, str, str]] = []
        for region in (*REGIONS, "CN"):
            for kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE):
                number = phonenumbers.example_number_for_type(region, kind)
                if number is not None:
                    written = phonenumbers.format_number(number, form)
                    texts += [
                        (region, written, sentence.format(written))
                        for sentence in rng.sample(sentences, 2)
                    ]
        missed = Counter[str]()
        for (region, written, text), found in zip(
            texts, _found(detector, [text for *_, text in texts]), strict=True
        ):
            start = text.index(written)
            hit = (start, start + len(written), "PHONE_NUMBER") in found
            missed[region] += not hit
        share = 1 - missed.total() / len(texts)
        worst = _most({region: n for region, n in missed.items() if n})
        yield Row(
            f"telephone numbers of the world, {way}: exact span", share, 0.98, 0.97, worst=worst
        )


def _clean() -> Iterator[Row]:
    """Alarms in news, encyclopaedia and web text, which has no such identifiers, phones apart."""
    detector = _detector()
    for name, patterns in _TEXTS.items():
        texts = [
            json.loads(line)["text"]
            for pattern in patterns
            for path in sorted(_TRAIN.glob(pattern))
            for line in path.read_text("utf-8").splitlines()[::10]
        ]
        alarms = Counter(
            span[2]
            for found in _found(detector, texts)
            for span in found
            if span[2] in _ours() - {"PHONE_NUMBER"}
        )
        rate = alarms.total() / sum(map(len, texts)) * 100_000
        measure = f"alarms in 100k characters of clean {name} text"
        yield Row(measure, rate, 1, 0.5, lower_is_better=True, worst=_most(alarms))


def _detector() -> Detector:
    """Only identifiers are looked for, so that what others measure does not blur the figures."""
    from gateway.detect import Detector, catalogue
    from gateway.model import DetectionOptions

    return Detector(DetectionOptions(ignore=frozenset(catalogue()) - _ours()))


@cache
def _ours() -> frozenset[str]:
    """Entities with a country in front of their names, and the general ones."""
    from gateway.detect import catalogue

    countries = {code.upper() for code in _countries()} | {"CN", "HK", "MO", "TW", "EU", "CH", "BR"}
    named = {name for name in catalogue() if name.partition("_")[0] in countries}
    return frozenset(named | _GENERAL)


@cache
def _countries() -> tuple[str, ...]:
    from gateway.detect.definitions import load_definitions

    return tuple(sorted({code for d in load_definitions() for code in d.locales}))


def _found(detector: Detector, texts: Sequence[str]) -> list[list[Marked]]:
    from gateway.model import Segment

    found: list[list[Marked]] = [[] for _ in texts]
    for finding in detector.find([Segment(text, "text") for text in texts]):
        found[finding.segment].append((finding.start, finding.end, finding.entity))
    return found


def _most(counts: Any) -> tuple[str, ...]:
    pairs: Iterable[tuple[str, int]] = Counter(counts).most_common(6)
    return tuple(f"{name}: {count}" for name, count in pairs)
