"""WeChat web (微信网页版) and its file transfer: messages, and files in 512 KiB chunks.

Source: the requests of ItChat and other open clients of the page. ``uploadmediarequest`` is JSON
in a form field with ``TotalLen``, ``DataLen`` and ``FileMd5`` of the whole file; a file of more
than 512 KiB comes in several requests that name ``chunks`` and ``chunk``; the last answers with a
``MediaId``. The message then names that id and the length. All errors are 200 with ``Ret`` ≠ 0.
How much the real service checks is not known; this one checks everything.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.bodies import Part, digest
from support.standins.forms import form, number, texts

HOST = "wx.qq.com"
FILES = "file.wx.qq.com"
CHUNK = 512 * 1024
TICKET = "gSdtest"
PASS = "pass%2Bticket"
SKEY = "@crypt_1"
USER = "@me"


@dataclass
class _Upload:
    asked: dict[str, Any]
    name: str
    chunks: int
    data: bytearray = field(default_factory=bytearray)
    taken: int = 0


class WeChatWeb(StandIn):
    """The page's server; messages are kept as ``message-1`` …"""

    hosts: ClassVar[tuple[str, ...]] = (HOST, FILES)

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.uploads: dict[int, _Upload] = {}
        self.media: dict[str, tuple[str, int]] = {}
        self.messages = 0

    def refuse(self, fault: Fault) -> Reply:
        """200 and ``Ret``."""
        said = {"Ret": 1, "ErrMsg": fault.message}
        return reply({"BaseResponse": said, "MediaId": "", "MsgID": ""})

    @route("POST /cgi-bin/mmwebwx-bin/webwxuploadmedia", host=FILES)
    def upload(self, request: Request) -> Reply:
        """A file, or a chunk of one."""
        parts = form(request)
        fields = texts(parts)
        asked = json.loads(fields.get("uploadmediarequest") or "{}")
        self._check_head(fields, asked)
        chunks = number(fields.get("chunks", "1"), "chunks")
        chunk = number(fields.get("chunk", "0"), "chunk")
        if ("chunks" in fields) != (int(fields["size"]) > CHUNK):
            raise _bad("chunks are counted exactly when there are several")
        file = next((one for one in parts.values() if one.file_name), None)
        if file is None or file.file_name != fields["name"]:
            raise _bad("no file, or under another name")
        upload = self._begun(asked, fields["name"], chunks)
        if chunk != upload.taken or chunks != upload.chunks or asked != upload.asked:
            raise _bad("the chunks are out of order or belong to different files")
        self._take(upload, file)
        media = self._finished(upload) if upload.taken == chunks else ""
        said = {"BaseResponse": {"Ret": 0, "ErrMsg": ""}, "MediaId": media}
        return reply({**said, "StartPos": len(upload.data), "CDNThumbImgHeight": 0})

    def _check_head(self, fields: dict[str, str], asked: dict[str, Any]) -> None:
        if fields.get("webwx_data_ticket") != TICKET or fields.get("pass_ticket") != PASS:
            raise _bad("the tickets are missing")
        if fields.get("mediatype") not in ("doc", "pic", "video"):
            raise _bad("no such mediatype")
        self._check_base(asked)
        sizes = {number(fields.get("size"), "size"), asked.get("TotalLen"), asked.get("DataLen")}
        if len(sizes) != 1 or not re.fullmatch("[0-9a-f]{32}", asked.get("FileMd5", "")):
            raise _bad("the lengths differ, or FileMd5 is none")

    def _check_base(self, asked: dict[str, Any]) -> None:
        if asked.get("BaseRequest", {}).get("Skey") != SKEY:
            raise _bad("BaseRequest")

    def _begun(self, asked: dict[str, Any], name: str, chunks: int) -> _Upload:
        key = number(asked.get("ClientMediaId"), "ClientMediaId")
        return self.uploads.setdefault(key, _Upload(asked, name, chunks))

    def _take(self, upload: _Upload, file: Part) -> None:
        last = upload.taken + 1 == upload.chunks
        if len(file.body) > CHUNK or (not last and len(file.body) != CHUNK):
            raise _bad("a chunk has 512 KiB, and only the last may have less")
        upload.data += file.body
        upload.taken += 1

    def _finished(self, upload: _Upload) -> str:
        data = bytes(upload.data)
        if len(data) != upload.asked["TotalLen"]:
            raise _bad("TotalLen is not the length of what came")
        if digest("md5", data) != upload.asked["FileMd5"]:
            raise _bad("FileMd5 is not the MD5 of what came")
        name = f"@crypt_media_{len(self.media) + 1}"
        self.media[name] = (upload.name, len(data))
        self.stored[upload.name] = data
        return name

    @route("POST /cgi-bin/mmwebwx-bin/webwxsendappmsg", host=HOST)
    def send_file(self, request: Request) -> Reply:
        """A message with an uploaded file."""
        asked = request.json()
        self._check_base(asked)
        content = asked["Msg"]["Content"]
        found = re.search(r"<totallen>(\d+)</totallen><attachid>([^<]+)</attachid>", content)
        media = self.media.get(found[2]) if found else None
        if media is None or f"<title>{media[0]}</title>" not in content:
            raise _bad("the message names no uploaded file")
        if found and int(found[1]) != media[1]:
            raise _bad("totallen is not the length of the uploaded file")
        return self._sent(content)

    @route("POST /cgi-bin/mmwebwx-bin/webwxsendmsg", host=HOST)
    def send(self, request: Request) -> Reply:
        """A message of text."""
        asked = request.json()
        self._check_base(asked)
        return self._sent(asked["Msg"]["Content"])

    def _sent(self, content: str) -> Reply:
        self.messages += 1
        self.stored[f"message-{self.messages}"] = content.encode()
        said = {"BaseResponse": {"Ret": 0, "ErrMsg": ""}, "MsgID": str(self.messages)}
        return reply({**said, "LocalID": str(self.messages)})


def _bad(message: str) -> Fault:
    return Fault(200, "ret", message)
