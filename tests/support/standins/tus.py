"""A tus server, and a road to the reference server on Node.

Source: tus resumable upload protocol 1.0.0 with the extensions creation, creation-with-upload,
creation-defer-length, checksum, termination and concatenation (tus.io/protocols/resumable-upload).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from support.standins.base import Fault, Reply, Request, StandIn, route

HOST = "tus.example.com"
ENDPOINT = f"https://{HOST}/files/"
MAX_BYTES = 2**30
_OFFSET_TYPE = "application/offset+octet-stream"
_ALGORITHMS = ("md5", "sha1", "sha256")


@dataclass
class _Upload:
    length: int | None
    metadata: dict[str, str]
    concat: str = ""
    data: bytearray = field(default_factory=bytearray)

    @property
    def complete(self) -> bool:
        return self.length == len(self.data)


class Tus(StandIn):
    """The protocol in Python; a finished upload is kept under its ``filename``, or its id."""

    hosts: ClassVar[tuple[str, ...]] = (HOST,)

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.uploads: dict[str, _Upload] = {}
        self._made = 0

    def refuse(self, fault: Fault) -> Reply:
        """Plain text."""
        said = {"tus-resumable": "1.0.0", "content-type": "text/plain"}
        return Reply(fault.status, said, f"{fault.message}\n".encode())

    def check(self, request: Request) -> None:
        """The protocol's version on everything but OPTIONS and GET."""
        if request.method not in ("OPTIONS", "GET") and (
            request.header("tus-resumable") != "1.0.0"
        ):
            raise Fault(412, "version", "Tus-Resumable", headers={"tus-version": "1.0.0"})

    @route("OPTIONS /files/")
    @route("OPTIONS /files")
    def options(self, _: Request) -> Reply:
        """What the server can do."""
        able = "creation,creation-with-upload,creation-defer-length,checksum,termination"
        return _reply(
            204,
            tus_version="1.0.0",
            tus_extension=f"{able},concatenation",
            tus_max_size=str(MAX_BYTES),
            tus_checksum_algorithm=",".join(_ALGORITHMS),
        )

    @route("POST /files/")
    @route("POST /files")
    def create(self, request: Request) -> Reply:
        """A new upload, perhaps with its first bytes, or one joined from others."""
        concat = request.header("upload-concat")
        if concat.startswith("final;"):
            return self._join(request, concat)
        if concat not in ("", "partial"):
            raise Fault(400, "concat", "Upload-Concat is neither partial nor final")
        length = self._announced(request)
        upload = _Upload(length, _metadata(request), concat)
        name = self._add(upload)
        said = {"location": f"{ENDPOINT}{name}"}
        if request.body or request.header("content-type") == _OFFSET_TYPE:
            self._append(upload, request)
            said["upload-offset"] = str(len(upload.data))
        self._keep(name)
        return _reply(201, **said)

    def _announced(self, request: Request) -> int | None:
        deferred = request.header("upload-defer-length")
        if request.has("upload-length") == bool(deferred) or deferred not in ("", "1"):
            raise Fault(400, "length", "either Upload-Length or Upload-Defer-Length: 1")
        if deferred:
            return None
        text = request.header("upload-length")
        if not text.isascii() or not text.isdecimal():
            raise Fault(400, "length", "Upload-Length is no number")
        if int(text) > MAX_BYTES:
            raise Fault(413, "length", "Upload-Length exceeds Tus-Max-Size")
        return int(text)

    def _join(self, request: Request, concat: str) -> Reply:
        if request.has("upload-length") or request.body:
            raise Fault(400, "concat", "a final upload has neither length nor body")
        data = bytearray()
        for url in concat.removeprefix("final;").split():
            part = self.uploads.get(urlsplit(url).path.removeprefix("/files/"))
            if part is None or part.concat != "partial" or not part.complete:
                raise Fault(400, "concat", "a part is not there or not complete")
            data += part.data
        metadata = _metadata(request)
        name = self._add(_Upload(len(data), metadata, concat, data))
        self._keep(name)
        return _reply(201, location=f"{ENDPOINT}{name}")

    def _add(self, upload: _Upload) -> str:
        self._made += 1
        name = f"{self._made:032x}"
        self.uploads[name] = upload
        return name

    def _upload(self, name: str) -> _Upload:
        if name not in self.uploads:
            raise Fault(404, "gone", "no such upload")
        return self.uploads[name]

    @route("HEAD /files/{name}")
    def head(self, _: Request, name: str) -> Reply:
        """How far an upload is."""
        upload = self._upload(name)
        said = {"upload-offset": str(len(upload.data)), "cache-control": "no-store"}
        if upload.length is None:
            said["upload-defer-length"] = "1"
        else:
            said["upload-length"] = str(upload.length)
        if upload.concat:
            said["upload-concat"] = upload.concat
        return _reply(200, **said)

    @route("PATCH /files/{name}")
    @route("POST /files/{name}")
    def patch(self, request: Request, name: str) -> Reply:
        """More bytes, at exactly the offset that has been reached."""
        if request.method == "POST" and request.header("x-http-method-override") != "PATCH":
            raise Fault(405, "method", "POST without X-HTTP-Method-Override")
        upload = self._upload(name)
        if upload.concat.startswith("final"):
            raise Fault(403, "concat", "a final upload takes no bytes")
        if request.header("upload-offset") != str(len(upload.data)):
            raise Fault(409, "offset", "Upload-Offset is not where the upload stands")
        if request.has("upload-length"):
            length = self._announced(request)
            if upload.length not in (None, length):
                raise Fault(400, "length", "Upload-Length cannot change")
            upload.length = length
        self._append(upload, request)
        self._keep(name)
        return _reply(204, upload_offset=str(len(upload.data)))

    def _append(self, upload: _Upload, request: Request) -> None:
        if request.header("content-type") != _OFFSET_TYPE:
            raise Fault(415, "type", f"Content-Type must be {_OFFSET_TYPE}")
        _check_sum(request)
        if len(upload.data) + len(request.body) > (upload.length or MAX_BYTES):
            raise Fault(413, "length", "more bytes than Upload-Length")
        upload.data += request.body

    def _keep(self, name: str) -> None:
        upload = self.uploads[name]
        if upload.complete and upload.concat != "partial":
            self.stored[upload.metadata.get("filename", name)] = bytes(upload.data)

    @route("DELETE /files/{name}")
    def terminate(self, _: Request, name: str) -> Reply:
        """Forget an upload."""
        gone = self._upload(name)
        del self.uploads[name]
        self.stored.pop(gone.metadata.get("filename", name), None)
        return _reply(204)


