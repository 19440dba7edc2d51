"""HTTP/1 heads that two parsers could read in two ways."""

from __future__ import annotations

import contextlib
import random
import socket

import pytest
from support.proxyharness import CANARY, HOST, read_head

from gateway.settings import MIB

_BODY = CANARY.decode()
AMBIGUOUS = {
    "length and chunked": f"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n1d\r\n{_BODY}\r\n0\r\n\r\n",
    "two lengths": f"Content-Length: 29\r\nContent-Length: 3\r\n\r\n{_BODY}",
    "same length twice": f"Content-Length: 29\r\nContent-Length: 29\r\n\r\n{_BODY}",
    "list of lengths": f"Content-Length: 29, 29\r\n\r\n{_BODY}",
    "signed length": f"Content-Length: +29\r\n\r\n{_BODY}",
    "hexadecimal length": f"Content-Length: 0x1d\r\n\r\n{_BODY}",
    "unknown transfer encoding": f"Transfer-Encoding: xchunked\r\n\r\n1d\r\n{_BODY}\r\n0\r\n\r\n",
    "chunked twice": f"Transfer-Encoding: chunked, chunked\r\n\r\n1d\r\n{_BODY}\r\n0\r\n\r\n",
    "chunked in two headers": "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "gzip, chunked": f"Transfer-Encoding: gzip, chunked\r\n\r\n1d\r\n{_BODY}\r\n0\r\n\r\n",
    "identity": f"Transfer-Encoding: identity\r\nContent-Length: 29\r\n\r\n{_BODY}",
    "space before colon": f"Content-Length : 29\r\n\r\n{_BODY}",
    "folded header": f"X-A: b\r\n {_BODY}\r\nContent-Length: 0\r\n\r\n",
    "folded with a tab": f"X-A: b\r\n\t{_BODY}\r\nContent-Length: 0\r\n\r\n",
    "NUL in a header": f"X-A: b\0{_BODY}\r\nContent-Length: 0\r\n\r\n",
    "bare LF": f"X-A: b\nX-B: {_BODY}\r\nContent-Length: 0\r\n\r\n",
    "bare LF at the end": f"X-B: {_BODY}\n\n",
    "bare CR": f"X-A: b\rX-B: {_BODY}\r\nContent-Length: 0\r\n\r\n",
    "1 MB header": f"X-A: {'a' * MIB}{_BODY}\r\n\r\n",
    "second host": f"Host: other.example\r\nContent-Length: 29\r\n\r\n{_BODY}",
    "same host twice": f"Host: {HOST}\r\nContent-Length: 29\r\n\r\n{_BODY}",
    "empty header name": f": x\r\nContent-Length: 29\r\n\r\n{_BODY}",
    "header without colon": f"X-A\r\nContent-Length: 29\r\n\r\n{_BODY}",
    "bad chunk size": f"Transfer-Encoding: chunked\r\n\r\n1g\r\n{_BODY}\r\n0\r\n\r\n",
}
_FIRST_LINES = {
    "absolute form to another host": f"POST http://other.example/ HTTP/1.1\r\nHost: {HOST}",
    "nested CONNECT": f"CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}",
    "HTTP/2 in plain": "PRI * HTTP/2.0",
    "HTTP/0.9": "POST /",
    "HTTP/3.7": f"POST / HTTP/3.7\r\nHost: {HOST}",
    "no host": "POST / HTTP/1.1\r\nX-A: b",
    "space in target": f"POST /a b HTTP/1.1\r\nHost: {HOST}",
}


@pytest.mark.parametrize("case", [*AMBIGUOUS, *_FIRST_LINES])
def test_ambiguous_heads_are_refused(gateway, upstream, case):
    first = _FIRST_LINES.get(case, f"POST /v1/x HTTP/1.1\r\nHost: {HOST}")
    rest = AMBIGUOUS.get(case, f"Content-Length: 29\r\n\r\n{_BODY}")
    answer = gateway.send(f"{first}\r\n{rest}".encode("latin-1"))
    assert 400 <= answer.status < 500 or case == "bad chunk size", answer
    assert not upstream.holds(CANARY)
    assert 0 == upstream.connections


def test_fuzzed_heads_let_nothing_out(gateway, upstream):
    """Mutations of one request, from a fixed seed, each on a connection of its own."""
    chance = random.Random(7)
    good = (
        f"POST /v1/x?a=b HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 29\r\n"
        f"Content-Type: text/plain\r\n\r\n{_BODY}"
    ).encode()
    spice = [
        b"\r",
        b"\n",
        b"\r\n",
        b"\0",
        b" ",
        b"\t",
        b":",
        b"%00",
        b"\xff",
        b"chunked",
        b"0",
        b"," * 9,
    ]
    for _ in range(150):
        data = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            match chance.randrange(3):
                case 0:
                    data[at : at + chance.randint(1, 8)] = b""
                case 1:
                    data[at:at] = chance.choice(spice)
                case _:
                    data[at] = chance.randrange(256)
        with gateway.tls() as client:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            client.settimeout(5)
            with contextlib.suppress(OSError):
                read_head(client)
    assert not upstream.holds(CANARY)
