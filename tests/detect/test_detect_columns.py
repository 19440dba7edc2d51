"""Tables: a column is judged as a whole, by its header and by its values."""

import csv
import io
import json
import random
import sqlite3
from collections.abc import Callable, Iterable, Sequence

import pytest
from docx import Document as Docx
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from gateway.detect import Detector
from gateway.detect.columns import Columns, context_words
from gateway.detect.overlaps import Span
from gateway.detect.tables.headers import (
    is_harmless,
    looks_like_a_name,
    names_people,
    names_things,
    says_nothing,
)
from gateway.detect.tables.texttables import TextCells, text_tables
from gateway.detect.tables.vouching import with_other_digit
from gateway.formats import open_document
from gateway.model import DetectionOptions, Hint, Segment
from recognizers.checksums import luhn

MOBILES = [f"138{number:08}" for number in range(12345678, 12345678 + 30 * 997, 997)]
MISTYPED = "1381234567"


@pytest.fixture(scope="module")
def detector() -> Detector:
    """Without what models find: names are told by hand below."""
    return Detector(DetectionOptions(ignore=frozenset({"PERSON", "ORGANIZATION", "ADDRESS"})))


def cells(values: Iterable[str], header: str = "", column: str = "A") -> list[Segment]:
    context = (header,) if header else ()
    return [
        Segment(value, f"{column}{row}", context=context, column=column)
        for row, value in enumerate(values, 2)
    ]


def found(detector: Detector, segments: Sequence[Segment]) -> list[tuple[str, str]]:
    return [
        (finding.entity, segments[finding.segment].text[finding.start : finding.end])
        for finding in detector.find(segments)
    ]


def with_luhn(body: str) -> str:
    return next(body + digit for digit in "0123456789" if luhn(body + digit))


def nhs(rng: random.Random) -> str:
    """A number of the UK health service with its check digit (mod 11)."""
    while True:
        body = [rng.randint(0, 9) for _ in range(9)]
        check = -sum(digit * (10 - place) for place, digit in enumerate(body)) % 11
        if check < 10:
            return "".join(map(str, [*body, check]))


# One odd cell does not escape.


@pytest.mark.parametrize("header", ["", "手机号", "Mobile", "Column 3"])
def test_a_mistyped_number_in_a_column_of_numbers_is_one_of_them(
    detector: Detector, header: str
) -> None:
    segments = cells([*MOBILES[:9], MISTYPED, *MOBILES[9:20]], header)
    assert ("PHONE_NUMBER", MISTYPED) in found(detector, segments)


def test_an_identity_number_with_a_digit_missing_or_a_wrong_date_is_one_all_the_same(
    detector: Detector,
) -> None:
    good = ["11010519491231002X", "440301199003077712", "310115198506120034", "510107197809234568"]
    odd = ["44030119900307771", "110105194913310021"]
    entities = {
        value: entity for entity, value in found(detector, cells([*good, *odd], "身份证号"))
    }
    assert {"CN_RESIDENT_ID"} == {entities.get(value) for value in odd}


def test_an_address_with_a_slip_is_an_email_address(detector: Detector) -> None:
    good = [f"user{number}@example.com" for number in range(9)]
    segments = cells([*good, "user10 at example.com"], "Contact")
    assert ("EMAIL_ADDRESS", "user10 at example.com") in found(detector, segments)


@pytest.mark.parametrize("nothing", ["n/a", "-", "无", "N/A", "unknown", "待定", "--", "see above"])
def test_a_cell_that_says_nothing_is_no_finding(detector: Detector, nothing: str) -> None:
    segments = cells([*MOBILES[:9], nothing], "手机号")
    assert nothing not in [value for _, value in found(detector, segments)]


def test_a_remark_in_a_column_of_numbers_is_no_number(detector: Detector) -> None:
    remark = "has moved, ask the front desk for the new one"
    segments = cells([*MOBILES[:9], remark], "手机号")
    assert remark not in [value for _, value in found(detector, segments)]


def test_four_cells_are_no_evidence(detector: Detector) -> None:
    segments = cells([*MOBILES[:3], MISTYPED])
    assert MISTYPED not in [value for _, value in found(detector, segments)]


def test_an_allowed_value_is_no_finding_whatever_its_column() -> None:
    detector = Detector(DetectionOptions(allow_list=(MISTYPED,)))
    segments = cells([*MOBILES[:9], MISTYPED], "Column 3")
    assert MISTYPED not in [value for _, value in found(detector, segments)]


def test_what_is_ignored_is_not_added() -> None:
    detector = Detector(DetectionOptions(ignore=frozenset({"PHONE_NUMBER"})))
    assert [] == found(detector, cells([*MOBILES[:9], MISTYPED], "Column 3"))


