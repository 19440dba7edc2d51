"""Held uploads under attack: what neither the judge nor the engine looks at must not leave.

Raw requests through the real proxy, to a service that keeps all it is sent and always says yes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import h2.config
import h2.connection
import h2.events
import pytest
from support.proxyharness import CANARY, LIMITS, Answer, Replacing, Running, read_answer
from support.upstream import Request, TestAuthority, Upstream

from gateway.model import Item, Outcome
from gateway.proxy import ConnectTo, ProxyServer
from gateway.proxy.ca import CertificateAuthority
from gateway.services import Catalog

HOST = "files.held.example"
OTHER = "files.other.example"
WORD = CANARY.decode()
PROFILES = {
    "held": """
service: held
title: Held
hosts: [files.held.example]
purpose: storage
steps:
  - name: range-init
    match: [POST /range]
    upload: {role: init, of: range, forward: true, name: json.name, takes: {url: json.url}}
  - name: range-part
    match: [PUT /range/*]
    upload: {role: part, of: range, session: url, bytes: body, range: header.content-range,
             ends: total, answer: {status: 202}}
  - name: range-status
    match: [GET /range/*]
    upload: {role: status, of: range, session: url, answer: {json: {next: "{received}-"}}}
  - name: ticket
    match: [POST /ticket]
    upload:
      role: init
      name: json.name
      declares: [{what: size, at: json.size}, {what: "sha256:hex", at: json.sha256}]
      takes: {url: json.url, id: json.id}
      answer: {json: {id: "{id}"}}
  - name: put
    match: [PUT /put/*]
    upload: {role: part, session: path.2, bytes: body, sets: {url: "{url}"}}
  - name: put-here
    match: [PUT /here/*]
    upload: {role: part, session: path.2, bytes: body}
  - name: done
    match: [POST /done]
    upload: {role: commit, session: json.id}
  - name: offset-start
    match: [POST /start]
    upload: {role: init, of: offset, bytes: body, takes: {id: json.id}, answer: {json: {id: "{id}"}}}
  - name: offset-finish
    match: [POST /finish]
    upload: {role: commit, of: offset, session: "header.arg|json.id", bytes: body,
             offset: "header.arg|json.offset"}
  - name: offset-batch
    match: [POST /batch]
    upload: {role: commit, of: offset, session: "json.entries[*].id",
             offset: "json.entries[*].offset"}
  - name: form
    match: [POST /form]
    upload: {role: part, of: form, begins: true, session: part.id, bytes: part.data,
             number: part.chunk, numbered_from: 0, ends: total,
             declares: [{what: size, at: part.size}]}
  - name: block
    match: ["PUT /blob/**"]
    query: {block: ["*"]}
    upload: {role: part, of: blob, begins: true, session: resource, bytes: body,
             label: query.block, merged: false, answer: {status: 201}}
  - name: block-list
    match: ["PUT /blob/**"]
    query: {list: ["*"]}
    upload: {role: commit, of: blob, session: resource, listing: {item: Latest}}
  - name: folder
    match: [MKCOL /dav/*/*]
    upload: {role: init, of: folder, session: path.-1, answer: {status: 201}}
  - name: chunk
    match: [PUT /dav/*/*/*]
    upload: {role: part, of: folder, session: path.-2, bytes: body, number: path.-1,
             answer: {status: 201}}
  - name: move
    match: [MOVE /dav/*/*/.file]
    upload: {role: commit, of: folder, session: path.-2}
  - name: message
    match: [POST /message]
    upload: {role: mention, keeps: [json.to]}
""",
    "other": """
