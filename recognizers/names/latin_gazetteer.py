"""Lists of names in Latin letters: given names, surnames, places, and plain words."""

from __future__ import annotations

import lzma
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def gazetteer() -> tuple[Mapping[str, str], frozenset[str]]:
    """For each word a letter for each list it stands in, and pairs of words that name places.

    The letters: ``F`` given names, ``L`` surnames, ``C`` cities, ``D`` words of the names of
    cities, ``N`` words of the names of countries and states, ``W`` words that are written small.
    Words are in the form of :func:`recognizers.names.latin_features.key`.
    """
    data = (files("recognizers.names") / "data" / "latin_gazetteer.txt.xz").read_bytes()
    listed: dict[str, str] = {}
    phrases: frozenset[str] = frozenset()
    for line in lzma.decompress(data).decode().split("\n"):
        if line.startswith("phrases\t"):
            phrases = frozenset(line.split("\t")[1:])
            continue
        letter, *words = line.split(" ")
        for word in words:
            listed[word] = listed.get(word, "") + letter
    return listed, phrases
