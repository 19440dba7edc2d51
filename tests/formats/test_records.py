"""JSON values between record separators: SignalR's messages and JSON text sequences (RFC 7464)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats import layers, open_document
from gateway.model import Edit, Hint

SECRET = "Quixotrel7"
RS = "\x1e"
PLACES = {"behind": "{}\x1e", "before, as RFC 7464 has it": "\x1e{}\n"}


@pytest.mark.parametrize("form", list(PLACES.values()), ids=list(PLACES))
@given(said=st.lists(st.text(max_size=20), min_size=1, max_size=4), spaced=st.booleans())
def test_each_record_keeps_its_place_and_loses_its_value(form, said, spaced):
    indent = 1 if spaced else None  # line breaks inside a record
    values = [{"text": f"{one} {SECRET}", "n": [1]} for one in said]
    data = "".join(form.replace("{}", json.dumps(one, indent=indent)) for one in values).encode()
    document = open_document(data, Hint(media_type="application/json"))
    assert "ndjson" == document.format
    assert data == document.apply([])
    edits = [
        Edit(index, at, at + len(SECRET), "[GONE]")
        for index, segment in enumerate(document.segments())
        if (at := segment.text.find(SECRET)) >= 0
    ]
    assert len(values) == len(edits)
    written = document.apply(edits)
    records = [json.loads(one) for one in written.decode().split(RS) if one.strip()]
    assert [{"text": f"{one} [GONE]", "n": [1]} for one in said] == records
    assert data.count(RS.encode()) == written.count(RS.encode())
    assert not any(SECRET in text for text in layers(written, Hint()))


def test_records_are_numbered():
    data = b'{"type":6}\x1e{"type":1,"arguments":["hello"]}\x1e'
    segments = open_document(data, Hint()).segments()
    assert "line 2: $.arguments[0]" in [one.part for one in segments]


def test_escapes_in_a_record_are_read_through():
    document = open_document(b'{"a":"Quixotrel\\u0037"}\x1e', Hint())
    assert SECRET in [one.text for one in document.segments()]
