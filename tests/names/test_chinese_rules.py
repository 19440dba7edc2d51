"""What the form of a Chinese document gives away: labels, titles, firms."""

import pytest

from recognizers.names.chinese_rules import firms, labelled_cell, parties, people
from recognizers.names.chinese_words import word_list


def named(text: str) -> list[str]:
    normal = word_list().normal(text)
    results = people(normal, word_list().words(normal), word_list())
    return sorted({text[one.start : one.end] for one in results})


def firm_names(text: str) -> list[str]:
    normal = word_list().normal(text)
    return [text[one.start : one.end] for one in firms(normal, word_list().words(normal))]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("姓名：沈棠溪", ["沈棠溪"]),
        ("姓名 沈棠溪 部门 市场部", ["沈棠溪"]),
        ("联系人:欧阳若兰 电话", ["欧阳若兰"]),
        ("法定代表人（签字）：贺 峰", ["贺 峰"]),
        ("紧急联系人：阿依古丽·买买提", ["阿依古丽·买买提"]),
        ("参会人员：陶然、邵一凡、鲍小萌", ["邵一凡", "陶然", "鲍小萌"]),
        ("乙方（受托方）：陶一帆", ["陶一帆"]),
        ("审 判 长  孟 奇", ["孟 奇"]),
        ("鲍小萌13800000000", ["鲍小萌"]),
        ("鲍小萌（收）", ["鲍小萌"]),
    ],
)
def test_what_stands_behind_a_label_is_a_person(text, names) -> None:
    assert names == named(text)


@pytest.mark.parametrize(
    "text",
    [
        "联系人：见附件",
        "姓名：        性别：",
        "负责人：总经理",
        "经办人：客户",
        "申请人 审批人 备注",
        "联系人：无",
    ],
)
def test_a_role_or_a_word_behind_a_label_is_none(text) -> None:
    assert [] == named(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("请转告贺先生。", "贺"),
        ("欧阳老师您好", "欧阳"),
        ("今天邵主任不在", "邵"),
        ("陶总说可以", "陶"),
        ("邵工，图纸好了吗？", "邵"),
        ("小鲍，在吗", "小鲍"),
        ("陶一帆先生收", "陶一帆"),
    ],
)
def test_a_surname_before_a_title_is_a_person(text, name) -> None:
    assert [name] == named(text)


@pytest.mark.parametrize(
    "text",
    [
        "高级工程师",
        "常务董事",
        "女士优先",
        "各位老师好",
        "尊敬的先生",
        "全体同学",
        "高工资",
        "向老师学习的时候",
        "总经理办公室主任",
    ],
)
def test_a_word_before_a_title_is_none(text) -> None:
    assert [] == named(text)


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("甲方：杭州棠溪网络科技有限公司", "杭州棠溪网络科技有限公司"),
        ("本合同由棠溪（上海）贸易有限公司与客户签订", "棠溪（上海）贸易有限公司"),
        ("由青岛海棠建筑工程有限公司负责施工", "青岛海棠建筑工程有限公司"),
        ("向棠溪律师事务所咨询", "棠溪律师事务所"),
        ("现任棠溪集团股份有限公司董事", "棠溪集团股份有限公司"),
    ],
)
def test_a_firm_is_found_from_its_first_character_to_its_ending(text, firm) -> None:
    assert [firm] == firm_names(text)


@pytest.mark.parametrize("text", ["公司", "该公司与本公司", "有限公司", "我司", "某公司员工"])
def test_a_firm_without_a_name_is_none(text) -> None:
    assert [] == firm_names(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("甲方：海棠小筑民宿", ["海棠小筑民宿"]),
        ("乙方（承租人）：海棠文化  电话", ["海棠文化"]),
        ("公司名称：海棠小筑", ["海棠小筑"]),
        ("甲方：沈棠溪", []),
        ("甲方：应按时付款", []),
        ("乙方：见附件一", []),
    ],
)
def test_what_stands_behind_the_label_of_a_party_is_an_organisation(text, values) -> None:
    normal = word_list().normal(text)
    results = parties(normal, word_list().words(normal))
    assert values == [text[one.start : one.end] for one in results]


@pytest.mark.parametrize(
    ("text", "labels", "expected"),
    [
        ("沈棠溪", "姓名", ["PERSON"]),
        ("棠溪", "联系人", ["PERSON"]),
        ("Q3", "姓名", []),
        ("客户", "姓名", []),
        ("沈棠溪", "customer name", ["PERSON"]),
        ("沈棠溪", "数量", []),
        ("棠溪红", "product name", []),
    ],
)
def test_a_cell_is_judged_by_its_label(text, labels, expected) -> None:
    assert expected == [one.entity for one in labelled_cell(text, labels, word_list())]
