"""Values in requests and answers, read and replaced, by the kinds of places that there are.

:mod:`gateway.services.places` says how places are spelt; this module knows where they are.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit
from xml.sax.saxutils import escape, unescape

from gateway.services.jsontext import JsonText, Span
from gateway.services.wire import Call, Reply

_STEP = re.compile(r"([^.\[\]]+)|\[(-?[0-9]+)\]|\[(\w+)=([^\]]*)\]")
_JSON = ("utf-8-sig", "surrogatepass")
_BORDER_END = re.compile(rb"--|[ \t]*\r\n")
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
        # Header values are ASCII (RFC 9110 §5.5), and such JSON says the same anywhere.
        whole = json_text(text)
        span = json_span(whole, name)
        return whole.replaced({span: _json(span, value, plain=True)})
    return _with_pair(text, name, value)


def parsed(text: str | bytes) -> Any:
    """A text as JSON, which is UTF-8 (RFC 8259 §8.1).

    Raises:
        NoSuchPlace: it is none.
    """
    try:
        return json.loads(text if isinstance(text, str) else text.decode(*_JSON))
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


def in_json(data: Any, path: str) -> Any:
    """What stands at a path.

    Raises:
        NoSuchPlace: nothing.
    """
    try:
        return walked(data, steps(path))
    except (KeyError, IndexError, TypeError, AttributeError, StopIteration) as error:
        raise NoSuchPlace(f"json.{path} is not there") from error


def _like(old: Any, value: str) -> int | str:
    """A value in the place of another one: a number stays a number."""
    return int(value) if isinstance(old, int) and not isinstance(old, bool) else value


def json_text(text: str | bytes) -> JsonText:
    """A JSON text in which single values can be replaced.

    Raises:
        NoSuchPlace: it is none.
    """
    try:
        return JsonText(text if isinstance(text, str) else text.decode(*_JSON))
    except (ValueError, RecursionError, IndexError) as error:
        raise NoSuchPlace("no JSON stands there") from error


def json_span(text: JsonText, path: str) -> Span:
    """Where the value at a path stands.

    Raises:
        NoSuchPlace: nothing stands there.
    """
    try:
        return text.find(steps(path))
    except LookupError as error:
        raise NoSuchPlace(f"json.{path} is not there") from error


def with_json(body: bytes, values: Mapping[str, Any]) -> bytes:
    """A JSON body with other values at some paths; all else stays to the letter.

    Args:
        body: JSON.
        values: by path; a text in the place of a number becomes a number.

    Raises:
        NoSuchPlace: nothing stands there.
    """
    text = json_text(body)
    spans = [(json_span(text, path), value) for path, value in values.items()]
    return _encoded(body, text.replaced({span: _json(span, value) for span, value in spans}))


def without_json(body: bytes, path: str) -> bytes:
    """A JSON body without what stands at a path, be it there twice."""
    while True:
        try:
            text = json_text(body)
            body = _encoded(body, text.removed(json_span(text, path)))
        except NoSuchPlace:
            return body


def _json(span: Span, value: Any, *, plain: bool = False) -> str:
    """A value in the place of another one: a number stays a number."""
    if isinstance(value, str) and isinstance(span.value, int) and not isinstance(span.value, bool):
        value = int(value)
    return json.dumps(value, ensure_ascii=plain, separators=(",", ":"))


def _encoded(body: bytes, text: str) -> bytes:
    mark = codecs.BOM_UTF8 if body.startswith(codecs.BOM_UTF8) else b""
    return mark + text.encode(errors="surrogatepass")


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


def segment(name: str, message: Call | Reply) -> tuple[list[str], int]:
    """The segments of an address, as they are written, and which of them is meant.

    Raises:
        NoSuchPlace: there is no such segment.
    """
    segments = urlsplit(_read_url("", message)).path.split("/")
    if name.lstrip("-").isdecimal():
        at = int(name)
        at = at if at > 0 else len(segments) + at
    else:
        words, _, first = name.partition("@")
        wanted = words.split("/")
        at = int(first) + len(wanted)
        there = [one.lower() for one in segments[int(first) : at]]
        if there != wanted or at + 1 >= len(segments):
            raise NoSuchPlace(f"path.{name} is not there")
    if not 0 < at < len(segments):
        raise NoSuchPlace(f"path.{name} is not there")
    return segments, at


def _read_path(name: str, message: Call | Reply) -> str:
    segments, at = segment(name, message)
    return unquote(segments[at])


def _write_path(name: str, message: Call, value: str) -> Call:
    segments, at = segment(name, message)
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
    """The first of that name; what a second one says stays to be judged."""
    _read_header(name, message)
    at = [key.lower() for key, _ in message.headers].index(name.lower())
    headers = list(message.headers)
    headers[at] = (headers[at][0], value)
    return replace(message, headers=tuple(headers))


def _read_json(name: str, message: Call | Reply) -> Any:
    return in_json(parsed(message.body), name)


def _write_json[M: (Call, Reply)](name: str, message: M, value: str) -> M:
    return message.with_body(with_json(message.body, {name: value}))


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
    wanted = rb"(?i);[ \t]*filename\*?="
    if name is not None:
        wanted = rb'(?i);[ \t]*name="?' + re.escape(name.encode()) + rb'"?[ \t]*(?:;|\r\n|$)'
    mark, body = border(message), message.body
    for at, following in pairwise(_marks(body, mark)):
        start = at + len(mark)
        end = max(following - 2, start)
        gap = body.find(b"\r\n\r\n", start, end)
        if gap >= 0 and re.search(wanted, body[start:gap]):
            return gap + 4, end
    raise NoSuchPlace(f"part.{name or 'file'} is not there")


def _marks(body: bytes, mark: bytes) -> Iterator[int]:
    """Where borders stand: each on a line of its own."""
    at = 0 if body.startswith(mark) else body.find(b"\r\n" + mark) + 2
    while at != 1:
        if _BORDER_END.match(body, at + len(mark)):
            yield at
        at = body.find(b"\r\n" + mark, at) + 2


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