def _reply(status: int, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"tus-resumable": "1.0.0", **named})


def _metadata(request: Request) -> dict[str, str]:
    """``Upload-Metadata``: one or more pairs of a key and a base64 value, separated by commas."""
    found: dict[str, str] = {}
    if not request.has("upload-metadata"):
        return found
    for pair in request.header("upload-metadata").split(","):
        key, _, value = pair.strip().partition(" ")
        if not key or key in found:
            raise Fault(400, "metadata", "Upload-Metadata has an empty key, or one twice")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeError) as error:
            raise Fault(400, "metadata", "Upload-Metadata cannot be read") from error
    return found


def _check_sum(request: Request) -> None:
    given = request.header("upload-checksum")
    if not given:
        return
    algorithm, _, text = given.partition(" ")
    if algorithm not in _ALGORITHMS:
        raise Fault(400, "checksum", "an algorithm that is not supported")
    expected = base64.b64encode(hashlib.new(algorithm, request.body).digest()).decode()
    if text != expected:
        raise Fault(460, "checksum", "Checksum Mismatch")


class TusNode(StandIn):
    """``@tus/server``; every request is handed on to it over loopback.

    Args:
        authority: signs the certificates.
        port: where it listens, without TLS.
        folder: where its file store keeps uploads.
    """

    hosts: ClassVar[tuple[str, ...]] = (HOST,)

    def __init__(self, authority: Any, port: int, folder: Path) -> None:
        super().__init__(authority)
        self._port = port
        self._folder = folder

    @route("GET|HEAD|POST|PATCH|DELETE|OPTIONS /files{rest*}")
    def forward(self, request: Request, rest: str) -> Reply:
        """Its answer."""
        headers = {
            name: value
            for name, value in request.headers
            if name.lower() not in ("host", "connection", "transfer-encoding")
        }
        headers |= {"X-Forwarded-Host": request.host, "X-Forwarded-Proto": "https"}
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self._port}{request.target}",
            data=request.body or None,
            headers=headers,
            method=request.method,
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(asked, timeout=20) as answer:
                said = Reply(answer.status, _kept(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            with error:
                self.fault(f"{error.code} {request.method} {request.path}")
                said = Reply(error.code, _kept(error.headers), error.read())
        self._look()
        return said

    def _look(self) -> None:
        """What the file store holds, but for its notes."""
        for file in self._folder.iterdir():
            if file.suffix != ".json":
                self.stored[file.name] = file.read_bytes()


def _kept(headers: Any) -> dict[str, str]:
    dropped = ("connection", "keep-alive", "transfer-encoding", "content-length", "date")
    return {name: value for name, value in headers.items() if name.lower() not in dropped}
