"""Baidu Netdisk's open platform (百度网盘): uploads in blocks of 4 MiB.

Source: pan.baidu.com/union/doc, "预上传" (``size``, ``block_list``: MD5 of each block, ``content-md5``,
``slice-md5`` of the first 256 KiB; ``return_type`` 2 where the drive has the file already), "分片上传"
(``superfile2``, ``partseq`` from 0), "创建文件" (the same list once more). A file whose hashes the drive
knows is kept without its bytes, by ``precreate`` and, with an empty ``uploadid``, by ``create``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, ClassVar

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.bodies import digest
from support.standins.forms import form, number, urlencoded

TOKEN = "access-token"
HOST, UPLOADS = "pan.baidu.com", "d.pcs.baidu.com"
BLOCK = 4 * 2**20


@dataclass
class _Upload:
    path: str
    size: int
    hashes: list[str]
    blocks: dict[int, bytes] = field(default_factory=dict)


class BaiduDrive(StandIn):
    """Both hosts.

    Attributes:
        known: documents that the drive has from somebody, by the JSON of their blocks' hashes.
    """

    hosts: ClassVar[tuple[str, ...]] = (HOST, UPLOADS)

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.uploads: dict[str, _Upload] = {}
        self.known: dict[str, bytes] = {}

    def know(self, data: bytes) -> None:
        """Somebody has uploaded this already."""
        self.known[json.dumps(_hashes(data))] = data

    def refuse(self, fault: Fault) -> Reply:
        """``errno``, with status 200; ``error_code`` at the uploads' host."""
        name = "error_code" if fault.detail == "blocks" else "errno"
        return reply({name: int(fault.code), "errmsg": fault.message}, fault.status)

    def check(self, request: Request) -> None:
        """The token."""
        if request.query.get("access_token") != TOKEN:
            raise Fault(200, "-6", "access token invalid")

    @route("POST /rest/2.0/xpan/file", host=HOST)
    def file(self, request: Request) -> Reply:
        """``precreate`` and ``create``."""
        asked = urlencoded(request)
        if not asked.get("path", "").startswith("/apps/") or asked.get("isdir") not in ("0", "1"):
            raise Fault(200, "-7", "path or isdir")
        match request.query.get("method"):
            case "precreate":
                return self._precreate(asked)
            case "create" if asked["isdir"] == "1":
                return reply({"errno": 0, "path": asked["path"], "isdir": 1})
            case "create":
                return self._create(asked)
        raise Fault(200, "2", "no such method")

    def _precreate(self, asked: dict[str, str]) -> Reply:
        hashes = _listed(asked)
        size = number(asked.get("size"), "size")
        if asked.get("autoinit") != "1" or len(hashes) != max(-(-size // BLOCK), 1):
            raise Fault(200, "2", "autoinit, or not a hash for each block")
        if (data := self.known.get(json.dumps(hashes))) is not None:
            self.stored[asked["path"]] = data
            return reply({"errno": 0, "return_type": 2, "info": {"path": asked["path"]}})
        name = f"N1-{len(self.uploads) + 1}"
        self.uploads[name] = _Upload(asked["path"], size, hashes)
        told = {"errno": 0, "path": asked["path"], "uploadid": name, "return_type": 1}
        return reply({**told, "block_list": list(range(len(hashes)))})

    @route("GET /rest/2.0/pcs/file", host=UPLOADS)
    def locate(self, request: Request) -> Reply:
        """Where to upload."""
        if request.query.get("uploadid") not in self.uploads:
            raise Fault(200, "31190", "no such upload", detail="blocks")
        return reply({"error_code": 0, "servers": [{"server": f"https://{UPLOADS}"}]})

    @route("POST /rest/2.0/pcs/superfile2", host=UPLOADS)
    def block(self, request: Request) -> Reply:
        """A block."""
        asked = request.query
        upload = self.uploads.get(asked.get("uploadid", ""))
        if upload is None or asked.get("type") != "tmpfile" or asked.get("path") != upload.path:
            raise Fault(200, "31190", "no such upload", detail="blocks")
        data = form(request)["file"].body
        at = number(asked.get("partseq"), "partseq")
        if at >= len(upload.hashes) or len(data) > BLOCK:
            raise Fault(200, "31299", "the size of the block is invalid", detail="blocks")
        upload.blocks[at] = data
        return reply({"md5": digest("md5", data), "request_id": 1})

    def _create(self, asked: dict[str, str]) -> Reply:
        hashes = _listed(asked)
        upload = self.uploads.get(asked.get("uploadid", ""))
        if not asked.get("uploadid") and (data := self.known.get(json.dumps(hashes))) is not None:
            self.stored[asked["path"]] = data
            return reply({"errno": 0, "path": asked["path"], "size": len(data)})
        if upload is None or hashes != upload.hashes or asked.get("path") != upload.path:
            raise Fault(200, "10", "create superfile failed")
        data = b"".join(upload.blocks[at] for at in sorted(upload.blocks))
        if hashes != _hashes(data) or number(asked.get("size"), "size") != len(data):
            raise Fault(200, "31363", "a block is missing, or not what was announced")
        self.stored[upload.path] = data
        return reply({"errno": 0, "path": upload.path, "size": len(data), "fs_id": 1})


def _listed(asked: dict[str, str]) -> list[str]:
    hashes = json.loads(asked.get("block_list") or "[]")
    if not hashes:
        raise Fault(200, "2", "block_list")
    return [str(one) for one in hashes]


def _hashes(data: bytes) -> list[str]:
    pieces = [data[at : at + BLOCK] for at in range(0, len(data), BLOCK)] or [b""]
    return [digest("md5", piece) for piece in pieces]
