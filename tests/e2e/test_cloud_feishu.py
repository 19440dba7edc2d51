"""Feishu (飞书): the open platform with Lark's official client, and the drive's page.

A file in one form declares size and Adler-32 beside its bytes; one in blocks declares the size
before and an Adler-32 with each block. The gateway makes both fit what leaves. The page declares
SHA-256 and Adler-32 of all blocks before any byte, and is refused.
"""

from __future__ import annotations

import io
import json
import warnings
import zlib
from types import SimpleNamespace

import pytest
from support.clouds import BECAUSE, SENTENCE
from support.pages import feishu as page_script
from support.pages.browser import Refused, browser
from support.proxyharness import CANARY
from support.samples import BLOCKED, IBAN, across, arrived, text, word, word_text
from support.standins.feishu import APP_ID, APP_SECRET, BLOCK, COOKIE, FOLDER, Feishu, SmallBlocks

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its copy of protobuf asks for the time in an old way
    import lark_oapi as lark
    from lark_oapi.api.drive import v1 as drive
    from lark_oapi.api.im import v1 as im

ROADS = ("direct", "gateway")
FILES = [text(300), text(300, 40), text(70_000, 5)]


@pytest.fixture
def service(authority):
    with SmallBlocks(authority) as running:
        yield running


@pytest.fixture
def connect(reach):
    """Lark's client on a road; it reads proxy and trust from the environment."""

    def connected(service, road):
        reach(service, road)
        return lark.Client.builder().app_id(APP_ID).app_secret(APP_SECRET).build()

    return connected


class Failed(Exception):
    """What Lark's client reports."""


def checked(answer):
    if not answer.success():
        raise Failed(f"{answer.code} {answer.msg}")
    return getattr(answer, "data", None)


def upload_all(client, data, name="notes.txt", **lies):
    fields = {"size": len(data), "checksum": str(zlib.adler32(data)), **lies}
    body = (
        drive.UploadAllFileRequestBody.builder()
        .file_name(name)
        .parent_type("explorer")
        .parent_node(FOLDER)
        .size(fields["size"])
        .checksum(fields["checksum"])
        .file(io.BytesIO(data))
        .build()
    )
    asked = drive.UploadAllFileRequest.builder().request_body(body).build()
    return checked(client.drive.v1.file.upload_all(asked)).file_token


def upload_blocks(client, data, name="notes.txt", order=list):
    info = (
        drive.FileUploadInfo.builder()
        .file_name(name)
        .parent_type("explorer")
        .parent_node(FOLDER)
        .size(len(data))
        .build()
    )
    asked = drive.UploadPrepareFileRequest.builder().request_body(info).build()
    told = checked(client.drive.v1.file.upload_prepare(asked))
    for seq in order(range(told.block_num)):
        piece = data[seq * told.block_size : (seq + 1) * told.block_size]
        body = (
            drive.UploadPartFileRequestBody.builder()
            .upload_id(told.upload_id)
            .seq(seq)
            .size(len(piece))
            .checksum(str(zlib.adler32(piece)))
            .file(io.BytesIO(piece))
            .build()
        )
        part = drive.UploadPartFileRequest.builder().request_body(body).build()
        checked(client.drive.v1.file.upload_part(part))
    done = drive.UploadFinishFileRequestBody.builder().upload_id(told.upload_id)
    done = done.block_num(told.block_num).build()
    asked = drive.UploadFinishFileRequest.builder().request_body(done).build()
    return checked(client.drive.v1.file.upload_finish(asked)).file_token


def send(client, kind, content):
    body = im.CreateMessageRequestBody.builder().receive_id("ou_1").msg_type(kind)
    body = body.content(json.dumps(content, ensure_ascii=False)).build()
    asked = im.CreateMessageRequest.builder().receive_id_type("open_id").request_body(body).build()
    return checked(client.im.v1.message.create(asked)).message_id


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("data", FILES, ids=len)
def test_a_message_with_a_file_loses_only_the_canary(service, connect, road, data):
    client = connect(service, road)
    body = im.CreateFileRequestBody.builder().file_type("stream").file_name("notes.txt")
    body = body.file(io.BytesIO(data)).build()
    asked = im.CreateFileRequest.builder().request_body(body).build()
    key = checked(client.im.v1.file.create(asked)).file_key
    send(client, "file", {"file_key": key})
    send(client, "text", {"text": f"看 {CANARY.decode()}"})
    assert arrived(road, data) == service.stored["notes.txt"]
    assert f"看 {arrived(road, CANARY).decode()}" == service.stored["message-2"].decode()
    assert (road == "direct") == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("data", FILES, ids=len)
