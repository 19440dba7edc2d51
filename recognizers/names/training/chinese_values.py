"""Invented Chinese names of people, organisations, places and addresses, to fill templates with."""

from __future__ import annotations

import json
import random
import re
from functools import cache
from pathlib import Path

from recognizers.names.chinese_lexicon import (
    COMPOUND_SURNAMES,
    FOREIGN_SOUNDS,
    GIVEN,
    HONORIFICS,
    SURNAMES,
    TITLES,
)
from recognizers.names.training import corpora

_LISTS = Path(__file__).parent / "templates" / "chinese_lists.txt"
ORDINARY = Path(__file__).parent / "templates" / "chinese_ordinary.txt"
_NO_CITIES = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
_SHORT = re.compile("(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|省|市|地区)$")


@cache
def lists() -> dict[str, list[str]]:
    """The lists of ``chinese_lists.txt``: a name and its words on each line."""
    lines = _LISTS.read_text("utf-8").splitlines()
    return {line.split(":", 1)[0]: line.split(":", 1)[1].split() for line in lines if ":" in line}


@cache
def ordinary_words() -> tuple[str, ...]:
    """Ordinary words that dictionaries call names."""
    text = ORDINARY.read_text("utf-8")
    return tuple(text.partition("# words\n")[2].split())


@cache
def _divisions() -> dict[str, dict[str, list[str]]]:
    path = corpora.folder() / "gazetteers" / "cn_divisions_pca.json"
    tree: dict[str, dict[str, list[str]]] = json.loads(path.read_text("utf-8"))
    return tree


