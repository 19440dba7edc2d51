"""OpenAI's API, and the same at Azure.

Source: the OpenAI API reference (Chat, Responses, Files, Uploads) and the types of the official
Python client; the Azure OpenAI REST reference for its paths, ``api-key`` and ``api-version``.
An upload declares its ``bytes`` (8 GB at most); parts of 64 MB at most may come in any order;
completing names them in order, may carry an ``md5`` of the whole, and fails unless the total is
what was declared. Nothing can be added once it is completed or cancelled.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.bodies import digest
from support.standins.events import event, events, pieces
from support.standins.forms import data_url, form, texts
from support.standins.openai_responses import response_events, response_object

KEY = "sk-test-0123456789"
PART_BYTES = 64 * 2**20
UPLOAD_BYTES = 8 * 2**30
FILE_BYTES = 512 * 2**20
_PURPOSES = {"assistants", "batch", "fine-tune", "vision", "user_data", "evals"}


@dataclass
class _Upload:
    filename: str
    purpose: str
    size: int
    mime_type: str
    status: str = "pending"
    parts: dict[str, bytes] = field(default_factory=dict)


class OpenAI(StandIn):
    """``api.openai.com``; whatever a chat said is kept as ``chat-1``, ``chat-2`` …"""

    hosts: ClassVar[tuple[str, ...]] = ("api.openai.com",)

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.files: dict[str, dict[str, Any]] = {}
        self.uploads: dict[str, _Upload] = {}
        self.said: list[str] = []

    def refuse(self, fault: Fault) -> Reply:
        """OpenAI's error object."""
        error = {
            "message": fault.message,
            "type": "invalid_request_error" if fault.status < 500 else "server_error",
            "param": fault.detail,
            "code": fault.code,
        }
        return reply({"error": error}, fault.status)

    def check(self, request: Request) -> None:
        """The key."""
        if request.header("authorization") != f"Bearer {KEY}":
            raise Fault(401, "invalid_api_key", "Incorrect API key provided")

    # -- text ------------------------------------------------------------------------------

    @route("POST /v1/chat/completions")
    def chat(self, request: Request) -> Reply:
        """An echo of what the last message said."""
        asked = _fields(request, "model", "messages")
        if not isinstance(asked["messages"], list) or not asked["messages"]:
            raise _bad("messages", "messages must be a list with at least one entry")
        said = [self._message(message) for message in asked["messages"]]
        answer = self._heard("\n".join(said), said[-1])
        head = {"id": f"chatcmpl-{len(self.said)}", "created": int(time.time()), "model": "m"}
        if asked.get("stream"):
            return events(self._chat_events(head, answer))
        choice = {
            "index": 0,
            "finish_reason": "stop",
            "logprobs": None,
            "message": {"role": "assistant", "content": answer, "refusal": None},
        }
        return reply({**head, "object": "chat.completion", "choices": [choice], "usage": _USAGE})

    def _message(self, message: Any) -> str:
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise _bad("messages", "a message needs a role")
        content = message.get("content")
        if isinstance(content, str):
            return content
        if not isinstance(content, list):
            raise _bad("messages", "content must be text or a list of parts")
        return " ".join(self._chat_part(part) for part in content)

    def _chat_part(self, part: dict[str, Any]) -> str:
        match part.get("type"):
            case "text":
                return str(part["text"])
            case "file":
                return self._file_part(part["file"])
            case "image_url":
                self.stored[f"image-{len(self.stored)}"] = data_url(part["image_url"]["url"])
                return ""
        raise _bad("messages", f"no part of type {part.get('type')}")

    def _file_part(self, given: dict[str, Any]) -> str:
        if "file_id" in given:
            if given["file_id"] not in self.files:
                raise _bad("file_id", "no such file", status=404)
        else:
            name = str(given.get("filename") or "")
            if not name:
                raise _bad("filename", "file_data needs a filename")
            self.stored[name] = data_url(str(given["file_data"]))
        return ""

    def _heard(self, whole: str, last: str) -> str:
        self.said.append(whole)
        self.stored[f"chat-{len(self.said)}"] = whole.encode()
        return f"You said: {last}"

    def _chat_events(self, head: dict[str, Any], answer: str) -> Iterator[bytes]:
        def chunk(delta: dict[str, str], finish: str | None = None) -> bytes:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            return event({**head, "object": "chat.completion.chunk", "choices": [choice]})

        yield chunk({"role": "assistant", "content": ""})
        for piece in pieces(answer):
            yield chunk({"content": piece})
        yield chunk({}, "stop")
        yield b"data: [DONE]\n\n"

    @route("POST /v1/responses")
    def respond(self, request: Request) -> Reply:
        """An echo, as the Responses API words it."""
        asked = _fields(request, "model", "input")
        given = asked["input"]
        said = [given] if isinstance(given, str) else [self._item(item) for item in given]
        answer = self._heard("\n".join(said), said[-1])
        whole = response_object(f"resp_{len(self.said)}", answer)
        return events(response_events(whole, answer)) if asked.get("stream") else reply(whole)

    def _item(self, item: dict[str, Any]) -> str:
        content = item.get("content")
        if isinstance(content, str):
            return content
        said = []
        for part in content or []:
            match part["type"]:
                case "input_text":
                    said.append(part["text"])
                case "input_file":
                    said.append(self._file_part(part))
                case _:
                    raise _bad("input", f"no part of type {part['type']}")
        return " ".join(said)

    @route("POST /v1/embeddings")
    def embed(self, request: Request) -> Reply:
        """A vector of nothing for each input."""
        asked = _fields(request, "model", "input")
        inputs = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
        for one in inputs:
            self._heard(str(one), "")
        vector = base64.b64encode(bytes(8)).decode()
        floats = vector if asked.get("encoding_format") == "base64" else [0.0, 0.0]
        data = [
            {"object": "embedding", "index": n, "embedding": floats} for n in range(len(inputs))
        ]
        return reply({"object": "list", "model": "m", "data": data, "usage": _USAGE})

    # -- files -----------------------------------------------------------------------------

    @route("POST /v1/files")
    def create_file(self, request: Request) -> Reply:
        """A file in one request."""
        parts = form(request)
        purpose = texts(parts).get("purpose", "")
        if purpose not in _PURPOSES:
            raise _bad("purpose", f"'{purpose}' is not one of the purposes")
        file = parts.get("file")
        if file is None or not file.file_name:
            raise _bad("file", "file is a required property")
        if len(file.body) > FILE_BYTES:
            raise Fault(413, "file_too_large", "512 MB at most")
        return reply(self._keep(file.file_name, purpose, file.body))

    def _keep(self, name: str, purpose: str, data: bytes) -> dict[str, Any]:
        made = f"file-{len(self.files) + 1:024d}"
        self.stored[name] = data
        self.files[made] = {
            "id": made,
            "object": "file",
            "bytes": len(data),
            "created_at": int(time.time()),
            "filename": name,
            "purpose": purpose,
            "status": "processed",
        }
        return self.files[made]

    @route("GET /v1/files/{name}")
    def file(self, _: Request, name: str) -> Reply:
        """What is known of a file."""
        if name not in self.files:
            raise Fault(404, "not_found", f"No such File object: {name}")
        return reply(self.files[name])

    @route("GET /v1/files/{name}/content")
    def content(self, _: Request, name: str) -> Reply:
        """A file's bytes."""
        if name not in self.files:
            raise Fault(404, "not_found", f"No such File object: {name}")
        return Reply(200, {}, self.stored[self.files[name]["filename"]])

    @route("POST /v1/uploads")
    def create_upload(self, request: Request) -> Reply:
        """An upload in parts begins."""
        asked = _fields(request, "filename", "purpose", "bytes", "mime_type")
        size = asked["bytes"]
        if asked["purpose"] not in _PURPOSES:
            raise _bad("purpose", "no such purpose")
        if not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= UPLOAD_BYTES:
            raise _bad("bytes", "bytes must be a number up to 8 GB")
        name = f"upload_{len(self.uploads) + 1:020d}"
        self.uploads[name] = _Upload(asked["filename"], asked["purpose"], size, asked["mime_type"])
        return reply(self._upload_object(name))

    def _upload_object(self, name: str, file: Any = None) -> dict[str, Any]:
        upload = self.uploads[name]
        return {
            "id": name,
            "object": "upload",
            "bytes": upload.size,
            "created_at": int(time.time()),
            "expires_at": int(time.time()) + 3600,
            "filename": upload.filename,
            "purpose": upload.purpose,
            "status": upload.status,
            "file": file,
        }

    def _pending(self, name: str) -> _Upload:
        upload = self.uploads.get(name)
        if upload is None:
            raise Fault(404, "not_found", f"No such Upload object: {name}")
        if upload.status != "pending":
            raise _bad("upload_id", f"the upload is {upload.status}")
        return upload

    @route("POST /v1/uploads/{name}/parts")
    def add_part(self, request: Request, name: str) -> Reply:
        """One part."""
        upload = self._pending(name)
        part = form(request).get("data")
        if part is None:
            raise _bad("data", "data is a required property")
        if len(part.body) > PART_BYTES:
            raise Fault(413, "part_too_large", "64 MB at most")
        if sum(map(len, upload.parts.values())) + len(part.body) > upload.size:
            raise _bad("data", "the parts are larger than the declared bytes")
        made = f"part_{name[-4:]}{len(upload.parts) + 1:016d}"
        upload.parts[made] = part.body
        said = {"id": made, "object": "upload.part", "upload_id": name}
        return reply({**said, "created_at": int(time.time())})

    @route("POST /v1/uploads/{name}/complete")
    def complete(self, request: Request, name: str) -> Reply:
        """All parts are there: a file."""
        upload = self._pending(name)
        asked = _fields(request, "part_ids")
        ids = asked["part_ids"]
        if len(set(ids)) != len(ids) or set(ids) - set(upload.parts):
            raise _bad("part_ids", "a part is unknown or named twice")
        whole = b"".join(upload.parts[one] for one in ids)
        if len(whole) != upload.size:
            raise _bad("part_ids", f"{len(whole)} bytes were sent and {upload.size} declared")
        if asked.get("md5") and asked["md5"] != digest("md5", whole):
            raise _bad("md5", "the MD5 does not match the uploaded bytes")
        upload.status = "completed"
        return reply(self._upload_object(name, self._keep(upload.filename, upload.purpose, whole)))

    @route("POST /v1/uploads/{name}/cancel")
    def cancel(self, _: Request, name: str) -> Reply:
        """Nothing comes of it."""
        self._pending(name).status = "cancelled"
        return reply(self._upload_object(name))


