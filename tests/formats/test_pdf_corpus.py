"""Real PDF files, many of them broken on purpose: each is decided, and what is removed is gone.

Five extractors of other authors and pdf-redaction-check look at every result. A sample of the files
runs always; ``GATEWAY_FULL_CORPUS=1`` runs all of them. The measured table: run this file.
"""

import hashlib
import io
import logging
import os
import random
import re
import sys
import tempfile
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pdf_redaction_check
import pikepdf
import pytest
from support.pdfs import EXTRACTORS

from gateway.errors import CannotEdit, Unreadable
from gateway.formats import Ledger, layers, open_document
from gateway.model import Edit, Hint, Role, Rung

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "pdf"
FULL = os.environ.get("GATEWAY_FULL_CORPUS") == "1" or os.environ.get("GATEWAY_CORPUS") == "all"
EACH = 8  # one file of eight is in the sample
WORD = re.compile(r"[^\W_]{4,}|[\u4e00-\u9fff]{2}")
SCHEMA_WORDS = {"Figure", "Description"}  # of tagged content and of XMP
SECONDS = 10
SECONDS_WITH_PICTURES = 30


def _files() -> list[Path]:
    files = sorted(CORPUS.glob("*.pdf"))
    return [path for path in files if FULL or _digest(path.name) % EACH == 0]


def _digest(name: str) -> int:
    return hashlib.sha256(name.encode()).digest()[0]


needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="needs ../shared/corpus/pdf")


def _read(name: str, data: bytes) -> str | None:
    """The text by one extractor, or nothing: they fail in many ways on broken files."""
    previous = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return EXTRACTORS[name](data)
    except Exception:
        return None
    finally:
        logging.disable(previous)


def _pattern(words: list[str]) -> re.Pattern[str]:
    """Whole words; between ideographs spaces say nothing, and readers differ about them."""
    written = [
        re.escape(word) if word.isascii() else r"\s*".join(map(re.escape, word)) for word in words
    ]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(written)})(?![^\W_])", re.IGNORECASE)


@dataclass
class Measured:
    outcome: str
    seconds: float = 0.0
    leaks: list[str] = field(default_factory=list)
    words: int = 0
    lost: int = 0
    pictures: bool = False


@cache
def measure(path: Path) -> Measured:
    """Open a file and remove some of its words; what became of it."""
    data, hint = path.read_bytes(), Hint(path.name)
    begun = time.process_time()
    ledger = Ledger()
    try:
        document = open_document(data, hint, ledger=ledger)
    except Unreadable:
        return Measured("unreadable", time.process_time() - begun)
    opened = time.process_time() - begun
    segments = document.segments()
    pictures = any(segment.role is Role.PICTURE for segment in segments)
    shown = " ".join(segment.text for segment in segments if segment.part.startswith("page"))
    words = sorted(set(WORD.findall(shown)) & set(WORD.findall(_read("pdfium", data) or "")))
    if not words:
        return Measured("no words", opened, pictures=pictures)
    if document.unread:
        return Measured("unread parts", opened, pictures=pictures)
    picked = random.Random(path.name).sample(words, min(4, len(words)))
    pattern = _pattern(picked)
    edits = [
        Edit(index, match.start(), match.end(), "[GONE]")
        for index, segment in enumerate(segments)
        for match in pattern.finditer(segment.text)
    ]
    edits += [
        Edit(index, 0, len(segment.text), "")  # as the pipeline does in any changed file
        for index, segment in enumerate(segments)
        if segment.role is Role.DISPENSABLE
    ]
    begun = time.process_time()
    try:
        redacted = document.apply(edits)
    except CannotEdit:
        return Measured("cannot edit", opened + time.process_time() - begun, pictures=pictures)
    outcome = "raster" if ledger.rung is Rung.RASTERED else "native"
    measured = Measured(outcome, opened + time.process_time() - begun, pictures=pictures)
    measured.leaks = _leaks(data, redacted, pattern, picked, hint)
    before, after = _read("pdfium", data) or "", _read("pdfium", redacted) or ""
    measured.words = len(re.findall(r"[^\W_]+", before))
    measured.lost = _lost_words(before, after, pattern) if outcome == "native" else 0
    return measured


def _leaks(
    data: bytes, redacted: bytes, pattern: re.Pattern[str], picked: list[str], hint: Hint
) -> list[str]:
    found = []
    for name in EXTRACTORS:
        text = _read(name, redacted)
        if text is None and _read(name, data) is not None:
            found.append(f"{name} cannot read it any more")
        if pattern.search(text or ""):
            found.append(name)
    if any(pattern.search(text) for text in layers(redacted, hint)):
        found.append("layers")
    return found + _judged(data, redacted, picked)


