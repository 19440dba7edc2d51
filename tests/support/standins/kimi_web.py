"""The page www.kimi.com: chats in Connect envelopes, files by a pre-signed address.

Source: the Connect protocol (connectrpc.com, "Streaming RPCs": each message is one flag byte, a
big-endian length of four bytes and the JSON; flag 2 ends the stream and carries the error) and
open clients of the page for ``ChatService/Chat``; LLM-Red-Team's ``kimi-free-api`` for the older
files: ``pre-sign-url`` → PUT → ``file`` → ``parse_process``. The address signs name and method.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import struct
from collections.abc import Iterator
from typing import Any, ClassVar

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.events import pieces

TOKEN = "eyJ.kimi.token"
HOST = "www.kimi.com"
BUCKET = "prod-chat-kimi.tos-s3-cn-beijing.volces.com"
CHAT = "/apiv2/kimi.gateway.chat.v1.ChatService/Chat"
_KEY = b"the bucket's key"
_END = 0x02
_COMPRESSED = 0x01


class KimiWeb(StandIn):
    """The page's server and its bucket; prompts are kept as ``prompt-1`` …"""

    hosts: ClassVar[tuple[str, ...]] = (HOST, "kimi.moonshot.cn", BUCKET)

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.objects: dict[str, bytes] = {}
        self.files: dict[str, str] = {}
        self.prompts = 0

    def refuse(self, fault: Fault) -> Reply:
        """An end frame for a stream; ``error_type`` for the rest; XML at the bucket."""
        if fault.detail == "stream":
            error = {"code": fault.code, "message": fault.message}
            return Reply(200, _CONNECT, frame({"error": error}, _END))
        if fault.detail == "bucket":
            said = f"<Error><Code>{fault.code}</Code></Error>"
            return Reply(fault.status, {"content-type": "application/xml"}, said.encode())
        return reply({"error_type": fault.code, "message": fault.message}, fault.status)

    def check(self, request: Request) -> None:
        """The page's token."""
        if request.host != BUCKET and request.header("authorization") != f"Bearer {TOKEN}":
            raise Fault(401, "auth.token.invalid", "token invalid")

    @route(f"POST {CHAT}", host=HOST)
    def chat(self, request: Request) -> Reply:
        """One message in, a stream of changes out."""
        if request.header("content-type") != "application/connect+json":
            raise Fault(415, "unsupported", "not application/connect+json")
        if request.header("connect-protocol-version") != "1":
            raise _stream("invalid_argument", "Connect-Protocol-Version must be 1")
        messages = list(unframed(request.body))
        if len(messages) != 1 or messages[0][0] != 0:
            raise _stream("invalid_argument", "one plain message is expected")
        asked = messages[0][1]
        message = asked.get("message") or {}
        texts = [
            block["text"]["content"] for block in message.get("blocks") or [] if "text" in block
        ]
        if message.get("role") != "user" or not texts:
            raise _stream("invalid_argument", "message.blocks is empty")
        if set(message.get("file_ids") or []) - set(self.files):
            raise _stream("not_found", "no such file")
        self.prompts += 1
        self.stored[f"prompt-{self.prompts}"] = "\n".join(texts).encode()
        return Reply(200, _CONNECT, _changes(f"You said: {texts[-1]}"))

    @route("POST /api/pre-sign-url")
    def presign(self, request: Request) -> Reply:
        """An address for a PUT."""
        asked = request.json()
        if asked.get("action") not in ("file", "image") or not asked.get("name"):
            raise Fault(400, "chat.invalid", "action and name are needed")
        number = len(self.files) + len(self.objects) + 1
        name = f"prod-chat/{hashlib.sha256(asked['name'].encode()).hexdigest()[:12]}/{number}"
        url = f"https://{BUCKET}/{name}?X-Tos-Expires=3600&X-Tos-Signature={_signature(name)}"
        return reply({"url": url, "object_name": name, "file_id": ""})

    @route("PUT /{name*}", host=BUCKET)
    def put(self, request: Request, name: str) -> Reply:
        """The bytes."""
        if request.query.get("X-Tos-Signature") != _signature(name):
            raise Fault(403, "SignatureDoesNotMatch", "", detail="bucket")
        if not request.has("content-length"):
            raise Fault(411, "MissingContentLength", "", detail="bucket")
        self.objects[name] = request.body
        return Reply(200, {"etag": f'"{hashlib.md5(request.body).hexdigest()}"'})

    @route("POST /api/file")
    def file(self, request: Request) -> Reply:
        """The bytes are there: a file."""
        asked = request.json()
        data = self.objects.get(asked.get("object_name"))
        if data is None or not asked.get("name"):
            raise Fault(400, "file.not_found", "no such object")
        self.stored[asked["name"]] = data
        name = f"cfile{len(self.files) + 1}"
        self.files[name] = asked["name"]
        told = {"id": name, "name": asked["name"], "size": len(data), "status": "initialized"}
        return reply({**told, "type": "file"})

    @route("POST /api/file/parse_process")
    def parse(self, request: Request) -> Reply:
        """The file is read."""
        if set(request.json().get("ids") or [""]) - set(self.files):
            raise Fault(400, "file.not_found", "no such file")
        return Reply(200, {"content-type": "text/event-stream"}, b'data: {"event":"resp"}\n\n')


_CONNECT = {"content-type": "application/connect+json"}


def frame(value: Any, flag: int = 0) -> bytes:
    """One envelope."""
    data = json.dumps(value, ensure_ascii=False).encode()
    return struct.pack(">BI", flag, len(data)) + data


def unframed(body: bytes) -> Iterator[tuple[int, Any]]:
    """Flags and messages of a body of envelopes.

    Raises:
        Fault: the envelopes do not fill the body exactly, or are compressed without a coding.
    """
    while body:
        if len(body) < 5:
            raise _stream("invalid_argument", "protocol error: incomplete envelope")
        flag, size = struct.unpack(">BI", body[:5])
        data, body = body[5 : 5 + size], body[5 + size :]
        if len(data) != size:
            raise _stream("invalid_argument", f"protocol error: promised {size} bytes")
        if flag & _COMPRESSED:
            raise _stream("internal", "protocol error: compressed without an encoding")
        try:
            yield flag, json.loads(data)
        except ValueError as error:
            raise _stream("invalid_argument", "unmarshal message") from error


def _changes(answer: str) -> Iterator[bytes]:
    yield frame({"op": "set", "mask": "message", "message": {"id": "m2", "role": "assistant"}})
    first, *rest = pieces(answer)
    yield frame({"op": "set", "mask": "block.text", "block": {"text": {"content": first}}})
    for piece in rest:
        block = {"text": {"content": piece}}
        yield frame({"op": "append", "mask": "block.text.content", "block": block})
    yield frame({"heartbeat": {}})
    yield frame({"done": {}})
    yield frame({}, _END)


def _signature(name: str) -> str:
    return hmac.new(_KEY, f"PUT\n/{name}".encode(), "sha256").hexdigest()


def _stream(code: str, message: str) -> Fault:
    return Fault(200, code, message, detail="stream")