def test_a_number_that_nothing_names_is_known_by_the_check_digits_of_its_column(
    detector: Detector,
) -> None:
    rng = random.Random(7)
    values = [nhs(rng) for _ in range(12)]
    assert [("UK_NHS", value) for value in values] == found(detector, cells(values))


def test_numbers_without_check_digits_are_not_asked_into_identifiers(detector: Detector) -> None:
    rng = random.Random(8)
    values = [str(rng.randint(10**9, 10**10 - 1)) for _ in range(40)]
    assert [] == found(detector, cells(values))


# One odd cell raises no alarm.


def test_order_numbers_of_which_some_look_like_mobiles_are_none(detector: Detector) -> None:
    rng = random.Random(9)
    values = [str(rng.randint(10**10, 10**11 - 1)) for _ in range(60)]
    values[5], values[17] = MOBILES[0], MOBILES[1]
    assert [] == found(detector, cells(values, "Ref"))


@pytest.mark.parametrize("header", ["Order No", "订单号", "Amount", "数量", "orderNumber", "qty"])
def test_bare_numbers_under_a_harmless_header_are_none(detector: Detector, header: str) -> None:
    assert [] == found(detector, cells(MOBILES[:8], header))


def test_cards_under_a_harmless_header_are_cards_if_their_check_digits_say_so(
    detector: Detector,
) -> None:
    values = [with_luhn(f"4{number * 7919:014}") for number in range(101, 113)]
    assert [("CREDIT_CARD", v) for v in values] == found(detector, cells(values, "Order No"))


CERTAIN = {
    "EMAIL_ADDRESS": "zhang.wei@example.com",
    "CN_RESIDENT_ID": "11010519491231002X",
    "IBAN_CODE": "DE89370400440532013000",
    "API_KEY": "ghp_9aB8cD7eF6gH5iJ4kL3mN2oP1qR0sT9uV8wX",
    "CN_USCC": "91110108MA01ABCD2H",
}


@pytest.mark.parametrize(("entity", "value"), CERTAIN.items())
def test_what_stands_for_itself_is_found_among_amounts(
    detector: Detector, entity: str, value: str
) -> None:
    amounts = [f"{number * 977}.50" for number in range(30)]
    segments = cells([*amounts, value], "金额")
    assert [(entity, value)] == found(detector, segments)


def test_a_number_with_its_plus_sign_is_found_among_others(detector: Detector) -> None:
    values = [str(10**9 + number * 7919) for number in range(30)]
    segments = cells([*values, "+1 415-555-2671"], "Ref")
    assert [("PHONE_NUMBER", "+1 415-555-2671")] == found(detector, segments)


def test_a_number_that_looks_unlike_its_fellows_is_found(detector: Detector) -> None:
    values = ["Berlin", "Aachen", "Bonn", "Köln", "Trier", "Essen", "Kiel", "Ulm", MOBILES[0]]
    assert ("PHONE_NUMBER", MOBILES[0]) in found(detector, cells(values, "Ref"))


def test_a_value_that_its_row_names_is_found(detector: Detector) -> None:
    rows = {"Order": "10000000001", "Phone": MOBILES[0]} | {
        f"Item {number}": f"{29_000_000_000 + number * 7919}" for number in range(20)
    }
    segments = [Segment(value, "x", context=(label,), column="B") for label, value in rows.items()]
    assert [("PHONE_NUMBER", MOBILES[0])] == found(detector, segments)


# Names.


class _Names:
    """Stands for recognisers that find some names."""

    def __init__(self, *known: str) -> None:
        self._known = known

    def judged(self, segments: list[Segment]) -> list[str]:
        resolved = {
            position: [Span(0, len(segment.text), "PERSON", 0.6, "names")]
            for position, segment in enumerate(segments)
            if segment.text in self._known
        }
        columns = Columns({"PERSON": ["name"]}, {"PERSON": frozenset({"PERSONAL"})})
        judged = columns.judge(segments, resolved, lambda _: {}, lambda _span, _segment: True)
        return [segments[position].text for position in sorted(judged)]


PEOPLE = ["Emily Carter", "Tom Baker", "Xu Li", "María José Ríos", "O'Neill, Dan", "Zoë Ng"]


def test_the_other_names_of_a_column_of_names_are_names() -> None:
    segments = cells([*PEOPLE, "Total", "12"], "Col 1")
    assert PEOPLE == _Names(*PEOPLE[:5]).judged(segments)


def test_a_header_that_speaks_of_people_is_enough() -> None:
    people = ["欧阳修文", "张伟", "王芳", "李娜", "赵敏", "买买提·艾力"]
    assert people == _Names().judged(cells([*people, "合计"], "姓名"))


