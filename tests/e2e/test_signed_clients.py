"""Clients that sign their requests, nobody of them ours, through the real proxy to strict services."""

from __future__ import annotations

import base64
import hashlib

import pytest
from support.clouds import OPEN_CONNECTIONS
from support.signedworld import (
    ACCOUNT,
    ACCOUNT_KEY,
    AZURE_HOST,
    BEDROCK_HOST,
    KEY_ID,
    OSS_HOST,
    OSS_ID,
    OSS_SECRET,
    SECRET,
    blob_client,
    bucket,
    cleared,
    shared_access,
    started,
)

pytestmark = [
    # oss2 2.19 signs with the time as Python 3.11 had it.
    pytest.mark.filterwarnings("ignore:.*utcnow.*:DeprecationWarning:oss2"),
    pytest.mark.filterwarnings(OPEN_CONNECTIONS),
]

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


# Amazon Bedrock


def converse(world, text):
    import boto3
    from botocore.config import Config

    client = boto3.client(
        "bedrock-runtime",
        aws_access_key_id=KEY_ID,
        aws_secret_access_key=SECRET,
        region_name="eu-central-1",
        verify=world.bundle,
        config=Config(proxies=world.proxies, retries={"max_attempts": 1}),
    )
    world.until_cleared(client)
    answer = client.converse(
        modelId="anthropic.claude-3-haiku-20240307-v1:0",
        messages=[{"role": "user", "content": [{"text": text}]}],
    )
    return answer["output"]["message"]["content"][0]["text"]


def test_a_clean_prompt_is_answered(world):
    assert "heard: what is a proxy?" == converse(world, "what is a proxy?")


def test_a_signed_prompt_is_refused_without_a_key(world):
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as error:
        converse(world, f"pay to {IBAN}")
    assert SENTENCE in str(error.value)
    assert REMEDY in str(error.value)
    assert b"" == world.received(BEDROCK_HOST)


def test_a_signed_prompt_is_redacted_with_the_key(world):
    world.keys.add(KEY_ID, SECRET)
    assert "heard: pay to [IBAN_CODE]" == converse(world, f"pay to {IBAN}")


def test_a_prompt_under_an_api_key_is_redacted_without_one(world, monkeypatch):
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "bedrock-api-key-testing")
    assert "heard: pay to [IBAN_CODE]" == converse(world, f"pay to {IBAN}")


# Azure Blob Storage


def test_a_clean_blob_is_stored_as_it_is(world):
    for credential in (ACCOUNT_KEY, shared_access("a.txt")):
        blob_client(world, credential).upload_blob(CLEAN, overwrite=True)
        assert {"docs/a.txt": CLEAN} == world.azure.blobs
        world.azure.blobs.clear()


def test_a_shared_access_signature_binds_nothing(world):
    blob_client(world, shared_access("a.txt")).upload_blob(TEXT, overwrite=True)
    assert {"docs/a.txt": REDACTED} == world.azure.blobs


def test_a_shared_key_binds_the_length_and_the_blob_is_fitted(world):
    blob_client(world, ACCOUNT_KEY).upload_blob(TEXT, overwrite=True)
    (stored,) = world.azure.blobs.values()
    assert len(TEXT) == len(stored)
    assert IBAN.encode() not in world.received(AZURE_HOST)


def test_blocks_under_a_shared_key_are_fitted_together(world):
    client = blob_client(world, ACCOUNT_KEY, "a.txt", 30)
    client.upload_blob(TEXT, overwrite=True)
    (stored,) = world.azure.blobs.values()
    assert len(TEXT) == len(stored)
    assert IBAN.encode() not in stored
    assert b"please pay to " in stored
    assert "fit" == world.last_audit()["strategy"]
    assert [] == world.azure.refused


def test_a_shared_key_with_a_digest_is_refused_without_the_account_key(world):
    from azure.core.exceptions import HttpResponseError

    with pytest.raises(HttpResponseError) as error:
        blob_client(world, ACCOUNT_KEY).upload_blob(TEXT, overwrite=True, validate_content=True)
    assert SENTENCE in str(error.value)
    assert b"" == world.received(AZURE_HOST)


@pytest.mark.parametrize("validate", [False, True])
def test_a_shared_key_request_is_signed_again(world, validate):
    world.keys.add(ACCOUNT, ACCOUNT_KEY)
    blob_client(world, ACCOUNT_KEY).upload_blob(TEXT, overwrite=True, validate_content=validate)
    assert {"docs/a.txt": REDACTED} == world.azure.blobs
    assert [] == world.azure.refused


# Alibaba Cloud OSS


@pytest.mark.parametrize("version", [1, 4])
def test_a_clean_oss_object_is_stored_as_it_is(world, version):
    bucket(world, version).put_object("文档/a b.txt", CLEAN)
    assert {"文档/a b.txt": CLEAN} == world.oss.objects


@pytest.mark.parametrize("version", [1, 4])
def test_oss_signatures_bind_no_content_and_its_client_is_content(world, version):
    bucket(world, version).put_object("文档/a b.txt", TEXT)
    assert {"文档/a b.txt": REDACTED} == world.oss.objects
    assert IBAN.encode() not in world.received(OSS_HOST)


@pytest.mark.parametrize("version", [1, 4])
def test_a_signed_oss_address_is_redacted(world, version):
    import requests

    url = bucket(world, version).sign_url("PUT", "a.txt", 600, slash_safe=True)
    answer = requests.put(url, data=TEXT, proxies=world.proxies, verify=world.bundle, timeout=60)
    assert 200 == answer.status_code, answer.text
    assert {"a.txt": REDACTED} == world.oss.objects


@pytest.mark.parametrize("version", [1, 4])
def test_an_oss_object_with_a_signed_digest_needs_the_key(world, version):
    import oss2

    digest = base64.b64encode(hashlib.md5(TEXT).digest()).decode()
    headers = {"Content-MD5": digest}
    with pytest.raises(oss2.exceptions.OssError) as error:
        bucket(world, version).put_object("a.txt", TEXT, headers=headers)
    assert "Blocked by Redaction Gateway" in str(error.value)
    assert b"" == world.received(OSS_HOST)
    world.keys.add(OSS_ID, OSS_SECRET)
    bucket(world, version).put_object("a.txt", TEXT, headers=headers)
    assert {"a.txt": REDACTED} == world.oss.objects
