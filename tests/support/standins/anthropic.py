"""Anthropic's API: messages and files.

Source: the Anthropic API reference (Messages, streaming, Files, which is beta under the first API
version, errors) and the types and version header of the official Python client.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, ClassVar

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.events import event, events, pieces
from support.standins.forms import form, unbase64

KEY = "sk-ant-test"
FILE_BYTES = 500 * 2**20
_VERSIONS = ("2023-06-01", "2026-10-21")
_FILES_BETA = "files-api-2025-04-14"
_KINDS = {400: "invalid_request_error", 401: "authentication_error", 404: "not_found_error"}
_USAGE = {"input_tokens": 1, "output_tokens": 1}


class Anthropic(StandIn):
    """``api.anthropic.com``; whatever a prompt said is kept as ``prompt-1`` …"""

    hosts: ClassVar[tuple[str, ...]] = ("api.anthropic.com",)

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.files: dict[str, dict[str, Any]] = {}
        self.prompts = 0

    def refuse(self, fault: Fault) -> Reply:
        """Anthropic's error object."""
        kind = _KINDS.get(fault.status, "api_error")
        said = {"type": "error", "error": {"type": kind, "message": fault.message}}
        return reply({**said, "request_id": "req_1"}, fault.status, request_id="req_1")

    def check(self, request: Request) -> None:
        """Key, in either of the two headers that the clients use, and version."""
        bearer = request.header("authorization") == f"Bearer {KEY}"
        if not bearer and request.header("x-api-key") != KEY:
            raise Fault(401, "authentication_error", "invalid x-api-key")
        if request.header("anthropic-version") not in _VERSIONS:
            raise Fault(400, "invalid_request_error", "anthropic-version: header is required")

    @route("POST /v1/messages")
    def messages(self, request: Request) -> Reply:
        """An echo of the last message."""
        asked = self._asked(request, "max_tokens")
        answer = self._heard(asked)
        head = {
            "id": f"msg_{self.prompts}",
            "type": "message",
            "role": "assistant",
            "model": asked["model"],
            "stop_sequence": None,
        }
        if asked.get("stream"):
            return events(_stream(head, answer))
        content = [{"type": "text", "text": answer}]
        whole = {**head, "content": content, "stop_reason": "end_turn", "usage": _USAGE}
        return reply(whole, request_id="req_1")

    @route("POST /v1/messages/count_tokens")
    def count(self, request: Request) -> Reply:
        """How many tokens that would be."""
        self._heard(self._asked(request))
        return reply({"input_tokens": 1})

    def _asked(self, request: Request, *more: str) -> dict[str, Any]:
        asked = dict(request.json())
        for name in ("model", "messages", *more):
            if name not in asked:
                raise Fault(400, "invalid_request_error", f"{name}: Field required")
        return asked

    def _heard(self, asked: dict[str, Any]) -> str:
        said = [self._text(asked.get("system") or "")]
        for number, message in enumerate(asked["messages"]):
            if message["role"] not in ("user", "assistant"):
                raise Fault(400, "invalid_request_error", f"messages.{number}.role: unexpected")
            said.append(self._text(message["content"]))
        self.prompts += 1
        self.stored[f"prompt-{self.prompts}"] = "\n".join(said).encode()
        return f"You said: {said[-1]}"

    def _text(self, content: Any) -> str:
        if isinstance(content, str):
            return content
        return " ".join(self._block(block) for block in content)

    def _block(self, block: dict[str, Any]) -> str:
        match block["type"]:
            case "text":
                return str(block["text"])
            case "document" | "image":
                return self._source(block["source"], str(block.get("title") or "document"))
            case "tool_result":
                return self._text(block.get("content") or "")
            case "tool_use":
                return str(block["input"])
        raise Fault(400, "invalid_request_error", f"no block of type {block['type']}")

    def _source(self, source: dict[str, Any], title: str) -> str:
        match source["type"]:
            case "base64":
                self.stored[title] = unbase64(source["data"])
                return ""
            case "text":
                return str(source["data"])
            case "file" if source["file_id"] in self.files:
                return ""
            case "file":
                raise Fault(404, "not_found_error", f"File not found: {source['file_id']}")
        raise Fault(400, "invalid_request_error", "no such source")

    @route("POST /v1/files")
    def create_file(self, request: Request) -> Reply:
        """A file in one request."""
        self._beta(request)
        file = form(request).get("file")
        if file is None or not file.file_name:
            raise Fault(400, "invalid_request_error", "file: Field required")
        if len(file.body) > FILE_BYTES or any(one in '<>:"|?*\\/' for one in file.file_name):
            raise Fault(400, "invalid_request_error", "file: too large, or a name not allowed")
        self.stored[file.file_name] = file.body
        name = f"file_{len(self.files) + 1:024d}"
        self.files[name] = {
            "id": name,
            "type": "file",
            "filename": file.file_name,
            "mime_type": file.media_type or "application/octet-stream",
            "size_bytes": len(file.body),
            "created_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "downloadable": False,
        }
        return reply(self.files[name])

    @route("GET /v1/files/{name}")
    def file(self, request: Request, name: str) -> Reply:
        """What is known of a file."""
        self._beta(request)
        if name not in self.files:
            raise Fault(404, "not_found_error", f"File not found: {name}")
        return reply(self.files[name])

    def _beta(self, request: Request) -> None:
        first = request.header("anthropic-version") == _VERSIONS[0]
        if first and _FILES_BETA not in request.header("anthropic-beta"):
            raise Fault(404, "not_found_error", "Not found")


def _stream(head: dict[str, Any], answer: str) -> Iterator[bytes]:
    begun = {**head, "content": [], "stop_reason": None, "usage": _USAGE}
    yield event({"type": "message_start", "message": begun}, "message_start")
    block = {"type": "text", "text": ""}
    kind = "content_block_start"
    yield event({"type": kind, "index": 0, "content_block": block}, kind)
    yield event({"type": "ping"}, "ping")
    for piece in pieces(answer):
        kind = "content_block_delta"
        delta = {"type": "text_delta", "text": piece}
        yield event({"type": kind, "index": 0, "delta": delta}, kind)
    yield event({"type": "content_block_stop", "index": 0}, "content_block_stop")
    ended = {"stop_reason": "end_turn", "stop_sequence": None}
    kind = "message_delta"
    yield event({"type": kind, "delta": ended, "usage": {"output_tokens": 9}}, kind)
    yield event({"type": "message_stop"}, "message_stop")
