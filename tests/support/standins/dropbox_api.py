"""Dropbox API v2: one-request uploads, sequential and concurrent sessions, temporary links.

Sources: Dropbox HTTP API reference, ``/files/upload``, ``/files/upload_session/start``,
``/append_v2``, ``/finish``, ``/finish_batch_v2``, ``/files/get_temporary_upload_link``; the error
unions of its specification (``UploadSessionLookupError``: ``incorrect_offset`` with
``correct_offset``, ``concurrent_session_invalid_offset`` and ``…_data_size`` for what is no
multiple of 4 MiB; ``content_hash_mismatch``); guide "Content hash"; guide "Formatting requests"
(bad input is a 400 in plain text; an endpoint's own error is a 409 in JSON).
"""

from __future__ import annotations

import hashlib
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from support.standins.base import Fault, Reply, Request, StandIn, route
from support.upstream import TestAuthority

CONTENT = "content.dropboxapi.com"
API = "api.dropboxapi.com"
TOKEN = "sl.test"
BLOCK = 4 * 1024 * 1024
_LIMIT = 150 * 1024 * 1024
_BINARY = {"application/octet-stream", "text/plain; charset=dropbox-cors-hack"}
_COMMIT = {
    "path",
    "mode",
    "autorename",
    "client_modified",
    "mute",
    "property_groups",
    "strict_conflict",
}


def content_hash(data: bytes) -> str:
    """SHA-256 over the SHA-256 of each block of 4 MiB, in hex."""
    blocks = (data[at : at + BLOCK] for at in range(0, len(data), BLOCK))
    return hashlib.sha256(b"".join(hashlib.sha256(block).digest() for block in blocks)).hexdigest()


@dataclass
class Session:
    """An upload session; of a concurrent one the pieces may come in any order."""

    concurrent: bool
    pieces: dict[int, bytes] = field(default_factory=dict)
    closed: bool = False

    @property
    def size(self) -> int:
        return sum(map(len, self.pieces.values()))

    def whole(self) -> bytes:
        """All pieces in order.

        Raises:
            Fault: there is a gap.
        """
        data = bytearray()
        for offset, piece in sorted(self.pieces.items()):
            if offset != len(data):
                raise _own("concurrent_session_missing_data")
            data += piece
        return bytes(data)


