"""WeChat's iLink bot channel: files enciphered under a key that the ticket names.

Source: Tencent's published client (npm ``@tencent-weixin/openclaw-weixin``: ``cdn/upload``,
``cdn/cdn-upload``, ``messaging/send``). ``getuploadurl`` announces length and MD5 of the plain
file, the length of the enciphered one and the key; the CDN takes AES-128-ECB with PKCS#7 padding
and answers with ``x-encrypted-param``, its errors in ``x-error-message``; ``sendmessage`` names
that answer, the key and the plain length.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.bodies import digest
from support.standins.forms import number

API = "ilinkai.weixin.qq.com"
CDN = "novac2c.cdn.weixin.qq.com"
TOKEN = "bot-token"
_BLOCK = 16


@dataclass
class _Ticket:
    key: bytes
    raw_size: int
    raw_md5: str
    size: int
    data: bytes | None = None


class ILink(StandIn):
    """API and CDN; a file is kept under the name that its message says."""

    hosts: ClassVar[tuple[str, ...]] = (API, CDN)

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.tickets: dict[str, _Ticket] = {}
        self.params: dict[str, _Ticket] = {}

    def refuse(self, fault: Fault) -> Reply:
        """``ret`` and ``errmsg``; a header on the CDN."""
        if fault.detail == "cdn":
            return Reply(fault.status, {"x-error-message": fault.message})
        return reply({"ret": -1, "errmsg": fault.message}, fault.status)

    def check(self, request: Request) -> None:
        """The bot's token, on the API's host."""
        if request.host == API and request.header("authorization") != f"Bearer {TOKEN}":
            raise Fault(401, "token", "unauthorized")

    @route("POST /ilink/bot/getuploadurl", host=API)
    def ticket(self, request: Request) -> Reply:
        """An address for exactly these bytes under this key."""
        asked = request.json()
        raw = number(asked.get("rawsize"), "rawsize")
        size = number(asked.get("filesize"), "filesize")
        key = bytes.fromhex(str(asked.get("aeskey")))
        if len(key) != _BLOCK or size != (raw // _BLOCK + 1) * _BLOCK:
            raise Fault(400, "size", "filesize is not rawsize with its padding, or no key")
        if len(asked.get("rawfilemd5", "")) != 32 or asked.get("media_type") not in (1, 2, 3, 4):
            raise Fault(400, "md5", "rawfilemd5 and media_type are needed")
        name = str(asked["filekey"])
        if not name or name in self.tickets:
            raise Fault(400, "filekey", "filekey is missing or was used")
        self.tickets[name] = _Ticket(key, raw, asked["rawfilemd5"], size)
        param = quote(secrets.token_urlsafe(12))
        url = f"https://{CDN}/c2c/upload?encrypted_query_param={param}&filekey={name}"
        return reply({"ret": 0, "upload_full_url": url})

    @route("POST /c2c/upload", host=CDN)
    def upload(self, request: Request) -> Reply:
        """The enciphered bytes."""
        ticket = self.tickets.get(request.query.get("filekey", ""))
        if ticket is None or ticket.data is not None:
            raise _cdn("no such upload")
        if len(request.body) != ticket.size:
            raise _cdn("the length is not filesize")
        plain = deciphered(request.body, ticket.key)
        if len(plain) != ticket.raw_size or digest("md5", plain) != ticket.raw_md5:
            raise _cdn("the plain bytes are not what rawsize and rawfilemd5 say")
        ticket.data = plain
        param = secrets.token_urlsafe(24)
        self.params[param] = ticket
        return Reply(200, {"x-encrypted-param": param})

    @route("POST /ilink/bot/sendmessage", host=API)
    def send(self, request: Request) -> Reply:
        """A message with text or an uploaded file."""
        message = request.json()["msg"]
        for item in message["item_list"]:
            if item["type"] == 1:
                self.stored[f"message-{len(self.requests)}"] = item["text_item"]["text"].encode()
                continue
            file = item["file_item"]
            ticket = self.params.get(file["media"]["encrypt_query_param"])
            if ticket is None or ticket.data is None:
                raise Fault(400, "media", "the media was not uploaded")
            key = base64.b64decode(file["media"]["aes_key"]).decode()
            if bytes.fromhex(key) != ticket.key or file["len"] != str(ticket.raw_size):
                raise Fault(400, "media", "key or len is not that of the upload")
            if file.get("md5", ticket.raw_md5) != ticket.raw_md5:
                raise Fault(400, "media", "md5 is not that of the upload")
            self.stored[file["file_name"]] = ticket.data
        return reply({"ret": 0, "message_id": "m1"})


def deciphered(data: bytes, key: bytes) -> bytes:
    """AES-128-ECB (NIST SP 800-38A §6.1), the PKCS#7 padding (RFC 5652 §6.3) removed.

    Raises:
        Fault: the padding is wrong.
    """
    opened = Cipher(algorithms.AES(key), modes.ECB()).decryptor()
    unpadder = PKCS7(_BLOCK * 8).unpadder()
    try:
        return unpadder.update(opened.update(data) + opened.finalize()) + unpadder.finalize()
    except ValueError as error:
        raise _cdn("the padding is wrong") from error


def _cdn(message: str) -> Fault:
    return Fault(400, "cdn", message, detail="cdn")
