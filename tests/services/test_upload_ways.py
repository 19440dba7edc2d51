"""Uploads of several requests: which request carries which bytes, and what clients are told."""

import asyncio
import hashlib
import json
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from gateway.services.schema import Step
from gateway.services.uploads import Refused, Released, Uploads, Withheld
from gateway.services.wire import Call, Reply

SECRET, GONE, BLOCKED = b"CANARY-4711", b"[GONE]", b"BLOCKME"
HOST = "https://cloud.example"

STEPS = YAML(typ="safe").load("""
session:
  init: {role: init, bytes: body, takes: {id: json.id}, most: 40, answer: {json: {id: "{id}"}}}
  part: {role: part, session: header.id, bytes: body, offset: header.offset, most: 40,
         declares: [{what: "part.md5:hex", at: header.hash}], answer: {status: 202}}
  commit: {role: commit, session: header.id, bytes: body, offset: header.offset}
  batch: {role: commit, session: "json.all[*].id", offset: "json.all[*].at"}
  abort: {role: abort, session: header.id, answer: {status: 204}}
listed:
  init: {role: init, declares: [{what: size, at: json.size}], takes: {id: json.id},
         answer: {json: {id: "{id}", parts: "{parts.100:int}"}}}
  part: {role: part, session: path.2, bytes: body, range: header.content-range, most: 100,
         takes: {part: json.part},
         answer: {json: {part: {id: "{part}", at: "{start:int}", size: "{size:int}"}}}}
  status: {role: status, session: path.2,
           answer: {json: {parts: "{parts}", count: "{count:int}", missing: ["{missing}"]}}}
  commit: {role: commit, session: path.2, parts: json.parts}
given:
  init: {role: init, forward: true, strip: [x-size, json.item.size], takes: {url: json.url},
         refuse_if: {at: header.joined}}
  part: {role: part, session: url, bytes: body, range: header.content-range, ends: total}
  status: {role: status, session: url, answer: {json: {missing: ["{missing}"]}}}
lengths:
  init: {role: init, strip: [later], takes: {url: header.location}, answer: {status: 201, headers:
         {Location: "{here}/{url}"}}, declares: [{what: size, at: header.size, adds: true}]}
  part: {role: part, session: path.-1, bytes: body, offset: header.offset, ends: total,
         sets: {url: "{url}", header.kind: all}, declares: [{what: size, at: header.size}],
         strip: [size], answer: {headers: {offset: "{received}"}},
         echo: {header.offset: "{received}"}}
""")


def step(kind, role):
    """As a profile's file is read."""
    data = {"name": "x", "match": ["POST /"], "shape": "parts", "upload": STEPS[kind][role]}
    return Step.model_validate_json(json.dumps(data)).upload


