"""Server-sent events: the decoder of OpenAI's client reads what is left."""

import json
import struct
import zlib

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st
from openai._streaming import SSEDecoder

from gateway.errors import Unreadable
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint

SECRET = "Quixotrel7"
HINT = Hint(media_type="text/event-stream")


def replaced(text, new="[GONE]"):
    document = open_document(text.encode(), HINT)
    assert "eventstream" == document.format
    assert text.encode() == document.apply([])
    edits = [
        Edit(index, at, at + len(SECRET), new)
        for index, segment in enumerate(document.segments())
        if (at := segment.text.find(SECRET)) >= 0
    ]
    assert edits, "nothing to see"
    return document.apply(edits)


def events(data):
    return [
        (one.event, one.data, one.id, one.retry) for one in SSEDecoder().iter_bytes(iter([data]))
    ]


# The decoder's idea of a line differs from the standard's at the other separators of Unicode.
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=20
).map(str.strip)


@given(
    st.lists(st.tuples(WORDS, st.lists(WORDS, min_size=1, max_size=3)), min_size=1, max_size=3),
    st.sampled_from(["\n", "\r\n"]),
)
def test_only_the_value_goes_and_every_event_stays(said, newline):
    lines = [
        line
        for name, values in said
        for line in (f"event: e{name}", *(f"data: {value}{SECRET}" for value in values), "")
    ]
    data = "".join(line + newline for line in lines)
    before = events(data.encode())
    written = replaced(data)
    expected = [(name, text.replace(SECRET, "[GONE]", 1), *rest) for name, text, *rest in before]
    if all(len(values) == 1 for _, values in said):
        assert expected == events(written)
    assert len(before) == len(events(written))


def test_json_in_an_event_is_read_through_its_escapes():
    data = 'event: delta\nid: 7\ndata: {"text": "to Quixotrel\\u0037"}\n\ndata: [DONE]\n\n'
    assert [("delta", '{"text": "to [GONE]"}', "7", None), (None, "[DONE]", "7", None)] == events(
        replaced(data)
    )


def test_json_over_several_lines_is_read_through_its_escapes():
    data = 'data: {\ndata:   "text":\ndata:   "to Quixotrel\\u0037"\ndata: }\n\ndata: 2\n\n'
    first, second = events(replaced(data))
    assert {"text": "to [GONE]"} == json.loads(first[1])
    assert "2" == second[1]


def test_a_value_cut_by_a_line_of_data_is_one_text():
    document = open_document(b"data: Dear\ndata: Ann\n\ndata: x\n\n", HINT)
    assert "Dear\nAnn" == document.segments()[0].text
    written = document.apply([Edit(0, 2, 7, "[GONE]")])
    assert "De[GONE]n" == events(written)[0][1].replace("\n", "")
    assert 2 == len(events(written))


def test_a_line_break_in_a_new_value_is_a_new_line_of_data():
    assert "a\nb, hello" == events(replaced(f"data: {SECRET}, hello\n\n", "a\nb"))[0][1]


@pytest.mark.parametrize("place", ["event: {}", "id: {}", ": {}", "other: {}", "{}", "retry: {}"])
def test_a_value_in_any_line_is_seen_by_both_readers(place):
    data = "data: hello\n" + place.format(SECRET) + "\n\n"
    assert SECRET.encode() not in replaced(data)
    assert any(SECRET in text for text in layers(data.encode(), HINT))


def test_json_events_need_no_declaration():
    data = f'event: a\ndata: {{"to": "{SECRET}"}}\n\n'.encode()
    assert "eventstream" == open_document(data, Hint()).format
    assert "text" == open_document(b"data: 12 March\nplace: Rome\n", Hint("notes.txt")).format


def test_amazons_event_stream_is_another_thing_and_refused():
    """Its frames (prelude, headers, payload, checksums) are nothing that is read here."""
    payload = f'{{"text": "to {SECRET}"}}'.encode()
    name, value = b":message-type", b"event"
    headers = bytes((len(name),)) + name + b"\x07" + struct.pack(">H", len(value)) + value
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    frame = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    frame += struct.pack(">I", zlib.crc32(frame))
    buffer = EventStreamBuffer()
    buffer.add_data(frame)
    assert payload == next(buffer).payload
    for data in (frame, frame * 20):
        with pytest.raises(Unreadable):
            open_document(data, Hint(media_type="application/vnd.amazon.eventstream"))
