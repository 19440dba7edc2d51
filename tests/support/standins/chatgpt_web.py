"""The page chatgpt.com with its files at Azure's blob storage.

Source: gpt4free's ``OpenaiChat`` provider and a published capture of the page for the three steps;
Azure's documents for the SAS address ("Put Blob", "Create a service SAS": ``sig`` signs the query
and not the body, ``sp=w`` allows one write). Whether the page's server compares sizes is not
known; this one does, in the second step and in the message, which is the strictest it could be.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import urlencode

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.bodies import digest
from support.standins.events import event, events, pieces
from support.standins.forms import number

TOKEN = "eyJ.page.token"
HOST = "chatgpt.com"
BLOBS = "sdmntprwestus.oaiusercontent.com"
_ACCOUNT_KEY = b"the storage account's key"
_USE_CASES = ("multimodal", "my_files", "ace_upload", "profile_picture")


class ChatGPT(StandIn):
    """The page's server and its blob storage."""

    hosts: ClassVar[tuple[str, ...]] = (HOST, BLOBS)

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.files: dict[str, dict[str, Any]] = {}
        self.blobs: dict[str, bytes] = {}

    def refuse(self, fault: Fault) -> Reply:
        """The page's ``detail``; Azure's XML on the blob host."""
        if fault.detail != "blob":
            return reply({"detail": fault.message}, fault.status)
        said = f"<Error><Code>{fault.code}</Code><Message>{fault.message}</Message></Error>"
        return Reply(fault.status, {"content-type": "application/xml"}, said.encode())

    def check(self, request: Request) -> None:
        """The page's token, which never goes to the blob host."""
        token = request.header("authorization")
        if request.host == HOST and token != f"Bearer {TOKEN}":
            raise Fault(401, "unauthorized", "Unauthorized")
        if request.host == BLOBS and token:
            raise _blob(403, "AuthenticationFailed", "a SAS and a header at once")

    @route("POST /backend-api/files", host=HOST)
    def create(self, request: Request) -> Reply:
        """A ticket."""
        asked = request.json()
        if not asked.get("file_name") or asked.get("use_case") not in _USE_CASES:
            raise Fault(422, "invalid", "file_name and use_case are needed")
        size = number(asked.get("file_size"), "file_size")
        name = f"file-{len(self.files) + 1:022d}"
        self.files[name] = {"name": asked["file_name"], "size": size, "status": "ticket"}
        query = {"se": "2027-01-01T00:00:00Z", "sp": "w", "sv": "2024-08-04", "sr": "b"}
        query["sig"] = _signature(name, query)
        url = f"https://{BLOBS}/files/{name}/raw?{urlencode(query)}"
        return reply({"status": "success", "upload_url": url, "file_id": name})

    @route("PUT /files/{name}/raw", host=BLOBS)
    def put(self, request: Request, name: str) -> Reply:
        """The bytes; a SAS says nothing of them."""
        query = request.query
        given = query.pop("sig", "")
        if name not in self.files or not hmac.compare_digest(given, _signature(name, query)):
            raise _blob(403, "AuthenticationFailed", "Signature did not match")
        if request.header("x-ms-blob-type") != "BlockBlob":
            raise _blob(400, "MissingRequiredHeader", "x-ms-blob-type")
        if not request.has("content-length"):
            raise _blob(411, "MissingContentLengthHeader", "the length is missing")
        md5 = digest("md5", request.body, "base64")
        if request.header("content-md5", md5) != md5:
            raise _blob(400, "Md5Mismatch", "the MD5 does not match")
        self.blobs[name] = request.body
        return Reply(201, {"content-md5": md5, "etag": '"0x8D"'})

    @route("POST /backend-api/files/{name}/uploaded", host=HOST)
    def uploaded(self, _: Request, name: str) -> Reply:
        """The bytes are there."""
        file = self._file(name)
        if len(self.blobs.get(name, b"")) != file["size"] or name not in self.blobs:
            raise Fault(400, "size", "the file is not as large as announced")
        file["status"] = "uploaded"
        self.stored[file["name"]] = self.blobs[name]
        url = f"https://{HOST}/backend-api/estuary/content?id={name}"
        return reply({"status": "success", "download_url": url})

    @route("POST /backend-api/files/process_upload_stream", host=HOST)
    def process(self, request: Request) -> Reply:
        """The bytes are there, as newer pages say it; progress is streamed."""
        name = str(request.json().get("file_id"))
        self.uploaded(request, name)
        told = [{"event": "file.processing.completed", "file_id": name, "progress": 100}]
        return events(event(one) for one in told)

    def _file(self, name: str) -> dict[str, Any]:
        if name not in self.files:
            raise Fault(404, "not_found", "File not found")
        return self.files[name]

    @route("POST /backend-api/conversation", host=HOST)
    @route("POST /backend-api/f/conversation", host=HOST)
    def conversation(self, request: Request) -> Reply:
        """A message; sizes of its attachments must be those of the blobs."""
        asked = request.json()
        if asked.get("action") != "next" or not asked.get("messages"):
            raise Fault(422, "invalid", "action and messages are needed")
        said = []
        for message in asked["messages"]:
            said += [part for part in message["content"]["parts"] if isinstance(part, str)]
            for attachment in message.get("metadata", {}).get("attachments", []):
                file = self._file(attachment["id"])
                if file["status"] != "uploaded" or attachment["size"] != file["size"]:
                    raise Fault(400, "attachment", "the attachment is not what was uploaded")
        self.stored[f"message-{len(self.requests)}"] = "\n".join(said).encode()
        return events(_deltas(f"You said: {said[-1]}"))


def _signature(name: str, query: dict[str, str]) -> str:
    return hmac.new(_ACCOUNT_KEY, f"{name}\n{sorted(query.items())}".encode(), "sha256").hexdigest()


def _blob(status: int, code: str, message: str) -> Fault:
    return Fault(status, code, message, detail="blob", headers={"x-ms-error-code": code})


def _deltas(answer: str) -> Iterator[bytes]:
    """The page's own coding of a stream, "delta v1"."""
    yield b'event: delta_encoding\ndata: "v1"\n\n'
    message = {"id": hashlib.sha256(answer.encode()).hexdigest()[:8], "content": {"parts": [""]}}
    yield event({"p": "", "o": "add", "v": {"message": message}}, "delta")
    first, *rest = pieces(answer)
    yield event({"p": "/message/content/parts/0", "o": "append", "v": first}, "delta")
    for piece in rest:
        yield event({"v": piece}, "delta")
    yield event({"type": "message_stream_complete", "conversation_id": "c"})
    yield b"data: [DONE]\n\n"
