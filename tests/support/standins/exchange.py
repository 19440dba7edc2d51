"""A request that a stand-in got, its answer, and its way to say no."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Request:
    """One request, whole.

    Args:
        method: in upper case.
        host: the Host header in lower case, without a port.
        target: path and query as they came.
        headers: names as written, in order.
        body: without transfer coding; content codings are left on.
    """

    method: str
    host: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)

    @property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """Query parameters, the last of each name."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    def header(self, name: str, default: str = "") -> str:
        """The first value of a header; ``default`` if it is not there."""
        found = (value for key, value in self.headers if key.lower() == name.lower())
        return next(found, default)

    def has(self, name: str) -> bool:
        """Whether there is such a header."""
        return any(key.lower() == name.lower() for key, _ in self.headers)

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            Fault: it is none.
        """
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Fault(400, "invalidRequest", "the body is not JSON") from error


@dataclass(frozen=True)
class Reply:
    """An answer; a body of several pieces is sent chunked, piece by piece."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = field(default=b"", repr=False)


def reply(value: Any = None, status: int = 200, **headers: str) -> Reply:
    """A JSON answer; ``None`` is an empty one. ``x_y`` names the header ``x-y``."""
    fields = {name.replace("_", "-"): text for name, text in headers.items()}
    if value is None:
        return Reply(status, fields)
    body = json.dumps(value, ensure_ascii=False).encode()
    return Reply(status, {"content-type": "application/json; charset=utf-8", **fields}, body)


class Fault(Exception):
    """What the service says no to; its own shape comes from :meth:`StandIn.refuse`.

    Args:
        status: of HTTP.
        code: the service's own error code.
        message: for people.
        detail: whatever else the service's shape has a place for.
        headers: more headers of the answer.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str = "",
        *,
        detail: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message or code
        self.detail = detail
        self.headers = dict(headers or {})
