"""The proxy with many clients, with streams, and with what is none of its business.

Every figure stands beside the same for bare mitmproxy, asked in turn in the same run.
"""

from __future__ import annotations

import contextlib
import http.client
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.ways import CHAT, STREAM, Way, chat, cpu_of, ways

_CLIENTS, _REQUESTS, _ROUNDS = 50, 10, 3
_CROWD, _CROWD_SECONDS = 8, 6.0
_LARGE = 10_000_000


def measure(text: Callable[[int], str]) -> None:
    """Print throughput, delay in a crowd, delay of streams, and the cost of hosts out of scope.

    Args:
        text: prose of so many characters.
    """
    with tempfile.TemporaryDirectory() as folder, ways(Path(folder)) as (_, ours, theirs):
        _streams(ours, theirs)
        _throughput(ours, theirs, text(1_000))
        _crowd(ours, text)


def _throughput(ours: Way, theirs: Way, prose: str) -> None:
    body = chat(prose)
    rates: dict[str, list[float]] = {ours.name: [], theirs.name: []}
    cpu = dict.fromkeys(rates, 0.0)
    for _ in range(_ROUNDS):
        for way in (ours, theirs):
            before, start = cpu_of(way.process), time.perf_counter()
            _at_once(lambda way=way: _ask(way, body, _REQUESTS), _CLIENTS)
            seconds = time.perf_counter() - start
            rates[way.name].append(_CLIENTS * _REQUESTS / seconds)
            cpu[way.name] += cpu_of(way.process) - before
    ours_rate, theirs_rate = (statistics.median(rates[way.name]) for way in (ours, theirs))
    print(
        f"proxy, {_CLIENTS} clients of 1 KB: {ours_rate:.0f} requests/s, mitmproxy "
        f"{theirs_rate:.0f}, x{ours_rate / theirs_rate:.2f} of its throughput"
    )


def _ask(way: Way, body: bytes, times: int, walls: list[float] | None = None) -> None:
    with contextlib.closing(way.connect()) as connection:
        for _ in range(times):
            start = time.perf_counter()
            connection.request("POST", CHAT, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"{way.name} answered {answer.status}")
            if walls is not None:
                walls.append(time.perf_counter() - start)


def _at_once(work: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _crowd(ours: Way, text: Callable[[int], str]) -> None:
    """How long small requests take while a large document is treated."""
    small = chat(text(1_000))
    idle = _p99(ours, small)
    large = text(_LARGE).encode()
    with _uploading(ours, large):
        busy = _p99(ours, small)
    print(
        f"proxy, {_CROWD} clients: p99 {idle * 1000:.0f} ms, {busy * 1000:.0f} ms while a document "
        f"of {_LARGE // 1_000_000} MB is treated, x{busy / idle:.1f}"
    )


def _p99(way: Way, body: bytes) -> float:
    walls: list[float] = []
    end = time.monotonic() + _CROWD_SECONDS

    def client() -> None:
        while time.monotonic() < end:
            _ask(way, body, 5, walls)
            time.sleep(0.2)  # as people do, not as fast as can be

    _at_once(client, _CROWD)
    return statistics.quantiles(walls, n=100)[98]


@contextlib.contextmanager
def _uploading(way: Way, data: bytes) -> Iterator[None]:
    """A document on its way for as long as this lasts."""

    def upload() -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("POST", "/v1/files", data, {"Content-Type": "text/plain"})
            connection.getresponse().read()

    connection = way.connect()
    thread = threading.Thread(target=upload, daemon=True)
    thread.start()
    time.sleep(1)
    try:
        yield
    finally:
        connection.close()


def _streams(ours: Way, theirs: Way) -> None:
    delays = {way.name: _stream_delay(way) for way in (ours, theirs)}
    more = (delays[ours.name] - delays[theirs.name]) * 1000
    print(f"proxy, streamed answer: each event {more:+.2f} ms later than through mitmproxy")


def _stream_delay(way: Way) -> float:
    """Median seconds from when the service sends an event until the client has it."""
    with contextlib.closing(way.connect()) as connection:
        connection.request("POST", STREAM, chat("Hello"), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        delays = [
            (time.perf_counter_ns() - int(line[6:])) / 1e9
            for line in iter(answer.readline, b"")
            if line.startswith(b"data: ")
        ]
    return statistics.median(delays)
