"""The proxy against bare mitmproxy, and against no proxy: chats over one kept connection.

All three are asked in turn in the same run, so that a machine that slows down slows them all.
"""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.ways import CHAT, Way, chat, cpu_of, ways

_WARM_UP = 20


def measure(text: Callable[[int], str], sizes: tuple[int, ...] = (1_000, 10_000)) -> None:
    """Print the medians of wall time, and the CPU time per request of each proxy's process.

    Args:
        text: prose of so many characters.
        sizes: how many characters a chat has.
    """
    with tempfile.TemporaryDirectory() as folder, ways(Path(folder)) as open_ways:
        for size, runs in zip(sizes, (200, 100), strict=True):
            _compare(open_ways, text(size), runs)


def _compare(open_ways: list[Way], prose: str, runs: int) -> None:
    body = chat(prose)
    walls: dict[str, list[float]] = {way.name: [] for way in open_ways}
    cpu = {way.name: 0.0 for way in open_ways}
    with contextlib.ExitStack() as stack:
        open_ = [(way, stack.enter_context(contextlib.closing(way.connect()))) for way in open_ways]
        for turn in range(-_WARM_UP, runs):
            for way, connection in open_:
                before = cpu_of(way.process)
                start = time.perf_counter()
                connection.request("POST", CHAT, body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    raise SystemExit(f"{way.name} answered {answer.status}")
                if turn >= 0:
                    walls[way.name].append(time.perf_counter() - start)
                    cpu[way.name] += cpu_of(way.process) - before
    p50 = {name: statistics.median(times) for name, times in walls.items()}
    line = ", ".join(f"{name} {seconds * 1000:.1f} ms" for name, seconds in p50.items())
    print(
        f"proxy {len(prose):>6} chars, wall p50: {line}; "
        f"x{p50['gateway'] / p50['mitmproxy']:.1f} of mitmproxy"
    )
    if cpu["mitmproxy"]:
        ours, theirs = (cpu[name] / runs * 1000 for name in ("gateway", "mitmproxy"))
        print(
            f"proxy {len(prose):>6} chars, CPU of the proxy process (workers apart): "
            f"{ours:.1f} ms, mitmproxy {theirs:.1f} ms, x{ours / theirs:.1f}"
        )
