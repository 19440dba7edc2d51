"""The text of a multipart body by other parsers than the one that cuts it for editing.

The ``multipart`` library reads form data, the standard library's ``email`` package all other
kinds and every header.
"""

from __future__ import annotations

import base64
import binascii
import quopri
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from urllib.parse import unquote

from gateway.errors import Unreadable
from gateway.formats._base import Descend
from gateway.formats._embedded import find_document
from gateway.formats._encoding import decode
from gateway.formats._multipart_headers import malformed
from gateway.formats._multipart_parse import library_parts
from gateway.model import Hint

_STRUCTURE = ("content-length", "content-transfer-encoding", "mime-version")


def form_layers(data: bytes, boundary: str, descend: Descend) -> Iterator[str]:
    """All text of a form: names, header values, fields, files.

    Raises:
        Unreadable: the library refuses the body, or a file in it cannot be read.
    """
    for headers, body in library_parts(data, boundary):
        message = Message()
        for name, value in headers:
            message[name] = _text(value.encode("latin-1"))
        yield from _header_layers(message)
        content = _content(message, body)
        kind = (message.get("content-type") or "text/plain").partition(";")[0].strip().lower()
        filename = _parameter(message, "content-disposition", "filename")
        if filename is None:
            filename = _parameter(message, "content-type", "name")
        if filename is not None or kind != "text/plain":
            yield from descend(content, Hint(filename or "", message.get("content-type", "")))
        else:
            name = _parameter(message, "content-disposition", "name") or ""
            yield from _field_layers(content, name, message, descend)


def other_layers(data: bytes, boundary: str, descend: Descend) -> Iterator[str]:
    """All text of multipart/related, mixed and the like, nested parts included.

    Raises:
        Unreadable: a part cannot be read.
    """
    head = f'Content-Type: multipart/mixed; boundary="{boundary}"\n\n'.encode()
    whole = message_from_bytes(head + data)
    for message in whole.walk():
        if message is not whole:
            # The package replaces raw bytes beyond ASCII; its raw form keeps them.
            headers = Message()
            for name, value in message.raw_items():
                headers[name] = _text(str(value).encode("ascii", "surrogateescape"))
            yield from _header_layers(headers)
        if message.is_multipart():
            yield from filter(None, (message.preamble, message.epilogue))
            continue
        content = message.get_payload(decode=True)
        if not isinstance(content, bytes):
            raise malformed("a part that cannot be verified")
        filename = message.get_filename() or ""
        yield from descend(content, Hint(filename, str(message.get("content-type", ""))))


def _header_layers(message: Message) -> Iterator[str]:
    for name, value in message.items():
        if name.lower() in ("content-disposition", "content-type"):
            for parameter, found in message.get_params([], header=name, unquote=True)[1:]:
                if parameter != "boundary":
                    yield _decoded(found)
        elif name.lower() not in _STRUCTURE:
            yield from (name, value, unquote(value), _words(value))


def _parameter(message: Message, header: str, name: str) -> str | None:
    value = message.get_param(name, None, header=header)
    return None if value is None else _decoded(value)


def _decoded(value: str | tuple[str | None, str | None, str]) -> str:
    if isinstance(value, tuple):  # RFC 2231: the bytes, one a character, and their charset
        return value[2].encode("raw-unicode-escape").decode(value[0] or "utf-8", "replace")
    return unquote(_words(value))


def _words(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (ValueError, LookupError):
        return value


def _text(raw: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _content(message: Message, body: bytes) -> bytes:
    transfer = str(message.get("content-transfer-encoding", "")).strip().lower()
    if transfer == "quoted-printable":
        return quopri.decodestring(body)
    if transfer == "base64":
        try:
            return base64.b64decode(body)
        except binascii.Error:
            raise malformed("base64 that does not decode") from None
    return body


def _field_layers(content: bytes, name: str, message: Message, descend: Descend) -> Iterator[str]:
    try:
        text = decode(content, str(message.get_content_charset() or "")).text
    except Unreadable:
        yield from descend(content, Hint("", str(message.get("content-type", ""))))
        return
    yield text
    if embedded := find_document(text, (name,)):
        yield embedded.label
        yield from descend(embedded.data, embedded.hint)
