"""Gemini API: prompts, streamed answers, and files by Google's ``X-Goog-Upload`` protocol.

Sources: Gemini API reference, ``models.generateContent``, ``models.streamGenerateContent``
(``alt=sse``), "Files" (``media.upload``: ``X-Goog-Upload-Protocol: resumable``, command ``start``
with ``X-Goog-Upload-Header-Content-Length``, then ``upload`` and ``upload, finalize`` at
``X-Goog-Upload-Offset``); Google Photos API, "Resumable uploads" (the same protocol with
``query``, ``cancel``, ``X-Goog-Upload-Status``, ``-Size-Received`` and ``-Chunk-Granularity``, of
which every chunk but the last is a multiple).

A size that differs from the declared one is a 400, and so is a wrong offset.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.upstream import TestAuthority

HOST = "generativelanguage.googleapis.com"
KEY = "AIza-test"
GRANULARITY = 256 * 1024
_FINAL = {"x-goog-upload-status": "final"}


@dataclass
class Upload:
    """A file on its way.

    Args:
        about: the ``file`` object of the announcement.
        declared: ``X-Goog-Upload-Header-Content-Length``; ``None`` where it was not given.
        media_type: ``X-Goog-Upload-Header-Content-Type``.
    """

    about: dict[str, Any]
    declared: int | None
    media_type: str
    data: bytearray = field(default_factory=bytearray)


class Gemini(StandIn):
    """Answers each prompt with its own text; ``stored`` has prompts, inline data and files.

    Attributes:
        uploads: files on their way, by ``upload_id``.
        files: metadata of whole files by name (``files/…``).
        prompts: bodies of generateContent calls.
    """

    hosts = (HOST,)

    def __init__(self, authority: TestAuthority) -> None:
        super().__init__(authority)
        self.uploads: dict[str, Upload] = {}
        self.files: dict[str, dict[str, Any]] = {}
        self.prompts: list[dict[str, Any]] = []
        self._ids = itertools.count(1)

    def check(self, request: Request) -> None:
        key = request.header("x-goog-api-key") or request.query.get("key", "")
        if key != KEY and "upload_id" not in request.query:
            raise Fault(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")

    def refuse(self, fault: Fault) -> Reply:
        error = {"code": fault.status, "message": fault.message, "status": fault.code}
        return reply({"error": error}, fault.status)

    # -- prompts ---------------------------------------------------------------------------

    @route("POST /{version}/models/{model}:generateContent")
    def generate(self, request: Request, version: str, model: str) -> Reply:
        return reply(_answer(self._prompt(request), model, "STOP"))

    @route("POST /{version}/models/{model}:streamGenerateContent")
    def stream(self, request: Request, version: str, model: str) -> Reply:
        if request.query.get("alt") != "sse":
            raise Fault(400, "INVALID_ARGUMENT", "Only alt=sse is known here.")
        text = self._prompt(request)

        def events() -> Iterator[bytes]:
            for at in range(0, len(text), 7):
                end = "STOP" if at + 7 >= len(text) else ""
                made = json.dumps(_answer(text[at : at + 7], model, end), ensure_ascii=False)
                yield f"data: {made}\r\n\r\n".encode()

        return Reply(200, {"content-type": "text/event-stream"}, events())

    def _prompt(self, request: Request) -> str:
        asked = request.json()
        contents = asked.get("contents")
        if not isinstance(contents, list) or not contents:
            raise Fault(400, "INVALID_ARGUMENT", "contents is not specified")
        number = next(self._ids)
        texts = [
            self._part(part, f"prompt {number} {at}")
            for at, part in enumerate(part for one in contents for part in one.get("parts", []))
        ]
        self.prompts.append(asked)
        said = "\n".join(text for text in texts if text)
        self.stored[f"prompt {number}"] = said.encode()
        return said

    def _part(self, part: dict[str, Any], name: str) -> str:
        if inline := part.get("inlineData") or part.get("inline_data"):
            try:
                # Protobuf's JSON form takes both alphabets, padded or not.
                text = inline["data"].rstrip("=").replace("-", "+").replace("_", "/")
                self.stored[name] = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
            except (KeyError, TypeError, binascii.Error) as error:
                raise Fault(400, "INVALID_ARGUMENT", "Base64 decoding failed") from error
            return ""
        if linked := part.get("fileData") or part.get("file_data"):
            uri = linked.get("fileUri") or linked.get("file_uri") or ""
            if uri not in {file["uri"] for file in self.files.values()}:
                raise Fault(403, "PERMISSION_DENIED", "There is no such file.")
            return ""
        if not isinstance(part.get("text"), str):
            raise Fault(400, "INVALID_ARGUMENT", "A part has one of text, inlineData, fileData.")
        return str(part["text"])

    # -- files -----------------------------------------------------------------------------

    @route("POST /upload/{version}/files")
    def upload(self, request: Request, version: str) -> Reply:
        commands = {part.strip() for part in request.header("x-goog-upload-command").split(",")}
        if commands == {"start"}:
            return self._start(request)
        key = request.query.get("upload_id", "")
        if key not in self.uploads:
            raise Fault(404, "NOT_FOUND", "The upload is not known or over.", headers=_FINAL)
        upload = self.uploads[key]
        if commands == {"query"}:
            size = {"x-goog-upload-size-received": str(len(upload.data))}
            return Reply(200, {"x-goog-upload-status": "active", **size})
        if commands == {"cancel"}:
            del self.uploads[key]
            return Reply(200, {"x-goog-upload-status": "cancelled"})
        if not commands or commands - {"upload", "finalize"}:
            raise Fault(400, "INVALID_ARGUMENT", "Unknown X-Goog-Upload-Command.", headers=_FINAL)
        return self._bytes(request, key, upload, commands)

    def _start(self, request: Request) -> Reply:
        if request.header("x-goog-upload-protocol") != "resumable":
            raise Fault(400, "INVALID_ARGUMENT", "X-Goog-Upload-Protocol must be resumable.")
        declared = request.header("x-goog-upload-header-content-length")
        about = (request.json() if request.body else {}).get("file", {})
        sizes = [
            size for size in (declared, about.get("sizeBytes") or about.get("size_bytes")) if size
        ]
        if len({str(size) for size in sizes}) > 1 or not all(
            str(size).isdecimal() for size in sizes
        ):
            raise Fault(400, "INVALID_ARGUMENT", "The declared sizes differ.", headers=_FINAL)
        key = f"ABPtcPq{next(self._ids)}"
        media_type = request.header("x-goog-upload-header-content-type", "application/octet-stream")
        self.uploads[key] = Upload(about, int(sizes[0]) if sizes else None, media_type)
        url = f"https://{HOST}{request.path}?upload_id={key}&upload_protocol=resumable"
        return Reply(
            200,
            {
                "x-goog-upload-status": "active",
                "x-goog-upload-url": url,
                "x-goog-upload-control-url": url,
                "x-goog-upload-chunk-granularity": str(GRANULARITY),
            },
        )

    def _bytes(self, request: Request, key: str, upload: Upload, commands: set[str]) -> Reply:
        if "upload" in commands:
            offset = request.header("x-goog-upload-offset")
            if offset != str(len(upload.data)):
                raise self._over(key, f"Offset {offset!r}, but {len(upload.data)} bytes are here.")
            if "finalize" not in commands and (not request.body or len(request.body) % GRANULARITY):
                raise self._over(key, f"A chunk must be a multiple of {GRANULARITY} bytes.")
            upload.data += request.body
        if upload.declared is not None and len(upload.data) > upload.declared:
            raise self._over(key, f"{len(upload.data)} bytes, {upload.declared} were declared.")
        if "finalize" not in commands:
            return Reply(200, {"x-goog-upload-status": "active"})
        if upload.declared not in (None, len(upload.data)):
            raise self._over(key, f"{len(upload.data)} bytes, {upload.declared} were declared.")
        del self.uploads[key]
        return reply({"file": self._keep(upload)}, 200, **_FINAL)

    def _over(self, key: str, why: str) -> Fault:
        del self.uploads[key]
        return Fault(400, "INVALID_ARGUMENT", why, headers=_FINAL)

    def _keep(self, upload: Upload) -> dict[str, Any]:
        data = bytes(upload.data)
        name = upload.about.get("name") or f"files/f{next(self._ids)}"
        self.stored[name] = data
        self.files[name] = {
            "name": name,
            "displayName": upload.about.get("displayName", upload.about.get("display_name", "")),
            "mimeType": upload.media_type,
            "sizeBytes": str(len(data)),
            "createTime": "2026-01-01T00:00:00Z",
            "updateTime": "2026-01-01T00:00:00Z",
            "expirationTime": "2026-01-03T00:00:00Z",
            "sha256Hash": base64.b64encode(hashlib.sha256(data).digest()).decode(),
            "uri": f"https://{HOST}/v1beta/{name}",
            "state": "ACTIVE",
            "source": "UPLOADED",
        }
        return self.files[name]

    @route("GET /{version}/files/{name}")
    def file(self, request: Request, version: str, name: str) -> Reply:
        if f"files/{name}" not in self.files:
            raise Fault(404, "NOT_FOUND", "There is no such file.")
        return reply(self.files[f"files/{name}"])


def _answer(text: str, model: str, end: str) -> dict[str, Any]:
    candidate: dict[str, Any] = {
        "content": {"parts": [{"text": text}], "role": "model"},
        "index": 0,
    }
    if end:
        candidate["finishReason"] = end
    usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": model}
