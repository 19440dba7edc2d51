"""Japanese names: the model, and rules for titles, labels, firms and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import ClassVar

from recognizers.names.cjk import Found, Line
from recognizers.names.cjk_features import lexicon
from recognizers.names.cjk_lists import listed
from recognizers.names.spoken import SpokenNames

_KANJI = "\u3400-\u9fff々ヶ"
_KANA = "\u3041-\u3096\u30a1-\u30fa\u30fc"
_LETTER = f"{_KANJI}{_KANA}"

_LABELLED = 0.9
_ADDRESS = 0.85
_TITLED = 0.8
_FIRM = 0.8

_NAME = f"[{_KANJI}]{{1,4}} ?[{_LETTER}]{{1,5}}|[{_KANA}]{{2,8}} [{_KANA}]{{2,8}}"
_LABEL = re.compile(
    "(?:氏 ?名|お名前|名前|担当者?|ご担当者|ご担当|連絡先担当者|代表取締役(?:社長)?|代表者|議長|書記|差出人|宛先|宛名|受取人|申込者|申請者|契約者|"
    f"患者(?:名|氏名)?|担当医|主治医|原告|被告|保護者|監督|講師|著者|作成者|承認者|フリガナ|ふりがな|署名)(?: ?: ?| {{1,4}})(?P<name>{_NAME})(?![{_LETTER}])"
)
_HONOURED = re.compile(
    f"(?P<name>[{_LETTER}]{{1,10}}?)(?: ?様| ?殿|さん|氏|君|くん|ちゃん)(?![{_KANJI}])"
)
_KANJI_BEFORE = re.compile(f"(?<![{_KANJI}])[{_KANJI}]{{2,3}}\\Z")
_POSTS = "社長|部長|課長|係長|専務|常務|会長|先生|教授|准教授|弁護士|選手|監督|首相|知事|市長|議員|容疑者|被告"
_POSTED = re.compile(f"(?<![{_KANJI}])(?P<name>[{_KANJI}]{{1,4}}?)(?:{_POSTS})(?![{_KANJI}])")
_FORM = "株式会社|有限会社|合同会社|合資会社|一般社団法人|公益財団法人|医療法人(?:社団)?|学校法人|社会福祉法人"
_WORD = rf"[{_KANJI}\u30a1-\u30fa\u30fcA-Za-z0-9&・.\-]"
_FIRM_FIRST = re.compile(f"(?:{_FORM}) ?{_WORD}{{2,20}}")
_FIRM_LAST = re.compile(f"{_WORD}{{2,20}}(?:{_FORM})(?!{_WORD})")
_PREFECTURE = (
    "北海道|東京都|(?:大阪|京都)府|(?:青森|岩手|宮城|秋田|山形|福島|茨城|栃木|群馬|埼玉|千葉|神奈川|新潟|富山|石川|福井|山梨|長野|岐阜|静岡|愛知|三重|滋賀|"
    "兵庫|奈良|和歌山|鳥取|島根|岡山|広島|山口|徳島|香川|愛媛|高知|福岡|佐賀|長崎|熊本|大分|宮崎|鹿児島|沖縄)県"
)
_NUMBER = r"[0-9一二三四五六七八九十]{1,4}"
_CITY = f"[{_LETTER}]{{1,6}}?[市区町村郡]"
_STREET = rf"(?:{_NUMBER} ?(?:丁目|番地の?|番町|番|号|条|-|の) ?){{1,5}}(?:[0-9]{{1,4}}号?)?"
_INSIDE = rf"(?: ?[{_LETTER}A-Za-z]{{2,14}}(?:ビル|マンション|ハイツ|コーポ|タワー|プラザ|パレス|レジデンス|荘|館|棟)[0-9A-Z]{{0,3}})?(?: ?[0-9A-Z]{{1,5}}(?:階|号室|号|F|室))*"
_PLACE = re.compile(
    rf"(?:〒? ?[0-9]{{3}}-[0-9]{{4}}[ \n]?)?(?:(?:{_PREFECTURE})(?:{_CITY}){{1,3}}|(?<![{_LETTER}])(?:{_CITY}){{1,3}})[{_LETTER}]{{0,8}}?(?:{_STREET}){_INSIDE}"
)
_CELL = re.compile("氏名|名前|担当|name")
_NO_NAMES = frozenset(
    listed(
        "お客 客 業者 会社 企業 店舗 取引先 仕入先 得意先 関係 先方 施主 家主 大家 消費者 参加者 出席者 保護者 購入者 所有者 入居者 来場者 読者 視聴者 皆々 方々 若 殿 姫 奥 神々 我々 貴方 お客さま 皆 皆さん みな 各位 関係者 担当者 御社 貴社 当社 弊社 甲 乙 丙 利用者 管理者 会員 患者 お母 お父 お兄 お姉 お子 奥 旦那 店員 先 何 神 王 仏 同 両 某 諸 お疲れ たく 彼 "
        "代表 担当 お嬢 お医者 隣 お隣 名前 氏名 住所 電話 社長 部長 課長"
    )
)


class JapaneseNames(SpokenNames):
    """Finds ``PERSON``, ``ORGANIZATION``, ``LOCATION`` and ``ADDRESS`` in Japanese lines."""

    language: ClassVar[str] = "ja"
    model = "japanese"

    def counts(self, text: str, start: int, end: int, label: str) -> bool:
        """Something written in letters, and no word such as お客."""
        del label
        value = text[start:end]
        return value not in _NO_NAMES and any(char.isalpha() for char in value)

    def rules(self, line: Line) -> Iterator[Found]:
        """Labels, titles, forms of firms, addresses."""
        text = line.text
        for match in _LABEL.finditer(text):
            if match["name"] not in _NO_NAMES:
                yield Found(*match.span("name"), "PERSON", _LABELLED)
        for match in _HONOURED.finditer(text):
            if found := _person(text, *match.span("name")):
                yield found
        for match in _POSTED.finditer(text):
            if (found := _person(text, *match.span("name"))) and match["name"] in _surnames():
                yield found
        for pattern in (_FIRM_FIRST, _FIRM_LAST):
            for match in pattern.finditer(text):
                yield Found(*match.span(), "ORGANIZATION", _FIRM)
        for match in _PLACE.finditer(text):
            yield Found(*match.span(), "ADDRESS", _ADDRESS)
        yield from _cell(line)


def _cell(line: Line) -> Iterator[Found]:
    """A whole cell or field under a label such as 氏名."""
    value = line.text.strip()
    if not (line.whole and _CELL.search(line.labels)):
        return
    if re.fullmatch(_NAME, value) and value not in _NO_NAMES:
        start = line.text.find(value)
        yield Found(start, start + len(value), "PERSON", _LABELLED)


@cache
def _surnames() -> frozenset[str]:
    words = lexicon("japanese").words
    return frozenset(word for word, kind in words.items() if kind == "s")


def _person(text: str, start: int, end: int) -> Found | None:
    """The name before a title: a known surname with what follows it, or two or three ideographs."""
    for first in range(max(start, end - 8), end):
        for size in (4, 3, 2, 1):
            if first + size <= end and text[first : first + size] in _surnames():
                if first > start and "\u3400" <= text[first - 1] <= "\u9fff":
                    break
                return Found(first, end, "PERSON", _TITLED)
    written = _KANJI_BEFORE.search(text, start, end)
    if written and written.group() not in _NO_NAMES:
        return Found(written.start(), end, "PERSON", _TITLED)
    return None