def answer(data, status=200, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(tuple(headers.items()), json.dumps(data).encode(), status)


class Service:
    """Answers what it is told to, and keeps what it was sent."""

    def __init__(self, *answers):
        self.sent = []
        self.answers = list(answers)

    async def judge(self, data, hint, plan):
        if BLOCKED in data:
            raise Withheld("blocked")
        new = data.replace(SECRET, GONE)
        return Released(new, hashlib.sha256(new).hexdigest())

    async def send(self, call):
        self.sent.append(call)
        return self.answers.pop(0) if self.answers else answer({"id": f"s{len(self.sent)}"})

    def covers(self, url):
        return urlsplit(url).netloc == "cloud.example"


class Client:
    """Sends single requests."""

    def __init__(self, service):
        self.service = service
        self.uploads = Uploads(1 << 20)

    async def call(self, kind, role, url="/", body=b"", *, as_role="", **headers):
        pairs = tuple((name.replace("_", "-"), str(value)) for name, value in headers.items())
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        pairs = (*pairs, ("Content-Length", str(len(body))))
        call = Call(pairs, body, "POST", HOST + url.removeprefix(HOST))
        return await self.uploads.handle("test", step(kind, role), call, self.service)

    async def session(self, first, parts, last):
        """Bytes with the first request, with some between, and with the last."""
        began = await self.call("session", "init", body=first)
        name, offset = json.loads(began.body)["id"], len(first)
        for piece in parts:
            digest = hashlib.md5(piece).hexdigest()
            await self.call("session", "part", body=piece, id=name, offset=offset, hash=digest)
            offset += len(piece)
        return await self.call("session", "commit", body=last, id=name, offset=offset)


pieces = st.lists(st.sampled_from([SECRET, b"a", b"bc" * 30, b"\r\n"]), max_size=4).map(b"".join)


@given(pieces, st.lists(pieces, max_size=3), pieces)
def test_the_requests_that_carried_bytes_carry_them_again_at_the_right_offsets(first, parts, last):
    service = Service()
    asyncio.run(Client(service).session(first, parts, last))
    document = b"".join((first, *parts, last)).replace(SECRET, GONE)
    bodies = [call.body for call in service.sent]
    assert document == b"".join(bodies)
    assert all(len(body) <= 40 for body in bodies[:-1])
    offset = 0
    for call in service.sent:
        assert call.header("offset") in (None, str(offset))
        assert call.header("hash") in (None, hashlib.md5(call.body).hexdigest())
        offset += len(call.body)
    if len(document) > 2:
        assert bool(first) is bool(bodies[0])
        assert bool(last) or not bodies[-1] or len(document) > 40
    assert len(bodies) >= 2 + bool(parts)


def test_bytes_that_only_the_commit_carries_are_the_whole_document():
    service = Service()
    asyncio.run(Client(service).session(b"", [], b"x" + SECRET))
    assert [b"", b"x" + GONE] == [call.body for call in service.sent]
    assert "0" == service.sent[1].header("offset")


def batch(first, second):
    """Two uploads that one commit ends."""
    service = Service()
    client = Client(service)

    async def upload():
        entries = []
        for data in (first, second):
            began = await client.call("session", "init", body=data)
            entries.append({"id": json.loads(began.body)["id"], "at": len(data)})
        return await client.call("session", "batch", body={"all": entries})

    return service, upload


def test_one_commit_ends_several_uploads_with_the_size_of_each():
    service, upload = batch(b"12345678", b"1" + SECRET)
    asyncio.run(upload())
    *_, commit = service.sent
    assert {b"12345678", b"1" + GONE} == {call.body for call in service.sent[:2]}
    ids = {call.body: f"s{at}" for at, call in enumerate(service.sent[:2], 1)}
    said = [{"id": ids[b"12345678"], "at": 8}, {"id": ids[b"1" + GONE], "at": 1 + len(GONE)}]
    assert {"all": said} == json.loads(commit.body)


@pytest.mark.parametrize("data", [(b"fine", BLOCKED), (BLOCKED, b"fine")])
def test_where_one_of_several_is_blocked_nothing_of_any_is_sent(data):
    service, upload = batch(*data)
    with pytest.raises(Withheld, match="blocked"):
        asyncio.run(upload())
    assert [] == service.sent


def test_a_client_is_told_of_each_part_and_of_what_is_missing():
    service = Service()
    client = Client(service)

    async def upload():
        began = json.loads((await client.call("listed", "init", body={"size": 250})).body)
        assert 3 == began["parts"]
        url = f"/u/{began['id']}"
        for first in (100, 0):
            span = f"bytes {first}-{first + 99}/250"
            part = await client.call("listed", "part", url, bytes(100), content_range=span)
            assert {"at": first, "size": 100}.items() <= json.loads(part.body)["part"].items()
        half = json.loads((await client.call("listed", "status", url)).body)
        span = "bytes 200-249/250"
        await client.call("listed", "part", url, bytes(50), content_range=span)
        return half, json.loads((await client.call("listed", "status", url)).body)

    half, whole = asyncio.run(upload())
    assert ([0, 100], 2, ["200-249"]) == (
        [one["at"] for one in half["parts"]],
        half["count"],
        half["missing"],
    )
    assert (3, []) == (whole["count"], whole["missing"])
    assert [] == service.sent


def test_a_service_that_still_puts_the_parts_together_is_asked_again():
    part = answer({"part": {"id": "real"}})
    wait = answer({}, 202, retry_after="0")
    service = Service(answer({"id": "u"}), part, wait, wait, answer({"file": 1}, 201))
    client = Client(service)

    async def upload():
        began = json.loads((await client.call("listed", "init", body={"size": 3})).body)
        url = f"/u/{began['id']}"
        await client.call("listed", "part", url, b"abc", content_range="bytes 0-2/3")
        return await client.call("listed", "commit", url, {"parts": ["x"]})

    assert 201 == asyncio.run(upload()).status
    assert [{"parts": [{"id": "real"}]}] * 3 == [json.loads(one.body) for one in service.sent[2:]]


def test_what_announces_the_bytes_is_left_out_of_a_request_that_goes_at_once():
    service = Service(answer({"url": f"{HOST}/up/1"}))
    body = {"item": {"size": 9, "name": "a"}}
    asyncio.run(Client(service).call("given", "init", body=body, x_size=9))
    (sent,) = service.sent
    assert ({"item": {"name": "a"}}, None) == (json.loads(sent.body), sent.header("x-size"))


def test_a_session_on_a_host_that_is_not_covered_is_kept_from_the_client():
    service = Service(answer({"url": "https://elsewhere.example/up/1"}))
    with pytest.raises(Refused, match="not covered"):
        asyncio.run(Client(service).call("given", "init"))


def test_a_way_of_uploading_that_is_not_treated_is_refused():
    service = Service()
    with pytest.raises(Refused, match="cannot be put together"):
        asyncio.run(Client(service).call("given", "init", joined="partial"))
    assert [] == service.sent


@pytest.mark.parametrize("url", ["/up/1?g=%27a%27", "HTTPS://Cloud.Example:443/up/1?g='a'"])
def test_an_address_is_known_however_a_client_writes_it(url):
    service = Service(answer({"url": f"{HOST}/up/1?g='a'"}), answer({}, 201))
    client = Client(service)

    async def upload():
        await client.call("given", "init")
        call = Call(
            (("content-range", "bytes 0-0/1"),), b"x", "PUT", url if "://" in url else HOST + url
        )
        return await client.uploads.handle("test", step("given", "part"), call, service)

    assert 201 == asyncio.run(upload()).status


def test_a_session_that_is_not_known_here_is_asked_at_the_service_but_takes_no_bytes():
    service = Service()
    client = Client(service)
    assert 200 == asyncio.run(client.call("given", "status", "/up/9")).status
    with pytest.raises(Refused, match="does not know"):
        asyncio.run(client.call("given", "part", "/up/9", b"x", content_range="bytes 0-0/1"))
    assert 1 == len(service.sent)


def test_a_length_that_came_late_is_said_at_once_and_the_client_hears_of_its_own_bytes():
    made = answer({}, 201, location="/real/7")
    service = Service(made, answer({}, 204, offset=str(1 + len(GONE))))
    client = Client(service)

    async def upload():
        began = await client.call("lengths", "init", "/files/", later=1)
        url = began.header("location")
        data = b"1" + SECRET
        first = await client.call("lengths", "part", url, data[:5], offset=0)
        last = await client.call("lengths", "part", url, data[5:], offset=5, size=len(data))
        return url, first, last

    url, first, last = asyncio.run(upload())
    assert url.startswith(f"{HOST}/files/rg")
    assert ("5", str(1 + len(SECRET))) == (first.header("offset"), last.header("offset"))
    init, part = service.sent
    assert (str(1 + len(GONE)), None) == (init.header("size"), init.header("later"))
    assert (f"{HOST}/real/7", b"1" + GONE) == (part.url, part.body)
    assert (None, "all") == (part.header("size"), part.header("kind"))


def test_an_upload_that_is_given_up_after_its_end_is_given_up_at_the_service():
    service = Service()
    client = Client(service)

    async def upload():
        began = json.loads((await client.call("session", "init", body=b"abc")).body)
        name = began["id"]
        before = len(service.sent)
        await client.call("session", "commit", id=name, offset=3)
        await client.call("session", "abort", id=name)
        return before

    assert 0 == asyncio.run(upload())
    assert "s1" == service.sent[-1].header("id")


def test_an_upload_that_is_given_up_before_its_end_never_reaches_the_service():
    service = Service()
    client = Client(service)

    async def upload():
        name = json.loads((await client.call("session", "init", body=b"abc")).body)["id"]
        assert 204 == (await client.call("session", "abort", id=name)).status
        with pytest.raises(Refused, match="does not know"):
            await client.call("session", "commit", id=name, offset=3)

    asyncio.run(upload())
    assert [] == service.sent


def test_a_blocked_document_is_not_held_and_stays_blocked():
    service = Service()
    client = Client(service)

    async def upload():
        name = json.loads((await client.call("session", "init", body=BLOCKED)).body)["id"]
        for _ in range(2):
            with pytest.raises(Withheld, match="blocked"):
                await client.call("session", "commit", id=name, offset=len(BLOCKED))

    asyncio.run(upload())
    assert [0] == [one.spool.written for one in client.uploads.registry._made.values()]
    assert [] == service.sent


def test_uploads_that_have_ended_do_not_count_as_held():
    service = Service()
    client = Client(service)
    client.uploads = Uploads(1000)

    async def upload():
        for _ in range(600):
            await client.session(bytes(500), [], b"")

    asyncio.run(upload())
    assert 1200 == len(service.sent)
