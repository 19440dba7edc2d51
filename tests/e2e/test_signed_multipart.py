"""Uploads in parts that are signed one by one, by clients of others, to services that check them.

Without a key of the user's a clean object goes out in the client's own requests, byte for byte; one
that holds something is refused when the last request has come. With the key it is redacted.
"""

from __future__ import annotations

import hashlib
import io

import pytest
from support.clouds import OPEN_CONNECTIONS
from support.proxyharness import CANARY, GONE
from support.samples import across
from support.signedworld import (
    ACCOUNT,
    ACCOUNT_KEY,
    AZURE_HOST,
    KEY_ID,
    OSS_HOST,
    S3_HOST,
    SECRET,
    blob_client,
    bucket,
    cleared,
    s3_client,
    shared_access,
    started,
)

pytestmark = [
    # oss2 2.19 signs with the time as Python 3.11 had it.
    pytest.mark.filterwarnings("ignore:.*utcnow.*:DeprecationWarning:oss2"),
    pytest.mark.filterwarnings(OPEN_CONNECTIONS),
]

REMEDY = "`gateway services key add` lets the gateway sign again"
PART = 5 * 1024 * 1024  # the least that S3 takes for all but the last


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    with started(tmp_path_factory.mktemp("multipart"), real=False) as running:
        yield running


@pytest.fixture
def world(standing):
    standing.s3.multiparts.open.clear()
    standing.s3.multiparts.kms = False
    standing.s3.multiparts.smallest = PART
    standing.azure.blocks.clear()
    return cleared(standing)


def in_parts(client, pieces, checksum=None):
    """What an SDK's user does by hand."""
    asked = {"ChecksumAlgorithm": checksum} if checksum else {}
    upload = client.create_multipart_upload(Bucket="docs", Key="a.bin", **asked)["UploadId"]
    where = {"Bucket": "docs", "Key": "a.bin", "UploadId": upload}
    parts = []
    for number, piece in enumerate(pieces, 1):
        told = client.upload_part(**where, PartNumber=number, Body=piece, **asked)
        part = {"PartNumber": number, "ETag": told["ETag"]}
        if checksum:
            part[f"Checksum{checksum}"] = told[f"Checksum{checksum}"]
        parts.append(part)
    client.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})


def cut(data, size):
    return [data[at : at + size] for at in range(0, len(data), size)]


VARIANTS = [
    {},
    {"s3": {"payload_signing_enabled": True}, "request_checksum_calculation": "when_required"},
    {"request_checksum_calculation": "when_required"},
]


@pytest.mark.parametrize("config", VARIANTS, ids=["trailer", "payload hash", "plain"])
@pytest.mark.parametrize("keyed", [False, True])
def test_a_clean_object_arrives_as_the_client_signed_it(world, config, keyed):
    if keyed:
        world.keys.add(KEY_ID, SECRET)
    world.s3.multiparts.smallest = 0
    in_parts(s3_client(world, **config), cut(b"a quiet day " * 300, 1000))
    assert {"docs/a.bin": b"a quiet day " * 300} == world.s3.objects
    assert ([], {}) == (world.s3.refused, world.s3.multiparts.open)


@pytest.mark.parametrize("checksum", [None, "CRC32", "SHA256"])
def test_a_clean_object_keeps_its_checksums(world, checksum):
    world.s3.multiparts.smallest = 0
    in_parts(s3_client(world), [b"one" * 99, b"two" * 99], checksum)
    assert {"docs/a.bin": b"one" * 99 + b"two" * 99} == world.s3.objects


@pytest.mark.parametrize("config", VARIANTS, ids=["trailer", "payload hash", "plain"])
@pytest.mark.parametrize("size", [64, 100, 999, 4096])
def test_with_the_key_a_value_over_any_border_is_redacted(world, config, size):
    world.keys.add(KEY_ID, SECRET)
    world.s3.multiparts.smallest = 0
    data = across(size, 1000)
    in_parts(s3_client(world, **config), cut(data, size))
    assert {"docs/a.bin": data.replace(CANARY, GONE)} == world.s3.objects
    assert ([], {}) == (world.s3.refused, world.s3.multiparts.open)
    assert CANARY not in world.received(S3_HOST)


@pytest.mark.parametrize("checksum", ["CRC32", "SHA256"])
def test_with_the_key_checksums_are_made_anew(world, checksum):
    world.keys.add(KEY_ID, SECRET)
    world.s3.multiparts.smallest = 0
    in_parts(s3_client(world), cut(across(100, 500), 100), checksum)
    assert {"docs/a.bin": across(100, 500).replace(CANARY, GONE)} == world.s3.objects


def test_what_became_shorter_than_its_parts_needs_fewer_of_them(world):
    world.keys.add(KEY_ID, SECRET)
    world.s3.multiparts.smallest = 0
    in_parts(s3_client(world), [CANARY * 9, CANARY, b"x"], "CRC32")
    assert {"docs/a.bin": GONE * 10 + b"x"} == world.s3.objects


