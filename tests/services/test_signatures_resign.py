"""Signing again: the vendors' published examples, the vendors' own code, and what is refused."""

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.standins.sigv4 import verify
from support.upstream import Request

from gateway.errors import CannotEdit
from gateway.services import awschunked
from gateway.services.rebinding import rebound
from gateway.services.signatures import CannotSign, SigningKeys, can_resign, post_form, resign
from gateway.services.wire import Call

# Amazon S3 API reference, "Authenticating requests", whose examples all use this pair.
KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEYS = SigningKeys({KEY_ID: SECRET})
NO_KEYS = SigningKeys()
DATE = "20130524T000000Z"


def authorization(covered, signature):
    scope = f"{KEY_ID}/20130524/us-east-1/s3/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope},SignedHeaders={covered},Signature={signature}"


def put_object():
    """ "Example: PUT Object"."""
    headers = (
        ("Host", "examplebucket.s3.amazonaws.com"),
        ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
        ("x-amz-date", DATE),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        (
            "x-amz-content-sha256",
            "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
        ),
        (
            "Authorization",
            authorization(
                "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
            ),
        ),
    )
    url = "https://examplebucket.s3.amazonaws.com/test%24file.text"
    return Call(headers, b"Welcome to Amazon S3.", "PUT", url)


def presigned():
    """ "Authenticating requests: using query parameters", its example."""
    query = (
        "X-Amz-Algorithm=AWS4-HMAC-SHA256"
        f"&X-Amz-Credential={KEY_ID}%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        f"&X-Amz-Date={DATE}&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
        "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )
    url = f"https://examplebucket.s3.amazonaws.com/test.txt?{query}"
    return Call((("Host", "examplebucket.s3.amazonaws.com"),), b"", "GET", url)


CHUNKED = {
    # "Transferring payload in multiple chunks", its example.
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": (
        "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;"
        "x-amz-decoded-content-length;x-amz-storage-class",
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        (
            "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
            "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
            "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
        ),
        "",
    ),
    # "Including trailing headers", its example.
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": (
        "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;"
        "x-amz-storage-class;x-amz-trailer",
        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
        (
            "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
            "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
            "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
        ),
        "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435",
    ),
}


def chunked(mode):
    covered, seed, marks, trailer = CHUNKED[mode]
    first, second, last = marks
    body = (
        f"10000;chunk-signature={first}\r\n{'a' * 65536}\r\n"
        f"400;chunk-signature={second}\r\n{'a' * 1024}\r\n0;chunk-signature={last}\r\n"
    )
    headers = [
        ("Host", "s3.amazonaws.com"),
        ("x-amz-date", DATE),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ("x-amz-content-sha256", mode),
        ("Content-Encoding", "aws-chunked"),
        ("x-amz-decoded-content-length", "66560"),
        ("Content-Length", "66824"),
        ("Authorization", authorization(covered, seed)),
    ]
    if trailer:
        body += f"x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:{trailer}\r\n"
        headers.append(("x-amz-trailer", "x-amz-checksum-crc32c"))
    url = "https://s3.amazonaws.com/examplebucket/chunkObject.txt"
    return Call(tuple(headers), (body + "\r\n").encode(), "PUT", url)


PUBLISHED = [put_object(), presigned(), *map(chunked, CHUNKED)]


@pytest.mark.parametrize("call", PUBLISHED)
def test_amazons_published_signatures_are_made_again_as_they_are(call):
    assert call == resign(call, call, KEYS)


@pytest.mark.parametrize("call", PUBLISHED)
@pytest.mark.parametrize("secret", [SECRET.lower(), SECRET + " ", "x"])
def test_a_secret_that_did_not_sign_the_original_signs_nothing(call, secret):
    with pytest.raises(CannotSign, match="did not make"):
        resign(call, call, SigningKeys({KEY_ID: secret}))


@pytest.mark.parametrize("call", PUBLISHED)
def test_a_request_that_was_tampered_with_is_not_signed(call):
    tampered = replace(call, url=call.url.replace("s3.amazonaws.com/", "s3.amazonaws.com/x"))
    with pytest.raises(CannotSign, match="did not make"):
        resign(tampered, tampered, KEYS)


def test_without_the_key_nothing_is_signed():
    with pytest.raises(CannotSign, match="no signing key"):
        resign(put_object(), put_object(), SigningKeys({"AKIAOTHER": SECRET}))


