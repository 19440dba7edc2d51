"""Notion's API: pages, and files in one part or in several.

Source: developers.notion.com (Create, Send and Complete a file upload; "Sending larger files":
parts of 5 to 20 MiB but for the last, any order, all before completion; 20 MiB in a single part;
names of 900 bytes at most; the part's type must be the announced one) and ``notion-client``.
"""

from __future__ import annotations

import mimetypes
import uuid
from dataclasses import dataclass, field
from typing import Any, ClassVar

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.forms import form, number, texts

TOKEN = "ntn_test"
MIB = 2**20
_NAME_BYTES = 900


@dataclass
class _Upload:
    name: str
    kind: str
    mode: str
    total: int
    status: str = "pending"
    parts: dict[int, bytes] = field(default_factory=dict)


class Notion(StandIn):
    """``api.notion.com``; the text of a page is kept under the page's id."""

    hosts: ClassVar[tuple[str, ...]] = ("api.notion.com",)

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.uploads: dict[str, _Upload] = {}

    def refuse(self, fault: Fault) -> Reply:
        """Notion's error object."""
        said = {"object": "error", "status": fault.status, "code": fault.code}
        return reply({**said, "message": fault.message, "request_id": "r"}, fault.status)

    def check(self, request: Request) -> None:
        """Token and version."""
        if request.header("authorization") != f"Bearer {TOKEN}":
            raise Fault(401, "unauthorized", "API token is invalid.")
        if not request.header("notion-version"):
            raise Fault(400, "missing_version", "Notion-Version header failed validation")

    @route("POST /v1/file_uploads")
    def create(self, request: Request) -> Reply:
        """An upload in one part or several."""
        asked = request.json()
        mode = asked.get("mode", "single_part")
        name = asked.get("filename") or ""
        if mode not in ("single_part", "multi_part"):
            raise _invalid("mode should be single_part or multi_part")
        if len(name.encode()) > _NAME_BYTES or (mode == "multi_part" and "." not in name):
            raise _invalid("filename should have an extension and 900 bytes at most")
        several = mode == "multi_part"
        total = number(asked.get("number_of_parts"), "number_of_parts") if several else 1
        if not 1 <= total <= 1000:
            raise _invalid("number_of_parts should be between 1 and 1000")
        kind = asked.get("content_type") or mimetypes.guess_type(name)[0] or ""
        made = str(uuid.uuid4())
        self.uploads[made] = _Upload(name, kind, mode, total)
        return reply(self._object(made))

    @route("POST /v1/file_uploads/{name}/send")
    def send(self, request: Request, name: str) -> Reply:
        """The bytes of one part."""
        upload = self._upload(name)
        parts = form(request)
        file = parts.get("file")
        if file is None:
            raise _invalid("body.file should be defined")
        if upload.status != "pending":
            raise _invalid(f"the file upload is {upload.status}")
        if not upload.kind:
            upload.kind = file.media_type
        if file.media_type and file.media_type != upload.kind and upload.mode == "single_part":
            raise _invalid(f"the content type {file.media_type} is not {upload.kind}")
        if len(file.body) > 20 * MIB:
            raise Fault(413, "validation_error", "a part has 20 MiB at most")
        if upload.mode == "single_part":
            upload.name = upload.name or file.file_name
            upload.parts[1] = file.body
            self._finish(upload)
        else:
            at = number(texts(parts).get("part_number"), "part_number")
            if not 1 <= at <= upload.total:
                raise _invalid("part_number should be between 1 and number_of_parts")
            if at < upload.total and len(file.body) < 5 * MIB:
                raise _invalid("only the last part may have less than 5 MiB")
            upload.parts[at] = file.body
        return reply(self._object(name))

    @route("POST /v1/file_uploads/{name}/complete")
    def complete(self, _: Request, name: str) -> Reply:
        """All parts were sent."""
        upload = self._upload(name)
        if upload.mode != "multi_part" or upload.status != "pending":
            raise _invalid("only a pending upload of several parts can be completed")
        if set(upload.parts) != set(range(1, upload.total + 1)):
            raise _invalid(f"{len(upload.parts)} of {upload.total} parts were sent")
        self._finish(upload)
        return reply(self._object(name))

    def _finish(self, upload: _Upload) -> None:
        upload.status = "uploaded"
        self.stored[upload.name] = b"".join(upload.parts[at] for at in sorted(upload.parts))

    @route("GET /v1/file_uploads/{name}")
    def retrieve(self, _: Request, name: str) -> Reply:
        """What is known of an upload."""
        self._upload(name)
        return reply(self._object(name))

    @route("POST /v1/pages")
    @route("PATCH /v1/pages/{name}")
    @route("PATCH /v1/blocks/{name}/children")
    def write(self, request: Request, name: str = "") -> Reply:
        """A page or blocks of one; its files must have been uploaded."""
        asked = request.json()
        if request.method == "POST" and not {"parent", "properties"} <= set(asked):
            raise _invalid("body.parent and body.properties should be defined")
        name = name or str(uuid.uuid4())
        said: list[str] = []
        self._walk(asked, said)
        self.stored[name] = "\n".join(said).encode()
        return reply({"object": "page", "id": name, "url": f"https://www.notion.so/{name}"})

    def _walk(self, value: Any, said: list[str]) -> None:
        if isinstance(value, list):
            for one in value:
                self._walk(one, said)
        elif isinstance(value, dict):
            if isinstance(value.get("text"), dict):
                said.append(value["text"]["content"])
            if value.get("type") == "file_upload":
                upload = self._upload(value["file_upload"]["id"])
                if upload.status != "uploaded":
                    raise _invalid("the file upload is not uploaded")
            for one in value.values():
                self._walk(one, said)

    def _upload(self, name: str) -> _Upload:
        if name not in self.uploads:
            raise Fault(404, "object_not_found", f"Could not find file upload with ID: {name}")
        return self.uploads[name]

    def _object(self, name: str) -> dict[str, Any]:
        upload = self.uploads[name]
        url = f"https://api.notion.com/v1/file_uploads/{name}"
        made = {
            "object": "file_upload",
            "id": name,
            "status": upload.status,
            "filename": upload.name,
            "content_type": upload.kind,
            "content_length": len(self.stored.get(upload.name, b"")) or None,
            "upload_url": f"{url}/send",
        }
        if upload.mode == "multi_part":
            made["complete_url"] = f"{url}/complete"
            made["number_of_parts"] = {"total": upload.total, "sent": len(upload.parts)}
        return made


def _invalid(message: str) -> Fault:
    return Fault(400, "validation_error", message)
