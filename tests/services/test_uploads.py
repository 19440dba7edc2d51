"""Uploads of several requests: any parts, in any order, give one judged document."""

import asyncio
import base64
import hashlib
import itertools
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from gateway.errors import GatewayError
from gateway.services.schema import Step
from gateway.services.uploads import Refused, Released, Uploads
from gateway.services.uploads.registry import Registry
from gateway.services.wire import Call, Reply

SECRET = b"CANARY-4711"
GONE = b"[GONE]"
HOST = "https://cloud.example"

STEPS = YAML(typ="safe").load("""
ranges:
  init: {role: init, forward: true, strip: [x-size], takes: {url: json.url}}
  part: {role: part, session: url, bytes: body, range: header.content-range, ends: total,
         answer: {status: 202, json: {next: "{received}-"}}}
tickets:
  init: {role: init, name: form.name,
         declares: [{what: size, at: form.size}, {what: "md5:hex", at: form.md5}],
         takes: {url: json.url, id: json.id},
         answer: {json: {url: "https://cloud.example/t/{id}", id: "{id}"}}}
  part: {role: part, session: path.2, bytes: body, sets: {url: "{url}"}}
  commit: {role: commit, session: json.id}
offsets:
  init: {role: init, bytes: body, takes: {id: json.id}, answer: {json: {id: "{id}"}}}
  part: {role: part, session: "header.arg|json.id", bytes: body, offset: "header.arg|json.offset",
         answer: {json: null}}
  commit: {role: commit, session: "header.arg|json.id", bytes: body,
           offset: "header.arg|json.offset"}
lists:
  init: {role: init, declares: [{what: size, at: json.bytes}], takes: {id: json.id},
         answer: {json: {id: "{id}"}}}
  part: {role: part, session: path.2, bytes: part.data, most: 400, takes: {part: json.id},
         answer: {json: {id: "{part}"}}}
  commit: {role: commit, session: path.2, parts: json.ids}
""")


def step(kind, role):
    """As a profile's file is read."""
    data = {"name": "x", "match": ["POST /"], "shape": "parts", "upload": STEPS[kind][role]}
    return Step.model_validate_json(json.dumps(data)).upload


class Service:
    """Takes uploads in all four ways, strictly; ``sent`` is all that ever reached it."""

    def __init__(self):
        self.stored, self.sent, self.open = None, [], {}

    async def judge(self, data, hint, strategy):
        new = data.replace(SECRET, GONE)
        return Released(new, hashlib.sha256(new).hexdigest())

    def covers(self, url):
        return url.startswith(HOST)

    async def send(self, call):
        self.sent.append(call)
        assert str(len(call.body)) == call.header("content-length") or not call.body
        return getattr(self, urlsplit(call.url).path.split("/")[1])(call)

    def begin(self, call):
        assert call.header("x-size") is None
        return answer({"url": f"{HOST}/range/abc"})

    def range(self, call):
        first, last, total = map(int, re.findall("[0-9]+", call.header("content-range")))
        assert (0, total - 1, len(call.body)) == (first, last, total)
        self.stored = call.body
        return answer({"size": total}, 201)

    def ticket(self, call):
        form = parse_qs(call.body.decode())
        self.open["real-id"] = form["size"][0], form["md5"][0]
        return answer({"url": f"{HOST}/put/real?sig=1", "id": "real-id"})

    def put(self, call):
        assert "/put/real?sig=1" == call.target
        assert self.open["real-id"] == (str(len(call.body)), hashlib.md5(call.body).hexdigest())
        self.stored = call.body
        return answer({})

    def done(self, call):
        return answer({"file": json.loads(call.body)["id"]})

    def start(self, call):
        self.open["s"] = call.body
        return answer({"id": "s"})

    def append(self, call):
        argument = json.loads(call.header("arg"))
        assert len(self.open[argument["id"]]) == argument["offset"]
        self.open["s"] += call.body
        return answer(None)

    def finish(self, call):
        self.append(call)
        self.stored = self.open["s"]
        return answer({"size": len(self.stored)})

    def create(self, call):
        self.open["u"] = json.loads(call.body)["bytes"], {}
        return answer({"id": "u"})

    def u(self, call):
        match urlsplit(call.url).path.split("/")[2:]:
            case ["u", "parts"]:
                data = call.body.split(b"\r\n\r\n", 1)[1].rpartition(b"\r\n--b--")[0]
                assert len(data) <= 400
                self.open["u"][1][f"p{len(self.open['u'][1])}"] = data
                return answer({"id": f"p{len(self.open['u'][1]) - 1}"})
            case ["u", "complete"]:
                size, parts = self.open["u"]
                self.stored = b"".join(parts[one] for one in json.loads(call.body)["ids"])
                assert size == len(self.stored)
                return answer({"id": "file"})
        raise AssertionError(call.target)