@pytest.mark.parametrize("config", VARIANTS, ids=["trailer", "payload hash", "plain"])
def test_without_the_key_it_is_refused_at_the_end_with_the_remedy(world, config):
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as error:
        in_parts(s3_client(world, **config), cut(across(100, 500), 100))
    assert "× IBAN cannot be taken out" in str(error.value)
    assert REMEDY in str(error.value)
    assert {} == world.s3.objects
    assert [{}] == [one.parts for one in world.s3.multiparts.open.values()]


def test_a_wrong_key_sends_nothing(world):
    from botocore.exceptions import ClientError

    world.keys.add(KEY_ID, SECRET[::-1])
    with pytest.raises(ClientError, match="did not make its signature"):
        in_parts(s3_client(world), cut(across(100, 500), 100))
    assert [{}] == [one.parts for one in world.s3.multiparts.open.values()]


def test_a_blocked_object_is_refused_and_the_upload_can_be_aborted(world):
    from botocore.exceptions import ClientError

    world.keys.add(KEY_ID, SECRET)
    client = s3_client(world)
    with pytest.raises(ClientError, match="1 × CODE_WORD"):
        in_parts(client, [b"BLOC", b"KME"])
    (upload,) = world.s3.multiparts.open
    client.abort_multipart_upload(Bucket="docs", Key="a.bin", UploadId=upload)
    assert ({}, {}) == (world.s3.objects, world.s3.multiparts.open)


def test_the_parts_that_are_held_are_listed(world):
    client = s3_client(world)
    upload = client.create_multipart_upload(Bucket="docs", Key="a.bin")["UploadId"]
    where = {"Bucket": "docs", "Key": "a.bin", "UploadId": upload}
    for number in (2, 1):
        client.upload_part(**where, PartNumber=number, Body=b"x" * number)
    found = [
        (one["PartNumber"], one["Size"], one["ETag"]) for one in client.list_parts(**where)["Parts"]
    ]
    assert [(n, n, f'"{hashlib.md5(b"x" * n).hexdigest()}"') for n in (1, 2)] == found


def test_a_part_sent_again_counts_once_and_the_last_one_counts(world):
    world.s3.multiparts.smallest = 0
    client = s3_client(world)
    upload = client.create_multipart_upload(Bucket="docs", Key="a.bin")["UploadId"]
    where = {"Bucket": "docs", "Key": "a.bin", "UploadId": upload}
    client.upload_part(**where, PartNumber=1, Body=b"wrong")
    told = client.upload_part(**where, PartNumber=1, Body=b"right")
    parts = [{"PartNumber": 1, "ETag": told["ETag"]}]
    for _ in range(2):  # an answer may get lost
        client.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    assert {"docs/a.bin": b"right"} == world.s3.objects


def test_a_part_copied_from_elsewhere_is_refused(world):
    from botocore.exceptions import ClientError

    client = s3_client(world)
    upload = client.create_multipart_upload(Bucket="docs", Key="a.bin")["UploadId"]
    with pytest.raises(ClientError, match="cannot be put together"):
        client.upload_part_copy(
            Bucket="docs", Key="a.bin", UploadId=upload, PartNumber=1, CopySource="docs/b.bin"
        )


def test_etags_that_nobody_can_foresee_need_the_key(world):
    from botocore.exceptions import ClientError

    world.s3.multiparts.kms, world.s3.multiparts.smallest = True, 0
    with pytest.raises(ClientError, match="Blocked by Redaction Gateway"):
        in_parts(s3_client(world), [b"quiet", b"day"])
    assert {} == world.s3.objects
    world.keys.add(KEY_ID, SECRET)
    in_parts(s3_client(world), [b"quiet", b"day"])
    assert {"docs/a.bin": b"quietday"} == world.s3.objects


@pytest.mark.parametrize("keyed", [False, True])
def test_the_transfer_manager_sends_parts_at_the_same_time(world, keyed):
    from boto3.exceptions import S3UploadFailedError
    from boto3.s3.transfer import TransferConfig

    data = across(PART, 2 * PART + 5000)
    config = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART)

    def upload(body):
        s3_client(world).upload_fileobj(io.BytesIO(body), "docs", "a.bin", Config=config)

    upload(data.replace(CANARY, b""))
    assert {"docs/a.bin": data.replace(CANARY, b"")} == world.s3.objects
    world.s3.objects.clear()
    if not keyed:
        with pytest.raises(Exception, match="4 × IBAN") as error:
            upload(data)
        assert not isinstance(error.value, S3UploadFailedError)
        assert ({}, {}) == (world.s3.objects, world.s3.multiparts.open)  # it aborts by itself
        return
    world.keys.add(KEY_ID, SECRET)
    upload(data)
    assert {"docs/a.bin": data.replace(CANARY, GONE)} == world.s3.objects


# Azure Blob Storage


