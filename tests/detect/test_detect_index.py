"""Exact data: the values of an index are found as listed values are, and never stored."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.detect import Detector, ValueMatcher
from gateway.detect.index import IndexBuilder, IndexMatcher, read_index, read_summary
from gateway.errors import PolicyError
from gateway.model import DetectionOptions, Segment

KEY = bytes(range(32))
WORDS = [
    "张丽华",
    "欧阳雪",
    "Jonathan",
    "Okonkwo",
    "O'Brien-Smith",
    "北京市海淀区",
    "139 1234 5670",
]
WORDS += ["20-7946-0958", "Zürich", "x7", "Ltd.", "13912345670"]


def _index(path: Path, values: list[str], key: bytes = KEY) -> Path:
    builder = IndexBuilder(key, ["name"])
    for value in values:
        builder.add(value)
    builder.write(path)
    return path


def _found(path: Path, text: str) -> list[str]:
    return [text[start:end] for start, end in IndexMatcher(read_index(path, KEY)).find(text)]


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    values = ["张丽华", "Jonathan Okonkwo", "139 1234 5670", "Zürich Bau GmbH"]
    return _index(tmp_path_factory.mktemp("index") / "customers.index", values)


def test_a_value_is_found_whatever_its_case_width_and_spacing(customers: Path) -> None:
    text = "与张 丽华谈过，JONATHAN  okonkwo也在；Ｚürich Bau\nGmbH"
    assert ["张 丽华", "JONATHAN  okonkwo", "Ｚürich Bau\nGmbH"] == _found(customers, text)


def test_a_number_is_found_with_other_separators(customers: Path) -> None:
    text = "13912345670, 139-1234-5670, (139) 12345670"
    assert ["13912345670", "139-1234-5670", "139) 12345670"] == _found(customers, text)


def test_a_value_inside_a_longer_word_or_number_is_not_meant(customers: Path) -> None:
    assert [] == _found(customers, "Jonathan Okonkwos 213912345670 1391234567 XZürich Bau GmbHs")


@given(
    listed=st.lists(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join),
        min_size=1,
        max_size=6,
    ),
    pieces=st.lists(st.sampled_from([*WORDS, " ", ", ", "，", "\n", "一", "a", "9"]), max_size=30),
)
def test_what_is_found_is_what_a_list_of_plain_values_finds(
    tmp_path_factory: pytest.TempPathFactory, listed: list[str], pieces: list[str]
) -> None:
    from gateway.detect.index.forms import forms_of

    text = "".join(pieces)
    path = _index(tmp_path_factory.mktemp("index") / "x.index", listed)
    plain = ValueMatcher(value for value in listed if forms_of(value))
    expected = [(start, end) for start, end, _ in plain.find(text)]
    assert expected == IndexMatcher(read_index(path, KEY)).find(text)


def test_a_value_across_the_border_of_two_shares_is_found(
    monkeypatch: pytest.MonkeyPatch, customers: Path
) -> None:
    monkeypatch.setattr("gateway.detect.index.matcher._SHARE", 10)
    for shift in range(24):
        text = "." * shift + "Jonathan Okonkwo, 张丽华."
        assert ["Jonathan Okonkwo", "张丽华"] == _found(customers, text)


def test_values_that_mean_nothing_by_themselves_are_left_out_and_counted(tmp_path: Path) -> None:
    path = _index(tmp_path / "x.index", ["Li", "42", "王", "x" * 121, "", "王芳"])
    summary = read_summary(path)
    assert (1, 4) == (summary.values, summary.short)


def test_the_file_shows_no_value_and_no_hash_that_a_guess_could_be_tried_on(
    tmp_path: Path,
) -> None:
    import hashlib

    path = _index(tmp_path / "x.index", ["Jonathan Okonkwo"])
    other = _index(tmp_path / "y.index", ["Jonathan Okonkwo"])
    data = path.read_bytes()
    assert b"onathan" not in data.lower()
    for digest in (hashlib.sha256, hashlib.blake2b, hashlib.md5):
        assert digest(b"jonathan okonkwo").digest()[:8] not in data
    assert data[-64:] != other.read_bytes()[-64:]  # each index has a salt of its own


@pytest.mark.parametrize("place", [0, 20, 400, -8000, -40, -1])
def test_a_changed_file_is_refused(tmp_path: Path, place: int) -> None:
    path = _index(tmp_path / "x.index", ["Jonathan Okonkwo"])
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(PolicyError, match="damaged"):
        read_index(path, KEY)


def test_another_key_is_refused(tmp_path: Path) -> None:
    path = _index(tmp_path / "x.index", ["Jonathan Okonkwo"])
    with pytest.raises(PolicyError, match="another key"):
        read_index(path, b"x" * 32)


def test_the_detector_reports_them_as_exact_values(customers: Path) -> None:
    detector = Detector(DetectionOptions(indexes=(str(customers),)), key=KEY)
    found = detector.find([Segment("zu&nbsp;Z&uuml;rich Bau GmbH", "x"), Segment("张丽华", "y")])
    assert {("EXACT_VALUE", 0), ("EXACT_VALUE", 1)} == {(f.entity, f.segment) for f in found}
