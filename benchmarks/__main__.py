"""``make bench``: every figure as a ratio against a rival, measured in turn in the same run.

Each pair runs interleaved (ours, rival, ours, …) and the medians of process CPU time are compared,
so that a machine that slows down slows both.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from benchmarks import detection, exact, load, proxy


def command_line() -> None:
    """``gateway --help`` against a bare interpreter, and a cold 10 KB redaction."""
    python = [sys.executable, "-c", "pass"]
    help_ = [sys.executable, "-m", "gateway", "--help"]
    ours, bare = _wall(help_, python, 7)
    print(f"--help: {ours * 1000:.0f} ms wall, x{ours / bare:.1f} of a bare interpreter")
    redact = [sys.executable, "-m", "gateway", "redact", "-"]
    cold, _ = _wall(redact, python, 3, detection.prose(10_000).encode())
    print(f"10 KB redaction from a cold start: {cold:.2f} s wall")


def _wall(
    command: list[str], rival: list[str], runs: int, given: bytes = b""
) -> tuple[float, float]:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs + 1):
        for argv, series in zip((command, rival), times, strict=True):
            start = time.perf_counter()
            subprocess.run(argv, input=given, capture_output=True, check=True)
            series.append(time.perf_counter() - start)
    return statistics.median(times[0][1:]), statistics.median(times[1][1:])


def main() -> None:
    """Run everything."""
    command_line()
    proxy.measure(detection.prose)
    load.measure(detection.prose)
    detection.measure()
    exact.exact_data()


if __name__ == "__main__":
    main()