class Dropbox(StandIn):
    """A Dropbox; ``stored`` has files by path.

    Attributes:
        sessions: by id.
        links: temporary links that were not used, with what they commit.
    """

    hosts = (CONTENT, API)

    def __init__(self, authority: TestAuthority) -> None:
        super().__init__(authority)
        self.sessions: dict[str, Session] = {}
        self.links: dict[str, dict[str, Any]] = {}
        self._ids = itertools.count(1)

    def check(self, request: Request) -> None:
        if request.path.startswith("/apitul/"):  # the link stands for its token
            return
        if request.header("authorization") != f"Bearer {TOKEN}":
            raise Fault(401, "invalid_access_token", detail={".tag": "invalid_access_token"})

    def refuse(self, fault: Fault) -> Reply:
        if fault.detail is None:
            body = fault.message.encode()
            return Reply(fault.status, {"content-type": "text/plain; charset=utf-8"}, body)
        return _json({"error_summary": f"{fault.code}/...", "error": fault.detail}, fault.status)

    # -- files -----------------------------------------------------------------------------

    @route("POST /2/files/upload", host=CONTENT)
    def upload(self, request: Request) -> Reply:
        asked = _argument(request, _COMMIT | {"content_hash"})
        _check_hash(request, asked)
        return _json(self._commit(asked, request.body, "reason"))

    @route("POST /2/files/download", host=CONTENT)
    def download(self, request: Request) -> Reply:
        path = json.loads(request.header("dropbox-api-arg"))["path"]
        if path not in self.stored:
            raise _own("path", path=_union("not_found"))
        about = {"dropbox-api-result": json.dumps(self._described(path))}
        return Reply(200, {"content-type": "application/octet-stream", **about}, self.stored[path])

    @route("POST /2/files/get_metadata", host=API)
    def get_metadata(self, request: Request) -> Reply:
        path = request.json()["path"]
        if path not in self.stored:
            raise _own("path", path=_union("not_found"))
        return _json({".tag": "file", **self._described(path)})

    # -- sessions --------------------------------------------------------------------------

    @route("POST /2/files/upload_session/start", host=CONTENT)
    def start(self, request: Request) -> Reply:
        asked = _argument(request, {"close", "session_type", "content_hash"})
        kind = asked.get("session_type") or {".tag": "sequential"}
        concurrent = (kind if isinstance(kind, str) else kind[".tag"]) == "concurrent"
        _check_hash(request, asked)
        if concurrent and request.body:
            raise _own("concurrent_session_data_not_allowed")
        if concurrent and asked.get("close"):
            raise _own("concurrent_session_close_not_allowed")
        key = f"pid_upload_session:{next(self._ids)}"
        pieces = {0: request.body} if request.body else {}
        self.sessions[key] = Session(concurrent, pieces, bool(asked.get("close")))
        return _json({"session_id": key})

    @route("POST /2/files/upload_session/append_v2", host=CONTENT)
    def append(self, request: Request) -> Reply:
        asked = _argument(request, {"cursor", "close", "content_hash"})
        session = self._at_cursor(asked.get("cursor"))
        offset = asked["cursor"]["offset"]
        if session.closed and not session.concurrent:
            raise _own("closed")
        if session.concurrent:
            if offset % BLOCK:
                raise _own("concurrent_session_invalid_offset")
            if len(request.body) % BLOCK and not asked.get("close"):
                raise _own("concurrent_session_invalid_data_size")
        else:
            _check_offset(session, offset)
        _check_hash(request, asked)
        if request.body:
            session.pieces[offset] = request.body
        session.closed = session.closed or bool(asked.get("close"))
        return _json(None)

    @route("POST /2/files/upload_session/finish", host=CONTENT)
    def finish(self, request: Request) -> Reply:
        asked = _argument(request, {"cursor", "commit", "content_hash"})
        session = self._looked_up(asked, request.body)
        _check_hash(request, asked)
        if request.body:
            session.pieces[asked["cursor"]["offset"]] = request.body
        made = self._commit(asked.get("commit") or {}, session.whole())
        del self.sessions[asked["cursor"]["session_id"]]
        return _json(made)

    @route("POST /2/files/upload_session/finish_batch_v2", host=API)
    def finish_batch(self, request: Request) -> Reply:
        made = []
        for asked in request.json()["entries"]:
            try:
                session = self._looked_up(asked)
                if not session.closed:
                    raise _own("lookup_failed", lookup_failed=_union("not_closed"))
                entry = self._commit(asked["commit"], session.whole())
                made.append({".tag": "success", **entry})
                del self.sessions[asked["cursor"]["session_id"]]
            except Fault as fault:
                self.fault(f"finish_batch_v2: {fault}")
                made.append({".tag": "failure", "failure": fault.detail})
        return _json({"entries": made})

    def _looked_up(self, asked: dict[str, Any], body: bytes = b"") -> Session:
        try:
            session = self._at_cursor(asked.get("cursor"))
            _check_offset(session, asked["cursor"]["offset"])
        except Fault as fault:
            if fault.detail is None:
                raise
            raise _own("lookup_failed", lookup_failed=fault.detail) from fault
        if session.concurrent and body:
            raise _own("concurrent_session_data_not_allowed")
        if session.concurrent and not session.closed:
            raise _own("concurrent_session_not_closed")
        return session

    def _at_cursor(self, cursor: Any) -> Session:
        if not isinstance(cursor, dict) or set(cursor) != {"session_id", "offset"}:
            raise Fault(400, "bad_input", "Error in call: cursor: expected session_id and offset")
        if cursor["session_id"] not in self.sessions:
            raise _own("not_found")
        return self.sessions[cursor["session_id"]]

    # -- links -----------------------------------------------------------------------------

    @route("POST /2/files/get_temporary_upload_link", host=API)
    def upload_link(self, request: Request) -> Reply:
        asked = request.json()
        _check_commit(asked.get("commit_info") or {})
        if not 60 <= asked.get("duration", 14400) <= 14400:
            raise Fault(400, "bad_input", "Error in call: duration: out of range")
        key = f"link{next(self._ids)}"
        self.links[key] = asked["commit_info"]
        return _json({"link": f"https://{CONTENT}/apitul/1/{key}"})

    @route("POST /apitul/1/{key}", host=CONTENT)
    def to_link(self, request: Request, key: str) -> Reply:
        if request.header("content-type") != "application/octet-stream":
            raise Fault(400, "bad_input", "Content-Type must be application/octet-stream")
        if key not in self.links:
            raise Fault(410, "gone", "The link was used or has expired")
        self._commit(self.links.pop(key), request.body)
        return _json({"content-hash": content_hash(request.body)})

    # -- keeping ---------------------------------------------------------------------------

    def _commit(self, asked: dict[str, Any], data: bytes, place: str = "path") -> dict[str, Any]:
        _check_commit(asked)
        path, mode = asked["path"], asked.get("mode") or "add"
        tag = mode if isinstance(mode, str) else mode[".tag"]
        if path in self.stored and tag == "add" and self.stored[path] != data:
            if not asked.get("autorename"):
                conflict = _union("conflict", conflict=_union("file"))
                session = {"upload_session_id": "pid"} if place == "reason" else {}
                raise _own("path", **{place: conflict}, **session)
            stem, dot, ending = path.rpartition(".")
            path = f"{stem} (1){dot}{ending}"
        self.stored[path] = data
        return self._described(path)

    def _described(self, path: str) -> dict[str, Any]:
        data = self.stored[path]
        return {
            "name": path.rpartition("/")[2],
            "path_lower": path.lower(),
            "path_display": path,
            "id": "id:" + hashlib.md5(path.encode()).hexdigest()[:22],
            "client_modified": "2026-01-01T00:00:00Z",
            "server_modified": "2026-01-01T00:00:00Z",
            "rev": "0" * 9 + hashlib.md5(data).hexdigest()[:8],
            "size": len(data),
            "is_downloadable": True,
            "content_hash": content_hash(data),
        }


