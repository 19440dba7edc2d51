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
_UTF7 = re.compile(rb"\+(?:[A-Za-z0-9+/]{3,}+-?|-)")
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
    if double_byte := _by_trails(sample) or double_byte_of(sample):
        yield double_byte
    elif _few_accents(sample):
        yield "cp1252"
    from charset_normalizer import from_bytes

    for match in from_bytes(sample, cp_isolation=list(_GUESSES), enable_fallback=False):
        yield codecs.lookup(match.encoding).name
    yield from ("gb18030", "big5", "cp932", "euc_jp", "cp949", "cp1252")


def double_byte_of(sample: bytes) -> str:
    """GB 2312, KS X 1001 or EUC-JP, when clearly one of them; statistics need longer text.

    GB 2312 keeps its 3755 common signs in rows 16 to 55 in order of sound, and rarer ones, which
    names have, behind them; KS X 1001 keeps all of its hangul in rows 16 to 40, so that longer
    text with no sign beyond is Korean. Kana (rows 4 and 5) mean Japanese.
    """
    pairs = re.findall(rb"[\x80-\xff][\x30-\xff]", sample)
    leads = [lead for lead, trail in pairs if trail >= 0xA1]
    high = len(sample.translate(None, bytes(range(128))))
    if 10 * sum(lead in (0xA4, 0xA5) for lead in leads) > 2 * len(pairs):
        return "euc_jp"
    signs = [lead for lead in leads if 0xB0 <= lead <= 0xD7]
    rare = sum(0xD8 <= lead <= 0xF7 for lead in leads)
    marks = sum(0xA1 <= lead <= 0xA3 for lead in leads)
    dashes = sum(2 for lead, trail in pairs if lead in (0xA8, 0xA9) and trail < 0xA1)
    # The trail of a dash is ASCII as often as not, and then not among the high bytes.
    read = 2 * (len(signs) + min(rare, len(signs) // 2) + marks) + dashes
    if read < 0.9 * high or not signs:
        return ""
    beyond_hangul = rare or any(lead > 0xC8 for lead in signs)
    return "gb18030" if beyond_hangul or len(signs) < 4 else "cp949"


def is_utf7(data: bytes) -> bool:
    """Whether ASCII bytes are Chinese, Japanese or Korean in UTF-7 (RFC 2152).

    Every plus sign must begin a stretch that decodes, and each stretch must be of signs that are
    in common use: base64 and sums with plus signs in them are not.
    """
    runs = _UTF7.findall(data)
    if not runs or data.count(b"+") != sum(run.count(b"+") for run in runs):
        return False
    try:
        text = "".join(run.decode("utf-7") for run in runs if run != b"+-")
    except UnicodeError:
        return False
    signs = re.sub(r"[\\~{}\u00b7\u2010-\u2026]", "", text)
    if sum(char >= "\u3041" for char in signs) < max(2, 0.7 * len(signs)):
        return False
    return any(_fits(signs, codec) for codec in ("gb2312", "big5", "shift_jis", "euc_kr"))


def _fits(text: str, codec: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeError:
        return False
    return True


def _by_trails(sample: bytes) -> str:
    """Shift_JIS or Big5, when clearly one of them.

    Shift_JIS has its common signs behind leads below 0xA0; Big5 has them behind 0xA4 to 0xC6, two
    fifths of them with an ASCII byte as trail. (GB 18030 has a dash so behind 0xA8.)
    """
    pairs = re.findall(rb"[\x80-\xff][\x30-\xff]", sample)
    if len(pairs) < 2:
        return ""
    if 2 * sum(lead < 0xA0 for lead, _ in pairs) > len(pairs):
        return "cp932"
    common = [(lead, trail) for lead, trail in pairs if 0xA4 <= lead <= 0xC6]
    low = sum(trail < 0x7F and lead != 0xA8 for lead, trail in common)
    return "big5" if 5 * low > len(pairs) and 10 * len(common) > 7 * len(pairs) else ""


def _few_accents(sample: bytes) -> bool:
    """Whether single accented letters stand in ASCII words, too few of them for statistics."""
    alone = len(re.findall(rb"(?<![\x80-\xff])[\xc0-\xff](?![\x80-\xff])", sample))
    high = len(sample.translate(None, bytes(range(128))))
    return alone > 0.6 * high and high < 64
