"""Each known way in which a bare mitmproxy 12.2.3 lets originals out, shut.

``ROWS`` names, for each situation that was seen to leak or to weaken, the test that holds it.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import subprocess
import sys
import textwrap
import threading
import time
import zlib
from pathlib import Path

import brotli
import pytest
import zstandard
from support.proxyharness import CANARY, GONE, HOST, Replacing, eventually, read_answer

from gateway.settings import MIB, Limits

ROWS = {
    "hook raises, sync or async, half-redacted": "test_failures.py::test_no_failure_lets_the_original_out",
    "OptionsError, CancelledError, SystemExit, KeyboardInterrupt": "test_failures.py::test_no_failure_lets_the_original_out",
    ".content on unknown, stacked, mismatched, x-gzip encodings": "test_every_encoding_is_inspected_or_refused",
    "guard as second addon never runs": "test_the_refusal_comes_before_all_other_addons",
    "AddonHalt skips the guard": "test_failures.py::test_no_failure_lets_the_original_out",
    "scripts edited while running": "test_nothing_can_be_loaded_into_the_running_proxy",
    "SIGTERM in a hook": "test_sigterm_during_inspection_lets_nothing_out",
    "body_size_limit not applied everywhere": "test_a_body_over_the_limit_is_refused_unread",
    "stream_large_bodies hands the hook nothing": "test_no_body_is_streamed_to_a_covered_host",
    "WebSocket hook raises or kill() is ignored": "test_an_upgrade_is_refused_with_a_reason",
    "websocket=false becomes raw TCP": "test_an_upgrade_is_refused_with_a_reason",
    "raw TCP after CONNECT": "test_raw_bytes_to_a_covered_host_are_refused",
    "Upgrade: x answered with 101 anyway": "test_an_unasked_101_ends_the_exchange",
    "HTTP/2 trailers outside .content": "test_http2.py::test_trailers_are_inspected",
    "HTTP/1 trailers drop the connection": "test_http1_trailers_are_refused_with_a_reason",
    "header values outside .content": "test_exchange.py::test_a_finding_in_a_header_is_refused",
    "TE+CL, double CL, unknown TE, space before colon": "test_wire.py::test_ambiguous_heads_are_refused",
    "TE: gzip, chunked; NUL; obs-fold; bare LF; 1 MB header": "test_wire.py::test_ambiguous_heads_are_refused",
    "HTTP/2: length mismatch, TE, CRLF, authority and Host differ": "test_http2.py::test_malformed_http2_is_refused",
    "multi-member gzip and trailing data": "test_every_encoding_is_inspected_or_refused",
    "1 GiB bombs": "test_bombs_are_refused_while_others_are_served",
    "sync hook holds up all flows": "test_a_slow_verdict_holds_up_nobody_else",
    "ignore_hosts and allow_hosts misses": "test_scope.py::test_the_strictest_name_decides",
    "origin-form request to the proxy port": "test_scope.py::test_requests_to_the_proxy_itself_are_refused",
    "multipart_form sees few variants": "test_a_multipart_body_reaches_the_inspector_whole",
    "0 crashes but addon errors on fuzzed input": "test_wire.py::test_fuzzed_heads_let_nothing_out",
    "bad upstream certificates": "test_upstream_tls.py::test_bad_certificates_are_refused_before_any_byte",
    "CA key reused by leaves, no constraints, 10 years": "test_ca.py::test_a_leaf_has_its_own_key_and_few_days",
    "0666 CA key accepted": "test_ca.py::test_a_key_that_others_can_read_is_refused",
    "listens on 0.0.0.0": "test_scope.py::test_only_loopback_is_listened_on",
    "mitm.it is on": "test_nothing_can_be_loaded_into_the_running_proxy",
    "CONNECT host, SNI and Host can all differ": "test_scope.py::test_the_strictest_name_decides",
    "Alt-Svc passes to clients": "test_exchange.py::test_alt_svc_is_taken_out",
    "flow file and log hold originals": "test_nothing_of_the_request_is_logged",
    "TLS keys written to SSLKEYLOGFILE": "test_session_keys_are_not_written_out",
}


def test_every_row_names_a_test_that_exists():
    here = Path(__file__).parent
    for row, name in ROWS.items():
        file, _, test = name.rpartition("::")
        text = (here / (file or Path(__file__).name)).read_text()
        assert f"def {test}(" in text, row


def _members(*parts: bytes) -> bytes:
    return b"".join(map(gzip.compress, parts))


def _raw_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


_FLAT = b"hello " + CANARY
_ZSTD = zstandard.ZstdCompressor()

ENCODINGS = {
    "identity": ("identity", _FLAT, 200),
    "gzip": ("gzip", gzip.compress(_FLAT), 200),
    "upper case": ("GZip", gzip.compress(_FLAT), 200),
    "x-gzip": ("x-gzip", gzip.compress(_FLAT), 200),
    "several gzip members": ("gzip", _members(b"hello ", CANARY[:9], CANARY[9:]), 200),
    "deflate": ("deflate", zlib.compress(_FLAT), 200),
    "bare deflate": ("deflate", _raw_deflate(_FLAT), 200),
    "br": ("br", brotli.compress(_FLAT), 200),
    "zstd": ("zstd", _ZSTD.compress(_FLAT), 200),
    "several zstd frames": ("zstd", _ZSTD.compress(b"hello ") + _ZSTD.compress(CANARY), 200),
    "stacked": ("gzip, br", brotli.compress(gzip.compress(_FLAT)), 200),
    "stacked thrice": (
        "zstd,deflate, gzip",
        gzip.compress(zlib.compress(_ZSTD.compress(_FLAT))),
        200,
    ),
    "gzip and trailing data": ("gzip", gzip.compress(b"hello") + CANARY, 400),
    "zstd and trailing data": ("zstd", _ZSTD.compress(b"hello") + CANARY, 400),
    "br and trailing data": ("br", brotli.compress(b"hello") + CANARY, 400),
    "deflate and trailing data": ("deflate", zlib.compress(b"hello") + CANARY, 400),
    "cut gzip": ("gzip", gzip.compress(_FLAT)[:-9], 400),
    "not what it says": ("gzip", _FLAT, 400),
    "unknown": ("rot13", _FLAT, 400),
    "compress": ("compress", _FLAT, 400),
    "aws-chunked": ("aws-chunked", b"5\r\nhello\r\n0\r\n\r\n" + CANARY, 400),
    "unknown below gzip": ("rot13, gzip", gzip.compress(_FLAT), 400),
    "six deep": (", ".join(["gzip"] * 6), _FLAT, 400),
    "skippable zstd frame": (
        "zstd",
        b"\x50\x2a\x4d\x18" + len(CANARY).to_bytes(4, "little") + CANARY + _ZSTD.compress(b"hello"),
        400,
    ),
    "gzip extra field": (
        "gzip",
        b"\x1f\x8b\x08\x04"
        + bytes(6)
        + len(CANARY).to_bytes(2, "little")
        + CANARY
        + gzip.compress(b"hello")[10:],
        400,
    ),
    "gzip file name": (
        "gzip",
        b"\x1f\x8b\x08\x08" + bytes(6) + CANARY + b"\0" + gzip.compress(b"hello")[10:],
        400,
    ),
    "file name of the second gzip member": (
        "gzip",
        gzip.compress(b"hello")
        + b"\x1f\x8b\x08\x08"
        + bytes(6)
        + CANARY
        + b"\0"
        + gzip.compress(b"hello")[10:],
        400,
    ),
}


@pytest.mark.parametrize("case", list(ENCODINGS))
def test_every_encoding_is_inspected_or_refused(gateway, upstream, case):
    encoding, body, status = ENCODINGS[case]
    answer = gateway.post(body, f"Content-Encoding: {encoding}")
    assert status == answer.status, answer.body
    assert not upstream.holds(CANARY)
    if status == 200:
        assert b"hello " + GONE == upstream.requests[0].body
        assert "content-encoding" not in {name.lower() for name, _ in upstream.requests[0].headers}
    else:
        assert b"Blocked by Redaction Gateway" in answer.body
        assert 0 == upstream.connections


def test_an_encoded_clean_body_arrives_as_it_was_encoded(gateway, upstream):
    body = brotli.compress(gzip.compress(b"nothing here"))
    assert 200 == gateway.post(body, "Content-Encoding: gzip, br").status
    assert body == upstream.requests[0].body
    assert "gzip, br" == upstream.requests[0].header("content-encoding")


def test_the_refusal_comes_before_all_other_addons(gateway):
    chain = gateway.server._master.addons.chain
    assert "DenyFirst" == type(chain[0]).__name__
    before = ["DenyFirst", "Targets", "Tunnels", "Handshake"]
    assert [*before, "Inspection", "Messages", "Started"] == [
        type(addon).__name__ for addon in chain
    ]


def test_nothing_can_be_loaded_into_the_running_proxy(gateway):
    addons = gateway.server._master.addons
    unwanted = ["scriptloader", "onboarding", "save", "savehar", "core", "proxyserver", "tlsconfig"]
    assert [] == [name for name in unwanted if addons.get(name)]


_SIGTERM = """
    import asyncio, os, signal, sys, threading, time
    from concurrent.futures import Future
    from pathlib import Path
    from gateway.proxy import ConnectTo, ProxyServer
    from gateway.proxy.ca import CertificateAuthority
    from gateway.services import Catalog

    class Slow:
        asked = False

        def submit(self, item):
            if self.asked:
                return Future()
            self.asked = True
            if {sync!r}:
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(0.5)
            else:
                threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
            return Future()

    async def main():
        catalog = Catalog.load()
        ca = CertificateAuthority.load_or_create(Path({home!r}), catalog.hosts())
        to = [ConnectTo.parse("api.openai.com:443:127.0.0.1:{port}")]
        server = ProxyServer(Slow(), catalog, ca, port=0, connect_to=to, upstream_ca=Path({root!r}))
        task = asyncio.ensure_future(server.run())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        while not server._started.is_set():
            await asyncio.sleep(0.01)
        print(server.port, flush=True)
        try:
            await task
        except asyncio.CancelledError:
            pass

    asyncio.run(main())
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM handlers in asyncio")
@pytest.mark.parametrize("sync", [True, False])
def test_sigterm_during_inspection_lets_nothing_out(
    tmp_path, gateway, upstream, test_authority, sync
):
    script = textwrap.dedent(_SIGTERM).format(
        home=str(gateway.ca.cert_path.parent),
        port=upstream.port,
        root=str(test_authority.path),
        sync=sync,
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        other = type(gateway)(_Port(port), gateway.ca, None, [])
        with contextlib.suppress(OSError):
            other.post(CANARY)
        assert 0 == process.wait(20)
    assert not upstream.holds(CANARY)
    assert 0 == upstream.connections


class _Port:
    def __init__(self, port):
        self.port = port


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_body_over_the_limit_is_refused_unread(open_gateway, upstream, framing):
    gateway = open_gateway({f"{HOST}:443": upstream.port}, limits=Limits(item_bytes=MIB))
    body = CANARY + bytes(2 * MIB)
    if framing == "length":
        answer = gateway.post(body)
    else:
        chunks = b"".join(
            b"%x\r\n%s\r\n" % (len(piece), piece)
            for piece in (body[at : at + 65536] for at in range(0, len(body), 65536))
        )
        head = f"POST /v1/files HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n"
        answer = gateway.send(head.encode() + chunks + b"0\r\n\r\n")
    assert 400 == answer.status
    assert b"larger than 1 MiB" in answer.body
    assert 0 == upstream.connections
    assert [] == gateway.inspector.seen
    assert eventually(lambda: len(gateway.recorded) == 1)


def test_a_declared_length_over_the_limit_is_refused_before_the_body(gateway, upstream):
    with gateway.tls() as client:
        client.sendall(
            f"POST /v1/files HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 99999999999\r\n"
            "Expect: 100-continue\r\n\r\n".encode()
        )
        assert 400 == read_answer(client).status
    assert 0 == upstream.connections


def test_the_connection_serves_on_after_a_refused_large_body(open_gateway, upstream):
    gateway = open_gateway({f"{HOST}:443": upstream.port}, limits=Limits(item_bytes=MIB))
    body = bytes(2 * MIB)
    with gateway.tls() as client:
        client.sendall(
            f"POST /v1/files HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        )
        client.sendall(body)
        assert 400 == read_answer(client).status
        client.sendall(f"GET /v1/models HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        assert 200 == read_answer(client).status


def test_no_body_is_streamed_to_a_covered_host(gateway, upstream):
    options = gateway.server._master.options
    assert options.stream_large_bodies is None
    assert not options.store_streamed_bodies
    with gateway.tls() as client:
        client.sendall(
            f"POST /v1/files HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 3000000\r\n\r\n".encode()
            + CANARY
        )
        time.sleep(0.3)
        assert 0 == upstream.connections


@pytest.mark.parametrize(
    "head",
    [
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Connection: upgrade\r\nUpgrade: x",
        "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ],
)
def test_an_upgrade_is_refused_with_a_reason(gateway, upstream, head):
    upstream.answer = lambda _: (
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"
    )
    with gateway.tls() as client:
        client.sendall(f"GET /v1/files HTTP/1.1\r\nHost: {HOST}\r\n{head}\r\n\r\n".encode())
        answer = read_answer(client)
        with contextlib.suppress(OSError):
            client.sendall(CANARY)
    assert 400 == answer.status
    assert b"protocol upgrades cannot be inspected" in answer.body
    assert 0 == upstream.connections
    assert "block" == gateway.recorded[0][1].verdict


def test_an_unasked_101_ends_the_exchange(gateway, upstream):
    upstream.answer = lambda _: (
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"
    )
    with gateway.tls() as client:
        client.sendall(f"GET /v1/models HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        answer = read_answer(client)
        with contextlib.suppress(OSError):
            client.sendall(CANARY)
            client.sendall(b"POST / HTTP/1.1\r\n\r\n" + CANARY)
        time.sleep(0.2)
    assert 502 == answer.status
    assert not upstream.holds(CANARY)


@pytest.mark.parametrize(
    "data", [b"\x00\x01\x02", b"\xff\xfe", b"SSH-2.0-x\r\n", b"{}\n", b"\x16\x02x"]
)
@pytest.mark.parametrize("inside_tls", [True, False])
def test_raw_bytes_to_a_covered_host_are_refused(gateway, upstream, data, inside_tls):
    with gateway.tls() if inside_tls else gateway.tunnel() as client:
        client.sendall(data + CANARY + b"\r\n\r\n")
        answer = read_answer(client)
    assert 400 == answer.status
    assert 0 == upstream.connections


def test_http1_trailers_are_refused_with_a_reason(gateway, upstream):
    answer = gateway.send(
        f"POST /v1/x HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        + b"2\r\nhi\r\n0\r\nX-Note: "
        + CANARY
        + b"\r\n\r\n"
    )
    assert 400 == answer.status
    assert b"trailers" in answer.body
    assert 0 == upstream.connections


def _bombs() -> dict[str, bytes]:
    """256 MiB of zeros in each coding, made piece by piece."""
    pieces = 256
    gz = zlib.compressobj(wbits=31)
    packed = b"".join(gz.compress(bytes(MIB)) for _ in range(pieces)) + gz.flush()
    br = brotli.Compressor(quality=5)
    packed_br = b"".join(br.process(bytes(MIB)) for _ in range(pieces)) + br.finish()
    zst = zstandard.ZstdCompressor().compressobj()
    packed_zst = b"".join(zst.compress(bytes(MIB)) for _ in range(pieces)) + zst.flush()
    return {
        "gzip": packed,
        "br": packed_br,
        "zstd": packed_zst,
        "gzip, gzip": gzip.compress(packed),
    }


def test_bombs_are_refused_while_others_are_served(gateway, upstream):
    """No time is asserted, only that what unpacks beyond the ratio is never held."""
    import tracemalloc

    bombs = _bombs()
    tracemalloc.start()
    try:
        for coding, bomb in bombs.items():
            answer = gateway.post(bomb, f"Content-Encoding: {coding}")
            assert 400 == answer.status, coding
            assert b"unpacks to more than" in answer.body
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * MIB
    assert 200 == gateway.post(b"hello").status


def test_a_slow_verdict_holds_up_nobody_else(open_gateway, upstream):
    class Slow(Replacing):
        held = threading.Event()
        go_on = threading.Event()

        def judge(self, item):
            if b"SLOW" in item.data:
                self.held.set()
                self.go_on.wait(30)
            return super().judge(item)

    slow = Slow()
    gateway = open_gateway({f"{HOST}:443": upstream.port}, slow)
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(gateway.post(b"SLOW").status))
    thread.start()
    assert slow.held.wait(10)
    assert 200 == gateway.post(b"quick").status
    assert [] == answers
    slow.go_on.set()
    thread.join(10)
    assert [200] == answers


def test_a_multipart_body_reaches_the_inspector_whole(gateway, upstream):
    body = (
        b"--x\r\nContent-Disposition: form-data; name=f; filename=a.txt\r\n\r\nhello\r\n--x--\r\n"
    )
    gateway.post(body, "Content-Type: multipart/form-data; boundary=x")
    item = next(item for item in gateway.inspector.seen if item.data == body)
    assert "multipart/form-data; boundary=x" == item.hint.media_type
    assert [body] == [request.body for request in upstream.requests]


def test_nothing_of_the_request_is_logged(gateway, upstream, caplog):
    import logging

    caplog.set_level(logging.DEBUG)
    gateway.post(CANARY, f"X-Note: {CANARY.decode()}", target=f"/v1/{CANARY.decode()}")
    gateway.post(b"BLOCKME" + CANARY)
    gateway.send(b"GARBAGE " + CANARY + b"\r\n\r\n")
    assert CANARY.decode() not in caplog.text


def test_session_keys_are_not_written_out(tmp_path, gateway, upstream, test_authority):
    keys = tmp_path / "keys"
    environ = {**os.environ, "MITMPROXY_SSLKEYLOGFILE": str(keys)}
    script = textwrap.dedent(_SIGTERM).format(
        home=str(gateway.ca.cert_path.parent),
        port=upstream.port,
        root=str(test_authority.path),
        sync=False,
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env=environ,
    ) as process:
        assert process.stdout
        other = type(gateway)(_Port(int(process.stdout.readline())), gateway.ca, None, [])
        with contextlib.suppress(OSError):
            other.post(b"hello")
        process.wait(20)
    assert not keys.exists()
