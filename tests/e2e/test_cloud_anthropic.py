"""Anthropic: the official client, straight and through the gateway."""

from __future__ import annotations

import base64

import anthropic
import pytest
from support.clouds import SENTENCE
from support.proxyharness import CANARY
from support.samples import BLOCKED, IBAN, arrived, text, word, word_text
from support.standins.anthropic import KEY, Anthropic

ROADS = ("direct", "gateway")
SAID = CANARY.decode()


@pytest.fixture
def service(authority):
    with Anthropic(authority) as running:
        yield running


@pytest.fixture
def connect(service, reach):
    opened = []

    def connected(road):
        reach(service, road)
        opened.append(anthropic.Anthropic(api_key=KEY, max_retries=0))
        return opened[-1]

    yield connected
    for client in opened:
        client.close()


def ask(client, content, **more):
    asked = [{"role": "user", "content": content}]
    return client.messages.create(model="m", max_tokens=9, messages=asked, **more)


@pytest.mark.parametrize("road", ROADS)
def test_a_message_with_system_and_tool_result_loses_only_the_canary(service, connect, road):
    client = connect(road)
    call = {"type": "tool_use", "id": "t", "name": "read", "input": {"path": "a"}}
    result = {"type": "tool_result", "tool_use_id": "t", "content": f"the file says {SAID}"}
    answer = client.messages.create(
        model="m",
        max_tokens=9,
        system=f"be kind to {SAID}",
        messages=[
            {"role": "user", "content": "read 文件"},
            {"role": "assistant", "content": [call]},
            {"role": "user", "content": [result]},
        ],
    )
    said = arrived(road, CANARY).decode()
    assert f"You said: the file says {said}" == answer.content[0].text
    stored = service.stored["prompt-1"].decode()
    assert f"be kind to {said}\nread 文件\n{{'path': 'a'}}\nthe file says {said}" == stored
    assert (road == "direct") == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
def test_a_streamed_message_comes_piece_by_piece(service, connect, road):
    client = connect(road)
    asked = [{"role": "user", "content": f"hello {SAID}"}]
    with client.messages.stream(model="m", max_tokens=9, messages=asked) as stream:
        deltas = list(stream.text_stream)
    assert f"You said: hello {arrived(road, CANARY).decode()}" == "".join(deltas)
    assert len(deltas) > 3
    assert [] == service.faults


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("data", [b"", text(300), text(300, 40), word("nothing")], ids=len)
def test_a_file_arrives_whole_but_for_the_canary(service, connect, road, data):
    client = connect(road)
    made = client.files.upload(file=("notes.txt", data, "text/plain"))
    assert arrived(road, data) == service.stored["notes.txt"]
    assert len(arrived(road, data)) == made.size_bytes
    assert made.id == client.files.retrieve_metadata(made.id).id
    source = {"type": "document", "source": {"type": "file", "file_id": made.id}}
    asked = [{"role": "user", "content": [source, {"type": "text", "text": "what is it"}]}]
    client.messages.create(model="m", max_tokens=9, messages=asked)
    assert [] == service.faults


@pytest.mark.parametrize("road", ["direct", "real"])
def test_a_word_document_inside_the_json_is_opened(service, connect, road):
    client = connect(road)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    data = base64.b64encode(word("quiet words", f"IBAN: {IBAN}")).decode()
    source = {"type": "base64", "media_type": kind, "data": data}
    ask(client, [{"type": "document", "title": "a.docx", "source": source}])
    stored = word_text(service.stored["a.docx"])
    assert stored.startswith("quiet words\nIBAN: ")
    assert (road == "direct") == (IBAN in stored)
    assert [] == service.faults


def test_what_is_blocked_says_so_and_sends_nothing(service, connect):
    client = connect("gateway")
    with pytest.raises(anthropic.BadRequestError, match=SENTENCE):
        client.files.upload(file=("notes.txt", BLOCKED + CANARY, "text/plain"))
    with pytest.raises(anthropic.BadRequestError, match=SENTENCE):
        ask(client, BLOCKED.decode())
    with pytest.raises(anthropic.BadRequestError, match=SENTENCE):
        ask(client, BLOCKED.decode(), stream=True)
    assert 0 == service.bytes_received()
    assert {} == service.stored


def test_the_service_refuses_what_it_does_not_know(service, connect):
    client = connect("direct")
    source = {"type": "document", "source": {"type": "file", "file_id": "file_x"}}
    with pytest.raises(anthropic.NotFoundError, match="File not found"):
        ask(client, [source])
    with pytest.raises(anthropic.AuthenticationError):
        ask(client.with_options(api_key="wrong"), "hi")
    with pytest.raises(anthropic.BadRequestError, match="not allowed"):
        client.files.upload(file=("a?.txt", b"x", "text/plain"))
