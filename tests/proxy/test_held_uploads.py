"""Uploads of several requests through the proxy, to a service that checks what it is sent."""

import contextlib
import hashlib
import json
from urllib.parse import parse_qs

import pytest
import requests
from support.proxyharness import CANARY, GONE, LIMITS, Replacing, Running
from support.upstream import Upstream

from gateway.proxy import ConnectTo, ProxyServer
from gateway.proxy.ca import CertificateAuthority
from gateway.services import Catalog

HOST = "files.tickets.example"
PROFILE = """
service: tickets
title: Tickets
hosts: [files.tickets.example]
purpose: storage
steps:
  - name: upload-init
    match: [POST /init]
    shape: ticket
    upload:
      role: init
      name: form.name
      declares: [{what: size, at: form.size}, {what: "sha256:hex", at: form.sha256}]
      takes: {url: json.url, id: json.id}
      answer: {json: {url: "https://files.tickets.example/put/{id}", id: "{id}"}}
  - name: upload-bytes
    match: [PUT /put/*]
    shape: raw
    upload: {role: part, session: path.2, bytes: body, sets: {url: "{url}"}}
  - name: upload-commit
    match: [POST /done]
    shape: json
    upload: {role: commit, session: json.id}
"""


def made(data, status=200):
    body = json.dumps(data).encode()
    head = f"HTTP/1.1 {status} OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Service:
    """Stores a file only if it has the declared size and hash."""

    def __init__(self):
        self.stored, self.told = {}, None

    def __call__(self, request):
        match request.target:
            case "/init":
                self.told = {name: one for name, (one,) in parse_qs(request.body.decode()).items()}
                return made({"url": f"https://{HOST}/real/7?sig=x", "id": "file-7"})
            case "/real/7?sig=x":
                right = (str(len(request.body)), hashlib.sha256(request.body).hexdigest())
                if right != (self.told["size"], self.told["sha256"]):
                    return made({"error": "wrong"}, 400)
                self.stored["file-7"] = request.body
                return made({})
            case _:
                return made({"stored": json.loads(request.body)["id"]})


@pytest.fixture
def tickets(tmp_path, test_authority):
    folder = tmp_path / "services"
    folder.mkdir()
    (folder / "tickets.yaml").write_text(PROFILE)
    catalog = Catalog.load(folder)
    authority = CertificateAuthority.load_or_create(tmp_path / "ca", catalog.hosts())
    service = Service()
    with contextlib.ExitStack() as stack:
        upstream = stack.enter_context(Upstream(test_authority.issue(HOST), service))
        inspector = Replacing()
        stack.callback(inspector.close)
        server = ProxyServer(
            inspector,
            catalog,
            authority,
            port=0,
            upstream_ca=test_authority.path,
            limits=LIMITS,
            connect_to=[ConnectTo.parse(f"{HOST}:443:127.0.0.1:{upstream.port}")],
            spool=tmp_path / "spool",
        )
        running = stack.enter_context(server.running())
        yield Running(running, authority, inspector, []), service, upstream


def client(running):
    session = requests.Session()
    session.proxies = {"https": running.url}
    session.verify = str(running.ca.bundle_path)
    session.trust_env = False
    return session


