"""OpenAI and Azure OpenAI: the official client, straight and through the gateway.

The uploads API sends a file in parts. Asserted is for every part size, with a canary across each
border: the client ends well, the file that OpenAI keeps has no canary and is otherwise the same,
``bytes`` and ``md5`` fit it, and the stored Word document opens.
"""

from __future__ import annotations

import base64
import hashlib
import json

import openai
import pytest
from support.clouds import SENTENCE
from support.proxyharness import CANARY, GONE
from support.samples import BLOCKED, IBAN, across, arrived, text, word, word_text
from support.standins.openai import KEY, AzureOpenAI, OpenAI

ROADS = ("direct", "gateway")
UPLOAD_ROADS = ("direct", "gateway")
SAID = CANARY.decode()
SERVICES = (OpenAI, AzureOpenAI)
_DOCX = "data:application/vnd.openxmlformats-officedocument.wordprocessingml.document"

pytestmark = pytest.mark.parametrize("kind", SERVICES)


@pytest.fixture
def service(kind, authority):
    with kind(authority) as running:
        yield running


def client_for(service):
    options = {"api_key": KEY, "max_retries": 0}
    if isinstance(service, AzureOpenAI):
        endpoint = f"https://{service.hosts[0]}"
        return openai.AzureOpenAI(
            azure_endpoint=endpoint, api_version="2025-03-01-preview", **options
        )
    return openai.OpenAI(**options)


@pytest.fixture
def connect(service, reach):
    """The official client on a road; it reads proxy and certificates from the environment."""
    opened = []

    def connected(road):
        reach(service, road)
        opened.append(client_for(service))
        return opened[-1]

    yield connected
    for client in opened:
        client.close()


def kept(service):
    (data,) = service.stored.values()
    return data


@pytest.mark.parametrize("road", ROADS)
def test_a_chat_loses_only_the_canary(service, connect, road):
    client = connect(road)
    asked = [{"role": "user", "content": f"你好 {SAID} 再见"}]
    answer = client.chat.completions.create(model="m", messages=asked)
    said = arrived(road, f"你好 {SAID} 再见".encode()).decode()
    assert f"You said: {said}" == answer.choices[0].message.content
    assert said.encode() == service.stored["chat-1"]
    assert (road == "direct") == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
def test_a_streamed_chat_comes_piece_by_piece(service, connect, road):
    client = connect(road)
    asked = [{"role": "user", "content": f"hello {SAID}"}]
    with client.chat.completions.create(model="m", messages=asked, stream=True) as stream:
        deltas = [one.choices[0].delta.content or "" for one in stream]
    assert f"You said: hello {arrived(road, CANARY).decode()}" == "".join(deltas)
    assert len(deltas) > 3
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("stream", [False, True])
def test_a_response_loses_only_the_canary(service, connect, road, stream):
    client = connect(road)
    content = [{"type": "input_text", "text": f"read {SAID}"}]
    given = [{"role": "user", "content": content}]
    answer = client.responses.create(model="m", input=given, stream=stream)
    if stream:
        with answer as events:
            last = list(events)[-1]
        assert "response.completed" == last.type
        answer = last.response
    assert answer.output_text.startswith(f"You said: read {arrived(road, CANARY).decode()}")
    assert (road == "direct") == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", ["direct", "real"])
def test_a_word_document_inside_the_json_is_opened(service, connect, road):
    client = connect(road)
    data = base64.b64encode(word("quiet words", f"IBAN: {IBAN}")).decode()
    content = [{"type": "input_file", "filename": "a.docx", "file_data": f"{_DOCX};base64,{data}"}]
    client.responses.create(model="m", input=[{"role": "user", "content": content}])
    stored = word_text(service.stored["a.docx"])
    assert stored.startswith("quiet words\nIBAN: ")
    assert (road == "direct") == (IBAN in stored)
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
def test_embeddings_lose_the_canary(service, connect, road):
    client = connect(road)
    answer = client.embeddings.create(model="m", input=["one", SAID])
    assert 2 == len(answer.data)
    assert arrived(road, CANARY) == service.stored["chat-2"]
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("data", [b"", text(300), text(300, 40), word("nothing")], ids=len)
def test_a_file_arrives_whole_but_for_the_canary(service, connect, road, data):
    client = connect(road)
    made = client.files.create(file=("notes.txt", data), purpose="user_data")
    assert arrived(road, data) == service.stored["notes.txt"]
    assert len(arrived(road, data)) == made.bytes
    assert arrived(road, data) == client.files.content(made.id).read()
    assert [] == service.faults


