"""Microsoft Graph as OneDrive and Teams know it: one-request uploads, upload sessions, messages.

Sources: Microsoft Graph REST reference v1.0, "driveItem: createUploadSession", "Upload small
files" (``PUT …/content``, at most 250 MB), "chatMessage: send", "Microsoft Graph error responses"
(``innererror`` codes ``fragmentOverlap``, ``fragmentOutOfOrder``, ``uploadSessionNotFound``);
OneDrive developer documentation, "QuickXorHash".

Where the documentation leaves a choice, the service is the strict one: a bearer token at an
upload URL is a 401, a fragment that begins anywhere but at the next expected byte is a 416, and a
``fileSize`` that was declared must be the size that comes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import itertools
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.bodies import Malformed, Range, content_range
from support.upstream import TestAuthority

TOKEN = "eyJ0eXAiOiJKV1QiLCJub25jZSI6-test"
GRAPH = "graph.microsoft.com"
BUSINESS = "contoso-my.sharepoint.com"
PERSONAL = "sn3302.up.1drv.com"
FRAGMENT_UNIT = 320 * 1024
_FRAGMENT_LIMIT = 60 * 1024 * 1024
_SIMPLE_LIMIT = 250 * 1000 * 1000
_EXPIRES = "2099-01-01T00:00:00.000Z"
_WIDTH, _SHIFT = 160, 11


def quick_xor(data: bytes) -> str:
    """QuickXorHash in base64, as OneDrive for Business answers it.

    Each byte is rotated by 11 bits more than the one before, in a ring of 160 bits; so bytes that
    stand 160 apart fall on the same place and are combined first.
    """
    row = 0
    for at in range(0, len(data), _WIDTH):
        row ^= int.from_bytes(data[at : at + _WIDTH], "little")
    ring = 0
    for lane, byte in enumerate(row.to_bytes(_WIDTH, "little")):
        turned = byte << (lane * _SHIFT % _WIDTH)
        ring ^= turned & ((1 << _WIDTH) - 1) ^ turned >> _WIDTH
    made = bytearray(ring.to_bytes(_WIDTH // 8, "little"))
    for at, byte in enumerate(len(data).to_bytes(8, "little"), len(made) - 8):
        made[at] ^= byte
    return base64.b64encode(made).decode()


@dataclass
class Session:
    """An upload session that is open.

    Args:
        name: path of the file in the drive.
        conflict: ``fail``, ``replace`` or ``rename``.
        defer: whether a commit of its own is needed.
        declared: ``fileSize`` of the announcement.
        total: as the first range says it.
    """

    name: str
    conflict: str
    defer: bool
    declared: int | None
    total: int | None = None
    data: bytearray = field(default_factory=bytearray)

    @property
    def full(self) -> bool:
        return self.total is not None and len(self.data) == self.total

    def expected(self) -> dict[str, Any]:
        last = "" if self.total is None else self.total - 1
        ranges = [] if self.full else [f"{len(self.data)}-{last}"]
        return {"expirationDateTime": _EXPIRES, "nextExpectedRanges": ranges}


class OneDrive(StandIn):
    """Graph with the upload hosts that its sessions lead to.

    Args:
        authority: signs its certificates.
        personal: whether sessions lead to OneDrive Personal's host or to Business'.
        repeats: whether a fragment may be repeated after the file is whole. The documentation
            does not say so, but msgraph-sdk 1.65 always sends its last one twice, and counts on
            an answer; a file of one fragment it repeats with an empty body.

    Attributes:
        sessions: open ones, by id.
        warnings: fragments that are no multiple of 320 KiB; the real service takes most of them.
        messages: chat messages as JSON, in order; their content is in ``stored``, too.
    """

    hosts = (GRAPH, BUSINESS, PERSONAL)

    def __init__(
        self, authority: TestAuthority, *, personal: bool = False, repeats: bool = False
    ) -> None:
        super().__init__(authority)
        self.personal = personal
        self.repeats = repeats
        self._done: dict[str, str] = {}
        self.sessions: dict[str, Session] = {}
        self.warnings: list[str] = []
        self.messages: list[dict[str, Any]] = []
        self._ids = itertools.count(1)
        self._tags: dict[str, str] = {}

    def check(self, request: Request) -> None:
        token = request.header("authorization")
        if request.host == GRAPH:
            if token != f"Bearer {TOKEN}":
                raise Fault(401, "InvalidAuthenticationToken", "Access token is empty or wrong.")
        elif token:
            # createUploadSession, Remarks: only the first step carries the token.
            raise Fault(401, "unauthenticated", "An upload URL takes no bearer token.")

    def refuse(self, fault: Fault) -> Reply:
        inner = {"date": "2026-01-01T00:00:00", "request-id": "0", "client-request-id": "0"}
        if fault.detail:
            inner = {"code": fault.detail, **inner}
        error = {"code": fault.code, "message": fault.message, "innerError": inner}
        return reply({"error": error}, fault.status)

    # -- files in one request --------------------------------------------------------------

    @route("PUT /{version}/{place*}/content", host=GRAPH)
    def put_content(self, request: Request, version: str, place: str) -> Reply:
        name = _name_in(place)
        if len(request.body) > _SIMPLE_LIMIT:
            raise Fault(413, "requestEntityTooLarge", "More than 250 MB; use an upload session.")
        self._check_tags(request, name)
        behaviour = request.query.get("@microsoft.graph.conflictBehavior", "replace")
        return self._keep(name, request.body, behaviour)

    @route("GET /{version}/{place*}/content", host=GRAPH)
    def get_content(self, request: Request, version: str, place: str) -> Reply:
        name = self._existing(place)
        where = f"https://{BUSINESS}/download/{quote(name)}?tempauth=t"
        return Reply(302, {"location": where})

    @route("GET /download/{name*}", host=BUSINESS)
    def download(self, request: Request, name: str) -> Reply:
        if name not in self.stored:
            raise Fault(404, "itemNotFound", "The resource could not be found.")
        return Reply(200, {"content-type": "application/octet-stream"}, self.stored[name])

    # -- upload sessions -------------------------------------------------------------------

    @route("POST /{version}/{place*}/createUploadSession", host=GRAPH)
    @route("POST /{version}/{place*}/microsoft.graph.createUploadSession", host=GRAPH)
    def create_session(self, request: Request, version: str, place: str) -> Reply:
        asked = request.json() if request.body else {}
        item = asked.get("item") or {}
        name = _name_in(place)
        if (given := item.get("name")) and given != name.rpartition("/")[2]:
            raise Fault(400, "invalidRequest", "The path must end in the item's name.")
        self._check_tags(request, name)
        key = f"{next(self._ids):032x}"
        self.sessions[key] = Session(
            name,
            str(item.get("@microsoft.graph.conflictBehavior") or "fail"),
            bool(asked.get("deferCommit")),
            item.get("fileSize"),
        )
        url = (
            f"https://{PERSONAL}/up/{key}"
            if self.personal
            else f"https://{BUSINESS}/personal/ada/_api/v2.0/drives/b!d/items/01/uploadSession"
            f"?guid=%27{key}%27&overwrite=True&rename=False&dc=0&tempauth=v1.{key}"
        )
        answer = {"@odata.context": f"https://{GRAPH}/v1.0/$metadata#microsoft.graph.uploadSession"}
        return reply({**answer, "uploadUrl": url, **self.sessions[key].expected()})

    @route("PUT|GET|POST|DELETE /up/{key}", host=PERSONAL)
    def personal_session(self, request: Request, key: str) -> Reply:
        return self._at_session(request, key)

    @route("PUT|GET|POST|DELETE /personal/{user}/_api/{rest*}/uploadSession", host=BUSINESS)
    def business_session(self, request: Request, user: str, rest: str) -> Reply:
        key = request.query.get("guid", "").strip("'")
        if request.query.get("tempauth") != f"v1.{key}":
            raise Fault(401, "unauthenticated", "The upload URL was changed.")
        return self._at_session(request, key)

    def _at_session(self, request: Request, key: str) -> Reply:
        session = self.sessions.get(key)
        if session is None and self.repeats and request.method == "PUT" and key in self._done:
            return self._repeated(request, self._done[key])
        if session is None:
            raise Fault(
                404,
                "itemNotFound",
                "The upload session was not found",
                detail="uploadSessionNotFound",
            )
        match request.method:
            case "GET":
                return reply(session.expected())
            case "DELETE":
                del self.sessions[key]
                return Reply(204)
            case "POST":
                return self._commit(request, key, session)
            case _:
                return self._fragment(request, key, session)

    def _repeated(self, request: Request, name: str) -> Reply:
        place = content_range(request.header("content-range"))
        sent = self.stored[name][place.first : (place.last or 0) + 1]
        if place.total != len(self.stored[name]) or request.body not in (b"", sent):
            raise Fault(400, "invalidRequest", "This is not the fragment that came before.")
        return reply(self._described(name))

    def _fragment(self, request: Request, key: str, session: Session) -> Reply:
        try:
            place = content_range(request.header("content-range"))
        except Malformed as error:
            raise Fault(400, "invalidRequest", f"Invalid Content-Range header: {error}") from error
        _check_fragment(place, request, session)
        session.total = place.total
        if place.first != len(session.data):
            overlap = (place.first or 0) < len(session.data)
            raise Fault(
                416,
                "invalidRange",
                "The fragment overlaps" if overlap else "The fragment is out of order",
                detail="fragmentOverlap" if overlap else "fragmentOutOfOrder",
            )
        session.data += request.body
        if session.full and not session.defer:
            return self._finish(key, session)
        if not session.full and place.size % FRAGMENT_UNIT:
            self.warnings.append(f"a fragment of {place.size} bytes is no multiple of 320 KiB")
        return reply(session.expected(), 202)

    def _commit(self, request: Request, key: str, session: Session) -> Reply:
        if not session.defer or request.body:
            raise Fault(400, "invalidRequest", "A commit is an empty POST to a deferred session.")
        if not session.full:
            raise Fault(
                400, "invalidRequest", "Bytes are missing", detail="uploadSessionIncomplete"
            )
        return self._finish(key, session)

    def _finish(self, key: str, session: Session) -> Reply:
        answer = self._keep(session.name, bytes(session.data), session.conflict)
        del self.sessions[key]
        self._done[key] = session.name
        return answer

    # -- messages --------------------------------------------------------------------------

    # msgraph-sdk sends two slashes after the version, and Graph bears with it.
    @route("POST /{version*}/chats/{chat}/messages", host=GRAPH)
    @route("POST /{version*}/teams/{team}/channels/{chat}/messages", host=GRAPH)
    @route("POST /{version*}/teams/{team}/channels/{chat}/messages/{parent}/replies", host=GRAPH)
    def message(self, request: Request, version: str, chat: str, **_: str) -> Reply:
        asked = request.json()
        body = asked.get("body") if isinstance(asked, dict) else None
        if not isinstance(body, dict) or not isinstance(body.get("content"), str):
            raise Fault(400, "BadRequest", "Missing body content")
        if body.get("contentType", "text") not in ("text", "html"):
            raise Fault(400, "BadRequest", "Unknown contentType")
        made = {**asked, "id": str(next(self._ids)), "messageType": "message", "chatId": chat}
        for at, picture in enumerate(asked.get("hostedContents") or []):
            try:
                data = base64.b64decode(picture["contentBytes"], validate=True)
            except (KeyError, TypeError, binascii.Error) as error:
                raise Fault(400, "BadRequest", "Hosted content is not base64") from error
            self.stored[f"message {made['id']} picture {at}"] = data
        self.messages.append(made)
        self.stored[f"message {made['id']}"] = body["content"].encode()
        return reply(made, 201)

    # -- items -----------------------------------------------------------------------------

    @route("GET /{version}/{place*}", host=GRAPH)
    def item(self, request: Request, version: str, place: str) -> Reply:
        return reply(self._described(self._existing(place)))

    def _existing(self, place: str) -> str:
        name = _name_in(place)
        name = next((own for own in self.stored if _id(own) == name), name)
        if name not in self.stored:
            raise Fault(404, "itemNotFound", "The resource could not be found.")
        return name

    def _keep(self, name: str, data: bytes, behaviour: str) -> Reply:
        there = name in self.stored
        if there and behaviour == "fail":
            raise Fault(409, "nameAlreadyExists", "Another file exists with the same name.")
        if there and behaviour == "rename":
            stem, dot, ending = name.rpartition(".")
            name = f"{stem or ending} 1{dot}{ending if stem else ''}"
        self.stored[name] = data
        self._tags[name] = f'"{{{_id(name)}}},{next(self._ids)}"'
        return reply(self._described(name), 200 if there and behaviour == "replace" else 201)

    def _check_tags(self, request: Request, name: str) -> None:
        wanted, unwanted = request.header("if-match"), request.header("if-none-match")
        tag = self._tags.get(name)
        if (wanted and wanted != tag) or (unwanted and tag and unwanted in (tag, "*")):
            raise Fault(412, "preconditionFailed", "The eTag is another one.")

    def _described(self, name: str) -> dict[str, Any]:
        data = self.stored[name]
        hashes = {
            "quickXorHash": quick_xor(data),
            "sha1Hash": hashlib.sha1(data).hexdigest().upper(),
        }
        return {
            "@odata.context": f"https://{GRAPH}/v1.0/$metadata#drives('d')/items/$entity",
            "id": _id(name),
            "name": name.rpartition("/")[2],
            "size": len(data),
            "eTag": self._tags[name],
            "cTag": self._tags[name],
            "createdDateTime": "2026-01-01T00:00:00Z",
            "lastModifiedDateTime": "2026-01-01T00:00:00Z",
            "parentReference": {"driveId": "d", "path": "/drives/d/root:"},
            "file": {"mimeType": "application/octet-stream", "hashes": hashes},
            "webUrl": f"https://{BUSINESS}/personal/ada/Documents/{quote(name)}",
        }


def _id(name: str) -> str:
    return "01" + hashlib.md5(name.encode()).hexdigest()[:32].upper()


def _name_in(place: str) -> str:
    """The path of a file in ``me/drive/root:/a/b.txt:`` or ``drives/D/items/P:/b.txt:``.

    An item that is addressed by its id alone keeps the id as its name.
    """
    place = unquote(place)  # kiota sends the colons and slashes encoded
    head, colon, name = place.partition(":/")
    if colon:
        return name.removesuffix(":")
    if "/items/" in place:
        return head.rpartition("/")[2]
    raise Fault(400, "invalidRequest", "The path names no item of a drive.")


def _check_fragment(place: Range, request: Request, session: Session) -> None:
    if place.total is None or place.first is None:
        raise Fault(400, "invalidRequest", "Content-Range needs a range and a total size.")
    if place.size != len(request.body):
        raise Fault(
            400,
            "invalidRequest",
            "The Content-Range header length does not match the provided number of bytes.",
            detail="fragmentLengthMismatch",
        )
    if place.size >= _FRAGMENT_LIMIT:
        raise Fault(413, "invalidRequest", "60 MiB or more", detail="maxFragmentLengthExceeded")
    if session.total not in (None, place.total) or session.declared not in (None, place.total):
        raise Fault(400, "invalidRequest", "The total size differs from the one declared before.")
