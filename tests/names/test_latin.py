"""The recogniser for names in Latin scripts, with its model."""

import threading
from collections.abc import Iterator

import pytest

from gateway.detect import Detector
from gateway.model import DetectionOptions, Segment
from recognizers import Pieces, Tunable
from recognizers.names.latin import LANGUAGES, LatinNames

NAMES = ("PERSON", "ORGANIZATION", "LOCATION", "ADDRESS")


@pytest.fixture(scope="module")
def recognizer() -> LatinNames:
    return LatinNames()


def find(recognizer: LatinNames, text: str, *entities: str) -> list[str]:
    return [
        text[one.start : one.end]
        for one in recognizer.analyze(text, [])
        if not entities or one.entity_type in entities
    ]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("I met Emily Carter in the lobby.", "Emily Carter"),
        ("Yesterday Oluwaseun Adebayo resigned.", "Oluwaseun Adebayo"),
        ("The minister, Nguyen Van Minh, denied it.", "Nguyen Van Minh"),
        ("Gestern hat Ulrike Brandstätter angerufen.", "Ulrike Brandstätter"),
        ("Hier, Élodie Lefèvre a signé le contrat.", "Élodie Lefèvre"),
        ("Ayer llamó Ximena Castillo al hospital.", "Ximena Castillo"),
        ("Il contratto è firmato da Giulia Bianchi.", "Giulia Bianchi"),
        ("Vandaag belde Sanne de Vries ons op.", "Sanne de Vries"),
        ("Ontem João Ferreira ligou.", "João Ferreira"),
        ("Wczoraj zadzwonił Tomasz Kowalski.", "Tomasz Kowalski"),
        ("Igår ringde Åsa Lindqvist.", "Åsa Lindqvist"),
        ("I går ringede Mette Frandsen.", "Mette Frandsen"),
        ("Eilen Aino Virtanen soitti.", "Aino Virtanen"),
        ("EMILY CARTER signed.", "EMILY CARTER"),
        ("Hi, my name is priya sharma.", "priya sharma"),
        ("请联系Emily Carter，谢谢。", "Emily Carter"),
    ],
)
def test_people_are_found_in_every_language(recognizer, text, person) -> None:
    assert person in find(recognizer, text, "PERSON")


@pytest.mark.parametrize(
    "text",
    [
        "The Borrower shall repay the Loan to the Lender.",
        "CONFIDENTIALITY AND NON-DISCLOSURE AGREEMENT",
        "Terms and Conditions",
        "import java.util.List;\npublic class UserService extends BaseService {",
        "2024-01-15 12:30:07 INFO OrderService - Started OrderService in 3 seconds",
        "Monday, 4 March",
        "Total Amount Due\tUnit Price\tQuantity",
        "Requires Python >= 3.13 and PostgreSQL 16.",
        "SELECT Id, Total FROM Orders WHERE Total > 5;",
        "Will it rain in May?",
        "const App = () => <Button onClick={handleClick}>Save</Button>;",
        "Chief Executive Officer",
    ],
)
def test_roles_headings_code_and_logs_hold_no_person(recognizer, text) -> None:
    assert [] == find(recognizer, text, "PERSON", "ADDRESS")


def test_stricter_finds_no_less() -> None:
    text = "Spoke with Xanthe re Quillon order; Brix and Ouma to follow up in Zell."
    counts = []
    for strictness in ("relaxed", "normal", "strict"):
        recognizer = LatinNames()
        recognizer.tune(strictness, LANGUAGES)
        covered = {at for one in recognizer.analyze(text, []) for at in range(one.start, one.end)}
        counts.append(len(covered))
    assert sorted(counts) == counts
    assert counts[0] < counts[2]


def test_it_is_silent_where_no_language_of_its_own_is_wanted() -> None:
    recognizer = LatinNames()
    recognizer.tune("normal", ("zh", "ja"))
    assert [] == recognizer.analyze("Emily Carter", [])


def test_it_can_be_tuned() -> None:
    assert isinstance(LatinNames(), Tunable)


class Cells:
    """Pieces of a table, as the detector hands them over."""

    def __init__(self, *cells: tuple[str, str]) -> None:
        self.text = "\n\0\n".join(value for value, _ in cells)
        self._cells = cells

    def pieces(self) -> Iterator[tuple[int, int, str]]:
        at = 0
        for value, labels in self._cells:
            yield at, at + len(value), labels
            at += len(value) + 3

    def labels_at(self, position: int) -> str:
        return next(labels for start, end, labels in self.pieces() if start <= position <= end)


def test_cells_are_read_with_their_labels_and_places_count_in_the_whole_text(recognizer) -> None:
    cells = Cells(
        ("Carter", "last name"),
        ("Open", "status"),
        ("5 Oak St", "address"),
        ("x9", "name"),
        ("Xyla", "company"),
    )
    assert isinstance(cells, Pieces)
    found = {
        (one.entity_type, cells.text[one.start : one.end])
        for one in recognizer.analyze(cells.text, [], cells)
    }
    assert {("PERSON", "Carter"), ("ADDRESS", "5 Oak St"), ("ORGANIZATION", "Xyla")} == found


def test_spans_lie_in_one_piece(recognizer) -> None:
    cells = Cells(("Emily", ""), ("Carter", ""), ("Mr", ""), ("Jones", ""))
    for one in recognizer.analyze(cells.text, [], cells):
        assert "\0" not in cells.text[one.start : one.end]


def test_what_is_found_counts_by_default() -> None:
    detector = Detector(DetectionOptions())
    text = "Emily Carter of Xyla Holdings, Inc. lives at 742 Oak Terrace, Fairmont, IL 62704."
    found = {finding.entity for finding in detector.find([Segment(text, "x")])}
    assert {"PERSON", "ORGANIZATION", "ADDRESS"} <= found


def test_a_name_is_found_again_by_its_surname() -> None:
    detector = Detector(DetectionOptions())
    texts = ["Emily Trevanion joined us.", "total 5 Trevanion 7"]
    findings = detector.find([Segment(text, "x") for text in texts])
    assert {"Emily Trevanion", "Trevanion"} <= {texts[f.segment][f.start : f.end] for f in findings}


def test_threads_find_the_same(recognizer) -> None:
    text = "Emily Carter met Oluwaseun Adebayo at Xyla Holdings, Inc. in Nairobi. " * 20
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
        "A" * 300_000,
        "a.B" * 80_000,
        "1.1." * 60_000,
        "A b " * 60_000,
        "Mr. " * 50_000,
        "Inc, " * 40_000,
    ],
)
def test_odd_text_is_passed_by_in_linear_time(recognizer, text) -> None:
    assert isinstance(recognizer.analyze(text, []), list)


def test_nothing_of_the_text_shows_in_an_error_or_a_repr(recognizer) -> None:
    assert "Carter" not in repr(recognizer.analyze("Emily Carter", []))
