"""The page chat.deepseek.com: its requests, straight and through the gateway.

Each upload and prompt is one request with a proof of work for its path, which stays good.
"""

from __future__ import annotations

import hashlib

import pytest
from support.clouds import BECAUSE
from support.pages import deepseek
from support.pages.browser import Refused, browser
from support.proxyharness import CANARY
from support.samples import BLOCKED, IBAN, arrived, text, word, word_text
from support.standins.deepseek_web import TOKEN, DeepSeekWeb
from support.standins.keccak import sha3

ROADS = ("direct", "gateway")


@pytest.fixture
def service(authority):
    with DeepSeekWeb(authority) as running:
        yield running


@pytest.fixture
def connect(service, reach):
    return lambda road: browser(reach(service, road), authorization=f"Bearer {TOKEN}")


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("data", [text(300), text(300, 40), text(70_000, 5)], ids=len)
def test_a_file_and_a_question_about_it(service, connect, road, data):
    with connect(road) as page:
        file = deepseek.upload(page, "notes.txt", data)
        answer = deepseek.ask(page, f"这是什么 {CANARY.decode()}?", file)
    assert f"You said: 这是什么 {arrived(road, CANARY).decode()}?" == answer
    assert arrived(road, data) == service.stored["notes.txt"]
    assert (road == "direct") == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
def test_the_stored_word_document_opens(service, connect, road):
    with connect(road) as page:
        deepseek.upload(page, "a.docx", word("quiet", "words"))
    assert "quiet\nwords" == word_text(service.stored["a.docx"])


def test_an_iban_in_a_word_document_is_redacted(service, connect):
    with connect("real") as page:
        deepseek.upload(page, "a.docx", word("安静", f"IBAN {IBAN}"))
    assert word_text(service.stored["a.docx"]).startswith("安静\nIBAN ")
    assert IBAN not in word_text(service.stored["a.docx"])
    assert [] == service.faults


def test_what_is_blocked_says_so_and_is_not_stored(service, connect):
    with connect("gateway") as page:
        with pytest.raises(Refused, match=BECAUSE):
            deepseek.upload(page, "notes.txt", BLOCKED + CANARY)
        with pytest.raises(Refused, match=BECAUSE):
            deepseek.ask(page, BLOCKED.decode())
    assert not service.holds(BLOCKED)
    assert {} == service.stored


def test_the_service_refuses_what_was_not_paid_for(service, connect):
    with connect("direct") as page:
        url = "https://chat.deepseek.com/api/v0/file/upload_file"
        used = deepseek._paid(page, "/api/v0/file/upload_file")
        other = deepseek._paid(page, "/api/v0/chat/completion")
        for paid, why in (
            ({}, "MISSING_HEADER"),
            (other, "INVALID_POW"),
            (used, ""),
            (used, "INV"),
        ):
            said = page.post(url, files={"file": ("a", b"x")}, headers=paid).json()["data"]
            assert why in said["biz_msg"]
        with pytest.raises(Refused, match="no such file"):
            deepseek.ask(page, "hi", "file-9")
    assert {"a": b"x"} == service.stored


@pytest.mark.parametrize("size", [0, 1, 135, 136, 137, 300])
def test_with_all_rounds_it_is_sha3(size):
    data = bytes(range(256))[:size] + bytes(max(0, size - 256))
    assert hashlib.sha3_256(data).digest() == sha3(data)
    assert hashlib.sha3_256(data).digest() != sha3(data, first_round=1)
