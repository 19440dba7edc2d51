"""Forms in requests, read strictly."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import parse_qsl

from support.standins.base import Fault, Request
from support.standins.bodies import Malformed, Part, multipart


def form(request: Request) -> dict[str, Part]:
    """The parts of a multipart form by name.

    Raises:
        Fault: it is none, or names a field twice.
    """
    try:
        parts = multipart(request.header("content-type"), request.body)
    except Malformed as error:
        raise Fault(400, "invalid_request", str(error)) from error
    named = {one.name: one for one in parts}
    if len(named) != len(parts):
        raise Fault(400, "invalid_request", "a field is there twice")
    return named


def texts(parts: dict[str, Part]) -> dict[str, str]:
    """The fields of a form that are no files; ``file`` is one even without a name of its own."""
    fields = {name: one for name, one in parts.items() if not one.file_name and name != "file"}
    return {name: one.body.decode() for name, one in fields.items()}


def urlencoded(request: Request) -> dict[str, str]:
    """The fields of a URL-encoded form (WHATWG URL §5.1).

    Raises:
        Fault: it is none.
    """
    try:
        pairs = parse_qsl(
            request.body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(request.body)
        )
    except ValueError as error:
        raise Fault(400, "invalid_form_data", "the form cannot be read") from error
    return dict(pairs)


def data_url(url: str) -> bytes:
    """The bytes in a data URL (RFC 2397), base64 only.

    Raises:
        Fault: it is none.
    """
    found = re.fullmatch(r"data:[\w.+-]+/[\w.+-]+;base64,([A-Za-z0-9+/]*={0,2})", url)
    if not found:
        raise Fault(400, "invalid_value", "not a base64 data URL")
    return unbase64(found[1])


def unbase64(text: str) -> bytes:
    """The bytes that base64 stands for.

    Raises:
        Fault: it is none.
    """
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Fault(400, "invalid_value", "not base64") from error


def number(text: object, name: str) -> int:
    """A whole number from 0, as a number or as digits.

    Raises:
        Fault: it is none.
    """
    if isinstance(text, int) and not isinstance(text, bool) and text >= 0:
        return text
    if isinstance(text, str) and re.fullmatch(r"\d{1,18}", text):
        return int(text)
    raise Fault(400, "invalid_arguments", f"{name} is no number")
