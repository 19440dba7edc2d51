"""The page www.kimi.com: its requests, straight and through the gateway.

Chats stand in envelopes that say their length, so only the real pipeline can change one. Files go
to a pre-signed address that says nothing of the bytes.
"""

from __future__ import annotations

import pytest
from support.clouds import BECAUSE, SENTENCE
from support.pages import kimi
from support.pages.browser import Refused, browser
from support.proxyharness import CANARY
from support.samples import BLOCKED, IBAN, arrived, text, word, word_text
from support.standins.kimi_web import CHAT, HOST, TOKEN, KimiWeb

ROADS = ("direct", "gateway")


@pytest.fixture
def service(authority):
    with KimiWeb(authority) as running:
        yield running


@pytest.fixture
def connect(service, reach):
    return lambda road: browser(reach(service, road), authorization=f"Bearer {TOKEN}")


@pytest.mark.parametrize("road", ROADS)
def test_a_chat_arrives_and_is_answered(service, connect, road):
    with connect(road) as page:
        assert "You said: 你好" == kimi.ask(page, "你好")
    assert "你好".encode() == service.stored["prompt-1"]
    assert [] == service.faults


def test_an_iban_in_a_chat_is_redacted_and_the_envelope_still_fits(service, connect):
    with connect("real") as page:
        answer = kimi.ask(page, f"你好 {IBAN} 再见")
    prompt = service.stored["prompt-1"].decode()
    assert f"You said: {prompt}" == answer
    assert IBAN not in prompt
    assert ("你好 ", " 再见") == (prompt[:3], prompt[-3:])
    assert not service.holds(IBAN.encode())
    assert [] == service.faults


def test_an_iban_in_a_word_document_is_redacted(service, connect):
    with connect("real") as page:
        kimi.upload(page, "a.docx", word("安静", f"IBAN {IBAN}"))
    assert word_text(service.stored["a.docx"]).startswith("安静\nIBAN ")
    assert IBAN not in word_text(service.stored["a.docx"])
    assert [] == service.faults


def test_what_is_blocked_says_so_and_is_not_sent(service, connect):
    with connect("gateway") as page:
        with pytest.raises(Refused, match=BECAUSE):
            kimi.ask(page, BLOCKED.decode())
        with pytest.raises(Refused, match=SENTENCE):
            kimi.upload(page, "notes.txt", BLOCKED + CANARY)
    assert not service.holds(BLOCKED)
    assert {} == service.stored


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("data", [text(300), text(300, 40), text(70_000, 5)], ids=len)
def test_a_file_and_a_question_about_it(service, connect, road, data):
    with connect(road) as page:
        file = kimi.upload(page, "notes.txt", data)
        kimi.ask(page, "what is it?", file)
    assert arrived(road, data) == service.stored["notes.txt"]
    assert (road == "direct" and CANARY in data) == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
def test_the_stored_word_document_opens(service, connect, road):
    with connect(road) as page:
        kimi.upload(page, "a.docx", word("quiet", "words"))
    assert "quiet\nwords" == word_text(service.stored["a.docx"])


def test_the_service_refuses_what_does_not_add_up(service, connect):
    with connect("direct") as page:
        with pytest.raises(Refused, match="no such file"):
            kimi.ask(page, "hi", "cfile9")
        signed = {"content-type": "application/connect+json", "connect-protocol-version": "1"}
        for body in (b"\0\0\0\0\x09{}", b"\0\0", b"\x01\0\0\0\x02{}", b"\0\0\0\0\x02{}" * 2, b""):
            said = page.post(f"https://{HOST}{CHAT}", content=body, headers=signed).content
            assert (2, b'{"error"') == (said[0], said[5:13])
        ticket = page.post(
            f"https://{HOST}/api/pre-sign-url", json={"action": "file", "name": "a"}
        ).json()
        assert 403 == page.put(ticket["url"] + "x", content=b"x").status_code
        gone = {"type": "file", "name": "a", "object_name": ticket["object_name"]}
        assert 400 == page.post(f"https://{HOST}/api/file", json=gone).status_code
    assert {} == service.stored
