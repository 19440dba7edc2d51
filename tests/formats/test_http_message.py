"""HTTP messages in batches: Google's own client writes them, the standard library reads them."""

import email
import json
from email import policy

import pytest
from googleapiclient.discovery import build_from_document
from googleapiclient.http import BatchHttpRequest, HttpMockSequence
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import CannotEdit, Unreadable
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint

SECRET = "Quixotrel7"
HINT = Hint(media_type="application/http")


def edits_of(document, new="[GONE]"):
    found = [
        Edit(index, at, at + len(SECRET), new)
        for index, segment in enumerate(document.segments())
        if (at := segment.text.lower().find(SECRET.lower())) >= 0
    ]
    assert found, "nothing to see"
    return found


def request(body, *headers, first="POST /v1/notes HTTP/1.1", length=True):
    data = body.encode() if isinstance(body, str) else body
    lines = [first, "Content-Type: application/json", *headers]
    lines += [f"Content-Length: {len(data)}"] if length else []
    return "\r\n".join([*lines, "", ""]).encode() + data


def read(data):
    """First line, headers and body, by the standard library."""
    first, _, rest = data.partition(b"\r\n")
    message = email.message_from_bytes(rest, policy=policy.HTTP)
    return first, dict(message.items()), rest.partition(b"\r\n\r\n")[2]


@given(st.text(max_size=60), st.sampled_from(["", "x", "〔删〕" * 40]), st.booleans())
def test_the_body_changes_and_its_length_with_it(said, new, length):
    data = request(json.dumps({"text": f"{said} {SECRET}"}), "X-Kept: yes", length=length)
    document = open_document(data, HINT)
    assert data == document.apply([])
    first, headers, body = read(document.apply(edits_of(document, new)))
    assert b"POST /v1/notes HTTP/1.1" == first
    assert {"text": f"{said} {new}"} == json.loads(body)
    assert "yes" == headers["X-Kept"]
    assert (str(len(body)) if length else None) == headers.get("Content-Length")


def test_escapes_in_the_body_are_read_through():
    document = open_document(request('{"to": "Quixotrel\\u0037"}'), HINT)
    assert b'{"to": "[GONE]"}' == read(document.apply(edits_of(document)))[2]


def test_header_values_are_seen_and_changed():
    document = open_document(request("{}", f"Slug: notes of {SECRET}.txt"), HINT)
    assert "notes of [GONE].txt" == read(document.apply(edits_of(document)))[1]["Slug"]


@pytest.mark.parametrize(
    "data",
    [
        request("{}", first=f"GET /v1/people/{SECRET} HTTP/1.1"),
        request("{}", first="GET /v1/people?q=Quixotrel%37 HTTP/1.1"),
        request("{}", f"X-{SECRET}: yes"),
        request(json.dumps({"to": SECRET}), "Content-MD5: 1B2M2Y8AsgTpgAmY7PhCfg=="),
    ],
    ids=["path", "query", "header's name", "body with a digest"],
)
def test_what_cannot_be_changed_is_refused(data):
    document = open_document(data, HINT)
    with pytest.raises(CannotEdit):
        document.apply(edits_of(document))
    assert any(SECRET in text for text in layers(data, HINT) if text)


@pytest.mark.parametrize(
    "data",
    [
        request("{}") + b"more",
        request("{}").replace(b"Length: 2", b"Length: 3"),
        request("{}").replace(b"Length: 2", b"Length: +2"),
        request("{}", "Content-Length: 2"),
        request("{}", "Transfer-Encoding: chunked"),
        request("{}", "Content-Transfer-Encoding: base64"),
        request("{}", " folded: yes"),
        request("{}").replace(b"\r\n\r\n", b"\r\n"),
        request("{}", first="POST /v1/notes HTTP/3"),
        request("{}", first="hello there"),
        b'{"to": "Quixotrel\\u0037"}',
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(data):
    with pytest.raises(Unreadable):
        open_document(data, HINT)


def test_an_answer_is_read_too():
    data = request(f'{{"to": "{SECRET}"}}', first="HTTP/1.1 200 OK")
    document = open_document(data, HINT)
    assert b'{"to": "[GONE]"}' == read(document.apply(edits_of(document)))[2]


def test_only_the_sender_says_that_it_is_a_message():
    assert "text" == open_document(request("{}"), Hint("request.txt")).format


API = {
    "name": "notes",
    "version": "v1",
    "rootUrl": "https://www.googleapis.com/",
    "servicePath": "notes/v1/",
    "batchPath": "batch/notes/v1",
    "schemas": {"Note": {"id": "Note", "type": "object"}},
    "resources": {
        "notes": {
            "methods": {
                "insert": {
                    "id": "notes.notes.insert",
                    "path": "notes",
                    "httpMethod": "POST",
                    "request": {"$ref": "Note"},
                    "response": {"$ref": "Note"},
                }
            }
        }
    },
}


def test_a_batch_of_googles_client_arrives_without_its_values():
    answer = b"--batch_a\r\nContent-Type: application/http\r\nContent-ID: <response-%d>\r\n\r\n"
    http = HttpMockSequence([({"status": "200"}, answer)])
    service = build_from_document(API, http=http)
    batch = BatchHttpRequest(batch_uri="https://www.googleapis.com/batch/notes/v1")
    for text in (f"to {SECRET}", "你好", f"{SECRET} again"):
        batch.add(service.notes().insert(body={"text": text}))
    sent = []

    class Stop(Exception):
        pass

    class Wire:
        def request(self, uri, method="GET", body=None, headers=None, **_):
            del uri, method
            sent.append((body, headers["content-type"]))
            raise Stop

    with pytest.raises(Stop):
        batch.execute(http=Wire())
    body, kind = sent[0]
    document = open_document(body.encode(), Hint(media_type=kind))
    assert not document.unread
    written = document.apply(edits_of(document))
    whole = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + written)
    inner = [part.get_payload().encode() for part in whole.get_payload()]
    assert ["to [GONE]", "你好", "[GONE] again"] == [
        json.loads(one.partition(b"\n\n")[2] or one.partition(b"\r\n\r\n")[2])["text"]
        for one in inner
    ]
    assert SECRET.encode() not in written
