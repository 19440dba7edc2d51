"""Trains the tagger for Latin scripts: ``data/latin.crf`` and its lists of names."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from recognizers.names.latin_features import FeatureMaker, Token, blocks, tokens
from recognizers.names.latin_gazetteer import gazetteer
from recognizers.names.training import corpora, gazetteer_latin
from recognizers.names.training.corpora import Example
from recognizers.names.training.people_latin import People
from recognizers.names.training.synthetic_latin import Writer, templates

MODEL = Path(__file__).parents[1] / "data" / "latin.crf"
LANGUAGES = ("en", "de", "fr", "es", "nl", "pt", "it", "pl", "sv", "da", "fi")

_LABELS = frozenset({"PERSON", "ORGANIZATION", "LOCATION", "ADDRESS"})
_SEED = 20
_EMPTY_SHARE = 0.5  # of the sentences without a name, this many are kept where there are many
_SILVER = {"wa8_de", "wa8_fr", "wa8_es", "wa8_nl", "wa8_pl"}  # labelled by machine: not all of it
_SILVER_SHARE = 0.65
_ANEW = {"en": 0.75, "es": 0.5}  # how often a text is also taken with other names in it
_ANEW_ELSEWHERE = 0.3
_MOSTLY_EMPTY = {"finer_fi_train", "uner_sv_train", "uner_da_train", "btc_clean", "gum_open"}
_DOCUMENTS = {"en": 27_000, "es": 4_000}
_DOCUMENTS_ELSEWHERE = 3_000
_NEGATIVES = 5_000
_SETTINGS = {
    "c1": 0.4,
    "c2": 0.02,
    "max_iterations": 90,
    "feature.minfreq": 2,
    "feature.possible_transitions": True,
}


def train(path: Path = MODEL, *, english_only: bool = False) -> None:
    """Make the lists and the model; progress goes to standard output."""
    import pycrfsuite

    gazetteer_latin.write()
    gazetteer.cache_clear()
    started = time.process_time()
    maker = FeatureMaker(*gazetteer())
    trainer = pycrfsuite.Trainer(verbose=bool(os.environ.get("GATEWAY_TRAINING_VERBOSE")))
    rows = words = 0
    rng = random.Random(_SEED)  # noqa: S311 - no secret
    for example in _examples(rng, LANGUAGES[:1] if english_only else LANGUAGES):
        for start, end in blocks(example.text, 0, len(example.text)):
            found = tokens(example.text, start, end)
            if found:
                trainer.append(maker.features(example.text, found), labels(found, example.spans))
                rows, words = rows + 1, words + len(found)
    print(f"{rows} texts, {words} tokens, {time.process_time() - started:.0f} s", flush=True)  # noqa: T201 - a command's output
    settings = dict(_SETTINGS)
    if os.environ.get("GATEWAY_TRAINING_ROUNDS"):
        settings["max_iterations"] = int(os.environ["GATEWAY_TRAINING_ROUNDS"])
    trainer.set_params(settings)
    trainer.train(str(path))
    size = path.stat().st_size / 1e6
    print(f"{path.name}: {size:.1f} MB, {time.process_time() - started:.0f} s", flush=True)  # noqa: T201 - a command's output


def labels(found: Sequence[Token], spans: Iterable[tuple[int, int, str]]) -> list[str]:
    """The BIO label of each token."""
    marked = sorted(span for span in spans if span[2] in _LABELS)
    result = ["O"] * len(found)
    place = 0
    for start, end, label in marked:
        while place and found[place - 1][1] > start:
            place -= 1
        while place < len(found) and found[place][1] <= start:
            place += 1
        prefix = "B-"
        while place < len(found) and found[place][0] < end:
            result[place] = prefix + label
            prefix = "I-"
            place += 1
    return result


def _examples(rng: random.Random, languages: Sequence[str]) -> Iterator[Example]:
    real = [
        example
        for name in gazetteer_latin.CORPORA
        for example in _corpus(name, rng)
        if example.language in languages
    ]
    writer = _writer(real, languages)
    for example in _joined(real, rng):
        yield example
        if example.spans and rng.random() < _ANEW.get(example.language, _ANEW_ELSEWHERE):
            yield _cased(_replaced(example, writer.people(example.language), rng), rng)
    for language in languages:
        count = _DOCUMENTS.get(language, _DOCUMENTS_ELSEWHERE)
        for example in writer.documents(language, templates(language), count):
            yield _wrapped(_cased(example, rng), rng)
    yield from writer.documents("en", templates("negatives"), _NEGATIVES)


def _writer(real: Iterable[Example], languages: Iterable[str]) -> Writer:
    """A writer that knows plain sentences and organisations of the open text."""
    sentences: dict[str, list[str]] = {language: [] for language in languages}
    organisations: dict[str, list[str]] = {language: [] for language in languages}
    for example in real:
        if not example.spans and 25 < len(example.text) < 220 and example.source != "btc_clean":
            sentences[example.language].append(example.text)
        for start, end, label in example.spans:
            if label == "ORGANIZATION" and 3 < end - start < 40:
                organisations[example.language].append(example.text[start:end])
    for some in sentences.values():
        if not some:  # no open text in Italian
            some += ["Grazie mille e a presto.", "La riunione è stata spostata."]
    return Writer(_SEED, sentences, organisations)


def _corpus(name: str, rng: random.Random) -> Iterator[Example]:
    for example in corpora.examples(name, "train"):
        if name in _SILVER and rng.random() > _SILVER_SHARE:
            continue
        if example.spans or name not in _MOSTLY_EMPTY or rng.random() < _EMPTY_SHARE:
            yield example


def _joined(real: Sequence[Example], rng: random.Random) -> Iterator[Example]:
    """Some sentences with those that follow them, on one line or several."""
    at = 0
    while at < len(real):
        count = rng.choice((1, 1, 1, 1, 2, 3))
        group = [one for one in real[at : at + count] if one.source == real[at].source]
        at += len(group)
        text = ""
        spans: list[tuple[int, int, str]] = []
        for one in group:
            gap = rng.choice(("\n", " ")) if text else ""
            start = len(text) + len(gap)
            text += gap + one.text
            spans += [(start + first, start + last, label) for first, last, label in one.spans]
        yield _wrapped(Example(text, tuple(spans), group[0].language, group[0].source), rng)


def _wrapped(example: Example, rng: random.Random) -> Example:
    """Now and then hard line breaks, as text read from a PDF has them: lengths stay."""
    if rng.random() > 0.08 or len(example.text) < 90:
        return example
    text = list(example.text)
    width = rng.randint(40, 90)
    since = 0
    for at, char in enumerate(text):
        since = 0 if char == "\n" else since + 1
        if char == " " and since > width:
            text[at], since = "\n", 0
    return Example("".join(text), example.spans, example.language, example.source)


def _cased(example: Example, rng: random.Random) -> Example:
    """Now and then all small or all capital letters."""
    chance = rng.random()
    if chance > 0.1:
        return example
    text = example.text.upper() if chance < 0.05 else example.text.lower()
    if chance >= 0.05:  # a text without a capital is not looked at
        text = re.sub(r"[a-z]", lambda match: match.group().upper(), text, count=1)
    if len(text) != len(example.text):
        return example
    return Example(text, example.spans, example.language, example.source)


def _replaced(example: Example, people: People, rng: random.Random) -> Example:
    """The same with other names in it."""
    text = ""
    spans: list[tuple[int, int, str]] = []
    at = 0
    for start, end, label in sorted(example.spans):
        if start < at:
            continue
        old = example.text[start:end]
        new = _other(old, label, example.language, people, rng)
        text += example.text[at:start]
        spans.append((len(text), len(text) + len(new), label))
        text += new
        at = end
    return Example(text + example.text[at:], tuple(spans), example.language, example.source)


def _other(old: str, label: str, language: str, people: People, rng: random.Random) -> str:
    new = old
    if label == "PERSON" and rng.random() < 0.8 and old[:1].isupper():
        if " " in old:
            new = people.full(language)
        else:
            new = people.family(language) if rng.random() < 0.65 else people.given(language)
    elif label == "LOCATION" and rng.random() < 0.5 and old[:1].isupper():
        new = people.place(language)
    elif label == "ORGANIZATION" and rng.random() < 0.4 and old[:1].isupper():
        new = people.organisation(language)
    return new.upper() if old.isupper() and len(old) > 4 else new


if __name__ == "__main__":
    train()
