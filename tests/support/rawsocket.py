"""A WebSocket client that sends exactly the frames it is told to, right or wrong."""

from __future__ import annotations

import base64
import contextlib
import os
import ssl
import struct
import zlib
from dataclasses import dataclass
from typing import Self

from support.proxyharness import HOST, Answer, Running, read_head

TEXT, BINARY, CLOSE, PING, PONG, MORE = 1, 2, 8, 9, 10, 0
KEY = base64.b64encode(b"0123456789abcdef").decode()
DEFLATE = "permessage-deflate; client_max_window_bits"


@dataclass(frozen=True)
class Got:
    """A frame of the other side."""

    opcode: int
    data: bytes = b""
    fin: bool = True
    rsv1: bool = False

    @property
    def code(self) -> int:
        return struct.unpack("!H", self.data[:2])[0] if self.data else 1005

    @property
    def reason(self) -> str:
        return self.data[2:].decode()


def frame(opcode: int, data: bytes = b"", *, fin: bool = True, rsv: int = 0, mask: bool = True):
    """RFC 6455 §5.2."""
    first = (fin << 7) | (rsv << 4) | opcode
    size = len(data)
    if size < 126:
        head = struct.pack("!BB", first, (mask << 7) | size)
    elif size < 65536:
        head = struct.pack("!BBH", first, (mask << 7) | 126, size)
    else:
        head = struct.pack("!BBQ", first, (mask << 7) | 127, size)
    if not mask:
        return head + data
    key = os.urandom(4)
    whole = int.from_bytes((key * (size // 4 + 1))[:size]) ^ int.from_bytes(data)
    return head + key + whole.to_bytes(size)


class Squeezer:
    """The client's half of permessage-deflate, context taken over."""

    def __init__(self) -> None:
        self._engine = zlib.compressobj(wbits=-15)

    def __call__(self, data: bytes) -> bytes:
        out = self._engine.compress(data) + self._engine.flush(zlib.Z_SYNC_FLUSH)
        return out.removesuffix(b"\0\0\xff\xff")


def handshake(
    *extra: str, target: str = "/v1/responses", host: str = HOST, **changed: str | None
) -> bytes:
    """A head; ``changed`` replaces or, with ``None``, leaves out a line by its name."""
    lines: dict[str, str | None] = {
        "Host": host,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": KEY,
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }
    head = [f"{name}: {value}" for name, value in lines.items() if value is not None]
    return "\r\n".join([f"GET {target} HTTP/1.1", *head, *extra, "", ""]).encode()


class RawSocket:
    """``with RawSocket(running) as raw``: shaken hands, unless the answer says otherwise."""

    def __init__(
        self, running: Running, head: bytes | None = None, *, host: str = HOST, tls: bool = True
    ) -> None:
        self.socket: ssl.SSLSocket = running.tls(host) if tls else running.tunnel(host, 80)
        self.socket.settimeout(20)
        self.socket.sendall(head or handshake(host=host))
        raw = read_head(self.socket).decode("latin-1").split("\r\n")
        self.status = int(raw[0].split(" ")[1]) if raw[0] else 0
        self.headers = {
            name.lower(): value.strip()
            for name, _, value in (one.partition(":") for one in raw[1:])
        }
        self._inflater = zlib.decompressobj(wbits=-15)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def body(self) -> Answer:
        """What follows the head of a refusal."""
        body = b""
        size = int(self.headers.get("content-length", "0"))
        while len(body) < size and (more := self.socket.recv(65536)):
            body += more
        return Answer(self.status, self.headers, body)

    def send(self, *frames: bytes) -> None:
        self.socket.sendall(b"".join(frames))

    def say(self, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        self.send(frame(TEXT if isinstance(text, str) else BINARY, data))

    def frame(self) -> Got | None:
        """The next frame; ``None`` when the connection ends."""
        try:
            first, size = self._exactly(2)
            if size == 126:
                (size,) = struct.unpack("!H", self._exactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", self._exactly(8))
            return Got(first & 15, self._exactly(size), bool(first >> 7), bool(first >> 6 & 1))
        except (EOFError, ConnectionError, ssl.SSLError):
            return None

    def hear(self) -> str | bytes | Got | None:
        """The next whole message, or the next control frame."""
        got = self.frame()
        if got is None or got.opcode >= CLOSE:
            return got
        data, opcode, squeezed = got.data, got.opcode, got.rsv1
        while not got.fin:
            got = self.frame()
            assert got
            data += got.data
        if squeezed:
            data = self._inflater.decompress(data + b"\0\0\xff\xff")
        return data.decode() if opcode == TEXT else data

    def until_close(self) -> Got:
        """Our Close frame, answered; whatever came before it is passed over."""
        while not isinstance(got := self.hear(), Got) or got.opcode != CLOSE:
            assert got is not None, "the connection ended without a Close frame"
        with contextlib.suppress(OSError):
            self.send(frame(CLOSE, got.data[:2]))
        return got

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data
