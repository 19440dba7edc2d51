"""An S3 as strict as the real one: signatures, payload hashes, chunks, trailers, lengths, policies."""

from __future__ import annotations

import base64
import datetime as dt
import functools
import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from xml.sax.saxutils import escape

from support.standins.s3_multipart import Multiparts
from support.standins.sigv4 import Refuse, Signed, path_and_pairs, verify
from support.upstream import Request

_CHUNK = re.compile(rb"([0-9a-fA-F]+)(?:;chunk-signature=([0-9a-f]{64}))?\r\n")
_CHECKSUMS = {
    "crc32": lambda data: zlib.crc32(data).to_bytes(4),
    "sha1": lambda data: hashlib.sha1(data).digest(),
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "crc64nvme": lambda data: crc64(data, 0x9A6C9329AC4BC9B5).to_bytes(8),
}


@functools.cache
def _table(polynomial: int) -> list[int]:
    table = list(range(256))
    for _ in range(8):
        table = [value >> 1 ^ (polynomial if value & 1 else 0) for value in table]
    return table


def crc64(data: bytes, polynomial: int) -> int:
    """A reflected CRC-64 that begins with all ones and ends inverted, byte by byte."""
    table, register = _table(polynomial), 2**64 - 1
    for byte in data:
        register = register >> 8 ^ table[(register ^ byte) & 255]
    return register ^ 2**64 - 1


