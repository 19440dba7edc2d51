"""What placeholders in the templates of an upload stand for."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from gateway.services import awschunked
from gateway.services.digests import digest
from gateway.services.places import NoSuchPlace, Place
from gateway.services.uploads.schema import UploadStep
from gateway.services.uploads.session import Upload
from gateway.services.wire import Call

_DAY = 86_400
_PARTS = re.compile(r"parts\.([1-9][0-9]*)")
_COUNT = re.compile(r"count\.(.+)")
_DIGEST = re.compile(r"(?:part\.)?([a-z0-9-]+:(?:hex|HEX|base64|decimal))")


class Names:
    """Looks a placeholder up.

    Args:
        upload: its own values.
        step: of the request.
        call: the request.
        data: the bytes that it carries; for the last one, the whole document.
        whole: size of the document that goes to the service; the declared one when left out.
        number: of the part that goes there; that of the last taken when left out.
        start: where in the document the bytes begin.
    """

    def __init__(
        self,
        upload: Upload,
        step: UploadStep,
        call: Call,
        data: bytes,
        whole: int | None = None,
        number: int | None = None,
        start: int = 0,
    ) -> None:
        self.start = start
        self.upload = upload
        self.step = step
        self.call = call
        self.data = data
        self.whole = upload.total if whole is None else whole
        self.number = upload.count if number is None else number

    def __call__(self, name: str) -> str:
        """The value of a name.

        Raises:
            NoSuchPlace: there is none.
        """
        upload = self.upload
        if name in upload.values:
            return upload.values[name]
        steps = (self.step, *(one.step for one in upload.calls))
        if name != "part" and any(name in step.takes for step in steps):
            return f"{upload.token}{name}"
        if found := _DIGEST.fullmatch(name):
            return digest(found[1], [self.data])
        if found := _PARTS.fullmatch(name):
            return str(-(-(self.whole or 0) // int(found[1])))
        if found := _COUNT.fullmatch(name):
            return str(_count(Place.parse(found[1]).read_any(self.call)))
        known = _KNOWN.get(name)
        return known(self) if known else self._read(Place.parse(name))

    def _read(self, place: Place) -> str:
        """What stands in the request, or as a trailer behind it (RFC 9110 §6.5)."""
        sent = self.call.sent
        if place.kind == "header" and sent and not place.stands_in(self.call):
            framed = awschunked.is_chunked(sent) and awschunked.opened(sent).trailers
            return Place.parse(f"header.{place.name}").read(Call(framed or ()))
        return place.read(self.call)

    @property
    def received(self) -> int:
        """Bytes that are here without a gap."""
        upload = self.upload
        return (upload.total or 0) if upload.done else upload.spool.received()

    @property
    def declared(self) -> str:
        """Size of the document, if the client has said it."""
        if self.upload.total is None:
            raise NoSuchPlace("no size was declared")
        return str(self.upload.total)

    @property
    def missing(self) -> str:
        """The range of bytes that are still to come: ``327680-655359``."""
        total = self.upload.total
        if total is not None and self.received >= total:
            raise NoSuchPlace("nothing is missing")
        return f"{self.received}-{'' if total is None else total - 1}"

    @property
    def origin(self) -> str:
        """Scheme, host and port of the request."""
        parts = urlsplit(self.call.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def here(self) -> str:
        """The address of the request without its query."""
        return self.origin + urlsplit(self.call.url).path.rstrip("/")

    def _last(self) -> str:
        if not self.received:
            raise NoSuchPlace("nothing has been received")
        return str(self.received - 1)


def _count(value: object) -> int:
    if not isinstance(value, list):
        raise NoSuchPlace("no list stands there")
    return len(value)


def _time(form: str, seconds: int = 0) -> str:
    return datetime.fromtimestamp(time.time() + seconds, UTC).strftime(form)


_KNOWN: dict[str, Callable[[Names], str]] = {
    "token": lambda names: names.upload.token,
    "part": lambda names: f"{names.upload.token}n{names.upload.count}",
    "received": lambda names: str(names.received),
    "last": lambda names: names._last(),  # noqa: SLF001 - our own
    "total": lambda names: str(names.upload.total or names.received),
    "declared": lambda names: names.declared,
    "missing": lambda names: names.missing,
    "origin": lambda names: names.origin,
    "here": lambda names: names.here,
    "parts": lambda names: json.dumps([one for _, one in sorted(names.upload.told.items())]),
    "count": lambda names: str(len(names.upload.told)),
    "start": lambda names: str(names.start),
    "size": lambda names: str(len(names.data)),
    "number": lambda names: str(names.number),
    "sent": lambda names: str(names.upload.sent),
    "now": lambda _: _time("%Y-%m-%dT%H:%M:%SZ"),
    "expires": lambda _: _time("%Y-%m-%dT%H:%M:%SZ", _DAY),
    "seconds": lambda _: str(int(time.time())),
    "epoch": lambda _: str(int(time.time()) + _DAY),
}
