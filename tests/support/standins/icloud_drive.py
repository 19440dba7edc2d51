"""iCloud Drive on the web: a ticket, the bytes in a form at another host, the update of a document.

Source: pyicloud's ``services/drive`` and rclone's ``iclouddrive`` backend (MIT): ``upload/web`` with
``filename`` and ``size``; the returned address takes a form with one file and answers
``singleFile`` with checksums, a wrapping key and a receipt; ``update/documents`` repeats them.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any, ClassVar

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.forms import form, number

HOST, CONTENT = "p63-docws.icloud.com", "p63-content.icloud.com"
COOKIE = 'X-APPLE-WEBAUTH-TOKEN="v=2:t=test"'
FOLDER = "FOLDER::com.apple.CloudDocs::root"


@dataclass
class _Document:
    name: str
    size: int
    data: bytes | None = None


class ICloudDrive(StandIn):
    """Document and content hosts."""

    hosts: ClassVar[tuple[str, ...]] = (HOST, CONTENT)

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.documents: dict[str, _Document] = {}

    def refuse(self, fault: Fault) -> Reply:
        """``reason`` and ``serverErrorCode``."""
        told = {"success": False, "error": 1, "serverErrorCode": fault.code}
        return reply({**told, "reason": fault.message}, fault.status)

    def check(self, request: Request) -> None:
        """The page's cookie, which the content's host is not sent."""
        if (COOKIE in request.header("cookie")) is (request.host == CONTENT):
            raise Fault(421, "AUTHENTICATION_FAILED", "cookie")

    @route("POST /ws/com.apple.CloudDocs/upload/web", host=HOST)
    def ticket(self, request: Request) -> Reply:
        """An address for so many bytes."""
        asked = request.json()
        if asked.get("type") != "FILE" or not asked.get("filename"):
            raise Fault(400, "BAD_REQUEST", "type or filename")
        name = f"DOC-{len(self.documents) + 1}"
        self.documents[name] = _Document(asked["filename"], number(asked.get("size"), "size"))
        url = f"https://{CONTENT}:443/{name}/singleFileUpload?tk=t&ckUUID={name}"
        return reply([{"document_id": name, "url": url, "owner": "CK", "owner_id": "1"}])

    @route("POST /{name}/singleFileUpload", host=CONTENT)
    def upload(self, request: Request, name: str) -> Reply:
        """The bytes."""
        document = self.documents.get(name)
        parts = list(form(request).values())
        if document is None or request.query.get("ckUUID") != name or len(parts) != 1:
            raise Fault(403, "FORBIDDEN", "no such ticket, or not one file")
        if len(parts[0].body) != document.size:
            raise Fault(400, "BAD_REQUEST", "not as large as announced")
        document.data = parts[0].body
        return reply({"singleFile": {**_checks(document.data), "size": document.size}})

    @route("POST /ws/com.apple.CloudDocs/update/documents", host=HOST)
    def update(self, request: Request) -> Reply:
        """The document is what was uploaded."""
        asked = request.json()
        document = self.documents.get(str(asked.get("document_id")))
        said = asked.get("data") or {}
        if asked.get("command") != "add_file" or document is None or document.data is None:
            raise Fault(400, "BAD_REQUEST", "the document was not uploaded")
        true = _checks(document.data)
        given = {
            "fileChecksum": said.get("signature"),
            "wrappingKey": said.get("wrapping_key"),
            "referenceChecksum": said.get("reference_signature"),
            "receipt": said.get("receipt"),
        }
        if given != true or said.get("size") != document.size:
            raise Fault(400, "BAD_REQUEST", "the checksums are not those of the upload")
        if asked.get("path") != {"starting_document_id": FOLDER, "path": document.name}:
            raise Fault(404, "NOT_FOUND", "no such folder")
        self.stored[document.name] = document.data
        result = {"document": {"document_id": asked["document_id"], "size": document.size}}
        return reply({"status": {"status_code": 0}, "results": [result]})


def _checks(data: bytes) -> dict[str, str]:
    def made(kind: str) -> str:
        return base64.b64encode(hashlib.sha256(kind.encode() + data).digest()).decode()

    kinds = ("fileChecksum", "wrappingKey", "referenceChecksum", "receipt")
    return {kind: made(kind) for kind in kinds}
