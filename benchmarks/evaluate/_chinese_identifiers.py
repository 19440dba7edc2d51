"""Invented Chinese documents full of invented identifiers, with their places marked."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from benchmarks.evaluate.scoring import Marked
from recognizers import checksums_china as china
from recognizers.checksums import luhn

type Maker = Callable[[random.Random], str]

_DIGITS = "0123456789"
_CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def documents(count: int, seed: int) -> Iterator[tuple[str, list[Marked]]]:
    """Texts of some sentences, forms or tables, each with its marked identifiers."""
    rng = random.Random(seed)
    for _ in range(count):
        yield rng.choice((_prose, _prose, _form, _table))(rng)


def _prose(rng: random.Random) -> tuple[str, list[Marked]]:
    page = _Page(rng)
    for _ in range(rng.randint(3, 7)):
        if rng.random() < 0.35:
            page.add(rng.choice(_FILLER))
            continue
        entity = rng.choice(list(_KINDS))
        labels, maker = _KINDS[entity]
        template = rng.choice(_SENTENCES)
        before, after = template.replace("L", rng.choice(labels)).split("V")
        page.add(before)
        page.value(entity, maker(rng))
        page.add(after)
    return page.text, page.marks


def _form(rng: random.Random) -> tuple[str, list[Marked]]:
    page = _Page(rng)
    for entity in rng.sample(list(_KINDS), rng.randint(3, 7)):
        labels, maker = _KINDS[entity]
        page.add(
            rng.choice(labels) + rng.choice(("：", ":", "： ", " ", "\t", "：\n", "（必填）："))
        )
        page.value(entity, maker(rng))
        page.add(rng.choice(("\n", "\n\n", "；", "，", " ")))
    return page.text, page.marks


def _table(rng: random.Random) -> tuple[str, list[Marked]]:
    """Pairs of label and value in two columns, as text drawn from a table has them."""
    page = _Page(rng)
    mark = rng.choice(("\t", " | ", "  ", ","))
    for entity in rng.sample(list(_KINDS), rng.randint(3, 6)):
        labels, maker = _KINDS[entity]
        page.add(f"{rng.randint(1, 99)}{mark}{rng.choice(labels)}{mark}")
        page.value(entity, maker(rng))
        page.add(f"{mark}{rng.choice(('已核', '是', '待定', '2024-05-01', '12.50'))}\n")
    return page.text, page.marks


class _Page:
    def __init__(self, rng: random.Random) -> None:
        self.text = ""
        self.marks: list[Marked] = []
        self._wide = rng.random() < 0.1

    def add(self, text: str) -> None:
        self.text += text

    def value(self, entity: str, value: str) -> None:
        if self._wide:
            value = value.translate(_FULL_WIDTH)
        start = len(self.text)
        self.text += value
        self.marks.append((start, len(self.text), entity))


def _made(*parts: str) -> Maker:
    """A maker of texts in which # is a digit and @ a capital letter."""

    def make(rng: random.Random) -> str:
        kinds = {"#": _DIGITS, "@": _CAPITALS}
        return "".join(rng.choice(kinds.get(char, char)) for char in rng.choice(parts))

    return make


def _completed(make: Maker, last: str, check: Callable[[str], bool]) -> Maker:
    """What ``make`` makes, with a last character that satisfies the check."""

    def complete(rng: random.Random) -> str:
        while True:
            body = make(rng)
            for char in rng.sample(last, len(last)):
                if check(body + char):
                    return body + char

    return complete


def _person(rng: random.Random) -> str:
    division = rng.choice(("110105", "310104", "440305", "510107", "330106", "420111", "610113"))
    day = date(1950, 1, 1) + timedelta(days=rng.randint(0, 20000))
    return f"{division}{day:%Y%m%d}{rng.randint(1, 999):03}"


def _old_person(rng: random.Random) -> str:
    number = _person(rng)
    return number[:6] + number[8:]


def _mobile(rng: random.Random) -> str:
    number = "1" + rng.choice("3456789") + "".join(rng.choices(_DIGITS, k=9))
    a, b, c = number[:3], number[3:7], number[7:]
    forms = (number, number, f"{a} {b} {c}", f"{a}-{b}-{c}", f"+86 {number}", f"+86-{a}-{b}-{c}")
    return rng.choice((*forms, f"86{number}", f"(+86){number}"))


def _either(one: Maker, other: Maker) -> Maker:
    """Mostly what the first makes, now and then what the other makes."""

    def make(rng: random.Random) -> str:
        return (one if rng.random() < 0.7 else other)(rng)

    return make


def _grouped(make: Maker) -> Maker:
    def group(rng: random.Random) -> str:
        number = make(rng)
        if rng.random() < 0.6:
            return number
        return " ".join(number[at : at + 4] for at in range(0, len(number), 4))

    return group


def _hong_kong(rng: random.Random) -> str:
    number = _completed(_made("@######", "@@######"), _DIGITS + "A", china.hk_id)(rng)
    return number if rng.random() < 0.3 else f"{number[:-1]}({number[-1]})"


# fmt: off
_RESIDENT = _completed(_person, "0123456789X", china.cn_resident_id)
_CARD = _grouped(_completed(_made("622202##########", "621785############", "6228############"),
                            _DIGITS, luhn))
