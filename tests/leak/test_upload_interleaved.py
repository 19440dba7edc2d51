"""Several uploads at once, each cut anywhere: every file arrives whole, redacted, and as itself."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from gateway.model import Hint
from gateway.services.ladder import Plan
from gateway.services.places import Place
from gateway.services.schema import Step
from gateway.services.uploads import Released, Uploads, UploadStep
from gateway.services.wire import Call, Reply

HOST = "https://cloud.example"
SECRET = b"CANARY-4711"
PIECE = 40

STEPS = YAML(typ="safe").load("""
ranges:
  init: {role: init, of: ranges, forward: true, takes: {url: json.url}}
  part: {role: part, of: ranges, session: url, bytes: body, range: header.content-range,
         ends: total, answer: {status: 202}}
offsets:
  init: {role: init, of: offsets, bytes: body, takes: {id: json.id}, answer: {json: {id: "{id}"}}}
  append: {role: part, of: offsets, session: query.id, bytes: body, offset: query.offset}
  commit: {role: commit, of: offsets, session: query.id, offset: query.offset}
numbers:
  init: {role: init, of: numbers, session: path.2, answer: {status: 201}}
  part: {role: part, of: numbers, session: path.2, bytes: body, number: path.3, most: 40,
         answer: {status: 201}}
  commit: {role: commit, of: numbers, session: path.2}
tickets:
  init: {role: init, of: tickets, forward: true, takes: {id: json.id}}
  part: {role: part, of: tickets, session: query.id, bytes: body, number: query.number,
         merged: false, takes: {part: json.tag}, answer: {json: {tag: "{part.md5:hex}"}}}
  commit: {role: commit, of: tickets, session: query.id,
           listing: {item: Part, part: Number, called: Tag}}
labels:
  part: {role: part, of: labels, begins: true, session: resource, bytes: body, label: query.label,
         merged: false, answer: {status: 201}}
  commit: {role: commit, of: labels, session: resource, listing: {item: Latest}}
forms:
  part: {role: part, of: forms, begins: true, session: part.id, bytes: part.data,
         number: part.chunk, numbered_from: 0, ends: total, most: 40,
         several: {part.chunks: "{parts.40}", part.chunk: "{number}"},
         declares: [{what: size, at: part.size}, {what: "md5:hex", at: part.md5}]}
""")


def step(kind: str, role: str) -> UploadStep:
    """As a profile's file is read."""
    data = {"name": "x", "match": ["POST /"], "shape": "parts", "upload": STEPS[kind][role]}
    made = Step.model_validate_json(json.dumps(data)).upload
    assert made
    return made


ALL = {kind: {role: step(kind, role) for role in roles} for kind, roles in STEPS.items()}


def call(method: str, target: str, body: bytes = b"", *headers: tuple[str, str]) -> Call:
    """A request of a client."""
    length = ("Content-Length", str(len(body)))
    return Call((*headers, length), body, method, HOST + target.removeprefix(HOST))


def form(**fields: bytes) -> tuple[bytes, tuple[str, str]]:
    """A multipart body and its media type."""
    lines = b"".join(
        b'--b0rder\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (name.encode(), value)
        for name, value in fields.items()
    )
    return lines + b"--b0rder--\r\n", ("Content-Type", "multipart/form-data; boundary=b0rder")


