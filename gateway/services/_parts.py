"""Signs that a request holds only a piece of a document.

A secret can be cut by the border between two pieces, and rewriting one piece corrupts the whole,
so a request that shows one of these signs is refused until sessions are handled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

ADVICE = "Use the folder watcher, or a file small enough for one request."

# RFC 9110 §14.4 Content-Range; tus 1.0 (Upload-Offset, Upload-Concat); Google's resumable
# protocol (X-Goog-Upload-Command, X-Upload-Content-Length announces a session); ownCloud's first
# chunks (OC-Chunked); SabreDAV's PATCH (X-Update-Range); appending to S3 objects.
_HEADERS = {
    "content-range": "Content-Range",
    "upload-offset": "Upload-Offset",
    "upload-concat": "Upload-Concat",
    "upload-length": "Upload-Length",
    "upload-defer-length": "Upload-Defer-Length",
    "x-goog-upload-command": "X-Goog-Upload-Command",
    "x-goog-upload-offset": "X-Goog-Upload-Offset",
    "x-upload-content-length": "X-Upload-Content-Length",
    "oc-chunked": "OC-Chunked",
    "x-update-range": "X-Update-Range",
    "x-amz-write-offset-bytes": "x-amz-write-offset-bytes",
}


def why_partial(headers: Iterable[str], body: bytes, field: str) -> str:
    """What says that a request is one of several, or an empty string.

    Args:
        headers: header names.
        body: the decoded body.
        field: name of a multipart form field that counts the pieces, or an empty string.
    """
    for name in headers:
        if shown := _HEADERS.get(name.lower()):
            return (
                f"the upload comes in parts ({shown}); this release cannot inspect that. {ADVICE}"
            )
    if field and _several(body, field):
        return f"the upload comes in parts ({field}); this release cannot inspect that. {ADVICE}"
    return ""


def _several(body: bytes, field: str) -> bool:
    """Whether a multipart field is anywhere in the body with a value other than 1.

    A raw scan on purpose: however a parser splits the body, the field is found. A file that
    holds such a line itself is refused too, which is the safe side.
    """
    name = re.escape(field.encode("ascii"))
    found = re.finditer(
        rb"(?i)name\*?[ \t]*=[ \t]*(?:utf-8'[^']*')?[\"']?" + name + rb"(?![A-Za-z0-9_-])", body
    )
    for one in found:
        value = re.search(rb"\r?\n\r?\n([^\r\n]*)", body[one.end() : one.end() + 4096])
        if value is None or value[1].strip() != b"1":
            return True
    return False
