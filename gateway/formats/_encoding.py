"""Bytes to characters and back, for every format that is text.

:func:`decode` finds the one encoding in which the bytes can be read whole, and refuses
(``Unreadable``) rather than guess past damage: a wrong guess hides a Chinese name. What it gives
back maps character ranges to byte ranges, so that an edit changes its own bytes and no others.

The order: byte order mark; escape-based encodings (ISO-2022, HZ, declared UTF-7); UTF-16/32 known
by their zero bytes; strict UTF-8; the declared charset; GB18030, Big5, Shift_JIS, EUC and the
Windows code pages as charset-normalizer ranks them. The declaration comes after UTF-8 because the
sender chooses it freely: "charset=utf-16" or EBCDIC on plain ASCII would turn an ID number into
noise. Only an East Asian charset is believed against weak evidence of UTF-8.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._base import splice
from gateway.formats._encoding_guess import double_byte_of, guesses, is_utf7, sample_of
from gateway.model import Hint

BOMS = (
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\x84\x31\x95\x33", "gb18030"),
    (b"+/v8-", "utf-7"),
)
"""Byte order marks (Unicode 16, section 23.8; GB 18030-2022; RFC 2152), longest first."""

# ASCII bytes mean ASCII in all of these. Each name comes with the supersets that software writes
# under that name (WHATWG Encoding Standard, "Names and labels").
_SUPERSETS = {
    "ascii": ("cp1252",),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "big5": ("big5", "cp950", "big5hkscs"),
    "cp950": ("cp950", "big5hkscs"),
    "shift_jis": ("cp932", "shift_jis"),
    "euc_kr": ("cp949",),
    "iso8859-1": ("cp1252", "iso8859-1"),
    "iso8859-9": ("cp1254",),
    "iso8859-11": ("cp874",),
    "tis-620": ("cp874",),
    "iso2022_jp": ("iso2022_jp_2",),
    "iso2022_jp_1": ("iso2022_jp_2",),
}
_EAST_ASIAN = ("gb18030", "big5", "cp950", "big5hkscs", "cp932", "shift_jis", "euc_jp", "cp949")
_SINGLE_BYTE = (
    *(f"cp{n}" for n in (1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258, 437, 850, 866, 874)),
    *(f"iso8859-{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
    *("koi8-r", "koi8-u", "mac-roman", "mac-cyrillic"),
)
_WIDE = ("utf-16-le", "utf-16-be")
_SHIFTING = ("iso2022_jp_2", "iso2022_jp_ext", "iso2022_jp_3", "iso2022_kr", "hz", "utf-7")

_ISO_2022 = re.compile(rb"\x1b(?:\$[@A-C]|\$[()*+\-./][0-~]|\([IJ])")
_HZ = re.compile(rb"~\{(?:[!-w][!-~])+~\}")
# Six digits in a shifted stretch: what a reader without that encoding would see.
_DIGITS_SHIFTED = {
    "iso": re.compile(rb"\x1b(?:\$|\([IJ])[^\x1b]*\d{6}"),
    "hz": re.compile(rb"~\{[^~]*\d{6}[^~]*~\}"),
    "utf": re.compile(rb"\+[A-Za-z0-9+/]*\d{6}"),
}
_CONTROLS = bytes({*range(32)} - set(b"\t\n\r\x0b\x0c\x08\x0e\x0f\x1b")) + b"\x7f"
_C1 = re.compile(r"[\x80-\x84\x86-\x9f\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]")
_BLOCK = 1024


@dataclass(slots=True)
class Decoded:
    """Text, and where each of its characters stands in the bytes.

    Args:
        data: the original bytes, byte order mark included.
        text: all characters, byte order mark excluded.
        encoding: a Python codec name; ``data == bom + text.encode(encoding)`` unless the encoding
            shifts (ISO-2022, HZ, UTF-7), where equal text has several forms.
        bom: the byte order mark, or nothing.
    """

    data: bytes = field(repr=False)
    text: str = field(repr=False)
    encoding: str
    bom: bytes = b""
    _offsets: list[int] = field(default_factory=list, repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The byte range of ``text[start:end]``.

        Raises:
            CannotEdit: the encoding shifts, so that characters have no bytes of their own; use
                :meth:`replace`.
        """
        return self._offset(start), self._offset(end)

    def encode(self, replacement: str) -> bytes:
        """New text in the document's encoding.

        A character that the encoding lacks becomes its compatibility form without accents
        (Ａ → A, é → e), corner and lenticular brackets become square ones, and anything else an
        underscore: never a question mark, which has a meaning in URLs and formulas.
        """
        try:
            return replacement.encode(self.encoding)
        except UnicodeEncodeError:
            return "".join(_nearest(c, self.encoding) for c in replacement).encode(self.encoding)

    def replace(self, changes: Iterable[tuple[int, int, str]]) -> bytes:
        """The original bytes with character ranges of ``text`` replaced.

        All other bytes stay as they are, but for encodings that shift: those are encoded anew.
        """
        changes = list(changes)
        if not changes:
            return self.data
        if self.encoding in _SHIFTING:
            return self.bom + self.encode(_splice_text(self.text, changes))
        return splice(self.data, ((*self.span(s, e), self.encode(new)) for s, e, new in changes))

    def _offset(self, at: int) -> int:
        if self.encoding in _SHIFTING:
            raise CannotEdit("text in an encoding that shifts (ISO-2022, HZ, UTF-7)")
        if len(self.data) - len(self.bom) == len(self.text):
            return len(self.bom) + at
        if not self._offsets:
            self._offsets = [len(self.bom)]
            for first in range(0, len(self.text), _BLOCK):
                block = self.text[first : first + _BLOCK].encode(self.encoding)
                self._offsets.append(self._offsets[-1] + len(block))
        block_number = at // _BLOCK
        rest = self.text[block_number * _BLOCK : at]
        return self._offsets[block_number] + len(rest.encode(self.encoding))


