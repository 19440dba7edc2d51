"""What the tests of WebSockets share: profiles without refusals in their own words, a slow inspector."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path

from gateway.model import Item, Outcome
from gateway.services import Catalog
from support.proxyharness import Replacing

LIVE = "live.api.openai.com"  # within the names that the test authority may vouch for

_PROFILE = f"""\
service: live
title: Live
hosts: [{LIVE}]
purpose: chat
steps:
  - name: text
    match: [GET /text, "GET /text/*"]
    shape: frames
    framing: text
  - name: records
    match: [GET /records]
    shape: frames
    framing: signalr
    refusal:
      frame: {{type: 3, invocationId: "{{json.invocationId}}", error: "{{message}}"}}
  - name: opaque
    match: [GET /opaque]
    shape: frames
    framing: binary
"""


def live_catalog(folder: Path) -> Catalog:
    """The built-in profiles, and one whose text messages have no refusal of their own."""
    (folder / "live.yaml").write_text(_PROFILE, encoding="utf-8")
    return Catalog.load(folder)


class Held(Replacing):
    """Gives no verdict on what says WAIT until ``free`` is set; counts what waits at once."""

    def __init__(self) -> None:
        super().__init__()
        self.free = threading.Event()
        self.most = 0
        self._waiting = 0
        self._lock = threading.Lock()

    def submit(self, item: Item) -> Future[Outcome]:
        with self._lock:
            self._waiting += 1
            self.most = max(self.most, self._waiting)
        future = super().submit(item)
        future.add_done_callback(self._done)
        return future

    def judge(self, item: Item) -> Outcome:
        if b"WAIT" in item.data:
            self.free.wait(20)
        return super().judge(item)

    def close(self) -> None:
        self.free.set()
        super().close()

    def _done(self, _: Future[Outcome]) -> None:
        with self._lock:
            self._waiting -= 1
