"""Lengths that later requests say again are those of what was stored."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.services.uploads.lengths import Length, corrected, indexed

FILE = Length("file-7", "id", "size", 300, 277)
DEEP = Length("param", "media.param", "info.len", 300, 277)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


def said(value):
    return json.dumps(value, ensure_ascii=False).encode()


def test_the_length_beside_the_name_is_corrected():
    asked = {"files": [{"id": "file-7", "size": 300}, {"id": "file-8", "size": 300}], "size": 300}
    wanted = {"files": [{"id": "file-7", "size": 277}, {"id": "file-8", "size": 300}], "size": 300}
    assert wanted == json.loads(corrected(said(asked), indexed({}, [FILE])))


def test_a_length_that_is_text_stays_text():
    asked = {"item": {"media": {"param": "param"}, "info": {"len": "300"}}}
    wanted = {"item": {"media": {"param": "param"}, "info": {"len": "277"}}}
    assert wanted == json.loads(corrected(said(asked), indexed({}, [DEEP])))


def test_a_name_may_be_the_end_of_an_address():
    asked = {"id": "file-service://file-7", "size": 300}
    assert 277 == json.loads(corrected(said(asked), indexed({}, [FILE])))["size"]


@pytest.mark.parametrize(
    "asked",
    [
        {"id": "file-7", "size": 301},
        {"id": "file-77", "size": 300},
        {"id": ["file-7"], "size": 300},
        {"id": "file-7", "size": None},
        {"id": "file-7"},
    ],
)
def test_another_length_or_name_stays(asked):
    body = said(asked)
    assert body is corrected(body, indexed({}, [FILE]))


@given(st.binary(), st.integers(0, 50))
def test_what_is_no_json_stays(data, at):
    data = data[:at] + b"file-7" + data[at:]
    assert data is corrected(data, indexed({}, [FILE]))


@given(values)
def test_nothing_else_changes(value):
    asked = {"id": "file-7", "size": 300, "more": value}
    assert {**asked, "size": 277} == json.loads(corrected(said(asked), indexed({}, [FILE])))
