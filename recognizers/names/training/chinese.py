"""The Chinese model: ``python -m recognizers.names.training chinese``.

Ten minutes on one core. Text: the GSD treebank's names (UNER), the same with other names in it, and
text made from templates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from recognizers.names.chinese_features import sentences
from recognizers.names.chinese_sentences import split
from recognizers.names.chinese_words import DATA, WordList
from recognizers.names.tagger import OUTSIDE
from recognizers.names.training import chinese_words, corpora
from recognizers.names.training.corpora import Example
from recognizers.names.training.synthetic_chinese import ordinary, replaced, synthetic

_TIMES = 8  # so often each text without names
_PARAMETERS = {
    "c1": 0.24,
    "c2": 0.02,
    "feature.possible_transitions": True,
    "feature.minfreq": 4,
}


def train(target: Path = DATA / "chinese.crf", made: int = 22_000, iterations: int = 75) -> None:
    """Make the word list and the model.

    Args:
        target: the model's file.
        made: how many texts are made from templates.
        iterations: of the optimiser.
    """
    import pycrfsuite

    chinese_words.train()
    words = WordList(DATA / "chinese.npz")
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({**_PARAMETERS, "max_iterations": iterations})
    open_text = list(corpora.examples("uner_zhs_train", "train"))
    text: list[Example] = [*open_text]
    for seed in (1, 2):
        text += replaced(open_text, seed)
    text += synthetic(made, 3)
    text += ordinary(_TIMES)
    for features, labels in labelled(text, words):
        trainer.append(features, labels)
    unfinished = target.with_suffix(".new")
    trainer.train(str(unfinished))
    unfinished.replace(target)
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB")  # noqa: T201 - a command tells


def labelled(
    examples: Iterable[Example], words: WordList
) -> Iterator[tuple[list[list[str]], list[str]]]:
    """Features and labels of each sentence."""
    for example in examples:
        places = split(example.text)
        made = sentences([example.text[start:end] for start, end in places], words)
        for (offset, _), sentence in zip(places, made, strict=True):
            if sentence.features:
                yield sentence.features, _labels(example, offset, sentence.starts)


def _labels(example: Example, offset: int, starts: list[int]) -> list[str]:
    labels = [OUTSIDE] * len(starts)
    for start, end, label in example.spans:
        prefix = "B-"
        for at, place in enumerate(starts):
            if start <= place + offset < end:
                labels[at] = prefix + label
                prefix = "I-"
    return labels
