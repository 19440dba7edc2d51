"""Real PDF files, many of them broken on purpose: each is decided, and what is removed is gone.

``GATEWAY_FULL_CORPUS=1`` runs all files instead of a sample.
"""

import hashlib
import io
import os
import random
import re
import time
from pathlib import Path

import pypdfium2
import pytest
from pdfminer.high_level import extract_text

from gateway.errors import CannotEdit, Unreadable
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "pdf"
FULL = os.environ.get("GATEWAY_FULL_CORPUS") == "1"
EACH = 4  # one file of four is in the sample
PIXELS = "image: its pixels are not read yet"


def _files() -> list[Path]:
    files = sorted(CORPUS.glob("*.pdf"))
    return [path for path in files if FULL or _digest(path.name) % EACH == 0]


def _digest(name: str) -> int:
    return hashlib.sha256(name.encode()).digest()[0]


needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="needs ../shared/corpus/pdf")


def _pdfium(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def _pdfminer(data: bytes) -> str | None:
    try:
        return extract_text(io.BytesIO(data))
    except Exception:  # pdfminer fails in many ways on broken files
        return None


def _pattern(words: list[str]) -> re.Pattern[str]:
    """Whole words; between ideographs spaces say nothing, and readers differ about them."""
    written = [
        re.escape(word) if word.isascii() else r"\s*".join(map(re.escape, word)) for word in words
    ]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(written)})(?![^\W_])", re.IGNORECASE)


def _outcome(path: Path) -> str:
    """Open a file and remove three of its words; what became of it."""
    data, hint = path.read_bytes(), Hint(path.name)
    try:
        document = open_document(data, hint)
    except Unreadable:
        return "unreadable"
    segments = document.segments()
    shown = " ".join(segment.text for segment in segments if segment.part.startswith("page"))
    words = sorted(set(re.findall(r"[^\W_]{4,}", shown)))
    if all(
        note.part for note in document.unread
    ):  # pdfium can open it: take words both readers see
        words = sorted(set(words) & set(re.findall(r"[^\W_]{4,}", _pdfium(data))))
    if not words:
        return "no words"
    if any(note.why != PIXELS for note in document.unread):
        return "unread parts"
    picked = random.Random(path.name).sample(words, min(3, len(words)))
    pattern = _pattern(picked)
    edits = [
        Edit(index, match.start(), match.end(), "[GONE]")
        for index, segment in enumerate(segments)
        for match in pattern.finditer(segment.text)
    ]
    try:
        redacted = document.apply(edits)
    except CannotEdit:
        return "cannot edit"
    before = _pdfminer(data)
    after = _pdfminer(redacted)
    if before is not None and after is None:
        return "output broken"
    readings = [_pdfium(redacted), after or "", *layers(redacted, hint)]
    if any(pattern.search(text) for text in readings):
        return "leak"
    lost = _lost_words(_pdfium(data), _pdfium(redacted), pattern)
    return "spoiled" if lost > max(3, len(words) // 50) else "native"


def _lost_words(before: str, after: str, pattern: re.Pattern[str]) -> int:
    left = re.findall(r"[^\W_]+", after)
    missing = 0
    for word in re.findall(r"[^\W_]+", before):
        if word in left:
            left.remove(word)
        elif not pattern.fullmatch(word):
            missing += 1
    return missing


@needs_corpus
@pytest.mark.parametrize("path", _files(), ids=lambda path: path.name)
def test_file_is_decided_and_does_not_leak(path: Path) -> None:
    begun = time.process_time()
    outcome = _outcome(path)
    assert outcome in {"unreadable", "unread parts", "no words", "cannot edit", "native"}
    assert 10 > time.process_time() - begun


@needs_corpus
@pytest.mark.skipif(not FULL, reason="full run only: set GATEWAY_FULL_CORPUS=1")
def test_most_files_with_text_are_edited_natively() -> None:
    outcomes = [_outcome(path) for path in _files()]
    counts = {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))}
    with_text = len(outcomes) - counts["no words"] - counts["unreadable"]
    assert counts["native"] > 0.93 * with_text, counts