class Service:
    """Takes uploads of all kinds; ``stored`` by the client's name of the file."""

    def __init__(self, gone: bytes) -> None:
        self.gone = gone
        self.sent: list[Call] = []
        self.stored: dict[str, bytes] = {}
        self.open: dict[str, dict[int | str, bytes]] = {}
        self.names: dict[str, str] = {}
        self.no: list[int] = []

    async def judge(self, data: bytes, hint: Hint, plan: Plan) -> Released:
        del hint, plan
        await asyncio.sleep(0)
        new = data.replace(SECRET, self.gone)
        return Released(new, hashlib.sha256(new).hexdigest())

    def covers(self, url: str) -> bool:
        return url.startswith(HOST)

    async def send(self, call: Call) -> Reply:
        self.sent.append(call)
        await asyncio.sleep(0)
        if self.no and (status := self.no.pop(0)):
            return Reply((), b"not now", status)
        parts = urlsplit(call.url)
        query = {name: value for name, (value,) in parse_qs(parts.query).items()}
        kind, *rest = parts.path.strip("/").split("/")
        said = getattr(self, kind)(call, rest, query)
        return Reply((("content-type", "application/json"),), json.dumps(said or {}).encode())

    def ranges(self, call: Call, rest: list[str], query: dict[str, str]) -> object:
        if call.method == "POST":
            return {"url": f"{HOST}/ranges/{rest[0]}?real=1"}
        found = re.fullmatch(
            r"bytes (?:0-([0-9]+)|\*)/([0-9]+)", call.header("content-range") or ""
        )
        assert found
        assert len(call.body) == int(found[2])
        self.stored[rest[0]] = call.body
        return None

    def offsets(self, call: Call, rest: list[str], query: dict[str, str]) -> object:
        match rest[0]:
            case "start":
                name = f"real-{rest[1]}"
                self.open[name] = {0: call.body}
                self.names[name] = rest[1]
                return {"id": name}
            case "append":
                assert int(query["offset"]) == sum(map(len, self.open[query["id"]].values()))
                self.open[query["id"]][int(query["offset"])] = call.body
            case "finish":
                done = b"".join(self.open[query["id"]].values())
                assert int(query["offset"]) == len(done)
                self.stored[self.names[query["id"]]] = done
        return None

    def numbers(self, call: Call, rest: list[str], query: dict[str, str]) -> object:
        match call.method:
            case "MKCOL":
                self.open[rest[0]] = {}
            case "PUT":
                assert len(call.body) <= PIECE
                self.open[rest[0]][int(rest[1])] = call.body
            case "MOVE":
                parts = self.open.pop(rest[0])
                self.stored[rest[0]] = b"".join(parts[number] for number in sorted(parts))
        return None

    def tickets(self, call: Call, rest: list[str], query: dict[str, str]) -> object:
        if call.method == "PUT":
            tag = hashlib.sha1(call.body).hexdigest()
            self.open[query["id"]][tag] = call.body
            return {"tag": tag}
        if "id" not in query:
            self.open[f"real-{rest[0]}"] = {}
            return {"id": f"real-{rest[0]}"}
        tags = re.findall("<Tag>([^<]*)</Tag>", call.body.decode())
        self.stored[rest[0]] = b"".join(self.open[query["id"]][tag] for tag in tags)
        return None

    def labels(self, call: Call, rest: list[str], query: dict[str, str]) -> object:
        if "label" in query:
            self.open.setdefault(rest[0], {})[query["label"]] = call.body
            return None
        labels = re.findall("<Latest>([^<]*)</Latest>", call.body.decode())
        self.stored[rest[0]] = b"".join(self.open[rest[0]][label] for label in labels)
        return None

    def forms(self, call: Call, rest: list[str], query: dict[str, str]) -> object:
        field = {
            name: Place.parse(f"part.{name}").read_bytes(call)
            for name in ("id", "data", "size", "md5", "chunk", "chunks")
            if Place.parse(f"part.{name}").stands_in(call)
        }
        name = field["id"].decode()
        here = self.open.setdefault(name, {})
        here[int(field.get("chunk", b"0"))] = field["data"]
        if len(here) == int(field.get("chunks", b"1")):
            whole = b"".join(here[number] for number in sorted(here))
            assert (b"%d" % len(whole), hashlib.md5(whole).hexdigest().encode()) == (
                field["size"],
                field["md5"],
            )
            self.stored[name] = whole
        return None


class Client:
    """One upload as a row of requests, the next one made of the last answer."""

    def __init__(self, kind: str, name: str, data: bytes, pieces: list[tuple[int, int]]) -> None:
        self.kind, self.name, self.data, self.pieces = kind, name, data, pieces
        self.reply = Reply()
        self.requests = getattr(self, kind)()

    @property
    def said(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.reply.body)
        return found

    def ranges(self) -> Iterator[tuple[str, Call]]:
        yield "init", call("POST", f"/ranges/{self.name}")
        url = self.said["url"]
        for first, end in self.pieces:
            span = ("Content-Range", f"bytes {first}-{end - 1}/{len(self.data)}")
            yield "part", call("PUT", url, self.data[first:end], span)

    def offsets(self) -> Iterator[tuple[str, Call]]:
        rest = [one for one in self.pieces if one[0]]
        end = min((first for first, _ in rest), default=len(self.data))
        yield "init", call("POST", f"/offsets/start/{self.name}", self.data[:end])
        name = self.said["id"]
        for first, end in rest:
            target = f"/offsets/append?id={name}&offset={first}"
            yield "append", call("POST", target, self.data[first:end])
        yield "commit", call("POST", f"/offsets/finish?id={name}&offset={len(self.data)}")

    def _numbered(self) -> dict[tuple[int, int], int]:
        return {one: number for number, one in enumerate(sorted(set(self.pieces)), 1)}

    def numbers(self) -> Iterator[tuple[str, Call]]:
        yield "init", call("MKCOL", f"/numbers/{self.name}")
        numbers = self._numbered()
        for first, end in self.pieces:
            target = f"/numbers/{self.name}/{numbers[first, end]}"
            yield "part", call("PUT", target, self.data[first:end])
        yield "commit", call("MOVE", f"/numbers/{self.name}/.file")

    def tickets(self) -> Iterator[tuple[str, Call]]:
        yield "init", call("POST", f"/tickets/{self.name}")
        name, numbers, tags = self.said["id"], self._numbered(), {}
        for first, end in self.pieces:
            number = numbers[first, end]
            target = f"/tickets/{self.name}?id={name}&number={number}"
            yield "part", call("PUT", target, self.data[first:end])
            tags[number] = self.said["tag"]
        listed = "".join(
            f"<Part><Number>{number}</Number><Tag>{tag}</Tag></Part>"
            for number, tag in sorted(tags.items())
        )
        body = f"<All>{listed}</All>".encode()
        yield "commit", call("POST", f"/tickets/{self.name}?id={name}", body)

    def labels(self) -> Iterator[tuple[str, Call]]:
        numbers = self._numbered()
        for first, end in self.pieces:
            target = f"/labels/{self.name}?label=L{numbers[first, end] * 7919 % 1000}"
            yield "part", call("PUT", target, self.data[first:end])
        listed = "".join(f"<Latest>L{one * 7919 % 1000}</Latest>" for one in numbers.values())
        yield "commit", call("PUT", f"/labels/{self.name}", f"<All>{listed}</All>".encode())

    def forms(self) -> Iterator[tuple[str, Call]]:
        numbers = self._numbered()
        for first, end in self.pieces:
            body, kind = form(
                id=self.name.encode(),
                size=b"%d" % len(self.data),
                md5=hashlib.md5(self.data).hexdigest().encode(),
                chunk=b"%d" % (numbers[first, end] - 1),
                chunks=b"%d" % len(numbers),
                data=self.data[first:end],
            )
            yield "part", call("POST", "/forms", body, kind)


