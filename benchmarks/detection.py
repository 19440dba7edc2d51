"""``python -m benchmarks.detection``: what detection costs, against Presidio and against itself.

Ours and the rival run in turn, and the medians of processor time are compared. Ours looks for
everything but names, which the rival, having no model, does not look for either; the price of names
is told apart. With ``--megabyte`` the rival has to read a megabyte too, which takes it minutes.
"""

from __future__ import annotations

import base64
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gateway.detect import Detector

NAMES = frozenset(
    {"PERSON", "LOCATION", "ORGANIZATION", "ADDRESS", "NRP", "TITLE", "AGE", "DATE_TIME"}
)
MEGABYTE = 1_000_000
_CLEAN = (
    "The meeting was moved to Thursday because the room is taken, and the notes will follow. "
    "Please read the second chapter before then; it explains how the budget was made. "
)
_PROSE = (
    _CLEAN * 4
    + "Write to emily.carter@northwind-demo.com or call +1 415-555-2671 if that does not suit. "
)
_WORKER = """
import resource, time
from gateway.detect import Detector
from gateway.model import DetectionOptions, Segment
from benchmarks.detection import NAMES
began = time.perf_counter()
detector = Detector(DetectionOptions({ignore}))
detector.find([Segment("Write to emily.carter@northwind-demo.com", "text")])
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def prose(size: int) -> str:
    """English prose with one e-mail address and one phone number in about 700 characters."""
    return (_PROSE * (size // len(_PROSE) + 1))[:size]


def adversarial() -> dict[str, str]:
    """Texts that are made to be slow, by name."""
    size = MEGABYTE // 5
    shapes = {shape: (shape * size)[:size] for shape in ("a.a.a.", "1.1.1.", "@@@", "a@b.b.b", "1")}
    noise = random.Random(0).randbytes(MEGABYTE * 3 // 4)
    return {
        **shapes,
        "a megabyte without a space": prose(MEGABYTE).replace(" ", ""),
        "a megabyte of base64": base64.b64encode(noise).decode(),
    }


def median_cpu(
    call: Callable[[], object], rival: Callable[[], object], runs: int
) -> tuple[float, float]:
    """Median CPU seconds of both, run in turn."""
    ours: list[float] = []
    theirs: list[float] = []
    for function, times in ((call, ours), (rival, theirs)) * (runs + 1):
        times.append(_cpu(function))
    return statistics.median(ours[1:]), statistics.median(theirs[1:])


def _cpu(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def _median(call: Callable[[], object], runs: int) -> float:
    return statistics.median(_cpu(call) for _ in range(runs))


def _find(detector: Detector, text: str) -> Callable[[], object]:
    from gateway.model import Segment

    return partial(detector.find, [Segment(text, "text")])


def against_presidio(detector: Detector, engine: Any, *, megabyte: bool) -> None:
    """Our detector against Presidio's AnalyzerEngine with a blank English pipeline."""
    for size, runs, reach in ((1_000, 31, 8), (10_000, 9, 20), (100_000, 3, 40)):
        sample = prose(size)
        rival = partial(engine.analyze, sample, "en")
        ours, theirs = median_cpu(_find(detector, sample), rival, runs)
        _print(f"{size:>9} characters", ours, theirs, reach)
    if megabyte:
        sample = prose(MEGABYTE)
        ours, theirs = _cpu(_find(detector, sample)), _cpu(partial(engine.analyze, sample, "en"))
        _print(f"{MEGABYTE:>9} characters", ours, theirs, 250)


def _print(what: str, ours: float, theirs: float, reach: int) -> None:
    print(
        f"{what}: {ours * 1000:8.2f} ms, Presidio {theirs * 1000:9.1f} ms,"
        f" x{theirs / ours:.1f} (to reach: x{reach})"
    )


def _presidio() -> Any:
    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class Blank(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
            vars(self)["nlp"] = {"en": spacy.blank("en")}

        def load(self) -> None:
            """There is no model to load."""

    nlp = Blank()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=nlp)
    registry.remove_recognizer("SpacyRecognizer")
    return AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"])


def growth(detector: Detector) -> None:
    """How the cost grows with length, on hostile text, and on text in which nothing is found."""
    one = _cpu(_find(detector, prose(MEGABYTE)))
    ten = _cpu(_find(detector, prose(10 * MEGABYTE)))
    print(f"1 MB of prose: {one * 1000:.0f} ms; 10 MB: x{ten / one:.1f} (to reach: x11)")
    for name, text in adversarial().items():
        ratio = _cpu(_find(detector, text)) / len(text) / (one / MEGABYTE)
        print(f"{name}: x{ratio:.1f} of prose a byte (to reach: x5)")
    clean = (_CLEAN * (MEGABYTE // len(_CLEAN) + 1))[:MEGABYTE]
    ours, bare = median_cpu(_find(detector, clean), partial(detector.scan, clean), 3)
    print(f"clean megabyte: {ours * 1000:.0f} ms, x{ours / bare:.1f} of the scan (to reach: x4)")


def names() -> None:
    """The same with names."""
    from gateway.detect import Detector
    from gateway.model import DetectionOptions

    sample = prose(MEGABYTE // 5)
    speed = len(sample) / 1000 / _median(_find(Detector(DetectionOptions()), sample), 3)
    print(f"names included: {speed:.0f} KB/s a core (to reach: 100)")


def worker() -> None:
    """Start and memory of a process that detects; the compiled scan is in the cache by now."""
    for what, ignore in (("without names", "ignore=NAMES"), ("with names", "")):
        runs = [_start(_WORKER.format(ignore=ignore)) for _ in range(3)]
        seconds = statistics.median(seconds for seconds, _ in runs)
        print(
            f"worker {what}: ready in {seconds:.2f} s (to reach: 1.5),"
            f" {runs[0][1]:.0f} MB (to reach: 350)"
        )


def _start(code: str) -> tuple[float, float]:
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    seconds, kilobytes = run.stdout.split()
    return float(seconds), float(kilobytes) / 1000


def measure(*, megabyte: bool = False) -> None:
    """Print every figure."""
    rival = _presidio()  # first: it looks classes up by name, and would take ours for its own
    from gateway.detect import Detector
    from gateway.model import DetectionOptions

    print("detection; names are looked for only where it is said")
    detector = Detector(DetectionOptions(ignore=NAMES))
    against_presidio(detector, rival, megabyte=megabyte)
    growth(detector)
    names()
    worker()


if __name__ == "__main__":
    measure(megabyte="--megabyte" in sys.argv)