service: other
title: Other
hosts: [files.other.example]
purpose: chat
steps:
  - name: ticket
    match: [POST /ticket]
    upload: {role: init, takes: {id: json.id}, answer: {json: {id: "{id}"}}}
  - name: put
    match: [PUT /put/*]
    upload: {role: part, session: path.2, bytes: body}
  - name: done
    match: [POST /done]
    upload: {role: commit, session: json.id}
""",
}
YES = {"url": f"https://{HOST}/range/real?sig=abc", "id": "real-7"}

type Service = Callable[[Request], bytes]


def made(data: Any, status: int = 200, *headers: str) -> bytes:
    """An answer."""
    body = json.dumps(data).encode()
    head = [f"HTTP/1.1 {status} OK", f"content-length: {len(body)}", *headers, "", ""]
    return "\r\n".join(head).encode() + body


class World:
    """Two services behind one proxy."""

    def __init__(self, running: Running, held: Upstream, other: Upstream) -> None:
        self.running, self.held, self.other = running, held, other

    def ask(
        self, method: str, target: str, *headers: str, body: bytes = b"", host: str = HOST
    ) -> Answer:
        head = [f"{method} {target} HTTP/1.1", f"Host: {host}", *headers]
        if body or method in ("POST", "PUT"):
            head.append(f"Content-Length: {len(body)}")
        with self.running.tls(host) as client:
            client.sendall("\r\n".join([*head, "", ""]).encode() + body)
            return read_answer(client)

    def say(self, target: str, said: Any, host: str = HOST) -> Answer:
        """JSON, or bytes that are not quite."""
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return self.ask("POST", target, "Content-Type: application/json", body=body, host=host)

    def begin(self, target: str, said: Any, host: str = HOST) -> str:
        """The identity that an upload gets."""
        answer = self.say(target, said, host)
        assert 200 == answer.status
        return str(json.loads(answer.body)["id"])

    def ranges(self) -> str:
        """The address to which ranges go."""
        answer = self.say("/range", {"name": "a.txt"})
        return str(json.loads(answer.body)["url"]).removeprefix(f"https://{HOST}")

    def ticket(self, data: bytes, *headers: str) -> str:
        """An upload that lacks its commit."""
        said = {"name": "a.txt", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        token = self.begin("/ticket", said)
        assert 200 == self.ask("PUT", f"/put/{token}", *headers, body=data).status
        return token

    @property
    def sent(self) -> list[tuple[str, str, bytes]]:
        return [(one.method, one.target, one.body) for one in self.held.requests]


type Opener = Callable[..., World]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("services")
    for name, text in PROFILES.items():
        (folder / f"{name}.yaml").write_text(text)
    catalog = Catalog.load(folder)
    authority = TestAuthority(tmp_path_factory.mktemp("root"))
    ca = CertificateAuthority.load_or_create(tmp_path_factory.mktemp("ca") / "ca", catalog.hosts())
    return catalog, authority, ca, authority.issue(HOST), authority.issue(OTHER)


@pytest.fixture
def world(ground: Any) -> Iterator[Opener]:
    catalog, authority, ca, first, second = ground
    with contextlib.ExitStack() as stack:

        def opened(
            answer: Service = lambda _: made(YES), inspector: Any = None, plain: int = 0
        ) -> World:
            held = stack.enter_context(Upstream(first, answer))
            other = stack.enter_context(Upstream(second, answer))
            inspector = inspector or Replacing()
            stack.callback(inspector.close)
            ports = {(HOST, 443): held.port, (OTHER, 443): other.port, (HOST, 80): plain}
            server = ProxyServer(
                inspector,
                catalog,
                ca,
                port=0,
                upstream_ca=authority.path,
                limits=LIMITS,
                connect_to=[
                    ConnectTo.parse(f"{host}:{port}:127.0.0.1:{to}")
                    for (host, port), to in ports.items()
                    if to
                ],
            )
            running = stack.enter_context(server.running())
            return World(Running(running, ca, inspector, []), held, other)

        yield opened


def multipart(**fields: str) -> tuple[str, bytes]:
    """A media type and a form."""
    parts = [
        f'--b0rder\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    body = "".join([*parts, "--b0rder--\r\n"]).encode()
    return "Content-Type: multipart/form-data; boundary=b0rder", body


# What is judged is what leaves.


def test_a_second_header_of_a_name_is_judged_too(world: Opener) -> None:
    one = world()
    one.ask(
        "PUT", one.ranges(), "Content-Range: bytes 0-3/4", f"Content-Range: {WORD}", body=b"abcd"
    )
    token = one.begin("/start", b"abcd")
    one.ask("POST", "/finish", f'Arg: {{"id": "{token}", "offset": 4}}', f"Arg: {WORD}")
    assert not one.held.holds(CANARY)


def test_a_name_that_stands_twice_in_json_is_judged_twice(world: Opener) -> None:
    one = world()
    token = one.begin("/start", b"abcd")
    one.ask("POST", "/finish", f'Arg: {{"id": "{token}", "offset": 4, "x": "{WORD}", "x": ""}}')
    token = one.ticket(b"abcd")
    one.say("/done", f'{{"id": "{token}", "x": "{WORD}", "x": ""}}'.encode())
    one.say("/message", f'{{"to": "me", "x": "{WORD}", "x": ""}}'.encode())
    assert not one.held.holds(CANARY)


def test_no_digit_of_a_number_beside_a_kept_word_is_lost_to_the_judge(world: Opener) -> None:
    one = world()
    digits = b"0.000000000000000000000110101199003074477"
    one.say("/message", b'{"to": "me", "amount": %s}' % digits)
    judged = [item.data for item in one.running.inspector.seen]
    assert not one.held.holds(digits) or any(digits in data for data in judged)


def test_what_stands_behind_an_identity_is_judged(world: Opener) -> None:
    one = world()
    token = one.begin("/ticket", {"name": "a"})
    one.ask("PUT", f"/here/{token}-{WORD}", body=b"abcd")
    one.say("/done", {"id": token})
    token = one.ticket(b"abcd")
    one.say("/done", {"id": f"{token}-{WORD}"})
    assert not one.held.holds(CANARY)


def test_each_upload_that_a_commit_names_is_known_or_judged(world: Opener) -> None:
    one = world()
    token = one.begin("/start", b"abcd")
    entries = [{"id": token, "offset": 4}, {"id": WORD, "offset": 4}]
    one.say("/batch", {"entries": entries})
    again = one.begin("/start", b"abcd")
    entries = [{"id": again, "offset": 4}, {"id": f"{token}{WORD}", "offset": 4}]
    one.say("/batch", {"entries": entries})
    assert not one.held.holds(CANARY)


def test_what_stands_behind_a_number_sign_in_an_address_is_judged(world: Opener) -> None:
    one = world()
    one.ask("POST", f"{one.ranges()}#{WORD}")
    assert not one.held.holds(CANARY)


def test_a_number_sign_does_not_lead_around_a_held_step(world: Opener) -> None:
    one = world()
    one.ask("PUT", "/blob/a.txt#x?block=QQ==", body=b"half of it")
    assert [] == one.sent


def test_an_address_without_its_first_slash_is_refused(world: Opener) -> None:
    one = world()
    fields = [(":method", "POST"), (":scheme", "https"), (":authority", HOST)]
    asked_by_http2(one, [*fields, (":path", f"@{OTHER}/ticket")])
    assert ([], []) == (one.sent, one.other.requests)


# One upload is not another.


def test_a_commit_ends_no_upload_of_another_service(world: Opener) -> None:
    one = world()
    mine = one.ticket(b"abcd")
    theirs = one.begin("/ticket", {}, OTHER)
    one.ask("PUT", f"/put/{theirs}", body=b"efgh", host=OTHER)
    one.say("/done", {"id": theirs, "also": mine}, OTHER)
    judged = {
        item.destination.service for item in one.running.inspector.seen if item.data == b"abcd"
    }
    assert ([], set()) == (one.sent, judged)


def test_folders_of_one_name_are_as_many_uploads_as_they_have_places(world: Opener) -> None:
    one = world()
    users = ("alice", "bob")
    for user in users:
        one.ask("MKCOL", f"/dav/{user}/f1")
    for user in users:
        one.ask("PUT", f"/dav/{user}/f1/1", body=f"of {user}".encode())
    for user in users:
        one.ask("MOVE", f"/dav/{user}/f1/.file")
    stored = {target.split("/")[2]: body for method, target, body in one.sent if method == "PUT"}
    assert {user: f"of {user}".encode() for user in users} == stored


def test_uploads_of_two_accounts_under_one_id_are_not_mixed(world: Opener) -> None:
    one = world()

    def chunk(user: str, number: int, data: str) -> None:
        kind, body = multipart(id="FILE_0", chunk=str(number), size="6", data=data)
        one.ask("POST", "/form", kind, f"Cookie: sid={user}", body=body)

    for number in range(2):
        chunk("alice", number, "aaa")
        chunk("bob", number, "bbb")
    assert not any(b"aaabbb" in body or b"bbbaaa" in body for *_, body in one.sent)


def test_a_new_file_under_an_old_id_is_no_repetition(world: Opener) -> None:
    one = world()
    for data in ("one", "two"):
        kind, body = multipart(id="FILE_0", chunk="0", size="3", data=data)
        one.ask("POST", "/form", kind, body=body)
    assert [True, False] == [b"one" in body for *_, body in one.sent]


def test_a_blocked_file_is_not_stored_empty_when_the_commit_is_repeated(world: Opener) -> None:
    one = world()
    blocked, clean = one.begin("/start", b"BLOCKME"), one.begin("/start", b"fine")
    said = {"entries": [{"id": clean, "offset": 4}, {"id": blocked, "offset": 7}]}
    assert (403, 403) == (one.say("/batch", said).status, one.say("/batch", said).status)
    assert [] == one.sent


def test_a_blob_that_was_refused_may_be_corrected(world: Opener) -> None:
    one = world()
    for block, data in (("AA", b"BLOCKME"), ("BB", b"clean")):
        one.ask("PUT", f"/blob/a.txt?block={block}", body=data)
        listed = f"<BlockList><Latest>{block}</Latest></BlockList>".encode()
        last = one.ask("PUT", "/blob/a.txt?list=1", "Content-Type: application/xml", body=listed)
    assert 200 == last.status
    assert b"clean" in [body for *_, body in one.sent]


def test_a_credential_may_be_renewed_in_the_middle_of_an_upload(world: Opener) -> None:
    one = world()
    kind = "Content-Type: application/xml"
    for block, token in (("AA", "first"), ("BB", "second")):
        bearer = f"Authorization: Bearer {token}"
        one.ask("PUT", f"/blob/b.txt?block={block}", bearer, body=block.encode())
    listed = b"<BlockList><Latest>AA</Latest><Latest>BB</Latest></BlockList>"
    assert 200 == one.ask("PUT", "/blob/b.txt?list=1", bearer, kind, body=listed).status
    assert [b"AA", b"BB", listed] == [body for *_, body in one.sent]


def test_a_name_that_looks_like_an_identity_of_ours_is_a_name(world: Opener) -> None:
    one = world()
    one.ask("MKCOL", "/dav/u/organizationaldevelopment")
    assert 201 == one.ask("PUT", "/dav/u/organizationaldevelopment/1", body=b"x").status


# A file arrives as it is, or the client hears that it did not.


def test_a_document_is_not_changed_by_what_was_uploaded_before(world: Opener) -> None:
    one = world()
    data = b"x" + CANARY
    assert 200 == one.say("/done", {"id": one.ticket(data)}).status
    checksums = f"{hashlib.sha256(data).hexdigest()}  a.txt\n".encode()
    one.ask("PUT", "/SHA256SUMS", "Content-Type: text/plain", body=checksums)
    assert checksums == one.sent[-1][2]


def test_an_empty_file_is_sent_too(world: Opener) -> None:
    one = world()
    one.ask("PUT", one.ranges(), "Content-Range: bytes */0")
    assert ["POST", "PUT"] == [method for method, *_ in one.sent]


def test_a_redirection_is_no_success(world: Opener) -> None:
    elsewhere = f"location: https://{HOST}/elsewhere"
    one = world(lambda r: made({}, 307, elsewhere) if r.method == "PUT" else made(YES))
    one.say("/done", {"id": one.ticket(b"abcd")})
    assert ["POST", "PUT"] == [method for method, *_ in one.sent]


def test_a_file_that_the_service_has_in_part_is_not_done(world: Opener) -> None:
    def half(request: Request) -> bytes:
        return made({}, 308, "range: bytes=0-1") if request.method == "PUT" else made(YES)

    one = world(half)
    target = one.ranges()
    one.ask("PUT", target, "Content-Range: bytes 0-3/4", body=b"abcd")
    one.ask("PUT", target, "Content-Range: bytes 2-3/4", body=b"cd")
    assert [b"abcd", b"abcd"] == [body for method, _, body in one.sent if method == "PUT"]


def test_a_worker_that_died_once_does_not_fail_the_upload_for_ever(world: Opener) -> None:
    class DiesOnce(Replacing):
        died = False

        def judge(self, item: Item) -> Outcome:
            if item.data == b"abcd" and not self.died:
                self.died = True
                raise RuntimeError
            return super().judge(item)

    one = world(inspector=DiesOnce())
    said = {"id": one.ticket(b"abcd")}
    assert (503, 200) == (one.say("/done", said).status, one.say("/done", said).status)


def test_a_request_that_names_no_upload_is_refused_and_fails_nothing(world: Opener) -> None:
    assert 403 == world().ask("POST", "/finish", body=b"abcd").status


def test_a_service_out_of_reach_is_not_called_a_refusal(world: Opener) -> None:
    one = world()
    token = one.ticket(b"abcd")
    one.held.__exit__()
    answer = one.say("/done", {"id": token})
    one.held.__enter__()
    assert answer.status in (502, 503, 504)


# What a browser relies on.


def test_no_page_is_allowed_what_the_service_did_not_allow(world: Opener) -> None:
    one = world()
    page = "https://evil.example"
    looks_ours = "/share?x=rgaaaaaaaaaaaaaaaaaaaaaa"
    wants = ("Access-Control-Request-Method: DELETE", f"Origin: {page}")
    answers = [
        one.ask("OPTIONS", looks_ours, *wants),
        one.ask("GET", "/range/not-ours", f"Origin: {page}"),
    ]
    assert [None, None] == [one.headers.get("access-control-allow-origin") for one in answers]


def test_nothing_goes_unenciphered_because_a_service_says_so(world: Opener) -> None:
    def downgrade(_: Request) -> bytes:
        return made({"url": f"http://{HOST}/x", "id": "1"})

    with Upstream(None, lambda _: made({})) as plain:
        one = world(downgrade, plain=plain.port)
        one.say("/done", {"id": one.ticket(b"abcd", "Authorization: Bearer mine")})
        assert [] == plain.requests


def test_the_crumbs_of_a_cookie_are_put_together(world: Opener) -> None:
    one = world()
    fields = [(":method", "POST"), (":scheme", "https"), (":authority", HOST), (":path", "/range")]
    asked_by_http2(one, [*fields, ("cookie", "a=1"), ("cookie", "b=2")])
    assert [["a=1; b=2"]] == [
        [value for name, value in request.headers if name.lower() == "cookie"]
        for request in one.held.requests
    ]


def asked_by_http2(one: World, fields: list[tuple[str, str]]) -> None:
    """A request by HTTP/2; returns when it is answered."""
    wanted = h2.config.H2Configuration(client_side=True, validate_outbound_headers=False)
    connection = h2.connection.H2Connection(wanted)
    with one.running.tls(HOST, alpn=("h2",)) as client:
        client.settimeout(10)
        connection.initiate_connection()
        connection.send_headers(1, fields, end_stream=True)
        client.sendall(connection.data_to_send())
        ended = (h2.events.StreamEnded, h2.events.StreamReset, h2.events.ConnectionTerminated)
        while data := client.recv(65536):
            events = connection.receive_data(data)
            client.sendall(connection.data_to_send())
            if any(isinstance(event, ended) for event in events):
                return