def declared_charset(hint: Hint) -> str:
    """The ``charset`` parameter of the hint's media type, or an empty string."""
    match = re.search(r";\s*charset\s*=\s*[\"']?([^\s;\"']+)", hint.media_type, re.IGNORECASE)
    return match[1] if match else ""


def decode(data: bytes, declared: str = "") -> Decoded:
    """Read bytes as text.

    Args:
        data: all of the bytes.
        declared: a charset name that the sender or the document states; may be wrong.

    Raises:
        Unreadable: not text, or text in no encoding that reads all of it.
    """
    for bom, encoding in BOMS:
        if data.startswith(bom) and (decoded := _strictly(data, encoding, bom)):
            if "\0" in decoded.text:
                raise Unreadable("unknown format")
            return decoded
    if b"\0" in data:
        return _by_zeros(data)
    if len(data) - len(data.translate(None, _CONTROLS)) > 1 + len(data) // 100:
        raise Unreadable("unknown format")
    wanted = _candidates(declared)
    return _seven_bit(data, wanted) if data.isascii() else _eight_bit(data, wanted)


def _candidates(declared: str) -> tuple[str, ...]:
    """The codecs that may stand behind a declared name; those with other ASCII bytes do not count."""
    try:
        name = codecs.lookup(declared.strip().strip("\"'")).name if declared else ""
    except (LookupError, ValueError):
        return ()
    names = _SUPERSETS.get(name, (name,))
    return tuple(n for n in names if n in (*_EAST_ASIAN, *_SINGLE_BYTE, *_SHIFTING, *_WIDE))


def _strictly(data: bytes, encoding: str, bom: bytes = b"") -> Decoded | None:
    """Decode without mercy; ``None`` unless the text encodes to the same bytes again."""
    try:
        text = data[len(bom) :].decode(encoding)
        if encoding in _SHIFTING:
            same = text.encode(encoding).decode(encoding) == text
        else:
            # UTF decoders accept one form for each character, the legacy ones several.
            same = encoding.startswith("utf") or text.encode(encoding) == data[len(bom) :]
    except ValueError:
        return None
    if encoding.startswith(("utf-16", "utf-32")) and _reads_as_ascii(data[len(bom) :]):
        raise Unreadable("text that reads differently in two encodings")
    return Decoded(data, text, encoding, bom) if same else None


def _seven_bit(data: bytes, wanted: tuple[str, ...]) -> Decoded:
    """ASCII, unless its bytes are not what they seem: ISO-2022 by its escapes, HZ by its tildes.

    UTF-7 looks like ordinary text with plus signs, so it must be declared, have its mark, or be
    nothing but common signs of East Asia.

    Raises:
        Unreadable: such sequences are present and no codec reads them, or both readings of them
            could mean something.
    """
    names = [name for name in wanted if name in _SHIFTING]
    if _ISO_2022.search(data):
        korean = b"\x1b$)C" in data
        names += ["iso2022_kr"] if korean else ["iso2022_jp_2", "iso2022_jp_ext", "iso2022_jp_3"]
    elif _HZ.search(data):
        names.append("hz")
    elif not names and is_utf7(data) and not _DIGITS_SHIFTED["utf"].search(data):
        names.append("utf-7")
    if not names:
        ascii_like = [n for n in wanted if n not in _WIDE]
        return Decoded(data, data.decode("ascii"), ascii_like[0] if ascii_like else "utf-8")
    for name in names:
        if (decoded := _strictly(data, name)) and not re.search("[\x0e\x1b]", decoded.text):
            if _DIGITS_SHIFTED[name[:3]].search(data):
                raise Unreadable("text that reads differently in two encodings")
            return decoded
    raise Unreadable("text in an unknown encoding")


