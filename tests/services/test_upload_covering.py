"""The protocol's own words are no content; whatever else stands in their places is."""

import json

import pytest

from gateway.errors import CannotEdit
from gateway.services.schema import Step
from gateway.services.uploads import Covered, head_covered, own_places
from gateway.services.wire import Call


def step(**upload):
    data = {"name": "x", "match": ["POST /"], "shape": "json", "upload": upload}
    return Step.model_validate_json(json.dumps(data)).upload


STEP = step(
    role="init",
    keeps=["json.to.id", "json.key"],
    declares=[{"what": "md5:hex", "at": "json.md5"}],
)
SAID = {"to": {"id": "o9cq80-kum@im"}, "key": 17954312345678, "md5": "0" * 32, "text": "to Ann"}


def call(value):
    return Call((), json.dumps(value).encode(), "POST", "https://a.example/")


def judged(value):
    return json.loads(Covered.of(own_places(STEP), call(value)).call.body)


def test_only_the_protocols_words_are_covered():
    assert {"to": {"id": "0"}, "key": 0, "md5": "0", "text": "to Ann"} == judged(SAID)


def test_an_unchanged_request_is_the_original_to_the_last_byte():
    original = Call((), b'{ "key" : "k",\n "text":"x" }', "POST", "https://a.example/")
    covered = Covered.of(own_places(STEP), original)
    assert original is covered.uncovered(covered.call.body)


def test_the_words_are_put_back_beside_a_redaction():
    covered = Covered.of(own_places(STEP), call(SAID))
    released = covered.call.body.replace(b"Ann", b"<PERSON_1>")
    assert {**SAID, "text": "to <PERSON_1>"} == json.loads(covered.uncovered(released).body)


@pytest.mark.parametrize(
    "value", ["Ann Smith", "a\nb", "安", "x" * 401, "", None, True, ["k"], {"k": "v"}]
)
def test_prose_in_such_a_place_is_judged(value):
    assert value == judged({**SAID, "key": value})["key"]


def test_a_place_that_is_gone_afterwards_ends_the_upload():
    covered = Covered.of(own_places(STEP), call(SAID))
    with pytest.raises(CannotEdit):
        covered.uncovered(b'{"text": "x"}')


def test_a_word_in_each_item_of_a_list_is_covered():
    said = {
        "to": [{"mail": {"address": "li@firm.cn"}}, {"mail": {}}, {"mail": {"address": "x@y.z"}}]
    }
    covered = Covered.of(["json.to[*].mail.address"], call(said))
    addresses = [one["mail"].get("address") for one in json.loads(covered.call.body)["to"]]
    assert ["0", None, "0"] == addresses
    assert said == json.loads(covered.uncovered(covered.call.body + b" ").body)


def test_an_account_in_the_address_and_headers_is_covered_for_the_head_only():
    url = "https://a.example/v1.0/Users/li.na@firm.cn/users/Ann?authuser=li@firm.cn&q=Ann"
    places = ["path.users", "query.authuser", "header.x-anchormailbox", "json.key"]
    said = Call(
        (("X-AnchorMailbox", "li@firm.cn"), ("X-Other", "Ann")), b'{"key":"k"}', "POST", url
    )
    seen = head_covered(places, said)
    assert "https://a.example/v1.0/Users/0/users/Ann?authuser=0&q=Ann" == seen.url
    assert (("X-AnchorMailbox", "0"), ("X-Other", "Ann")) == seen.headers
    assert said.body == seen.body
