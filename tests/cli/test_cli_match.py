"""``gateway match``: lists of exact data on the command line."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from gateway.cli.main import run


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GATEWAY_HOME", str(tmp_path / "home"))
    return tmp_path


def _csv(path: Path, encoding: str = "utf-8") -> Path:
    path.write_text(
        "姓名,Phone,Code\n张丽华,13912345670,blue heron seven\nOkonkwo,2079460958,grey otter three\n",
        encoding,
    )
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_in_any_usual_encoding_is_added_by_its_columns(
    home: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    file = _csv(home / "customers.csv", encoding)
    assert 0 == run(["match", "add", str(file), "--columns", "姓名,phone"])
    assert "customers: 4 values are looked for from now on.\n" == capsys.readouterr().out


def test_a_workbook_is_added_by_its_columns(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = Workbook()
    for row in (["Name", "Town"], ["Okonkwo", "Lagos"], ["Adeyemi", "Abuja"]):
        book.active.append(row)
    book.save(home / "people.xlsx")
    assert 0 == run(["match", "add", str(home / "people.xlsx"), "--columns", "name"])
    assert "people: 2 values are looked for from now on.\n" == capsys.readouterr().out


def test_what_was_added_is_redacted_and_no_longer_after_it_was_removed(home: Path) -> None:
    file = _csv(home / "customers.csv")
    text = home / "letter.txt"
    text.write_text("The work on blue heron seven went well.\n")
    for verb, expected in (("add", "[EXACT_VALUE]"), ("remove", "blue heron seven")):
        arguments = [str(file), "--columns", "code"] if verb == "add" else ["customers"]
        assert 0 == run(["match", verb, *arguments])
        out = home / verb
        assert 0 == run(["redact", str(text), "--out-dir", str(out)])
        assert expected in (out / "letter.txt").read_text()


def test_lists_are_listed_without_a_value(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["match", "add", str(_csv(home / "c.csv")), "--columns", "phone", "--name", "客户"])
    capsys.readouterr()
    assert 0 == run(["match", "list"])
    shown = capsys.readouterr().out
    assert shown.startswith("客户: 2 values (phone), made ")
    assert "139" not in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["add", "absent.csv", "--columns", "x"], "no such file"),
        (["add", "c.csv", "--columns", "Telephone"], "has no column telephone"),
        (["add", "c.csv", "--columns", "phone", "--name", "../x"], "letters, digits"),
        (["add", "short.txt"], "no value was found"),
        (["remove", "nobody"], "no list is called"),
    ],
)
def test_what_cannot_be_done_is_said(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(home)
    _csv(home / "c.csv")
    (home / "short.txt").write_text("a\nb\n")
    assert 2 == run(["match", *arguments])
    assert words in capsys.readouterr().err


def test_a_damaged_list_blocks_until_it_is_gone(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["match", "add", str(_csv(home / "c.csv")), "--columns", "phone"])
    (home / "home" / "match" / "c.index").write_bytes(b"GATEWAY MATCH 1\n{}\n")
    text = home / "letter.txt"
    text.write_text("Nothing in it.\n")
    assert 3 == run(["redact", str(text), "--out-dir", str(home / "out")])
    assert "gateway match remove" in capsys.readouterr().err
    assert not (home / "out" / "letter.txt").exists()
