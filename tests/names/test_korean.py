"""The recogniser for Korean names, with its model."""

import pytest

from recognizers.names.korean import KoreanNames


@pytest.fixture(scope="module")
def recognizer() -> KoreanNames:
    return KoreanNames()


def find(recognizer: KoreanNames, text: str, *entities: str) -> list[str]:
    return [
        text[one.start : one.end]
        for one in recognizer.analyze(text, [])
        if not entities or one.entity_type in entities
    ]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("성명: 노을빈", "노을빈"),
        ("이름 : 황보라 생년월일", "황보라"),
        ("윤도담 씨가 왔습니다.", "윤도담"),
        ("서라온님 안녕하세요.", "서라온"),
        ("차미르 대표는 회의에 참석했다.", "차미르"),
        ("김민준이 서울에서 열린 대회에서 우승했다.", "김민준"),
    ],
)
def test_people_are_found_by_label_title_and_model(recognizer, text, person) -> None:
    assert person in find(recognizer, text, "PERSON")


@pytest.mark.parametrize("firm", ["주식회사 새봄테크", "(주)새봄테크", "새봄테크 주식회사"])
def test_firms_are_found_by_their_form(recognizer, firm) -> None:
    assert [firm] == find(recognizer, f"갑: {firm}", "ORGANIZATION")


@pytest.mark.parametrize(
    "address",
    [
        "서울특별시 강남구 테헤란로 999",
        "경기도 성남시 분당구 판교역로 999번길 9, 새봄타워 9층",
        "부산광역시 해운대구 우동 999-9번지",
    ],
)
def test_addresses_are_found_whole(recognizer, address) -> None:
    assert [address] == find(recognizer, f"주소: {address}", "ADDRESS")


@pytest.mark.parametrize(
    "text",
    [
        "고객님, 주문이 접수되었습니다.",
        "담당자에게 문의하세요.",
        "이 제품은 품절되었습니다.",
        "선생님과 사장님",
    ],
)
def test_customers_and_posts_are_no_people(recognizer, text) -> None:
    assert [] == find(recognizer, text, "PERSON")


def test_other_languages_are_left_to_others(recognizer) -> None:
    assert [] == find(recognizer, "张伟在北京工作。山田さん。Emily Carter.")