@pytest.fixture(params=["shared key", "shared access"])
def credential(request):
    return ACCOUNT_KEY if request.param == "shared key" else shared_access("a b.txt")


@pytest.mark.parametrize("checked", [False, True])
def test_clean_blocks_arrive_as_they_are(world, credential, checked):
    data = bytes(range(256)) * 9
    client = blob_client(world, credential, "a b.txt", 500)
    for _ in range(2):  # the same blob, the same names of blocks
        client.upload_blob(data, overwrite=True, validate_content=checked, max_concurrency=3)
        assert {"docs/a b.txt": data} == world.azure.blobs
        world.azure.blobs.clear()
        data = data[::-1][:1200]
    assert [] == world.azure.refused


@pytest.mark.parametrize("size", [64, 100, 999, 4096])
def test_blocks_under_a_shared_access_signature_are_redacted(world, size):
    data = across(size, 1000)
    client = blob_client(world, shared_access("a b.txt"), "a b.txt", size)
    client.upload_blob(data, overwrite=True, validate_content=True)
    assert {"docs/a b.txt": data.replace(CANARY, GONE)} == world.azure.blobs
    assert not any(CANARY[:9] in one for one in world.azure.blocks.values())


@pytest.mark.parametrize("size", [64, 100, 999, 4096])
def test_blocks_under_a_shared_key_are_signed_again(world, size):
    world.keys.add(ACCOUNT, ACCOUNT_KEY)
    data = across(size, 1000)
    blob_client(world, ACCOUNT_KEY, "a b.txt", size).upload_blob(
        data, overwrite=True, validate_content=True
    )
    assert {"docs/a b.txt": data.replace(CANARY, GONE)} == world.azure.blobs
    assert [] == world.azure.refused


def test_blocks_with_signed_digests_are_refused_without_the_account_key(world):
    from azure.core.exceptions import HttpResponseError

    client = blob_client(world, ACCOUNT_KEY, "a b.txt", 100)
    with pytest.raises(HttpResponseError, match="× IBAN cannot be taken out") as error:
        client.upload_blob(across(100, 500), overwrite=True, validate_content=True)
    assert REMEDY in str(error.value)
    assert b"" == world.received(AZURE_HOST)
    client.upload_blob(b"quiet " * 50, overwrite=True)  # under the same name
    assert {"docs/a b.txt": b"quiet " * 50} == world.azure.blobs


def test_a_list_that_keeps_old_blocks_is_refused(world):
    from azure.core.exceptions import HttpResponseError
    from azure.storage.blob import BlobBlock

    client = blob_client(world, ACCOUNT_KEY, "a b.txt", 100)
    client.stage_block("new", b"data")
    with pytest.raises(HttpResponseError, match="did not come through the gateway"):
        client.commit_block_list([BlobBlock("new"), BlobBlock("old")])
    assert b"" == world.received(AZURE_HOST)


# Alibaba Cloud OSS


def oss_in_parts(bucket, pieces, **headers):
    from oss2.models import PartInfo

    upload = bucket.init_multipart_upload("文档/a b.txt").upload_id
    parts = []
    for number, piece in enumerate(pieces, 1):
        told = bucket.upload_part("文档/a b.txt", upload, number, piece)
        parts.append(PartInfo(number, told.etag, size=len(piece), part_crc=told.crc))
    bucket.complete_multipart_upload("文档/a b.txt", upload, parts, headers=headers)


@pytest.mark.parametrize("version", [1, 4])
def test_a_clean_oss_object_in_parts_is_stored_as_it_is(world, version):
    data = bytes(range(256)) * 4
    oss_in_parts(bucket(world, version), cut(data, 300))
    assert {"文档/a b.txt": data} == world.oss.objects


@pytest.mark.parametrize("version", [1, 4])
@pytest.mark.parametrize("size", [64, 999, 4096])
def test_an_oss_object_in_parts_is_redacted_and_its_client_is_content(world, version, size):
    data = across(size, 1000)
    oss_in_parts(bucket(world, version), cut(data, size))
    assert {"文档/a b.txt": data.replace(CANARY, GONE)} == world.oss.objects
    assert CANARY not in world.received(OSS_HOST)
    assert [] == world.oss.refused


def test_oss_resumable_uploads(world, tmp_path):
    import oss2

    path = tmp_path / "a.txt"
    path.write_bytes(across(100 * 1024, 250_000))
    store = oss2.ResumableStore(root=str(tmp_path))
    options = {"multipart_threshold": 1, "part_size": 100 * 1024, "num_threads": 2, "store": store}
    oss2.resumable_upload(bucket(world), "a.txt", str(path), **options)
    assert {"a.txt": path.read_bytes().replace(CANARY, GONE)} == world.oss.objects


def test_a_blocked_oss_object_ends_in_the_sentence(world):
    import oss2

    with pytest.raises(oss2.exceptions.OssError, match="1 × CODE_WORD"):
        oss_in_parts(bucket(world), [b"BLOC", b"KME"])
    assert {} == world.oss.objects