@pytest.mark.parametrize("mode", CHUNKED)
@pytest.mark.parametrize("data", [b"", b"b", b"b" * 66_560, b"b" * 200_000])
def test_a_new_content_has_new_chunk_signatures_that_hold(mode, data):
    changed = rebound(chunked(mode), data, KEYS)
    assert data == awschunked.opened(changed).data
    assert str(len(changed.body)) == changed.header("content-length")
    assert str(len(data)) == changed.header("x-amz-decoded-content-length")
    assert changed == resign(changed, changed, KEYS)  # verifies what was made, and makes the same


def botocore_request(auth, method, url, headers, body):
    from botocore.awsrequest import AWSRequest

    request = AWSRequest(method=method, url=url, headers=headers, data=body)
    auth.add_auth(request)
    prepared = request.prepare()
    fields = tuple((str(name), _text(value)) for name, value in prepared.headers.items())
    host = url.split("/")[2]
    return Call((("Host", host), *fields), body, method, prepared.url)


def _text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize(
    "path",
    ["/a.txt", "/a%20b/%E6%96%87.txt", "/a//b/../c", "/", "/x?b=2&a=1&c", "/q?k=%2F%20x&K=1"],
)
@pytest.mark.parametrize("service", ["s3", "bedrock"])
def test_what_amazons_own_code_signs_can_be_signed_again(service, path):
    from botocore.auth import S3SigV4Auth, SigV4Auth
    from botocore.credentials import Credentials

    credentials = Credentials(KEY_ID, SECRET, "session-token" if path == "/a.txt" else None)
    kind = S3SigV4Auth if service == "s3" else SigV4Auth
    auth = kind(credentials, service, "eu-west-1")
    url = f"https://h.example.com{path}"
    call = botocore_request(
        auth, "PUT", url, {"X-Amz-Meta-A": "a   b", "Content-Type": "x"}, b"text"
    )
    changed = rebound(call, b"redacted", KEYS)
    assert b"redacted" == changed.body
    assert changed == resign(changed, changed, KEYS)
    assert call.header("authorization") != changed.header("authorization")


def test_a_model_id_with_a_colon_is_signed_as_amazon_does():
    from botocore.auth import SigV4Auth
    from botocore.credentials import Credentials

    auth = SigV4Auth(Credentials(KEY_ID, SECRET), "bedrock", "eu-west-1")
    url = "https://h.example.com/model/a.b-v1%3A0/converse"
    call = botocore_request(auth, "POST", url, {}, b"{}")
    assert rebound(call, b"[]", KEYS).body == b"[]"


def shared_key(headers, query=""):
    from azure.core.pipeline import PipelineContext, PipelineRequest
    from azure.core.rest import HttpRequest
    from azure.storage.blob._shared.authentication import SharedKeyCredentialPolicy

    url = f"https://acc.blob.core.windows.net/c/a%20b.txt{query}"
    request = HttpRequest("PUT", url, headers=headers, content=b"text")
    policy = SharedKeyCredentialPolicy("acc", base64.b64encode(b"k" * 32).decode())
    policy.on_request(PipelineRequest(request, PipelineContext(None)))
    return Call(tuple(request.headers.items()), b"text", "PUT", url)


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"x-ms-date": "Thu, 20 Dec 2018 11:59:06 GMT", "x-ms-version": "2025-01-05"}, ""),
        ({"x-ms-date": "d", "x-ms-meta-a-b": "1", "x-ms-meta-ab": "2", "x-ms-meta-a_1": "3"}, ""),
        (
            {"x-ms-date": "d", "Content-MD5": hashlib.md5(b"text").hexdigest()},
            "?timeout=9&comp=x%20y",
        ),
        ({"x-ms-date": "d", "Content-Type": "text/plain", "Content-Language": "de"}, "?b=1&a=2"),
    ],
)
def test_what_microsofts_own_code_signs_can_be_signed_again(headers, query):
    call = shared_key(headers, query)
    keys = SigningKeys({"acc": base64.b64encode(b"k" * 32).decode()})
    changed = rebound(call, b"redacted", keys)
    assert b"redacted" == changed.body
    assert changed == resign(changed, changed, keys)
    with pytest.raises(CannotEdit, match="did not make"):
        rebound(call, b"redacted", SigningKeys({"acc": base64.b64encode(b"j" * 32).decode()}))
    with pytest.raises(CannotEdit, match="did not make"):
        rebound(call, b"redacted", SigningKeys({"acc": "no base64!"}))


def test_schemes_that_cannot_be_made_again_say_so_and_offer_no_key():
    call = Call((("X-Kso-Authorization", "KSO-1 id:sig"),), b"text", "PUT", "https://a.example/")
    with pytest.raises(CannotEdit) as error:
        rebound(call, b"new", SigningKeys({"id": "secret-of-the-app"}))
    assert "the request is signed" in str(error.value)
    assert "key add" not in str(error.value)


