"""Box: one-request uploads and upload sessions with a digest of each part.

Sources: Box API reference, ``POST /files/content`` (the part ``attributes`` comes before the
file; ``Content-MD5`` holds the SHA-1 in hex), ``OPTIONS /files/content`` (preflight),
``POST /files/upload_sessions`` (files from 20 MB), ``PUT /files/upload_sessions/:id`` (``digest``,
``content-range``; offsets are multiples of ``part_size`` and only the last part is shorter),
``POST …/plan`` (which parts are there already, by SHA-512), ``POST …/commit`` (``digest`` of the
whole file, all parts listed); guide "Common errors" (``bad_digest``, ``item_name_in_use``,
``metadata_after_file_contents``, ``file_size_too_small``).
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.bodies import Malformed, Part, content_range, digest, multipart
from support.upstream import TestAuthority

UPLOAD = "upload.box.com"
API = "api.box.com"
TOKEN = "box-token"
LEAST = 20_000_000
PART = 8 * 1024 * 1024


@dataclass
class Session:
    """An upload session; parts by offset."""

    name: str
    folder: str
    size: int
    part_size: int
    file: str = ""
    parts: dict[int, bytes] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return -(-self.size // self.part_size)


class Box(StandIn):
    """A Box account; ``stored`` has contents by file id, ``files`` what is told of them.

    Args:
        authority: signs its certificates.
        least: size from which sessions are allowed; Box's own is 20 MB.
        part_size: what sessions prescribe; Box's own is 8 MiB for small files.
    """

    hosts = (UPLOAD, API)

    def __init__(
        self, authority: TestAuthority, *, least: int = LEAST, part_size: int = PART
    ) -> None:
        super().__init__(authority)
        self.least = least
        self.part_size = part_size
        self.files: dict[str, dict[str, Any]] = {}
        self.sessions: dict[str, Session] = {}
        self._ids = itertools.count(1)

    def content(self, name: str) -> bytes:
        """What is stored under a name."""
        return next(self.stored[key] for key, file in self.files.items() if file["name"] == name)

    def check(self, request: Request) -> None:
        if request.header("authorization") != f"Bearer {TOKEN}":
            raise Fault(401, "unauthorized", "Unauthorized")

    def refuse(self, fault: Fault) -> Reply:
        return reply(
            {
                "type": "error",
                "status": fault.status,
                "code": fault.code,
                "message": fault.message,
                "context_info": fault.detail or {},
                "help_url": "http://developers.box.com/docs/#errors",
                "request_id": "abc123",
            },
            fault.status,
        )

    # -- one request -----------------------------------------------------------------------

    @route("OPTIONS /2.0/files/content", host=API)
    def preflight(self, request: Request) -> Reply:
        asked = request.json()
        self._free(asked["name"], asked["parent"]["id"])
        return reply(
            {"upload_url": f"https://{UPLOAD}/api/2.0/files/content", "upload_token": None}
        )

    @route("POST /api/2.0/files/content", host=UPLOAD)
    def upload(self, request: Request) -> Reply:
        attributes, data = self._form(request)
        name, folder = attributes.get("name"), (attributes.get("parent") or {}).get("id")
        if not name or folder is None:
            raise Fault(400, "bad_request", "attributes need a name and a parent")
        self._free(name, folder)
        return self._keep("", name, folder, data)

    @route("POST /api/2.0/files/{file}/content", host=UPLOAD)
    def upload_version(self, request: Request, file: str) -> Reply:
        attributes, data = self._form(request)
        known = self._known(file)
        if request.header("if-match") not in ("", known["etag"]):
            raise Fault(412, "precondition_failed", "The resource has been modified.")
        return self._keep(file, attributes.get("name") or known["name"], "0", data)

    def _form(self, request: Request) -> tuple[dict[str, Any], bytes]:
        try:
            parts = multipart(request.header("content-type"), request.body)
            names = [part.name for part in parts]
            if "attributes" not in names or len(parts) != 2:
                raise Fault(400, "bad_request", "attributes and one file are needed")
            if names[0] != "attributes":
                raise Fault(400, "metadata_after_file_contents", "attributes must come first")
            attributes = json.loads(parts[0].body)
        except (Malformed, ValueError) as error:
            raise Fault(400, "bad_request", "malformed form") from error
        file: Part = parts[1]
        wanted = request.header("content-md5")
        if wanted and wanted.lower() != digest("sha1", file.body):
            raise Fault(400, "bad_digest", "The specified content-md5 did not match the content.")
        return attributes, file.body

    # -- sessions --------------------------------------------------------------------------

    @route("POST /api/2.0/files/upload_sessions", host=UPLOAD)
    def create_session(self, request: Request) -> Reply:
        asked = request.json()
        self._free(asked["file_name"], asked["folder_id"])
        return self._open(asked["file_name"], asked["folder_id"], asked["file_size"])

    @route("POST /api/2.0/files/{file}/upload_sessions", host=UPLOAD)
    def create_version_session(self, request: Request, file: str) -> Reply:
        asked = request.json()
        name = asked.get("file_name") or self._known(file)["name"]
        return self._open(name, "0", asked["file_size"], file)

    def _open(self, name: str, folder: str, size: int, file: str = "") -> Reply:
        if not isinstance(size, int) or size < self.least:
            raise Fault(400, "file_size_too_small", f"{size} is less than {self.least}")
        key = f"F971964745A5CD0C{next(self._ids):016X}"
        self.sessions[key] = Session(name, folder, size, self.part_size, file)
        return reply(self._described(key), 201)

    @route("PUT|GET|DELETE /api/2.0/files/upload_sessions/{key}", host=UPLOAD)
    def session(self, request: Request, key: str) -> Reply:
        session = self._session(key)
        match request.method:
            case "GET":
                return reply(self._described(key))
            case "DELETE":
                del self.sessions[key]
                return Reply(204)
        return self._part(request, session)

    def _part(self, request: Request, session: Session) -> Reply:
        try:
            place = content_range(request.header("content-range"))
        except Malformed as error:
            raise Fault(400, "bad_request", "malformed content-range") from error
        if place.first is None or place.total != session.size:
            raise Fault(416, "range_not_satisfiable", "The total size is another one.")
        wanted = min(session.part_size, session.size - place.first)
        if place.first % session.part_size or place.size != wanted:
            raise Fault(
                400, "bad_request", f"Parts have {session.part_size} bytes but for the last."
            )
        if place.size != len(request.body):
            raise Fault(400, "bad_request", "The body's length is not the range's.")
        given = request.header("digest")
        if given != "sha=" + digest("sha1", request.body, "base64"):
            raise Fault(400, "bad_digest", "The digest is missing or does not fit the part.")
        if session.parts.get(place.first, request.body) != request.body:
            raise Fault(409, "range_overlaps_existing_range", "Other bytes are there already.")
        session.parts[place.first] = request.body
        return reply({"part": _part_of(place.first, request.body)})

    @route("GET /api/2.0/files/upload_sessions/{key}/parts", host=UPLOAD)
    def parts(self, request: Request, key: str) -> Reply:
        entries = [_part_of(at, data) for at, data in sorted(self._session(key).parts.items())]
        return reply(
            {
                "entries": entries,
                "total_count": len(entries),
                "offset": 0,
                "limit": 1000,
                "order": [],
            }
        )

    @route("POST /api/2.0/files/upload_sessions/{key}/plan", host=UPLOAD)
    def plan(self, request: Request, key: str) -> Reply:
        """Which parts are known already: here those of the file's present version."""
        session = self._session(key)
        old = self.stored.get(session.file, b"")
        hits, misses = [], []
        for part in request.json()["parts"]:
            at, size, wanted = part["offset"], part["size"], part["sha512"]
            one = {"offset": at, "size": size, "sha512": wanted}
            data = old[at : at + size]
            if len(data) == size and digest("sha512", data) == wanted:
                session.parts[at] = data
                hits.append({**one, **_id_of(at, data)})
            else:
                misses.append(one)
        return reply({"upload_session_id": key, "hits": hits, "misses": misses})

    @route("POST /api/2.0/files/upload_sessions/{key}/commit", host=UPLOAD)
    def commit(self, request: Request, key: str) -> Reply:
        session = self._session(key)
        asked = request.json()
        listed = {
            (part.get("part_id"), part.get("offset"), part.get("size")) for part in asked["parts"]
        }
        here = {(*_id_of(at, data).values(), at, len(data)) for at, data in session.parts.items()}
        data = b"".join(data for _, data in sorted(session.parts.items()))
        if listed != here or len(data) != session.size:
            raise Fault(400, "bad_request", "The parts listed are not the parts that came.")
        if request.header("digest") != "sha=" + digest("sha1", data, "base64"):
            raise Fault(400, "bad_digest", "The digest does not fit the file.")
        if not session.file:
            self._free(session.name, session.folder)
        del self.sessions[key]
        return self._keep(session.file, session.name, session.folder, data)

    # -- files -----------------------------------------------------------------------------

    @route("GET /2.0/files/{file}", host=API)
    def get(self, request: Request, file: str) -> Reply:
        return reply(self._known(file))

    @route("GET /2.0/files/{file}/content", host=API)
    def download(self, request: Request, file: str) -> Reply:
        self._known(file)
        return Reply(200, {"content-type": "application/octet-stream"}, self.stored[file])

    def _known(self, file: str) -> dict[str, Any]:
        if file not in self.files:
            raise Fault(404, "not_found", "Not Found")
        return self.files[file]

    def _session(self, key: str) -> Session:
        if key not in self.sessions:
            raise Fault(404, "not_found", "The upload session is not known.")
        return self.sessions[key]

    def _free(self, name: str, folder: str) -> None:
        for file in self.files.values():
            if (file["name"], file["parent"]["id"]) == (name, folder):
                raise Fault(
                    409,
                    "item_name_in_use",
                    "Item with the same name already exists",
                    detail={"conflicts": {"type": "file", "id": file["id"], "name": name}},
                )

    def _keep(self, file: str, name: str, folder: str, data: bytes) -> Reply:
        etag = str(int(self.files[file]["etag"]) + 1) if file else "0"
        file = file or str(next(self._ids) + 10_000)
        self.stored[file] = data
        self.files[file] = {
            "type": "file",
            "id": file,
            "etag": etag,
            "sequence_id": etag,
            "name": name,
            "sha1": digest("sha1", data),
            "size": len(data),
            "parent": {"type": "folder", "id": folder},
        }
        return reply({"total_count": 1, "entries": [self.files[file]]}, 201)

    def _described(self, key: str) -> dict[str, Any]:
        session = self.sessions[key]
        url = f"https://{UPLOAD}/api/2.0/files/upload_sessions/{key}"
        return {
            "id": key,
            "type": "upload_session",
            "session_expires_at": "2099-01-01T00:00:00Z",
            "part_size": session.part_size,
            "total_parts": session.total,
            "num_parts_processed": len(session.parts),
            "session_endpoints": {
                "upload_part": url,
                "commit": f"{url}/commit",
                "abort": url,
                "list_parts": f"{url}/parts",
                "status": url,
                "log_event": f"{url}/log",
                "plan": f"{url}/plan",
            },
        }


def _id_of(offset: int, data: bytes) -> dict[str, str]:
    return {"part_id": digest("sha1", b"%d " % offset + data)[:8].upper()}


def _part_of(offset: int, data: bytes) -> dict[str, Any]:
    sha1 = digest("sha1", data)
    return {**_id_of(offset, data), "offset": offset, "size": len(data), "sha1": sha1}
