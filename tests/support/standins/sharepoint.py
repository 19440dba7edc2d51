"""SharePoint's REST interface: files added whole, and files added in chunks.

Sources: SharePoint REST reference, "Working with folders and files with REST" (``Files/add``,
``X-RequestDigest``); CSOM reference, ``File.StartUpload`` (idempotent for the same id and bytes,
answers the running total), ``ContinueUpload``, ``FinishUpload``, ``CancelUpload``, each naming the
offset at which its fragment begins; OData verbose error format. The documentation gives no error
codes for a wrong offset or upload id; those here are of the documented form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.upstream import TestAuthority

HOST = "contoso.sharepoint.com"
SITE = "sites/team"
TOKEN = "sharepoint-token"
DIGEST = "0x1234ABCD,22 Nov 2026 00:00:00 -0000"

_STEP = re.compile(r"(\$?\w+)(?:\(((?:'(?:[^']|'')*'|[^'()])*)\))?(?:/|$)")
_ARGUMENT = re.compile(r"(?:(\w+)=)?(?:guid)?(?:'((?:[^']|'')*)'|([^,']+))(?:,|$)")


@dataclass
class Call:
    """One step of an OData path: a name and its arguments, positional ones under their number."""

    name: str
    arguments: dict[str, str] = field(default_factory=dict)


def parse(path: str) -> list[Call]:
    """Take ``Web/getFolderByServerRelativeUrl('a')/Files/add(url='b',overwrite=true)`` apart.

    Raises:
        Fault: it is no such path.
    """
    calls, at = [], 0
    while at < len(path):
        found = _STEP.match(path, at)
        if not found:
            raise Fault(400, "-1, Microsoft.SharePoint.Client.InvalidClientQueryException")
        values = {
            (name or str(place)): (quoted.replace("''", "'") if quoted else plain)
            for place, (name, quoted, plain) in enumerate(_ARGUMENT.findall(found[2] or ""))
        }
        calls.append(Call(found[1].lower(), {key.lower(): value for key, value in values.items()}))
        at = found.end()
    return calls


@dataclass
class Chunks:
    """An upload that was started."""

    path: str
    first: bytes
    data: bytearray


class SharePoint(StandIn):
    """One site with document libraries.

    ``stored`` has files by their path below the server's root
    (``/sites/team/Shared Documents/a.txt``).

    Attributes:
        uploads: started ones by upload id.
    """

    hosts = (HOST,)

    def __init__(self, authority: TestAuthority) -> None:
        super().__init__(authority)
        self.uploads: dict[str, Chunks] = {}

    def check(self, request: Request) -> None:
        if request.header("authorization") != f"Bearer {TOKEN}":
            raise Fault(401, "-2147024891, System.UnauthorizedAccessException", "No valid token.")
        digest = request.header("x-requestdigest")
        if digest and digest != DIGEST:
            raise Fault(
                403,
                "-2130575251, Microsoft.SharePoint.SPException",
                "The security validation for this page is invalid.",
            )

    def refuse(self, fault: Fault) -> Reply:
        message = {"lang": "en-US", "value": fault.message}
        return reply({"error": {"code": fault.code, "message": message}}, fault.status)

    @route("POST /{site*}/_api/contextInfo")
    def context_info(self, request: Request, site: str) -> Reply:
        made = {"FormDigestValue": DIGEST, "FormDigestTimeoutSeconds": 1800}
        return reply({"d": {"GetContextWebInformation": made}})

    @route("POST|GET /{site*}/_api/{path*}")
    def call(self, request: Request, site: str, path: str) -> Reply:
        calls = parse(path)
        names = [one.name for one in calls]
        match names, request.method:
            case [
                "web",
                "getfolderbyserverrelativeurl" | "getfolderbyserverrelativepath",
                *_,
            ], "POST":
                if names[2:] != ["files", "add"]:
                    raise Fault(404, "-1, ResourceNotFound", "Cannot find the resource.")
                return self._add(request, self._absolute(site, calls[1]), calls[-1].arguments)
            case ["web", "getfilebyserverrelativeurl" | "getfilebyserverrelativepath", *rest], _:
                name = self._absolute(site, calls[1])
                return self._on_file(request, name, calls[-1] if rest else Call(""))
        raise Fault(404, "-1, ResourceNotFound", f"Cannot find the resource {names}.")

    def _add(self, request: Request, folder: str, asked: dict[str, str]) -> Reply:
        name = asked.get("url") or asked.get("decodedurl")
        if not name or "/" in name:
            raise Fault(400, "-2130575245, Microsoft.SharePoint.SPException", "No file name.")
        path = f"{folder}/{name}"
        if path in self.stored and asked.get("overwrite") != "true":
            raise Fault(400, "-2130575257, Microsoft.SharePoint.SPException", "It already exists.")
        return self._keep(path, request.body)

    def _on_file(self, request: Request, path: str, call: Call) -> Reply:
        if path not in self.stored:
            raise Fault(404, "-2130575338, System.IO.FileNotFoundException", "File not found.")
        if request.method == "GET":
            if call.name == "$value":
                return Reply(200, {"content-type": "application/octet-stream"}, self.stored[path])
            return reply({"d": self._described(path)})
        match call.name:
            case "startupload":
                return self._start(request, path, _upload_id(call))
            case "continueupload":
                chunks = self._append(request, path, call)
                return reply({"d": {"ContinueUpload": str(len(chunks.data))}})
            case "finishupload":
                chunks = self._append(request, path, call)
                del self.uploads[_upload_id(call)]
                return self._keep(path, bytes(chunks.data))
            case "cancelupload":
                self.uploads.pop(_upload_id(call), None)
                return reply({"d": {"CancelUpload": None}})
        raise Fault(404, "-1, ResourceNotFound", f"Cannot find the resource {call.name}.")

    def _start(self, request: Request, path: str, upload: str) -> Reply:
        chunks = self.uploads.get(upload)
        if chunks and (chunks.path, chunks.first) != (path, request.body):
            raise Fault(400, "-1, System.InvalidOperationException", "The upload id is taken.")
        if chunks is None:
            self.uploads[upload] = Chunks(path, request.body, bytearray(request.body))
        return reply({"d": {"StartUpload": str(len(request.body))}})

    def _append(self, request: Request, path: str, call: Call) -> Chunks:
        chunks = self.uploads.get(_upload_id(call))
        if chunks is None or chunks.path != path:
            raise Fault(400, "-1, System.InvalidOperationException", "The upload was not started.")
        offset = call.arguments.get("fileoffset", "")
        if offset != str(len(chunks.data)):
            raise Fault(
                400,
                "-2147024809, System.ArgumentException",
                f"fileOffset is {offset!r} and {len(chunks.data)} bytes are here.",
            )
        chunks.data += request.body
        return chunks

    def _absolute(self, site: str, call: Call) -> str:
        path = call.arguments.get("0") or call.arguments.get("decodedurl") or ""
        return path if path.startswith("/") else f"/{site}/{path}"

    def _keep(self, path: str, data: bytes) -> Reply:
        self.stored[path] = data
        return reply({"d": self._described(path)})

    def _described(self, path: str) -> dict[str, Any]:
        return {
            "__metadata": {"type": "SP.File"},
            "Exists": True,
            "Length": str(len(self.stored[path])),
            "Name": path.rpartition("/")[2],
            "ServerRelativeUrl": path,
        }


def _upload_id(call: Call) -> str:
    try:
        return str(UUID(call.arguments.get("uploadid") or call.arguments.get("0", "")))
    except ValueError as error:
        raise Fault(400, "-1, System.FormatException", "uploadId is no GUID.") from error
