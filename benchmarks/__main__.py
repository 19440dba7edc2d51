"""``make bench``: every figure as a ratio against a rival, measured in turn in the same run.

Each pair runs interleaved (ours, rival, ours, …) and the medians of process CPU time are compared,
so that a machine that slows down slows both.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

from benchmarks import proxy

PROSE = (
    "The meeting was moved to Thursday because the room is taken, and the notes will follow. "
    "Please read the second chapter before then; it explains how the budget was made. "
) * 4 + "Write to emily.carter@northwind-demo.com or call +1 415-555-2671 if that does not suit. "


def text(size: int) -> str:
    """English prose with one e-mail address and one phone number in about 700 characters."""
    return (PROSE * (size // len(PROSE) + 1))[:size]


def median_cpu(
    call: Callable[[], object], rival: Callable[[], object], runs: int
) -> tuple[float, float]:
    """Median CPU seconds of both, run in turn."""
    ours: list[float] = []
    theirs: list[float] = []
    for function, times in ((call, ours), (rival, theirs)) * (runs + 1):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return statistics.median(ours[1:]), statistics.median(theirs[1:])


def detection() -> None:
    """Our detector against Presidio's AnalyzerEngine with a blank English pipeline."""
    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    from gateway.detect import Detector
    from gateway.model import DetectionOptions, Segment

    class Blank(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
            self.nlp = {"en": spacy.blank("en")}

        def load(self) -> None:
            """There is no model to load."""

    nlp = Blank()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=nlp)
    registry.remove_recognizer("SpacyRecognizer")
    engine = AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"])
    detector = Detector(DetectionOptions())
    for size, runs in ((1_000, 9), (10_000, 5), (100_000, 3)):
        sample = text(size)
        ours, theirs = median_cpu(
            partial(detector.find, [Segment(sample, "text")]),
            partial(engine.analyze, sample, "en"),
            runs,
        )
        print(
            f"detect {size:>7} chars: {ours * 1000:8.1f} ms, Presidio {theirs * 1000:8.1f} ms, x{theirs / ours:.1f}"
        )


def command_line() -> None:
    """``gateway --help`` against a bare interpreter, and a cold 10 KB redaction."""
    python = [sys.executable, "-c", "pass"]
    help_ = [sys.executable, "-m", "gateway", "--help"]
    ours, bare = _wall(help_, python, 7)
    print(f"--help: {ours * 1000:.0f} ms wall, x{ours / bare:.1f} of a bare interpreter")
    redact = [sys.executable, "-m", "gateway", "redact", "-"]
    cold, _ = _wall(redact, python, 3, text(10_000).encode())
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
    proxy.measure(text)
    detection()


if __name__ == "__main__":
    main()
