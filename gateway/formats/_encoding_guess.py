"""Which encoding bytes that are neither Unicode nor declared are likely to be in.

Only an order of likelihood: :mod:`gateway.formats._encoding` takes the first that reads all of the
bytes and gives plausible text. Chinese comes first where short text leaves it open.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

_GUESSES = ("gb18030", "big5", "cp932", "euc_jp", "cp949", "cp1250", "cp1251", "cp1252", "cp1253",
            "cp1254", "cp1255", "cp1256", "cp1257", "koi8-r", "iso8859-2", "iso8859-5")  # fmt: skip
_SAMPLE = 32_768
_NON_ASCII = re.compile(rb"[\x80-\xff][^\n]{0,32768}\n?")


def sample_of(data: bytes) -> bytes:
    """The first lines that are not ASCII, enough of them to know an encoding by."""
    sample = b""
    for rest_of_line in _NON_ASCII.finditer(data):
        sample += rest_of_line[0]
        if len(sample) > _SAMPLE:
            # These ASCII bytes are never the second half of a character.
            whole = max(sample.rfind(sign, 0, _SAMPLE) for sign in (b"\n", b" ", b",", b"."))
            return sample[: whole + 1] if whole > 0 else sample
    return sample


def guesses(sample: bytes) -> Iterator[str]:
    """Encodings of a sample, in order of likelihood."""
    if double_byte := double_byte_of(sample):
        yield double_byte
    elif _few_accents(sample):
        yield "cp1252"
    from charset_normalizer import from_bytes

    for match in from_bytes(sample, cp_isolation=list(_GUESSES), enable_fallback=False):
        yield codecs.lookup(match.encoding).name
    yield from ("gb18030", "big5", "cp932", "euc_jp", "cp949", "cp1252")


def double_byte_of(sample: bytes) -> str:
    """GB 2312, KS X 1001 or EUC-JP, when clearly one of them; statistics need longer text.

    GB 2312 keeps its 3755 common signs in rows 16 to 55 in order of sound; KS X 1001 keeps all of
    its hangul in rows 16 to 40, so that longer text with no sign beyond is Korean. Kana (rows 4
    and 5) mean Japanese.
    """
    pairs = re.findall(rb"[\x80-\xff][\x30-\xff]", sample)
    leads = [lead for lead, trail in pairs if trail >= 0xA1]
    high = len(sample.translate(None, bytes(range(128))))
    if 10 * sum(lead in (0xA4, 0xA5) for lead in leads) > 2 * len(pairs):
        return "euc_jp"
    signs = [lead for lead in leads if 0xB0 <= lead <= 0xD7]
    marks = [lead for lead in leads if lead in (0xA1, 0xA3)]
    if 2 * (len(signs) + len(marks)) < 0.9 * high or not signs:
        return ""
    beyond_hangul = sum(1 for lead in signs if lead > 0xC8)
    return "gb18030" if beyond_hangul or len(signs) < 4 else "cp949"


def _few_accents(sample: bytes) -> bool:
    """Whether single accented letters stand in ASCII words, too few of them for statistics."""
    alone = len(re.findall(rb"(?<![\x80-\xff])[\xc0-\xff](?![\x80-\xff])", sample))
    high = len(sample.translate(None, bytes(range(128))))
    return alone > 0.6 * high and high < 64
