"""How messages split and go together, and how a step says that it carries them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import PolicyError, Unreadable
from gateway.services import Catalog, frames, markdown
from gateway.services.schema import Framing

CATALOG = Catalog.load()
SENTENCE = "Blocked by Redaction Gateway: 1 × IBAN (rule banks, ref G-1)"

messages = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from([b"{}", b'{"type":6}', b"\x1e", b"\x1e\x1e", b"a", b""])).map(
        b"".join
    ),
)


@given(framing=st.sampled_from(Framing), data=messages)
def test_what_was_split_goes_together_again(framing, data):
    assert data == frames.join(frames.split(framing, data), text=False)


@given(data=messages)
def test_no_byte_is_in_no_document(data):
    parts = frames.split(Framing.SIGNALR, data)
    assert data.replace(b"\x1e", b"") == b"".join(parts.documents) + parts.rest


@given(st.lists(st.binary(max_size=30).filter(lambda one: b"\x1e" not in one)))
def test_each_record_is_a_document(records):
    data = b"".join(record + b"\x1e" for record in records)
    parts = frames.split(Framing.SIGNALR, data)
    assert tuple(records) == parts.documents
    assert "" == parts.fault


def test_a_record_that_has_not_ended_is_a_fault():
    assert "cut over two messages" in frames.split(Framing.SIGNALR, b'{"a":1}\x1e{"b"').fault
    assert "" == frames.split(Framing.TEXT, b'{"b"').fault


def test_a_record_left_out_takes_its_end_with_it():
    parts = frames.split(Framing.SIGNALR, b"one\x1etwo\x1ethree\x1e")
    assert b"one\x1e3\x1e" == frames.join(parts, [b"one", None, b"3"], text=True)
    assert b"" == frames.join(parts, [None, None, None], text=True)


def test_a_result_that_breaks_the_framing_is_refused():
    parts = frames.split(Framing.SIGNALR, b"one\x1e")
    with pytest.raises(Unreadable, match="end too early"):
        frames.join(parts, [b"o\x1ee"], text=True)
    with pytest.raises(Unreadable, match="UTF-8"):
        frames.join(frames.split(Framing.TEXT, b"one"), [b"\xff"], text=True)
    assert b"\xff" == frames.join(frames.split(Framing.BINARY, b"one"), [b"\xff"], text=False)


def test_only_the_one_keep_alive_record_says_nothing():
    assert frames.says_nothing(Framing.SIGNALR, b'{"type":6}')
    assert frames.says_nothing(Framing.TEXT, b"")
    assert not frames.says_nothing(Framing.SIGNALR, b'{"type":6,"x":"y"}')
    assert not frames.says_nothing(Framing.SIGNALR, b'{"type": 6}')
    assert not frames.says_nothing(Framing.TEXT, b'{"type":6}')


@pytest.mark.parametrize(
    ("document", "text", "media_type"),
    [
        (b' {"a":1}', True, "application/json"),
        (b"[1]", True, "application/json"),
        (b"hello", True, "text/plain; charset=utf-8"),
        ("你好".encode(), True, "text/plain; charset=utf-8"),
        (b'{"a":1}', False, "application/octet-stream"),
    ],
)
def test_what_the_framing_claims(document, text, media_type):
    assert media_type == frames.hint(document, text=text).media_type


COMPLETION = {"type": 3, "invocationId": "{json.invocationId}", "error": "{message}"}


@pytest.mark.parametrize(
    ("record", "answered"),
    [
        ({"type": 1, "invocationId": "7", "target": "chat"}, True),
        ({"type": 4, "invocationId": "0", "target": "chat"}, True),
        ({"type": 1, "target": "chat"}, False),  # awaits no answer, so an answer would be an error
        ({"type": 2, "invocationId": "7"}, False),
        ({"type": 1, "invocationId": {"a": 1}}, False),
        ({"type": 1, "invocationId": "x" * 300}, False),
        ({"protocol": "json", "version": 1}, False),
        ([], False),
    ],
)
def test_a_call_of_signalr_is_completed_with_an_error(record, answered):
    data = json.dumps(record).encode()
    got = frames.answer(Framing.SIGNALR, COMPLETION, data, SENTENCE, "G-1")
    assert answered is (got is not None)
    if got is not None:
        assert got.endswith(b"\x1e")
        assert {"type": 3, "invocationId": record["invocationId"], "error": SENTENCE} == json.loads(
            got[:-1]
        )


def test_an_id_that_is_not_there_is_left_out_where_it_may_be():
    template = {"type": "error", "error": {"message": "{message}", "event_id": "{json.event_id?}"}}
    with_id = frames.answer(Framing.TEXT, template, b'{"event_id":"e1"}', SENTENCE, "G-1")
    without = frames.answer(Framing.TEXT, template, b"\x00\x01", SENTENCE, "G-1")
    assert {"message": SENTENCE, "event_id": "e1"} == json.loads(with_id)["error"]
    assert {"message": SENTENCE} == json.loads(without)["error"]


@given(st.text(max_size=400))
def test_a_reason_fits_a_close_frame_and_names_its_reference(text):
    sentence = f"Blocked by Redaction Gateway: {text} (ref G-12345678)"
    reason = frames.close_reason(sentence, "G-12345678")
    assert 123 >= len(reason.encode("utf-8", "replace"))
    assert "(ref G-12345678)" in reason
    if len(sentence.encode("utf-8", "replace")) <= 123:
        assert sentence == reason


# Profiles.


def profile(step: str) -> str:
    return f"""\
