"""An inspector that keeps to a size which was declared already."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gateway.model import Item, Outcome, Verdict
from support.clouds import Cloud, direct, through
from support.proxyharness import CANARY, GONE, Replacing
from support.standins.base import StandIn

FILLED = GONE.ljust(len(CANARY))
"""What stands in the place of a canary, just as long."""


class Fitting(Replacing):
    """Replaces canaries; by something as long where the item says how long it must be."""

    def judge(self, item: Item) -> Outcome:
        outcome = super().judge(item)
        if item.size is None or outcome.verdict is not Verdict.REDACT:
            return outcome
        data = item.data.replace(CANARY, FILLED)
        assert len(data) == item.size
        return replace(outcome, data=data, sha256=hashlib.sha256(data).hexdigest())


@contextlib.contextmanager
def road_to(service: StandIn, road: str, authority: Any, ca: Any, catalog: Any) -> Iterator[Cloud]:
    """A road to a service that binds the size of an upload; "direct" or "gateway"."""
    if road == "direct":
        yield direct(service, authority)
        return
    inspector = Fitting()
    try:
        with through(service, authority, ca, inspector, "gateway", catalog=catalog) as cloud:
            yield cloud
    finally:
        inspector.close()


def fitted(road: str, data: bytes) -> bytes:
    """What the service must hold of a document."""
    return data if road == "direct" else data.replace(CANARY, FILLED)