def test_a_few_hits_among_products_are_no_names() -> None:
    products = ["Jack Daniel", "Cable", "Toner", "Paper A4", "Johnnie Walker", "Ink", "Pens"]
    assert [] == _Names("Jack Daniel", "Johnnie Walker").judged(cells(products, "Product"))


def test_a_name_among_other_things_stays_where_the_header_says_nothing() -> None:
    values = ["System", "Batch 7", "Emily Carter", "nightly job", "System", "import"]
    assert ["Emily Carter"] == _Names("Emily Carter").judged(cells(values, "Source"))


# Headers and cells.


@pytest.mark.parametrize(
    "header", ["amount", "unit price", "order no", "订单号", "金额（元）", "created at", "isbn 13"]
)
def test_harmless_headers(header: str) -> None:
    assert is_harmless(header)


@pytest.mark.parametrize(
    "header", ["id", "编号", "phone", "身份证号", "name", "ref", "account", ""]
)
def test_headers_that_may_be_anyones(header: str) -> None:
    assert not is_harmless(header)


def test_headers_of_people_and_of_things() -> None:
    assert [True, True, False] == [names_people(h) for h in ("姓名", "last name", "product name")]
    assert [True, True, False] == [names_things(h) for h in ("品名", "product name", "patient")]


@pytest.mark.parametrize("text", ["", "-", "N/A", "无", "n/a.", "未提供", "???"])
def test_as_good_as_empty(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["0", "Ann", "无锡", "13812345678", "none of them came"])
def test_not_empty(text: str) -> None:
    assert not says_nothing(text)


@pytest.mark.parametrize("text", ["Total", "合计", "R2D2", "12", "a@b.com", "pending", "ok", ""])
def test_what_is_no_name(text: str) -> None:
    assert not looks_like_a_name(text)


@given(st.from_regex(r"[0-9]{6,20}", fullmatch=True))
def test_no_check_digit_survives_another_last_digit(number: str) -> None:
    changed = with_other_digit(number)
    assert len(number) == len(changed)
    assert not (luhn(number) and luhn(changed))


# Tables in running text.


HEADED = "name | part | SSN\n--- | --- | ---\n"


def test_a_header_in_running_text_speaks_for_its_column(detector: Detector) -> None:
    numbers = [f"53622{8700 + row}" for row in range(8)]
    text = HEADED + "".join(f"x | K-{row} | {number}\n" for row, number in enumerate(numbers))
    assert [("US_SSN", number) for number in numbers] == found(detector, [Segment(text, "x")])


def test_numbers_of_two_columns_are_no_telephone_number(detector: Detector) -> None:
    rng = random.Random(3)
    rows = [f"{rng.randint(10, 99)}  {rng.randint(10**10, 10**11 - 1)}  ab" for _ in range(60)]
    assert [] == found(detector, [Segment("\n".join(rows), "x")])


def test_a_word_of_another_column_does_not_speak_of_a_number(detector: Detector) -> None:
    lines = [f"{6219459351 + row * 7919}  Telephone expense  {row}" for row in range(30)]
    assert [] == found(detector, [Segment("\n".join(lines), "x")])


def test_the_label_to_the_left_does(detector: Detector) -> None:
    lines = [f"Call {row}  Tel  {2125550100 + row}" for row in range(10)]
    assert 10 == len(found(detector, [Segment("\n".join(lines), "x")]))


def test_numbers_in_a_pasted_table_are_known_by_their_check_digits(detector: Detector) -> None:
    rng = random.Random(12)
    values = [nhs(rng) for _ in range(100)]
    lines = "\n".join(f"{row}\t{value}\tok" for row, value in enumerate(values))
    assert [("UK_NHS", value) for value in values] == found(detector, [Segment(lines, "x")])


def test_a_mistyped_number_in_a_pasted_table_is_found(detector: Detector) -> None:
    lines = [f"{row}\t{number}" for row, number in enumerate([*MOBILES[:9], MISTYPED])]
    assert ("PHONE_NUMBER", MISTYPED) in found(detector, [Segment("\n".join(lines), "x")])


def test_a_table_may_be_lines_that_are_segments(detector: Detector) -> None:
    lines = [f"{row}\t{number}" for row, number in enumerate([*MOBILES[:9], MISTYPED])]
    segments = [Segment(line, "x") for line in lines]
    assert ("PHONE_NUMBER", MISTYPED) in found(detector, segments)


