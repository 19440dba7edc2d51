"""HTTP/1.1 behind TLS on loopback: what brings requests to a stand-in and answers back."""

from __future__ import annotations

import contextlib
import http.server
import re
import socket
import socketserver
import ssl
from typing import Any, Protocol
from urllib.parse import urlsplit

from support.standins.exchange import Fault, Reply, Request

TIMEOUT_SECONDS = 20


class Service(Protocol):
    """What answers."""

    requests: list[Request]

    def context(self, name: str) -> ssl.SSLContext:
        """TLS for one of its names; :class:`KeyError` for any other."""
        ...

    def answer(self, request: Request) -> Reply:
        """Answer a request, and keep it."""
        ...

    def fault(self, line: str) -> None:
        """Keep what went wrong below HTTP."""
        ...


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 100

    def __init__(self, address: tuple[str, int], service: Service) -> None:
        self.service = service
        self._open: set[socket.socket] = set()
        super().__init__(address, Connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def close_all(self) -> None:
        """End the connections that are open, so that their threads end."""
        for one in tuple(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The other side went away, which is often the point."""


class Connection(http.server.BaseHTTPRequestHandler):
    """One connection: a CONNECT if it begins with one, TLS, then requests until it closes."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT_SECONDS

    def setup(self) -> None:
        self.request.settimeout(TIMEOUT_SECONDS)
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.request.recv(1, socket.MSG_PEEK) == b"C":
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += self.request.recv(1) or _gone()
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        service = self.server.service
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])

        def chosen(sock: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
            try:
                sock.context = service.context(name or "")
            except KeyError:
                service.fault(f"TLS for a name that is not the service's: {name}")
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
            return None

        context.sni_callback = chosen
        self.request = context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
            self.request.close()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        service = self.server.service
        self._came = bytearray()
        try:
            self._read()
        except (Fault, ValueError) as error:
            service.requests.append(self._request())  # what came of it counts as received
            service.fault(f"{self.command} {self.path}: {error}")
            self.close_connection = True
            self._send(Reply(400, {"connection": "close"}, str(error).encode()))
            return
        self._send(service.answer(self._request()))

    def _request(self) -> Request:
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        headers = tuple(self.headers.items())
        return Request(self.command, host, self.path, headers, bytes(self._came))

    def _read(self) -> None:
        lengths = self.headers.get_all("Content-Length", [])
        coding = self.headers.get_all("Transfer-Encoding", [])
        # RFC 9112 §6.1 and §6.3: neither both framings, nor a length twice.
        if (coding and lengths) or len(lengths) > 1 or len(coding) > 1:
            raise Fault(400, "framing", "the body is framed twice")
        if coding and coding[0].strip().lower() != "chunked":
            raise Fault(400, "framing", "an unknown transfer coding")
        if coding:
            while self._chunk():
                pass
        elif lengths:
            if not re.fullmatch(r"\d+", lengths[0]):
                raise Fault(400, "framing", "the length is no number")
            self._exactly(int(lengths[0]))

    def _chunk(self) -> bool:
        """Read one chunk, or the end with its trailers, which join the headers."""
        size = int(self.rfile.readline(100).partition(b";")[0].strip() or b"x", 16)
        self._exactly(size)
        if size and self.rfile.read(2) != b"\r\n":
            raise Fault(400, "framing", "a chunk does not end where it says")
        while not size and (line := self.rfile.readline(65536).strip()):
            name, _, value = line.decode("latin-1").partition(":")
            self.headers.add_header(name, value.strip())
        return bool(size)

    def _exactly(self, size: int) -> None:
        data = self.rfile.read(size)
        self._came += data
        if len(data) != size:
            raise Fault(400, "framing", f"the body ended after {len(data)} of {size} bytes")

    def _send(self, answer: Reply) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        no_body = answer.status in (204, 304) or answer.status < 200 or self.command == "HEAD"
        if isinstance(answer.body, bytes):
            if answer.status not in (204, 304):
                self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(b"" if no_body else answer.body)
            return
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for piece in answer.body:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")


def _gone() -> bytes:
    raise OSError("the client went away")