def answer(data, status=200):
    return Reply((("content-type", "application/json"),), json.dumps(data).encode(), status)


class Client:
    """Uploads a document in pieces, as each kind of client does."""

    def __init__(self, service, uploads=None):
        self.service = service
        self.uploads = uploads or Uploads(1 << 20)

    async def call(self, kind, role, url, body=b"", headers=(), method="POST"):
        headers = (*headers, ("Content-Length", str(len(body))))
        call = Call(headers, body, method, HOST + url.removeprefix(HOST))
        return await self.uploads.handle("test", step(kind, role), call, self.service)

    async def ranges(self, data, pieces):
        began = await self.call("ranges", "init", "/begin", headers=(("x-size", "9"),))
        url = json.loads(began.body)["url"]
        for first, end in pieces:
            span = (("content-range", f"bytes {first}-{end - 1}/{len(data)}"),)
            reply = await self.call("ranges", "part", url, data[first:end], span)
        return reply

    async def tickets(self, data, pieces):
        form = f"name=a.txt&size={len(data)}&md5={hashlib.md5(data).hexdigest()}".encode()
        ticket = json.loads((await self.call("tickets", "init", "/ticket", form)).body)
        await self.call("tickets", "part", ticket["url"], data)
        return await self.call(
            "tickets", "commit", "/done", json.dumps({"id": ticket["id"]}).encode()
        )

    async def offsets(self, data, pieces):
        (_, end), *rest = pieces
        began = await self.call("offsets", "init", "/start", data[:end])
        name = json.loads(began.body)["id"]
        for first, end in rest:
            said = json.dumps({"id": name, "offset": first})
            await self.call("offsets", "part", "/append", data[first:end], (("arg", said),))
        said = json.dumps({"id": name, "offset": len(data)})
        return await self.call("offsets", "commit", "/finish", b"", (("arg", said),))

    async def lists(self, data, pieces):
        began = await self.call(
            "lists", "init", "/create", json.dumps({"bytes": len(data)}).encode()
        )
        name, ids = json.loads(began.body)["id"], {}
        for first, end in pieces:
            head = b'--b\r\nContent-Disposition: form-data; name="data"; filename="x"\r\n\r\n'
            body = head + data[first:end] + b"\r\n--b--\r\n"
            kind = (("content-type", "multipart/form-data; boundary=b"),)
            reply = await self.call("lists", "part", f"/u/{name}/parts", body, kind)
            ids[first] = json.loads(reply.body)["id"]
        said = json.dumps({"ids": [ids[first] for first, _ in sorted(set(pieces))]}).encode()
        return await self.call("lists", "commit", f"/u/{name}/complete", said)


documents = st.lists(
    st.sampled_from([SECRET, b"a", b"bc" * 40, b"\r\n", "你好".encode()]), min_size=1, max_size=30
).map(b"".join)


@st.composite
def cut(draw, *, shuffled, repeated):
    """A document, and the borders at which a client cuts it."""
    data = draw(documents)
    borders = sorted({0, len(data), *draw(st.lists(st.integers(0, len(data)), max_size=6))})
    pieces = list(itertools.pairwise(borders))
    if repeated:
        pieces += draw(st.lists(st.sampled_from(pieces), max_size=2))
    if shuffled:
        pieces = draw(st.permutations(pieces))
    return data, pieces


def stored(kind, data, pieces):
    service = Service()
    reply = asyncio.run(getattr(Client(service), kind)(data, pieces))
    assert reply.status < 300
    assert not any(SECRET in call.body for call in service.sent)
    return service.stored


@given(cut(shuffled=True, repeated=True))
def test_any_order_and_repetition_of_ranges_stores_the_same_redacted_file(upload):
    data, pieces = upload
    assert data.replace(SECRET, GONE) == stored("ranges", data, pieces)


@given(cut(shuffled=False, repeated=True))
def test_any_offsets_store_the_same_redacted_file(upload):
    data, pieces = upload
    assert data.replace(SECRET, GONE) == stored("offsets", data, pieces)


@given(cut(shuffled=True, repeated=False))
def test_parts_that_a_commit_lists_store_the_same_redacted_file(upload):
    data, pieces = upload
    assert data.replace(SECRET, GONE) == stored("lists", data, pieces)


@given(documents)
def test_a_ticket_is_asked_for_with_what_really_leaves(data):
    assert data.replace(SECRET, GONE) == stored("tickets", data, [(0, len(data))])


def test_a_clean_file_is_stored_as_it_was():
    data = bytes(range(256)) * 8
    for kind in STEPS:
        assert data == stored(kind, data, [(0, 1000), (1000, 2048)])


