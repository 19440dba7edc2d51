"""Baidu Netdisk (百度网盘) by its open platform: hashes of all blocks come before any byte.

The drive is asked by the hashes of what may leave, and only when the document is here; a document
that the drive has from somebody is never had by its own hash.
"""

from __future__ import annotations

import hashlib

import pytest
from support.clouds import BECAUSE, SENTENCE
from support.pages import baidu
from support.pages.browser import Refused, browser
from support.proxyharness import CANARY
from support.samples import BLOCKED, IBAN, across, arrived, text, word, word_text
from support.standins.baidu_drive import BLOCK, BaiduDrive

ROADS = ("direct", "gateway")
PATH = "/apps/x/报告.txt"


@pytest.fixture
def service(authority):
    with BaiduDrive(authority) as running:
        yield running


@pytest.fixture
def connect(service, reach):
    return lambda road: browser(reach(service, road))


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize(
    "data", [b"", text(300), text(300, 40), text(BLOCK), across(BLOCK, BLOCK + 9000)], ids=len
)
def test_a_file_arrives_whole_but_for_the_canary(service, connect, road, data):
    with connect(road) as page:
        assert PATH == baidu.upload(page, PATH, data)["path"]
    assert {PATH: arrived(road, data)} == service.stored
    assert (road == "direct" and CANARY in data) == service.holds(CANARY)
    assert [] == service.faults


def test_a_members_larger_blocks_are_cut_anew(service, connect):
    data = across(BLOCK, 2 * BLOCK + 9000)
    with connect("gateway") as page:
        baidu.upload(page, PATH, data, 4 * BLOCK)
    assert {PATH: arrived("gateway", data)} == service.stored
    assert [] == service.faults


def test_a_document_that_the_drive_has_is_not_had_by_its_hash(service, connect):
    data = text(300, 40)
    service.know(data)
    with connect("gateway") as page:
        baidu.upload(page, PATH, data)
        for more in ({}, {"uploadid": ""}, {"uploadid": "N1-1"}):
            with pytest.raises(Refused, match=SENTENCE):
                baidu.by_hash(page, PATH, data, **more)
    assert {PATH: arrived("gateway", data)} == service.stored
    assert not service.holds(hashlib.md5(data).hexdigest().encode())
    assert [] == service.faults


def test_a_redacted_file_that_the_drive_has_need_not_be_sent(service, connect):
    service.know(arrived("gateway", text(300, 40)))
    with connect("gateway") as page:
        baidu.upload(page, PATH, text(300, 40))
    assert {PATH: arrived("gateway", text(300, 40))} == service.stored
    assert ["/rest/2.0/xpan/file"] == [request.path for request in service.requests]


def test_the_same_file_twice_is_stored_alike(service, connect):
    with connect("gateway") as page:
        for name in ("a", "b"):
            baidu.upload(page, f"/apps/x/{name}.txt", text(300, 40))
    assert [arrived("gateway", text(300, 40))] * 2 == list(service.stored.values())


def test_what_is_blocked_says_so_and_nothing_is_sent(service, connect):
    with connect("gateway") as page, pytest.raises(Refused, match=BECAUSE):
        baidu.upload(page, PATH, BLOCKED + text(300, 40))
    assert [] == service.requests


@pytest.mark.parametrize("road", ROADS)
def test_a_folder_is_made(service, connect, road):
    with connect(road) as page:
        assert 1 == baidu.make_folder(page, "/apps/x/文件夹")["isdir"]
    assert [] == service.faults


def test_an_iban_in_a_word_document_is_redacted(service, connect):
    with connect("real") as page:
        baidu.upload(page, "/apps/x/a.docx", word("安静", f"IBAN {IBAN}"))
    (stored,) = service.stored.values()
    assert word_text(stored).startswith("安静\nIBAN ")
    assert IBAN not in word_text(stored)


def test_the_service_refuses_what_does_not_add_up(service, connect, monkeypatch):
    with connect("direct") as page:
        with pytest.raises(Refused, match="create superfile failed"):
            baidu.by_hash(page, PATH, b"data")
        monkeypatch.setattr(baidu, "_md5", lambda data: hashlib.md5(data + b"x").hexdigest())
        with pytest.raises(Refused, match="not the one that was sent"):
            baidu.upload(page, PATH, b"data")
    assert {} == service.stored
