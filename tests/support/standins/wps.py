"""WPS and KDocs (金山文档): the drive's three steps and the open platforms.

Source: OpenList's ``wps`` driver for the drive (``create_update`` with size, SHA-1 and SHA-256,
all as text; the returned method, address, headers and form; ``files/file`` with the ETag and the
same SHA-1 and size); KS3's "POST Object" and "PUT Object" for the storage (policy and signature in
the form, ``file`` its last field; ETag is the MD5); open.wps.cn "请求文件上传信息" (hashes and size)
and "KSO-1 签名算法说明"; developer.kdocs.cn "上传本地文档" with an access token, and with WPS-2,
which signs the body's MD5.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any, ClassVar

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.bodies import Malformed, digest, multipart
from support.standins.forms import form, number, texts

COOKIE = "wps_sid=V02S-test"
TOKEN = "access-token"
APP_ID, APP_KEY = "AK123456", "sk098765"  # of the documents' examples
STORAGE = "wpsfiles.ks3-cn-beijing.ksyuncs.com"
_STORAGE_KEY = b"the bucket's own key"
_ADDRESS = f"https://{STORAGE}/"


@dataclass
class _Ticket:
    name: str
    size: int
    hashes: dict[str, str]
    key: str
    data: bytes | None = None


class _Storage(StandIn):
    """The object storage behind both: takes what a ticket's policy or signature allows."""

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.tickets: dict[str, _Ticket] = {}

    def _ticket(self, name: str, size: int, hashes: dict[str, str]) -> _Ticket:
        made = _Ticket(name, size, hashes, f"{len(self.tickets) + 1:040x}")
        self.tickets[made.key] = made
        return made

    @route("POST /", host=STORAGE)
    def post_object(self, request: Request) -> Reply:
        """The bytes in a form with policy and signature."""
        try:
            names = [one.name for one in multipart(request.header("content-type"), request.body)]
        except Malformed as error:
            raise _storage(400, "MalformedPOSTRequest", str(error)) from error
        parts = form(request)
        fields = texts(parts)
        if not names or names[-1] != "file":
            raise _storage(400, "InvalidArgument", "file must be the last field")
        if fields.get("signature") != _signed(fields.get("policy", "")):
            raise _storage(403, "SignatureDoesNotMatch", "the policy's signature")
        policy = json.loads(base64.b64decode(fields["policy"]))
        for condition in policy["conditions"]:
            if isinstance(condition, dict):
                if any(fields.get(key) != value for key, value in condition.items()):
                    raise _storage(403, "AccessDenied", "a field is not what the policy says")
            elif not condition[1] <= len(parts["file"].body) <= condition[2]:
                raise _storage(400, "EntityTooLarge", "not as long as the policy says")
        return self._take(fields["key"], parts["file"].body)

    @route("PUT /{key}", host=STORAGE)
    def put_object(self, request: Request, key: str) -> Reply:
        """The bytes, with a signature over the key in the query and the MD5 in a header."""
        if request.query.get("Signature") != _signed(key):
            raise _storage(403, "SignatureDoesNotMatch", "the address's signature")
        md5 = digest("md5", request.body, "base64")
        if request.header("content-md5", md5) != md5:
            raise _storage(400, "BadDigest", "the MD5 does not fit")
        return self._take(key, request.body)

    def _take(self, key: str, data: bytes) -> Reply:
        self.tickets[key].data = data
        return Reply(200, {"ETag": f'"{digest("md5", data)}"'})

    def _committed(self, ticket: _Ticket | None) -> bytes:
        """The bytes, if they are what the ticket was for."""
        if ticket is None or ticket.data is None:
            raise Fault(404, "fileNotExists", "the object was not uploaded")
        if len(ticket.data) != ticket.size:
            raise Fault(403, "fileSizeError", "the object is not as large as announced")
        for algorithm, value in ticket.hashes.items():
            if digest(algorithm, ticket.data) != value:
                raise Fault(403, "checksumError", f"the {algorithm} is not the announced one")
        self.stored[ticket.name] = ticket.data
        return ticket.data


