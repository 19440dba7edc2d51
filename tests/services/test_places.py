"""Places in requests and answers: what is written there is read there, and nothing else changes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.services.places import NoSuchPlace, Place
from gateway.services.wire import Call, Reply

MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="size"\r\n\r\n7\r\n'
    b'--b\r\nContent-Disposition: form-data; name="request"\r\n\r\n{"len": 7}\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\none\r\n--bc\r\ntwo\r\n--b--\r\n"
)
CALLS = {
    "header.digest": Call((("Digest", "old"), ("X", "1"))),
    "header.arg|json.hash": Call((("arg", '{"hash": "old", "n": 1}'),)),
    "query.uploadId": Call(url="https://h.example/a?x=1&uploadId=old&y=%20"),
    "path.2": Call(url="https://h.example/a/old/c?x=1"),
    "path.-1": Call(url="https://h.example/a/b/old"),
    "json.file.parts[1].id": Call(body=b'{"file": {"parts": [{}, {"id": "old"}]}}'),
    "form.length": Call(body=b"name=a%20b&length=old&x=1"),
    "part.request|json.len": Call(
        (("Content-Type", "multipart/form-data; boundary=b"),),
        MULTIPART.replace(b'{"len": 7}', b'{"len": "old"}'),
    ),
    "xml.UploadId": Call(body=b'<r xmlns="urn:x"><n:UploadId a="1">old</n:UploadId></r>'),
    "url": Call(url="old"),
}
texts = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)


@pytest.mark.parametrize("place", CALLS)
def test_a_value_is_read(place):
    assert "old" == Place.parse(place).read(CALLS[place])


@pytest.mark.parametrize("place", CALLS)
@given(value=texts)
def test_what_is_written_is_read(place, value):
    found = Place.parse(place)
    assert value == found.read(found.write(CALLS[place], value))


@pytest.mark.parametrize("place", [name for name in CALLS if name != "url"])
def test_writing_what_stands_there_changes_no_other_value(place):
    call = CALLS[place]
    same = Place.parse(place).write(call, "old").without(["content-length"])
    if place.startswith("json"):
        assert json.loads(call.body) == json.loads(same.body)
    elif "|json" in place:
        assert "old" == Place.parse(place).read(same)
    else:
        assert call == same


@pytest.mark.parametrize("place", [name for name in CALLS if name not in ("url", "path.-1")])
def test_an_empty_message_has_no_such_place(place):
    assert not Place.parse(place).stands_in(Call(url="https://h.example/"))


@given(st.binary(max_size=400))
def test_any_bytes_fit_into_a_multipart_part(data):
    call = Call((("Content-Type", 'multipart/form-data; boundary="b"'),), MULTIPART)
    place = Place.parse("part.file")
    assert b"one\r\n--bc\r\ntwo" == place.read_bytes(call)
    written = place.write(call, data)
    if b"\r\n--b" not in b"\r\n" + data + b"\r\n":
        assert data == place.read_bytes(written)
    assert "7" == Place.parse("part.size").read(written)


def test_a_number_stays_a_number():
    call = Call(body=b'{"size": 7}')
    assert {"size": 12} == json.loads(Place.parse("json.size").write(call, "12").body)


def test_the_length_of_a_changed_body_is_declared():
    call = Call((("content-length", "99"),), b"a=1")
    assert "4" == Place.parse("form.a").write(call, "12").header("Content-Length")


def test_a_list_is_read_and_replaced_as_such():
    place = Place.parse("json.part_ids")
    call = Call(body=b'{"part_ids": ["a", "b"]}')
    assert ["a", "b"] == place.read_any(call)
    assert {"part_ids": [{"id": 1}]} == json.loads(place.write_any(call, [{"id": 1}]).body)


def test_an_answer_has_no_address():
    with pytest.raises(NoSuchPlace):
        Place.parse("query.a").read(Reply())


@pytest.mark.parametrize("text", ["json", "body.x", "cookie.a", "path.0", "path.X", "", "a|json.b", "body|part.x", "argument.a"])  # fmt: skip
def test_a_place_that_is_none_is_named(text):
    with pytest.raises(ValueError, match=r"names no place|path segment|can stand inside"):
        Place.parse(text)


START = "https://h.example/_api/web/file('/a,uploadid=1')/StartUpload(uploadId=guid'abc-1',fileOffset=7)"


@pytest.mark.parametrize(
    ("name", "value"), [("uploadid", "abc-1"), ("uploadId", "abc-1"), ("fileoffset", "7")]
)
def test_an_argument_of_a_call_is_read_and_replaced_alone(name, value):
    place = Place.parse(f"path.-1|argument.{name}")
    assert value == place.read(Call(url=START))
    assert START.replace(value, "99") == place.write(Call(url=START), "99").url


def test_an_address_inside_a_header_is_looked_into():
    reply = Reply((("Location", "https://h.example/a/old?upload_id=x1"),))
    assert "x1" == Place.parse("header.location|query.upload_id").read(reply)
    assert "old" == Place.parse("header.location|path.-1").read(reply)


def test_of_several_places_the_first_that_is_there_counts():
    place = Place.parse("header.arg|json.a or query.a or json.a")
    calls = [
        Call((("arg", '{"a": "old"}'),), url="https://h.example/?a=no"),
        Call(url="https://h.example/?a=old"),
        Call(body=b'{"a": "old"}'),
    ]
    for call in calls:
        assert "old" == place.read(call)
        assert "new" == place.read(place.write(call, "new"))
    assert not place.stands_in(Call(url="https://h.example/"))


def test_the_file_is_the_body_or_the_part_that_has_a_file_name():
    form = Call((("Content-Type", "multipart/form-data; boundary=b"),), MULTIPART)
    place = Place.parse("file")
    assert b"one\r\n--bc\r\ntwo" == place.read_bytes(form)
    assert b"new" == Place.parse("part.file").read_bytes(place.write(form, b"new"))
    raw = Call((("Content-Type", "text/plain"),), b"old")
    assert (b"old", b"new") == (place.read_bytes(raw), place.write(raw, b"new").body)


def test_what_is_left_out_is_gone_and_the_rest_stays():
    call = Call((("X-Size", "7"), ("X", "1")), b'{"item": {"size": 7, "name": "a"}}')
    assert (("X", "1"),) == Place.parse("header.x-size").without(call).headers
    left = Place.parse("json.item.size").without(call)
    assert {"item": {"name": "a"}} == json.loads(left.body)
    assert call == Place.parse("json.size").without(call)
