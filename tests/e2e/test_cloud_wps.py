"""WPS and KDocs (金山文档): the drive, the open API and the developer platform.

The drive and the open API announce size and hashes before the bytes go to an object storage. The
gateway holds all three steps and announces what really leaves. The open API with KSO-1 signs each
step, so it is refused there.
"""

from __future__ import annotations

import hashlib

import pytest
from support.clouds import SENTENCE
from support.pages import wps
from support.pages.browser import Refused, browser
from support.proxyharness import CANARY
from support.samples import BLOCKED, IBAN, arrived, text, word, word_text
from support.standins.wps import (
    COOKIE,
    TOKEN,
    Kdocs,
    SignedWpsOpenApi,
    WpsDrive,
    WpsDrivePut,
    WpsOpenApi,
    kso1,
)

ROADS = ("direct", "gateway")
FILES = [text(300), text(300, 40), text(70_000, 5, 65_530)]


@pytest.fixture
def connect(reach):
    def connected(service, road):
        return browser(reach(service, road), cookie=COOKIE, authorization=f"Bearer {TOKEN}")

    return connected


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("kind", [WpsDrive, WpsDrivePut])
@pytest.mark.parametrize("host", ["drive.wps.cn", "365.kdocs.cn"])
@pytest.mark.parametrize("data", FILES, ids=len)
def test_the_drive_takes_a_file_in_three_steps(authority, connect, road, kind, host, data):
    with kind(authority) as service, connect(service, road) as page:
        said = wps.drive(page, "报告.txt", data, host)
    assert len(arrived(road, data)) == said["fsize"]
    assert {"报告.txt": arrived(road, data)} == service.stored
    assert (road == "direct") == service.holds(CANARY) or CANARY not in data
    changed = arrived(road, data) != data
    for algorithm in ("sha1", "sha256"):  # a hash would do to name the file that must not leave
        assert changed != service.holds(hashlib.new(algorithm, data).hexdigest().encode())
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize(
    "data",
    FILES,
    ids=len,
)
def test_the_open_api_takes_a_file_in_three_steps(authority, connect, road, data):
    with WpsOpenApi(authority) as service, connect(service, road) as page:
        said = wps.open_api(page, "报告.txt", data)
    assert len(arrived(road, data)) == said["size"]
    assert {"报告.txt": arrived(road, data)} == service.stored
    assert [] == service.faults


def test_the_open_api_takes_signed_steps(authority, connect):
    with SignedWpsOpenApi(authority) as service, connect(service, "direct") as page:
        wps.open_api(page, "报告.txt", FILES[1], signed=True)
    assert {"报告.txt": FILES[1]} == service.stored


def test_signed_steps_are_refused(authority, connect):
    with (
        SignedWpsOpenApi(authority) as service,
        connect(service, "gateway") as page,
        pytest.raises(Refused, match=f"{SENTENCE}.*signed"),
    ):
        wps.open_api(page, "报告.txt", FILES[0], signed=True)
    assert {} == service.stored
    assert [] == service.faults


def test_the_same_file_twice_is_stored_alike(authority, connect):
    with WpsDrive(authority) as service, connect(service, "gateway") as page:
        wps.drive(page, "a.txt", FILES[1])
        wps.drive(page, "a.txt", FILES[1])
        first, second = service.tickets.values()
    assert arrived("gateway", FILES[1]) == first.data == second.data


@pytest.mark.parametrize("road", ROADS)
def test_the_stored_word_document_opens(authority, connect, road):
    with WpsDrive(authority) as service, connect(service, road) as page:
        wps.drive(page, "a.docx", word("安静", "words"))
    assert "安静\nwords" == word_text(service.stored["a.docx"])


def test_an_iban_in_a_word_document_is_redacted(authority, connect):
    with WpsDrive(authority) as service, connect(service, "real") as page:
        wps.drive(page, "a.docx", word("安静", f"IBAN {IBAN}"))
    assert word_text(service.stored["a.docx"]).startswith("安静\nIBAN ")
    assert IBAN not in word_text(service.stored["a.docx"])


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("data", FILES, ids=len)
def test_a_form_with_a_users_token(authority, connect, road, data):
    with Kdocs(authority) as service, connect(service, road) as page:
        wps.personal_form(page, "notes.txt", data, TOKEN)
    assert {"notes.txt": arrived(road, data)} == service.stored
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
def test_a_signed_form_passes_when_nothing_is_taken_out(authority, connect, road):
    with Kdocs(authority) as service, connect(service, road) as page:
        wps.appspace_form(page, "notes.txt", text(300))
    assert {"notes.txt": text(300)} == service.stored
    assert [] == service.faults


def test_what_is_blocked_says_so_and_sends_nothing(authority, connect):
    data = BLOCKED + CANARY
    tried = (
        (WpsDrive, lambda page: wps.drive(page, "n.txt", data)),
        (WpsOpenApi, lambda page: wps.open_api(page, "n.txt", data)),
        (SignedWpsOpenApi, lambda page: wps.open_api(page, "n.txt", text(300, 40), signed=True)),
        (Kdocs, lambda page: wps.personal_form(page, "n.txt", data, TOKEN)),
        (Kdocs, lambda page: wps.appspace_form(page, "n.txt", data)),
    )
    for kind, upload in tried:
        with kind(authority) as service, connect(service, "gateway") as page:
            with pytest.raises(Refused, match=SENTENCE):
                upload(page)
            assert 0 == service.bytes_received()
            assert {} == service.stored


def test_a_signed_form_with_a_canary_stores_nothing(authority, connect):
    with Kdocs(authority) as service, connect(service, "gateway") as page:
        with pytest.raises(Refused):
            wps.appspace_form(page, "n.txt", text(300, 40))
        assert {} == service.stored
        assert not service.holds(CANARY)


def test_the_signature_is_that_of_the_documents():
    """open.wps.cn, "KSO-1 签名算法说明", first example."""
    date = "Mon, 02 Jan 2006 15:04:05 GMT"
    signed = kso1("GET", "/v7/test?key=value", "application/json", date, b"")
    expected = "ce8df66877175e5198c8ea1362ffddf82e4941c6f25a4ca205a1ad09d0faaf03"
    assert f"KSO-1 AK123456:{expected}" == signed


def test_the_services_refuse_what_does_not_add_up(authority, connect, monkeypatch):
    """The client announces one document and sends another."""
    import httpx

    honest = httpx.Client.build_request

    def swapped(self, method, url, **options):
        for name, value in (("content", b"other"), ("files", {"file": ("n", b"oth")})):
            if "ksyuncs" in str(url) and options.get(name):
                options[name] = value
        return honest(self, method, url, **options)

    monkeypatch.setattr(httpx.Client, "build_request", swapped)
    tried = (
        (WpsDrive, "EntityTooLarge", lambda page: wps.drive(page, "n.txt", b"data")),
        (WpsDrivePut, "fileSizeError", lambda page: wps.drive(page, "n.txt", b"data")),
        (WpsDrivePut, "checksumError", lambda page: wps.drive(page, "n.txt", b"ether")),
        (WpsOpenApi, "sha256", lambda page: wps.open_api(page, "n.txt", b"ether")),
        (SignedWpsOpenApi, "signature", lambda page: wps.open_api(page, "n.txt", b"ether")),
    )
    for kind, why, upload in tried:
        with kind(authority) as service, connect(service, "direct") as page:
            with pytest.raises(Refused, match=why):
                upload(page)
            assert {} == service.stored
