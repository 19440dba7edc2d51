"""A request and its answer, as plain data: what upload shapes, places and signatures work on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import urlsplit

type Headers = tuple[tuple[str, str], ...]
"""Header names as written and their values, in order; bytes above ASCII as ISO 8859-1."""


@dataclass(frozen=True, slots=True)
class _Message:
    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        """The first value of a header, names compared without case; ``None`` if it is not there."""
        name = name.lower()
        return next((value for key, value in self.headers if key.lower() == name), None)

    def count(self, name: str) -> int:
        """How many headers have that name."""
        return sum(1 for key, _ in self.headers if key.lower() == name.lower())

    def with_header(self, name: str, value: str) -> Self:
        """The same message with one header of that name, where the first stood, or at the end."""
        kept: list[tuple[str, str]] = []
        found = False
        for key, old in self.headers:
            if key.lower() != name.lower():
                kept.append((key, old))
            elif not found:
                found = True
                kept.append((key, value))
        return replace(self, headers=(*kept, *(() if found else ((name, value),))))

    def without(self, names: Iterable[str]) -> Self:
        """The same message without the headers of these names."""
        gone = {name.lower() for name in names}
        return replace(
            self, headers=tuple(pair for pair in self.headers if pair[0].lower() not in gone)
        )

    def with_body(self, body: bytes) -> Self:
        """The same message with another body and its length declared."""
        return replace(self, body=body).with_header("Content-Length", str(len(body)))


@dataclass(frozen=True, slots=True)
class Call(_Message):
    """A request.

    Args:
        headers: in order.
        body: without content coding.
        method: in upper case.
        url: absolute, as the client sent it: ``https://host[:port]/path?query``.
        sent: the request to the last byte as the client sent it, where this is a reading of it
            without its codings.
    """

    method: str = "GET"
    url: str = field(default="", repr=False)
    sent: Call | None = field(default=None, repr=False, compare=False)

    @property
    def host(self) -> str:
        """The host name, in lower case, without a port."""
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def port(self) -> int:
        """The port, 443 or 80 where the URL names none."""
        parts = urlsplit(self.url)
        return parts.port or (443 if parts.scheme == "https" else 80)

    @property
    def target(self) -> str:
        """Path and query."""
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


@dataclass(frozen=True, slots=True)
class Reply(_Message):
    """An answer.

    Args:
        headers: in order.
        body: without content coding.
        status: of HTTP.
    """

    status: int = 200
