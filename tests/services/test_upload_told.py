"""Bytes go out in the way that the service's answer prescribes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.services.places import NoSuchPlace, Place
from gateway.services.uploads.schema import Tells
from gateway.services.uploads.told import sent_as, told
from gateway.services.wire import Call, Reply

TELLS = Tells(url="json.url", method="json.method", headers="json.headers", form="json.form")
CALL = Call(
    (("Cookie", "sid=1"), ("Authorization", "Bearer x"), ("User-Agent", "page")),
    b"original",
    "PUT",
    "https://drive.example/gateway-upload/rg",
)


def answer(**said):
    return Reply((("content-type", "application/json"),), json.dumps(said).encode())


def sent(data=b"data", name="a.txt", **said):
    return sent_as(told(TELLS, answer(**said)), CALL, data, name)


def test_a_plain_put_has_the_bytes_and_the_headers():
    call = sent(url="https://store.example/k?sig=1", method="put", headers={"X-Sig": "s"})
    assert ("PUT", "https://store.example/k?sig=1", b"data") == (call.method, call.url, call.body)
    assert ("s", "4", "page") == tuple(
        call.header(name) for name in ("x-sig", "content-length", "user-agent")
    )


def test_the_clients_credentials_stay_behind():
    call = sent(url="https://store.example/k")
    assert (None, None) == (call.header("cookie"), call.header("authorization"))


def test_credentials_that_the_service_names_go_along():
    call = sent(url="https://store.example/k", headers={"Authorization": "KSS ak:sig"})
    assert "KSS ak:sig" == call.header("authorization")


def test_an_address_may_be_relative():
    assert "https://drive.example/other" == sent(url="/other").url


@given(st.binary(), st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=9))
def test_a_form_holds_the_fields_and_then_the_file(data, name):
    call = sent(data, name, url="/", method="POST", form={"key": "k", "policy": "p=="})
    read = {part: Place.parse(f"part.{part}").read_bytes(call) for part in ("key", "policy")}
    assert ("POST", {"key": b"k", "policy": b"p=="}) == (call.method, read)
    assert data == Place.parse("part.file").read_bytes(call)
    assert call.body.index(b'"policy"') < call.body.index(b'name="file"')


def test_a_quote_in_a_name_does_not_end_it():
    call = sent(b"x", 'a"; name="key', url="/", form={"key": "k"})
    assert b"k" == Place.parse("part.key").read_bytes(call)
    assert b"x" == Place.parse("part.file").read_bytes(call)


@pytest.mark.parametrize("said", [{}, {"url": None}, {"url": "/", "headers": ["x"]}])
def test_an_answer_that_says_nothing_is_no_prescription(said):
    with pytest.raises(NoSuchPlace):
        sent(**said)
