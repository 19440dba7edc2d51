"""Values in requests and answers, read and replaced, by the kinds of places that there are.

:mod:`gateway.services.places` says how places are spelt; this module knows where they are.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit
from xml.sax.saxutils import escape, unescape

from gateway.services.wire import Call, Reply

_STEP = re.compile(r"([^.\[\]]+)|\[(-?[0-9]+)\]|\[(\w+)=([^\]]*)\]")
_SEGMENT = "-._~!$&'()*+,;=:@"  # RFC 3986 §3.3, what may stand in a path segment unescaped


class NoSuchPlace(LookupError):
    """The message has no such place: it is not what the profile expects."""


def text_of(value: Any) -> str:
    """A value as text; bytes as ISO 8859-1.

    Raises:
        NoSuchPlace: it is neither text nor a number.
    """
    match value:
        case str():
            return value
        case bytes():
            return value.decode("latin-1")
        case bool() | dict() | list() | None:
            raise NoSuchPlace("no text and no number stands there")
        case _:
            return str(value)


def read_inner(kind: str, name: str, text: str) -> Any:
    """What stands at a place inside a text."""
    if kind == "json":
        return in_json(parsed(text), name)
    if kind in ("query", "path"):
        return READERS[kind](name, Call(url=text))
    if kind == "argument":
        return _argument(text, name)[1]
    return _in_pairs(parse_qsl(text, keep_blank_values=True), name)


def _argument(text: str, name: str) -> re.Match[str]:
    """The value of an argument, its quotes and the word ``guid`` left out (OData 3, literals)."""
    found = re.search(rf"(?i)[(,]\s*{re.escape(name)}\s*=\s*(?:guid)?'?([^',()]*)", text)
    if not found:
        raise NoSuchPlace(f"argument.{name} is not there")
    return found


def write_inner(kind: str, name: str, text: str, value: str) -> str:
    """The text with another value at a place inside it."""
    if kind in ("query", "path"):
        return str(WRITERS[kind](name, Call(url=text), value).url)
    if kind == "argument":
        start, end = _argument(text, name).span(1)
        return text[:start] + value + text[end:]
    if kind == "json":
        data = parsed(text)
        _set_json(data, name, value)
        # Header values are ASCII (RFC 9110 §5.5), and such JSON says the same anywhere.
        return json.dumps(data, separators=(",", ":"))
    return _with_pair(text, name, value)


def parsed(text: str | bytes) -> Any:
    """A text as JSON.

    Raises:
        NoSuchPlace: it is none.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoSuchPlace("no JSON stands there") from error


type _Steps = list[str | int | tuple[str, str]]


def steps(path: str) -> _Steps:
    """The way to a value in JSON, as ``hashes[0].value`` spells it."""
    return [
        int(number) if number else (key, value) if key else name
        for name, number, key, value in _STEP.findall(path)
    ]


def walked(data: Any, way: _Steps) -> Any:
    """What stands at the end of a way; ``(key, value)`` is the first item that has them."""
    for step in way:
        if isinstance(step, tuple):
            key, value = step
            data = next(item for item in data if str(item.get(key)) == value)
        else:
            data = data[step]
    return data


