"""One upload that is held here."""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

from gateway.services.uploads.listing import Placed
from gateway.services.uploads.originals import Original
from gateway.services.uploads.refused import Refused, token_at_start
from gateway.services.uploads.schema import Role, UploadStep
from gateway.services.uploads.spool import Spool
from gateway.services.uploads.told import Told
from gateway.services.wire import Call, Reply

_PART = re.compile(r"n[0-9]{1,9}")


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
        kind: the profile (none where several share it) and the kind of upload.
        ended_by: what the request was that was taken for the last one, whether all went well or not.
        latest: what the latest request with bytes was.
    """

    token: str
    spool: Spool
    kind: tuple[str, str] = ("", "file")
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
    ended_by: str = ""
    latest: str = ""
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

    def named(self) -> dict[str, str]:
        """What the service's answers gave, by the names that the client knows."""
        return {
            name if token_at_start(name) else f"{self.token}{name}": value
            for name, value in self.values.items()
        }

    def real(self, text: str) -> str:
        """A text with the service's own values where ours stand."""
        for name, value in sorted(self.named().items(), reverse=True):
            text = text.replace(name, value)
        return text

    def is_name(self, text: str) -> bool:
        """Whether a text is a name that was made here for something of this upload."""
        name = text.removeprefix(self.token)
        names = {name for one in self.calls for name in one.step.takes}
        return name != text and (not name or name in names or bool(_PART.fullmatch(name)))
