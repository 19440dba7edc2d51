"""Real pictures: a verdict for each within half a minute, untouched where nothing is found."""

import io
import re
import time
from pathlib import Path

import pytest
from PIL import Image

from gateway.errors import Unreadable
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint, Role

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
KINDS = ("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp", "heic")
FILES = sorted(path for kind in KINDS for path in (CORPUS / kind).glob("*"))

pytestmark = pytest.mark.skipif(not FILES, reason="the shared corpus is not beside the checkout")


def test_every_real_picture_is_read_in_time_and_untouched_without_edits():
    slow, changed, refused = [], [], []
    for path in FILES:
        start = time.process_time()
        data = path.read_bytes()
        try:
            document = open_document(data, Hint(path.name))
        except Unreadable:
            refused.append(path.name)
            continue
        if document.apply([]) != data:
            changed.append(path.name)
        if time.process_time() - start > 30:
            slow.append(path.name)
    assert ([], [], []) == (slow, changed, refused)


def test_real_pictures_redacted_lose_the_word_and_keep_kind_size_and_mode():
    leaking, broken, done = [], [], 0
    for path in FILES:
        document = open_document(path.read_bytes(), Hint(path.name))
        texts = [s.text for s in document.segments() if s.role is Role.PICTURE]
        word = max(" ".join(texts).split(), key=len, default="")
        if len(word) < 6:
            continue
        edits = [
            Edit(index, match.start(), match.end(), "[WORD]")
            for index, text in enumerate(texts)
            for match in re.finditer(re.escape(word), text)
        ]
        data = document.apply(edits)
        done += 1
        old, new = Image.open(io.BytesIO(path.read_bytes())), Image.open(io.BytesIO(data))
        if (old.format, old.size, old.mode) != (new.format, new.size, new.mode):
            broken.append(path.name)
        if any(word in text for text in layers(data, Hint(path.name))):
            leaking.append(path.name)
    assert ([], []) == (leaking, broken)
    assert done >= 5
