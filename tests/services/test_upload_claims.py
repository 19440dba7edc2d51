"""Whose an upload is, where its client made its name up."""

import base64
import json

import pytest

from gateway.services.schema import Step
from gateway.services.uploads.claims import claim
from gateway.services.wire import Call

S3 = "AWS4-HMAC-SHA256 Credential={}/20261122/eu/s3/aws4_request, SignedHeaders=host, Signature={}"


def step(session, **more):
    upload = {"role": "init", "session": session, **more}
    data = {"name": "x", "match": ["POST /"], "shape": "parts", "upload": upload}
    return Step.model_validate_json(json.dumps(data)).upload


def claimed(url="https://a.example/dav/u/f", session="path.-1", headers=(), **more):
    return claim(step(session, **more), Call(tuple(headers), b'{"who": "ann"}', "PUT", url))


def by(**headers):
    return claimed(headers=headers.items())


@pytest.mark.parametrize(
    "url",
    [
        "https://b.example/dav/u/f",
        "https://a.example:8443/dav/u/f",
        "https://a.example/dav/v/f",
        "https://a.example/dav/u/g",
        "https://a.example/dav/u%2Ff",
        "https://a.example/other/dav/u/f",
    ],
)
def test_another_place_is_another_upload(url):
    assert claimed() != claimed(url)


def test_a_part_below_the_name_belongs_to_it():
    assert claimed() == claimed("https://A.example/%64av/u/f/0001?x=1", "path.-2")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Authorization": "Basic YTpi"}, {"Authorization": "Basic Yjpi"}),
        ({"Authorization": "Bearer a"}, {}),
        ({"Cookie": "sid=1"}, {"Cookie": "sid=2"}),
        ({"Authorization": S3.format("AKIA1", "ab")}, {"Authorization": S3.format("AKIA2", "ab")}),
        ({"Authorization": "SharedKey a:cd="}, {"Authorization": "SharedKey b:cd="}),
        ({"Authorization": 'Digest username="a"'}, {"Authorization": 'Digest username="b"'}),
    ],
)
def test_other_credentials_are_another_account(one, other):
    assert by(**one) != by(**other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Authorization": "Basic YTpi", "Cookie": "a=1"}, {"Authorization": "Basic YTpi"}),
        ({"Authorization": S3.format("AKIA1", "ab")}, {"Authorization": S3.format("AKIA1", "cd")}),
        ({"Authorization": "SharedKey a:cd="}, {"Authorization": "SharedKey a:ef="}),
        (
            {"Authorization": 'Digest username="a", nonce="1"'},
            {"Authorization": 'Digest username="a", nonce="2"'},
        ),
        ({"Authorization": "Negotiate YII"}, {"Authorization": "Negotiate YIJ"}),
    ],
)
def test_a_new_signature_is_the_same_account(one, other):
    assert by(**one) == by(**other)


def bearer(renewed, **claims):
    said = base64.urlsafe_b64encode(json.dumps({**claims, "exp": renewed}).encode()).decode()
    return by(Authorization=f"Bearer e30.{said.rstrip('=')}.c2ln{renewed}")


def test_a_renewed_token_is_for_the_same_account():
    assert bearer(1, iss="i", sub="ann") == bearer(2, iss="i", sub="ann")
    assert bearer(1, iss="i", sub="ann") != bearer(1, iss="i", sub="bob")
    assert bearer(1, sub="ann") != bearer(2, sub="ann")


def test_a_whole_address_is_one_upload_for_all_accounts():
    one, other = (
        claimed(session="resource", headers=[("Authorization", f"Bearer {n}")]) for n in "ab"
    )
    assert one == other


def test_an_account_that_the_request_names_is_told_by_that_alone():
    one = claimed(account=["json.who"], headers=[("Cookie", "a=1")])
    assert one == claimed(account=["json.who"], headers=[("Cookie", "a=2")])
    assert one != claimed(account=["json.nobody"])


def test_no_credential_is_kept():
    assert "YTpi" not in repr(by(Authorization="Basic YTpi"))
