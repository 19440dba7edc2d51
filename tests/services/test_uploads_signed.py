"""Held uploads whose requests the client signed: sent as they came, signed anew, or refused."""

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from time import monotonic
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from support.standins.sigv4 import Refuse, verify
from support.upstream import Request

from gateway.services.ladder import Strategy
from gateway.services.schema import Step
from gateway.services.signatures import SigningKeys, resign
from gateway.services.uploads import Refused, Released, Uploads, originals
from gateway.services.wire import Call, Reply

SECRET = b"CANARY-4711"
GONE = b"[GONE]"
HOST = "https://cloud.example"
PAIR = ("AKIAIOSFODNN7TESTING", "wJalrXUtnFEMIK7MDENGbPxRfiCYzEXAMPLEKEYa")
KEYS = SigningKeys({PAIR[0]: PAIR[1]})
NO_KEYS = SigningKeys()

STEPS = YAML(typ="safe").load("""
apart:
  init: {role: init, forward: true, takes: {id: json.id}}
  part: {role: part, session: query.id, bytes: body, number: query.part, merged: false,
         takes: {part: json.name}, answer: {json: {name: "{part.md5:hex}"}}}
  commit: {role: commit, session: query.id, listing: {item: P, part: N, called: E}}
joined:
  init: {role: init, forward: true, takes: {id: json.id}}
  part: {role: part, session: query.id, bytes: body, offset: header.at, answer: {json: {}}}
  commit: {role: commit, session: query.id}
deferred:
  init: {role: init, takes: {id: json.id}, answer: {json: {id: "{id}"}}}
  part: {role: part, session: query.id, bytes: body, ends: always}
fitted:
  init: {role: init, forward: true, fits: true, declares: [{what: size, at: query.size}],
         takes: {id: json.id}}
  part: {role: part, session: query.id, bytes: body, ends: always}
""")


def step(kind, role):
    data = {"name": "x", "match": ["POST /"], "shape": "parts", "upload": STEPS[kind][role]}
    return Step.model_validate_json(json.dumps(data)).upload


def signed(method, target, body=b"", headers=()):
    """A request as botocore signs it, payload and all."""
    request = AWSRequest(method, HOST + target, dict(headers), body)
    S3SigV4Auth(Credentials(*PAIR), "s3", "eu-central-1").add_auth(request)
    named = (("Host", "cloud.example"), *request.headers.items())
    length = ("Content-Length", str(len(body)))
    return Call((*named, length), body, method, HOST + target)


class Service:
    """Checks every signature; ``sent`` is all that reached it."""

    def __init__(self):
        self.sent, self.plans, self.parts, self.stored = [], [], [], None

    async def judge(self, data, hint, plan):
        self.plans.append(plan.strategy)
        new = data.replace(SECRET, GONE)
        return Released(new, hashlib.sha256(new).hexdigest())

    def covers(self, url):
        return True

    async def send(self, call):
        self.sent.append(call)
        headers = [(name.lower(), value) for name, value in call.headers]
        request = Request(call.method, call.target, headers, call.body)
        if call.header("authorization"):
            verify(request, dict([PAIR]), "s3")
            assert call.header("x-amz-content-sha256") == hashlib.sha256(call.body).hexdigest()
        if call.body:
            self.parts.append(call.body)
        return Reply((), json.dumps({"id": "u1", "name": f"e{len(self.parts)}"}).encode())


class Client:
    def __init__(self, service, keys=NO_KEYS):
        self.service = service
        self.uploads = Uploads(1 << 20, keys=lambda: keys)

    async def call(self, kind, role, call):
        from dataclasses import replace

        reading = replace(call, sent=call)
        return await self.uploads.handle("test", step(kind, role), reading, self.service)

    async def apart(self, pieces):
        await self.call("apart", "init", signed("POST", "/?init"))
        told = []
        for at, piece in enumerate(pieces, 1):
            call = signed("PUT", f"/?id=u1&part={at}", piece)
            told.append(json.loads((await self.call("apart", "part", call)).body)["name"])
        items = "".join(f"<P><N>{at}</N><E>{name}</E></P>" for at, name in enumerate(told, 1))
        return await self.call(
            "apart", "commit", signed("POST", "/?id=u1", f"<L>{items}</L>".encode())
        )


pieces = st.lists(
    st.sampled_from([SECRET, b"a", b"CANARY", b"-4711", b"bc" * 40]), min_size=1, max_size=8
)


