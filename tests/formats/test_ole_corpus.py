"""Real old Office files: a verdict for each in time, nothing of a removed word left in them.

``GATEWAY_FULL_CORPUS=1`` runs all files instead of a sample.
"""

import os
import random
import re
import time
from pathlib import Path

import pytest

from gateway.errors import CannotEdit, Unreadable
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint, Role

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
FILES = sorted(path for kind in ("doc", "xls", "ppt") for path in (CORPUS / kind).glob("*"))
SOME = FILES if os.environ.get("GATEWAY_FULL_CORPUS") else FILES[::8]

needs_corpus = pytest.mark.skipif(not FILES, reason="the shared corpus is not beside the checkout")


@needs_corpus
@pytest.mark.parametrize("path", SOME, ids=lambda path: path.name)
def test_a_real_file_is_decided_in_time_and_loses_every_removed_word(path):
    data, hint = path.read_bytes(), Hint(path.name)
    start = time.process_time()
    try:
        document = open_document(data, hint)
    except Unreadable as error:
        reason = str(error)
        document = None
    if document is None:
        assert re.match("encrypted|old Office file|damaged|polyglot|unknown", reason)
        return
    assert data == document.apply([])
    segments = document.segments()
    found = {w for s in segments if s.role == "body" for w in re.findall(r"[^\W\d_]{5,20}", s.text)}
    words = random.Random(3).sample(sorted(found), min(3, len(found)))
    if not words:
        return
    pattern = re.compile("|".join(words), re.IGNORECASE)
    edits = [Edit(i, 0, 0, "") for i, s in enumerate(segments) if s.role is Role.DISPENSABLE]
    edits += [
        Edit(index, match.start(), match.end(), "#" * len(match[0]))
        for index, segment in enumerate(segments)
        for match in pattern.finditer(segment.text)
    ]
    try:
        new = document.apply(edits)
    except CannotEdit:
        return
    again = open_document(new, hint)
    assert [] == [s.part for s in again.segments() if pattern.search(s.text)]
    if not document.unread and not any(s.part.startswith("object") for s in segments):
        whole = re.compile(rf"\b(?:{pattern.pattern})\b", re.IGNORECASE)
        assert not any(whole.search(text) for text in layers(new, hint))
    assert 10 > time.process_time() - start
