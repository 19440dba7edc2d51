"""One upload that is held here, and the list of all of them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from gateway.errors import LimitExceeded
from gateway.services.places import Place
from gateway.services.uploads.lengths import Length, corrected
from gateway.services.uploads.listing import Placed
from gateway.services.uploads.originals import Original
from gateway.services.uploads.refused import TOKEN, Refused
from gateway.services.uploads.schema import EACH, Role, UploadStep
from gateway.services.uploads.spool import Spool
from gateway.services.uploads.told import Told
from gateway.services.wire import Call, Reply

_IDLE_SECONDS = 3600.0
_ALIAS_SECONDS = 86_400.0
_MOST_SESSIONS = 500
_TOKEN = 22  # characters of an identity that is made here; names of values follow it
_LIKE_MOST_ITEMS = 8  # held documents together may be as large as so many of the largest


@dataclass(frozen=True, slots=True)
class Released:
    """A document that a verdict released; made of anything else, it fails.

    Args:
        data: its bytes.
        sha256: hash of what the verdict was given on, in hex.

    Raises:
        Refused: the bytes are not those.
    """

    data: bytes = field(repr=False)
    sha256: str

    def __post_init__(self) -> None:
        if hashlib.sha256(self.data).hexdigest() != self.sha256:
            raise Refused("the document changed after its verdict")


def new_token() -> str:
    """An identity of an upload, in lower case letters and digits."""
    return "rg" + base64.b32encode(secrets.token_bytes(13)).decode().lower()[:20]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request as the client sent it, the document taken out.

    Args:
        step: what the profile says of it.
        call: the request.
        carried: bytes of the document that were in it.
        at: where in the document they belong, if it says so: an offset, or the number of a part.
        original: to the last byte as the client sent it, where that has to be kept.
    """

    step: UploadStep
    call: Call
    carried: int = 0
    at: int = 0
    original: Original | None = None


@dataclass(slots=True)
class Upload:
    """One upload.

    Args:
        token: its identity here.
        spool: the document's bytes.
        calls: its first init, first and last part, and commit, as they were sent; all parts where
            they are not merged.
        values: what the service's answers gave, by name.
        parts: what they gave for each part.
        labels: numbers of the parts that the client has named itself, by their names.
        order: of the parts by their numbers, where the commit lists them.
        placed: parts that were sent, in that order.
        way: how they want the bytes, where they say it.
        sent: parts that were sent.
        sent_size: bytes of the document that were.
        told: what the client was told of each part, by its place in the document.
        count: parts taken so far.
        total: the document's size, once declared.
        done: the service's last answer.
        verdict: why the document may not leave; it is not held any longer.
        touched: when it was last heard of.
        services: the profiles whose requests belong to it.
    """

    token: str
    spool: Spool
    calls: list[Recorded] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    parts: list[Any] = field(default_factory=list)
    told: dict[int, Any] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    order: list[int] | None = None
    placed: list[Placed] = field(default_factory=list)
    way: Told | None = None
    sent: int = 0
    sent_size: int = 0
    count: int = 0
    total: int | None = None
    done: Reply | None = None
    verdict: Exception | None = None
    touched: float = 0.0
    services: set[str] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def record(self, one: Recorded) -> None:
        """Keep a request: of the parts the first and the last, of the others the latest."""
        role = one.step.role
        mine = [known for known in self.calls if known.step.role is role]
        kept = [one]
        if role is Role.PART:
            mine = [known for known in mine if known.at != one.at]
            around = sorted([*mine, one], key=lambda known: known.at)
            kept = [around[0], *around[1:][-1:]] if one.step.merged else around
        self.calls = [known for known in self.calls if known.step.role is not role] + kept

    def real(self, text: str) -> str:
        """A text with the service's own values where ours stand."""
        for name, value in self.values.items():
            ours = name if TOKEN.match(name) else f"{self.token}{name}"
            text = text.replace(ours, value)
        return text


@dataclass(frozen=True, slots=True)
class _Alias:
    """What the service calls something that the client knows by another name.

    Args:
        value: its name there.
        until: by the registry's clock.
        services: for which profiles; none for every one, where the name was made here and means
            nothing else.
    """

    value: str = field(repr=False)
    until: float
    services: frozenset[str] = frozenset()


