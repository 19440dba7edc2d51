"""Chinese names that the form of a document gives away: labels, titles, endings of firms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from recognizers.names.chinese_lexicon import (
    COMPOUND_SURNAMES,
    FIRM_ENDINGS,
    HONORIFICS,
    ROLES,
    SURNAMES,
    TITLES,
)
from recognizers.names.chinese_words import WordList
from recognizers.names.cjk import HAN, Found
from recognizers.names.cjk_lists import listed

type Words = Sequence[tuple[int, int, str]]
"""Start, end and kind of each word of a line."""

LABELLED = 0.9
TITLED = 0.8
FIRM = 0.8
PARTY = 0.7
_MAYBE = 0.6

_SURNAME = f"(?:{'|'.join(sorted(COMPOUND_SURNAMES))}|[{SURNAMES}])"
_SEPARATED = f"[{HAN}]{{1,12}}(?:·[{HAN}]{{1,12}}){{1,4}}"
_NAME = (
    f"(?:{_SEPARATED}|{_SURNAME}[{HAN}]{{1,2}}(?![{HAN}])|{_SURNAME} {{1,2}}[{HAN}](?![{HAN}])"
    f"|{_SURNAME}[{HAN}]{{3}}(?![{HAN}]))"
)
_NAME_ONLY = re.compile(f"(?:{_SEPARATED}|{_SURNAME} {{0,3}}[{HAN}]{{1,3}}|[{HAN}]{{2,4}})")
_PLAIN_NAME = re.compile(f"{_SURNAME} {{0,3}}[{HAN}]{{1,2}}")

_PERSON_LABELS = listed(
    "姓名 姓 名 联系人 紧急联系人 收件人 收货人 寄件人 发件人 法定代表人 法人代表 法人 代表人 授权代表 委托代理人 委托诉讼代理人 诉讼代理人 代理人 "
    "负责人 项目负责人 经办人 经手人 承办人 患者 患者姓名 病人 申请人 申报人 签字 签名 签收人 持卡人 户名 户主 开户人 账户名 车主 业主 投保人 被保险人 受益人 "
    "主治医师 主治医生 经治医师 处方医师 主刀医生 检查医生 报告医生 医师 审判长 审判员 人民陪审员 陪审员 书记员 法官助理 原告 被告 被告人 上诉人 被上诉人 申请执行人 被执行人 "
    "第三人 证人 证明人 见证人 担保人 保证人 借款人 出借人 贷款人 出租人 承租人 出租方 承租方 转让人 受让人 转让方 受让方 委托人 受托人 授权人 被授权人 收款人 付款人 开票人 复核 复核人 审核 审核人 审批人 审批 "
    "批准 制单 制表 制表人 填表人 记录人 记录 记账 校对 编辑 责任编辑 责编 作者 主持人 主持 汇报人 报告人 发言人 参会人员 参会人 与会人员 与会人 出席 出席人员 列席 缺席 抄送 主讲人 导师 指导教师 指导老师 班主任 家长 监护人 "
    "学生姓名 学生 员工 员工姓名 职工姓名 客户姓名 客户名称 用户姓名 买家 卖家 买方 卖方 店主 客户经理 销售代表 采购员 业务员 项目经理 处理人 对接人 接收人 接待人 推荐人 介绍人 直属上级 上级 配偶 父亲 母亲 丈夫 妻子 子女 "
    "甲方 乙方 丙方 丁方 甲方代表 乙方代表 报销人 领款人 借阅人 保管人 验收人 检验员 操作员 值班人 预订人 入住人 旅客 乘客 乘机人 曾用名 收信人 寄信人 受访人 面试人 候选人 应聘人 收 寄"
)
_ROLE_BRACKET = r"(?: ?\([^()\n]{1,12}\)| ?\(以下简称[^()\n]{1,10}\))?"
_LABEL_GAP = r"(?: ?: ?|: {1,8}|[ \t]{1,4})"


def _any(words: Sequence[str]) -> str:
    return "|".join(sorted({word for word in words if word}, key=lambda word: (-len(word), word)))


_PERSON_LABEL = re.compile(
    f"(?<![{HAN}])(?:[{HAN}]{{0,6}}?)(?:{_any([word for word in _PERSON_LABELS if len(word) > 1])})"
    f"{_ROLE_BRACKET}{_LABEL_GAP}(?P<names>{_NAME}(?:(?:[、,;/]| {{1,4}}|和){_NAME}){{0,40}})"
)
_LABEL_BEFORE = re.compile(
    f"(?:{_any([word for word in _PERSON_LABELS if len(word) > 1])}){_ROLE_BRACKET}{_LABEL_GAP}\\Z"
)
_LONGEST_LABEL = 24
_NAMES = re.compile(_NAME)
_SPACED_LABEL = re.compile(
    f"(?:审 *判 *长|审 *判 *员|书 *记 *员|姓 {{1,8}}名|人 *民 *陪 *审 *员)(?: *: *| {{1,6}})(?P<names>{_NAME})"
)
_RECEIVES = re.compile(f"(?P<names>{_NAME}) ?\\(?收\\)?(?![{HAN}])")
_NAME_AND_NUMBER = re.compile(
    f"(?<![{HAN}])(?P<names>{_SURNAME}[{HAN}]{{1,2}})(?=[ ,:]{{0,2}}1[3-9][0-9]{{9}}(?![0-9]))"
)
_SEGMENT_PERSON = re.compile(
    "姓名|联系人|收件人|收货人|寄件人|代表人|负责人|经办人|患者|申请人|户名|客户经理|持卡人|业主|导师|班主任|家长|配偶|^name$|(?:full|customer|contact|employee|patient|user|student|family|given|first|last|legal|real) name|"
    "contact person|recipient|patient|employee|customer name|员工|医师|医生|审批人|签字|作者|author"
)
_SEGMENT_ORGANISATION = re.compile(
    "公司|单位|名称|供应商|客户|开户行|甲方|乙方|购方|销方|company|organi[sz]ation|employer"
)

# Surnames that are prepositions and the like: 向老师学习.
_DOUBTFUL = frozenset("向和于从相代时应成全关连公有单干官师由当")
_ADDRESSED = re.compile(f"(?![{HAN}])|[您你]?好|说|的")
_LONG_HONORIFIC = _any([word for word in HONORIFICS if len(word) > 1])
_HONORIFIC = re.compile(_LONG_HONORIFIC)
_COMPOUND = re.compile(
    "(?:欧阳|上官|诸葛|司徒|司马|慕容|皇甫|尉迟|令狐|端木|公孙|轩辕|宇文|独孤|夏侯|申屠|赫连|澹台|淳于|呼延|闾丘|拓跋)"
    f"[{HAN}]{{1,2}}"
)
_TITLED = re.compile(
    f"(?P<names>{_SURNAME})(?:{_LONG_HONORIFIC}|[大二三四五小老][姐哥嫂爷娘婶妈叔伯])"
)
_TITLED_SHORT = re.compile(
    f"(?:(?<![{HAN}])|(?<=的))(?P<names>{_SURNAME})[总工董局哥姐](?![{HAN}])"
)
_TITLED_GREETED = re.compile(
    f"(?<![{HAN}])(?P<names>{_SURNAME})[总工董局](?=你好|您好|说|的|那边|让|这边|好)"
)
_NAME_TITLED = re.compile(
    f"(?<![{HAN}])(?P<names>{_SURNAME}[{HAN}]{{1,2}})(?:先生|女士|小姐|老师|教授|律师|医生|同志|同学|经理|总监|主任)"
)
_FAMILIAR = re.compile(f"(?<![{HAN}])(?P<names>[小老阿]{_SURNAME})(?=[,:;!?、 ]|你好|您好|$)")

_FIRM = re.compile(_any(FIRM_ENDINGS))
_LONGEST_FIRM = 45
_STOPS = frozenset(
    listed(
        "委托 就职 就职于 任职 任职于 加入 收购 签订 签署 成为 包括 位于 通知 联系 访问 来自 来到 介绍 称 说 表示 起诉 诉 代表 通过 担任 任 受 请 找 去 到 在 给 让 叫 属于 隶属 供职 供职于 入职 毕业 毕业于 "
        "聘请 授权 指定 兹 有 等 系 现任 曾任 历任 兼任 出任 调任 转入 进入 前往 抵达 报道 据 自 将 把 被 向 由 对 从 与 和 及 或 以及 为 是 于 因 经 以 同 跟 替 用 归 该 本 我 你 他 她 贵 各 其 某 这家 一家 这 那 此 "
        "某某 如 即 并 且 已 曾 也 都 就 还 又 的 了 着 过 地 得 之 第 每 另 全体 所有 部分 下属 上述 以上 以下 合作 关于 根据 按照 依据 依照 至 至今 今 年 月 日 时 现 原 前 后 甲方 乙方 丙方 丁方 双方 三方 客户 用户 供应商 "
        "采购 支付 转账 汇款 汇入 寄到 寄往 送到 发给 交给 提供给 支付给 投诉 举报 申请 要求 应聘 面试 收到 购买 销售给 出售给 转让给 承诺 同意 拒绝 成立 注册 设立 创办 创立 创建 经营 开办 控股 参股 持有 拥有 负责 主管 分管 协助 帮助 陪同 感谢 欢迎 祝贺 组织 举办 主办 承办 协办"
    )
)
_BORDERS = frozenset(("r", "u", "p", "c", "role", "speech", "title"))
# Verbs that stand in the names of firms.
_TRADES = frozenset(
    listed(
        "投资 管理 开发 建设 服务 制造 设计 咨询 贸易 运输 租赁 代理 经营 销售 装饰 检测 加工 养殖 种植 教育 培训 传播 发展 控股 印刷 包装 保险 担保 保安 生产 维修 策划 展览 研究 实验 "
        "联合 合作 监督 测绘 勘察 监理 安装 招标 拍卖 评估 认证 清洁 出租 出版 发行 创业 创新 通信 通讯 监测 救援 仲裁 统计 审计 进出口 国际 和平 解放 建国 胜利 光明 永安 通达 飞跃 腾飞 启航"
    )
)
_NO_PARTS = frozenset(("r", "u", "p", "c", "d", "role", "speech"))
_PARTY = re.compile(
    "(?:[甲乙丙丁戊]方|委托方|受托方|委托人|受托人|买方|卖方|供方|需方|出租方|承租方|发包方|承包方|购方名称|销方名称|购买方|销售方|公司名称|单位名称|"
    "企业名称|用人单位|工作单位|发票抬头|开户名称|投标人|招标人|供应商|客户名称|收款单位|付款单位|账户名称)"
    rf"{_ROLE_BRACKET} ?: ?(?P<value>(?!见|详见|同|无|待|以下|指|即|应|须|签|盖)[{HAN}][{HAN}A-Za-z0-9()·&.\-]{{3,45}})(?=[ \t,;。]|$)"
)
_INNER = re.compile(rf"[{HAN}A-Za-z0-9()·&.\-]")
_TOO_PLAIN = frozenset(
    listed(
        "公司 集团 银行 大学 学院 医院 研究院 研究所 设计院 幼儿园 中学 小学 委员会 协会 学会 商会 基金会 出版社 合作社 工作室 经营部 事务所 总公司 分公司 子公司 支行 分行 股份公司 人民法院 人民检察院 公安局 税务局 人民政府 监督管理局"
    )
)
_COMMON = frozenset(
    (
        "n",
        "v",
        "vn",
        "a",
        "d",
        "m",
        "q",
        "r",
        "p",
        "c",
        "u",
        "f",
        "t",
        "l",
        "x",
        "title",
        "speech",
        "role",
    )
)


def people(line: str, words: Words, word_list: WordList) -> Iterator[Found]:
    """The people whom a label or a title names in a line.

    Args:
        line: normal text (:meth:`WordList.normal`).
        words: its words.
        word_list: the word list.
    """
    yield from _labelled(line, word_list)
    yield from _compound(line, words)
    yield from _known(words)
    yield from _titled(line, words, word_list)


def labelled_cell(line: str, labels: str, word_list: WordList) -> Iterator[Found]:
    """What a whole cell or field is that stands under a label."""
    text = line.strip()
    start = line.find(text) if text else 0
    if _is_word(text, word_list):
        return
    if _SEGMENT_PERSON.search(labels) and _NAME_ONLY.fullmatch(text):
        yield Found(start, start + len(text), "PERSON", LABELLED)
    elif _SEGMENT_ORGANISATION.search(labels) and _PLAIN_NAME.fullmatch(text):
        yield Found(start, start + len(text), "PERSON", _MAYBE)


def is_labelled(line: str, at: int) -> bool:
    """Whether the label of a person ends there."""
    return _LABEL_BEFORE.search(line, max(0, at - _LONGEST_LABEL), at) is not None


def is_name_like(text: str) -> bool:
    """Whether it has the form of a Chinese name: a surname and one or two characters."""
    return _PLAIN_NAME.fullmatch(text) is not None


def _is_word(text: str, word_list: WordList) -> bool:
    """Whether it is an ordinary word, a role or a title rather than a name."""
    return text in ROLES or text in TITLES or word_list.kind(text) in _COMMON


def _is_usual(text: str, word_list: WordList) -> bool:
    """Whether it is a word so common that not even a label makes a name of it."""
    if word_list.kind(text) in {"title", "role", "speech"} or text in ROLES:
        return True
    return _is_word(text, word_list) and (len(text) > 3 or word_list.is_common(text))


def _labelled(line: str, word_list: WordList) -> Iterator[Found]:
    patterns = [_SPACED_LABEL, _RECEIVES, _NAME_AND_NUMBER]
    if ":" in line or " " in line or "\t" in line:
        patterns.append(_PERSON_LABEL)
    for pattern in patterns:
        for match in pattern.finditer(line):
            for name in _NAMES.finditer(line, *match.span("names")):
                if not _is_usual(name.group().replace(" ", ""), word_list):
                    yield Found(*name.span(), "PERSON", LABELLED)
            if pattern is _NAME_AND_NUMBER and not _is_usual(match["names"], word_list):
                yield Found(*match.span("names"), "PERSON", LABELLED)


def _known(words: Words) -> Iterator[Found]:
    """A person whom the word list knows, right behind a title."""
    for (_, end, before), (start, stop, kind) in pairwise(words):
        if before == "title" and kind in {"nr", "nrt"} and start == end and stop - start > 2:
            yield Found(start, stop, "PERSON", PARTY)


def _compound(line: str, words: Words) -> Iterator[Found]:
    """A surname of two characters and what follows it: 上官云飞."""
    matches = list(_COMPOUND.finditer(line))
    if not matches:
        return
    starting = {start: end for start, end, _ in words}
    for match in matches:
        start, end = match.span()
        if _HONORIFIC.match(line, start + 2):
            continue
        if end == start + 4 and starting.get(end - 1, 0) > end:
            end -= 1  # 欧阳德|因为
        yield Found(start, end, "PERSON", TITLED)


def _titled(line: str, words: Words, word_list: WordList) -> Iterator[Found]:
    single = {start for start, end, _ in words if end - start == 1}
    begins = {start for start, _, _ in words}
    for match in _TITLED.finditer(line):
        start, end = match.span("names")
        alone = start in single or end - start == 2 or end not in begins
        plain = line[start:end] in _DOUBTFUL and not _ADDRESSED.match(line, match.end())
        if alone and start in begins and not plain:
            yield Found(start, end, "PERSON", TITLED)
    for pattern in (_TITLED_SHORT, _TITLED_GREETED, _NAME_TITLED, _FAMILIAR):
        for match in pattern.finditer(line):
            rest = line[match.start("names") + 1 : match.end("names")]
            if len(rest) > 1 and word_list.is_common(rest) and word_list.kind(rest) == "n":
                continue  # 原部门
            if _likely(line, match, words) and not _is_word(match["names"], word_list):
                yield Found(*match.span("names"), "PERSON", TITLED)


def _likely(line: str, match: re.Match[str], words: Words) -> bool:
    """Not when the name and what follows are ordinary words (高级工, 常务董)."""
    start, end = match.span()
    return not any(
        begin == match.start("names") and stop - begin > 1 and stop <= end and kind in _COMMON
        for begin, stop, kind in words
        if start <= begin < end
    ) or (line[start] in "小老阿")


def firms(line: str, words: Words) -> Iterator[Found]:
    """Organisations by their ending, from the left border of the name on."""
    for match in _FIRM.finditer(line):
        start = _left_border(line, match.start(), words)
        end = match.end()
        if match.start() - start >= 2 and line[start:end] not in _TOO_PLAIN:
            yield Found(start, end, "ORGANIZATION", FIRM)


def parties(line: str, words: Words) -> Iterator[Found]:
    """What stands behind 甲方：, 公司名称： and their like, where it is no person and no sentence."""
    for match in _PARTY.finditer(line):
        start, end = match.span("value")
        value = line[start:end]
        inner = [(line[a:b], kind) for a, b, kind in words if start <= a and b <= end]
        sentence = any(word in _STOPS or kind in _NO_PARTS for word, kind in inner)
        if not sentence and value not in ROLES and not is_name_like(value):
            yield Found(start, end, "ORGANIZATION", PARTY)


def _left_border(line: str, end: int, words: Words) -> int:
    """Where the name begins that ends at ``end``: behind a mark, a verb, a preposition, a role."""
    earliest = max(0, end - _LONGEST_FIRM)
    at = end
    depth = 0
    while at > earliest and _INNER.match(line, at - 1):
        if line[at - 1] == ")":
            depth += 1
        elif line[at - 1] == "(":
            if not depth:
                break
            depth -= 1
        at -= 1
    border = at
    place = -1
    for start, stop, kind in words:
        if start < at or stop > end:
            continue
        word = line[start:stop]
        small = stop - start < 4 and word != "中国"
        if stop < end and (
            word in _STOPS
            or (small and kind in _BORDERS)
            or (kind == "v" and stop - start > 1 and word not in _TRADES)
        ):
            border, place = stop, -1
        elif kind == "ns" and stop - start > 1 and place < 0 and line[start - 1 : start] != "(":
            place = start
    return place if place - border > 2 else border
