"""Uploads by a form whose policy is signed (POST policies of S3, OSS, Google and their kin).

The signature is over the policy, which names the fields that the form may have: the file is not
bound, every other field is. Source: Amazon S3 API reference, "Creating an HTML form"; OSS API
reference, "PostObject".

The form carries the credentials for its own service, as other requests do in a header. They are
covered while the form is judged, and put back before it leaves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from gateway.errors import CannotEdit
from gateway.services.signatures._base import Bound, Signature
from gateway.services.wire import Call

_BASE64: Final = rb"[A-Za-z0-9+/]{16,}={0,2}"
_KEY_ID: Final = rb"[A-Za-z0-9._-]{10,128}"
# Only what has the very form of a credential is covered; anything else there is read as text.
_CREDENTIALS: Final = {
    "policy": _BASE64,
    "signature": _BASE64,
    "awsaccesskeyid": _KEY_ID,
    "ossaccesskeyid": _KEY_ID,
    "x-amz-security-token": rb"[A-Za-z0-9+/=_-]{64,}",
    "x-oss-security-token": rb"[A-Za-z0-9+/=_-]{64,}",
    **{
        f"x-{vendor}-{name}": shape
        for vendor in ("amz", "goog", "oss", "tos")
        for name, shape in (
            ("signature", rb"[0-9a-f]{64,512}"),
            ("date", rb"[0-9]{8}T[0-9]{6}Z"),
            (
                "credential",
                _KEY_ID + rb"/[0-9]{8}/[a-z0-9-]*/[a-z0-9-]+/[a-z0-9]+_?(?:v4_)?request",
            ),
        )
    },
}
_SIGNATURES: Final = ("signature", "x-amz-signature", "x-goog-signature", "x-oss-signature")
_FILE: Final = "file"
_POLICY: Final = re.compile(rb'(?i)name="policy"')
_EARLY: Final = 1024 * 1024  # services ignore fields behind the file
_NAME: Final = re.compile(rb'(?i)content-disposition:[ \t]*form-data;[ \t]*name="([^"\r\n]*)"')


@dataclass(frozen=True, slots=True)
class Form:
    """A form with a signed policy.

    Args:
        body: the whole form.
        spans: where the value of each field stands, the file's included, by name in lower case.
    """

    body: bytes = field(repr=False)
    spans: tuple[tuple[str, int, int], ...]

    @property
    def signed(self) -> dict[str, bytes]:
        """The fields that the policy binds."""
        return {name: self.body[start:end] for name, start, end in self.spans if name != _FILE}

    def covered(self) -> bytes:
        """The form with its credentials replaced by as many letters x."""
        body = self.body
        for start, end in self._credentials():
            body = body[:start] + b"x" * (end - start) + body[end:]
        return body

    def uncovered(self, body: bytes) -> bytes:
        """A form that was judged, with the credentials back in their places.

        Raises:
            CannotEdit: the form has another make-up than this one.
        """
        judged = _parsed(body, _boundary_of(self.body))
        if judged is None or [name for name, *_ in judged.spans] != [
            name for name, *_ in self.spans
        ]:
            raise CannotEdit("the fields of the form are not what they were")
        covered = set(self._credentials())
        pairs = list(zip(self.spans, judged.spans, strict=True))
        for (_, start, end), (_, new_start, new_end) in reversed(pairs):
            if (start, end) in covered:
                if body[new_start:new_end] != b"x" * (end - start):
                    raise CannotEdit("the fields of the form are not what they were")
                body = body[:new_start] + self.body[start:end] + body[new_end:]
        return body

    def _credentials(self) -> list[tuple[int, int]]:
        return [
            (start, end)
            for name, start, end in self.spans
            if name in _CREDENTIALS and re.fullmatch(_CREDENTIALS[name], self.body[start:end])
        ]


def post_form(call: Call) -> Form | None:
    """The form of a request; ``None`` where it is none with a signed policy."""
    boundary = re.search(
        r'(?i)^multipart/form-data\b.*\bboundary="?([^";,\s]+)"?', call.header("content-type") or ""
    )
    if call.method != "POST" or boundary is None or not _POLICY.search(call.body, 0, _EARLY):
        return None
    form = _parsed(call.body, boundary[1].encode("latin-1", "replace"))
    if form is None:
        return None
    names = {name for name, *_ in form.spans}
    return form if "policy" in names and names & set(_SIGNATURES) else None


def recognise(call: Call) -> list[Signature]:
    """The signature of a form's policy."""
    form = post_form(call)
    if form is None:
        return []
    digests = any(
        name.startswith("x-amz-checksum-") or name == "content-md5" for name in form.signed
    )
    binds = frozenset({Bound.DIGEST} if digests else ())
    return [Signature("POST policy", "", frozenset(), binds, presigned=True)]


def _boundary_of(body: bytes) -> bytes:
    return body[2 : body.index(b"\r\n")]


def _parsed(body: bytes, boundary: bytes) -> Form | None:
    """Where the parts' contents stand; ``None`` where the form is not plain (RFC 7578)."""
    mark = b"--" + boundary
    if not body.startswith(mark + b"\r\n"):
        return None
    spans = []
    start = len(mark) + 2
    while True:
        end = body.find(b"\r\n" + mark, start)
        head = body.find(b"\r\n\r\n", start)
        name = _NAME.search(body, start, max(head, start))
        if end < 0 or not start < head <= end or name is None:
            return None
        spans.append((name[1].decode("latin-1").lower(), head + 4, end))
        after = body[end + 2 + len(mark) : end + 4 + len(mark)]
        if after == b"--":
            return Form(body, tuple(spans))
        if after != b"\r\n":
            return None
        start = end + 4 + len(mark)
