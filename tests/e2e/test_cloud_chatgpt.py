"""The page chatgpt.com: its requests, straight and through the gateway.

The file goes to a blob address that a first request asked for with the size, and the message repeats
that size. The gateway asks for an address when it knows what will leave.
"""

from __future__ import annotations

import pytest
from support.clouds import BECAUSE
from support.pages import chatgpt
from support.pages.browser import Refused, browser
from support.proxyharness import CANARY
from support.samples import BLOCKED, IBAN, arrived, text, word, word_text
from support.standins.chatgpt_web import BLOBS, TOKEN, ChatGPT

ROADS = ("direct", "gateway")


@pytest.fixture
def service(authority):
    with ChatGPT(authority) as running:
        yield running


@pytest.fixture
def connect(service, reach):
    return lambda road: browser(
        reach(service, road), authorization=f"Bearer {TOKEN}", oai_device_id="d"
    )


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("data", [text(300), text(300, 40), text(70_000, 5, 65_530)], ids=len)
def test_a_file_and_a_question_about_it(service, connect, road, data):
    with connect(road) as page:
        file = chatgpt.upload(page, "notes.txt", data)
        answer = chatgpt.ask(page, f"what is {CANARY.decode()}?", file)
    assert f"You said: what is {arrived(road, CANARY).decode()}?" == answer
    assert arrived(road, data) == service.stored["notes.txt"]
    assert (road == "direct") == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
def test_the_stored_word_document_opens(service, connect, road):
    with connect(road) as page:
        chatgpt.upload(page, "a.docx", word("quiet", "words"), "application/octet-stream")
    assert "quiet\nwords" == word_text(service.stored["a.docx"])
    assert [] == service.faults


def test_an_iban_in_a_word_document_is_redacted(service, connect):
    with connect("real") as page:
        file = chatgpt.upload(
            page, "a.docx", word("安静", f"IBAN {IBAN}"), "application/octet-stream"
        )
        chatgpt.ask(page, "what is it?", file)
    assert word_text(service.stored["a.docx"]).startswith("安静\nIBAN ")
    assert IBAN not in word_text(service.stored["a.docx"])
    assert [] == service.faults


def test_the_same_file_twice_is_stored_alike(service, connect):
    with connect("gateway") as page:
        for name in ("a.txt", "b.txt"):
            chatgpt.upload(page, name, text(300, 40))
    stored = arrived("gateway", text(300, 40))
    assert {"a.txt": stored, "b.txt": stored} == service.stored


def test_what_is_blocked_says_so_and_nothing_is_sent(service, connect):
    with connect("gateway") as page, pytest.raises(Refused, match=BECAUSE):
        chatgpt.upload(page, "notes.txt", BLOCKED + text(300, 40))
    assert [] == service.requests


def test_an_address_from_before_the_gateway_is_refused(service, connect):
    with connect("gateway") as page:
        refused = page.put(f"https://{BLOBS}/files/file-1/raw?sig=x", content=text(300, 40))
    assert 403 == refused.status_code
    assert [] == service.requests


def test_the_service_refuses_what_does_not_add_up(service, connect):
    with connect("direct") as page:
        ticket = page.post(
            "https://chatgpt.com/backend-api/files",
            json={"file_name": "a", "file_size": 3, "use_case": "my_files"},
        ).json()
        blob = {"x-ms-blob-type": "BlockBlob", "authorization": ""}
        for url, headers in (
            (ticket["upload_url"] + "x", blob),
            (ticket["upload_url"], {"authorization": ""}),
            (ticket["upload_url"], {"x-ms-blob-type": "BlockBlob"}),
        ):
            assert page.put(url, content=b"abc", headers=headers).status_code in (400, 403)
        assert 201 == page.put(ticket["upload_url"], content=b"ab", headers=blob).status_code
        name = ticket["file_id"]
        done = page.post(f"https://chatgpt.com/backend-api/files/{name}/uploaded", json={})
        assert {"detail": "the file is not as large as announced"} == done.json()
        with pytest.raises(Refused, match="not what was uploaded"):
            chatgpt.ask(page, "hi", {"id": name, "name": "a", "size": 3, "mime_type": "x"})
    assert {} == service.stored
