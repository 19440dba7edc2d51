"""The page chat.qwen.ai (通义千问): its requests, straight and through the gateway.

A file's size is announced, its bytes go to OSS by ``oss2``, and the message repeats the size. So
what is stored is as large as the client said.
"""

from __future__ import annotations

import contextlib

import pytest
from support.clouds import BECAUSE, OPEN_CONNECTIONS
from support.pages import qwen
from support.pages.browser import Refused, browser
from support.pages.fitting import fitted, road_to
from support.proxyharness import CANARY
from support.samples import BLOCKED, IBAN, arrived, text, word, word_text
from support.standins.qwen_web import TOKEN, QwenWeb

ROADS = ("direct", "gateway")

# What oss2 does when it signs, and when it is refused.
pytestmark = [
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
    pytest.mark.filterwarnings(OPEN_CONNECTIONS),
    pytest.mark.usefixtures("clients_left_open"),
]


@pytest.fixture
def service(authority):
    with QwenWeb(authority) as running:
        yield running


@pytest.fixture
def connect(service, authority, cloud_ca, cloud_catalog, monkeypatch):
    @contextlib.contextmanager
    def connected(road):
        with road_to(service, road, authority, cloud_ca, cloud_catalog) as cloud:
            cloud.set_environ(monkeypatch)
            with browser(cloud, authorization=f"Bearer {TOKEN}") as page:
                yield page

    return connected


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("said", ["你好", f"你好 {CANARY.decode()} 再见"])
def test_a_message_loses_only_the_canary(service, connect, road, said):
    with connect(road) as page:
        answer = qwen.ask(page, said)
    kept = arrived(road, said.encode())
    assert f"You said: {kept.decode()}" == answer
    assert kept == service.stored["prompt-1"]
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("data", [text(300), text(300, 40), text(70_000, 5)], ids=len)
def test_a_file_and_a_question_about_it(service, connect, road, data):
    with connect(road) as page:
        file = qwen.upload(page, "notes.txt", data)
        qwen.ask(page, "what is it?", file)
    assert fitted(road, data) == service.stored["notes.txt"]
    assert (road == "direct" and CANARY in data) == service.holds(CANARY)
    assert [] == service.faults
    assert [] == service.oss.refused


@pytest.mark.parametrize("road", ROADS)
def test_the_stored_word_document_opens(service, connect, road):
    with connect(road) as page:
        qwen.upload(page, "a.docx", word("quiet", "words"))
    assert "quiet\nwords" == word_text(service.stored["a.docx"])


def test_an_iban_in_a_word_document_is_redacted(service, reach):
    data = word("安静", f"IBAN {IBAN}")
    with browser(reach(service, "real"), authorization=f"Bearer {TOKEN}") as page:
        file = qwen.upload(page, "a.docx", data)
        qwen.ask(page, "what is it?", file)
    stored = service.stored["a.docx"]
    assert len(data) == len(stored)
    assert word_text(stored).startswith("安静\nIBAN ")
    assert IBAN not in word_text(stored)
    assert [] == service.faults


def test_the_same_file_twice_is_stored_alike(service, connect):
    with connect("gateway") as page:
        for name in ("a.txt", "b.txt"):
            qwen.upload(page, name, text(300, 40))
    assert service.stored["a.txt"] == service.stored["b.txt"]


def test_a_blocked_file_says_so_and_sends_no_byte(service, connect):
    with connect("gateway") as page, pytest.raises(Refused, match=BECAUSE):
        qwen.upload(page, "a.txt", BLOCKED + CANARY)
    assert {} == service.oss.objects
    assert not service.holds(BLOCKED)


def test_the_service_refuses_what_does_not_add_up(service, connect):
    with connect("direct") as page:
        file = qwen.upload(page, "a.txt", b"data")
        with pytest.raises(Refused, match="size is not"):
            qwen.ask(page, "hi", {**file, "size": 5})
        with pytest.raises(Refused, match="not uploaded"):
            qwen.ask(page, "hi", {**file, "id": "f9"})
        service.oss.objects.clear()
        service.oss.objects[service.files["f1"]["path"]] = b"other"
        with pytest.raises(Refused, match="as large as announced"):
            qwen.ask(page, "hi", file)
    assert {"a.txt": b"data"} == service.stored