def _judged(data: bytes, redacted: bytes, picked: list[str]) -> list[str]:
    """What pdf-redaction-check finds: a value, or letters in a font that only the values had."""
    left = "".join(s.text for s in open_document(redacted, Hint("a.pdf")).segments())
    everything = "".join(left.split()).casefold()
    secrets = [
        word
        for word in picked
        if len(word) > 5 and word.casefold() not in everything and word not in SCHEMA_WORDS
    ]
    critical = pdf_redaction_check.Severity.CRITICAL
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.pdf"
        path.write_bytes(redacted)
        report, _ = pdf_redaction_check.analyze(path, secrets)
        found = [
            f"pdf-redaction-check: {finding.check}"
            for finding in report.findings
            if finding.severity is critical and "secret" in finding.detail
        ]
    gone = set("".join(picked))
    with pikepdf.open(io.BytesIO(data)) as old, pikepdf.open(io.BytesIO(redacted)) as new:
        before, after = _orphans(old), _orphans(new)
    return found + [f"font tells {len(c)}" for c in [(after - before) & gone] if c]


def _orphans(pdf: pikepdf.Pdf) -> set[str]:
    """Characters that the subset of a font has and no page shows; a whole font tells nothing."""
    visible = pdf_redaction_check.extract_page_text(pdf, pdf_redaction_check.Report(path=Path()))
    stops: list[str] = []
    return {
        char
        for _, font in pdf_redaction_check.iter_fonts(pdf, stops)
        if b"+" in (bytes(font.BaseFont) if "/BaseFont" in font else b"")
        for char in pdf_redaction_check.font_charset(font)
        if char not in visible
    }


def _lost_words(before: str, after: str, pattern: re.Pattern[str]) -> int:
    left = Counter(re.findall(r"[^\W_]+", after))
    wanted = Counter(w for w in re.findall(r"[^\W_]+", before) if not pattern.search(w))
    return (wanted - left).total()


@needs_corpus
@pytest.mark.parametrize("path", _files(), ids=lambda path: path.name)
def test_file_is_decided_in_time_and_does_not_leak(path: Path) -> None:
    measured = measure(path)
    assert [] == measured.leaks
    assert (SECONDS_WITH_PICTURES if measured.pictures else SECONDS) > measured.seconds


@needs_corpus
@pytest.mark.skipif(not FULL, reason="full run only: set GATEWAY_FULL_CORPUS=1")
def test_figures_of_the_whole_corpus() -> None:
    table = figures([measure(path) for path in _files()])
    assert 95 <= table["native %"], table
    assert 1.5 >= table["blocked %"], table
    assert 0 == table["leaks"], table
    assert 0.3 >= table["other words lost %"], table
    assert 0.5 >= table["median seconds"], table


def figures(results: list[Measured]) -> dict[str, float]:
    """The table of a run."""
    counts = Counter(result.outcome for result in results)
    done = counts["native"] + counts["raster"] + counts["cannot edit"] + counts["unread parts"]
    times = sorted(r.seconds for r in results if r.outcome in ("native", "raster"))
    words = sum(result.words for result in results)
    return {
        **{f"files: {outcome}": count for outcome, count in sorted(counts.items())},
        "native %": round(100 * counts["native"] / done, 2),
        "raster %": round(100 * counts["raster"] / done, 2),
        "blocked %": round(100 * (counts["cannot edit"] + counts["unread parts"]) / done, 2),
        "leaks": sum(bool(result.leaks) for result in results),
        "other words lost %": round(100 * sum(r.lost for r in results) / max(words, 1), 3),
        "median seconds": round(times[len(times) // 2], 2),
        "p95 seconds": round(times[len(times) * 95 // 100], 2),
        "slowest seconds": round(max(result.seconds for result in results), 2),
    }


if __name__ == "__main__":  # with tests/ in PYTHONPATH
    FULL = True
    runs = []
    for each in _files():
        result = measure(each)
        runs.append(result)
        if (
            result.leaks
            or result.outcome in ("raster", "cannot edit", "unread parts")
            or result.lost
        ):
            sys.stdout.write(f"{each.name} {result}\n")
    for name, value in figures(runs).items():
        sys.stdout.write(f"{name:24} {value}\n")