@dataclass
class S3:
    """Keeps objects; ``Upstream(certificate, answer=S3(...))``.

    ``secrets`` are by access key id. ``refused`` holds the code of each refusal.
    """

    secrets: dict[str, str]
    objects: dict[str, bytes] = field(default_factory=dict)
    codings: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    multiparts: Multiparts = field(default_factory=lambda: Multiparts(_CHECKSUMS))

    def __call__(self, request: Request) -> bytes:
        try:
            return self._answer(request)
        except Refuse as refusal:
            self.refused.append(str(refusal))
            body = (
                f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{refusal.code}</Code>'
                f"<Message>{escape(refusal.message)}</Message></Error>"
            )
            return reply(refusal.status, body.encode(), {"content-type": "application/xml"})

    def _answer(self, request: Request) -> bytes:
        path, pairs = path_and_pairs(request)
        asked = dict(pairs)
        key = self._key(request, path)
        if request.method == "POST" and "multipart/form-data" in (
            request.header("content-type") or ""
        ):
            return self._form(request, key)
        signed = verify(request, self.secrets, "s3")
        data, checksums = self._payload(request, signed)
        self._digests(request, data, checksums)
        etag = f'"{hashlib.md5(data).hexdigest()}"'
        match request.method:
            case "POST" if "uploads" in asked:
                name, headers = self.multiparts.create(request, key)
                return reply(200, _xml("InitiateMultipartUploadResult", UploadId=name), headers)
            case "PUT" if "partNumber" in asked:
                number = int(asked["partNumber"])
                return reply(200, b"", self.multiparts.put(asked["uploadId"], number, data))
            case "POST" if "uploadId" in asked:
                self.objects[key] = self.multiparts.complete(request, asked["uploadId"], data)
                return reply(200, _xml("CompleteMultipartUploadResult", Key=key))
            case "DELETE" if "uploadId" in asked:
                self.multiparts.abort(asked["uploadId"])
                return reply(204, b"")
            case "GET" if "uploadId" in asked:
                parts = "".join(
                    f"<Part><PartNumber>{number}</PartNumber></Part>"
                    for number in self.multiparts.find(asked["uploadId"]).parts
                )
                return reply(200, f"<ListPartsResult>{parts}</ListPartsResult>".encode())
            case "PUT":
                self.objects[key] = data
                codings = [
                    one.strip() for one in (request.header("content-encoding") or "").split(",")
                ]
                self.codings[key] = ",".join(
                    one for one in codings if one not in ("", "aws-chunked")
                )
                return reply(200, b"", {"etag": etag})
            case "GET" | "HEAD" if key in self.objects:
                return reply(200, self.objects[key], {"etag": etag})
            case "DELETE":
                return reply(204, b"")
        raise Refuse("NoSuchKey", "no such object", 404)

    def _key(self, request: Request, path: str) -> str:
        from urllib.parse import unquote

        host = (request.header("host") or "").partition(":")[0]
        bucket = host.partition(".s3")[0] if ".s3" in host else ""
        return unquote(f"{bucket}{path}" if bucket else path.lstrip("/"))

    def _payload(self, request: Request, signed: Signed) -> tuple[bytes, dict[str, str]]:
        """The object and what the trailers say of it."""
        mode = signed.payload
        if mode == "UNSIGNED-PAYLOAD":
            return request.body, {}
        if not mode.startswith("STREAMING-"):
            if mode != hashlib.sha256(request.body).hexdigest():
                raise Refuse("XAmzContentSHA256Mismatch", "the payload is not what was signed", 400)
            return request.body, {}
        if "aws-chunked" not in (request.header("content-encoding") or ""):
            raise Refuse("InvalidRequest", "content-encoding must be aws-chunked", 400)
        data, trailers = b"", {}
        previous = signed.signature
        chunks = list(_chunks(request.body))
        *pieces, rest = chunks
        for at, (size, piece, mark) in enumerate(pieces):
            if (mark is not None) is not mode.startswith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"):
                raise Refuse(
                    "InvalidRequest", "chunks are signed, or not, against the headers", 400
                )
            if mark is not None:
                if signed.chunk(previous, piece) != mark:
                    raise Refuse("SignatureDoesNotMatch", "a chunk's signature is not right")
                previous = mark
            if at < len(pieces) - 2 and size < 8192:
                raise Refuse("InvalidChunkSizeError", "chunks are too small")
            data += piece
        lines = [line.partition(b":") for line in rest[1].split(b"\r\n") if line]
        trailers = {name.decode().lower(): value.decode().strip() for name, _, value in lines}
        mark = trailers.pop("x-amz-trailer-signature", None)
        if mode == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER":
            canonical = "".join(f"{name}:{value}\n" for name, value in trailers.items())
            if mark != signed.trailer(previous, canonical.encode()):
                raise Refuse("SignatureDoesNotMatch", "the trailers' signature is not right")
        announced = {
            one.strip() for one in (request.header("x-amz-trailer") or "").lower().split(",") if one
        }
        if set(trailers) != announced:
            raise Refuse("MalformedTrailerError", "the trailers are not those announced", 400)
        if request.header("x-amz-decoded-content-length") != str(len(data)):
            raise Refuse("IncompleteBody", "the object is not as long as was said", 400)
        return data, trailers

    def _digests(self, request: Request, data: bytes, trailers: dict[str, str]) -> None:
        said = {name.lower(): value for name, value in request.headers} | trailers
        # Where a multipart upload ends, they are of the object.
        whole = request.target if request.method == "POST" else ""
        if "content-md5" in said and said["content-md5"] != _b64(hashlib.md5(data).digest()):
            raise Refuse("BadDigest", "Content-MD5 is not right", 400)
        for name, value in said.items():
            found = re.fullmatch(r"x-amz-checksum-([a-z0-9]+)", name)
            if found and found[1] not in ("algorithm", "type") and "uploadId=" not in whole:
                if found[1] not in _CHECKSUMS:
                    raise Refuse("NotImplemented", f"{name} is not checked here", 501)
                if value != _b64(_CHECKSUMS[found[1]](data)):
                    raise Refuse("BadDigest", f"{name} is not right", 400)

    def _form(self, request: Request, bucket: str) -> bytes:
        head = f"Content-Type: {request.header('content-type')}\r\n\r\n".encode()
        message = BytesParser(policy=HTTP).parsebytes(head + request.body)
        fields, file = {}, b""
        for part in message.iter_parts():
            name = str(part.get_param("name", header="content-disposition")).lower()
            content = part.get_payload(decode=True)
            if name == "file":
                file = content
            else:
                fields[name] = content.decode()
        policy = fields.get("policy", "")
        if "x-amz-signature" in fields:
            key_id, *scope = fields["x-amz-credential"].split("/")
            key = f"AWS4{self.secrets[key_id]}".encode()
            for word in scope:
                key = hmac.new(key, word.encode(), hashlib.sha256).digest()
            right = hmac.new(key, policy.encode(), hashlib.sha256).hexdigest()
            given = fields["x-amz-signature"]
        else:
            secret = self.secrets.get(fields.get("awsaccesskeyid", ""), "")
            right = _b64(hmac.new(secret.encode(), policy.encode(), hashlib.sha1).digest())
            given = fields.get("signature", "")
        if right != given:
            raise Refuse("SignatureDoesNotMatch", "the policy's signature is not right")
        self._conditions(json.loads(base64.b64decode(policy)), fields, file, bucket.rstrip("/"))
        self.objects[f"{bucket.rstrip('/')}/{fields['key']}"] = file
        return reply(204, b"")

    def _conditions(self, policy: dict, fields: dict[str, str], file: bytes, bucket: str) -> None:
        if dt.datetime.fromisoformat(policy["expiration"]) < dt.datetime.now(dt.UTC):
            raise Refuse("AccessDenied", "the policy has expired")
        have = fields | {"bucket": bucket}
        covered = {"policy", "signature", "x-amz-signature", "awsaccesskeyid"}
        for one in policy["conditions"]:
            condition = ["eq", *next(iter(one.items()))] if isinstance(one, dict) else one
            kind, name, value = condition
            name = str(name).lstrip("$").lower()
            if kind == "content-length-range":
                if not int(condition[1]) <= len(file) <= int(condition[2]):
                    raise Refuse("EntityTooLarge", "the file is too large", 400)
                continue
            covered.add(name)
            fits = (
                have.get(name, "").startswith(value)
                if kind == "starts-with"
                else have.get(name) == value
            )
            if not fits:
                raise Refuse("AccessDenied", f"Invalid according to Policy: {name}")
        if extra := set(fields) - covered:
            raise Refuse("AccessDenied", f"Extra input fields: {min(extra)}")


def _chunks(body: bytes) -> Iterator[tuple[int, bytes, str | None]]:
    """Each chunk, the empty last one too, and then what follows it as one more."""
    at = 0
    while True:
        line = _CHUNK.match(body, at)
        if not line:
            raise Refuse("InvalidRequest", "the chunks cannot be read", 400)
        size, mark = int(line[1], 16), line[2].decode() if line[2] else None
        start = line.end()
        if not size:
            yield 0, b"", mark
            if not body[start:].endswith(b"\r\n"):
                raise Refuse("IncompleteBody", "the chunks do not end", 400)
            yield -1, body[start:], None
            return
        if body[start + size : start + size + 2] != b"\r\n":
            raise Refuse("InvalidRequest", "the chunks cannot be read", 400)
        yield size, body[start : start + size], mark
        at = start + size + 2


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _xml(name: str, **values: str) -> bytes:
    inner = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in values.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><{name}>{inner}</{name}>'.encode()


def reply(status: int, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
