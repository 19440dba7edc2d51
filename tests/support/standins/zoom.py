"""Zoom's API: files and messages of Team Chat.

Source: the Zoom API reference ("Send a chat file", "Upload a chat file", "Send a chat message"):
multipart with ``files`` and one of ``to_channel`` and ``to_contact``, or with ``file``; the base
for files is ``fileapi.zoom.us``; errors are ``code`` and ``message``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.forms import form, texts

TOKEN = "zoom-token"
API = "api.zoom.us"
FILES = "fileapi.zoom.us"
FILE_BYTES = 512 * 2**20


class Zoom(StandIn):
    """API and file hosts; messages are kept as ``message-1`` …"""

    hosts: ClassVar[tuple[str, ...]] = (API, FILES, "file.zoom.us")

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.messages = 0

    def refuse(self, fault: Fault) -> Reply:
        """``code`` and ``message``."""
        return reply({"code": int(fault.code), "message": fault.message}, fault.status)

    def check(self, request: Request) -> None:
        """The token."""
        if request.header("authorization") != f"Bearer {TOKEN}":
            raise Fault(401, "124", "Invalid access token.")

    @route("POST /v2/chat/users/{user}/messages/files", host=FILES)
    @route("POST /v2/chat/users/{user}/messages/files", host="file.zoom.us")
    def send_file(self, request: Request, user: str) -> Reply:
        """A file to a channel or a contact."""
        self._user(user)
        parts = form(request)
        fields = texts(parts)
        if ("to_channel" in fields) == ("to_contact" in fields):
            raise Fault(400, "300", "to_channel or to_contact is needed, not both")
        return self._keep(parts.get("files"))

    @route("POST /v2/chat/users/{user}/files", host=FILES)
    @route("POST /v2/chat/users/{user}/files", host="file.zoom.us")
    def upload(self, request: Request, user: str) -> Reply:
        """A file to be named in a message."""
        self._user(user)
        return self._keep(form(request).get("file"))

    def _keep(self, file: Any) -> Reply:
        if file is None or not file.file_name:
            raise Fault(400, "300", "Validation Failed: no file")
        if len(file.body) > FILE_BYTES:
            raise Fault(400, "5301", "The file is too large.")
        self.stored[file.file_name] = file.body
        return reply({"id": f"f{len(self.stored)}"}, 201)

    @route("POST /v2/chat/users/{user}/messages", host=API)
    def send(self, request: Request, user: str) -> Reply:
        """A message."""
        self._user(user)
        asked = request.json()
        if not asked.get("message") or ("to_channel" in asked) == ("to_contact" in asked):
            raise Fault(400, "300", "Validation Failed.")
        self.messages += 1
        self.stored[f"message-{self.messages}"] = asked["message"].encode()
        return reply({"id": f"m{self.messages}"}, 201)

    def _user(self, user: str) -> None:
        if user != "me":
            raise Fault(404, "1001", f"User does not exist: {user}")