class WpsDrive(_Storage):
    """``drive.wps.cn`` (personal) and ``365.kdocs.cn``; storage by form or by PUT, as told."""

    hosts: ClassVar[tuple[str, ...]] = ("drive.wps.cn", "365.kdocs.cn", STORAGE)
    by_form: bool = True

    def refuse(self, fault: Fault) -> Reply:
        """``result`` and ``msg``; XML at the storage."""
        if fault.detail == "storage":
            return _xml(fault)
        return reply({"result": fault.code, "msg": fault.message}, fault.status)

    def check(self, request: Request) -> None:
        """The page's cookie, which never goes to the storage."""
        if request.host != STORAGE and COOKIE not in request.header("cookie"):
            raise Fault(401, "userNotLogin", "not logged in")

    @route("PUT /api/v5/files/upload/create_update")
    @route("PUT /3rd/drive/api/v5/files/upload/create_update")
    def create(self, request: Request) -> Reply:
        """A ticket for exactly these bytes."""
        asked = request.json()
        fields = ("group_id", "name", "parent_id", "sha1", "sha256", "size")
        if not all(isinstance(asked.get(one), str) for one in fields):
            raise Fault(400, "InvalidArgument", "a field is missing or no text")
        size = number(asked["size"], "size")
        hashes = {"sha1": asked["sha1"], "sha256": asked["sha256"]}
        if [40, 64] != [len(one) for one in hashes.values()] or asked["name"].startswith("."):
            raise Fault(400, "InvalidArgument", "no hashes, or a hidden name")
        ticket = self._ticket(asked["name"], size, hashes)
        said = {"headers": {}, "formData": {}}
        if self.by_form:
            exact = [{"key": ticket.key}, ["content-length-range", size, size]]
            plain = json.dumps({"expiration": "2027-01-01T00:00:00Z", "conditions": exact})
            policy = base64.b64encode(plain.encode()).decode()
            said["formData"] = {
                "key": ticket.key,
                "KSSAccessKeyId": "AK",
                "policy": policy,
                "signature": _signed(policy),
            }
            method, url = "POST", _ADDRESS
        else:
            method, url = "PUT", f"{_ADDRESS}{ticket.key}?Signature={_signed(ticket.key)}"
        expected = {"expect_code": [200], "args_etag": "header.ETag", "args_key": ""}
        told = {"method": method, "url": url, "store": "ks3", "request": said}
        return reply({"result": "ok", **told, "response": expected})

    @route("POST /api/v5/files/file")
    @route("POST /3rd/drive/api/v5/files/file")
    def commit(self, request: Request) -> Reply:
        """The bytes are there: a file."""
        asked = request.json()
        found = (one for one in self.tickets.values() if one.hashes["sha1"] == asked.get("sha1"))
        ticket = next(found, None)
        data = self._committed(ticket)
        assert ticket
        if asked.get("size") != len(data) or asked.get("name") != ticket.name:
            raise Fault(403, "fileSizeError", "size or name is not the announced one")
        if asked.get("etag") != digest("md5", data) or asked.get("store") != "ks3":
            raise Fault(403, "checksumError", "the ETag is not the object's")
        return reply({"result": "ok", "id": 1, "fname": ticket.name, "fsize": len(data)})


class WpsDrivePut(WpsDrive):
    """The same, where the storage is told to be asked by PUT."""

    by_form = False


