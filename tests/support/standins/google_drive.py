"""Google Drive v3: simple, multipart and resumable uploads.

Sources: Google Drive API guide, "Upload file data" (``uploadType`` media, multipart, resumable;
chunks in multiples of 256 KiB but for the last; ``308`` with ``Range``; status by
``Content-Range: bytes */TOTAL``; a session URI is good for a week) and reference ``files.create``
(``fields``; without it only kind, id, name, mimeType); Cloud Storage, "Resumable uploads" (bytes
at offsets that are already kept are ignored; of a chunk that is no multiple of 256 KiB only the
multiple is kept; a cancelled session is a 499).

The strict choices: a total that differs from ``X-Upload-Content-Length`` or from an earlier
chunk's is a 400, and so is a gap.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.bodies import Malformed, content_range, multipart
from support.upstream import TestAuthority

HOST = "www.googleapis.com"
TOKEN = "ya29.test"
UNIT = 256 * 1024


@dataclass
class Session:
    """A resumable upload.

    Args:
        metadata: of the announcement.
        file: id of the file that is updated; empty for a new one.
        media_type: ``X-Upload-Content-Type``.
        total: ``X-Upload-Content-Length``, or as the first range says it.
        done: id of the file once it is whole.
    """

    metadata: dict[str, Any]
    file: str
    media_type: str
    total: int | None
    data: bytearray = field(default_factory=bytearray)
    done: str = ""


class GoogleDrive(StandIn):
    """A drive; ``stored`` has contents by file id, ``files`` metadata.

    Attributes:
        sessions: resumable uploads by ``upload_id``.
    """

    hosts = (HOST, "content.googleapis.com")

    def __init__(self, authority: TestAuthority) -> None:
        super().__init__(authority)
        self.files: dict[str, dict[str, Any]] = {}
        self.sessions: dict[str, Session] = {}
        self._ids = itertools.count(1)

    def content(self, name: str) -> bytes:
        """What is stored in the last file of a name."""
        found = [key for key, file in self.files.items() if file["name"] == name]
        return self.stored[found[-1]]

    def check(self, request: Request) -> None:
        # A session URI stands for its token (guide, "Save the resumable session URI").
        if "upload_id" in request.query:
            return
        if request.header("authorization") != f"Bearer {TOKEN}":
            raise Fault(401, "authError", "Invalid Credentials")

    def refuse(self, fault: Fault) -> Reply:
        one = {"domain": "global", "reason": fault.code, "message": fault.message}
        error = {"errors": [one], "code": fault.status, "message": fault.message}
        return reply({"error": error}, fault.status)

    @route("POST /upload/drive/v3/files")
    @route("PATCH /upload/drive/v3/files/{file}")
    def upload(self, request: Request, file: str = "") -> Reply:
        if file and file not in self.files:
            raise Fault(404, "notFound", f"File not found: {file}.")
        match request.query.get("uploadType", request.query.get("upload_protocol")):
            case "media":
                return self._keep(request, file, {}, request.header("content-type"), request.body)
            case "multipart":
                return self._multipart(request, file)
            case "resumable":
                return self._announce(request, file)
        raise Fault(400, "badRequest", "Unknown uploadType.")

    def _multipart(self, request: Request, file: str) -> Reply:
        kind = request.header("content-type")
        if not kind.startswith("multipart/related"):
            raise Fault(400, "badContent", "Bad content: multipart/related is needed.")
        try:
            about, media = multipart(kind, request.body, bare=True)
            metadata = json.loads(about.body)
        except (Malformed, ValueError) as error:
            raise Fault(400, "badContent", "Malformed multipart body.") from error
        if about.media_type != "application/json" or not isinstance(metadata, dict):
            raise Fault(400, "badContent", "The first part is the metadata, as JSON.")
        if media.headers.get("content-transfer-encoding", "binary").lower() not in (
            "binary",
            "8bit",
        ):
            raise Fault(400, "badContent", "This transfer encoding is not known here.")
        return self._keep(request, file, metadata, media.media_type, media.body)

    # -- resumable -------------------------------------------------------------------------

    def _announce(self, request: Request, file: str) -> Reply:
        metadata = request.json() if request.body else {}
        declared = request.header("x-upload-content-length")
        if declared and not declared.isdecimal():
            raise Fault(400, "badRequest", "X-Upload-Content-Length is no number.")
        if request.query.get("upload_id"):
            raise Fault(400, "badRequest", "The session was announced already.")
        key = f"AHVrFx{next(self._ids)}"
        media_type = request.header("x-upload-content-type", "application/octet-stream")
        total = int(declared) if declared else None
        self.sessions[key] = Session(metadata, file, media_type, total)
        joiner = "&" if "?" in request.target else "?"
        location = f"https://{request.host}{request.target}{joiner}upload_id={key}"
        return Reply(200, {"location": location, "x-guploader-uploadid": key})

    @route("PUT|DELETE /upload/drive/v3/files")
    @route("PUT|DELETE /upload/drive/v3/files/{file}")
    def session(self, request: Request, file: str = "") -> Reply:
        key = request.query.get("upload_id", "")
        session = self.sessions.get(key)
        if session is None or session.file != file:
            raise Fault(404, "notFound", "The session is not known or has expired.")
        if request.method == "DELETE":
            del self.sessions[key]
            return Reply(499)
        if session.done:
            return self._answer(request, session.done, 200)
        if not request.has("content-range"):
            return self._whole(request, session)
        return self._chunk(request, session)

    def _whole(self, request: Request, session: Session) -> Reply:
        if session.total not in (None, len(request.body)):
            raise Fault(400, "badRequest", _lengths(session.total, len(request.body)))
        session.data[:] = request.body
        return self._finish(request, session)

    def _chunk(self, request: Request, session: Session) -> Reply:
        try:
            place = content_range(request.header("content-range"), open_ended=True)
        except Malformed as error:
            raise Fault(400, "badRequest", "Failed to parse Content-Range header.") from error
        if place.total is not None:
            if session.total not in (None, place.total):
                raise Fault(400, "badRequest", _lengths(session.total, place.total))
            session.total = place.total
        if place.size != len(request.body):
            raise Fault(400, "badRequest", _lengths(place.size, len(request.body)))
        if place.first is not None:
            self._take(request, session, place.first)
        if session.total is not None and len(session.data) == session.total:
            return self._finish(request, session)
        return self._so_far(session)

    def _take(self, request: Request, session: Session, first: int) -> None:
        known = len(session.data)
        if first > known:
            raise Fault(400, "badRequest", f"Bytes {known} to {first} are missing.")
        data = request.body[known - first :]
        last = session.total is not None and known + len(data) == session.total
        if not last and len(request.body) < UNIT:
            raise Fault(400, "badRequest", f"Chunks have {UNIT} bytes or more, but for the last.")
        session.data += data if last else data[: len(data) // UNIT * UNIT]

    def _so_far(self, session: Session) -> Reply:
        known = len(session.data)
        return Reply(308, {"range": f"bytes=0-{known - 1}"} if known else {})

    def _finish(self, request: Request, session: Session) -> Reply:
        data = bytes(session.data)
        answer = self._keep(request, session.file, session.metadata, session.media_type, data)
        session.done = session.file or next(reversed(self.files))
        return answer

    # -- files -----------------------------------------------------------------------------

    @route("POST /drive/v3/files")
    def create(self, request: Request) -> Reply:
        return self._keep(request, "", request.json(), "application/octet-stream", b"")

    @route("GET /drive/v3/files/{file}")
    def get(self, request: Request, file: str) -> Reply:
        if file not in self.files:
            raise Fault(404, "notFound", f"File not found: {file}.")
        if request.query.get("alt") == "media":
            kind = self.files[file]["mimeType"]
            return Reply(200, {"content-type": kind}, self.stored[file])
        return self._answer(request, file, 200)

    def _keep(
        self, request: Request, file: str, metadata: dict[str, Any], media_type: str, data: bytes
    ) -> Reply:
        file = file or f"1file{next(self._ids)}"
        self.stored[file] = data
        before = self.files.get(file, {"name": "Untitled"})
        self.files[file] = {
            **before,
            **metadata,
            "kind": "drive#file",
            "id": file,
            "mimeType": metadata.get("mimeType") or media_type or "application/octet-stream",
            "size": str(len(data)),
            "md5Checksum": hashlib.md5(data).hexdigest(),
            "sha1Checksum": hashlib.sha1(data).hexdigest(),
            "sha256Checksum": hashlib.sha256(data).hexdigest(),
        }
        return self._answer(request, file, 200)

    def _answer(self, request: Request, file: str, status: int) -> Reply:
        wanted = request.query.get("fields", "kind,id,name,mimeType")
        made = self.files[file]
        if wanted != "*":
            made = {name: made[name] for name in wanted.split(",") if name in made}
        return reply(made, status)


def _lengths(declared: int | None, came: int) -> str:
    return f"{declared} bytes were declared and {came} come."
