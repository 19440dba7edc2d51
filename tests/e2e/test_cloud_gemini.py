"""The Gemini API by google-genai.

| what is sent                                   | direct | gateway | asserted through the gateway       |
|------------------------------------------------|--------|---------|------------------------------------|
| generateContent and the streamed one           | yes    | yes     | redacted, identical when clean     |
| inline data (base64 in the JSON)               | yes    | real    | the file inside is redacted     |
| files, ``X-Goog-Upload-*``, one and two chunks | yes    | yes     | redacted, the declared size fits,  |
|                                                |        |         | blocked: 0 bytes stored, once only |
| Word file                                      | yes    | real    | opens, and the IBAN is out of it   |
"""

from __future__ import annotations

import io

import pytest
from support.clouds import BECAUSE, Road, sized
from support.proxyharness import CANARY
from support.samples import IBAN, arrived, word, word_text
from support.standins.gemini import KEY, Gemini

PROMPTS: tuple[Road, ...] = ("direct", "gateway")
FILES: tuple[Road, ...] = ("direct", "gateway")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CHUNK = 8 * 1024 * 1024  # google-genai's own


@pytest.fixture
def service(authority):
    with Gemini(authority) as one:
        yield one


@pytest.fixture
def client(service, reach, road):
    from google import genai
    from google.genai import types

    cloud = reach(service, road)
    options = types.HttpOptions(
        client_args={"verify": cloud.ssl_context(), "proxy": cloud.proxy},
        retry_options=types.HttpRetryOptions(attempts=1),
    )
    made = genai.Client(api_key=KEY, http_options=options)
    yield made
    made.close()


@pytest.mark.parametrize("road", PROMPTS)
@pytest.mark.parametrize("text", ["clean \\u003f 好", f"a {CANARY.decode()} b"])
def test_a_prompt(service, client, road, text):
    answer = client.models.generate_content(model="gemini-3", contents=text)
    expected = arrived(road, text.encode())
    assert {"prompt 1": expected} == service.stored
    assert expected.decode() == answer.text
    assert (road == "direct" and CANARY.decode() in text) == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", PROMPTS)
def test_a_streamed_answer(service, client, road):
    text = f"a {CANARY.decode()} " + "b " * 50
    pieces = list(client.models.generate_content_stream(model="gemini-3", contents=text))
    assert arrived(road, text.encode()).decode() == "".join(piece.text for piece in pieces)
    assert 1 < len(pieces)
    assert (road == "direct") == service.holds(CANARY)


@pytest.mark.parametrize("road", ["gateway"])
def test_a_blocked_prompt_tells_why(service, client):
    from google.genai import errors

    with pytest.raises(errors.ClientError, match=BECAUSE):
        client.models.generate_content(model="gemini-3", contents="BLOCKME")
    assert [] == service.requests


@pytest.mark.parametrize("road", ["direct", "real"])
def test_a_file_inside_the_prompt(service, client, road):
    """Base64 needs the real pipeline: the inspector in this process looks at bytes only."""
    from google.genai import types

    data = f"account,iban\nAda,{IBAN}\n".encode()
    parts = [types.Part.from_bytes(data=data, mime_type="text/csv"), "sum it up"]
    client.models.generate_content(model="gemini-3", contents=parts)
    assert (road == "direct") == service.holds(IBAN.encode())
    assert service.stored["prompt 1 0"].startswith(b"account,iban\nAda,")
    assert [] == service.faults


@pytest.mark.parametrize("road", FILES)
@pytest.mark.parametrize(
    ("size", "canary"),
    [
        (9000, None),
        (9000, 100),
        (CHUNK + 1000, CHUNK - 10),
        (CHUNK, CHUNK - len(CANARY)),
    ],
)
def test_a_file(service, client, road, size, canary):
    data = sized(size, canary)
    made = client.files.upload(
        file=io.BytesIO(data), config={"mime_type": "text/plain", "display_name": "会议.txt"}
    )
    expected = arrived(road, data)
    assert {made.name: expected} == service.stored
    assert "会议.txt" == made.display_name
    assert made.size_bytes in (len(data), len(expected))
    if road == "gateway":
        assert not service.holds(CANARY)
    client.models.generate_content(model="gemini-3", contents=["sum it up", made])
    assert ([], {}) == (service.faults, service.uploads)


@pytest.mark.parametrize("road", ["direct", "real"])
def test_a_word_file_still_opens(service, client, road):
    data = word("Plan", f"Pay {IBAN} today")
    config = {"mime_type": WORD, "display_name": "plan.docx"}
    made = client.files.upload(file=io.BytesIO(data), config=config)
    text = word_text(service.stored[made.name])
    assert text.startswith("Plan\nPay ")
    assert (road == "direct") == (IBAN in text)
    assert [] == service.faults


@pytest.mark.parametrize("road", FILES)
@pytest.mark.parametrize(("size", "at"), [(500, 10), (CHUNK + 100, CHUNK - 3)])
def test_a_blocked_file_tells_why_and_no_byte_of_it_leaves(service, client, road, size, at):
    data = sized(size)
    data = data[:at] + b"BLOCKME" + data[at + 7 :]
    config = {"mime_type": "text/plain"}
    if road == "direct":
        client.files.upload(file=io.BytesIO(data), config=config)
        assert service.holds(b"BLOCKME")
        return
    with pytest.raises(Exception, match=BECAUSE):
        client.files.upload(file=io.BytesIO(data), config=config)
    assert {} == service.stored
    assert 0 == sum(
        len(request.body)
        for request in service.requests
        if "upload" in request.header("x-goog-upload-command")
    )
