"""The list of all uploads that are held here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from gateway.errors import LimitExceeded
from gateway.services.places import Place
from gateway.services.uploads.aliases import Aliases
from gateway.services.uploads.claims import claim
from gateway.services.uploads.lengths import Length
from gateway.services.uploads.refused import UNKNOWN, Refused, new_token, token_at_start, tokens
from gateway.services.uploads.schema import EACH, UploadStep
from gateway.services.uploads.session import Upload
from gateway.services.uploads.spool import Spool
from gateway.services.uploads.store import Store
from gateway.services.wire import Call

_IDLE_SECONDS = 3600.0
_ALIAS_SECONDS = 86_400.0
_SWEEP_SECONDS = 30.0
_MOST_SESSIONS = 500
_LIKE_MOST_ITEMS = 8  # held documents together may be as large as so many of the largest

type _Key = tuple[tuple[str, str], tuple[str, ...]]


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
        self._store = Store(folder)
        self._clock = clock
        self._swept = clock()
        self._made: dict[str, Upload] = {}
        self._unfinished: dict[str, Upload] = {}
        self._known: dict[_Key, Upload] = {}
        self._given: dict[str, str] = {}
        self._aliases = Aliases()

    def begin(self, service: str, step: UploadStep, call: Call) -> Upload:
        """A new upload.

        Args:
            service: of the profile.
            step: of the request that begins it; where it has a session, the client named it.
            call: the request.

        Raises:
            LimitExceeded: too much is held already.
            NoSuchPlace: the request does not give the name.
        """
        self._expire()
        self._unfinished = {
            token: one for token, one in self._unfinished.items() if not (one.done or one.verdict)
        }
        self._make_room()
        kind = _kind(service, step.of)
        spool = Spool(self._most, self._store)
        upload = Upload(new_token(), spool, kind, touched=self._clock(), services={service})
        if step.session:
            key = kind, claim(step, call)
            if before := self._known.get(key):
                before.spool.close()
                self._unfinished.pop(before.token, None)
            self._known[key] = upload
        self._made[upload.token] = self._unfinished[upload.token] = upload
        return upload

    def _make_room(self) -> None:
        """Forget uploads that failed at their end and were not tried again, the oldest first."""
        failed = [one for one in self._unfinished.values() if one.ended_by]
        failed.sort(key=lambda one: one.touched, reverse=True)
        while self._is_full():
            while failed and failed[-1].lock.locked():
                failed.pop()
            if not failed:
                raise LimitExceeded("too many unfinished uploads are held; try again later")
            self.drop(failed.pop())

    def _is_full(self) -> bool:
        held = sum(one.spool.written for one in self._unfinished.values())
        return len(self._unfinished) >= _MOST_SESSIONS or held > _LIKE_MOST_ITEMS * self._most

    def know(self, upload: Upload, name: str) -> None:
        """Find an upload also under what its service calls it, which nobody can guess."""
        address, _, _ = name.partition("#") if _is_address(name) else (name, "", "")
        plain = _plain(address)
        self._known[upload.kind, (plain,)] = upload
        if _is_address(name):
            self._given[plain] = upload.token

    def find(self, service: str, step: UploadStep, call: Call) -> Upload | None:
        """The upload that a request belongs to.

        Raises:
            NoSuchPlace: the request does not say.
        """
        self._expire()
        assert step.session
        kind = _kind(service, step.of)
        value = Place.parse(step.session.replace(EACH, "[0]")).read(call)
        upload = self._named(kind, value) or self._known.get((kind, (_plain(value),)))
        if upload is None and EACH not in step.session:
            upload = self._known.get((kind, claim(step, call)))
        if upload:
            upload.touched = self._clock()
            upload.services.add(service)
        return upload

    def _named(self, kind: tuple[str, str], name: str) -> Upload | None:
        """The upload of a name that was made here, and nothing beside it."""
        upload = self._made.get(token_at_start(name))
        return upload if upload and upload.kind == kind and upload.is_name(name) else None

    def made(self, token: str) -> bool:
        """Whether an identity was made here, for an upload that is known still."""
        return token in self._made

    def gave(self, url: str) -> bool:
        """Whether an address is one that a service gave for an upload, to the letter."""
        return _plain(url) in self._given

    def others(self, upload: Upload, step: UploadStep, call: Call) -> list[Upload]:
        """Further uploads that a commit names and ends.

        Args:
            upload: the first one.
            step: of the commit.
            call: the commit.

        Raises:
            Refused: it names an upload that is not its own to end.
        """
        others: dict[str, Upload] = {}
        for token in _tokens_in(call):
            other = self._made.get(token)
            if other is None or other is upload:
                continue
            if other.kind == upload.kind and other.services & upload.services:
                others[token] = other
            elif not other.done:
                raise Refused("a request of the upload names another one that has not ended")
        if step.session and EACH in step.session:
            self._check_each(upload.kind, step.session, call)
        return list(others.values())

    def names_in(self, call: Call) -> dict[str, str]:
        """What services call the documents that a request names, by our names."""
        return self._aliases.names_in(call.url.encode()) | self._aliases.names_in(call.body)

    def _check_each(self, kind: tuple[str, str], session: str, call: Call) -> None:
        """Refuse a list with an entry that names no upload, or says more than its name."""
        at = 0
        while (place := Place.parse(session.replace(EACH, f"[{at}]"))).stands_in(call):
            if self._named(kind, place.read(call)) is None:
                raise Refused(UNKNOWN)
            at += 1

    def drop(self, upload: Upload) -> None:
        """Forget an upload and its bytes."""
        upload.spool.close()
        self._forget([upload])

    def close(self) -> None:
        """Forget all uploads."""
        for upload in self._made.values():
            upload.spool.close()
        self._forget(list(self._made.values()))

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
        self._aliases.learn(upload.named(), until)
        self._aliases.learn_changes(upload.services, changed or {}, lengths, until)
        upload.spool.close()

    def real(self, data: bytes, service: str, *, speaks: bool = False) -> bytes:
        """A text of a later request with the service's names for ours.

        Args:
            data: the text.
            service: the profile of the request.
            speaks: it only speaks of documents, and is none.
        """
        return self._aliases.corrected(self._aliases.named(data), service, speaks=speaks)

    def _expire(self) -> None:
        now = self._clock()
        if now - self._swept < _SWEEP_SECONDS:
            return
        self._swept = now
        self._aliases.sweep(now)
        old = [
            one
            for one in self._made.values()
            if now - one.touched > _IDLE_SECONDS and not one.lock.locked()
        ]
        for one in old:
            one.spool.close()
        self._forget(old)

    def _forget(self, gone: list[Upload]) -> None:
        if not gone:
            return
        for upload in gone:
            self._made.pop(upload.token, None)
            self._unfinished.pop(upload.token, None)
        self._known = {key: one for key, one in self._known.items() if one.token in self._made}
        self._given = {url: token for url, token in self._given.items() if token in self._made}


def _kind(service: str, of: str) -> tuple[str, str]:
    """Uploads that have a name of their own may go to hosts of several profiles."""
    return (service if of == "file" else "", of)


def _tokens_in(call: Call) -> Iterator[str]:
    for text in (call.url.encode(), call.body):
        yield from (token for _, token in tokens(text))


def _is_address(name: str) -> bool:
    return name.lower().startswith(("https://", "http://"))


def _plain(key: str) -> str:
    """An identity that is an address, written as all clients write it (RFC 3986 §6.2.2)."""
    if not _is_address(key):
        return key
    parts = urlsplit(key)
    host = parts.netloc.lower().removesuffix(":443")
    return unquote(urlunsplit(parts._replace(netloc=host)))
