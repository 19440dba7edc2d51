"""What binds a body to its headers: signatures, digests, protocol changes."""

from __future__ import annotations

from mitmproxy import http

# Schemes whose signature covers the body or its length: AWS Signature 4 (also as spoken by
# S3-compatible stores), Azure Shared Key, Kingsoft WPS, Alibaba OSS 4, Google's HMAC keys.
_SIGNING = (
    b"aws4-",
    b"aws ",
    b"sharedkey",
    b"kso-",
    b"wps-",
    b"oss4-",
    b"oss ",
    b"goog4-",
    b"goog1 ",
    b"signature ",
)

# RFC 1864, RFC 3230, RFC 9530, and the unsigned ones of Google, ownCloud and Azure.
_INTEGRITY = (
    "content-md5",
    "digest",
    "content-digest",
    "repr-digest",
    "x-goog-hash",
    "oc-checksum",
    "x-ms-content-crc64",
)


def is_signed(request: http.Request) -> bool:
    """Whether a changed body would break a signature in the headers."""
    if "signature-input" in request.headers:  # RFC 9421
        return True
    return any(
        value.strip().lower().startswith(_SIGNING)
        for name, value in request.headers.fields
        if b"auth" in name.lower()
    )


def drop_integrity(request: http.Request) -> None:
    """Remove digests of a body that is no longer sent."""
    for name in _INTEGRITY:
        request.headers.pop(name, None)


def wants_upgrade(request: http.Request) -> bool:
    """Whether the client asks to leave HTTP (WebSocket, h2c, anything)."""
    headers = request.headers
    return (
        "upgrade" in headers
        or "sec-websocket-key" in headers
        or "upgrade" in headers.get("connection", "").lower()
        or "http2-settings" in headers
    )


def set_length(request: http.Request, body: bytes) -> None:
    """Declare the length of a body that is held whole.

    Always needed: an HTTP/2 request may have none, and sent on as HTTP/1.1 it would arrive
    empty.
    """
    had_coding = request.headers.pop("transfer-encoding", None) is not None
    wants = had_coding or request.method.upper() in ("POST", "PUT", "PATCH")
    if body or wants or "content-length" in request.headers:
        request.headers["content-length"] = str(len(body))
