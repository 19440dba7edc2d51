"""Feishu (飞书): the open platform's uploads and messages, and the drive's page.

Source: open.feishu.cn, "上传文件" and "分片上传文件" (``size`` and ``checksum``, Adler-32 in decimal;
``seq`` from 0; blocks of ``block_size``; ``block_num`` at the end; the error codes 1062008
checksum, 1062009 size, 1062010 block missing, 1062011 block out of bounds), "上传文件" of messages,
"发送消息". For the page: captures in open clients (``box/upload/prepare`` → ``blocks`` with SHA-256
and Adler-32 of each block → ``stream/upload/merge_block`` → ``finish``), whose hashes come before
any byte.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from typing import Any, ClassVar

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.bodies import digest
from support.standins.forms import form, number, texts

API = "open.feishu.cn"
SPACE = "internal-api-space.feishu.cn"
STREAM = "internal-api-drive-stream.feishu.cn"
APP_ID, APP_SECRET = "cli_test", "app-secret"
TENANT_TOKEN = "t-test"
COOKIE = "session=XN0YXJ0-test"
FOLDER = "fldcnTest"
BLOCK = 4 * 2**20
ALL_BYTES = 20 * 2**20


@dataclass
class _Upload:
    name: str
    size: int
    block: int
    blocks: dict[int, bytes] = field(default_factory=dict)
    announced: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return -(-self.size // self.block)

    def length(self, seq: int) -> int:
        return min(self.block, self.size - seq * self.block)


class Feishu(StandIn):
    """The open platform and the page's hosts; messages are kept as ``message-1`` …

    Attributes:
        block: how many bytes a block has; 4 MiB at the real one.
    """

    hosts: ClassVar[tuple[str, ...]] = (API, SPACE, STREAM)
    block = BLOCK

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.uploads: dict[str, _Upload] = {}
        self.messages = 0

    def refuse(self, fault: Fault) -> Reply:
        """``code`` and ``msg``."""
        return reply({"code": int(fault.code), "msg": fault.message}, fault.status)

    def check(self, request: Request) -> None:
        """The tenant's token, or the page's cookie."""
        if request.host != API:
            if COOKIE not in request.header("cookie"):
                raise Fault(401, "5", "login required")
        elif "/auth/" not in request.path and (
            request.header("authorization") != f"Bearer {TENANT_TOKEN}"
        ):
            raise Fault(400, "99991663", "Invalid access token for authorization")

    @route("POST /open-apis/auth/v3/tenant_access_token/internal", host=API)
    def token(self, request: Request) -> Reply:
        """A token for the application's secret."""
        asked = request.json()
        if (asked.get("app_id"), asked.get("app_secret")) != (APP_ID, APP_SECRET):
            raise Fault(200, "10014", "app secret invalid")
        told = {"tenant_access_token": TENANT_TOKEN, "expire": 7200}
        return reply({"code": 0, "msg": "ok", **told})

    # -- the open platform's drive ---------------------------------------------------------

    @route("POST /open-apis/drive/v1/{kind}/upload_all", host=API)
    def upload_all(self, request: Request, kind: str) -> Reply:
        """A file of at most 20 MiB in one form."""
        parts = form(request)
        fields = texts(parts)
        self._place(fields, kind)
        data = self._data(parts, fields)
        if number(fields.get("size"), "size") > ALL_BYTES:
            raise _bad("1061043", "file size beyond limit.")
        self.stored[fields["file_name"]] = data
        return _done({"file_token": f"box{len(self.stored)}"})

    def _place(self, fields: dict[str, Any], kind: str) -> None:
        if kind not in ("files", "medias") or not fields.get("file_name"):
            raise _bad("1061002", "params error.")
        if fields.get("parent_node") != FOLDER:
            raise _bad("1061044", "parent node not exist.")

    def _data(self, parts: dict[str, Any], fields: dict[str, str]) -> bytes:
        if "file" not in parts:
            raise _bad("1061002", "params error.")
        data: bytes = parts["file"].body
        if len(data) != number(fields.get("size"), "size"):
            raise _bad("1062009", "the actual size is inconsistent with the parameter size.")
        if fields.get("checksum", str(zlib.adler32(data))) != str(zlib.adler32(data)):
            raise _bad("1062008", "checksum param Invalid.")
        return data

    @route("POST /open-apis/drive/v1/{kind}/upload_prepare", host=API)
    def prepare(self, request: Request, kind: str) -> Reply:
        """An upload in blocks of a size that the platform chooses."""
        asked = request.json()
        self._place(asked, kind)
        upload = _Upload(asked["file_name"], number(asked.get("size"), "size"), self.block)
        name = f"71112116913{len(self.uploads) + 1:08d}"
        self.uploads[name] = upload
        told = {"upload_id": name, "block_size": upload.block, "block_num": upload.count}
        return _done(told)

    @route("POST /open-apis/drive/v1/{kind}/upload_part", host=API)
    def part(self, request: Request, kind: str) -> Reply:
        """One block."""
        parts = form(request)
        fields = texts(parts)
        upload = self._upload(fields.get("upload_id"))
        seq = number(fields.get("seq"), "seq")
        if seq >= upload.count or not kind:
            raise _bad("1062011", "block num out of bounds.")
        data = self._data(parts, fields)
        if len(data) != upload.length(seq):
            raise _bad("1062009", "the block is not as large as the others.")
        upload.blocks[seq] = data
        return _done({})

    @route("POST /open-apis/drive/v1/{kind}/upload_finish", host=API)
    def finish(self, request: Request, kind: str) -> Reply:
        """All blocks are there."""
        asked = request.json()
        upload = self._upload(asked.get("upload_id"))
        return self._finished(upload, asked.get("block_num"), kind)

    def _upload(self, name: Any) -> _Upload:
        if name not in self.uploads:
            raise _bad("1061021", "upload id expire.")
        return self.uploads[name]

    def _finished(self, upload: _Upload, count: Any, _: str = "") -> Reply:
        if count != upload.count or len(upload.blocks) != upload.count:
            raise _bad("1062010", "block missing, please upload all blocks.")
        self.stored[upload.name] = b"".join(upload.blocks[at] for at in sorted(upload.blocks))
        return _done({"file_token": f"box{len(self.stored)}"})

    # -- messages --------------------------------------------------------------------------

    @route("POST /open-apis/im/v1/files", host=API)
    def message_file(self, request: Request) -> Reply:
        """A file for a message, in one form that declares nothing."""
        parts = form(request)
        fields = texts(parts)
        if not fields.get("file_name") or fields.get("file_type") != "stream":
            raise _bad("234001", "Invalid request param.")
        if "file" not in parts or not parts["file"].body:
            raise _bad("234010", "File's size can't be 0.")
        self.stored[fields["file_name"]] = parts["file"].body
        return _done({"file_key": f"file_v3_{len(self.stored)}"})

    @route("POST /open-apis/im/v1/messages", host=API)
    def message(self, request: Request) -> Reply:
        """A message; its content is JSON in a string."""
        asked = request.json()
        content = json.loads(asked.get("content") or "{}")
        if request.query.get("receive_id_type") != "open_id" or not asked.get("receive_id"):
            raise _bad("230001", "Your request contains an invalid request parameter.")
        self.messages += 1
        said = content.get("text") or content.get("file_key") or ""
        self.stored[f"message-{self.messages}"] = said.encode()
        return _done({"message_id": f"om_{self.messages}"})

    # -- the drive's page ------------------------------------------------------------------

    @route("POST /space/api/box/upload/prepare/", host=SPACE)
    def web_prepare(self, request: Request) -> Reply:
        """An upload."""
        asked = request.json()
        if asked.get("mount_point") != "explorer" or not asked.get("name"):
            raise _bad("1061002", "params error.")
        upload = _Upload(asked["name"], number(asked.get("size"), "size"), self.block)
        name = f"web{len(self.uploads) + 1}"
        self.uploads[name] = upload
        told = {"upload_id": name, "block_size": upload.block, "num_blocks": upload.count}
        return _done(told)

    @route("POST /space/api/box/upload/blocks/", host=SPACE)
    def web_blocks(self, request: Request) -> Reply:
        """Hashes of all blocks; the answer names those that are wanted."""
        asked = request.json()
        upload = self._upload(asked.get("upload_id"))
        for one in asked.get("blocks") or []:
            if one["seq"] >= upload.count or one["size"] != upload.length(one["seq"]):
                raise _bad("1062009", "the block's size does not fit.")
            upload.announced[one["seq"]] = one
        return _done({"needed_upload_blocks": list(upload.announced.values())})

    @route("POST /space/api/box/stream/upload/merge_block/", host=STREAM)
    def web_merge(self, request: Request) -> Reply:
        """The bytes of one block or several in a row."""
        upload = self._upload(request.query.get("upload_id"))
        seqs = [int(one) for one in request.header("x-seq-list").split(",")]
        sums = request.header("x-block-list-checksum").split(",")
        if len(seqs) != len(sums) or request.header("x-block-origin-size") != str(upload.block):
            raise _bad("1061002", "params error.")
        data = request.body
        for seq, given in zip(seqs, sums, strict=True):
            said = upload.announced.get(seq)
            piece, data = data[: upload.length(seq)], data[upload.length(seq) :]
            checked = str(zlib.adler32(piece))
            if said is None or checked != given or checked != str(said["checksum"]):
                raise _bad("1062008", "checksum param Invalid.")
            if digest("sha256", piece, "base64") != said["hash"]:
                raise _bad("1062008", "the hash is not the announced one.")
            upload.blocks[seq] = piece
        if data:
            raise _bad("1062009", "more bytes than the blocks have.")
        return _done({"success_seq_list": seqs})

    @route("POST /space/api/box/upload/finish/", host=SPACE)
    def web_finish(self, request: Request) -> Reply:
        """All blocks are there."""
        asked = request.json()
        return self._finished(self._upload(asked.get("upload_id")), asked.get("num_blocks"))


class SmallBlocks(Feishu):
    """The same with blocks of 100 bytes, for borders in small files."""

    block = 100


def _bad(code: str, message: str) -> Fault:
    return Fault(400, code, message)


def _done(data: dict[str, Any]) -> Reply:
    return reply({"code": 0, "msg": "success", "data": data})