_PLATE = _made(
    "京A#####", "沪B·##@##", "粤AD#####", "苏EF#####", "浙C@####", "川A####学", "鲁B#####D"
)
_LANDLINE = _made("010-6#######", "021-5#######", "0755-8#######", "0571 8#######", "(028)8#######",
                  "010-8#######-###", "400-8##-####", "800-820-####")
_WECHAT = _made("wxid_########ab##22", "lilei_####", "zhang-san##", "happya####")

# By entity: the labels people write, and what makes a value.
_KINDS: dict[str, tuple[tuple[str, ...], Maker]] = {
    "CN_RESIDENT_ID": (("身份证号", "身份证号码", "公民身份号码", "居民身份证", "身份證號碼", "旧身份证号"),
        _either(_RESIDENT, _old_person)),
    "PHONE_NUMBER": (("手机", "手机号", "联系电话", "电话", "手機", "联系方式", "传真"),
        _either(_mobile, _LANDLINE)),
    "CN_BANK_CARD": (("银行卡号", "卡号", "收款账号", "银行账号", "储蓄卡"), _CARD),
    "CN_USCC": (
        ("统一社会信用代码", "信用代码", "税号", "纳税人识别号"),
        _completed(_made("91110108MA#####@#", "91440300########@", "52310000########@"),
                   "0123456789ABCDEFGHJKLMNPQRTUWXY", china.cn_uscc)
    ),
    "CN_LICENSE_PLATE": (("车牌", "车牌号", "号牌号码", "車牌號"), _PLATE),
    "CN_PASSPORT": (("护照号", "护照", "护照号码", "護照號碼"), _made("E########", "G########", "EA#######", "PE#######")),
    "CN_WECHAT_ID": (("微信号", "微信", "微信號"), _WECHAT),
    "CN_QQ": (("QQ", "QQ号", "qq号码"), _made("12#######", "5########", "28########")),
    "HK_ID": (("香港身份证", "香港身份證號碼", "港澳居民身份证"), _hong_kong),
    "TW_NATIONAL_ID": (
        ("身分證字號", "台湾身份证", "國民身分證"),
        _completed(_made("A1#######", "F2#######", "B1#######"), _DIGITS, china.tw_national_id),
    ),
    "MO_ID": (("澳门身份证", "澳門居民身份證"), _made("1######(#)", "5######(#)", "7######(#)")),
    "CN_TRAVEL_PERMIT": (("港澳通行证", "往来港澳通行证号", "大陆居民往来台湾通行证"), _made("C########", "CA#######", "T########")),
    "CN_HOME_RETURN_PERMIT": (("回乡证", "港澳居民来往内地通行证", "回鄉證"), _made("H########", "M##########", "H##########")),
    "CN_TAIWAN_PERMIT": (("台胞证", "台湾居民来往大陆通行证"), _made("########")),
    "CN_MEDICAL_INSURANCE": (("医保卡号", "医保号", "医保编号"), _made("########", "##########", "A########")),
    "CN_SOCIAL_SECURITY": (("社保卡号", "社保号", "社会保障卡号", "公积金账号"), _made("A########", "#########", "############")),
    "CN_DRIVER_LICENSE": (("驾驶证档案编号", "档案编号"), _made("4401########", "3101########")),
    "CN_MILITARY_ID": (("军官证号", "军官证", "士兵证号"), _made("军字第#######号", "武字第0######号", "1#######")),
    "CN_ORGANIZATION_CODE": (
        ("组织机构代码", "机构代码"),
        _completed(_made("########-", "7#######-"), _DIGITS + "X", china.cn_organisation_code),
    ),
    "CN_BUSINESS_LICENSE": (
        ("营业执照注册号", "工商注册号"),
        _completed(_made("1101080#######", "4403010#######"), _DIGITS, china.cn_business_registration),
    ),
    "CN_FOREIGNER_ID": (("外国人永久居留身份证", "永久居留证号"), _made("USA11######0112", "GBR31######0725")),
}
_SENTENCES = (
    "请核对LV后再提交。", "他的L是V，请尽快联系。", "L为V的客户已到店。", "客户提供的L：V。", "（L：V）",
    "附上L V，烦请登记。", "以LV办理入职手续，", "登记L「V」无误。", "我司L:V,请查收。", "L\nV\n",
    "经查，当事人LV存在异常。", "【L】V；", "其L号段为V，已备案。".replace("号段", ""), "L（V）已失效。",
)
_FILLER = (
    "本合同自双方签字之日起生效。", "会议定于2024年5月12日14:30在三楼召开，预算为1250000.00元。",
    "订单号：20240115123456789，快递单号SF1234567890123。", "第三条 乙方应于30日内付款，逾期按0.05%计息。",
    "型号XK-2200-91共计12台，序列号SN20231120001。", "版本号v2.10.3，端口8080，编号HT-2024-00123。",
    "发票代码011001900111，发票号码12345678，金额3,214.55元。", "图书ISBN 978-7-302-51168-7，印数5000册。",
)
# fmt: on
_FULL_WIDTH = {ord(char): chr(ord(char) + 0xFEE0) for char in _DIGITS + _CAPITALS}