def test_a_file_in_one_form(service, connect, road, data):
    assert "box1" == upload_all(connect(service, road), data)
    assert {"notes.txt": arrived(road, data)} == service.stored
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("size", [300, 301, 1000])
@pytest.mark.parametrize("order", [list, reversed])
def test_a_file_in_blocks(service, connect, road, size, order):
    data = across(service.block, size)
    assert "box1" == upload_blocks(connect(service, road), data, order=order)
    assert {"notes.txt": arrived(road, data)} == service.stored
    assert (road == "direct") == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
def test_a_file_in_real_blocks(authority, connect, road):
    data = across(BLOCK, 2 * BLOCK + 5000)
    with Feishu(authority) as service:
        upload_blocks(connect(service, road), data)
    assert {"notes.txt": arrived(road, data)} == service.stored
    assert [] == service.faults


@pytest.mark.parametrize("size", [300, 1000])
def test_a_file_from_the_page(service, reach, size):
    data = across(service.block, size)
    with browser(reach(service, "direct"), cookie=COOKIE) as page:
        assert "box1" == page_script.upload(page, "notes.txt", data)
    assert {"notes.txt": data} == service.stored
    assert [] == service.faults


def test_the_page_is_refused_before_it_says_a_hash(service, reach):
    with (
        browser(reach(service, "gateway"), cookie=COOKIE) as page,
        pytest.raises(Refused, match=f"{SENTENCE}.*hash of each block"),
    ):
        page_script.upload(page, "notes.txt", text(300))
    assert 0 == service.bytes_received()


def test_an_iban_in_a_word_document_is_redacted(authority, connect):
    with Feishu(authority) as service:
        client = connect(service, "real")
        upload_blocks(client, word("安静", f"IBAN {IBAN}"), "a.docx")
        upload_all(client, word("安静", f"IBAN {IBAN}"), "b.docx")
        send(client, "text", {"text": f"看 {IBAN}"})
    for name in ("a.docx", "b.docx"):
        assert word_text(service.stored[name]).startswith("安静\nIBAN ")
        assert IBAN not in word_text(service.stored[name])
    assert service.stored["message-1"].decode().startswith("看 ")
    assert IBAN.encode() not in service.stored["message-1"]
    assert [] == service.faults


def test_the_same_file_twice_is_stored_alike(service, connect):
    client = connect(service, "gateway")
    upload_blocks(client, text(300, 40), "a.txt")
    upload_blocks(client, text(300, 40), "b.txt")
    upload_all(client, text(300, 40), "c.txt")
    assert dict.fromkeys(("a.txt", "b.txt", "c.txt"), arrived("gateway", text(300, 40))) == (
        service.stored
    )


def test_what_is_blocked_says_so_and_no_byte_of_it_is_sent(service, connect):
    client = connect(service, "gateway")
    for upload in (upload_all, upload_blocks):
        with pytest.raises(Failed, match=BECAUSE):
            upload(client, BLOCKED + text(300, 40))
    assert not service.holds(BLOCKED)
    assert {} == service.stored


@pytest.mark.parametrize("road", ROADS)
def test_the_stored_word_document_opens(authority, connect, road):
    with Feishu(authority) as service:
        upload_blocks(connect(service, road), word("安静", "words"), "a.docx")
    assert "安静\nwords" == word_text(service.stored["a.docx"])


def test_the_service_refuses_what_does_not_add_up(service, connect, reach):
    client = connect(service, "direct")
    with pytest.raises(Failed, match="1062009"):
        upload_all(client, b"data", size=5)
    with pytest.raises(Failed, match="1062008"):
        upload_all(client, b"data", checksum="1")
    with pytest.raises(Failed, match="1062010"):
        upload_blocks(client, text(300), order=lambda seqs: list(seqs)[:2])
    with (
        browser(reach(service, "direct"), cookie=COOKIE) as page,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(page_script, "zlib", SimpleNamespace(adler32=lambda _: 1))
        with pytest.raises(Refused, match="1062008"):
            page_script.upload(page, "notes.txt", b"data")
    assert {} == service.stored
