"""Bytes that are sent in the way which the service's own answer prescribes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from urllib.parse import urljoin

from gateway.services.places import NoSuchPlace, Place
from gateway.services.uploads.schema import Tells
from gateway.services.wire import Call, Reply

# What a client sends to one host is not meant for another.
_CREDENTIALS = ("authorization", "cookie", "proxy-authorization")


@dataclass(frozen=True, slots=True)
class Told:
    """How the bytes are wanted.

    Args:
        url: where.
        method: of HTTP.
        headers: to be sent with them.
        form: fields of the form in which they stand; none where they are the body.
        file: the field with the bytes.
    """

    url: str = field(repr=False)
    method: str
    headers: dict[str, str] = field(repr=False)
    form: dict[str, str] = field(repr=False)
    file: str


def told(tells: Tells, reply: Reply) -> Told:
    """What an answer prescribes.

    Raises:
        NoSuchPlace: it prescribes nothing.
    """
    method = Place.parse(tells.method) if tells.method else None
    return Told(
        url=Place.parse(tells.url).read(reply),
        method=method.read(reply).upper() if method and method.stands_in(reply) else "PUT",
        headers=_pairs(tells.headers, reply),
        form=_pairs(tells.form, reply),
        file=tells.file,
    )


def _pairs(text: str | None, reply: Reply) -> dict[str, str]:
    place = Place.parse(text) if text else None
    found = place.read_any(reply) if place and place.stands_in(reply) else None
    if not isinstance(found, dict | None):
        raise NoSuchPlace("headers and form fields are no list")
    return {name: str(value) for name, value in (found or {}).items()}


def sent_as(how: Told, call: Call, data: bytes, name: str) -> Call:
    """The request that a service asked for.

    Args:
        how: what it prescribes.
        call: the client's own, sent to us.
        data: what may leave.
        name: of the file.
    """
    kept = call.without(_CREDENTIALS)
    body = data
    if how.form:
        border = secrets.token_hex(16)
        body = _multipart(how, data, name, border)
        kept = kept.with_header("Content-Type", f"multipart/form-data; boundary={border}")
    for header, value in how.headers.items():
        if not (how.form and header.lower() == "content-type"):
            kept = kept.with_header(header, value)
    kept = kept.without(("transfer-encoding",)).with_body(body)
    return Call(kept.headers, body, how.method, urljoin(call.url, how.url))


def _multipart(how: Told, data: bytes, name: str, border: str) -> bytes:
    """The form, its file last (RFC 7578; quotes as in HTML §4.10.21.8)."""
    head = f'--{border}\r\nContent-Disposition: form-data; name="'
    fields = "".join(
        f'{head}{_quoted(field)}"\r\n\r\n{value}\r\n' for field, value in how.form.items()
    )
    file = f'{head}{_quoted(how.file)}"; filename="{_quoted(name or how.file)}"\r\n'
    start = f"{fields}{file}Content-Type: application/octet-stream\r\n\r\n"
    return start.encode() + data + f"\r\n--{border}--\r\n".encode()


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