def test_a_body_of_the_signed_length_needs_no_key_and_another_is_refused():
    headers = (("Authorization", "SharedKey acc:c2ln"), ("Content-Length", "4"))
    call = Call(headers, b"text", "PUT", "https://acc.example/")
    assert replace(call, body=b"xxxx") == rebound(call, b"xxxx", NO_KEYS)
    with pytest.raises(CannotEdit, match="key add"):
        rebound(call, b"xxxxx", NO_KEYS)


def test_an_encoding_that_is_not_signed_is_left_off():
    headers = (("Content-Encoding", "gzip"), ("Content-Length", "9"), ("X-A", "b"))
    changed = rebound(Call(headers, b"gzipped..", "PUT", "https://a.example/"), b"new", NO_KEYS)
    assert (("Content-Length", "3"), ("X-A", "b")) == changed.headers


HEX = "a" * 64
POLICY = base64.b64encode(b'{"conditions": []}').decode()


def policy_form(file, key="a.txt"):
    fields = (
        ("key", key),
        ("x-amz-credential", "AKIAEXAMPLE1/20130524/us-east-1/s3/aws4_request"),
        ("policy", POLICY),
        ("x-amz-signature", HEX),
        ("file", file),
    )
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    ]
    headers = (("Content-Type", "multipart/form-data; boundary=b"),)
    return Call(headers, ("".join(parts) + "--b--\r\n").encode(), "POST", "https://b.example/")


def test_a_forms_credentials_are_covered_while_it_is_judged():
    form = post_form(policy_form("text"))
    covered = form.covered()
    for value in (b"AKIAEXAMPLE1", POLICY.encode(), HEX.encode()):
        assert value in form.body
        assert value not in covered
    assert len(form.body) == len(covered)
    assert form.body == form.uncovered(covered)
    changed = form.uncovered(covered.replace(b"text", b"[NAME] and more"))
    assert policy_form("[NAME] and more").body == changed


def test_what_has_not_the_form_of_a_credential_is_judged():
    body = policy_form("text").body.replace(HEX.encode(), b"call Max Mustermann")
    form = post_form(replace(policy_form("text"), body=body))
    assert b"call Max Mustermann" in form.covered()


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b"x" * 64, b"y" * 64),
        lambda body: body.replace(b'name="policy"', b'name="other"'),
        lambda body: body[:-8],
        lambda body: b"",
    ],
)
def test_a_form_that_came_back_otherwise_is_refused(change):
    form = post_form(policy_form("text"))
    with pytest.raises(CannotEdit):
        form.uncovered(change(form.covered()))


def test_a_form_field_that_the_policy_binds_must_not_change():
    before = policy_form("text")
    assert policy_form("new").body == rebound(before, policy_form("new").body, NO_KEYS).body
    with pytest.raises(CannotEdit, match="signed"):
        rebound(before, policy_form("text", key="[NAME].txt").body, NO_KEYS)


def test_only_one_signature_can_be_made_again():
    call = put_object()
    twice = replace(call, headers=(*call.headers, ("X-Kso-Authorization", "KSO-1 id:sig")))
    assert can_resign(call, KEYS)
    assert not can_resign(twice, KEYS)
    with pytest.raises(CannotSign, match="of a kind"):
        resign(twice, twice, KEYS)


def test_no_error_and_no_repr_shows_a_secret():
    with pytest.raises(CannotSign) as error:
        resign(put_object(), put_object(), SigningKeys({KEY_ID: "SECRET-ONE"}))
    assert "SECRET-ONE" not in f"{error.value!r}{SigningKeys({KEY_ID: 'SECRET-ONE'})!r}"


def test_a_fresh_time_is_that_of_another_day_too():
    call = put_object()
    fresh = resign(call, call, KEYS, datetime.now(UTC))
    headers = tuple((name.lower(), value) for name, value in fresh.headers)
    verify(Request("PUT", fresh.target, headers, fresh.body), {KEY_ID: SECRET}, "s3")
    assert fresh == resign(fresh, fresh, KEYS)


def test_a_fresh_time_gives_what_microsofts_own_code_signs_then():
    at = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    keys = SigningKeys({"acc": base64.b64encode(b"k" * 32).decode()})
    old = shared_key({"x-ms-date": "Thu, 20 Dec 2018 11:59:06 GMT"}, "?comp=block")
    new = shared_key({"x-ms-date": "Sun, 22 Nov 2026 09:30:00 GMT"}, "?comp=block")
    assert new == resign(old, old, keys, at)


def test_a_signed_address_keeps_its_time():
    call = presigned()
    assert call == resign(call, call, KEYS, datetime.now(UTC))
