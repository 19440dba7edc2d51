"""Content lines read a second way, for the verifier: by plain string work on the whole file."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from urllib.parse import unquote

from gateway.formats._base import Descend
from gateway.formats._contentline.properties import HTML, is_settled
from gateway.formats._encoding import decode
from gateway.formats._pieces import embedded_layers
from gateway.model import Hint

_FOLD = re.compile(rb"\r?\n[ \t]|\r[ \t](?!\n)")
_SOFT = re.compile(rb"=\r?\n[ \t]*")
_CHARSET = re.compile(r";CHARSET=\"?([A-Za-z0-9_-]+)", re.IGNORECASE)
_HTML = re.compile(r";FMTTYPE=text/html", re.IGNORECASE)
_BASE64 = re.compile(r";(?:ENCODING=)?(?:BASE64|B)\s*(?=[;:])", re.IGNORECASE)
_BROKEN_BASE64 = re.compile(
    rb"((?:^|\n)[^\n:]*;(?:ENCODING=)?(?:BASE64|B)[^\n:]*:)((?:[ \t]*[A-Za-z0-9+/=]*\r?\n)+)",
    re.IGNORECASE,
)
_ESCAPES = {r"\n": "\n", r"\N": "\n", r"\,": ",", r"\;": ";", "\\\\": "\\"}
_ESCAPE = re.compile(r"\\[nN,;\\]")


def line_layers(data: bytes, descend: Descend) -> Iterator[str]:
    """All text of the file: lines unfolded, decoded, unescaped, components in both orders."""
    body = data.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in body[:200]:
        body = decode(data).text.encode()
    body = _BROKEN_BASE64.sub(lambda m: m[1] + b"".join(m[2].split()) + b"\n", body)
    body = _SOFT.sub(b"", body) if b"QUOTED-PRINTABLE" in body.upper() else body
    for raw in _FOLD.sub(b"", body).splitlines():
        yield from _line(raw, descend)


def _line(raw: bytes, descend: Descend) -> Iterator[str]:
    charset = _CHARSET.search(raw.decode("latin-1"))
    text = _text(raw, charset[1] if charset else "")
    head, _, value = text.partition(":")
    if is_settled(head.upper(), value.strip()):
        return
    if _BASE64.search(head + ":"):
        yield head
        try:
            yield from descend(base64.b64decode(value), Hint())
        except binascii.Error:
            yield value
        return
    if _HTML.search(head):
        shown = _ESCAPE.sub(lambda match: _ESCAPES[match[0]], value)
        yield from descend(shown.encode(), HTML)
    views = [text]
    if "QUOTED-PRINTABLE" in head.upper():
        decoded = quopri.decodestring(value.encode("latin-1", "replace"))
        views.append(_text(decoded, charset[1] if charset else ""))
    for view in views:
        yield _ESCAPE.sub(lambda match: _ESCAPES[match[0]], view)
        if "%" in view:
            yield unquote(view)
        parts = [part for part in view.partition(":")[2].split(";") if part] or [view]
        yield " ".join(parts)
        yield " ".join(parts[1::-1])
    yield from embedded_layers(value, descend)


def _text(raw: bytes, charset: str) -> str:
    for candidate in (charset, "utf-8", "gb18030"):
        try:
            return raw.decode(candidate or "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("latin-1")