class WpsOpenApi(_Storage):
    """``openapi.wps.cn`` v7; ``signed`` where the application asks for KSO-1 ("接口签名")."""

    hosts: ClassVar[tuple[str, ...]] = ("openapi.wps.cn", STORAGE)
    signed = False

    def refuse(self, fault: Fault) -> Reply:
        """``code`` and ``msg``; XML at the storage."""
        if fault.detail == "storage":
            return _xml(fault)
        return reply({"code": fault.status * 1000000 + 1, "msg": fault.message}, fault.status)

    def check(self, request: Request) -> None:
        """The token, and the signature over the body where it is asked for."""
        if request.host == STORAGE:
            return
        if request.header("authorization") != f"Bearer {TOKEN}":
            raise Fault(401, "unauthorized", "access token invalid")
        if self.signed and request.header("x-kso-authorization") != kso1(
            request.method,
            request.target,
            request.header("content-type"),
            request.header("x-kso-date"),
            request.body,
        ):
            raise Fault(403, "signature", "signature mismatch")

    @route("POST /v7/drives/{drive}/files/{parent}/request_upload")
    def request_upload(self, request: Request, drive: str, parent: str) -> Reply:
        """A ticket."""
        asked = request.json()
        if not asked.get("name") or drive == parent:
            raise Fault(400, "invalid", "name is required")
        hashes = {one["type"]: one["sum"] for one in asked.get("hashes") or []}
        if not hashes or set(hashes) - {"sha256", "md5"}:
            raise Fault(400, "invalid", "hashes is required: sha256 or md5")
        ticket = self._ticket(asked["name"], number(asked.get("size"), "size"), hashes)
        url = f"{_ADDRESS}{ticket.key}?Signature={_signed(ticket.key)}"
        store = {"method": "PUT", "url": url, "headers": {"Content-Type": "application/x-kdocs"}}
        told = {"upload_id": ticket.key, "store_request": store}
        return reply({"code": 0, "msg": "", "data": told})

    @route("POST /v7/drives/{drive}/files/{parent}/commit_upload")
    def commit_upload(self, request: Request, drive: str, parent: str) -> Reply:
        """The bytes are there: a file."""
        ticket = self.tickets.get(str(request.json().get("upload_id")))
        data = self._committed(ticket)
        assert ticket
        file = {"id": f"{drive}-{parent}-1", "name": ticket.name, "size": len(data)}
        return reply({"code": 0, "msg": "", "data": file})


class SignedWpsOpenApi(WpsOpenApi):
    """The same for an application that asks for signatures."""

    signed = True


class Kdocs(StandIn):
    """``developer.kdocs.cn``: a form with a user's token, and one signed by the application."""

    hosts: ClassVar[tuple[str, ...]] = ("developer.kdocs.cn",)

    def refuse(self, fault: Fault) -> Reply:
        """``code`` and ``result``."""
        return reply({"code": fault.status, "result": fault.message}, fault.status)

    @route("POST /api/v1/openapi/personal/files/upload")
    def personal(self, request: Request) -> Reply:
        """A user's document."""
        if request.query.get("access_token") != TOKEN:
            raise Fault(401, "token", "access_token invalid")
        return self._keep(request)

    @route("POST /api/v1/openapi/appspace/files/upload")
    def appspace(self, request: Request) -> Reply:
        """The application's document: WPS-2 signs the MD5 of the body, type and date."""
        md5 = request.header("content-md5")
        if md5 != digest("md5", request.body):
            raise Fault(400, "md5", "Content-Md5 does not fit the body")
        signature = wps2(md5, request.header("content-type"), request.header("date"))
        if request.header("authorization") != signature:
            raise Fault(401, "signature", "the signature does not fit")
        return self._keep(request)

    def _keep(self, request: Request) -> Reply:
        file = form(request).get("file")
        if file is None or not file.file_name:
            raise Fault(400, "file", "file is required")
        self.stored[file.file_name] = file.body
        return reply({"code": 0, "data": {"file_token": "f", "fname": file.file_name}})


def kso1(method: str, target: str, kind: str, date: str, body: bytes) -> str:
    """The header ``X-Kso-Authorization``."""
    hashed = digest("sha256", body) if body else ""
    text = f"KSO-1{method}{target}{kind}{date}{hashed}"
    return f"KSO-1 {APP_ID}:{hmac.new(APP_KEY.encode(), text.encode(), 'sha256').hexdigest()}"


def wps2(md5: str, kind: str, date: str) -> str:
    """The header ``Authorization`` of the application's space."""
    return f"WPS-2:{APP_ID}:{hashlib.sha1(f'{APP_KEY}{md5}{kind}{date}'.encode()).hexdigest()}"


def _signed(text: str) -> str:
    made = hmac.new(_STORAGE_KEY, text.encode(), "sha1").digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _storage(status: int, code: str, message: str) -> Fault:
    return Fault(status, code, message, detail="storage")


def _xml(fault: Fault) -> Reply:
    said = f"<Error><Code>{fault.code}</Code><Message>{fault.message}</Message></Error>"
    return Reply(fault.status, {"content-type": "application/xml"}, said.encode())
