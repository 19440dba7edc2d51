"""What the tests of the proxy share: an inspector, a running gateway, simple clients."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from gateway.model import Item, Outcome, Verdict
from gateway.outcomes import blocked_outcome, new_reference
from gateway.proxy import ProxyServer
from gateway.proxy.ca import CertificateAuthority
from gateway.settings import MIB, Limits

CANARY = b"CANARY-DE89370400440532013000"
GONE = b"[GONE]"
HOST = "api.openai.com"
LIMITS = Limits(item_bytes=8 * MIB, wall_seconds=20)


class Replacing:
    """An inspector in this process: takes the canary out, blocks what says BLOCKME."""

    def __init__(self, record: list[tuple[Item, Outcome]] | None = None) -> None:
        self.seen: list[Item] = []
        self._pool = ThreadPoolExecutor(4)

    def submit(self, item: Item) -> Future[Outcome]:
        self.seen.append(item)
        return self._pool.submit(self.judge, item)

    def judge(self, item: Item) -> Outcome:
        if b"BLOCKME" in item.data:
            return blocked_outcome(item, "1 × CODE_WORD", rule="test")
        data = item.data.replace(CANARY, GONE)
        found = item.data.count(CANARY)
        return Outcome(
            verdict=Verdict.REDACT if found else Verdict.ALLOW,
            data=data,
            counts={"IBAN": found} if found else {},
            reference=new_reference(),
            sha256=hashlib.sha256(data).hexdigest(),
            item_sha256=hashlib.sha256(item.data).hexdigest(),
        )

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


@dataclass
class Answer:
    """What a client got."""

    status: int
    headers: dict[str, str]
    body: bytes
    raw: bytes = field(repr=False, default=b"")


@dataclass
class Running:
    """A proxy that runs, and what it was given."""

    server: ProxyServer
    ca: CertificateAuthority
    inspector: Any
    recorded: list[tuple[Item, Outcome]]

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=15)

    def tunnel(self, host: str = HOST, port: int = 443) -> socket.socket:
        """A CONNECT tunnel, nothing sent in it yet."""
        client = self.connect()
        client.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        head = read_head(client)
        if not head.startswith(b"HTTP/1.1 200"):
            client.close()
            raise ConnectionRefusedError(head.decode("latin-1"))
        return client

    def tls(
        self, host: str = HOST, *, sni: str | None = None, alpn: tuple[str, ...] = ("http/1.1",)
    ) -> ssl.SSLSocket:
        """A tunnel with TLS by the gateway's authority in it."""
        context = ssl.create_default_context(cafile=str(self.ca.cert_path))
        context.set_alpn_protocols(list(alpn))
        client = self.tunnel(host)
        try:
            return context.wrap_socket(client, server_hostname=sni or host)
        except BaseException:
            client.close()
            raise

    def send(self, data: bytes, host: str = HOST) -> Answer:
        """Raw bytes through TLS; the first answer."""
        with self.tls(host) as client:
            client.sendall(data)
            return read_answer(client)

    def post(
        self, body: bytes = b"", *extra: str, target: str = "/v1/chat/completions", host: str = HOST
    ) -> Answer:
        head = [f"POST {target} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}", *extra]
        return self.send("\r\n".join([*head, "", ""]).encode() + body, host)


def read_head(client: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = client.recv(1)
        if not more:
            break
        data += more
    return data


def read_answer(client: socket.socket) -> Answer:
    """One HTTP/1 answer; status 0 when the connection was closed without one."""
    try:
        head = read_head(client)
    except (ConnectionError, ssl.SSLError):
        head = b""
    if not head:
        return Answer(0, {}, b"")
    lines = head.decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines[1:] if line)
    }
    body = b""
    length = headers.get("content-length")
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while length is None or len(body) < int(length):
            more = client.recv(65536)
            if not more:
                break
            body += more
    return Answer(int(lines[0].split(" ")[1]), headers, body, head + body)


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Wait for a condition that another thread brings about."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        threading.Event().wait(0.01)
    return True
