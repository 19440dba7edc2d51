"""Clients of S3 that sign their requests in all ways, through the real proxy to a strict server."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys

import pytest
from support.clouds import OPEN_CONNECTIONS
from support.signedworld import (
    KEY_ID,
    S3_HOST,
    SECRET,
    cleared,
    s3_client,
    started,
)

pytestmark = pytest.mark.filterwarnings(OPEN_CONNECTIONS)

IBAN = "DE89370400440532013000"
TEXT = f"Dear bank,\nplease pay to {IBAN} today.\n".encode()
REDACTED = b"Dear bank,\nplease pay to [IBAN_CODE] today.\n"
CLEAN = b"The weather was fine on the island.\n"
SENTENCE = "Blocked by Redaction Gateway: 1 × IBAN_CODE"
REMEDY = "`gateway services key add` lets the gateway sign again"


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    with started(tmp_path_factory.mktemp("signed")) as running:
        yield running


@pytest.fixture
def world(standing):
    return cleared(standing)


def put_default(world, body):
    s3_client(world).put_object(Bucket="docs", Key="a.txt", Body=body)


def put_sha256_trailer(world, body):
    s3_client(world).put_object(Bucket="docs", Key="a.txt", Body=body, ChecksumAlgorithm="SHA256")


def put_payload_hash(world, body):
    client = s3_client(
        world, request_checksum_calculation="when_required", s3={"payload_signing_enabled": True}
    )
    client.put_object(Bucket="docs", Key="a.txt", Body=body)


def put_content_md5(world, body):
    digest = base64.b64encode(hashlib.md5(body).digest()).decode()
    client = s3_client(world, request_checksum_calculation="when_required")
    client.put_object(Bucket="docs", Key="a.txt", Body=body, ContentMD5=digest)


def put_checksum_header(world, body):
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    s3_client(world).put_object(Bucket="docs", Key="a.txt", Body=body, ChecksumSHA256=digest)


def put_presigned(world, body):
    import requests

    url = s3_client(world).generate_presigned_url(
        "put_object", Params={"Bucket": "docs", "Key": "a.txt"}
    )
    answer = requests.put(url, data=body, proxies=world.proxies, verify=world.bundle, timeout=60)
    if not answer.ok:
        raise RuntimeError(answer.text)


def put_presigned_length(world, body):
    import requests

    url = s3_client(world).generate_presigned_url(
        "put_object", Params={"Bucket": "docs", "Key": "a.txt", "ContentLength": len(body)}
    )
    assert "content-length" in url
    answer = requests.put(url, data=body, proxies=world.proxies, verify=world.bundle, timeout=60)
    if not answer.ok:
        raise RuntimeError(answer.text)


def post_form(world, body, signature_version="s3v4"):
    import requests

    form = s3_client(world, signature_version=signature_version).generate_presigned_post(
        "docs", "a.txt", Conditions=[["content-length-range", 1, 10_000]]
    )
    answer = requests.post(
        form["url"],
        data=form["fields"],
        files={"file": ("a.txt", body, "text/plain")},
        proxies=world.proxies,
        verify=world.bundle,
        timeout=60,
    )
    if not answer.ok:
        raise RuntimeError(answer.text)


def upload_fileobj(world, body):
    import io

    s3_client(world).upload_fileobj(io.BytesIO(body), "docs", "a.txt")


UNBOUND = [put_presigned, post_form]
LENGTH_BOUND = [put_default, put_sha256_trailer, put_presigned_length, upload_fileobj]
HASH_BOUND = [put_payload_hash, put_content_md5, put_checksum_header]


@pytest.mark.parametrize("put", UNBOUND + LENGTH_BOUND + HASH_BOUND)
def test_a_clean_object_is_stored_as_it_is(world, put):
    put(world, CLEAN)
    assert {"docs/a.txt": CLEAN} == world.s3.objects
    assert [] == world.s3.refused


@pytest.mark.parametrize("put", UNBOUND)
def test_what_no_signature_binds_is_simply_redacted(world, put):
    put(world, TEXT)
    assert {"docs/a.txt": REDACTED} == world.s3.objects


@pytest.mark.parametrize("put", LENGTH_BOUND)
def test_where_only_the_length_is_signed_the_object_is_fitted(world, put):
    put(world, TEXT)
    (stored,) = world.s3.objects.values()
    assert len(TEXT) == len(stored)
    assert IBAN.encode() not in world.received(S3_HOST)
    assert b"please pay to " in stored
    assert [] == world.s3.refused
    assert "fit" == world.last_audit()["strategy"]


@pytest.mark.parametrize("put", HASH_BOUND)
def test_where_the_content_is_signed_it_is_refused_with_the_remedy(world, put):
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as error:
        put(world, TEXT)
    assert SENTENCE in str(error.value)
    assert REMEDY in str(error.value)
    assert IBAN not in str(error.value)
    assert b"" == world.received(S3_HOST)
    assert {} == world.s3.objects


@pytest.mark.parametrize("put", LENGTH_BOUND + HASH_BOUND)
def test_with_the_users_key_the_request_is_signed_again(world, put):
    world.keys.add(KEY_ID, SECRET)
    put(world, TEXT)
    assert {"docs/a.txt": REDACTED} == world.s3.objects
    assert [] == world.s3.refused
    assert "re-sign" == world.last_audit()["strategy"]


def test_a_wrong_key_signs_nothing(world):
    from botocore.exceptions import ClientError

    world.keys.add(KEY_ID, SECRET[::-1])
    with pytest.raises(ClientError, match="did not make its signature"):
        put_payload_hash(world, TEXT)
    assert b"" == world.received(S3_HOST)


def test_the_same_content_always_becomes_the_same_object(world):
    world.keys.add(KEY_ID, SECRET)
    stored = []
    for _ in range(2):
        put_default(world, TEXT)
        stored.append(world.s3.objects.pop("docs/a.txt"))
    assert stored[0] == stored[1]


def test_an_object_over_several_chunks_is_redacted_across_their_borders(world):
    border = 1024 * 1024  # botocore's chunk
    body = b"x" * 59 + b"\n"
    body = (body * (border // 60 + 1))[: border - 10] + b" " + TEXT + body * 300
    put_default(world, body)
    (stored,) = world.s3.objects.values()
    assert len(body) == len(stored)
    assert IBAN.encode() not in stored
    assert IBAN.encode()[:9] not in stored


def test_a_gzipped_object_needs_the_key(world):
    import gzip

    from botocore.exceptions import ClientError

    packed = gzip.compress(TEXT)

    def put():
        s3_client(world).put_object(Bucket="docs", Key="a.txt", Body=packed, ContentEncoding="gzip")

    with pytest.raises(ClientError, match="Blocked by Redaction Gateway"):
        put()
    world.keys.add(KEY_ID, SECRET)
    put()
    assert {"docs/a.txt": REDACTED} == world.s3.objects
    assert {"docs/a.txt": ""} == world.s3.codings


def test_a_policy_form_keeps_its_credentials(world):
    post_form(world, TEXT)
    assert [] == world.s3.refused
    body = world.upstreams[S3_HOST].requests[-1].body
    assert f"{KEY_ID}/".encode() in body


def test_an_object_name_in_a_policy_form_is_not_rewritten(world):
    import requests

    form = s3_client(world).generate_presigned_post("docs", f"pay {IBAN}.txt")
    answer = requests.post(
        form["url"],
        data=form["fields"],
        files={"file": ("a.txt", CLEAN, "text/plain")},
        proxies=world.proxies,
        verify=world.bundle,
        timeout=60,
    )
    assert 403 == answer.status_code
    assert "cannot be taken out" in answer.text
    assert b"" == world.received(S3_HOST)


@pytest.mark.parametrize("keyed", [False, True])
def test_an_object_in_parts_is_judged_whole(world, keyed):
    world.s3.multiparts.smallest = 0
    if keyed:
        world.keys.add(KEY_ID, SECRET)
    client = s3_client(world)

    def put(body):
        where = {"Bucket": "docs", "Key": "a.txt"}
        where["UploadId"] = client.create_multipart_upload(**where)["UploadId"]
        parts = []
        for number, piece in enumerate((body[:35], body[35:]), 1):
            told = client.upload_part(**where, PartNumber=number, Body=piece)
            parts.append({"PartNumber": number, "ETag": told["ETag"]})
        client.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})

    put(CLEAN)
    assert {"docs/a.txt": CLEAN} == world.s3.objects
    world.s3.objects.clear()
    if keyed:
        put(TEXT)
        assert {"docs/a.txt": REDACTED} == world.s3.objects
        assert "re-sign" == world.last_audit()["strategy"]
        return
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError, match=SENTENCE):
        put(TEXT)
    assert {} == world.s3.objects


def presigned(client, operation, **parameters):
    return client.generate_presigned_url(
        operation, Params={"Bucket": "docs", "Key": "a.txt", **parameters}
    )


def test_presigned_parts_bind_nothing_and_are_redacted(world):
    import requests

    world.s3.multiparts.smallest = 0
    client = s3_client(world)
    upload = client.create_multipart_upload(Bucket="docs", Key="a.txt")["UploadId"]
    items = ""
    with requests.Session() as session:
        session.proxies, session.verify = world.proxies, world.bundle
        session.trust_env = False
        for number, piece in enumerate((TEXT[:35], TEXT[35:]), 1):
            url = presigned(client, "upload_part", UploadId=upload, PartNumber=number)
            told = session.put(url, data=piece, timeout=60)
            items += (
                f"<Part><PartNumber>{number}</PartNumber><ETag>{told.headers['ETag']}</ETag></Part>"
            )
        url = presigned(client, "complete_multipart_upload", UploadId=upload)
        xmlns = "http://s3.amazonaws.com/doc/2006-03-01/"
        body = f'<CompleteMultipartUpload xmlns="{xmlns}">{items}</CompleteMultipartUpload>'
        answer = session.post(url, data=body, timeout=60)
    assert 200 == answer.status_code, answer.text
    assert {"docs/a.txt": REDACTED} == world.s3.objects
    assert "collapse" == world.last_audit()["strategy"]


def test_a_presigned_part_of_an_upload_that_began_elsewhere_is_refused(world):
    import requests

    client = s3_client(world)
    url = presigned(client, "upload_part", UploadId="elsewhere", PartNumber=1)
    answer = requests.put(url, data=CLEAN, proxies=world.proxies, verify=world.bundle, timeout=60)
    assert 403 == answer.status_code
    assert "does not know this upload" in answer.text
    assert b"" == world.received(S3_HOST)


def curl(world, body, *options):
    return subprocess.run(
        [
            *("curl", "--silent", "--show-error", "--fail-with-body", "--upload-file", "-"),
            *("--proxy", world.running.url, "--cacert", world.bundle, *options),
            *("--aws-sigv4", "aws:amz:eu-central-1:s3", "--user", f"{KEY_ID}:{SECRET}"),
            f"https://{S3_HOST}/a.txt",
        ],
        input=body,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_that_signs(world):
    mode = ("--header", "x-amz-content-sha256: UNSIGNED-PAYLOAD")
    assert 0 == curl(world, CLEAN, *mode).returncode
    assert {"docs/a.txt": CLEAN} == world.s3.objects
    assert 0 == curl(world, TEXT, *mode).returncode
    assert {"docs/a.txt": REDACTED} == world.s3.objects
    digest = ("--header", f"x-amz-content-sha256: {hashlib.sha256(TEXT).hexdigest()}")
    done = curl(world, TEXT, *digest)
    assert SENTENCE.encode() in done.stdout
    world.keys.add(KEY_ID, SECRET)
    assert 0 == curl(world, TEXT, *digest).returncode
    assert [] == world.s3.refused


def test_the_command_line_client_shows_the_sentence(world, tmp_path):
    path = tmp_path / "a.txt"

    def copy(body):
        path.write_bytes(body)
        environment = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_CA_BUNDLE": world.bundle,
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "HTTPS_PROXY": world.running.url,
            "NO_PROXY": "",
        }
        return subprocess.run(
            [sys.executable, "-m", "awscli", "s3", "cp", str(path), "s3://docs/a.txt"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    done = copy(CLEAN)
    assert 0 == done.returncode, done.stderr
    assert {"docs/a.txt": CLEAN} == world.s3.objects
    done = copy(TEXT)
    assert 0 == done.returncode, done.stderr
    assert IBAN.encode() not in world.s3.objects["docs/a.txt"]
    world.s3.objects.clear()
    done = copy(b"STRICTLY CONFIDENTIAL\n" + TEXT)
    assert 1 == done.returncode
    assert "Blocked by Redaction Gateway" in done.stderr
    assert {} == world.s3.objects


def test_no_secret_and_no_value_is_in_the_audit_log(world):
    world.keys.add(KEY_ID, SECRET)
    put_payload_hash(world, TEXT)
    log = world.settings.audit_log.read_text()
    assert SECRET not in log
    assert KEY_ID not in log
    assert IBAN not in log