def dumped(data: Any) -> bytes:
    """JSON as the body of a request."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def in_json(data: Any, path: str) -> Any:
    """What stands at a path.

    Raises:
        NoSuchPlace: nothing.
    """
    try:
        return walked(data, steps(path))
    except (KeyError, IndexError, TypeError, AttributeError, StopIteration) as error:
        raise NoSuchPlace(f"json.{path} is not there") from error


def _set_json(data: Any, path: str, value: str) -> None:
    *way, last = steps(path)
    data = walked(data, way)
    number = isinstance(data[last], int) and not isinstance(data[last], bool)
    data[last] = int(value) if number else value


def _in_pairs(pairs: list[tuple[str, str]], name: str) -> str:
    for key, value in pairs:
        if key == name:
            return value
    raise NoSuchPlace(f"{name} is not there")


def _with_pair(text: str, name: str, value: str) -> str:
    """A query or form with one value replaced; the others stay as they were written."""
    pairs = text.split("&")
    for at, pair in enumerate(pairs):
        if parse_qsl(pair, keep_blank_values=True)[:1] and _key(pair) == name:
            pairs[at] = urlencode([(name, value)])
            return "&".join(pairs)
    raise NoSuchPlace(f"{name} is not there")


def _key(pair: str) -> str:
    return parse_qsl(pair, keep_blank_values=True)[0][0]


def _read_url(_: str, message: Call | Reply) -> str:
    if isinstance(message, Call):
        return message.url
    raise NoSuchPlace("an answer has no address")


def _read_resource(_: str, message: Call | Reply) -> str:
    return _read_url("", message).partition("?")[0]


def _write_url(_: str, message: Call, value: str) -> Call:
    return replace(message, url=value)


def _segment(name: str, message: Call | Reply) -> tuple[list[str], int]:
    segments = urlsplit(_read_url("", message)).path.split("/")
    if name.lstrip("-").isdecimal():
        at = int(name)
        at = at if at > 0 else len(segments) + at
    else:
        lower = [one.lower() for one in segments]
        at = lower.index(name) + 1 if name in lower else len(segments)
    if not 0 < at < len(segments):
        raise NoSuchPlace(f"path.{name} is not there")
    return segments, at


def _read_path(name: str, message: Call | Reply) -> str:
    segments, at = _segment(name, message)
    return unquote(segments[at])


def _write_path(name: str, message: Call, value: str) -> Call:
    segments, at = _segment(name, message)
    segments[at] = quote(value, safe=_SEGMENT)
    parts = urlsplit(message.url)
    return replace(message, url=urlunsplit(parts._replace(path="/".join(segments))))


def _read_query(name: str, message: Call | Reply) -> str:
    query = urlsplit(_read_url("", message)).query
    return _in_pairs(parse_qsl(query, keep_blank_values=True), name)


def _write_query(name: str, message: Call, value: str) -> Call:
    parts = urlsplit(message.url)
    return replace(
        message, url=urlunsplit(parts._replace(query=_with_pair(parts.query, name, value)))
    )


def _read_header(name: str, message: Call | Reply) -> str:
    value = message.header(name)
    if value is None:
        raise NoSuchPlace(f"header.{name} is not there")
    return value


def _write_header[M: (Call, Reply)](name: str, message: M, value: str) -> M:
    _read_header(name, message)
    return message.with_header(name, value)


def _read_json(name: str, message: Call | Reply) -> Any:
    return in_json(parsed(message.body), name)


def _write_json[M: (Call, Reply)](name: str, message: M, value: str) -> M:
    data = parsed(message.body)
    in_json(data, name)
    _set_json(data, name, value)
    return message.with_body(dumped(data))


def _read_form(name: str, message: Call | Reply) -> str:
    return _in_pairs(parse_qsl(message.body.decode("latin-1"), keep_blank_values=True), name)


def _write_form[M: (Call, Reply)](name: str, message: M, value: str) -> M:
    text = _with_pair(message.body.decode("latin-1"), name, value)
    return message.with_body(text.encode("latin-1"))


def _read_part(name: str, message: Call | Reply) -> bytes:
    start, end = part_span(message, name)
    return message.body[start:end]


def _read_file(_: str, message: Call | Reply) -> bytes:
    start, end = _file(message)
    return message.body[start:end]


def _file(message: Call | Reply) -> tuple[int, int]:
    if (message.header("content-type") or "").strip().lower().startswith("multipart/"):
        return part_span(message, None)
    return 0, len(message.body)


def _write_part[M: (Call, Reply)](name: str, message: M, value: str) -> M:
    return with_bytes("part", name, message, value.encode())


def with_bytes[M: (Call, Reply)](kind: str, name: str, message: M, value: bytes) -> M:
    """The message with other bytes as its body, as a part of it, or as the file in it."""
    if kind == "body":
        return message.with_body(value)
    start, end = part_span(message, name) if kind == "part" else _file(message)
    return message.with_body(message.body[:start] + value + message.body[end:])


def part_span(message: Call | Reply, name: str | None) -> tuple[int, int]:
    """Where the content of a multipart part stands in the body (RFC 7578, RFC 2046 §5.1).

    Without a name it is the first part that has a file name.
    """
    mark_of = border(message)
    body = b"\r\n" + message.body
    marks = [
        one.start()
        for one in re.finditer(b"\r\n" + re.escape(mark_of) + rb"(?=--|[ \t]*\r\n)", body)
    ]
    wanted = rb"(?i);[ \t]*filename\*?="
    if name is not None:
        wanted = rb'(?i);[ \t]*name="?' + re.escape(name.encode()) + rb'"?[ \t]*(?:;|\r\n|$)'
    for mark, following in pairwise(marks):
        start = mark + 2 + len(mark_of)
        head, gap, _ = body[start:following].partition(b"\r\n\r\n")
        if gap and re.search(wanted, head):
            return start + len(head) + 4 - 2, following - 2
    raise NoSuchPlace(f"part.{name or 'file'} is not there")


def border(message: Call | Reply) -> bytes:
    """What divides the parts of a multipart body (RFC 2046 §5.1.1).

    Raises:
        NoSuchPlace: it is none.
    """
    found = re.search(r'(?i)boundary="?([^";,]+)"?', message.header("content-type") or "")
    if not found:
        raise NoSuchPlace("the body is not multipart")
    return b"--" + found[1].strip().encode("latin-1")


def _element(name: str, message: Call | Reply) -> re.Match[bytes]:
    tag = re.escape(name.encode())
    found = re.search(rb"<(?:[\w.-]+:)?" + tag + rb"(?:\s[^>]*)?>([^<]*)</", message.body)
    if not found:
        raise NoSuchPlace(f"xml.{name} is not there")
    return found


def _read_xml(name: str, message: Call | Reply) -> str:
    return unescape(_element(name, message)[1].decode("utf-8", "replace"))


def _write_xml[M: (Call, Reply)](name: str, message: M, value: str) -> M:
    start, end = _element(name, message).span(1)
    return message.with_body(message.body[:start] + escape(value).encode() + message.body[end:])


def _read_etag(_: str, message: Call | Reply) -> str:
    return _read_header("etag", message).removeprefix("W/").strip('"')


READERS: dict[str, Any] = {
    "etag": _read_etag,
    "body": lambda _, message: message.body,
    "url": _read_url,
    "resource": _read_resource,
    "path": _read_path,
    "query": _read_query,
    "header": _read_header,
    "json": _read_json,
    "form": _read_form,
    "part": _read_part,
    "file": _read_file,
    "xml": _read_xml,
}
WRITERS: dict[str, Any] = {
    "body": lambda _, message, value: message.with_body(value.encode()),
    "url": _write_url,
    "path": _write_path,
    "query": _write_query,
    "header": _write_header,
    "json": _write_json,
    "form": _write_form,
    "part": _write_part,
    "xml": _write_xml,
}