def test_nothing_is_sent_before_all_is_here():
    service = Service()
    client = Client(service)

    async def half():
        said = b"size=9&md5=0&name=a"
        ticket = json.loads((await client.call("tickets", "init", "/ticket", said)).body)
        await client.call("tickets", "part", ticket["url"], b"half")

    asyncio.run(half())
    assert [] == service.sent


def test_a_gap_is_refused():
    service = Service()
    with pytest.raises(GatewayError, match="missing"):
        asyncio.run(Client(service).offsets(b"0123456789", [(0, 2), (4, 10)]))
    assert service.stored is None


def test_a_wrong_declaration_is_refused():
    service = Service()
    client = Client(service)

    async def upload():
        said = b"name=a&size=4&md5=" + b"0" * 32
        ticket = json.loads((await client.call("tickets", "init", "/ticket", said)).body)
        await client.call("tickets", "part", ticket["url"], b"data")
        await client.call("tickets", "commit", "/done", json.dumps({"id": ticket["id"]}).encode())

    with pytest.raises(Refused, match="md5:hex"):
        asyncio.run(upload())
    assert [] == service.sent


def test_an_upload_that_nobody_began_is_refused():
    with pytest.raises(Refused, match="does not know this upload"):
        asyncio.run(Client(Service()).call("tickets", "part", "/t/unknown", b"x"))


def test_a_commit_that_is_sent_again_gets_the_same_answer_and_stores_once():
    service = Service()
    client = Client(service)

    async def twice():
        data = b"some data"
        first = await client.offsets(data, [(0, len(data))])
        (upload,) = {id(one): one for one in client.uploads.registry._made.values()}.values()
        said = json.dumps({"id": f"{upload.token}id", "offset": len(data)})
        again = await client.call("offsets", "commit", "/finish", b"", (("arg", said),))
        return first, again, len(service.sent)

    first, again, sent = asyncio.run(twice())
    assert (first, 2) == (again, sent)


def test_a_failed_send_can_be_tried_again():
    service = Service()
    client = Client(service)
    finish, service.finish = service.finish, lambda _: answer({"error": "busy"}, 503)

    async def twice():
        data = b"x" + SECRET
        assert 503 == (await client.offsets(data, [(0, len(data))])).status
        service.finish = finish
        (upload,) = {id(one): one for one in client.uploads.registry._made.values()}.values()
        said = json.dumps({"id": f"{upload.token}id", "offset": len(data)})
        return await client.call("offsets", "commit", "/finish", b"", (("arg", said),))

    assert 200 == asyncio.run(twice()).status
    assert b"x" + GONE == service.stored


def test_later_requests_speak_of_the_file_by_the_services_name():
    service = Service()
    client = Client(service)
    asyncio.run(client.tickets(b"abc", [(0, 3)]))
    (upload,) = {id(one): one for one in client.uploads.registry._made.values()}.values()
    said = f'{{"file": "{upload.token}id"}}'.encode()
    assert b'{"file": "real-id"}' == client.uploads.registry.real(said, "test")


def test_a_digest_is_put_right_at_its_own_service_only():
    service = Service()
    client = Client(service)
    asyncio.run(client.tickets(b"abc" + SECRET, [(0, 3 + len(SECRET))]))
    registry = client.uploads.registry
    old, new = (
        b'{"md5": "%s"}' % hashlib.md5(one).hexdigest().encode()
        for one in (b"abc" + SECRET, b"abc" + GONE)
    )
    at = {name: registry.real(old, name, speaks=True) for name in ("test", "another")}
    assert {"test": new, "another": old} == at


def test_an_abandoned_upload_expires_with_its_bytes():
    now = [0.0]
    registry = Registry(1000, clock=lambda: now[0])
    call = Call((), b"", "PUT", "https://cloud.example/t/key")
    upload = registry.begin("s", step("tickets", "part"), call)
    upload.spool.put(0, b"data")
    assert upload is registry.find("s", step("tickets", "part"), call)
    now[0] = 3601
    assert registry.find("s", step("tickets", "part"), call) is None
    assert 0 == upload.spool.received()


def test_a_document_larger_than_the_limit_is_refused_while_it_comes_in():
    client = Client(Service(), Uploads(1000))
    with pytest.raises(GatewayError, match="1,000 bytes"):
        asyncio.run(client.offsets(bytes(1500), [(0, 800), (800, 1500)]))


def test_large_uploads_lie_enciphered_on_disk(tmp_path):
    data = base64.b64encode(SECRET * 300_000)
    client = Client(Service(), Uploads(1 << 24, tmp_path))
    asyncio.run(client.ranges(data, [(0, len(data) // 2), (len(data) // 2, len(data))]))
    assert data == client.service.stored
