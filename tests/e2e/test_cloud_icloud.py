"""iCloud Drive on the web: the size comes before the bytes, checksums and a receipt after them."""

from __future__ import annotations

import pytest
from support.clouds import BECAUSE
from support.pages import icloud
from support.pages.browser import Refused, browser
from support.proxyharness import CANARY
from support.samples import BLOCKED, IBAN, arrived, text, word, word_text
from support.standins.icloud_drive import COOKIE, ICloudDrive

ROADS = ("direct", "gateway")


@pytest.fixture
def service(authority):
    with ICloudDrive(authority) as running:
        yield running


@pytest.fixture
def connect(service, reach):
    return lambda road: browser(reach(service, road), cookie=COOKIE)


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("data", [b"", text(300), text(300, 40), text(70_000, 5, 65_530)], ids=len)
def test_a_file_arrives_whole_but_for_the_canary(service, connect, road, data):
    with connect(road) as page:
        said = icloud.upload(page, "报告.txt", data)
    assert {"document_id": "DOC-1", "size": len(arrived(road, data))} == said
    assert {"报告.txt": arrived(road, data)} == service.stored
    assert (road == "direct" and CANARY in data) == service.holds(CANARY)
    assert [] == service.faults


def test_an_iban_in_a_word_document_is_redacted(service, connect):
    with connect("real") as page:
        icloud.upload(page, "a.docx", word("安静", f"IBAN {IBAN}"))
    assert word_text(service.stored["a.docx"]).startswith("安静\nIBAN ")
    assert IBAN not in word_text(service.stored["a.docx"])
    assert [] == service.faults


def test_the_same_file_twice_is_stored_alike(service, connect):
    with connect("gateway") as page:
        for name in ("a.txt", "b.txt"):
            icloud.upload(page, name, text(300, 40))
    assert [arrived("gateway", text(300, 40))] * 2 == list(service.stored.values())


def test_what_is_blocked_says_so_and_nothing_is_sent(service, connect):
    with connect("gateway") as page, pytest.raises(Refused, match=BECAUSE):
        icloud.upload(page, "a.txt", BLOCKED + text(300, 40))
    assert [] == service.requests


def test_the_service_refuses_what_does_not_add_up(service, connect, monkeypatch):
    honest = icloud.found

    def lying(answer):
        said = honest(answer)
        if "singleFile" in said:
            said["singleFile"]["receipt"] = "other"
        return said

    with connect("direct") as page:
        monkeypatch.setattr(icloud, "found", lying)
        with pytest.raises(Refused, match="checksums"):
            icloud.upload(page, "a.txt", b"data")
    assert {} == service.stored