@given(
    st.lists(
        st.lists(st.text("ab1 .\t|;,-é中\n", max_size=12), min_size=1, max_size=6),
        max_size=30,
    ),
    st.sampled_from(["\t", "|", "  ", ",", ";"]),
)
@settings(deadline=None)
def test_cells_of_running_text_are_what_stands_there(rows: list[list[str]], sign: str) -> None:
    segment = Segment("\n".join(sign.join(row) for row in rows), "x")
    cells_of_all = TextCells()
    for table in text_tables([segment], {0: []}):
        cells_of_all.add(table)
    for cell, place in zip(cells_of_all.cells, cells_of_all.places, strict=True):
        assert cell.text == segment.text[place.start : place.end]
        assert cell.text == cell.text.strip() != ""


# Where columns come from.


ROWS = [["Part", "手机号", "note"], *[[f"K-{n}", mobile, "ok"] for n, mobile in enumerate(MOBILES)]]


def _as_csv() -> tuple[bytes, str]:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(ROWS)
    return buffer.getvalue().encode(), "a.csv"


def _as_xlsx() -> tuple[bytes, str]:
    book = Workbook()
    for row in ROWS:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue(), "a.xlsx"


def _as_docx() -> tuple[bytes, str]:
    document = Docx()
    table = document.add_table(len(ROWS), 3)
    for row, values in zip(table.rows, ROWS, strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue(), "a.docx"


def _as_html() -> tuple[bytes, str]:
    rows = "".join(f"<tr>{''.join(f'<td>{v}</td>' for v in row)}</tr>" for row in ROWS)
    return f"<!doctype html><table>{rows}</table>".encode(), "a.html"


def _as_json() -> tuple[bytes, str]:
    rows = [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]
    return json.dumps({"rows": rows}, ensure_ascii=False).encode(), "a.json"


def _as_ndjson() -> tuple[bytes, str]:
    rows = [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return lines.encode(), "a.jsonl"


def _as_sqlite() -> tuple[bytes, str]:
    connection = sqlite3.connect(":memory:")
    connection.execute('CREATE TABLE t ("Part" TEXT, "手机号" TEXT, note TEXT)')
    connection.executemany("INSERT INTO t VALUES (?, ?, ?)", ROWS[1:])
    connection.commit()
    data = connection.serialize()
    connection.close()
    return data, "a.db"


def _as_rtf() -> tuple[bytes, str]:
    def written(text: str) -> str:
        return "".join(c if c.isascii() else f"\\u{ord(c)}?" for c in text)

    rows = "".join(
        "\\trowd\\cellx1000\\cellx2000\\cellx3000 "
        + "".join(f"\\pard\\intbl {written(value)}\\cell " for value in row)
        + "\\row\n"
        for row in ROWS
    )
    return f"{{\\rtf1\\ansi {rows}\\pard end\\par}}".encode(), "a.rtf"


@pytest.mark.parametrize(
    "make", [_as_csv, _as_xlsx, _as_docx, _as_html, _as_json, _as_ndjson, _as_sqlite, _as_rtf]
)
def test_the_cells_of_a_column_and_no_others_have_its_name(
    make: Callable[[], tuple[bytes, str]],
) -> None:
    data, name = make()
    segments = open_document(data, Hint(name)).segments()
    of_mobile = {s.column for s in segments if s.text in MOBILES}
    of_part = {s.column for s in segments if s.text.startswith("K-")}
    assert 1 == len(of_mobile) == len(of_part)
    assert "" not in of_mobile | of_part
    assert of_mobile.isdisjoint(of_part)


def test_two_tables_of_a_document_have_columns_of_their_own() -> None:
    table = "<table><tr><td>a</td></tr><tr><td>b</td></tr></table>"
    segments = open_document(f"<!doctype html>{table}{table}".encode(), Hint("a.html")).segments()
    assert 2 == len({segment.column for segment in segments})


# Cost.


def test_no_cell_is_looked_at_more_than_a_few_times() -> None:
    """Twice the cells, twice the work, counted in texts that were read."""

    class Counted(str):
        reads = 0
        __slots__ = ()

        def strip(self, chars: str | None = None) -> str:
            Counted.reads += 1
            return super().strip(chars)

    def reads(count: int) -> int:
        Counted.reads = 0
        segments = cells([Counted(f"{number:011}") for number in range(count)], "Ref")
        resolved = {n: [Span(0, 11, "PHONE_NUMBER", 0.7, "x")] for n in range(0, count, 20)}
        columns = Columns(context_words([]), {"PHONE_NUMBER": frozenset({"CONTACT"})})
        columns.judge(segments, resolved, lambda _: {}, lambda _span, _segment: True)
        return Counted.reads

    assert reads(40_000) <= 2.2 * reads(20_000)
    assert reads(20_000) <= 6 * 20_000
