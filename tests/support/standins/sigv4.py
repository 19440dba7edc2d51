"""AWS Signature 4 checked as the services check it; written apart from the gateway's own code.

Source: IAM user guide, "Create a signed AWS API request"; Amazon S3 API reference, "Authenticating
requests (AWS Signature Version 4)".
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote

from support.upstream import Request

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)
SKEW = dt.timedelta(minutes=15)


class Refuse(Exception):
    """The request is turned down."""

    def __init__(self, code: str, message: str, status: int = 403) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


@dataclass
class Signed:
    """A signature that holds."""

    key_id: str
    date: str
    scope: str
    signature: str
    key: bytes = field(repr=False)
    payload: str
    headers: tuple[str, ...]
    presigned: bool

    def chunk(self, previous: str, data: bytes) -> str:
        return self._next("AWS4-HMAC-SHA256-PAYLOAD", previous, sha(b""), sha(data))

    def trailer(self, previous: str, canonical: bytes) -> str:
        return self._next("AWS4-HMAC-SHA256-TRAILER", previous, sha(canonical))

    def _next(self, *lines: str) -> str:
        kind, *rest = lines
        text = "\n".join((kind, self.date, self.scope, *rest))
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def path_and_pairs(request: Request) -> tuple[str, list[tuple[str, str]]]:
    path, _, query = request.target.partition("?")
    return path, parse_qsl(query, keep_blank_values=True)


def verify(request: Request, secrets: dict[str, str], service: str) -> Signed:
    """The signature of a request.

    Raises:
        Refuse: there is none that holds.
    """
    path, pairs = path_and_pairs(request)
    asked = dict(pairs)
    if "X-Amz-Signature" in asked:
        key_id, day, region, named, _ = asked["X-Amz-Credential"].split("/")
        covered, signature = asked["X-Amz-SignedHeaders"], asked["X-Amz-Signature"]
        date = asked["X-Amz-Date"]
        lasts = dt.timedelta(seconds=int(asked["X-Amz-Expires"]))
        pairs = [pair for pair in pairs if pair[0] != "X-Amz-Signature"]
        payload = "UNSIGNED-PAYLOAD" if service == "s3" else sha(request.body)
    else:
        found = _AUTHORIZATION.fullmatch(request.header("authorization") or "")
        if not found:
            raise Refuse("AccessDenied", "no signature that can be read")
        key_id, day, region, named, covered, signature = found.groups()
        date, lasts = request.header("x-amz-date") or "", SKEW
        payload = request.header("x-amz-content-sha256") or ""
        if service == "s3" and not payload:
            raise Refuse("InvalidRequest", "x-amz-content-sha256 is missing", 400)
        payload = payload or sha(request.body)
    if named != service or not date.startswith(day):
        raise Refuse("AuthorizationHeaderMalformed", "the scope is not right", 400)
    made = dt.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    now = dt.datetime.now(dt.UTC)
    if not made - SKEW <= now <= made + lasts:
        raise Refuse("RequestTimeTooSkewed", "the time is too far off")
    if key_id not in secrets:
        raise Refuse("InvalidAccessKeyId", "no such key")
    names = covered.split(";")
    own = {name.lower() for name, _ in request.headers if name.lower().startswith("x-amz-")}
    if "host" not in names or names != sorted(names) or (service == "s3" and own - set(names)):
        raise Refuse(
            "AccessDenied", "There were headers present in the request which were not signed"
        )
    lines = []
    for name in names:
        values = [value for key, value in request.headers if key.lower() == name]
        if not values and name != "content-length":
            raise Refuse("SignatureDoesNotMatch", f"{name} is signed and not there")
        lines.append(f"{name}:{','.join(' '.join(value.split()) for value in values)}\n")
    plain = quote(unquote(path), safe="/-_.~")
    canonical = "\n".join(
        (
            request.method,
            plain if service == "s3" else quote(plain, safe="/-_.~"),
            "&".join(
                f"{name}={value}"
                for name, value in sorted(
                    (quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in pairs
                )
            ),
            "".join(lines),
            covered,
            payload,
        )
    )
    scope = f"{day}/{region}/{named}/aws4_request"
    key = f"AWS4{secrets[key_id]}".encode()
    for word in scope.split("/"):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    text = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{sha(canonical.encode())}"
    expected = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    if expected != signature:
        raise Refuse("SignatureDoesNotMatch", "the signature is not right")
    presigned = "X-Amz-Signature" in asked
    return Signed(key_id, date, scope, signature, key, payload, tuple(names), presigned)
