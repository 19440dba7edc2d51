"""What each signature scheme binds of a body."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.services.signatures import Bound, SigningKeys, binds, can_resign, signatures
from gateway.services.wire import Call

URL = "https://b.example.com/k"
HEX = "a" * 64
SCOPE = "AKIAEXAMPLE/20130524/us-east-1/s3/aws4_request"


def call(headers=None, query="", body=b"text", method="PUT"):
    fields = tuple((name.replace("_", "-"), value) for name, value in (headers or {}).items())
    return Call(fields, body, method, URL + (f"?{query}" if query else ""))


def aws(covered, mode="UNSIGNED-PAYLOAD", algorithm="AWS4-HMAC-SHA256", **headers):
    value = f"{algorithm} Credential={SCOPE}, SignedHeaders={covered}, Signature={HEX}"
    return call(
        {"Authorization": value, "x-amz-content-sha256": mode, "x-amz-date": "d", **headers}
    )


HASH, LENGTH, DIGEST = {Bound.HASH}, {Bound.LENGTH}, {Bound.DIGEST}
EVERYTHING = {Bound.EVERYTHING}
BASE = "host;x-amz-content-sha256;x-amz-date"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (aws(BASE), set()),
        (aws(BASE, "STREAMING-UNSIGNED-PAYLOAD-TRAILER"), set()),
        (aws(BASE, hashlib.sha256(b"text").hexdigest()), HASH | DIGEST),
        (aws(BASE, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), HASH),
        (aws(BASE, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"), HASH),
        (aws(BASE, algorithm="AWS4-ECDSA-P256-SHA256"), set()),
        (aws(BASE, "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", "AWS4-ECDSA-P256-SHA256"), HASH),
        (aws("content-length;" + BASE, content_length="4"), LENGTH),
        (aws(BASE, content_length="4"), set()),
        (aws("content-md5;" + BASE, content_md5="1B2M2Y8AsgTpgAmY7PhCfg=="), DIGEST),
        (aws(BASE + ";x-amz-checksum-crc32", **{"x-amz-checksum-crc32": "AAAAAA=="}), DIGEST),
        (
            aws(
                BASE + ";x-amz-decoded-content-length;x-amz-trailer",
                "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
                x_amz_decoded_content_length="4",
                x_amz_trailer="x-amz-checksum-crc32",
            ),
            {Bound.DECODED_LENGTH},
        ),
        (call({"Authorization": "AWS4-HMAC-SHA256 Credential=x"}), EVERYTHING),
        (call({"Authorization": "AWS4-HMAC-SHA999"}), EVERYTHING),
    ],
)
def test_aws_signature_4_in_headers(request_, expected):
    assert expected == binds(request_)


def test_a_service_that_is_not_storage_hashes_its_payload():
    value = (
        "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20130524/us-east-1/bedrock/aws4_request, "
        f"SignedHeaders=content-type;host;x-amz-date, Signature={HEX}"
    )
    assert HASH == binds(call({"Authorization": value, "X-Amz-Date": "d"}))


PRESIGNED = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAEXAMPLE%2F20130524%2Fus-east-1%2F{}"
    f"%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=60&X-Amz-Signature={HEX}"
    "&X-Amz-SignedHeaders={}"
)


@pytest.mark.parametrize(
    ("query", "headers", "expected"),
    [
        (PRESIGNED.format("s3", "host"), {}, set()),
        (PRESIGNED.format("s3", "content-length%3Bhost"), {"Content-Length": "4"}, LENGTH),
        (PRESIGNED.format("s3", "content-md5%3Bhost"), {"Content-MD5": "x"}, DIGEST),
        (PRESIGNED.format("s3", "host"), {"Content-MD5": "x"}, set()),
        (PRESIGNED.format("s3", "host") + "&x-amz-checksum-crc32=AAAAAA%3D%3D", {}, DIGEST),
        (PRESIGNED.format("s3", "host") + f"&X-Amz-Content-Sha256={HEX}", {}, HASH),
        (PRESIGNED.format("execute-api", "host"), {}, HASH),
        ("X-Amz-Algorithm=AWS4-HMAC-SHA256", {}, EVERYTHING),
    ],
)
def test_aws_signature_4_in_the_address(query, headers, expected):
    assert expected == binds(call(headers, query))


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        # Azure: Shared Key signs Content-Length and Content-MD5, Lite only the latter.
        ({"Authorization": "SharedKey acc:c2ln"}, "", set()),
        ({"Authorization": "SharedKey acc:c2ln", "Content-Length": "4"}, "", LENGTH),
        ({"Authorization": "SharedKeyLite acc:c2ln", "Content-Length": "4"}, "", set()),
        ({"Authorization": "SharedKey acc:c2ln", "Content-MD5": "x"}, "", DIGEST),
        ({"Authorization": "SharedKeyLite acc:c2ln", "Content-MD5": "x"}, "", DIGEST),
        ({"Authorization": "SharedKey acc:c2ln", "x-ms-content-crc64": "x"}, "", DIGEST),
        ({"Authorization": "SharedKey acc"}, "", EVERYTHING),
        ({"Content-MD5": "x"}, "sv=2021-08-06&se=2030-01-01&sr=b&sp=rw&sig=c2ln", set()),
        # Alibaba
        ({"Authorization": "OSS id:c2ln"}, "", set()),
        ({"Authorization": "OSS id:c2ln", "Content-MD5": "x"}, "", DIGEST),
        ({"Authorization": "OSS id"}, "", EVERYTHING),
        ({}, "OSSAccessKeyId=id&Expires=1&Signature=c2ln", set()),
        ({"Content-MD5": "x"}, "OSSAccessKeyId=id&Expires=1&Signature=c2ln", DIGEST),
        (
            {
                "Authorization": "OSS4-HMAC-SHA256 Credential=id/20250417/cn-hangzhou/oss/"
                f"aliyun_v4_request,AdditionalHeaders=content-length,Signature={HEX}",
                "Content-Length": "4",
                "x-oss-content-sha256": "UNSIGNED-PAYLOAD",
            },
            "",
            LENGTH,
        ),
        (
            {
                "Authorization": "OSS4-HMAC-SHA256 Credential=id/20250417/cn-hangzhou/oss/"
                f"aliyun_v4_request,Signature={HEX}",
                "Content-Length": "4",
                "x-oss-content-sha256": HEX,
            },
            "",
            HASH | DIGEST,
        ),
        ({"Authorization": "OSS4-HMAC-SHA256 x"}, "", EVERYTHING),
        # Signature 2 and its kin
        ({"Authorization": "AWS AKID:c2ln"}, "", set()),
        ({"Authorization": "AWS AKID:c2ln", "Content-MD5": "x"}, "", DIGEST),
        ({"Authorization": "GOOG1 GOOGID:c2ln", "Content-MD5": "x"}, "", DIGEST),
        ({"Authorization": "GOOG1 GOOGID:c2ln", "x-goog-hash": "md5=x"}, "", DIGEST),
        ({"Content-MD5": "x"}, "AWSAccessKeyId=id&Expires=1&Signature=c2ln", DIGEST),
        ({}, "AWSAccessKeyId=id&SignatureVersion=2&Signature=c2ln", EVERYTHING),
        ({"Authorization": "AWS nonsense"}, "", EVERYTHING),
        # Tencent: the list is in the signature.
        (
            {"Authorization": "q-sign-algorithm=sha1&q-ak=A&q-header-list=content-length;host&"
             "q-signature=a", "Content-Length": "4"},
            "", LENGTH,
        ),
        (
            {"Authorization": "q-sign-algorithm=sha1&q-ak=A&q-header-list=host&q-signature=a",
             "Content-Length": "4"},
            "", set(),
        ),
        # Google's V4
        (
            {"Authorization": "GOOG4-RSA-SHA256 Credential=a@b/20130524/auto/storage/goog4_request,"
             f"SignedHeaders=host;x-goog-content-sha256;x-goog-date,Signature={HEX}",
             "x-goog-content-sha256": HEX, "x-goog-date": "d"},
            "", HASH | DIGEST,
        ),
        # Kingsoft
        ({"X-Kso-Authorization": "KSO-1 id:sig"}, "", HASH),
        ({"Authorization": "WPS-2:app:sig", "Content-Md5": HEX[:32]}, "", DIGEST),
        ({"X-Auth": "WPS-3:app:sig", "Content-Md5": HEX[:32]}, "", DIGEST),
        ({"Wps-Docs-Authorization": "WPS-4 app:sig"}, "", HASH),
        # RFC 9421
        ({"Signature-Input": 'sig1=("@method" "@path");created=1', "Signature": "sig1=:YQ==:"},
         "", set()),
        ({"Signature-Input": 'sig1=("@method" "content-digest");keyid="a, b"'}, "", DIGEST),
        ({"Signature-Input": 'a=("@path"), b=("content-length");alg="x"'}, "", LENGTH),
        ({"Signature-Input": 'a=("content-digest";key="sha-256")'}, "", DIGEST),
        ({"Signature-Input": "nonsense"}, "", EVERYTHING),
        # The drafts before it
        ({"Authorization": 'Signature keyId="a",headers="(request-target) host date",signature="x"'},
         "", set()),
        ({"Authorization": 'Signature keyId="a",headers="host digest",signature="x"'}, "", DIGEST),
        ({"Authorization": 'Signature keyId="a",signature="x"'}, "", EVERYTHING),
        ({"Signature": 'keyId="a",signature="x"'}, "", EVERYTHING),
        # What only looks like one
        ({"Authorization": "HMAC-SHA256 Credential=a"}, "", EVERYTHING),
        ({"Authorization": "TC3-HMAC-SHA256 Credential=a"}, "", EVERYTHING),
        ({"Authorization": "bce-auth-v1/a/2020/1800//b"}, "", EVERYTHING),
        ({"Authorization": 'Hawk id="a", mac="x"'}, "", EVERYTHING),
        ({"Authorization": 'OAuth oauth_consumer_key="a", oauth_signature="x"'}, "", EVERYTHING),
        ({"Authorization": 'Digest username="a", qop=auth-int, response="x"'}, "", EVERYTHING),
        ({"X-Authorization": "app=1,sign=abc"}, "", EVERYTHING),
        # What signs nothing
        ({"Authorization": "Bearer abc.def.ghi"}, "", set()),
        ({"Authorization": "Basic dXNlcjpwYXNz"}, "", set()),
        ({"Authorization": 'Digest username="a", qop=auth, response="x"'}, "", set()),
        ({"X-Goog-AuthUser": "0"}, "", set()),
        ({"Authorization": "token ghp_abc"}, "", set()),
        ({}, "", set()),
    ],
)  # fmt: skip
def test_what_binds_the_body(headers, query, expected):
    assert expected == binds(call(headers, query))


def test_several_signatures_bind_together():
    request = call(
        {"X-Kso-Authorization": "KSO-1 id:sig", "Authorization": "SharedKey a:c2ln",
         "Content-Length": "4"}
    )  # fmt: skip
    assert {Bound.HASH, Bound.LENGTH} == binds(request)
    assert not can_resign(request)


def test_an_unknown_authorisation_beside_a_known_one_still_binds():
    request = call({"Authorization": "HMAC abc"}, "sv=1&se=2&sig=c2ln")
    assert EVERYTHING == binds(request)


def form(*fields):
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    ]
    body = ("".join(parts) + "--b--\r\n").encode()
    return call({"Content-Type": "multipart/form-data; boundary=b"}, body=body, method="POST")


POLICY = base64.b64encode(b'{"conditions": []}').decode()


def test_a_policy_form_binds_its_fields_and_not_its_file():
    request = form(("key", "a"), ("policy", POLICY), ("x-amz-signature", HEX), ("file", "text"))
    assert ["POST policy"] == [one.scheme for one in signatures(request)]
    assert set() == binds(request)


def test_a_policy_form_with_a_checksum_binds_its_file():
    request = form(
        ("x-amz-checksum-sha256", "x"), ("policy", POLICY), ("signature", POLICY), ("file", "text")
    )
    assert DIGEST == binds(request)


def test_another_form_is_not_signed():
    assert () == signatures(form(("policy", "our travel policy"), ("file", "text")))


@given(st.text(max_size=40), st.text(max_size=80))
def test_no_header_is_too_odd(name, value):
    request = call({"Authorization": value, name: value, "Signature-Input": value}, "a=b")
    binds(request)
    can_resign(request, SigningKeys({"a": "b"}))


@given(st.binary(max_size=200))
def test_no_form_is_too_odd(rest):
    body = b'--b\r\nContent-Disposition: form-data; name="policy"\r\n\r\n' + rest
    binds(call({"Content-Type": "multipart/form-data; boundary=b"}, body=body, method="POST"))


def test_nothing_shows_a_key():
    request = aws(BASE)
    assert "AKIAEXAMPLE" not in repr(signatures(request))
    assert "secret" not in repr(SigningKeys({"id": "secret"}))
