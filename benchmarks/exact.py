"""Exact data: how fast a text is matched against a million values of a customer list."""

from __future__ import annotations

import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.detect.index import IndexBuilder, IndexMatcher, read_index

_VALUES = 1_000_000
_TEXT = 100_000
_PLANTED = 100
_KEY = bytes(32)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林罗高"
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂子轩梓涵浩宇欣怡佳琪诗雨晨辰"
_ENGLISH = "The meeting was moved to Thursday because the room is taken, and notes will follow. "
_CHINESE = "会议改到星期四，因为房间已经被占用了，记录随后发送给大家，请注意查收并及时回复。"


def exact_data() -> None:
    """Print characters a second, and how many planted values were found."""
    rng = random.Random(4)
    values = [_value(rng) for _ in range(_VALUES)]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "customers.index"
        builder = IndexBuilder(_KEY, ["name", "phone"])
        for value in values:
            builder.add(value)
        builder.write(path)
        size = path.stat().st_size
        start = time.process_time()
        matcher = IndexMatcher(read_index(path, _KEY))
        opened = time.process_time() - start
    print(f"exact data: {_VALUES:,} values, {size / 1e6:.1f} MB, opened in {opened * 1e3:.0f} ms")
    for name, line in (("English", _ENGLISH), ("Chinese", _CHINESE)):
        planted = rng.sample(values, _PLANTED)
        text = _with_values(line, planted)
        start = time.process_time()
        found = {text[first:last] for first, last in matcher.find(text)}
        rate = len(text) / (time.process_time() - start)
        held = sum(value in found for value in planted)
        print(f"  {name}: {rate / 1e3:,.0f}k characters a second, {held} of {_PLANTED} found")


def _value(rng: random.Random) -> str:
    kind = rng.randrange(3)
    if kind == 0:
        return rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=2))
    if kind == 1:
        letters = "abcdefghijklmnopqrstuvwxyz"
        words = ("".join(rng.choices(letters, k=rng.randint(4, 9))).title() for _ in range(2))
        return " ".join(words)
    return f"1{rng.choice('3578')}{rng.randrange(10**9):09}"


def _with_values(line: str, values: list[str]) -> str:
    share = _TEXT // len(values)
    filler = line * (share // len(line) + 1)
    return "".join(f"{filler[:share]} {value}, " for value in values)
