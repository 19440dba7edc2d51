"""The Japanese model: ``python -m recognizers.names.training japanese``."""

from __future__ import annotations

import random

from recognizers.names.cjk_lists import listed
from recognizers.names.training.spoken import Maker, lists, places, train_model, write_lexicon

_KANJI_KANA = "\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u9fff々ヶ"
_MADE = 9_000


def train() -> None:
    """Make the list of words and the model."""
    from faker.providers.address.ja_JP import Provider as Addresses

    known = lists("japanese")
    towns = [*Addresses.prefectures, *Addresses.cities, *Addresses.countries, *known["ward"]]
    short = [name[:-1] for name in Addresses.prefectures if name != "北海道"]
    where = sorted({*towns, *short, *places(_KANJI_KANA)})
    kinds = {"t": known["t"], "o": known["o"], "s": known["s"], "p": where, "g": known["g"]}
    write_lexicon("japanese", kinds)
    cities = [*Addresses.cities, *short, *places("\u30a1-\u30fa\u30fc")[::7]]
    pick = {**known, "city": cities, "prefecture": list(Addresses.prefectures)}
    makers = _Makers(pick)
    train_model("japanese", "stockmark_ja_train", makers.slots(), _MADE)


class _Makers:
    """Makers of values, by slot."""

    def __init__(self, lists: dict[str, list[str]]) -> None:
        self._lists = lists

    def slots(self) -> dict[str, Maker]:
        return {
            "P": self.person,
            "S": lambda draw: draw.choice(self._lists["s"]),
            "K": self.kana,
            "O": self.organisation,
            "L": self.place,
            "A": self.address,
            "J": lambda draw: draw.choice(self._lists["jobs"]),
            "D": lambda draw: (
                f"{draw.randint(1950, 2026)}年{draw.randint(1, 12)}月{draw.randint(1, 28)}日"
            ),
            "T": lambda draw: (
                f"0{draw.randint(3, 99)}-{draw.randint(1000, 9999)}-{draw.randint(1000, 9999)}"
            ),
            "Z": lambda draw: f"{draw.randint(100, 999)}-{draw.randint(1000, 9999)}",
        }

    def person(self, draw: random.Random) -> str:
        gap = draw.choice(["", "", "", " "])
        return draw.choice(self._lists["s"]) + gap + draw.choice(self._lists["g"])

    def kana(self, draw: random.Random) -> str:
        surname = draw.choice(
            listed(
                "サトウ スズキ タカハシ タナカ イトウ ワタナベ ヤマモト ナカムラ コバヤシ カトウ ヨシダ ヤマダ ササキ ヤマグチ マツモト イノウエ キムラ ハヤシ シミズ モリ アベ"
            )
        )
        given = draw.choice(
            listed(
                "タロウ ケンイチ ユウタ ハナコ ユミ ヨウコ ケイコ サクラ アオイ マコト ヒロシ タケシ アキラ ナオキ ユイ ミサキ"
            )
        )
        return surname + draw.choice(["", " "]) + given

    def organisation(self, draw: random.Random) -> str:
        one = self._lists
        name = draw.choice(one["brand"]) + draw.choice([*one["trade"], ""])
        if draw.random() < 0.25:
            return draw.choice(one["city"]).removesuffix("市") + draw.choice(one["school"])
        if draw.random() < 0.3:
            name = draw.choice(one["s"]) + draw.choice(one["trade"])
        firm = draw.choice(one["firm"])
        return draw.choice([firm + name, name + firm, name])

    def place(self, draw: random.Random) -> str:
        one = self._lists
        return draw.choice(
            [
                draw.choice(one["city"]),
                draw.choice(one["prefecture"]),
                draw.choice(one["prefecture"]) + draw.choice(one["city"]),
            ]
        )

    def address(self, draw: random.Random) -> str:
        one = self._lists
        head = draw.choice([draw.choice(one["prefecture"]), ""]) + draw.choice(
            [draw.choice(one["city"]), draw.choice(one["ward"])]
        )
        n = draw.randint
        number = draw.choice(
            [
                f"{n(1, 9)}-{n(1, 30)}-{n(1, 30)}",
                f"{n(1, 9)}丁目{n(1, 30)}番{n(1, 30)}号",
                f"{n(1, 9)}丁目{n(1, 30)}-{n(1, 30)}",
                f"{n(1, 3000)}番地",
                f"{n(1, 3000)}-{n(1, 20)}",
            ]
        )
        inside = draw.choice(
            [
                "",
                "",
                f"{draw.choice(one['brand'])}{draw.choice(one['building'])}{n(1, 20)}階",
                f" {draw.choice(one['brand'])}{draw.choice(one['building'])}{n(101, 1502)}号室",
                f" {n(101, 1502)}",
            ]
        )
        return f"{head}{draw.choice(one['town'])}{number}{inside}"
