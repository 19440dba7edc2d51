"""Korean names: the model, and rules for titles, labels, firms and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from recognizers.names.cjk import Found, Line
from recognizers.names.cjk_lists import listed
from recognizers.names.spoken import SpokenNames

_SYLLABLE = "\uac00-\ud7a3"
_LABELLED = 0.9
_ADDRESS = 0.85
_TITLED = 0.8
_FIRM = 0.8

# The surnames of the census of 2015 with more than 10,000 bearers, and those of two syllables.
_SURNAMES = "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구나민진지엄채원천방공현함변염여추도소석선설마길연위표명기반라왕금옥육인맹제모류"
_SURNAME = f"(?:남궁|황보|제갈|선우|독고|사공|[{_SURNAMES}])"
_NAME = f"{_SURNAME} ?[{_SYLLABLE}]{{1,2}}"
_LABEL = re.compile(
    "(?:성 ?명|이 ?름|담당자|대표(?:이사|자)?|연락 ?담당|받는 ?(?:사람|분)|보내는 ?(?:사람|분)|보낸 ?사람|수령인|수취인|예금주|신청인|신청자|고객명|환자(?:명)?|담당의|주치의|원고|피고|"
    f"작성자|승인자|책임자|보호자|계약자|임대인|임차인|매도인|매수인|위임인|수임인|변호사|갑|을)(?: ?: ?| {{1,3}})(?P<name>{_NAME})(?![{_SYLLABLE}])"
)
_POSTS = (
    "씨|님|군|양|옹|여사|대표(?:이사)?|사장|부사장|회장|부회장|이사|상무|전무|부장|차장|과장|대리|사원|주임|팀장|실장|본부장|센터장|원장|교수|박사|선생(?:님)?|교사|의사|변호사|판사|검사|기자|의원|장관|"
    "차관|총리|대통령|시장|도지사|군수|구청장|감독|선수|코치|작가|배우|가수|간호사|위원장|고객"
)
_TITLED_NAME = re.compile(
    f"(?<![{_SYLLABLE}])(?P<name>{_SURNAME}[{_SYLLABLE}]{{1,2}}) ?(?:{_POSTS})(?:님)?(?:은|는|이|가|을|를|에게|께|께서|의|과|와|도|입니다|이다)?(?![{_SYLLABLE}])"
)
_FIRM_FIRST = re.compile(
    rf"(?:주식회사|유한회사|재단법인|사단법인|법무법인|회계법인|세무법인|\(주\)|㈜) ?[{_SYLLABLE}A-Za-z0-9&]{{2,20}}"
)
_FIRM_LAST = re.compile(
    rf"(?<![{_SYLLABLE}])[{_SYLLABLE}A-Za-z0-9&]{{2,20}} ?(?:주식회사|유한회사|\(주\)|㈜)(?![{_SYLLABLE}])"
)
_PLACE = re.compile(
    rf"(?:\(?(?<![0-9])[0-9]{{5}}\)? )?(?:[{_SYLLABLE}]{{2,7}}(?:특별자치도|특별자치시|특별시|광역시|도|시)? )?(?:[{_SYLLABLE}]{{1,4}}[시군] )?(?:[{_SYLLABLE}]{{1,4}}[구군시읍면] )"
    rf"(?:[{_SYLLABLE}]{{1,5}}[읍면동] )?(?:[{_SYLLABLE}0-9]{{1,10}}(?:대로|로|길)(?: ?[0-9]{{1,3}}번?길)? ?[0-9]{{1,4}}(?:-[0-9]{{1,3}})?|[{_SYLLABLE}0-9]{{1,6}}[동리가] [0-9]{{1,4}}(?:-[0-9]{{1,4}})?(?:번지)?)"
    rf"(?:,? ?\([{_SYLLABLE}0-9, ]{{2,20}}\))?(?:,? ?[{_SYLLABLE}A-Za-z0-9]{{2,14}}(?:아파트|빌라|타워|빌딩|오피스텔|연립|프라자))?(?:,? ?[0-9A-Z가-하]{{1,4}}(?:동|층|호))*"
)
_LABELLED_PLACE = re.compile(
    rf"(?:주소|소재지|배송지|거주지|사업장)(?: ?: ?)(?P<place>[{_SYLLABLE}A-Za-z0-9 ,()\-]{{8,80}})"
)
_CELL = re.compile("성명|이름|담당|고객명|name")
# Words of two or three syllables that begin as surnames do and stand before a title.
_NO_NAMES = frozenset(
    listed(
        "고객 주민 선생 사장 교수 부장 담당 지원 관리 이용 이용자 주인 전임 신임 현직 전직 원장 부모 조합 한국 정부 여당 야당 유명 남자 여자 주연 조연 인기 신인 국가 장관 지역 서울 이사 대표 최고 "
        "주치 담당자 임시 전문 수석 선임 책임 공동 명예 하나 우리 이번 지난 주요 모든 여러 어느 전체 일반 신규 기존 해당 상대 소속 남성 여성 아버 어머 형 누나 언니 오빠 부회 부사 손 마을 공인 전담 배달 "
        "한 두 세 네 첫 이 그 저 구단 구매 구입 방문 이웃 임산 장애 노인 청소 청년 국회 안내 문의 신청 예약 주문 회원"
    )
)

_ORDINARY = re.compile("|".join(sorted(word for word in _NO_NAMES if len(word) > 1)))


class KoreanNames(SpokenNames):
    """Finds ``PERSON``, ``ORGANIZATION``, ``LOCATION`` and ``ADDRESS`` in Korean lines."""

    language: ClassVar[str] = "ko"
    model = "korean"

    def counts(self, text: str, start: int, end: int, label: str) -> bool:
        """Something written in letters, and no ordinary word before a title or part of one."""
        value = text[start:end]
        word = _ORDINARY.match(text, start)
        if label == "PERSON" and (value in _NO_NAMES or (word and word.end() > end)):
            return False
        return any(char.isalpha() for char in value)

    def rules(self, line: Line) -> Iterator[Found]:
        """Labels, titles, forms of firms, addresses."""
        text = line.text
        for pattern, score in ((_LABEL, _LABELLED), (_TITLED_NAME, _TITLED)):
            for match in pattern.finditer(text):
                if match["name"] not in _NO_NAMES:
                    yield Found(*match.span("name"), "PERSON", score)
        for pattern in (_FIRM_FIRST, _FIRM_LAST):
            for match in pattern.finditer(text):
                yield Found(*match.span(), "ORGANIZATION", _FIRM)
        yield from _addresses(text)
        yield from _cell(line)


def _cell(line: Line) -> Iterator[Found]:
    """A whole cell or field under a label such as 성명."""
    value = line.text.strip()
    if not (line.whole and _CELL.search(line.labels)):
        return
    if re.fullmatch(_NAME, value) and value not in _NO_NAMES:
        start = line.text.find(value)
        yield Found(start, start + len(value), "PERSON", _LABELLED)


def _addresses(text: str) -> Iterator[Found]:
    for match in _PLACE.finditer(text):
        yield Found(*match.span(), "ADDRESS", _ADDRESS)
    for match in _LABELLED_PLACE.finditer(text):
        place = match["place"].rstrip(" ,(")
        if any(char.isdigit() for char in place):
            start = match.start("place")
            yield Found(start, start + len(place), "ADDRESS", _ADDRESS)
