"""One value in JSON text is replaced, and not a letter of the rest."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.services.jsontext import JsonText
from gateway.services.places import NoSuchPlace, Place
from gateway.services.wire import Call

LONG = "0.000000000000000000000110101199003074477"
ODD = f'{{ "a":1.0,"x" : "one", "n":{LONG}, "big": 12345678901234567890123, "x":"two","e":1E5 }}'

leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def ways(value, way=()):
    yield way, value
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from ways(item, (*way, key))


def written(path, value):
    return Place.parse(f"json.{path}").write(Call(body=ODD.encode()), value).body.decode()


@given(values, st.sampled_from([None, 0, 2]), st.data())
def test_the_value_is_found_wherever_it_stands(value, indent, data):
    text = json.dumps(value, ensure_ascii=data.draw(st.booleans()), indent=indent)
    way, wanted = data.draw(st.sampled_from(list(ways(value))))
    span = JsonText(text).find(way)
    assert (wanted, wanted) == (span.value, json.loads(text[span.start : span.end]))


@given(values, st.data())
def test_what_stands_around_a_replaced_value_stays_to_the_letter(value, data):
    text = json.dumps(value, indent=data.draw(st.sampled_from([None, 1])))
    way, _ = data.draw(st.sampled_from(list(ways(value))))
    whole = JsonText(text)
    span = whole.find(way)
    new = whole.replaced({span: '"NEW"'})
    assert (text[: span.start], '"NEW"', text[span.end :]) == (
        new[: span.start],
        new[span.start : span.start + 5],
        new[span.start + 5 :],
    )


@given(values, st.sampled_from([None, 2]), st.data())
def test_a_removed_value_is_gone_and_the_rest_is_json(value, indent, data):
    found = [way for way, _ in ways(value) if way]
    if not found:
        return
    way = data.draw(st.sampled_from(found))
    text = JsonText(json.dumps(value, indent=indent))
    *above, last = way
    holder = json.loads(text.text)
    wanted = holder
    for step in above:
        holder = holder[step]
    del holder[last]
    assert wanted == json.loads(text.removed(text.find(way)))


def test_a_name_that_stands_twice_stays_twice():
    assert ODD.replace('"two"', '"0"') == written("x", "0")


def test_numbers_keep_their_digits():
    assert ODD.replace("1.0", '"0"') == written("a", "0")
    assert ODD.replace("12345678901234567890123", "7") == written("big", "7")


def test_a_member_that_is_taken_out_goes_as_often_as_it_stands():
    left = Place.parse("json.x").without(Call(body=ODD.encode())).body.decode()
    assert json.loads(left) == {key: one for key, one in json.loads(ODD).items() if key != "x"}
    assert "one" not in left
    assert LONG in left


@pytest.mark.parametrize("body", [b"", b"{", b"[1,]", b'{"x": }', '{"x": "a"}'.encode("utf-16")])
def test_what_is_no_json_has_no_places(body):
    with pytest.raises(NoSuchPlace):
        Place.parse("json.x").write(Call(body=body), "0")


def test_a_mark_of_the_byte_order_stays():
    body = Place.parse("json.x").write(Call(body=b'\xef\xbb\xbf{"x": 1}'), "2").body
    assert b'\xef\xbb\xbf{"x": 2}' == body
