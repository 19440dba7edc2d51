"""What services call the documents that went through here, for later requests that name them.

A client knows a document by names that were made here; where the document has changed on its way,
it may also say the digest or the length of the one that it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from gateway.services.uploads.lengths import Index, Length, corrected, indexed
from gateway.services.uploads.refused import TOKEN_LENGTH, tokens

_HEX = rb"[0-9a-f]{32,128}"
_DIGEST = re.compile(
    rb"(?<![0-9A-Za-z%])" + _HEX + rb"(?![0-9A-Za-z])|(?<=%22)" + _HEX + rb"(?=%22)"
)
_MOST_READ = 8 << 20  # bytes of a request that speaks of documents; larger ones hold some


@dataclass(slots=True)
class _Known:
    """What is known until a time.

    Args:
        until: by the registry's clock.
        names: behind one identity: what the service calls it.
    """

    until: float
    names: dict[bytes, bytes] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class _AtService:
    """What the clients of one service know of documents that were changed.

    Args:
        texts: what they may say, and what is true.
        patterns: how such texts look that are no digests.
        lengths: those they may say.
        index: of the same.
    """

    texts: dict[bytes, tuple[bytes, float]] = field(default_factory=dict, repr=False)
    patterns: dict[bytes, re.Pattern[bytes]] = field(default_factory=dict)
    lengths: dict[Length, float] = field(default_factory=dict, repr=False)
    index: Index = field(default_factory=dict, repr=False)


class Aliases:
    """Knows them for as long as it is told to."""

    def __init__(self) -> None:
        self._tokens: dict[str, _Known] = {}
        self._services: dict[str, _AtService] = {}

    def learn(self, names: Mapping[str, str], until: float) -> None:
        """Remember what a service calls something.

        Args:
            names: its names by ours, which each begin with an identity.
            until: when to forget it.
        """
        for ours, name in names.items():
            known = self._tokens.setdefault(ours[:TOKEN_LENGTH], _Known(until))
            known.until = until
            known.names[ours[TOKEN_LENGTH:].encode()] = name.encode()

    def learn_changes(
        self,
        services: Iterable[str],
        texts: Mapping[str, str],
        lengths: Iterable[Length],
        until: float,
    ) -> None:
        """Remember what is true of a document that was changed.

        Args:
            services: whose requests speak of it.
            texts: what its client may say, and what is true: digests, and pieces of text.
            lengths: those that the client may say.
            until: when to forget it.
        """
        lengths = list(lengths)
        for service in services if texts or lengths else ():
            here = self._services.setdefault(service, _AtService())
            for old, new in texts.items():
                here.texts[old.encode()] = new.encode(), until
                if not _DIGEST.fullmatch(old.encode()):
                    look = _look(old.encode())
                    here.patterns[look] = re.compile(look)
            indexed(here.index, (one for one in lengths if one not in here.lengths))
            here.lengths |= dict.fromkeys(lengths, until)

    def named(self, data: bytes) -> bytes:
        """A text with the services' names for ours; the same object where none stands in it."""
        pieces: list[bytes] = []
        done = 0
        for at, token in tokens(data) if self._tokens else ():
            behind = at + TOKEN_LENGTH
            known = self._tokens.get(token)
            fitting = (
                [name for name in known.names if data.startswith(name, behind)] if known else []
            )
            if known and fitting:
                name = max(fitting, key=len)
                pieces += [data[done:at], known.names[name]]
                done = behind + len(name)
        return b"".join([*pieces, data[done:]]) if pieces else data

    def names_in(self, data: bytes) -> dict[str, str]:
        """What services call the documents that a text names, by our names."""
        return {
            f"{token}{name.decode()}": value.decode()
            for _, token in tokens(data)
            if token in self._tokens
            for name, value in self._tokens[token].names.items()
        }

    def corrected(self, data: bytes, service: str, *, speaks: bool) -> bytes:
        """A request's body with what is true of the documents that were stored.

        A length is changed only beside the name of its document, a digest only where the body
        cannot be a document itself, such as a list of checksums.

        Args:
            data: the body.
            service: the profile of the request.
            speaks: it only speaks of documents, and is none.
        """
        here = self._services.get(service)
        if here is None or len(data) > _MOST_READ:
            return data
        pieces: list[bytes] = []
        done = 0
        for start, end in _said(data, here.patterns.values()) if speaks else ():
            if start >= done and (known := here.texts.get(data[start:end])):
                pieces += [data[done:start], known[0]]
                done = end
        data = b"".join([*pieces, data[done:]]) if pieces else data
        return corrected(data, here.index)

    def sweep(self, now: float) -> None:
        """Forget what is too old."""
        self._tokens = {one: known for one, known in self._tokens.items() if known.until > now}
        for here in self._services.values():
            here.texts = {old: new for old, new in here.texts.items() if new[1] > now}
            here.lengths = {one: until for one, until in here.lengths.items() if until > now}
            here.index = indexed({}, here.lengths)
        self._services = {
            name: here for name, here in self._services.items() if here.texts or here.lengths
        }


def _look(text: bytes) -> bytes:
    """How a piece of text looks, with any number and any name in it."""
    tags = re.split(rb"(<[^<>]*>)", text)
    if len(tags) == 1:
        return re.escape(text)
    return b"".join(re.escape(one) if one.startswith(b"<") else b"[^<>]*" for one in tags if one)


def _said(data: bytes, patterns: Iterable[re.Pattern[bytes]]) -> Iterator[tuple[int, int]]:
    """Where a digest is all that a text says, and where pieces of text stand, in their order."""
    spans = [found.span() for found in _DIGEST.finditer(data) if _stands_alone(data, found)]
    spans += [found.span() for pattern in patterns for found in pattern.finditer(data)]
    yield from sorted(spans)


def _stands_alone(data: bytes, found: re.Match[bytes]) -> bool:
    """Whether it is a whole text in JSON, or a whole value of a form or a query."""
    before, after = data[: found.start()][-3:], data[found.end() :][:3]
    in_json = before.endswith(b'"') and not before.endswith(b'\\"') and after.startswith(b'"')
    quoted = before == b"%22" and after == b"%22"
    return in_json or quoted or (before.endswith(b"=") and (not after or after.startswith(b"&")))
