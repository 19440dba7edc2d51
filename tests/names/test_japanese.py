"""The recogniser for Japanese names, with its model."""

import pytest

from recognizers.names.japanese import JapaneseNames


@pytest.fixture(scope="module")
def recognizer() -> JapaneseNames:
    return JapaneseNames()


def find(recognizer: JapaneseNames, text: str, *entities: str) -> list[str]:
    return [
        text[one.start : one.end]
        for one in recognizer.analyze(text, [])
        if not entities or one.entity_type in entities
    ]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("氏名: 西野 健吾 のとおりです", "西野 健吾"),
        ("西野様、いつもお世話になっております。", "西野"),
        ("昨日、片桐さんに会いました。", "片桐"),
        ("ご担当者: 吉岡直樹", "吉岡直樹"),
        ("松浦部長と打ち合わせをしました。", "松浦"),
        ("小林健太郎は長野で生まれた。", "小林健太郎"),
    ],
)
def test_people_are_found_by_label_title_and_model(recognizer, text, person) -> None:
    assert any(person in name for name in find(recognizer, text, "PERSON"))


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("株式会社みどりソフトと契約した。", "株式会社みどりソフト"),
        ("東西商事株式会社の本社です。", "東西商事株式会社"),
    ],
)
def test_firms_are_found_by_their_form(recognizer, text, firm) -> None:
    found = find(recognizer, text, "ORGANIZATION")
    assert any(name in firm or firm in name for name in found)


@pytest.mark.parametrize(
    "address",
    [
        "東京都千代田区丸の内9丁目9番9号",
        "〒999-9999 大阪府大阪市北区梅田9-9-9 みどりビル3階",
        "神奈川県横浜市中区本町99番地",
    ],
)
def test_addresses_are_found_whole(recognizer, address) -> None:
    assert [address] == find(recognizer, f"住所は{address}です。", "ADDRESS")


@pytest.mark.parametrize(
    "text",
    [
        "お客様、皆様、いらっしゃいませ。",
        "担当者までお問い合わせください。",
        "この商品は品切れです。",
        "社長や部長が集まる会議です。",
    ],
)
def test_customers_and_everybody_are_no_people(recognizer, text) -> None:
    assert [] == find(recognizer, text, "PERSON")


def test_other_languages_are_left_to_others(recognizer) -> None:
    assert [] == find(recognizer, "张伟在北京工作。김민준 씨. Emily Carter.")
