"""The recogniser for Chinese names, with its model."""

import threading
import time

import pytest

from recognizers import Tunable
from recognizers.names.chinese import ChineseNames
from recognizers.names.cjk import Found, lines_in, resolved


@pytest.fixture(scope="module")
def recognizer() -> ChineseNames:
    return ChineseNames()


def find(recognizer: ChineseNames, text: str, *entities: str) -> list[str]:
    return [
        text[one.start : one.end]
        for one in recognizer.analyze(text, [])
        if not entities or one.entity_type in entities
    ]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("沈若琳女士，1975年出生，硕士，现任公司董事。", "沈若琳"),
        ("本报记者邵一凡报道", "邵一凡"),
        ("被告人贺志强于昨日被逮捕。", "贺志强"),
        ("会议由陶建国主持，邵丽华汇报了进展。", "陶建国"),
        ("德国外长施密特抵达东京。", "施密特"),
        ("约翰·卡特尔当选总统。", "约翰·卡特尔"),
        ("@邵晓燕 麻烦看一下", "邵晓燕"),
        ("司马云飞和欧阳静一起去了公园。", "司马云飞"),
        ("聯絡人：陳志豪", "陳志豪"),
        ("请联系Emily Carter或邵晓燕。", "邵晓燕"),
    ],
)
def test_people_are_found_in_every_kind_of_text(recognizer, text, person) -> None:
    assert person in find(recognizer, text, "PERSON")


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("我在北京工作。", "LOCATION", "北京"),
        ("北京", "LOCATION", "北京"),
        ("他毕业于清华大学。", "ORGANIZATION", "清华大学"),
        ("甲方：苏州棠溪电子科技有限公司", "ORGANIZATION", "苏州棠溪电子科技有限公司"),
        (
            "我住在西湖区文三路999号棠溪花园3栋2单元501室。",
            "ADDRESS",
            "西湖区文三路999号棠溪花园3栋2单元501室",
        ),
    ],
)
def test_places_organisations_and_addresses_are_found(recognizer, text, entity, value) -> None:
    assert [value] == find(recognizer, text, entity)


@pytest.mark.parametrize(
    "text",
    [
        "我很高兴，马上就来。",
        "白色的、黄色的都卖完了，方便面打九折。",
        "程序运行成功，任务已完成，余额请在钱包中查看。",
        "常见单位、金额、时间、方面、向前、连接、于是",
        "甲方、乙方和丙方三方协商一致，客户要求退款。",
        "本公司与贵公司的合作，我司负责施工。",
        "王者荣耀和原神都是游戏。",
        "总经理办公室、人力资源部、董事会秘书",
    ],
)
def test_ordinary_words_and_roles_are_no_people(recognizer, text) -> None:
    assert [] == find(recognizer, text, "PERSON", "ADDRESS")


def test_text_without_ideographs_costs_nothing_and_finds_nothing(recognizer) -> None:
    assert [] == find(recognizer, "Zhang Wei lives in Beijing. " * 10)


def test_every_result_says_who_found_it_and_counts_by_default(recognizer) -> None:
    for one in recognizer.analyze("姓名：沈若琳，住北京，任职于棠溪大学。", []):
        assert one.score >= 0.5
        assert recognizer.name == one.recognition_metadata["recognizer_name"]


def test_only_the_entities_asked_for_are_returned(recognizer) -> None:
    results = recognizer.analyze("沈若琳在北京。", ["LOCATION"])
    assert {"LOCATION"} == {one.entity_type for one in results}


def test_strictness_finds_no_less_when_it_is_stricter() -> None:
    text = "老陶说邵家的沈大宝去了棠溪，龙且也在，项云生没来。贾岛的朋友苗苗住在西单附近。" * 3
    counts = []
    for strictness in ("relaxed", "normal", "strict"):
        recognizer = ChineseNames()
        assert isinstance(recognizer, Tunable)
        recognizer.tune(strictness, ["zh"])
        covered = {at for one in recognizer.analyze(text, []) for at in range(one.start, one.end)}
        counts.append(len(covered))
    assert counts == sorted(counts)


def test_threads_find_the_same_as_one(recognizer) -> None:
    text = "记者邵一凡、沈若琳在杭州市报道。\n" * 20
    expected = find(recognizer, text)
    results: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: results.append(find(recognizer, text))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [expected] * 4 == results


@pytest.mark.parametrize(
    "text",
    [
        "张伟在上海" * 8_000,
        "张伟在上海，李娜去了北京。" * 4_000,
        "路1号" * 13_000,
        "（" * 40_000 + "张",
        "姓名 " * 13_000,
    ],
)
def test_text_without_sentences_stays_linear(recognizer, text) -> None:
    before = time.process_time()
    recognizer.analyze(text, [])
    assert time.process_time() - before < 20  # a second or two; quadratic would be minutes


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("张伟在北京", {"zh"}),
        ("山田さんは東京にいます", {"ja"}),
        ("김민준 씨", {"ko"}),
        ("Zhang Wei", set()),
        ("张伟の店铺，主营各类茶叶与茶具", {"zh"}),
    ],
)
def test_a_line_goes_to_the_language_of_its_script(text, languages) -> None:
    pieces = [(0, len(text), "")]
    assert languages == {
        language for language in ("zh", "ja", "ko") if list(lines_in(language, text, pieces))
    }


def test_a_cell_of_ideographs_in_a_japanese_document_is_tried_by_both() -> None:
    text = "これはペンです。ありがとうございます。\n\0\n山田太郎"
    first, second = text.split("\n\0\n")
    pieces = [(0, len(first), ""), (len(text) - len(second), len(text), "氏名")]
    for language in ("zh", "ja"):
        assert "山田太郎" in [line.text for line in lines_in(language, text, pieces)]


def test_of_names_that_overlap_the_surer_stays_and_nothing_is_uncovered() -> None:
    sure, unsure = Found(3, 8, "PERSON", 0.9), Found(0, 6, "ADDRESS", 0.6)
    assert [Found(0, 3, "ADDRESS", 0.6), sure] == resolved([unsure, sure])


def test_two_parts_of_one_address_become_one() -> None:
    parts = [Found(0, 6, "ADDRESS", 0.9), Found(4, 9, "ADDRESS", 0.6)]
    assert [Found(0, 9, "ADDRESS", 0.9)] == resolved(parts)
