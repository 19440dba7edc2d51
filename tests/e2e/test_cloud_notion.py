"""Notion: the official client, straight and through the gateway.

Asserted is for pages and files in one part: text and file lose the canary and nothing else; a
blocked one ends in ``APIResponseError`` with our sentence and sends nothing. The same holds for
parts of any size that Notion takes, a canary cut by each border, sent in any order.
"""

from __future__ import annotations

import random

import httpx
import pytest
from notion_client import APIResponseError, Client
from support.clouds import BECAUSE
from support.proxyharness import CANARY
from support.samples import BLOCKED, across, arrived, text, word, word_text
from support.standins.notion import MIB, TOKEN, Notion

ROADS = ("direct", "gateway")
PARTS_ROADS = ("direct", "gateway")
SAID = CANARY.decode()


@pytest.fixture
def service(authority):
    with Notion(authority) as running:
        yield running


@pytest.fixture
def connect(service, reach):
    opened = []

    def connected(road):
        cloud = reach(service, road)
        transport = httpx.Client(proxy=cloud.proxy, verify=cloud.ssl_context(), timeout=60)
        opened.append(transport)
        return Client(auth=TOKEN, client=transport, retry=False)

    yield connected
    for transport in opened:
        transport.close()


def paragraph(said):
    content = [{"type": "text", "text": {"content": said}}]
    return {"object": "block", "type": "paragraph", "paragraph": {"rich_text": content}}


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("data", [text(300), text(300, 40)], ids=len)
def test_a_file_in_one_part_and_a_page_with_it(service, connect, road, data):
    client = connect(road)
    upload = client.file_uploads.create(filename="notes.txt", content_type="text/plain")
    file = ("notes.txt", data, "text/plain")
    done = client.file_uploads.send(upload["id"], file=file)
    assert "uploaded" == done["status"]
    attached = {"type": "file_upload", "file_upload": {"id": upload["id"]}}
    page = client.pages.create(
        parent={"page_id": "p"},
        properties={"title": [{"text": {"content": f"标题 {SAID}"}}]},
        children=[paragraph(f"see {SAID}"), {"type": "file", "file": attached}],
    )
    said = arrived(road, CANARY).decode()
    assert f"标题 {said}\nsee {said}" == service.stored[page["id"]].decode()
    assert arrived(road, data) == service.stored["notes.txt"]
    assert (road == "direct") == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", PARTS_ROADS)
@pytest.mark.parametrize("size", [5 * MIB, 6 * MIB + 1])
def test_a_file_in_parts_of_any_size_and_order(service, connect, road, size):
    client = connect(road)
    data = across(size, 11 * MIB)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    upload = client.file_uploads.create(
        mode="multi_part",
        filename="notes.txt",
        content_type="text/plain",
        number_of_parts=len(pieces),
    )
    numbered = list(enumerate(pieces, 1))
    random.Random(size).shuffle(numbered)
    for at, piece in numbered:
        file = ("notes.txt", piece, "text/plain")
        client.file_uploads.send(upload["id"], file=file, part_number=str(at))
    assert "uploaded" == client.file_uploads.complete(upload["id"])["status"]
    assert arrived(road, data) == service.stored["notes.txt"]
    assert [] == service.faults


@pytest.mark.parametrize("road", [*ROADS, "real"])
def test_the_stored_word_document_opens(service, connect, road):
    client = connect(road)
    upload = client.file_uploads.create(filename="a.docx")
    file = ("a.docx", word("quiet", "words"), service.uploads[upload["id"]].kind)
    client.file_uploads.send(upload["id"], file=file)
    assert "quiet\nwords" == word_text(service.stored["a.docx"])
    assert [] == service.faults


@pytest.mark.parametrize("sizes", [(100,), (5 * MIB, 100)])
def test_a_blocked_file_says_so_and_sends_no_byte_of_it(service, connect, sizes):
    client = connect("gateway")
    several = len(sizes) > 1
    asked = {"mode": "multi_part", "number_of_parts": len(sizes)} if several else {}
    upload = client.file_uploads.create(filename="a.txt", content_type="text/plain", **asked)
    service.forget()

    def send_all():
        data = BLOCKED.rjust(sum(sizes))
        for at, size in enumerate(sizes, 1):
            file = ("a.txt", data[:size], "text/plain")
            data = data[size:]
            numbered = {"part_number": str(at)} if several else {}
            client.file_uploads.send(upload["id"], file=file, **numbered)
        client.file_uploads.complete(upload["id"])

    with pytest.raises(APIResponseError, match=BECAUSE):
        send_all()
    assert 0 == service.bytes_received()
    assert {} == service.stored


def test_the_service_refuses_what_does_not_add_up(service, connect):
    client = connect("direct")
    upload = client.file_uploads.create(mode="multi_part", filename="a.txt", number_of_parts=2)
    name = upload["id"]

    def send(data, **more):
        file = ("a.txt", data, "text/plain")
        return client.file_uploads.send(name, file=file, **more)

    for data, at, why in ((b"short", "1", "5 MiB"), (b"x", "3", "part_number"), (b"x", "0", "1 ")):
        with pytest.raises(APIResponseError, match=why):
            send(data, part_number=at)
    send(b"end", part_number="2")
    with pytest.raises(APIResponseError, match="1 of 2 parts"):
        client.file_uploads.complete(name)
    attached = {"type": "file", "file": {"type": "file_upload", "file_upload": {"id": name}}}
    with pytest.raises(APIResponseError, match="not uploaded"):
        client.pages.create(parent={"page_id": "p"}, properties={}, children=[attached])
    with pytest.raises(APIResponseError, match="extension"):
        client.file_uploads.create(mode="multi_part", filename="a", number_of_parts=1)
    assert {} == service.stored
