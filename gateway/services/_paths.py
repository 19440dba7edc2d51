"""Request targets: every way a server may read a path, and patterns over path segments.

RFC 3986 §6.2.2 and §5.2.4 define one normal form, but servers differ: some decode twice, some
merge slashes, some treat a backslash or ``%2F`` as a slash, some drop ``;parameters``. Where
the readings of one target differ, all of them are matched and the caller keeps the strictest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, unquote

type Segments = tuple[str, ...]

_METHODS = re.compile(r"\*|[A-Z]+(\|[A-Z]+)*")
_ODD = re.compile(r"[%\\;]|//|/\.{1,2}(?:/|$)")
_DECODE_ROUNDS = 4


def split_target(target: str) -> tuple[str, str]:
    """Path and query of a request target in origin or absolute form (RFC 9112 §3.2)."""
    if not target.startswith("/") and (scheme := target.find("://")) > 0:
        rest = target[scheme + 3 :]
        slash = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
        target = rest[slash:]
    path, _, query = target.partition("#")[0].partition("?")
    return path if path.startswith("/") else "/" + path, query


def is_plain(path: str) -> bool:
    """Whether all servers read a path alike."""
    return not _ODD.search(path)


def readings(path: str) -> tuple[Segments, ...]:
    """Each way in which a server may split a path into segments, without duplicates."""
    if is_plain(path):
        return (_resolve(path.split("/")),)
    literal = _resolve([unquote(segment) for segment in path.split("/")])
    decoded = _resolve(unquote(path).split("/"))
    thorough = path
    for _ in range(_DECODE_ROUNDS):
        thorough = unquote(thorough)
    thorough = thorough.replace("\\", "/")
    pieces = [piece.partition(";")[0] for piece in thorough.split("/")]
    return tuple(dict.fromkeys((literal, decoded, _resolve([p for p in pieces if p]))))


def _resolve(pieces: list[str]) -> Segments:
    """Segments with ``.`` and ``..`` resolved, without the empty ends that slashes leave."""
    resolved: list[str] = []
    for piece in pieces:
        if piece == "..":
            del resolved[-1:]
        elif piece != ".":
            resolved.append(piece)
    if resolved and not resolved[0]:
        del resolved[0]
    if resolved and not resolved[-1]:
        del resolved[-1]
    return tuple(resolved)


@dataclass(frozen=True, slots=True)
class PathPattern:
    """``POST|PUT /v1/files/*/content`` made ready for matching."""

    methods: frozenset[str]
    segments: tuple[re.Pattern[str] | None, ...]
    literal: bool = False
    """Whether the path stands there in full, without ``*``."""

    @classmethod
    def parse(cls, text: str, *, fold: bool = False) -> Self:
        """Read a pattern.

        Args:
            text: methods joined by ``|`` or ``*``, a space, a path. ``*`` in a path is one
                segment or a piece of one, ``**`` any number of segments.
            fold: compare without case.

        Raises:
            ValueError: it is not such a pattern.
        """
        methods, _, path = text.partition(" ")
        if not _METHODS.fullmatch(methods) or not path.startswith("/") or " " in path:
            raise ValueError(f"{text!r} is not a method and a path, as in 'POST /v1/files'")
        if "?" in path or "%" in path or "//" in path or (path != "/" and path.endswith("/")):
            raise ValueError(f"{text!r}: write the path decoded, without query or ending slash")
        flags = re.DOTALL | (re.IGNORECASE if fold else 0)
        segments = tuple(
            None if segment == "**" else re.compile(_glob(segment), flags)
            for segment in path[1:].split("/")
            if segment
        )
        wanted = frozenset() if methods == "*" else frozenset(methods.split("|"))
        return cls(wanted, segments, "*" not in path)

    def matches(self, method: str, segments: Segments) -> bool:
        """Whether a request is what the pattern describes."""
        if self.methods and method not in self.methods:
            return False
        # Globbing over segments: on a mismatch, let the last ``**`` swallow one more.
        at = want = 0
        star = retry = -1
        while at < len(segments):
            pattern = self.segments[want] if want < len(self.segments) else _NOTHING
            if pattern is None:
                star, retry = want, at
                want += 1
            elif pattern.fullmatch(segments[at]):
                at += 1
                want += 1
            elif star >= 0:
                retry += 1
                at, want = retry, star + 1
            else:
                return False
        return all(pattern is None for pattern in self.segments[want:])


_NOTHING = re.compile(r"(?!)")


def _glob(segment: str) -> str:
    if segment == "*":
        return ".+"
    return ".*?".join(re.escape(piece) for piece in segment.split("*"))


def query_values(query: str) -> dict[str, set[str]]:
    """All values of each query parameter, names and values without case.

    Some servers also split at semicolons (HTML 4.01 §B.2.2), so both readings are given.
    """
    values: dict[str, set[str]] = {}
    pairs = [
        pair
        for text in {query, query.replace(";", "&")}
        for pair in parse_qsl(text, keep_blank_values=True)
    ]
    for name, value in pairs:
        values.setdefault(name.casefold(), set()).add(value.casefold())
    return values
