"""Slack's Web API: messages, and files by ticket, bytes and completion.

Source: Slack's method reference (``files.getUploadURLExternal``: ``length`` and ``filename``, form
only; the bytes are POSTed raw or as a form, "HTTP 200 if the upload succeeds, otherwise non-200";
``files.completeUploadExternal``; ``chat.postMessage``) and ``slack_sdk``. Errors are 200 with
``ok: false``. An address takes bytes once and exactly as many as were announced.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, ClassVar

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.forms import form, number, urlencoded

TOKEN = "xoxb-test-token"
CHANNEL = "C0123456789"
FILE_BYTES = 2**30


@dataclass
class _File:
    name: str
    size: int
    data: bytes | None = None
    shared: bool = False


class Slack(StandIn):
    """``slack.com`` and ``files.slack.com``; messages are kept as ``message-1`` …"""

    hosts: ClassVar[tuple[str, ...]] = ("slack.com", "files.slack.com", "www.slack.com")

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.files: dict[str, _File] = {}
        self.messages = 0
        self.refused_size = 0  # of a file for which there is no room

    def refuse(self, fault: Fault) -> Reply:
        """200 and ``ok: false``; plain text where the bytes go."""
        if fault.detail == "upload":
            return Reply(fault.status, {"content-type": "text/plain"}, fault.message.encode())
        return reply({"ok": False, "error": fault.code})

    def check(self, request: Request) -> None:
        """The token, on the API's host."""
        if request.host == "files.slack.com":
            return
        if request.header("authorization") != f"Bearer {TOKEN}":
            raise Fault(200, "invalid_auth")

    @route("POST|GET /api/files.getUploadURLExternal")
    def ticket(self, request: Request) -> Reply:
        """An address for so many bytes."""
        if request.header("content-type").startswith("application/json"):
            raise Fault(200, "invalid_arguments")
        asked = request.query if request.method == "GET" else urlencoded(request)
        size = number(asked.get("length"), "length")
        if not size or not asked.get("filename"):
            raise Fault(200, "missing_argument")
        if size > FILE_BYTES or size == self.refused_size:
            raise Fault(200, "file_upload_size_restricted")
        name = f"F{len(self.files) + 1:010d}"
        self.files[name] = _File(asked["filename"], size)
        url = f"https://files.slack.com/upload/v1/{name}CwABAAAAXAoAAQ"
        return reply({"ok": True, "upload_url": url, "file_id": name})

    @route("POST /upload/v1/{ticket}", host="files.slack.com")
    def upload(self, request: Request, ticket: str) -> Reply:
        """The bytes, raw under any type or as a form."""
        file = self.files.get(ticket.removesuffix("CwABAAAAXAoAAQ"))
        if file is None or file.data is not None:
            raise Fault(404, "upload", "no such upload", detail="upload")
        data = request.body
        if request.header("content-type").startswith("multipart/form-data"):
            parts = form(request)
            part = parts.get("filename") or parts.get("file")
            if part is None:
                raise Fault(400, "upload", "no file in the form", detail="upload")
            data = part.body
        if len(data) != file.size:
            raise Fault(400, "upload", f"{len(data)} of {file.size} bytes", detail="upload")
        file.data = data
        return Reply(200, {"content-type": "text/plain"}, f"OK - {len(data)}".encode())

    @route("POST /api/files.completeUploadExternal")
    def complete(self, request: Request) -> Reply:
        """The files are there: share them."""
        asked = _arguments(request)
        given = asked.get("files")
        listed = json.loads(given) if isinstance(given, str) else given
        if not listed:
            raise Fault(200, "invalid_arguments")
        for one in listed:
            file = self.files.get(one["id"])
            if file is None or file.data is None or file.shared:
                raise Fault(200, "file_not_found")
        shared = []
        for one in listed:
            file = self.files[one["id"]]
            assert file.data is not None
            file.shared = True
            self.stored[file.name] = file.data
            title = one.get("title") or file.name
            said = {"id": one["id"], "name": file.name, "title": title, "size": file.size}
            shared.append(said)
        self._say(str(asked.get("initial_comment") or ""))
        return reply({"ok": True, "files": shared})

    @route("POST /api/chat.postMessage")
    def post(self, request: Request) -> Reply:
        """A message."""
        asked = _arguments(request)
        if asked.get("channel") != CHANNEL:
            raise Fault(200, "channel_not_found")
        blocks = asked.get("blocks") or []
        listed = json.loads(blocks) if isinstance(blocks, str) else blocks
        if not asked.get("text") and not listed:
            raise Fault(200, "no_text")
        said = str(asked.get("text") or "")
        self._say(said + "".join(block["text"]["text"] for block in listed))
        stamp = f"{time.time():.6f}"
        message = {"type": "message", "text": said, "ts": stamp, "blocks": listed}
        return reply({"ok": True, "channel": CHANNEL, "ts": stamp, "message": message})

    def _say(self, text: str) -> None:
        if text:
            self.messages += 1
            self.stored[f"message-{self.messages}"] = text.encode()


def _arguments(request: Request) -> dict[str, Any]:
    if request.header("content-type").startswith("application/json"):
        return dict(request.json())
    return dict(urlencoded(request))
