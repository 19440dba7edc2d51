"""What the page of iCloud Drive sends, after pyicloud (MIT) and rclone (MIT)."""

from __future__ import annotations

from typing import Any

import httpx

from support.pages.browser import found
from support.standins.icloud_drive import FOLDER, HOST

_DOCUMENTS = f"https://{HOST}/ws/com.apple.CloudDocs"


def upload(page: httpx.Client, name: str, data: bytes) -> dict[str, Any]:
    """Upload a file; what the drive says of it."""
    asked = {"filename": name, "type": "FILE", "content_type": "", "size": len(data)}
    ticket = found(page.post(f"{_DOCUMENTS}/upload/web", params={"token": "t"}, json=asked))[0]
    bare = page.build_request("POST", ticket["url"], files={name: (name, data)})
    bare.headers.pop("cookie", None)
    file = found(page.send(bare))["singleFile"]
    content = {
        "signature": file["fileChecksum"],
        "wrapping_key": file["wrappingKey"],
        "reference_signature": file["referenceChecksum"],
        "size": file["size"],
        "receipt": file["receipt"],
    }
    done = {
        "data": content,
        "command": "add_file",
        "create_short_guid": True,
        "document_id": ticket["document_id"],
        "path": {"starting_document_id": FOLDER, "path": name},
        "allow_conflict": True,
        "file_flags": {"is_writable": True, "is_executable": False, "is_hidden": False},
        "mtime": 1_764_000_000_000,
        "btime": 1_764_000_000_000,
    }
    said = found(page.post(f"{_DOCUMENTS}/update/documents", json=done))
    return dict(said["results"][0]["document"])