documents = st.lists(
    st.sampled_from([SECRET, b"a", b"bc" * 20, b"\r\n", "你好".encode(), b"--"]),
    min_size=1,
    max_size=12,
).map(b"".join)


@st.composite
def uploads(draw: st.DrawFn, name: str) -> Client:
    """A document, cut anywhere, its pieces in any order and some of them sent twice."""
    kind = draw(st.sampled_from(sorted(STEPS)))
    data = draw(documents)
    borders = sorted({0, len(data), *draw(st.lists(st.integers(0, len(data)), max_size=5))})
    pieces = list(itertools.pairwise(borders))
    again = draw(st.lists(st.sampled_from(pieces), max_size=2))
    pieces = draw(st.permutations(pieces + again))
    if kind == "ranges":  # the SDK of Microsoft Graph sends overlapping ones
        more = draw(st.integers(0, 30))
        pieces = [(max(first - more, 0), end) for first, end in pieces]
    return Client(kind, name, data, list(pieces))


@given(
    st.tuples(uploads("one"), uploads("two"), uploads("three")),
    st.lists(st.integers(0, 2), max_size=40),
    st.sampled_from([b"", b"[GONE]", b"[SOMETHING-LONGER-THAN-THAT]"]),
)
@settings(max_examples=150)
def test_interleaved_uploads_of_all_kinds_store_each_file_redacted(
    clients: tuple[Client, ...], turns: list[int], gone: bytes
) -> None:
    service, engine = Service(gone), Uploads(1 << 20)

    async def all_of_them() -> None:
        waiting = dict(enumerate(clients))
        for turn in itertools.chain(turns, itertools.cycle(range(3))):
            if not waiting:
                return
            client = waiting.get(turn)
            if client is None:
                continue
            asked = next(client.requests, None)
            if asked is None:
                del waiting[turn]
                continue
            role, request = asked
            client.reply = await engine.handle("test", ALL[client.kind][role], request, service)
            assert client.reply.status < 300

    asyncio.run(all_of_them())
    assert {one.name: one.data.replace(SECRET, gone) for one in clients} == service.stored
    assert not any(SECRET in one.body for one in service.sent)


@given(uploads("one"), st.sampled_from([b"", b"[GONE]", b"[SOMETHING-LONGER-THAN-THAT]"]))
@settings(max_examples=100)
def test_parts_that_come_all_at_once_store_the_same_file(client: Client, gone: bytes) -> None:
    service, engine = Service(gone), Uploads(1 << 20)

    async def all_at_once() -> None:
        together: list[tuple[str, Call]] = []

        async def ask(role: str, request: Call) -> Reply:
            return await engine.handle("test", ALL[client.kind][role], request, service)

        for role, request in client.requests:
            if role in ("part", "append") and client.kind != "tickets":
                together.append((role, request))
                continue
            if role == "commit":
                await asyncio.gather(*(ask(*one) for one in together))
            client.reply = await ask(role, request)
        if not any(one == "commit" for one in STEPS[client.kind]):
            await asyncio.gather(*(ask(*one) for one in together))

    asyncio.run(all_at_once())
    assert {client.name: client.data.replace(SECRET, gone)} == service.stored
    assert not any(SECRET in one.body for one in service.sent)


@given(
    uploads("one"),
    st.lists(st.sampled_from([0, 0, 401, 409, 412, 429, 500, 503]), max_size=12),
    st.sampled_from([b"", b"[GONE]"]),
)
@settings(max_examples=150)
def test_a_service_that_fails_now_and_then_stores_the_file_in_the_end(
    client: Client, no: list[int], gone: bytes
) -> None:
    service, engine = Service(gone), Uploads(1 << 20)
    service.no = no

    async def until_it_works() -> None:
        for role, request in client.requests:
            while True:
                client.reply = await engine.handle("test", ALL[client.kind][role], request, service)
                if client.reply.status < 300:
                    break
                assert b"not now" == client.reply.body

    asyncio.run(until_it_works())
    assert {client.name: client.data.replace(SECRET, gone)} == service.stored
    assert not any(SECRET in one.body for one in service.sent)