class AzureOpenAI(OpenAI):
    """A resource of Azure OpenAI; paths of the dated API and of ``/openai/v1``."""

    hosts: ClassVar[tuple[str, ...]] = ("contoso.openai.azure.com",)
    _DEPLOYED = re.compile(r"/openai/deployments/[^/]+(/chat/completions|/embeddings)")
    _PLAIN = re.compile(r"/openai(/responses|/files.*|/uploads.*)")

    def check(self, request: Request) -> None:
        """The key, in the header of Azure."""
        if request.header("api-key") != KEY:
            raise Fault(401, "401", "Access denied due to invalid subscription key")

    def _routed(self, request: Request) -> Reply:
        path = request.path
        if path.startswith("/openai/v1/"):
            path = path.removeprefix("/openai")
        elif found := self._DEPLOYED.fullmatch(path) or self._PLAIN.fullmatch(path):
            if not re.fullmatch(
                r"\d{4}-\d\d-\d\d(-preview)?", request.query.get("api-version", "")
            ):
                raise Fault(404, "404", "Resource not found: api-version is missing")
            path = f"/v1{found[1]}"
        else:
            raise Fault(404, "404", "Resource not found")
        moved = Request(request.method, request.host, path, request.headers, request.body)
        return super()._routed(moved)


_ROLES = {"system", "developer", "user", "assistant", "tool", "function"}
_USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


def _bad(param: str, message: str, status: int = 400) -> Fault:
    return Fault(status, "invalid_value", message, detail=param)


def _fields(request: Request, *names: str) -> dict[str, Any]:
    asked = request.json()
    for name in names:
        if name not in asked:
            raise Fault(400, "missing_required_parameter", f"Missing '{name}'", detail=name)
    return dict(asked)
