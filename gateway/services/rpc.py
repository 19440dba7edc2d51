"""Refusals in the words of gRPC, gRPC-Web and streaming Connect, whatever the service.

Their clients read a refusal from a status of the protocol's own; of an ordinary answer they would
show its number at most. Sources: github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md ("Trailers-Only",
"Status-Message") and doc/PROTOCOL-WEB.md; connectrpc.com/docs/protocol ("Streaming-Response").
A unary call of Connect ends with an HTTP status and JSON, which is the profile's business.
"""

from __future__ import annotations

import base64
import json
import struct
from urllib.parse import quote

from gateway.services._answer import Refusal

_PERMISSION_DENIED = 7
_CONNECT_NAME = "permission_denied"
_CONNECT_END, _WEB_TRAILERS = 0x02, 0x80
# Status-Message: all printable ASCII but the percent sign stands as it is.
_AS_IT_IS = "".join(map(chr, range(0x20, 0x7F))).replace("%", "")


def refusal(media_type: str, message: str) -> Refusal | None:
    """The answer to a refused call; ``None`` where the request is no such call.

    Args:
        media_type: of the request, as its header has it.
        message: the sentence for people, without values.
    """
    essence = media_type.partition(";")[0].strip().lower()
    headers = {"content-type": essence, "cache-control": "no-store"}
    if essence.startswith("application/connect+"):
        error = {"error": {"code": _CONNECT_NAME, "message": message}}
        body = json.dumps(error, ensure_ascii=False).encode("utf-8", "replace")
        return Refusal(200, headers, _enveloped(_CONNECT_END, body))
    if not essence.startswith("application/grpc"):
        return None
    said = {
        "grpc-status": str(_PERMISSION_DENIED),
        "grpc-message": quote(message.encode("utf-8", "replace"), safe=_AS_IT_IS),
    }
    if not essence.startswith("application/grpc-web"):
        return Refusal(200, {**headers, **said}, b"")
    block = "".join(f"{name}: {value}\r\n" for name, value in said.items()).encode("ascii")
    body = _enveloped(_WEB_TRAILERS, block)
    text = essence.startswith("application/grpc-web-text")
    return Refusal(200, headers, base64.b64encode(body) if text else body)


def _enveloped(flags: int, message: bytes) -> bytes:
    return struct.pack(">BI", flags, len(message)) + message
