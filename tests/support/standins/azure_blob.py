"""An Azure Blob Storage that checks Shared Key, SAS, Content-MD5 and lengths.

Source: Azure Storage REST reference, "Authorize with Shared Key", "Create a service SAS", "Put Blob".
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from support.standins.s3 import reply
from support.standins.sigv4 import Refuse, path_and_pairs
from support.upstream import Request

_HEADERS = [
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-MD5",
    "Content-Type",
    "Date",
    "If-Modified-Since",
    "If-Match",
    "If-None-Match",
    "If-Unmodified-Since",
    "Range",
]


@dataclass
class AzureBlob:
    """Keeps blobs of one account; ``key`` is in base64."""

    account: str
    key: str
    blobs: dict[str, bytes] = field(default_factory=dict)
    blocks: dict[tuple[str, str], bytes] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> bytes:
        try:
            return self._answer(request)
        except Refuse as refusal:
            self.refused.append(str(refusal))
            body = (
                f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{refusal.code}</Code>'
                f"<Message>{refusal.message}</Message></Error>"
            )
            headers = {"content-type": "application/xml", "x-ms-error-code": refusal.code}
            return reply(refusal.status, body.encode(), headers)

    def _answer(self, request: Request) -> bytes:
        path, pairs = path_and_pairs(request)
        asked = dict(pairs)
        if "sig" in asked:
            self._sas(asked, path)
        else:
            self._shared_key(request, path, pairs)
        right = base64.b64encode(hashlib.md5(request.body).digest()).decode()
        if request.header("content-md5") not in (None, right):
            raise Refuse("Md5Mismatch", "content-md5 is not right", 400)
        key = unquote(path.lstrip("/"))
        if request.method == "PUT" and asked.get("comp") == "block":
            if len(base64.b64decode(asked["blockid"], validate=True)) > 64:
                raise Refuse("InvalidQueryParameterValue", "blockid", 400)
            self.blocks[key, asked["blockid"]] = request.body
            return reply(201, b"", {"x-ms-request-server-encrypted": "true"})
        if request.method == "PUT" and asked.get("comp", "blocklist") == "blocklist":
            whole = request.body
            if "comp" in asked:
                whole = self._listed(key, request.body)
            elif request.header("x-ms-blob-type") != "BlockBlob":
                raise Refuse("MissingRequiredHeader", "x-ms-blob-type", 400)
            digest = base64.b64encode(hashlib.md5(whole).digest()).decode()
            if request.header("x-ms-blob-content-md5") not in (None, digest):
                raise Refuse("Md5Mismatch", "x-ms-blob-content-md5 is not right", 400)
            self.blobs[key] = whole
            now = dt.datetime.now(dt.UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
            headers = {"etag": '"0x1"', "last-modified": now, "content-md5": right}
            return reply(201, b"", {**headers, "x-ms-request-server-encrypted": "true"})
        raise Refuse("NotImplemented", "not here", 501)

    def _listed(self, key: str, body: bytes) -> bytes:
        names = [item.text or "" for item in ET.fromstring(body)]
        if not all((key, name) in self.blocks for name in names):
            raise Refuse("InvalidBlockList", "a block is not here", 400)
        whole = b"".join(self.blocks[key, name] for name in names)
        self.blocks = {one: data for one, data in self.blocks.items() if one[0] != key}
        return whole

    def _shared_key(self, request: Request, path: str, pairs: list[tuple[str, str]]) -> None:
        lines = [request.method]
        for name in _HEADERS:
            value = request.header(name.lower()) or ""
            lines.append("" if name == "Content-Length" and value == "0" else value)
        own = {
            name.lower(): value for name, value in request.headers if name.lower()[:5] == "x-ms-"
        }
        lines += [f"{name}:{own[name]}" for name in sorted(own)]
        lines.append(f"/{self.account}{path}")
        lines += [f"{name.lower()}:{value}" for name, value in sorted(pairs)]
        right = self._hmac("\n".join(lines))
        if request.header("authorization") != f"SharedKey {self.account}:{right}":
            raise Refuse("AuthenticationFailed", "the signature is not right")

    def _sas(self, asked: dict[str, str], path: str) -> None:
        """A service SAS for one blob, version 2020-12-06 and later."""
        names = ("sp", "st", "se")
        lines = [asked.get(name, "") for name in names]
        lines.append(f"/blob/{self.account}{unquote(path)}")
        lines += [asked.get(name, "") for name in ("si", "sip", "spr", "sv", "sr")]
        lines += ["", asked.get("ses", "")]
        lines += [asked.get(name, "") for name in ("rscc", "rscd", "rsce", "rscl", "rsct")]
        if self._hmac("\n".join(lines)) != asked["sig"]:
            raise Refuse("AuthenticationFailed", "the shared access signature is not right")

    def _hmac(self, text: str) -> str:
        key = base64.b64decode(self.key)
        return base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
