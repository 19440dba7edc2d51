"""The multipart uploads of an S3: parts, their digests, and the list that ends them.

Source: Amazon S3 API reference, "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload",
"AbortMultipartUpload", "ListParts"; user guide, "Amazon S3 multipart upload limits".
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from support.standins.sigv4 import Refuse
from support.upstream import Request

SMALLEST = 5 * 1024 * 1024
_XMLNS = "http://s3.amazonaws.com/doc/2006-03-01/"


@dataclass
class Multipart:
    """One upload in progress.

    ``kms`` makes ETags that are no MD5, as objects under a key of the service have them.
    """

    key: str
    checksum: str
    kms: bool
    parts: dict[int, bytes] = field(default_factory=dict)

    def etag(self, number: int) -> str:
        """The ETag of a part, without quotes."""
        salt = b"kms" if self.kms else b""
        return hashlib.md5(self.parts[number] + salt).hexdigest()


@dataclass
class Multiparts:
    """All uploads in progress, by their ids; ``ended`` are those completed or aborted."""

    checksums: dict[str, Callable[[bytes], bytes]]
    open: dict[str, Multipart] = field(default_factory=dict)
    kms: bool = False
    smallest: int = SMALLEST

    def create(self, request: Request, key: str) -> tuple[str, dict[str, str]]:
        """A new upload: its id, and headers of the answer."""
        name = base64.b64encode(secrets.token_bytes(96), b"._").decode()
        checksum = (request.header("x-amz-checksum-algorithm") or "").lower()
        if checksum and checksum not in self.checksums:
            raise Refuse("NotImplemented", "that algorithm is not checked here", 501)
        self.open[name] = Multipart(key, checksum, self.kms)
        return name, {"x-amz-checksum-algorithm": checksum.upper()} if checksum else {}

    def put(self, name: str, number: int, data: bytes) -> dict[str, str]:
        """Take a part."""
        upload = self.find(name)
        if not 1 <= number <= 10_000:
            raise Refuse("InvalidArgument", "part number", 400)
        upload.parts[number] = data
        headers = {"etag": f'"{upload.etag(number)}"'}
        if upload.checksum:
            headers[f"x-amz-checksum-{upload.checksum}"] = self._sum(upload, number)
        return headers

    def complete(self, request: Request, name: str, body: bytes) -> bytes:
        """The object."""
        upload = self.find(name)
        stored: list[bytes] = []
        before = 0
        listed = ET.fromstring(body).findall(f"{{{_XMLNS}}}Part")
        for at, item in enumerate(listed):
            said = {child.tag.partition("}")[2]: child.text or "" for child in item}
            number = int(said["PartNumber"])
            if number <= before:
                raise Refuse("InvalidPartOrder", "parts are not in order", 400)
            before = number
            if number not in upload.parts or said["ETag"].strip('"') != upload.etag(number):
                raise Refuse("InvalidPart", "a part is not the one that was sent", 400)
            if upload.checksum and said.get(f"Checksum{upload.checksum.upper()}") != self._sum(
                upload, number
            ):
                raise Refuse("InvalidPart", "the checksum of a part is missing or wrong", 400)
            if at < len(listed) - 1 and len(upload.parts[number]) < self.smallest:
                raise Refuse("EntityTooSmall", "a part is too small", 400)
            stored.append(upload.parts[number])
        whole = b"".join(stored)
        if not stored:
            raise Refuse("MalformedXML", "no parts", 400)
        if request.header("x-amz-mp-object-size") not in (None, str(len(whole))):
            raise Refuse("InvalidRequest", "the object is not as large as was said", 400)
        for algorithm, digest in self.checksums.items():
            told = request.header(f"x-amz-checksum-{algorithm}")
            if told not in (None, base64.b64encode(digest(whole)).decode()):
                raise Refuse("BadDigest", "the checksum of the object is wrong", 400)
        del self.open[name]
        return whole

    def abort(self, name: str) -> None:
        """Forget an upload."""
        self.find(name)
        del self.open[name]

    def find(self, name: str) -> Multipart:
        """The upload of an id."""
        if name not in self.open:
            raise Refuse("NoSuchUpload", "no such upload", 404)
        return self.open[name]

    def _sum(self, upload: Multipart, number: int) -> str:
        return base64.b64encode(self.checksums[upload.checksum](upload.parts[number])).decode()