def upload(running, data, name="a.txt"):
    with client(running) as session:
        said = {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        ticket = session.post(f"https://{HOST}/init", data=said, timeout=30)
        if ticket.status_code != 200:
            return ticket
        ticket = ticket.json()
        put = session.put(ticket["url"], data=data, timeout=30)
        assert 200 == put.status_code, put.text
        return session.post(f"https://{HOST}/done", json={"id": ticket["id"]}, timeout=30)


def test_the_service_gets_a_ticket_for_the_redacted_file(tickets):
    running, service, upstream = tickets
    answer = upload(running, b"one " + CANARY + b" two")
    assert {"stored": "file-7"} == answer.json()
    assert b"one " + GONE + b" two" == service.stored["file-7"]
    assert not upstream.holds(CANARY)


def test_a_clean_file_arrives_as_it_is(tickets):
    running, service, _ = tickets
    data = bytes(range(256)) * 12_000
    assert {"stored": "file-7"} == upload(running, data).json()
    assert data == service.stored["file-7"]


def test_a_blocked_file_fails_the_commit_and_nothing_was_sent(tickets):
    running, service, upstream = tickets
    answer = upload(running, b"BLOCKME")
    assert 403 == answer.status_code
    assert "Blocked by Redaction Gateway: 1 × CODE_WORD" in answer.text
    assert ({}, 0) == (service.stored, upstream.connections)


def test_a_name_is_judged_too(tickets):
    running, _, upstream = tickets
    upload(running, b"data", CANARY.decode())
    assert not upstream.holds(CANARY)


def test_what_the_service_says_no_to_is_told(tickets):
    running, service, _ = tickets
    told = service.__class__.__call__
    service.__class__ = type("Full", (Service,), {
        "__call__": lambda self, r: made({"error": "quota"}, 507) if r.target == "/init" else told(self, r)
    })  # fmt: skip
    answer = upload(running, b"data")
    assert (507, {"error": "quota"}) == (answer.status_code, answer.json())


def test_later_requests_name_the_file_as_the_service_does(tickets):
    running, _, upstream = tickets
    with client(running) as session:
        said = {"name": "a", "size": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
        ticket = session.post(f"https://{HOST}/init", data=said, timeout=30).json()
        session.put(ticket["url"], data=b"x", timeout=30)
        session.post(f"https://{HOST}/done", json={"id": ticket["id"]}, timeout=30)
        session.post(f"https://{HOST}/share/{ticket['id']}", json=ticket, timeout=30)
    assert "/share/file-7" == upstream.requests[-1].target
    assert "file-7" == json.loads(upstream.requests[-1].body)["id"]


def test_an_address_outside_the_profile_gets_nothing(tickets):
    running, service, upstream = tickets
    evil = type("Elsewhere", (Service,), {
        "__call__": lambda *_: made({"url": "https://elsewhere.example/x", "id": "1"})
    })  # fmt: skip
    service.__class__ = evil
    answer = upload(running, b"data")
    assert "outside its profile" in answer.text
    assert 1 == len(upstream.requests)


def test_a_commit_that_names_no_upload_is_refused_in_the_services_words(tickets):
    running, _, upstream = tickets
    with client(running) as session:
        answer = session.post(f"https://{HOST}/done", json={"name": "a"}, timeout=30)
    assert 403 == answer.status_code
    assert "not as its service describes it" in answer.text
    assert 0 == upstream.connections


def test_a_page_may_send_the_bytes_to_where_it_was_told(tickets):
    running, _, upstream = tickets
    with client(running) as session:
        said = {"name": "a", "size": 1, "sha256": "0"}
        ticket = session.post(f"https://{HOST}/init", data=said, timeout=30).json()
        asks = {"Origin": "https://page.example", "Access-Control-Request-Method": "PUT"}
        answer = session.options(ticket["url"], headers=asks, timeout=30)
    assert (204, "PUT") == (answer.status_code, answer.headers["access-control-allow-methods"])
    assert "https://page.example" == answer.headers["access-control-allow-origin"]
    assert 0 == upstream.connections


def test_a_page_that_guesses_such_an_address_asks_the_service(tickets):
    running, service, upstream = tickets
    service.__class__ = type("Anything", (Service,), {"__call__": lambda *_: made({})})
    with client(running) as session:
        asks = {"Origin": "https://page.example", "Access-Control-Request-Method": "PUT"}
        guessed = f"https://{HOST}/put/rg{'a' * 20}"
        answer = session.options(guessed, headers=asks, timeout=30)
    assert "access-control-allow-origin" not in answer.headers
    assert 1 == len(upstream.requests)


def test_only_answers_made_here_are_open_to_pages(tickets):
    running, _, _ = tickets
    data = b"data"
    page = {"Origin": "https://page.example"}
    with client(running) as session:
        said = {"name": "a", "size": 4, "sha256": hashlib.sha256(data).hexdigest()}
        ticket = session.post(f"https://{HOST}/init", data=said, headers=page, timeout=30)
        session.put(ticket.json()["url"], data=data, headers=page, timeout=30)
        done = session.post(
            f"https://{HOST}/done", json={"id": ticket.json()["id"]}, headers=page, timeout=30
        )
    assert "https://page.example" == ticket.headers["access-control-allow-origin"]
    assert "access-control-allow-origin" not in done.headers


def test_bytes_never_leave_without_encryption(tickets):
    running, service, upstream = tickets
    service.__class__ = type("Plain", (Service,), {
        "__call__": lambda *_: made({"url": f"http://{HOST}/real/7", "id": "1"})
    })  # fmt: skip
    answer = upload(running, b"data")
    assert (502, True) == (answer.status_code, "without encryption" in answer.text)
    assert ["/init"] == [request.target for request in upstream.requests]


def test_a_service_that_is_away_is_no_refusal(tickets):
    """Clients try a 502 again, but not a 403."""
    running, service, _ = tickets
    service.__class__ = type(
        "Broken", (Service,), {"__call__": lambda *_: b"no HTTP at all\r\n\r\n"}
    )
    answer = upload(running, b"data")
    assert (502, True) == (answer.status_code, "broke off" in answer.text)


def test_crumbs_of_a_cookie_are_put_together():
    from gateway.proxy import sending
    from gateway.services.wire import Call

    call = Call(
        (("cookie", "a=1"), ("x", "y"), ("Cookie", "b=2")), b"", "GET", "https://a.example/"
    )
    assert [(b"x", b"y"), (b"cookie", b"a=1; b=2")] == sending._headers(call)[:2]
