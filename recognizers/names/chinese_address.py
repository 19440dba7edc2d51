"""Chinese postal addresses, whole: from the province to the room, with the postcode beside it.

An address is recognised by an anchor (a street with a number, a block of an estate, a village with
a group, a floor of a tower), then followed to both sides. The order of its parts, from large to
small, is that of GB/T 23705 and of Chinese, Hong Kong and Taiwanese post.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognizers.names.chinese_rules import LABELLED, Words
from recognizers.names.cjk import HAN, Found
from recognizers.names.cjk_lists import listed

ADDRESS = 0.85

_NUMBER = r"(?:[0-9]{1,5}(?:[-/][0-9]{1,5}){0,3}|[A-Za-z]{1,2}[0-9]{0,4}|[一二三四五六七八九十百]{1,4}|[甲乙丙丁东西南北])"
_PARTS = "号楼|号院|号|支弄|弄|栋|幢|座|单元|层|字楼|楼|室|房|户|#|组|社|队|门|期|区|塔|铺|档|库|段|巷|/F|F"
_ESTATE = "小区|花园|家园|花苑|雅苑|佳苑|嘉园|苑|新村|公寓|名邸|新城|名城|华庭|豪庭|庭|公馆|山庄|家属院|宿舍|社区|国际|府|御园|大院|坊|邨|里|城|湾|园"
_TOWER = "大厦|广场|中心|大楼|写字楼|科技园|创业园|产业园|工业园|软件园|工业区|综合楼|办公楼|商场|购物中心|酒店|国际中心|商业大厦|工业大厦|孵化器|国际|大酒店|花园"
_VILLAGE = "村委会|村民委员会|居委会|村|屯|庄|寨|湾|坝|沟|坪|冲|社区|坑|岭|营|店|铺"
_ANCHOR = re.compile(
    rf"(?:路|街|道|巷|胡同|里|弄|线|东|西|南|北|中)(?:[东西南北中]?[一二三四五六七八九十0-9]{{0,2}}段)? ?(?:{_NUMBER} ?(?:巷|弄) ?){{0,2}}(?:甲|乙|临|附)?{_NUMBER} ?(?:号院|号|弄|巷|院)"
    rf"|(?:{_ESTATE})(?:[一二三四五六七八九十0-9]期|[东西南北A-Z]区)? ?{_NUMBER} ?(?:栋|号楼|幢|座|单元|#|楼)"
    rf"|(?:{_ESTATE})(?:[一二三四五六七八九十0-9]期|[东西南北A-Z]区)? ?[0-9]{{1,3}}-[0-9]{{1,2}}-[0-9]{{2,4}}"
    rf"|(?:{_VILLAGE})[0-9一二三四五六七八九十]{{1,3}} ?(?:组|社|队|号)"
    rf"|(?:{_TOWER})(?:[A-Z东西南北][座塔区])? ?[0-9A-Z]{{1,5}} ?(?:层|楼|室|号|F)"
)
_DETAIL = re.compile(
    rf" ?{_NUMBER} ?(?:{_PARTS})|之(?:[0-9]{{1,2}}|[一二三四五六七八九十]{{1,2}})(?![0-9])| ?(?<=[栋元楼座层幢#F]) ?[0-9]{{2,4}}(?![0-9.年月日%元])"
    rf"| ?[0-9]{{1,3}}-[0-9]{{1,2}}-[0-9]{{2,4}}(?![0-9])"
)
_BUILDING = re.compile(
    f" ?(?![{HAN}]{{0,8}}(?:公司|集团))[{HAN}A-Za-z0-9]{{1,10}}?(?:{_TOWER}|{_ESTATE})(?:[一二三四五六七八九十0-9]期)?"
)
_AFTER = re.compile(
    r"[ ,;(]{0,2}(?:邮编|邮政编码)[: ]{0,2}[0-9]{6}(?![0-9])|[ ,(]{1,2}[0-9]{6}(?![0-9])\)?"
)
_BEFORE = re.compile(r"(?<![0-9])[0-9]{3}(?:[0-9]{2,3})?[ ,]?\Z")

_FARTHEST = 60
_DIVISION = "省市区县镇乡州盟旗村屯庄"
_DIVISION_WORDS = ("街道", "开发区", "高新区", "新区", "园区", "自治区", "地区")
_STOPS = frozenset(
    listed(
        "在 位于 住 住在 现住 家住 到 至 寄 寄到 寄往 送 送到 送往 发 发到 发往 是 为 于 去 来 从 往 坐落 坐落于 坐落在 地址 住址 住所 住所地 和 与 及 由 给 将 把 被 对 "
        "以及 或 或者 我 你 他 她 我家 了 的 公司 我们 他们 说 前往 抵达 来到 赶到 设在 搬到 搬至 迁至 改为 改成 更改为 变更为 前 后 时 有 租 租住 购买 出售 名下 收 收到 反映 未 派送 派送至 送至 发至 寄至 货物 快递 "
        "房屋 坐落于 房产 登记 注册 请 麻烦 汉族 男 女 生 出生 现居 居住 居住在 居住于 户籍 自 经 途经 途径 达 直达"
    )
)

_LABEL = re.compile(
    f"(?:[{HAN}]{{0,4}}地址|住址|住所地|住所|住|坐落|地点|户籍地|户籍所在地|家庭住址|所在地|经营场所|送货至|address)"
    r"(?:、电话)? ?(?::| {1,4}|\t)[ \t]*(?P<value>[^\n;。\t|]{4,120})",
    re.IGNORECASE,
)
_VALUE_END = re.compile(
    f"[ ,(]*(?:联系电话|联系方式|电话|手机|收件人|收货人|联系人|姓名|法定代表人|邮编|邮政编码|身份证|传真|邮箱|开户行|(?:\\+?86[- ]?)?1[3-9][0-9]{{9}}|0[0-9]{{2,3}}-[0-9]{{7,8}}|[0-9]{{7,}})"
    f"| {{2,}}| (?:责任)?(?:护士|医生|医师|业主|户主|经办|负责人)|, ?(?=[{HAN}]{{2,6}}:)"
)
_PLACE_MARK = re.compile("[省市区县镇乡村路街道巷弄号栋幢座楼层室组屯庄]")
_SEGMENT = re.compile("地址|住址|住所|坐落|address|户籍|所在地")


def addresses(line: str, words: Words) -> Iterator[Found]:
    """The addresses in a line of normal text.

    Args:
        line: normal text (``WordList.normal``).
        words: its words.
    """
    done = 0
    for match in _ANCHOR.finditer(line):
        if match.start() < done:
            continue
        start = _left(line, max(done, match.start() - _FARTHEST), match.start(), words)
        if start >= match.start() and line[match.start()] in "路街道巷里弄线东西南北中":
            continue  # a number alone, no name of a street
        end = _right(line, match.end())
        done = end
        yield Found(_with_code(line, start), end, "ADDRESS", ADDRESS)


def labelled_addresses(line: str) -> Iterator[Found]:
    """What stands behind 地址：, 住址： and their like."""
    for match in _LABEL.finditer(line):
        start, end = match.span("value")
        stop = _VALUE_END.search(line, start, end)
        end = stop.start() if stop else end
        end = start + len(line[start:end].rstrip(" ,)"))
        marks = len(_PLACE_MARK.findall(line[start:end]))
        colon = ":" in line[match.start() : start]
        if marks >= (2 if colon else 4):
            after = _AFTER.match(line, end)
            yield Found(start, after.end() if after else end, "ADDRESS", LABELLED)


def address_cell(line: str, labels: str) -> Iterator[Found]:
    """A whole cell or field under a label such as 地址."""
    text = line.strip()
    if _SEGMENT.search(labels) and len(_PLACE_MARK.findall(text)) >= 2 and len(text) <= 120:
        start = line.find(text)
        yield Found(start, start + len(text), "ADDRESS", LABELLED)


def _left(line: str, earliest: int, anchor: int, words: Words) -> int:
    """Where the address begins: at its first division behind the last word that is none of it."""
    at = anchor
    while at > earliest and (
        "\u3400" <= line[at - 1] <= "\u9fff"
        or line[at - 1] in "()"
        or (line[at - 1] == " " and at > 1 and "\u3400" <= line[at - 2] <= "\u9fff")
    ):
        at -= 1
    border, division = at, -1
    for start, end, kind in words:
        if start < at or start >= anchor:
            continue
        word = line[start:end]
        stops = word in _STOPS and not line.startswith(("路", "街", "道"), end)
        if stops or (kind in {"role", "r"} and end - start > 1):
            border, division = end, -1
        elif division < 0 and (kind == "ns" or word[-1] in _DIVISION or word in _DIVISION_WORDS):
            # 大王镇: what stands before a bare 镇 is its name
            division = start if end - start > 1 else _name_before(line, border, start)
    if division >= 0:
        return division
    while border < anchor and line[border] in " ()":
        border += 1
    return max(border, anchor - 12)


def _name_before(line: str, border: int, at: int) -> int:
    start = at
    while start > border and at - start < 4 and line[start - 1] not in " ()":
        start -= 1
    return start


def _right(line: str, end: int) -> int:
    while True:
        detail = _DETAIL.match(line, end)
        if detail is None:
            building = _BUILDING.match(line, end)
            detail = building
        if detail is None or detail.end() == end:
            break
        end = detail.end()
    after = _AFTER.match(line, end)
    return after.end() if after else end


def _with_code(line: str, start: int) -> int:
    code = _BEFORE.search(line, max(0, start - 7), start)
    return code.start() if code else start