service: acme
title: Acme
hosts: [acme.example]
steps:
  - name: live
    {step}
"""


def load(folder: Path, step: str) -> Catalog:
    (folder / "acme.yaml").write_text(profile(step), encoding="utf-8")
    return Catalog.load(folder)


def test_a_step_says_how_its_messages_are_framed(tmp_path):
    catalog = load(tmp_path, "match: [GET /live/*]\n    shape: frames\n    framing: signalr")
    route = catalog.route("acme.example", "GET", "/live/1?x=2")
    assert Framing.SIGNALR is route.framing
    assert route.inspect
    assert route.supported
    assert catalog.route("acme.example", "POST", "/live/1").framing is None
    assert catalog.route("acme.example", "GET", "/other").framing is None
    assert "WebSocket: each message of the client inspected (signalr)" in markdown(
        [catalog.get("acme")]
    )


def test_an_address_that_can_be_read_in_two_ways_becomes_no_websocket(tmp_path):
    catalog = load(tmp_path, "match: [GET /live/*]\n    shape: frames\n    framing: text")
    for path in ("/live//1", "/live/%31", "/x/../live/1", "/live/1;a"):
        assert catalog.route("acme.example", "GET", path).framing is None


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("match: [GET /live]\n    shape: frames", "framing belongs to the shape frames"),
        ("match: [GET /live]\n    framing: text", "framing belongs to the shape frames"),
        ("match: [POST /live]\n    shape: frames\n    framing: text", "begins with GET"),
        (
            "match: [GET /live]\n    shape: frames\n    framing: text\n    purpose: sign-in",
            "sign-in step cannot be",
        ),
        ("match: [GET /live]\n    refusal: {frame: {a: b}}", "which only the shape frames has"),
        (
            "match: [GET /live]\n    shape: frames\n    framing: text\n"
            "    refusal: {frame: {a: '{nonsense}'}}",
            "unknown placeholder",
        ),
        ("match: [GET /live]\n    shape: frames\n    framing: xml", "Input should be"),
    ],
)
def test_a_step_that_contradicts_itself_is_told(tmp_path, step, why):
    with pytest.raises(PolicyError, match=why):
        load(tmp_path, step)


def test_a_frame_alone_does_not_say_no_to_requests(tmp_path):
    catalog = load(
        tmp_path,
        "match: [GET /live]\n    shape: frames\n    framing: text\n"
        "    refusal: {frame: {error: '{message}'}}",
    )
    route = catalog.route("acme.example", "GET", "/live")
    assert f"{SENTENCE}\n".encode() == catalog.refuse(route, SENTENCE, "G-1").body
    assert {"error": SENTENCE} == json.loads(catalog.refuse_frame(route, SENTENCE, "G-1", b"{}"))
    with pytest.raises(PolicyError, match="exactly one of json, xml and text"):
        load(tmp_path, "match: [GET /a]\nrefusal: {frame: {a: b}}")


def test_without_a_frame_there_is_no_answer(tmp_path):
    catalog = load(tmp_path, "match: [GET /live]\n    shape: frames\n    framing: text")
    route = catalog.route("acme.example", "GET", "/live")
    assert catalog.refuse_frame(route, SENTENCE, "G-1", b"{}") is None


@pytest.mark.parametrize(
    ("url", "step", "framing", "document", "answer"),
    [
        (
            "api.openai.com/v1/responses",
            "responses-websocket",
            "text",
            {"type": "response.create", "stream_id": "s1"},
            {"type": "error", "status": 400, "stream_id": "s1"},
        ),
        (
            "api.openai.com/v1/realtime?model=x",
            "realtime",
            "text",
            {"type": "conversation.item.create", "event_id": "e1"},
            {"type": "error", "event_id": "G-1"},
        ),
        (
            "acme.openai.azure.com/openai/realtime?deployment=x",
            "realtime",
            "text",
            {"type": "session.update"},
            {"type": "error"},
        ),
        (
            "copilot.microsoft.com/c/api/chat?api-version=2",
            "chat",
            "text",
            {"event": "send"},
            {"event": "error", "message": SENTENCE},
        ),
        (
            "substrate.office.com/m365Copilot/Chathub/o@t?ConversationId=x",
            "chathub",
            "signalr",
            {"type": 4, "invocationId": "0", "target": "chat"},
            {"type": 3, "invocationId": "0", "error": SENTENCE},
        ),
    ],
)
def test_the_services_whose_messages_are_known(url, step, framing, document, answer):
    host, slash, path = url.partition("/")
    route = CATALOG.route(host, "GET", slash + path)
    assert (step, framing) == (route.step, route.framing)
    got = CATALOG.refuse_frame(route, SENTENCE, "G-1", json.dumps(document).encode())
    said = json.loads(got.rstrip(b"\x1e"))
    assert answer.items() <= said.items()
    assert SENTENCE in json.dumps(said, ensure_ascii=False)
