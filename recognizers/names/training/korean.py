"""The Korean model: ``python -m recognizers.names.training korean``."""

from __future__ import annotations

import random

from recognizers.names.training.spoken import Maker, lists, places, train_model, write_lexicon

_HANGUL = "\uac00-\ud7a3"
_MADE = 9_000


def train() -> None:
    """Make the list of words and the model."""
    from faker.providers.address.ko_KR import Provider as Addresses

    known = lists("korean")
    towns = [
        *Addresses.metropolitan_cities,
        *Addresses.provinces,
        *Addresses.boroughs,
        *known["ward"],
        *known["province"],
        *(part for name in Addresses.cities for part in name.split()),
        *(name for name in Addresses.countries if " " not in name),
    ]
    where = sorted({*towns, *places(_HANGUL)})
    kinds = {"t": known["t"], "o": known["o"], "p": where, "g": known["g"], "s": known["s"]}
    write_lexicon("korean", kinds)
    pick = {**known, "city": [*Addresses.boroughs, *known["province"], *places(_HANGUL)[::9]]}
    train_model("korean", "klue_ko_tr", _Makers(pick).slots(), _MADE)


class _Makers:
    """Makers of values, by slot."""

    def __init__(self, lists: dict[str, list[str]]) -> None:
        self._lists = lists

    def slots(self) -> dict[str, Maker]:
        return {
            "P": self.person,
            "S": lambda draw: draw.choice(self._lists["s"][:60]),
            "O": self.organisation,
            "L": lambda draw: draw.choice(self._lists["city"]),
            "A": self.address,
            "J": lambda draw: draw.choice(self._lists["jobs"]),
            "D": lambda draw: (
                f"{draw.randint(1950, 2026)}년 {draw.randint(1, 12)}월 {draw.randint(1, 28)}일"
            ),
            "T": lambda draw: f"010-{draw.randint(1000, 9999)}-{draw.randint(1000, 9999)}",
        }

    def person(self, draw: random.Random) -> str:
        surnames = self._lists["s"]
        surname = surnames[min(int(draw.expovariate(1 / 12)), len(surnames) - 1)]
        if draw.random() < 0.3:
            given = "".join(draw.choice(draw.choice(self._lists["g"])) for _ in range(2))
        else:
            given = draw.choice(self._lists["g"])
        return surname + given

    def organisation(self, draw: random.Random) -> str:
        one = self._lists
        name = draw.choice(one["brand"]) + draw.choice(one["trade"])
        city = draw.choice(one["province"])
        return draw.choice(
            [
                f"주식회사 {name}",
                f"{name} 주식회사",
                f"(주){name}",
                f"㈜{name}",
                name,
                city + draw.choice(one["school"]),
                draw.choice(one["brand"]) + draw.choice(["그룹", "은행", "대학교", "병원"]),
            ]
        )

    def address(self, draw: random.Random) -> str:
        one = self._lists
        n = draw.randint
        head = draw.choice(
            [f"{draw.choice(one['province'])} {draw.choice(one['ward'])}", draw.choice(one["ward"])]
        )
        street = draw.choice(
            [
                f"{draw.choice(one['road'])} {n(1, 600)}",
                f"{draw.choice(one['road'])}{n(1, 90)}길 {n(1, 99)}",
                f"{draw.choice(one['town'])} {n(1, 900)}-{n(1, 50)}",
                f"{draw.choice(one['town'])} {n(1, 900)}번지",
            ]
        )
        inside = draw.choice(
            [
                "",
                "",
                f", {n(101, 120)}동 {n(101, 2503)}호",
                f" {draw.choice(one['brand'])}{draw.choice(one['building'])} {n(101, 120)}동 {n(101, 2503)}호",
                f", {n(2, 20)}층",
            ]
        )
        return f"{head} {street}{inside}"