def _argument(request: Request, known: set[str]) -> dict[str, Any]:
    if request.header("content-type") not in _BINARY:
        raise Fault(400, "bad_input", 'Bad HTTP "Content-Type" header')
    try:
        asked = json.loads(request.header("dropbox-api-arg") or request.query.get("arg", ""))
    except ValueError as error:
        raise Fault(400, "bad_input", "Error in call: could not decode input as JSON") from error
    if not isinstance(asked, dict) or (unknown := set(asked) - known):
        raise Fault(400, "bad_input", f"Error in call: unknown field {sorted(unknown)}")
    if len(request.body) > _LIMIT:
        raise _own("payload_too_large")
    return asked


def _check_hash(request: Request, asked: dict[str, Any]) -> None:
    given = asked.get("content_hash")
    if given is not None and given != content_hash(request.body):
        raise _own("content_hash_mismatch")


def _check_offset(session: Session, offset: int) -> None:
    if offset != session.size:
        raise _own("incorrect_offset", correct_offset=session.size)


def _check_commit(asked: dict[str, Any]) -> None:
    path = asked.get("path")
    if not isinstance(path, str) or set(asked) - _COMMIT - {"content_hash"}:
        raise Fault(400, "bad_input", "Error in call: commit: unknown or missing fields")
    if not path.startswith(("/", "id:", "ns:")):
        raise Fault(400, "bad_input", f"Error in call: path: {path!r} did not match pattern")


def _json(value: Any, status: int = 200) -> Reply:
    # The official client compares this type to the letter, so there is no charset.
    return Reply(status, {"content-type": "application/json"}, json.dumps(value).encode())


def _union(tag: str, **members: Any) -> dict[str, Any]:
    return {".tag": tag, **members}


def _own(tag: str, **members: Any) -> Fault:
    """An endpoint's own error, a union."""
    return Fault(409, tag, detail=_union(tag, **members))
