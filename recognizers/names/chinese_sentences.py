"""Text cut into sentences short enough to be read as one."""

from __future__ import annotations

import re

LONGEST = 240
_SENTENCE = re.compile(r"[^。!?;！？；\n\r\0]+[。!?;！？；]*")
_PAUSE = re.compile(r"[,，、:：\t ](?=[^,，、:：\t ]*\Z)")


def split(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence; one that is too long is cut at a pause."""
    found: list[tuple[int, int]] = []
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        while end - start > LONGEST:
            pause = _PAUSE.search(text, start + LONGEST // 2, start + LONGEST)
            cut = pause.end() if pause else start + LONGEST
            found.append((start, cut))
            start = cut
        if start < end and not text[start:end].isspace():
            found.append((start, end))
    return found
