"""What a profile may say of an upload beside where things stand, each with a service that minds."""

import asyncio
import hashlib
import itertools
import json
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.services.ladder import Strategy
from gateway.services.places import NoSuchPlace, Place
from gateway.services.schema import Step
from gateway.services.uploads import Refused, Released, Uploads
from gateway.services.wire import Call, Reply

HOST = "https://cloud.example"
SECRET = b"SECRET-4111"
CHUNK = 40
BORDER = "b0rder"


def step(**upload):
    """As a profile's file is read."""
    data = {"name": "x", "match": ["POST /"], "shape": "parts", "upload": upload}
    return Step.model_validate_json(json.dumps(data)).upload


def form(**fields):
    lines = b"".join(
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (BORDER.encode(), name.encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in fields.items()
    )
    body = lines + f"--{BORDER}--\r\n".encode()
    kind = ("content-type", f"multipart/form-data; boundary={BORDER}")
    return Call((kind, ("content-length", str(len(body)))), body, "POST", f"{HOST}/chunk")


def said(value, status=200):
    return Reply((("content-type", "application/json"),), json.dumps(value).encode(), status)


class Service:
    """Judges by a replacement; ``answers`` gives what each path says."""

    def __init__(self, gone, answers=None):
        self.gone = gone
        self.sent = []
        self.plans = []
        self.answers = answers or {}

    async def judge(self, data, hint, plan):
        self.plans.append(plan)
        new = data.replace(SECRET, self.gone)
        return Released(new, hashlib.sha256(new).hexdigest())

    async def send(self, call):
        self.sent.append(call)
        return said(self.answers.get(urlsplit(call.url).path, {"ok": 1}))

    def covers(self, url):
        return url.startswith(HOST)


def run(service, *requests):
    """The answers to requests, each a step and a call."""
    uploads = Uploads(1 << 20)

    async def all_of_them():
        return [await uploads.handle("test", one, call, service) for one, call in requests]

    return asyncio.run(all_of_them()), uploads


# -- fields that are there only among several parts ------------------------------------------------

CHUNKS = step(
    role="part",
    begins=True,
    session="part.id",
    bytes="part.data",
    number="part.chunk",
    numbered_from=0,
    ends="total",
    most=CHUNK,
    several={"part.chunks": f"{{parts.{CHUNK}}}", "part.chunk": "{number}"},
    declares=[{"what": "size", "at": "part.size"}, {"what": "md5:hex", "at": "part.md5"}],
)


def field(call, name):
    place = Place.parse(f"part.{name}")
    return place.read_bytes(call) if place.stands_in(call) else None


@given(
    st.lists(st.sampled_from([SECRET, b"a", b"bc" * 9]), min_size=1, max_size=12).map(b"".join),
    st.sampled_from([b"", b"[GONE]", b"[SOMETHING-LONGER-<1>]"]),
)
def test_chunks_are_counted_exactly_where_there_are_several(data, gone):
    service = Service(gone)
    count = -(-len(data) // CHUNK)
    borders = [*range(0, len(data), CHUNK), len(data)]
    common = {"id": "7", "size": str(len(data)), "md5": hashlib.md5(data).hexdigest()}
    calls = []
    for number, (first, end) in enumerate(itertools.pairwise(borders)):
        counted = {"chunks": str(count), "chunk": str(number)} if count > 1 else {}
        calls.append((CHUNKS, form(**common, **counted, data=data[first:end])))
    run(service, *calls)

    new = data.replace(SECRET, gone)
    wanted = max(-(-len(new) // CHUNK), 1)
    stored = b"".join(field(call, "data") for call in service.sent)
    assert (new, wanted) == (stored, len(service.sent))
    for number, call in enumerate(service.sent):
        counted = (b"%d" % wanted, b"%d" % number) if wanted > 1 else (None, None)
        assert counted == (field(call, "chunks"), field(call, "chunk"))
        assert hashlib.md5(new).hexdigest().encode() == field(call, "md5")
        assert b"%d" % len(new) == field(call, "size")


# -- saying no with a status of success ------------------------------------------------------------

TICKET = step(
    role="init",
    declares=[{"what": "size", "at": "json.size"}],
    takes={"id": "json.id"},
    fails_if={"at": "json.ok", "has": "^(?!true$)"},
    answer={"json": {"ok": True, "id": "{id}"}},
)
COMMIT = step(role="part", session="query.id", bytes="body", ends="always")


def upload(service, data):
    began, uploads = run(service, (TICKET, asked(data)))
    token = json.loads(began[0].body)["id"]
    call = Call((), data, "PUT", f"{HOST}/put?id={token}")
    return asyncio.run(uploads.handle("test", COMMIT, call, service))


def asked(data):
    body = json.dumps({"size": len(data)}).encode()
    return Call((("content-length", str(len(body))),), body, "POST", f"{HOST}/ticket")


def test_a_no_with_a_status_of_success_ends_the_upload():
    service = Service(b"x", {"/ticket": {"ok": False, "why": "full"}})
    assert {"ok": False, "why": "full"} == json.loads(upload(service, b"data" + SECRET).body)
    assert ["/ticket"] == [urlsplit(call.url).path for call in service.sent]


def test_a_yes_goes_on():
    service = Service(b"x", {"/ticket": {"ok": True, "id": "real"}})
    assert {"ok": 1} == json.loads(upload(service, b"data" + SECRET).body)
    assert ["/ticket", "/put?id=real"] == [call.target for call in service.sent]


# -- a declared size that is binding ---------------------------------------------------------------

SAID = step(
    role="init",
    forward=True,
    fits=True,
    declares=[{"what": "size", "at": "json.size"}],
    takes={"id": "json.id"},
)


def fitted(gone):
    data = b"data" + SECRET
    service = Service(gone, {"/ticket": {"id": "real"}})
    put = Call((), data, "PUT", f"{HOST}/put?id=real")
    run(service, (SAID, asked(data)), (COMMIT, put))
    return service


def test_what_leaves_is_as_large_as_was_said():
    service = fitted(b"[GONE]     ")
    assert b"data[GONE]     " == service.sent[-1].body
    assert [(Strategy.FIT, 15)] == [(plan.strategy, plan.size) for plan in service.plans]


def test_what_is_not_as_large_does_not_leave():
    with pytest.raises(Refused, match="not as large"):
        fitted(b"[GONE]")


# -- places ----------------------------------------------------------------------------------------


def reply(value):
    return Reply((("etag", 'W/"abc"'),), json.dumps(value).encode())


def test_an_item_of_a_list_is_found_by_what_it_says():
    place = Place.parse("json.hashes[type=sha256].sum")
    assert "22" == place.read(reply({"hashes": [{"type": "md5", "sum": "1"},
                                                {"type": "sha256", "sum": "22"}]}))  # fmt: skip


@pytest.mark.parametrize("value", [{}, {"hashes": []}, {"hashes": [{"type": "md5"}]},
                                   {"hashes": "x"}, {"hashes": ["x"]}, {"hashes": 3}])  # fmt: skip
def test_a_list_without_such_an_item_has_no_such_place(value):
    with pytest.raises(NoSuchPlace):
        Place.parse("json.hashes[type=sha256].sum").read(reply(value))


def test_an_etag_is_read_without_its_quotes():
    assert "abc" == Place.parse("etag").read(reply({}))


def test_a_form_field_is_put_and_left_out():
    call = form(a="1", data=b"\r\n--x\r\n")
    place = Place.parse("part.b")
    more = place.put(call, "2")
    assert (b"1", b"2", b"\r\n--x\r\n") == tuple(field(more, name) for name in ("a", "b", "data"))
    assert call.body == place.without(more).body


# -- lists -----------------------------------------------------------------------------------------

BLOCKS = step(
    role="init",
    declares=[
        {"what": "size", "at": "json.size"},
        {"what": "blocks.10.md5:hex", "at": "json.blocks"},
    ],
    sets={"json.parts": '[{"number": 1}]'},
    takes={"id": "json.id"},
    answer={
        "json": {
            "id": "{id}",
            "wanted": "{json.blocks:indices}",
            "parts": {
                "{repeat}": "{count.json.parts}",
                "item": {"number": "{index:int}", "url": "/{token}/{index}"},
            },
        }
    },
)


def hashes(data):
    pieces = [data[at : at + 10] for at in range(0, len(data), 10)] or [b""]
    return json.dumps([hashlib.md5(piece).hexdigest() for piece in pieces], separators=(",", ":"))


@given(st.sampled_from([b"", b"x" * 10, SECRET, b"x" * 25 + SECRET]), st.integers(1, 4))
def test_lists_of_blocks_and_parts_are_told_and_made_anew(data, count):
    parts = [{"number": number + 1} for number in range(count)]
    body = json.dumps({"size": len(data), "blocks": hashes(data), "parts": parts}).encode()
    call = Call((), body, "POST", f"{HOST}/ticket")
    service = Service(b"", {"/ticket": {"id": "real"}})
    (began,), uploads = run(service, (BLOCKS, call))
    told = json.loads(began.body)
    token = told["id"].removesuffix("id")
    assert list(range(max(-(-len(data) // 10), 1))) == told["wanted"]
    assert [{"number": n, "url": f"/{token}/{n}"} for n in range(1, count + 1)] == told["parts"]

    put = Call((), data, "PUT", f"{HOST}/put?id={told['id']}")
    asyncio.run(uploads.handle("test", COMMIT, put, service))
    new = data.replace(SECRET, b"")
    wanted = {"size": len(new), "blocks": hashes(new), "parts": [{"number": 1}]}
    assert wanted == json.loads(service.sent[0].body)


# -- requests that only speak of documents ---------------------------------------------------------

MENTION = step(role="mention", keeps=["json.id"])


def test_a_later_request_speaks_of_what_was_stored():
    ticket = TICKET.model_copy(
        update={
            "repeats": step(role="init", repeats=[{"name": "id", "by": "id", "at": "size"}]).repeats
        }
    )
    data = b"data" + SECRET
    service = Service(b"x", {"/ticket": {"ok": True, "id": "real"}})
    began, uploads = run(service, (ticket, asked(data)))
    name = json.loads(began[0].body)["id"]
    put = Call((), data, "PUT", f"{HOST}/put?id={name}")
    asyncio.run(uploads.handle("test", COMMIT, put, service))
    body = json.dumps({"file": {"id": name, "size": len(data)}, "text": "see"}).encode()
    call = Call((), body, "POST", f"{HOST}/say")
    asyncio.run(uploads.handle("test", MENTION, call, service))
    assert {"file": {"id": "real", "size": 5}, "text": "see"} == json.loads(service.sent[-1].body)