@given(pieces)
def test_parts_under_the_users_key_become_the_same_redacted_document(made):
    service = Service()
    asyncio.run(Client(service, KEYS).apart(made))
    *parts, listing = service.parts
    assert b"".join(made).replace(SECRET, GONE) == b"".join(parts)
    assert len(parts) == listing.count(b"<P>")
    assert [Strategy.RESIGN] == service.plans


@given(pieces)
def test_without_a_key_nothing_but_the_clients_own_requests_leaves(made):
    service = Service()
    # At the latest the list cannot go: what the service calls the parts could not be foreseen.
    with pytest.raises(Refused, match="the request is signed"):
        asyncio.run(Client(service).apart(made))
    assert ([] if SECRET in b"".join(made) else made) == service.parts
    assert [Strategy.BLOCK] == service.plans


def test_signed_parts_cannot_be_joined_and_are_refused():
    service = Service()
    client = Client(service)

    async def upload(*parts):
        await client.call("joined", "init", signed("POST", "/?init"))
        at = 0
        for part in parts:
            call = signed("PUT", "/?id=u1", part, (("at", str(at)),))
            await client.call("joined", "part", call)
            at += len(part)
        await client.call("joined", "commit", signed("POST", "/?id=u1"))

    asyncio.run(upload(b"whole"))
    assert [b"whole"] == service.parts
    with pytest.raises(Refused, match="the request is signed"):
        asyncio.run(upload(b"one", b"two"))
    assert [b"whole"] == service.parts


def test_a_signature_that_grew_old_is_made_again_with_the_key_or_refused(monkeypatch):
    def later(seconds):
        monkeypatch.setattr(originals, "monotonic", lambda: monotonic() + seconds)

    for keys, refused in ((KEYS, False), (NO_KEYS, True)):
        service = Service()
        client = Client(service, keys)
        monkeypatch.undo()
        asyncio.run(client.call("joined", "init", signed("POST", "/?init")))
        part = signed("PUT", "/?id=u1", b"data", (("at", "0"),))
        part = resign(part, part, KEYS, datetime.now(UTC) - timedelta(minutes=20))
        asyncio.run(client.call("joined", "part", part))
        later(20 * 60)
        commit = client.call("joined", "commit", signed("POST", "/?id=u1"))
        if refused:
            with pytest.raises(Refused, match="a quarter of an hour"):
                asyncio.run(commit)
            assert [] == service.parts
        else:
            asyncio.run(commit)  # this service looks at the time
            assert [b"data"] == service.parts


@pytest.mark.parametrize("keys", [NO_KEYS, KEYS])
def test_a_signed_request_with_a_name_of_ours_is_never_sent_broken(keys):
    service = Service()
    client = Client(service, keys)

    async def upload():
        told = await client.call("deferred", "init", Call((), b"", "POST", f"{HOST}/?init"))
        name = json.loads(told.body)["id"]
        await client.call("deferred", "part", signed("PUT", f"/?id={name}", b"data"))

    if keys is KEYS:
        asyncio.run(upload())
        assert "/?id=u1" == service.sent[-1].target
        assert [b"data"] == service.parts
        return
    with pytest.raises(Refused, match="the request is signed"):
        asyncio.run(upload())
    assert [] == service.parts


def test_what_the_client_was_told_here_is_no_signature_of_its_own():
    service = Service()
    client = Client(service)

    async def upload():
        told = await client.call("deferred", "init", Call((), b"", "POST", f"{HOST}/?init"))
        name = json.loads(told.body)["id"]
        headers = (("X-Auth", f"Signature {name}"), ("Content-Length", "4"))
        call = Call(headers, b"data", "PUT", f"{HOST}/?id={name}")
        await client.call("deferred", "part", call)

    asyncio.run(upload())
    assert "Signature u1" == service.sent[-1].header("x-auth")


def test_a_size_that_is_known_already_is_kept_or_refused():
    service = Service()
    client = Client(service)
    data = b"x" + SECRET

    async def upload():
        call = Call((), b"", "POST", f"{HOST}/?init&size={len(data)}")
        await client.call("fitted", "init", call)
        call = Call((("Content-Length", "12"),), data, "PUT", f"{HOST}/?id=u1")
        await client.call("fitted", "part", call)

    with pytest.raises(Refused, match="not as large"):  # this inspector cannot fit
        asyncio.run(upload())
    assert ([Strategy.FIT], []) == (service.plans, service.parts)


def test_the_service_here_would_notice():
    call = signed("PUT", "/?id=u1", b"data")
    with pytest.raises((Refuse, AssertionError)):
        asyncio.run(Service().send(call.with_body(b"date")))
    assert "/" == urlsplit(call.url).path
