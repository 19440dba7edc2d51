"""Options of the command line that say how detection is done."""

import json
from pathlib import Path

import pytest

from gateway.cli.main import run


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GATEWAY_HOME", str(tmp_path / "home"))
    path = tmp_path / "note.txt"
    path.write_text("Paid by card 4111 1111 1111 1111 on Monday. Ref 401 023 2137.\n", "utf-8")
    return path


def test_explain_tells_where_a_finding_stands_and_what_made_it_but_not_the_value(
    text: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 1 == run(["scan", "--explain", str(text)])
    shown = capsys.readouterr().out
    assert "CREDIT_CARD 1.00  text 1, characters 13-32, by 'payment card'" in shown
    assert "'card'" in shown
    assert "4111" not in shown


def test_explain_in_json_lists_the_reasons(text: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 1 == run(["scan", "--explain", "--json", str(text)])
    findings = json.loads(capsys.readouterr().out)["findings"]
    card = next(finding for finding in findings if finding["entity"] == "CREDIT_CARD")
    assert card["recognizer"] == "payment card"
    assert card["why"]


def test_without_explain_no_reasons_are_made(
    text: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["scan", "--json", str(text)])
    assert "why" not in json.loads(capsys.readouterr().out)["findings"][0]


def test_a_locale_that_is_named_is_at_home_and_others_are_left_out(
    tmp_path: Path, text: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text.write_text("UEN 201912345K, PESEL 85010112345, KvK 12345678\n", "utf-8")
    entities = {}
    for locale in ("sg", "de"):
        run(["scan", "--json", "--locale", locale, str(text)])
        findings = json.loads(capsys.readouterr().out)["findings"]
        entities[locale] = {finding["entity"] for finding in findings}
    assert "PL_PESEL" not in entities["sg"] | entities["de"]
    assert entities["de"] <= entities["sg"]


@pytest.mark.parametrize("option", [["--locale", "china"], ["--strictness", "very"]])
def test_an_option_that_means_nothing_is_refused(
    text: Path, capsys: pytest.CaptureFixture[str], option: list[str]
) -> None:
    assert 2 == run(["scan", *option, str(text)])
    assert "for example" in capsys.readouterr().err or option[0] == "--strictness"


def test_strictness_is_taken(text: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text.write_text("The report was written by Oluwaseun Adeyemi in March.\n", "utf-8")
    for strictness in ("relaxed", "normal", "strict"):
        assert 1 == run(["scan", "--strictness", strictness, str(text)])
        assert "PERSON" in capsys.readouterr().out