def _eight_bit(data: bytes, wanted: tuple[str, ...]) -> Decoded:
    utf8 = _strictly(data, "utf-8")
    if utf8 and not (wanted and wanted[0] in _EAST_ASIAN and _weakly_utf8(utf8.text)):
        return utf8
    sample = sample_of(data)
    # Latin-1 is what software declares that knows nothing, and every byte is valid in it.
    doubtful = wanted[:1] in (("cp1252",), *((name,) for name in _WIDE)) and double_byte_of(sample)
    for name in wanted if not doubtful else ():
        if decoded := _strictly(data, name):
            return decoded
    if utf8:
        return utf8
    if _mostly_utf8(data) and not double_byte_of(sample):
        raise Unreadable("damaged UTF-8 text")
    for name in guesses(sample):
        if (decoded := _strictly(data, name)) and _plausible(decoded.text):
            return decoded
    raise Unreadable("text in an unknown encoding")


def peek(data: bytes, size: int = 4096) -> str:
    """About the first ``size`` characters, for judging structure by its ASCII signs; never fails.

    Characters beyond ASCII may come out wrong.
    """
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return data[len(bom) : len(bom) + 4 * size].decode(encoding, "replace")[:size]
    wide = _by_columns(data[:size]) if b"\0" in data[:size] else []
    return data[: size * (4 if wide else 1)].decode(wide[0] if wide else "utf-8", "replace")[:size]


def _by_zeros(data: bytes) -> Decoded:
    """UTF-16 or UTF-32 without a mark."""
    if not _is_text_with_zeros(data):
        for name in _by_columns(data):
            decoded = _strictly(data, name)
            if decoded and "\0" not in decoded.text and _plausible(decoded.text):
                return decoded
    raise Unreadable("unknown format")


def _by_columns(data: bytes) -> list[str]:
    """Wide encodings in whose columns the zero bytes stand that ASCII has there."""
    zeros = [data[column::4].count(0) * 4 / len(data) for column in range(4)]
    names = ["utf-32-le"] if min(zeros[2:]) > 0.9 else []
    names += ["utf-32-be"] if min(zeros[:2]) > 0.9 else []
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    return names + (["utf-16-le"] if odd > 4 * even else ["utf-16-be"] if even > 4 * odd else [])


def _is_text_with_zeros(data: bytes) -> bool:
    """Whether a few zero bytes stand in text of another encoding, which is not UTF-16 then."""
    rest = data.replace(b"\0", b"")
    if rest.isascii():
        return len(rest) > 0.55 * len(data)
    if double_byte_of(sample_of(rest)):
        return True
    try:
        rest.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _reads_as_ascii(body: bytes) -> bool:
    """Whether "UTF-16" is really ASCII behind a wrong mark: no real text of that length is both."""
    return bool(re.search(rb"[0-9]{8}", body)) or (
        len(body) >= 32 and b"\0" not in body and body.isascii()
    )


def _weakly_utf8(text: str) -> bool:
    # Two-byte sequences occur in GBK by accident ("隆"); three-byte ones hardly ever.
    return max(text) < "\u0800"


def _mostly_utf8(data: bytes) -> bool:
    """Whether more than half of the bytes above ASCII form UTF-8: damage, or two encodings."""
    valid = data.decode("utf-8", "ignore").encode().translate(None, bytes(range(128)))
    return 2 * len(valid) > len(data.translate(None, bytes(range(128))))


def _plausible(text: str) -> bool:
    """Whether a guess gave text: hardly any C1 control, private use or unassigned character."""
    odd = len(_C1.findall(text)) + sum(text.count(chr(c)) for c in _CONTROLS)
    return odd <= len(text) // 200


def _nearest(char: str, encoding: str) -> str:
    forms = (char, unicodedata.normalize("NFKC", char), unicodedata.normalize("NFKD", char))
    for form in (*forms, "".join(c for c in forms[2] if not unicodedata.combining(c))):
        try:
            form.encode(encoding)
        except UnicodeEncodeError:
            continue
        if form:
            return form
    return {"Ps": "[", "Pe": "]", "Pi": '"', "Pf": '"', "Pd": "-"}.get(
        unicodedata.category(char), "_"
    )


def _splice_text(text: str, changes: Iterable[tuple[int, int, str]]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end, new in sorted(changes, key=lambda change: change[:2]):
        if not at <= start <= end <= len(text):
            raise ValueError("ranges overlap or lie outside the text")
        pieces += (text[at:start], new)
        at = end
    return "".join((*pieces, text[at:]))
