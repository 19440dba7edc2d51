"""Aliyun Drive's open platform (阿里云盘): a hash with a proof first, then parts, then completion.

Source: the open platform's reference ("文件创建", "秒传", "分片上传", "上传完成"): ``pre_hash`` is the SHA-1
of the first KiB and answered 409 where it is known; ``content_hash`` with ``proof_code`` (bytes of
the file at a place that the access token determines) is answered ``rapid_upload`` where it is known.
The addresses of the parts are signed over method, object, part and expiry, not over the bytes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any, ClassVar

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.bodies import digest
from support.standins.forms import number

TOKEN = "eyJ.access.token"
HOST, STORE = "openapi.alipan.com", "cn-beijing-data.aliyundrive.net"
PART = 1000
_KEY = b"the store's key"


@dataclass
class _File:
    name: str
    size: int
    parts: int
    data: dict[int, bytes] = field(default_factory=dict)


class AliyunDrive(StandIn):
    """Platform and store.

    Attributes:
        known: documents that the drive has from somebody, by their SHA-1.
    """

    hosts: ClassVar[tuple[str, ...]] = (HOST, STORE)

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.files: dict[str, _File] = {}
        self.known: dict[str, bytes] = {}

    def know(self, data: bytes) -> None:
        """Somebody has uploaded this already."""
        self.known[digest("sha1", data).upper()] = data
        self.known[digest("sha1", data[:1024]).upper()] = data

    def refuse(self, fault: Fault) -> Reply:
        """``code`` and ``message``; XML at the store."""
        if fault.detail == "store":
            return Reply(fault.status, {}, f"<Error><Code>{fault.code}</Code></Error>".encode())
        return reply({"code": fault.code, "message": fault.message}, fault.status)

    def check(self, request: Request) -> None:
        """The token, which the store would not take."""
        if (request.header("authorization") == f"Bearer {TOKEN}") is (request.host == STORE):
            raise Fault(401, "AccessTokenInvalid", "AccessToken is invalid")

    @route("POST /adrive/v1.0/openFile/create", host=HOST)
    def create(self, request: Request) -> Reply:
        """A file's name, size and parts; or a folder."""
        asked = request.json()
        if asked.get("type") == "folder":
            return reply({"file_id": "folder-1", "type": "folder"}, 201)
        if asked.get("type") != "file" or not asked.get("name") or not asked.get("drive_id"):
            raise Fault(400, "InvalidParameter", "type, name or drive_id")
        if str(asked.get("pre_hash", "")).upper() in self.known:
            raise Fault(409, "PreHashMatched", "pre hash matched")
        size = number(asked.get("size"), "size")
        if (data := self.known.get(str(asked.get("content_hash", "")))) is not None:
            if base64.b64decode(asked["proof_code"]) != proof(data):
                raise Fault(400, "InvalidRapidProof", "the proof does not fit")
            self.stored[asked["name"]] = data
            return reply({"file_id": "known", "rapid_upload": True}, 201)
        listed = [one["part_number"] for one in asked.get("part_info_list") or []]
        if not listed or listed != list(range(1, len(listed) + 1)):
            raise Fault(400, "InvalidParameter", "part_info_list")
        name = f"file-{len(self.files) + 1}"
        self.files[name] = _File(asked["name"], size, len(listed))
        parts = [{"part_number": at, "upload_url": _address(name, at)} for at in listed]
        told = {"file_id": name, "upload_id": f"up-{name}", "rapid_upload": False}
        return reply({**told, "part_info_list": parts}, 201)

    @route("PUT /{bucket}/{name}", host=STORE)
    def part(self, request: Request, bucket: str, name: str) -> Reply:
        """A part; nothing but its address is signed."""
        at = number(request.query.get("partNumber"), "partNumber")
        if request.query.get("signature") != _signature(name, at) or bucket != "bj29":
            raise Fault(403, "SignatureDoesNotMatch", "signature", detail="store")
        self.files[name].data[at] = request.body
        return Reply(200, {"etag": f'"{digest("md5", request.body).upper()}"'})

    @route("POST /adrive/v1.0/openFile/complete", host=HOST)
    def complete(self, request: Request) -> Reply:
        """All parts are there."""
        asked = request.json()
        file = self.files.get(str(asked.get("file_id")))
        if file is None or asked.get("upload_id") != f"up-{asked['file_id']}":
            raise Fault(404, "NotFound.UploadId", "no such upload")
        data = b"".join(file.data[at] for at in sorted(file.data))
        if len(file.data) != file.parts or len(data) != file.size:
            raise Fault(400, "FileSizeNotMatch", "a part is missing, or the size is another")
        self.stored[file.name] = data
        told = {"file_id": asked["file_id"], "name": file.name, "size": len(data)}
        return reply({**told, "content_hash": digest("sha1", data).upper()})


def proof(data: bytes) -> bytes:
    """Up to eight bytes of the file, at a place that the access token determines."""
    start = int(hashlib.md5(TOKEN.encode()).hexdigest()[:16], 16) % max(len(data), 1)
    return data[start : start + 8]


def _address(name: str, at: int) -> str:
    return f"https://{STORE}/bj29/{name}?partNumber={at}&signature={_signature(name, at)}"


def _signature(name: str, at: int) -> str:
    return hmac.new(_KEY, f"PUT\n{name}\n{at}".encode(), "sha256").hexdigest()
