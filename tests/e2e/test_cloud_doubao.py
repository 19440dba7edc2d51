"""The page www.doubao.com (豆包): its requests, straight and through the gateway.

The size of a file is in a signed ticket, its CRC-32 in a header, and the answer's CRC-32 is
compared. So what is stored is as large as the client said, and the answer says the checksum that
the client expects. Files in parts are refused.
"""

from __future__ import annotations

import contextlib

import pytest
from support.clouds import BECAUSE, SENTENCE
from support.pages import doubao
from support.pages.browser import Refused, browser
from support.pages.fitting import fitted, road_to
from support.proxyharness import CANARY
from support.samples import BLOCKED, IBAN, across, arrived, text, word, word_text
from support.standins.doubao_web import COOKIE, STORE, DoubaoWeb

ROADS = ("direct", "gateway")


@pytest.fixture
def service(authority):
    with DoubaoWeb(authority) as running:
        yield running


@pytest.fixture
def connect(service, authority, cloud_ca, cloud_catalog):
    @contextlib.contextmanager
    def connected(road):
        with (
            road_to(service, road, authority, cloud_ca, cloud_catalog) as cloud,
            browser(cloud, cookie=COOKIE) as page,
        ):
            yield page

    return connected


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("said", ["你好", f"你好 {CANARY.decode()} 再见"])
def test_a_prompt_loses_only_the_canary(service, connect, road, said):
    with connect(road) as page:
        answer = doubao.ask(page, said)
    kept = arrived(road, said.encode())
    assert f"You said: {kept.decode()}" == answer
    assert kept == service.stored["prompt-1"]
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("data", [text(300), text(300, 40), text(70_000, 5)], ids=len)
def test_a_file_and_a_question_about_it(service, connect, road, data):
    with connect(road) as page:
        file = doubao.upload(page, "notes.txt", data)
        doubao.ask(page, "what is it?", file)
    assert fitted(road, data) == service.stored["notes.txt"]  # the ticket's size is signed
    assert (road == "direct" and CANARY in data) == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("part", [64, 100, 999, 4096])
def test_parts_of_any_size_for_the_drive(service, connect, part):
    data = across(part, 1000)
    with connect("direct") as page:
        doubao.keep(page, doubao.upload(page, "notes.txt", data, part))
    assert {"notes.txt": data} == service.stored
    assert [] == service.faults


def test_parts_are_refused(service, connect):
    data = across(100, 1000)
    with connect("gateway") as page, pytest.raises(Refused, match=f"{SENTENCE}.*in parts"):
        doubao.upload(page, "notes.txt", data, 100)
    assert not service.holds(CANARY)
    assert {} == service.stored


def test_an_iban_in_a_word_document_is_redacted(service, reach):
    data = word("安静", f"IBAN {IBAN}")
    with browser(reach(service, "real"), cookie=COOKIE) as page:
        doubao.keep(page, doubao.upload(page, "a.docx", data))
    stored = service.stored["a.docx"]
    assert len(data) == len(stored)
    assert word_text(stored).startswith("安静\nIBAN ")
    assert IBAN not in word_text(stored)
    assert [] == service.faults


def test_the_same_file_twice_is_stored_alike(service, connect):
    with connect("gateway") as page:
        for name in ("a.txt", "b.txt"):
            doubao.keep(page, doubao.upload(page, name, text(300, 40)))
    assert service.stored["a.txt"] == service.stored["b.txt"]


def test_a_blocked_file_says_so_and_sends_no_byte(service, connect):
    with connect("gateway") as page, pytest.raises(Refused, match=BECAUSE):
        doubao.upload(page, "a.txt", BLOCKED + CANARY)
    assert not service.holds(BLOCKED)
    assert {} == service.stored


@pytest.mark.parametrize("road", ROADS)
def test_the_stored_word_document_opens(service, connect, road):
    with connect(road) as page:
        doubao.keep(page, doubao.upload(page, "a.docx", word("quiet", "words")))
    assert "quiet\nwords" == word_text(service.stored["a.docx"])


def test_the_service_refuses_what_does_not_add_up(service, connect, monkeypatch):
    with connect("direct") as page:
        honest = page.post

        def lying(url, *, content=None, **options):
            if STORE in url and content:
                content = content + b"x" if lie == "length" else b"y" + content[1:]
                crc = doubao.zlib.crc32(content) if lie == "length" else 0
                options["headers"] = {**options["headers"], "content-crc32": f"{crc:08x}"}
            return honest(url, content=content, **options)

        monkeypatch.setattr(page, "post", lying)
        for told, why in (("length", "FileSize"), ("crc", "CRC-32")):
            lie = told
            with pytest.raises(Refused, match=why):
                doubao.upload(page, "a.txt", b"data")
        monkeypatch.setattr(page, "post", honest)
        with pytest.raises(Refused, match="not committed"):
            doubao.keep(page, doubao.Uploaded("a.txt", "nowhere", 4))
        file = doubao.upload(page, "a.txt", b"data")
        with pytest.raises(Refused, match="size is not"):
            doubao.keep(page, doubao.Uploaded("a.txt", file.key, 5))
    assert {} == service.stored
