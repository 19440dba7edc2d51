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
    "value", ["Ann Smith", "a\nb", "安", "x" * 201, "", None, True, ["k"], {"k": "v"}]
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
    url = "https://a.example/v1.0/Users/li.na@firm.cn/users/Ann/x?authuser=li@firm.cn&q=Ann"
    places = ["path.users@2", "query.authuser", "header.x-anchormailbox", "json.key"]
    said = Call(
        (("X-AnchorMailbox", "li@firm.cn"), ("X-Other", "Ann")), b'{"key":"k"}', "POST", url
    )
    seen = head_covered(places, said)
    assert "https://a.example/v1.0/Users/0/users/Ann/x?authuser=0&q=Ann" == seen.url
    assert (("X-AnchorMailbox", "0"), ("X-Other", "Ann")) == seen.headers
    assert said.body == seen.body


@pytest.mark.parametrize(
    "path",
    [
        "/files/Ann.txt",
        "/dav/files/Ann.txt",
        "/remote.php/dav/files/Ann.txt",
        "/a/b/dav/files/Ann/x",
        "/dav/x/files/Ann/x",
    ],
)
def test_a_folder_that_has_the_name_of_a_path_of_accounts_is_none(path):
    said = Call((), b"", "PUT", f"https://a.example{path}")
    assert said.url == head_covered(["path.dav/files@2"], said).url


OWN = step(
    role="part",
    begins=True,
    session="json.upload",
    bytes="part.data",
    number="json.part",
    declares=[{"what": "size", "at": "json.size"}, {"what": "sha256:hex", "at": "json.sum"}],
)


@pytest.mark.parametrize(
    ("name", "covered", "judged_too"),
    [
        ("size", "12345678", "12345678 Ann"),
        ("size", 12345678, "DE89370400440532013000"),
        ("sum", "0a" * 32, "0a" * 31),
        ("part", "17", "Ann"),
        ("upload", "1577432423432", "DE89370400440532013000"),
        ("upload", "6f9619ff-8b86-d011-b42d-00c04fc964ff", "li.na@firm.cn"),
    ],
)
def test_what_the_gateway_understands_is_covered_only_where_it_looks_so(name, covered, judged_too):
    seen = [
        json.loads(Covered.of(own_places(OWN), call({name: one})).call.body)[name]
        for one in (covered, judged_too)
    ]
    assert [type(covered)(0), judged_too] == seen


def test_what_stands_twice_beside_a_covered_word_is_judged_twice():
    body = b'{"key": "k", "text": "Ann", "text": "", "n": 0.10000000000000000000001}'
    covered = Covered.of(["json.key"], Call((), body, "POST", "https://a.example/"))
    assert body.replace(b'"k"', b'"0"') == covered.call.body


def test_many_recipients_are_covered_in_one_reading():
    many = {"to": [{"mail": f"u{n}@firm.cn"} for n in range(900)], "text": "Ann " * 300_000}
    covered = Covered.of(["json.to[*].mail"], call(many))
    assert {"0"} == {one["mail"] for one in json.loads(covered.call.body)["to"]}
    assert (
        covered.uncovered(covered.call.body.replace(b"Ann", b"Bob")).body
        == json.dumps({**many, "text": "Bob " * 300_000}).encode()
    )
