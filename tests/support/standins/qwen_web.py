"""The page chat.qwen.ai (通义千问): chats, and files by a temporary key at OSS.

Source: open clients of the page: ``/api/v2/files/getstsToken`` with ``filesize`` as text; a PUT to
OSS with the returned key under signature 4, its payload unsigned; ``/api/v2/files/parse``; the
message then names the file with its size. Errors are ``success: false``. The OSS side checks
signatures (:mod:`support.standins.oss`). Whether the page's server compares the size is not
known; this one does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.events import event, events, pieces
from support.standins.forms import number
from support.standins.oss import Oss

TOKEN = "eyJ.qwen.token"
HOST = "chat.qwen.ai"
BUCKET = "qwen-webui-prod"
REGION = "ap-southeast-1"
ENDPOINT = f"oss-{REGION}.aliyuncs.com"
STORE = f"{BUCKET}.{ENDPOINT}"
_KEYS = {"STS.NTtest": "temporary-secret"}


class QwenWeb(StandIn):
    """The page's server and its bucket; prompts are kept as ``prompt-1`` …"""

    hosts: ClassVar[tuple[str, ...]] = (HOST, STORE)

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.oss = Oss(_KEYS)
        self.files: dict[str, dict[str, Any]] = {}
        self.prompts = 0

    def refuse(self, fault: Fault) -> Reply:
        """``success: false``."""
        data = {"code": fault.code, "details": fault.message}
        return reply({"success": False, "request_id": "r", "data": data}, fault.status)

    def check(self, request: Request) -> None:
        """The page's token."""
        if request.host == HOST and request.header("authorization") != f"Bearer {TOKEN}":
            raise Fault(401, "Unauthorized", "token invalid")

    @route("POST /api/v2/files/getstsToken", host=HOST)
    @route("POST /api/v1/files/getstsToken", host=HOST)
    def token(self, request: Request) -> Reply:
        """A temporary key and a place."""
        asked = request.json()
        if not asked.get("filename") or asked.get("filetype") not in ("file", "image", "video"):
            raise Fault(400, "Bad_Request", "filename and filetype are needed")
        size = number(asked.get("filesize"), "filesize")
        name = f"f{len(self.files) + 1}"
        path = f"user-1/{name}_{asked['filename']}"
        self.files[name] = {"name": asked["filename"], "size": size, "path": path}
        (key, secret), *_ = _KEYS.items()
        told = {
            "access_key_id": key,
            "access_key_secret": secret,
            "security_token": "CAIStest",
            "file_url": f"https://{STORE}/{path}",
            "file_path": path,
            "file_id": name,
            "bucketname": BUCKET,
            "region": f"oss-{REGION}",
            "endpoint": ENDPOINT,
        }
        return reply({"success": True, "request_id": "r", "data": told})

    @route("PUT /{path*}", host=STORE)
    def put(self, request: Request, path: str) -> Reply:
        """The bytes, signed."""
        if request.header("x-oss-security-token") != "CAIStest" or not path:
            raise Fault(403, "InvalidAccessKeyId", "the temporary key's token is missing")
        return _read(self.oss(request))  # type: ignore[arg-type] # the same names

    @route("POST /api/v2/files/parse", host=HOST)
    def parse(self, request: Request) -> Reply:
        """The bytes are there: read them."""
        self._keep(str(request.json().get("file_id")))
        return reply({"success": True, "data": {}})

    @route("POST /api/v2/files/parse/status", host=HOST)
    def status(self, request: Request) -> Reply:
        """Whether files are read."""
        names = request.json().get("file_id_list") or []
        data = [{"file_id": name, "status": "success"} for name in names]
        return reply({"success": True, "data": data})

    def _keep(self, name: str) -> None:
        file = self.files.get(name)
        data = self.oss.objects.get(file["path"]) if file else None
        if file is None or data is None:
            raise Fault(404, "Not_Found", "the file was not uploaded")
        if len(data) != file["size"]:
            raise Fault(400, "Bad_Request", "the file is not as large as announced")
        self.stored[file["name"]] = data

    @route("POST /api/v2/chat/completions", host=HOST)
    def completion(self, request: Request) -> Reply:
        """Messages; the sizes of their files must be those of the bytes."""
        asked = request.json()
        said = []
        for message in asked.get("messages") or []:
            said.append(str(message["content"]))
            for one in message.get("files") or []:
                self._keep(str(one["id"]))
                if one["size"] != self.files[one["id"]]["size"]:
                    raise Fault(400, "Bad_Request", "the size is not the file's")
        if not said:
            raise Fault(400, "Bad_Request", "messages is empty")
        self.prompts += 1
        self.stored[f"prompt-{self.prompts}"] = "\n".join(said).encode()
        return events(_answer(f"You said: {said[-1]}"))


def _read(raw: bytes) -> Reply:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = dict(line.split(": ", 1) for line in lines)
    headers = {name: value for name, value in pairs.items() if name.lower() != "content-length"}
    return Reply(int(first.split()[1]), headers, body)


def _answer(text: str) -> Iterator[bytes]:
    yield event({"response.created": {"chat_id": "c", "response_id": "r"}})
    for piece in pieces(text):
        delta = {"role": "assistant", "content": piece, "phase": "answer", "status": "typing"}
        yield event({"choices": [{"delta": delta}]})
    yield event({"choices": [{"delta": {"content": "", "status": "finished"}}]})
