"""An Alibaba Cloud OSS that checks signatures 1 and 4 (headers and addresses) and Content-MD5.

Source: OSS developer reference, "Include a V4 signature in the Authorization header", "Include a
V1 signature in the Authorization header", "Add signatures to URLs".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET

from support.standins.s3 import reply
from support.standins.sigv4 import Refuse, path_and_pairs
from support.upstream import Request


def crc64(data: bytes) -> int:
    """CRC-64/XZ bit by bit."""
    register = 2**64 - 1
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0xC96C5795D7870F42 if register & 1 else 0)
    return register ^ 2**64 - 1


def _subresources(pairs: list[tuple[str, str]]) -> str:
    named = [pair for pair in sorted(pairs) if pair[0] in ("partNumber", "uploadId", "uploads")]
    text = "&".join(f"{name}={value}" if value else name for name, value in named)
    return f"?{text}" if text else ""


@dataclass
class Oss:
    """Keeps objects of one bucket, whose name the host begins with."""

    secrets: dict[str, str]
    objects: dict[str, bytes] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)

    def __call__(self, request: Request) -> bytes:
        try:
            return self._answer(request)
        except Refuse as refusal:
            self.refused.append(str(refusal))
            body = (
                f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{refusal.code}</Code>'
                f"<Message>{refusal.message}</Message><RequestId>1</RequestId></Error>"
            )
            headers = {"content-type": "application/xml", "x-oss-request-id": "1"}
            return reply(refusal.status, body.encode(), headers)

    def _answer(self, request: Request) -> bytes:
        path, pairs = path_and_pairs(request)
        asked = dict(pairs)
        bucket = (request.header("host") or "").partition(".")[0]
        resource = f"/{bucket}{unquote(path)}"
        text = request.header("authorization") or ""
        if text.startswith("OSS4-HMAC-SHA256 "):
            items = dict(re.findall(r"(\w+)=([^,\s]+)", text))
            date = request.header("x-oss-date") or ""
            self._four(request, resource, pairs, items, date)
        elif "x-oss-signature" in asked:
            items = {"Credential": asked["x-oss-credential"], "Signature": asked["x-oss-signature"]}
            items["AdditionalHeaders"] = asked.get("x-oss-additional-headers", "")
            pairs = [pair for pair in pairs if pair[0] != "x-oss-signature"]
            self._four(request, resource, pairs, items, asked["x-oss-date"])
        elif text.startswith("OSS "):
            key_id, _, given = text[4:].partition(":")
            self._one(
                request,
                resource + _subresources(pairs),
                request.header("date") or "",
                key_id,
                given,
            )
        elif "OSSAccessKeyId" in asked:
            key_id, given = asked["OSSAccessKeyId"], asked["Signature"]
            self._one(request, resource, asked["Expires"], key_id, given)
        else:
            raise Refuse("AccessDenied", "no signature that can be read")
        md5 = request.header("content-md5")
        if md5 and md5 != base64.b64encode(hashlib.md5(request.body).digest()).decode():
            raise Refuse("InvalidDigest", "Content-MD5 is not right", 400)
        key = unquote(path).lstrip("/")
        match request.method:
            case "PUT" if "partNumber" in asked:
                self._upload(asked)[int(asked["partNumber"])] = request.body
                return self._told(request.body)
            case "PUT":
                self.objects[key] = request.body
                return self._told(request.body)
            case "POST" if "uploads" in asked:
                name = secrets.token_hex(16).upper()
                self.parts[name] = {}
                xml = f"<InitiateMultipartUploadResult><UploadId>{name}</UploadId></InitiateMultipartUploadResult>"
                return reply(200, xml.encode(), {"x-oss-request-id": "1"})
            case "POST" if "uploadId" in asked:
                self.objects[key] = self._complete(self._upload(asked), request.body)
                del self.parts[asked["uploadId"]]
                return self._told(self.objects[key])
            case "DELETE" if "uploadId" in asked:
                self._upload(asked)
                del self.parts[asked["uploadId"]]
                return reply(204, b"", {"x-oss-request-id": "1"})
        raise Refuse("MethodNotAllowed", "not here", 405)

    def _told(self, data: bytes) -> bytes:
        headers = {
            "etag": f'"{hashlib.md5(data).hexdigest().upper()}"',
            "x-oss-hash-crc64ecma": str(crc64(data)),
            "x-oss-request-id": "1",
        }
        return reply(200, b"", headers)

    def _upload(self, asked: dict[str, str]) -> dict[int, bytes]:
        if asked["uploadId"] not in self.parts:
            raise Refuse("NoSuchUpload", "no such upload", 404)
        return self.parts[asked["uploadId"]]

    def _complete(self, parts: dict[int, bytes], body: bytes) -> bytes:
        whole = b""
        for item in ET.fromstring(body):
            number, etag = int(item.findtext("PartNumber", "0")), item.findtext("ETag", "")
            data = parts.get(number, b"")
            if number not in parts or etag.strip('"') != hashlib.md5(data).hexdigest().upper():
                raise Refuse("InvalidPart", "a part is not the one that was sent", 400)
            whole += data
        return whole

    def _one(self, request: Request, resource: str, date: str, key_id: str, given: str) -> None:
        lines = [request.method, request.header("content-md5") or ""]
        lines += [request.header("content-type") or "", date]
        own = {name.lower(): v for name, v in request.headers if name.lower()[:6] == "x-oss-"}
        lines += [f"{name}:{own[name].strip()}" for name in sorted(own)]
        key = self._secret(key_id).encode()
        raw = "\n".join([*lines, resource]).encode()
        right = base64.b64encode(hmac.new(key, raw, hashlib.sha1).digest()).decode()
        if right != given:
            raise Refuse("SignatureDoesNotMatch", "the signature is not right")

    def _four(
        self,
        request: Request,
        resource: str,
        pairs: list[tuple[str, str]],
        items: dict[str, str],
        date: str,
    ) -> None:
        key_id, *scope = items["Credential"].split("/")
        additional = items.get("AdditionalHeaders", "")
        names = {name.lower() for name, _ in request.headers}
        covered = {name for name in names if name.startswith("x-oss-")}
        covered |= names & {"content-type", "content-md5"} | set(
            filter(None, additional.split(";"))
        )
        headers = "".join(
            f"{name}:{(request.header(name) or '').strip()}\n" for name in sorted(covered)
        )
        encoded = sorted((quote(n, safe="-_.~"), quote(v, safe="-_.~")) for n, v in pairs)
        canonical = "\n".join(
            (
                request.method,
                quote(resource, safe="/-_.~"),
                "&".join(f"{name}={value}" if value else name for name, value in encoded),
                headers,
                additional,
                request.header("x-oss-content-sha256") or "UNSIGNED-PAYLOAD",
            )
        )
        key = f"aliyun_v4{self._secret(key_id)}".encode()
        for word in scope:
            key = hmac.new(key, word.encode(), hashlib.sha256).digest()
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        text = f"OSS4-HMAC-SHA256\n{date}\n{'/'.join(scope)}\n{digest}"
        if hmac.new(key, text.encode(), hashlib.sha256).hexdigest() != items["Signature"]:
            raise Refuse("SignatureDoesNotMatch", "the signature is not right")

    def _secret(self, key_id: str) -> str:
        if key_id not in self.secrets:
            raise Refuse("InvalidAccessKeyId", "no such key")
        return self.secrets[key_id]
