"""Aliyun Drive (阿里云盘) by its open platform: a hash with a proof may do without the bytes.

Neither leaves through the gateway: the file itself is sent, once it was judged.
"""

from __future__ import annotations

import hashlib

import pytest
from support.clouds import BECAUSE
from support.pages import aliyun
from support.pages.browser import Refused, browser, found
from support.proxyharness import CANARY
from support.samples import BLOCKED, IBAN, across, arrived, text, word, word_text
from support.standins.aliyun_drive import HOST, PART, TOKEN, AliyunDrive

ROADS = ("direct", "gateway")


@pytest.fixture
def service(authority):
    with AliyunDrive(authority) as running:
        yield running


@pytest.fixture
def connect(service, reach):
    return lambda road: browser(reach(service, road))


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("hashed", [True, False])
@pytest.mark.parametrize("data", [b"", text(300), text(300, 40), across(PART, 4500)], ids=len)
def test_a_file_arrives_whole_but_for_the_canary(service, connect, road, data, hashed):
    with connect(road) as page:
        said = aliyun.upload(page, "报告.txt", data, hashed=hashed)
    assert len(arrived(road, data)) == said["size"]
    assert {"报告.txt": arrived(road, data)} == service.stored
    assert (road == "direct" and CANARY in data) == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
def test_a_document_that_the_drive_has_is_had_by_its_hash_only_straight(service, connect, road):
    data = text(3000, 40)
    service.know(data)
    with connect(road) as page:
        said = aliyun.upload(page, "a.txt", data)
    assert (road == "direct") == (said["file_id"] == "known")
    assert {"a.txt": arrived(road, data)} == service.stored
    for value in (data, data[:1024]):
        hashed = hashlib.sha1(value).hexdigest()
        said_hash = service.holds(hashed.encode()) or service.holds(hashed.upper().encode())
        assert (road == "direct") == said_hash


def test_the_same_file_twice_is_stored_alike(service, connect):
    with connect("gateway") as page:
        for name in ("a.txt", "b.txt"):
            aliyun.upload(page, name, across(PART, 4500))
    assert [arrived("gateway", across(PART, 4500))] * 2 == list(service.stored.values())


def test_what_is_blocked_says_so_and_nothing_is_sent(service, connect):
    with connect("gateway") as page, pytest.raises(Refused, match=BECAUSE):
        aliyun.upload(page, "a.txt", BLOCKED + text(300, 40))
    assert [] == service.requests


@pytest.mark.parametrize("road", ROADS)
def test_a_folder_is_made(service, connect, road):
    with connect(road) as page:
        assert "folder-1" == aliyun.make_folder(page, "文件夹")["file_id"]
    assert [] == service.faults


def test_an_iban_in_a_word_document_is_redacted(service, connect):
    with connect("real") as page:
        aliyun.upload(page, "a.docx", word("安静", f"IBAN {IBAN}"))
    assert word_text(service.stored["a.docx"]).startswith("安静\nIBAN ")
    assert IBAN not in word_text(service.stored["a.docx"])


def test_the_service_refuses_what_does_not_add_up(service, connect, monkeypatch):
    with connect("direct") as page:
        service.know(b"data")
        monkeypatch.setattr(aliyun, "proof", lambda _: b"other")
        with pytest.raises(Refused, match="InvalidRapidProof"):
            aliyun.upload(page, "a.txt", b"data")
        url, auth = f"https://{HOST}/adrive/v1.0/openFile", {"authorization": f"Bearer {TOKEN}"}
        asked = {"drive_id": "1", "name": "a", "type": "file", "size": 3}
        asked["part_info_list"] = [{"part_number": 1}]
        told = found(page.post(f"{url}/create", json=asked, headers=auth))
        address = told["part_info_list"][0]["upload_url"]
        assert 403 == page.put(f"{address}x", content=b"abc").status_code
        assert 401 == page.put(address, content=b"abc", headers=auth).status_code
        assert 200 == page.put(address, content=b"ab").status_code
        with pytest.raises(Refused, match="FileSizeNotMatch"):
            found(page.post(f"{url}/complete", json=told, headers=auth))
    assert {} == service.stored