class Registry:
    """All uploads that are held.

    Args:
        most: bytes of one document.
        folder: for large ones.
        clock: seconds, never going back.
    """

    def __init__(
        self, most: int, folder: Path | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._folder = folder
        self._clock = clock
        self._uploads: dict[tuple[str, str, str], Upload] = {}
        self._aliases: dict[str, _Alias] = {}
        self._lengths: dict[Length, float] = {}

    def begin(self, service: str, of: str, key: str = "") -> Upload:
        """A new upload.

        Args:
            service: of the profile.
            of: kind of upload.
            key: its identity, where the client or the service has given one.

        Raises:
            LimitExceeded: too much is held already.
        """
        self._expire()
        held = {
            id(one): one.spool.written
            for one in self._uploads.values()
            if not one.done and not one.verdict
        }
        if len(held) >= _MOST_SESSIONS or sum(held.values()) > _LIKE_MOST_ITEMS * self._most:
            raise LimitExceeded("too many unfinished uploads are held; try again later")
        token = new_token()
        spool = Spool(self._most, self._folder)
        upload = Upload(token, spool, touched=self._clock(), services={service})
        self.know(service, of, token, upload)
        if key:
            self.know(service, of, key, upload)
        return upload

    def know(self, service: str, of: str, key: str, upload: Upload) -> None:
        """Find an upload under a further identity."""
        key = _plain(key)
        before = self._uploads.get((self._scope(service, of), of, key))
        if before is not None and before is not upload:
            before.spool.close()
        self._uploads[self._scope(service, of), of, key] = upload

    def _scope(self, service: str, of: str) -> str:
        """Uploads that have a name of their own may go to hosts of several profiles."""
        return service if of == "file" else ""

    def find(self, service: str, step: UploadStep, call: Call) -> Upload | None:
        """The upload that a request belongs to.

        Raises:
            NoSuchPlace: the request does not say.
        """
        self._expire()
        assert step.session
        value = Place.parse(step.session.replace(EACH, "[0]")).read(call)
        own = TOKEN.search(value)
        key = (self._scope(service, step.of), step.of, own[0] if own else _plain(value))
        upload = self._uploads.get(key)
        if upload:
            upload.touched = self._clock()
            upload.services.add(service)
        return upload

    def gave(self, url: str) -> bool:
        """Whether an address is one that a service gave for an upload, to the letter."""
        return any(key[2] == _plain(url) for key in self._uploads)

    def others(self, upload: Upload, call: Call) -> list[Upload]:
        """Further uploads that a commit names."""
        text = " ".join((call.url, call.body.decode("latin-1")))
        named = {key[2]: one for key, one in self._uploads.items() if one is not upload}
        return [named[token] for token in dict.fromkeys(TOKEN.findall(text)) if token in named]

    def drop(self, upload: Upload) -> None:
        """Forget an upload and its bytes."""
        upload.spool.close()
        self._uploads = {key: one for key, one in self._uploads.items() if one is not upload}

    def close(self) -> None:
        """Forget all uploads."""
        for upload in self._uploads.values():
            upload.spool.close()
        self._uploads.clear()

    def finished(
        self,
        upload: Upload,
        changed: Mapping[str, str] | None = None,
        lengths: Iterable[Length] = (),
    ) -> None:
        """Remember what the service calls the things that the client knows by other names.

        Args:
            upload: it is with the service now.
            changed: texts that the client knows of, and those of what was stored.
            lengths: those that the client may say again.
        """
        until = self._clock() + _ALIAS_SECONDS
        for name, value in upload.values.items():
            ours = name if TOKEN.match(name) else f"{upload.token}{name}"
            self._aliases[ours] = _Alias(value, until)
        for old, new in (changed or {}).items():
            self._aliases[old] = _Alias(new, until, frozenset(upload.services))
        self._lengths |= dict.fromkeys(lengths, until)
        upload.spool.close()

    def real(self, data: bytes, service: str) -> bytes:
        """A text of a later request with the service's names for ours.

        Args:
            data: the text.
            service: the profile of the request.
        """
        tokens = set(TOKEN.findall(data.decode("latin-1"))) if self._aliases else set()
        for name, alias in self._aliases.items():
            if service in alias.services if alias.services else name[:_TOKEN] in tokens:
                data = data.replace(name.encode(), alias.value.encode())
        return corrected(data, self._lengths)

    def _expire(self) -> None:
        now = self._clock()
        old = {
            key: one
            for key, one in self._uploads.items()
            if now - one.touched > _IDLE_SECONDS and not one.lock.locked()
        }
        for key, one in old.items():
            one.spool.close()
            del self._uploads[key]
        self._aliases = {a: entry for a, entry in self._aliases.items() if entry.until > now}
        self._lengths = {one: until for one, until in self._lengths.items() if until > now}


def _plain(key: str) -> str:
    """An identity that is an address, written as all clients write it (RFC 3986 §6.2.2)."""
    if not key.lower().startswith(("https://", "http://")):
        return key
    parts = urlsplit(key)
    host = parts.netloc.lower().removesuffix(":443")
    return unquote(urlunsplit(parts._replace(netloc=host, fragment="")))