@cache
def _famous() -> tuple[list[str], list[str], list[str]]:
    """Names of people, of foreigners, and of places that a dictionary lists."""
    import jieba

    people, foreign, places = [], [], []
    plain = set(ordinary_words())
    for line in (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").splitlines():
        word, _, tag = line.split(" ")
        if tag == "nr" and len(word) == 3 and word[0] in SURNAMES and word not in plain:
            people.append(word)  # of two characters there are more words than names
        elif tag == "nrt" and len(word) <= 5:
            foreign.append(word)
        elif tag == "ns" and 2 <= len(word) <= 5:
            places.append(word)
    return people, foreign, places


@cache
def _ordinary() -> tuple[list[str], list[str]]:
    """Words of a dictionary that are no names: those that begin as surnames do, and others."""
    import jieba

    like, unlike = [], []
    plain = set(ordinary_words())
    for line in (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").splitlines():
        word, count, tag = line.split(" ")
        ordinary = word in plain or tag in {"n", "v", "vn", "a", "d", "l", "t", "i", "b", "ad"}
        if ordinary and 2 <= len(word) <= 4:
            if word[0] in SURNAMES and int(count) >= 3:
                like.append(word)
            elif int(count) >= 30:
                unlike.append(word)
    return like, unlike


class Values:
    """A source of invented values.

    Args:
        seed: for the same values each time.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - no secret is drawn

    def one(self, name: str) -> str:
        """A word of a list."""
        return self.random.choice(lists()[name])

    def chance(self, probability: float) -> bool:
        """True that often."""
        return self.random.random() < probability

    def word(self) -> str:
        """An ordinary word, mostly one that begins as a surname does."""
        pick = self.random.random()
        if pick < 0.4:
            return self.one("word")
        if pick < 0.8:
            return self.random.choice(_ordinary()[0])
        return self.random.choice(_ordinary()[1])

    # People

    def surname(self) -> str:
        """Of one character mostly, by how common it is."""
        if self.chance(0.03):
            return self.random.choice(sorted(COMPOUND_SURNAMES))
        if self.chance(0.7):
            return SURNAMES[min(int(self.random.expovariate(1 / 35)), len(SURNAMES) - 1)]
        return self.random.choice(SURNAMES)

    def given(self) -> str:
        """One or two characters."""
        count = 1 if self.chance(0.25) else 2
        if self.chance(0.06):
            return self._given_character() * 2
        return "".join(self._given_character() for _ in range(count))

    def _given_character(self) -> str:
        if self.chance(0.75):
            return GIVEN[min(int(self.random.expovariate(1 / 90)), len(GIVEN) - 1)]
        if self.chance(0.8):
            return self.random.choice(GIVEN)
        return self.one("word")[0]

    def person(self) -> str:
        """A full name."""
        pick = self.random.random()
        if pick < 0.04:
            return self._like_a_word()
        if pick < 0.80:
            return self.surname() + self.given()
        if pick < 0.93:
            return self.random.choice(_famous()[0])
        if pick < 0.95:
            return self.surname() + self.surname()[0] + self.given()[:1]
        if pick < 0.97:
            return self.ethnic()
        return self.japanese() if self.chance(0.5) else self.foreign()

    def _like_a_word(self) -> str:
        """方向东, 成功: a name that begins as, or is, an ordinary word."""
        words = [word for word in lists()["word"] if word[0] in SURNAMES and len(word) == 2]
        word = self.random.choice(words)
        return word + self._given_character() if self.chance(0.85) else word

    def spaced(self) -> str:
        """A name of two characters padded to the width of three."""
        return self.random.choice(SURNAMES[:90]) + self.random.choice([" ", "  "]) + self.given()[0]

    def ethnic(self) -> str:
        """As Uyghurs, Kazakhs, Tibetans and Mongols write theirs."""
        if self.chance(0.5):
            return f"{self.one('uyghur')}·{self.one('uyghur')}"
        return self.one("tibetan") + (self.one("tibetan") if self.chance(0.6) else "")

    def japanese(self) -> str:
        """In Chinese text."""
        return self.one("japanese_surname") + self.one("japanese_given")

    def foreign(self) -> str:
        """Written by sound, whole or the family name alone."""
        parts = [self._foreign_part()]
        while len(parts) < 3 and self.chance(0.35):
            parts.append(self._foreign_part())
        return "·".join(parts)

    def foreign_full(self) -> str:
        """With a dot."""
        return f"{self._foreign_part()}·{self._foreign_part()}"

    def _foreign_part(self) -> str:
        if self.chance(0.35):
            return self.random.choice(_famous()[1])
        if self.chance(0.3):
            return self.one("foreign")
        sounds = sorted(FOREIGN_SOUNDS)
        return "".join(
            self.random.choice(sounds) for _ in range(self.random.choice([2, 2, 3, 3, 4]))
        )

    def nickname(self) -> str:
        """小王, 老李, 阿强, 莉莉."""
        pick = self.random.random()
        if pick < 0.45:
            return "小" + self.random.choice(SURNAMES[:100])
        if pick < 0.7:
            return "老" + self.random.choice(SURNAMES[:100])
        if pick < 0.85:
            return "阿" + self.random.choice(GIVEN[:200])
        if pick < 0.95:
            return self.random.choice(GIVEN[:120]) * 2
        return self.random.choice(SURNAMES[:60]) + self.random.choice(["哥", "姐", "姨", "叔"])

    def english(self) -> str:
        """A Latin name, as it stands in Chinese text."""
        first = self.one("english_first")
        return first if self.chance(0.4) else f"{first} {self.one('english_last')}"

    def title(self) -> str:
        """A post or role."""
        return self.one("job") if self.chance(0.6) else self.random.choice(sorted(TITLES))

    def honorific(self) -> str:
        """What stands behind a surname."""
        return self.one("honorific") if self.chance(0.7) else self.random.choice(sorted(HONORIFICS))

    # Places

    def _path(self) -> tuple[str, str, str]:
        province = self.random.choice(sorted(_divisions()))
        city = self.random.choice(sorted(_divisions()[province]))
        county = self.random.choice(_divisions()[province][city])
        return province, "" if city in _NO_CITIES else city, county

    def city(self) -> str:
        """With or without 市."""
        province, city, _ = self._path()
        name = city or province
        return _SHORT.sub("", name) if self.chance(0.5) else name

    def place(self) -> str:
        """Anywhere."""
        pick = self.random.random()
        province, city, county = self._path()
        if pick < 0.22:
            return self.city()
        if pick < 0.32:
            return _SHORT.sub("", province) if self.chance(0.6) else province
        if pick < 0.42:
            return county
        if pick < 0.5:
            return self.random.choice(
                [province + city, (city or province) + county, province + city + county]
            )
        if pick < 0.75:
            return self.one("place")
        if pick < 0.88:
            return self.random.choice(_famous()[2])
        return self._stem(1, 2) + self.one("place_ending")

    # Organisations

    def _stem(self, fewest: int = 2, most: int = 4) -> str:
        count = self.random.choice([fewest, fewest, *range(fewest, most + 1)])
        return "".join(self.one("brand") for _ in range(count))

    def brand(self) -> str:
        """The name of a firm, without what kind it is."""
        return (
            self._stem()
            if self.chance(0.85)
            else self.random.choice(SURNAMES[:90]) + self.one("brand") + "记"
        )

    def firm(self) -> str:
        """A registered company."""
        where = self.city() if self.chance(0.7) else ""
        ending = self.random.choice(lists()["firm_ending"])
        middle = f"({self.city()})" if self.chance(0.08) else ""
        trade = self.one("trade") + (self.one("trade") if self.chance(0.1) else "")
        if self.chance(0.1):
            return f"{self.brand()}({where or self.one('place')}){trade}{ending}"
        branch = f"{self.city()}分公司" if self.chance(0.06) else ""
        return f"{where}{self.brand()}{trade}{middle}{ending}{branch}"

    def organisation(self) -> str:
        """Of any kind."""
        pick = self.random.random()
        city = self.city()
        if pick < 0.30:
            return self.firm()
        if pick < 0.38:
            return self.brand() + self.one("short_ending")
        if pick < 0.46:
            return city + (self._stem(1, 2) if self.chance(0.3) else "") + self.one("school")
        if pick < 0.52:
            return city + self.one("hospital")
        if pick < 0.66:
            return self.office()
        if pick < 0.73:
            return self.one("bank") + (self.branch(city) if self.chance(0.5) else "")
        if pick < 0.80:
            where = city if self.chance(0.7) else "中国"
            return where + (self.brand() if where == city else "") + self.one("body")
        if pick < 0.97:
            return self.one("organisation")
        return self.one("foreign") + self.one("short_ending")

    def branch(self, city: str) -> str:
        """Of a bank."""
        return self.random.choice(
            [
                f"{city}分行",
                f"{_SHORT.sub('', city)}{self._stem(1, 2)}支行",
                f"{city}{self._stem(1, 2)}路支行",
            ]
        )

    def office(self) -> str:
        """A public body of some place."""
        if self.chance(0.3):
            return self.one("state")
        province, city, county = self._path()
        where = self.random.choice(
            [province, city or province, (city or province) + county, county]
        )
        return where + self.one("office")

    # Addresses

    def road(self) -> str:
        """Its name."""
        stem = self.one("road") if self.chance(0.6) else self._stem(1, 2)
        if self.chance(0.1):
            stem = self.one("place")[:3]
        return (
            stem
            + self.random.choice(["", "", "", "东", "西", "南", "北", "中"])
            + self.random.choice(["路", "路", "街", "大道", "大街", "巷", "道"])
        )

    def address(self) -> str:
        """Whole, in one of many ways."""
        pick = self.random.random()
        if pick < 0.06:
            return self._taiwan()
        if pick < 0.11:
            return self._hongkong()
        province, city, county = self._path()
        if pick < 0.25:
            return self._village(province + city + county if self.chance(0.7) else county)
        head = self.random.choice(
            [
                province + city + county,
                province + city + county,
                (city or province) + county,
                county,
                city or province,
                "",
            ]
        )
        if self.chance(0.12):
            head = _SHORT.sub("", city or province) + county
        if head and self.chance(0.1):
            head += self._stem(1, 2) + self.random.choice(
                ["街道", "镇", "开发区", "高新区", "工业园"]
            )
        if self.chance(0.06):
            head = f"{province} {city} {county} ".replace("  ", " ")
        number = f"{self.random.randint(1, 1999)}" + self.random.choice(
            ["号", "号", "号", "弄", "-1号", "号院"]
        )
        street = self.road() + number
        if self.chance(0.1):
            street = f"{self.road()}与{self.road()}交叉口" + self.random.choice(
                ["", "东南角", "北50米"]
            )
        return head + street + self._inside()

    def _inside(self) -> str:
        pick = self.random.random()
        draw = self.random.randint
        if pick < 0.22:
            return ""
        gap = " " if self.chance(0.06) else ""
        if pick < 0.55:
            tower = self.random.choice(
                [
                    "",
                    f"{self.random.choice('ABCDEF')}座",
                    f"{draw(1, 9)}号楼",
                    f"{self.random.choice('东西南北')}塔",
                ]
            )
            floor = self.random.choice([f"{draw(2, 58)}层", f"{draw(2, 58)}楼", ""])
            room = self.random.choice(
                [f"{draw(101, 3312)}室", f"{draw(101, 3312)}", f"{draw(101, 999)}单元", ""]
            )
            return f"{gap}{self._stem(1, 3)}{self.one('tower')}{tower}{gap}{floor}{room}"
        estate = f"{self._stem(1, 3)}{self.one('estate')}" if self.chance(0.85) else ""
        phase = self.random.choice(["", "", "", "一期", "二期", "东区", "A区"])
        block = f"{draw(1, 60)}{self.random.choice(['栋', '号楼', '幢', '座', '#'])}"
        unit = self.random.choice(["", f"{draw(1, 6)}单元", f"{self.random.choice('甲乙丙')}单元"])
        room = f"{draw(101, 3302)}{self.random.choice(['室', '', '房', '号'])}"
        if self.chance(0.2):
            return f"{gap}{estate}{phase}{draw(1, 40)}-{draw(1, 4)}-{draw(101, 2903)}{self.random.choice(['', '室'])}"
        return f"{gap}{estate}{phase}{block}{unit}{room}"

    def _village(self, head: str) -> str:
        draw = self.random.randint
        town = self._stem(1, 2) + self.random.choice(["镇", "乡", "镇", "街道"])
        village = self.random.choice(
            [
                self.random.choice("大小东西南北上下前后") + self.random.choice(SURNAMES[:80]),
                self._stem(1, 2),
                self.random.choice(SURNAMES[:80]) + "家",
            ]
        )
        village += self.random.choice(
            ["村", "庄", "屯", "村委会", "湾", "坝", "寨", "沟村", "村民委员会"]
        )
        rest = self.random.choice(
            [
                f"{draw(1, 18)}组",
                f"{draw(1, 18)}组{draw(1, 199)}号",
                f"{draw(1, 299)}号",
                f"{self.one('digit')}组",
                f"{self.one('digit')}社{draw(1, 99)}号",
                "",
            ]
        )
        return head + (town if self.chance(0.85) else "") + village + rest

    def _taiwan(self) -> str:
        draw = self.random.randint
        section = self.random.choice(["", f"{self.one('digit')}段", f"{draw(1, 7)}段"])
        lane = self.random.choice(["", "", f"{draw(2, 400)}巷", f"{draw(2, 400)}巷{draw(2, 40)}弄"])
        floor = self.random.choice(
            ["", f"{draw(2, 20)}樓", f"{draw(2, 20)}樓之{draw(1, 9)}", f"{draw(2, 20)}F"]
        )
        code = self.random.choice(["", "", str(draw(100, 983)), str(draw(10001, 98392)) + " "])
        return f"{code}{self.one('taiwan_district')}{self.one('taiwan_road')}{self.random.choice(['路', '街', '東路', '西路', '大道'])}{section}{lane}{draw(1, 400)}號{floor}"

    def _hongkong(self) -> str:
        draw = self.random.randint
        where = self.random.choice(["香港", "香港", "", "中國香港"]) + self.one("hongkong_district")
        road = self.one("hongkong_road")
        tower = self._stem(1, 2) + self.random.choice(
            ["大廈", "中心", "商業大廈", "工業大廈", "廣場", "花園", "邨", "苑"]
        )
        floor = self.random.choice([f"{draw(2, 60)}樓", f"{draw(2, 60)}/F", f"{draw(2, 60)}字樓"])
        unit = self.random.choice(
            ["", f"{self.random.choice('ABCDEFG')}室", f"{draw(1, 28)}室", f"{draw(101, 3999)}室"]
        )
        return f"{where}{road}{draw(1, 900)}號{tower if self.chance(0.8) else ''}{floor}{unit}"

    # What is no name

    def date(self) -> str:
        """In one of the usual ways."""
        year, month, day = (
            self.random.randint(1960, 2026),
            self.random.randint(1, 12),
            self.random.randint(1, 28),
        )
        return self.random.choice(
            [
                f"{year}年{month}月{day}日",
                f"{year}年{month}月",
                f"{month}月{day}日",
                f"{year}-{month:02}-{day:02}",
                f"{year}/{month}/{day}",
                f"{year}.{month:02}",
                f"{year}年",
                f"{day}日",
                "昨天",
                "今天",
                "近日",
                "日前",
                "去年",
                "上周五",
                "明天下午",
            ]
        )

    def digits(self, count: int) -> str:
        """That many."""
        return "".join(self.random.choice("0123456789") for _ in range(count))

    def phone(self) -> str:
        """A mobile or landline number."""
        mobile = "1" + self.random.choice("3456789") + self.digits(9)
        return self.random.choice(
            [
                mobile,
                mobile,
                f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}",
                f"0{self.digits(2)}-{self.digits(8)}",
            ]
        )

    def number(self) -> str:
        """A count."""
        return str(self.random.randint(1, 9999))

    def money(self) -> str:
        """An amount."""
        return self.random.choice(
            [
                f"{self.random.randint(1, 900)}万",
                f"{self.random.randint(100, 99999)}.{self.digits(2)}",
                f"{self.random.randint(1, 99)},{self.digits(3)}",
            ]
        )
