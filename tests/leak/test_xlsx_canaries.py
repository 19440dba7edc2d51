"""A canary in every place of a workbook where text can hide: none survives, nothing is blocked."""

import io
import re
import shutil
import subprocess
import warnings
import zipfile

import openpyxl
import pytest
from support.xlsx_canaries import Canaries, packed, parts

import gateway
from gateway.formats import layers, open_document
from gateway.model import Hint, Verdict


@pytest.fixture(scope="module")
def canaries():
    return Canaries()


@pytest.fixture(scope="module")
def original(canaries):
    contents = parts(canaries)
    return packed(contents, canaries("zip comment").encode())


@pytest.fixture(scope="module")
def outcome(original, canaries):
    return gateway.redact(original, name="canaries.xlsx", values=list(canaries.places.values()))


def texts_of(data):
    """Every text that any reader could make of the bytes."""
    yield from (segment.text for segment in open_document(data, Hint("a.xlsx")).segments())
    yield from layers(data, Hint("a.xlsx"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield archive.comment.decode("latin-1")
        for member in archive.infolist():
            content = archive.read(member)
            yield member.filename
            yield content.decode("latin-1")
            yield content.decode("utf-8", "replace")
            yield content.decode("utf-16-le", "replace")
            yield re.sub(r"<[^>]+>", "", content.decode("utf-8", "replace"))
            yield re.sub(r"\\(.)", r"\1", content.decode("utf-8", "replace"))
    yield from shown(data)


def loaded(data, *, cached=False):
    with warnings.catch_warnings():  # it says which extensions it leaves out
        warnings.filterwarnings("ignore", "Data Validation extension")
        return openpyxl.load_workbook(io.BytesIO(data), data_only=cached)


def shown(data):
    """What openpyxl sees in cells."""
    for cached in (False, True):
        book = loaded(data, cached=cached)
        for sheet in book:
            yield sheet.title
            for row in sheet.iter_rows():
                for each in row:
                    yield str(each.value)
                    yield str(each.comment.text if each.comment else "")


def test_the_workbook_is_redacted_and_not_blocked(outcome):
    assert Verdict.REDACT == outcome.verdict, outcome.reason
    assert () == outcome.unread


def test_no_canary_survives(outcome, canaries):
    assert len(canaries.places) >= 100
    texts = list(texts_of(outcome.data))
    left = {place for place, value in canaries.places.items() if any(value in t for t in texts)}
    assert set() == left


def test_openpyxl_sees_typed_cells(outcome):
    sheet = loaded(outcome.data).worksheets[0]
    numbers = {f"{letter}5" for letter in "BCDEFGHIJKL"}
    assert {"s"} == {sheet[place].data_type for place in numbers}
    assert [5, 5] == [sheet["E6"].value, sheet["E7"].value]


def test_headers_of_a_table_stay_apart_and_equal_to_their_cells(outcome):
    sheet = loaded(outcome.data).worksheets[0]
    (table,) = sheet.tables.values()
    names = [column.name for column in table.tableColumns]
    assert len(names) == len(set(names))
    assert names == [sheet["A1"].value, sheet["B1"].value]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.timeout(180)
def test_libreoffice_opens_it(outcome, canaries, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(outcome.data)
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    subprocess.run(
        [*command, "--convert-to", "csv", "--outdir", tmp_path, tmp_path / "a.xlsx"],
        check=True,
        capture_output=True,
        timeout=170,
    )
    text = (tmp_path / "a.csv").read_text()
    assert 8 <= text.count("\n")
    assert set() == {place for place, value in canaries.places.items() if value in text}
