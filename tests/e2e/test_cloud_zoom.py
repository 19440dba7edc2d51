"""Zoom Team Chat: the requests of its API reference, straight and through the gateway."""

from __future__ import annotations

import pytest
from support.clouds import SENTENCE
from support.pages.browser import Refused, browser, found
from support.proxyharness import CANARY
from support.samples import BLOCKED, IBAN, arrived, text, word, word_text
from support.standins.zoom import API, FILES, TOKEN, Zoom

ROADS = ("direct", "gateway")


@pytest.fixture
def service(authority):
    with Zoom(authority) as running:
        yield running


@pytest.fixture
def connect(service, reach):
    return lambda road: browser(reach(service, road), authorization=f"Bearer {TOKEN}")


def send_file(page, data, host=FILES, name="notes.txt"):
    return found(
        page.post(
            f"https://{host}/v2/chat/users/me/messages/files",
            data={"to_contact": "a@example.com"},
            files={"files": (name, data)},
        )
    )


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("host", [FILES, "file.zoom.us"])
@pytest.mark.parametrize("data", [b"", text(300), text(300, 40), text(70_000, 5)], ids=len)
def test_a_file_arrives_whole_but_for_the_canary(service, connect, road, host, data):
    with connect(road) as page:
        assert "f1" == send_file(page, data, host)["id"]
    assert {"notes.txt": arrived(road, data)} == service.stored
    assert (road == "direct" and CANARY in data) == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
def test_a_message_and_the_upload_for_one(service, connect, road):
    data = word("quiet", "words")
    with connect(road) as page:
        url = f"https://{FILES}/v2/chat/users/me/files"
        made = found(page.post(url, files={"file": ("a.docx", data)}))
        said = {"message": f"看 {CANARY.decode()}", "to_channel": "c", "file_ids": [made["id"]]}
        found(page.post(f"https://{API}/v2/chat/users/me/messages", json=said))
    assert "quiet\nwords" == word_text(service.stored["a.docx"])
    assert f"看 {arrived(road, CANARY).decode()}" == service.stored["message-1"].decode()
    assert [] == service.faults


def test_an_iban_in_a_word_document_is_redacted(service, connect):
    with connect("real") as page:
        send_file(page, word("安静", f"IBAN {IBAN}"), name="a.docx")
    assert word_text(service.stored["a.docx"]).startswith("安静\nIBAN ")
    assert IBAN not in word_text(service.stored["a.docx"])
    assert [] == service.faults


def test_what_is_blocked_says_so_and_sends_nothing(service, connect):
    with connect("gateway") as page:
        with pytest.raises(Refused, match=SENTENCE):
            send_file(page, BLOCKED + CANARY)
        said = {"message": BLOCKED.decode(), "to_channel": "c"}
        with pytest.raises(Refused, match=SENTENCE):
            found(page.post(f"https://{API}/v2/chat/users/me/messages", json=said))
    assert [] == service.requests


def test_the_service_refuses_what_it_does_not_take(service, connect):
    with connect("direct") as page:
        url = f"https://{FILES}/v2/chat/users/me/messages/files"
        with pytest.raises(Refused, match="to_channel or to_contact"):
            found(page.post(url, files={"files": ("a", b"x")}))
        page.headers["authorization"] = "Bearer other"
        with pytest.raises(Refused, match="Invalid access token"):
            send_file(page, b"x")
    assert {} == service.stored