def test_a_blocked_file_or_chat_says_so_and_sends_nothing(service, connect):
    client = connect("gateway")
    with pytest.raises(openai.BadRequestError, match=SENTENCE):
        client.files.create(file=("notes.txt", BLOCKED + CANARY), purpose="user_data")
    asked = [{"role": "user", "content": BLOCKED.decode()}]
    with pytest.raises(openai.BadRequestError, match=SENTENCE):
        client.chat.completions.create(model="m", messages=asked, stream=True)
    with pytest.raises(openai.BadRequestError, match=SENTENCE):
        client.uploads.upload_file_chunked(
            file=BLOCKED + CANARY,
            filename="notes.txt",
            bytes=len(BLOCKED + CANARY),
            mime_type="text/plain",
            purpose="user_data",
        )
    assert 0 == service.bytes_received()
    assert {} == service.stored


@pytest.mark.parametrize("road", UPLOAD_ROADS)
@pytest.mark.parametrize("part", [64, 100, 1000, 4096])
def test_an_upload_in_parts_of_any_size(service, connect, road, part):
    client = connect(road)
    data = across(part, 1000)
    made = client.uploads.upload_file_chunked(
        file=data,
        filename="notes.txt",
        bytes=len(data),
        mime_type="text/plain",
        purpose="user_data",
        part_size=part,
        md5=hashlib.md5(data).hexdigest(),
    )
    assert "completed" == made.status
    assert arrived(road, data) == kept(service)
    assert (road == "direct") == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", UPLOAD_ROADS)
def test_parts_may_come_in_any_order_and_some_for_nothing(service, connect, road):
    client = connect(road)
    data = across(500, 900)
    made = client.uploads.create(
        filename="notes.txt", bytes=len(data), mime_type="text/plain", purpose="user_data"
    )
    last, first = (
        client.uploads.parts.create(upload_id=made.id, data=piece).id
        for piece in (data[500:], data[:500])
    )
    done = client.uploads.complete(made.id, part_ids=[first, last])
    assert arrived(road, data) == kept(service)
    assert done.file is not None
    assert "notes.txt" == done.file.filename
    assert [] == service.faults


@pytest.mark.parametrize("road", [*UPLOAD_ROADS, "real"])
def test_the_stored_word_document_opens(service, connect, road):
    client = connect(road)
    data = word("quiet", f"IBAN: {IBAN}")
    client.uploads.upload_file_chunked(
        file=data,
        filename="a.docx",
        bytes=len(data),
        mime_type=_DOCX.removeprefix("data:"),
        purpose="user_data",
        part_size=1000,
    )
    stored = word_text(service.stored["a.docx"])
    assert stored.startswith("quiet\nIBAN: ")
    assert (road != "real") == (IBAN in stored)


def test_the_service_refuses_what_does_not_add_up(service, connect):
    client = connect("direct")

    def begun(size):
        return client.uploads.create(
            filename="n.txt", bytes=size, mime_type="text/plain", purpose="user_data"
        ).id

    def part(upload, data):
        return client.uploads.parts.create(upload_id=upload, data=data).id

    upload = begun(4)
    one = part(upload, b"abc")
    for wrong in ({"part_ids": [one]}, {"part_ids": [one, one]}, {"part_ids": ["part_x"]}):
        with pytest.raises(openai.BadRequestError):
            client.uploads.complete(upload, **wrong)
    with pytest.raises(openai.BadRequestError, match="larger than the declared"):
        part(upload, b"de")
    two = part(upload, b"d")
    with pytest.raises(openai.BadRequestError, match="MD5"):
        client.uploads.complete(upload, part_ids=[one, two], md5=hashlib.md5(b"x").hexdigest())
    client.uploads.complete(upload, part_ids=[one, two])
    with pytest.raises(openai.BadRequestError, match="completed"):
        part(upload, b"")
    cancelled = begun(4)
    client.uploads.cancel(cancelled)
    with pytest.raises(openai.BadRequestError, match="cancelled"):
        part(cancelled, b"a")
    with pytest.raises(openai.BadRequestError):
        client.files.create(file=("a", b"x"), purpose="nonsense")
    assert {"n.txt": b"abcd"} == service.stored


def test_json_that_the_client_sent_is_passed_on_unchanged(service, connect):
    client = connect("gateway")
    client.chat.completions.create(model="m", messages=[{"role": "user", "content": "plain é"}])
    sent = json.loads(service.requests[0].body)
    assert {"model": "m", "messages": [{"role": "user", "content": "plain é"}]} == sent
    assert GONE not in service.requests[0].body
