"""Whatever fails, and wherever: the original never leaves, and the client is told.

Each failure kind (``KINDS``) is injected at each stage of a request's way (``STAGES``).
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import errno
import json
import struct
import zlib
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import pytest
from mitmproxy.exceptions import AddonHalt, FlowReadException, OptionsError
from support.proxyharness import CANARY, HOST, Replacing

from gateway.errors import AuditError, GatewayError, LimitExceeded, NotReleasable, Unreadable
from gateway.proxy import head, inspection


class OddError(BaseException):
    """What no sensible handler expects."""


def too_deep() -> None:
    too_deep()


KINDS = {
    "ValueError": lambda: ValueError("x"),
    "TypeError": lambda: TypeError("x"),
    "KeyError": lambda: KeyError("x"),
    "IndexError": lambda: IndexError("x"),
    "AttributeError": lambda: AttributeError("x"),
    "ZeroDivisionError": ZeroDivisionError,
    "AssertionError": AssertionError,
    "MemoryError": MemoryError,
    "RecursionError": lambda: RecursionError("x"),
    "NotImplementedError": NotImplementedError,
    "ImportError": lambda: ImportError("x"),
    "StopIteration": StopIteration,
    "StopAsyncIteration": StopAsyncIteration,
    "TimeoutError": TimeoutError,
    "disk full": lambda: OSError(errno.ENOSPC, "x"),
    "ConnectionError": ConnectionResetError,
    "EOFError": EOFError,
    "BufferError": BufferError,
    "UnicodeDecodeError": lambda: UnicodeDecodeError("utf-8", b"x", 0, 1, "x"),
    "JSONDecodeError": lambda: json.JSONDecodeError("x", "x", 0),
    "zlib.error": lambda: zlib.error("x"),
    "struct.error": lambda: struct.error("x"),
    "BrokenProcessPool": BrokenProcessPool,
    "InvalidStateError": concurrent.futures.InvalidStateError,
    "ExceptionGroup": lambda: ExceptionGroup("x", [ValueError("x")]),
    "Unreadable": lambda: Unreadable("x"),
    "LimitExceeded": lambda: LimitExceeded("x"),
    "NotReleasable": lambda: NotReleasable("x"),
    "AuditError": lambda: AuditError("x"),
    "GatewayError": lambda: GatewayError("x"),
    "AddonHalt": AddonHalt,
    "OptionsError": lambda: OptionsError("x"),
    "FlowReadException": lambda: FlowReadException("x"),
    "CancelledError": asyncio.CancelledError,
    "GeneratorExit": GeneratorExit,
    "SystemExit": lambda: SystemExit(3),
    "KeyboardInterrupt": KeyboardInterrupt,
    "odd BaseException": OddError,
}


class Fault:
    """Raises the wanted kind wherever it is planted."""

    kind = "ValueError"

    def __call__(self, *_, **__):
        raise KINDS[self.kind]()  # noqa: RSE102 - some are factories

    async def later(self, *_, **__):
        await asyncio.sleep(0)
        raise KINDS[self.kind]()  # noqa: RSE102 - some are factories


class BrokenCatalog:
    """A real catalog with one broken method, once the proxy is running."""

    def __init__(self, real, method, fault):
        self._real, self._method, self._fault = real, method, fault
        self.armed = False

    def __getattr__(self, name):
        def call(*args, **options):
            broken = self.armed and name == self._method
            return (self._fault if broken else getattr(self._real, name))(*args, **options)

        return call


class Broken(Replacing):
    """An inspector that fails as told."""

    def __init__(self, how, fault):
        super().__init__()
        self._how, self._fault = how, fault

    def submit(self, item):
        if self._how == "submit":
            self._fault()
        if self._how == "future":
            future: Future = Future()
            future.set_exception(KINDS[self._fault.kind]())
            return future
        if self._how == "later":
            future = Future()

            def fail():
                future.set_exception(KINDS[self._fault.kind]())

            self._pool.submit(fail)
            return future
        return super().submit(item)


class HalfDone:
    """An addon that redacts a little, lifts the refusal and then fails: the worst there is."""

    def __init__(self, fault, *, late):
        self._fault, self._late = fault, late

    async def request(self, flow):
        flow.request.raw_content = b"half " + flow.request.raw_content
        flow.response = None
        await asyncio.sleep(0)
        await self._fault.later() if self._late else self._fault()


def _instance(name, attribute, *, later=False):
    def plant(running, fault, monkeypatch):
        target = running.server
        for part in name.split("."):
            target = getattr(target, part)
        monkeypatch.setattr(target, attribute, fault.later if later else fault, raising=True)

    return plant


def _addon(index, attribute, *, later=False):
    def plant(running, fault, monkeypatch):
        addon = running.server._addons[index]
        monkeypatch.setattr(addon, attribute, fault.later if later else fault)

    return plant


def _half_done(position, *, late):
    def plant(running, fault, monkeypatch):
        manager = running.server._master.addons
        chain = list(manager.chain)
        chain.insert(position if position >= 0 else len(chain), HalfDone(fault, late=late))
        monkeypatch.setattr(manager, "chain", chain)

    return plant


def _module(module, attribute):
    return lambda running, fault, monkeypatch: monkeypatch.setattr(module, attribute, fault)


def _release(running, fault, monkeypatch):
    monkeypatch.setattr("gateway.model.Outcome.release", fault)


# Where the failure is planted. "told" stages answer with 4xx or 5xx; at "cut" stages there is no
# exchange yet that could be answered, and the connection ends; "unhurt" ones come to a verdict all
# the same.
STAGES = {
    "inspector.submit": ("told", "submit"),
    "inspector's future, done": ("told", "future"),
    "inspector's future, later": ("told", "later"),
    "catalog.route": ("told", "catalog"),
    "catalog.why_partial": ("told", "catalog"),
    "catalog.covers": ("told", "catalog"),
    "catalog.refuse": ("told", "catalog"),
    "decoding": ("told", _module(inspection, "decode")),
    "head.lines": ("told", _module(head, "lines")),
    "head.file_name": ("told", _module(head, "file_name")),
    "Outcome.release": ("told", _release),
    "gate.release": ("told", _instance("gate", "release")),
    "gate.scope": ("told", _instance("gate", "scope")),
    "request hook": ("told", _instance("inspection", "request")),
    "request hook, async": ("told", _instance("inspection", "request", later=True)),
    "half done before us": ("unhurt", _half_done(0, late=False)),
    "half done after us": ("told", _half_done(-1, late=False)),
    "half done after us, async": ("told", _half_done(-1, late=True)),
    "requestheaders hook": ("unhurt", _instance("inspection", "requestheaders")),
    "requestheaders hook, async": ("unhurt", _instance("inspection", "requestheaders", later=True)),
    "deny-first addon": ("unhurt", _addon(0, "request")),
    "http_connect hook": ("unhurt", _instance("inspection", "http_connect")),
    "next_layer hook": ("cut", _addon(2, "_choose")),
    "client handshake": ("cut", _addon(3, "tls_start_client")),
    "service handshake": ("unhurt", _addon(3, "tls_start_server")),
    "server_connect hook": ("unhurt", _addon(1, "server_connect")),
    "answer's head": ("unhurt", _instance("inspection", "responseheaders")),
}


@pytest.fixture(params=list(STAGES))
def stage(request):
    return request.param


def _open(open_gateway, upstream, catalog, stage, fault):
    _, plant = STAGES[stage]
    to = {f"{HOST}:443": upstream.port}
    if plant == "catalog":
        broken = BrokenCatalog(catalog, stage.partition(".")[2], fault)
        running = open_gateway(to, catalog=broken)
        broken.armed = True
        return running
    return open_gateway(to, Broken(plant, fault)) if isinstance(plant, str) else open_gateway(to)


def _plant(running, stage, fault, monkeypatch):
    _, plant = STAGES[stage]
    if callable(plant):
        plant(running, fault, monkeypatch)


def _try(running, stage):
    """Send the canary; ``None`` when the tunnel was refused, ``False`` when it just ended."""
    import gzip

    body = CANARY + (b" BLOCKME" if stage == "catalog.refuse" else b"")
    extra = []
    if stage == "decoding":
        body, extra = gzip.compress(body), ["Content-Encoding: gzip"]
    try:
        return running.post(body, *extra, target="/v1/chat/completions?q=1")
    except ConnectionRefusedError as refused:  # the CONNECT was refused
        words = str(refused)
        assert not words or "HTTP/1.1 503" in words
        return None if words else False
    except OSError:
        return False


def test_no_failure_lets_the_original_out(
    open_gateway, upstream, catalog, stage, monkeypatch, caplog
):
    fault = Fault()
    running = _open(open_gateway, upstream, catalog, stage, fault)
    running.server.inspection.deadline = 5.0
    for kind in KINDS:
        fault.kind = kind
        with monkeypatch.context() as patch:
            _plant(running, stage, fault, patch)
            _check(running, stage, upstream)
    assert CANARY.decode() not in caplog.text


def _check(running, stage, upstream):
    expected, _ = STAGES[stage]
    answer = _try(running, stage)
    assert not upstream.holds(CANARY), stage
    if expected == "cut":
        assert answer is False
    elif expected == "unhurt":
        assert answer is None or answer.status in (0, 200, 502, 503), answer
    elif answer is not None:
        assert answer is not False
        assert 400 <= answer.status < 600, answer
        assert b"Blocked by Redaction Gateway" in answer.body
        assert answer.headers["x-gateway-reference"].encode() in answer.body
