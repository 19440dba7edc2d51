"""Documents that stand inside a string: JSON in JSON, ``data:`` URLs, base64.

JSON members, form fields and multipart fields all ask here, and so agree. A string that holds a
document is opened as a child instead of being read as text; what is plainly meant as data but
cannot be opened becomes unread. Signatures, ids, hashes and enciphered blobs stay plain text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._base64 import (
    MINIMUM,
    DataUrl,
    decode_base64,
    decode_candidate,
    encode_like,
    has_magic,
    is_text,
    parse_data_url,
)
from gateway.formats._json_scan import simple_name
from gateway.formats._json_text import read_json
from gateway.model import Hint

_DATA_WORDS = (
    "data filedata content contents base64 b64 b64json bytes rawbytes contentbytes filebase64"
    " base64data base64content imagebase64 filecontent filecontents inlinedata image imagedata"
    " imagebytes imageurl audio audiodata video file payload body attachment blob raw document pdf"
    " 文件 图片 附件"
)
_DATA_FIELDS = frozenset(_DATA_WORDS.split())
"""Names (without case, hyphens, underscores) of members whose base64 is a document."""

_SAID_WORDS = (
    "filedata bytes rawbytes contentbytes filebase64 base64 b64 b64json base64data base64content"
    " imagebase64 imagebytes"
)
_SAID = frozenset(_SAID_WORDS.split())
"""Of these, the names that leave no doubt: what stands there is base64, however short."""

_MAY_SAY = _SAID | {"data"}
_LONGEST_SAID = 16

_SEALED_WORDS = (
    "signature sig thoughtsignature encryptedcontent ciphertext encrypted token hash digest sha256"
    " sha512 md5 checksum nonce hmac embedding etag"
)
_SEALED = frozenset(_SEALED_WORDS.split())
"""Names of members that only their sender or receiver can read; a changed byte breaks them."""

_SEALED_TYPES = frozenset({"redacted_thinking", "reasoning", "encrypted"})


def may_say_base64(key: str) -> bool:
    """Whether a name, its siblings asked, could say that a short string is base64."""
    return len(key) <= _LONGEST_SAID and simple_name(key) in _MAY_SAY


def _says_base64(keys: Sequence[str], kind: str) -> bool:
    """Whether names (nearest first) and the sibling ``type`` leave no doubt."""
    names = [simple_name(key) for key in keys[:2]]
    if not names or names[0] not in _MAY_SAY:
        return False
    return names[0] != "data" or kind == "base64" or names[-1] == "inlinedata"


def is_sealed(keys: Sequence[str]) -> bool:
    """Whether a value under these names (nearest first) is a signature, a hash or a cipher text."""
    return bool(keys) and simple_name(keys[0]) in _SEALED


_HOLDS_BASE64 = re.compile(
    r";base64,|[A-Za-z0-9+/_-]{76}\r?\n[A-Za-z0-9+/_-]{4}"
    r"|(?<![A-Za-z0-9+/_.-])[A-Za-z0-9+/_-]{118,}+(?!\.[A-Za-z0-9_-])"
)


@dataclass(frozen=True, slots=True)
class Embedded:
    """A document found in a string.

    Args:
        data: its bytes.
        hint: what the string and its siblings claim about it.
        label: text beside the data that is not part of it (parameters of a ``data:`` URL).
    """

    data: bytes = field(repr=False)
    hint: Hint
    label: str = field(repr=False)
    _text: str = field(repr=False)
    _url: DataUrl | None = field(repr=False)
    _verbatim: bool = False

    def rebuild(self, data: bytes | None = None, label: str | None = None) -> str:
        """The string with new bytes or a new label, in the dialect of the original."""
        if self._url:
            return self._url.text(data, label)
        if data is None:
            return self._text
        return data.decode("utf-8") if self._verbatim else encode_like(self._text, data)


_HTML = re.compile(
    r"\s*(?:<!doctype\s+html|<(?:html|head|body|p|div|span|table|ul|ol|h[1-6]|font|a|b|i|strong|em|br)"
    r"(?:\s[^<>]*)?/?>)",
    re.IGNORECASE,
)


def may_hold_document(text: str) -> bool:
    """A quick look that spares most strings the thorough one."""
    return len(text) >= MINIMUM or text[:1] in ("{", "[", "<", "d", "D", " ", "\t", "\r", "\n")


def find_embedded(
    text: str, keys: Sequence[str] = (), *, hint: Hint | None = None, kind: str = ""
) -> Embedded | None:
    """The document that a string holds as a whole, or ``None`` when it is text.

    Args:
        text: the string, escapes resolved.
        keys: the names it stands under, nearest first.
        hint: what siblings claim (a file name, a media type).
        kind: the sibling ``type``, if any.

    Raises:
        Unreadable: a ``data:`` URL whose base64 is broken, or JSON over a limit.
    """
    hint = hint or Hint()
    if text[:5].lower() == "data:" and (url := parse_data_url(text)):
        if url.data is None:
            raise Unreadable("a data URL whose base64 is broken")
        return Embedded(
            url.data, Hint(hint.name, url.media_type or hint.media_type), url.parameters, text, url
        )
    if text.lstrip(" \t\r\n")[:1] in ("{", "["):
        return _json_in(text)
    if text.rstrip()[-1:] == ">" and _HTML.match(text):
        return _verbatim(text, Hint("", "text/html"))
    if len(text) < MINIMUM:
        return _short(text, hint) if _says_base64(keys, kind) else None
    names = [simple_name(key) for key in keys[:2]]
    data = decode_candidate(text)
    if data is None or is_sealed(keys) or kind in _SEALED_TYPES:
        return None
    meant = bool(names) and (names[0] in _DATA_FIELDS or names[-1] == "inlinedata")
    if meant or has_magic(data) or is_text(data):
        return Embedded(data, hint, "", text, None)
    return None


def find_document(
    text: str, keys: Sequence[str] = (), *, hint: Hint | None = None, kind: str = ""
) -> Embedded | None:
    """As :func:`find_embedded`, and text around base64 (Markdown with a picture in it) as text.

    Raises:
        Unreadable: as there.
    """
    found = find_embedded(text, keys, hint=hint, kind=kind)
    sealed = kind in _SEALED_TYPES or is_sealed(keys)
    if found or sealed or not _HOLDS_BASE64.search(text) or decode_candidate(text):
        return found
    return _verbatim(text, Hint("", "text/plain"))


def _short(text: str, hint: Hint) -> Embedded | None:
    """A few words or a small file in what is said to be base64."""
    data = decode_base64(text) if text.isascii() else None
    found = bool(data) and data is not None and (has_magic(data) or is_text(data))
    return Embedded(data, hint, "", text, None) if found and data is not None else None


def _verbatim(text: str, hint: Hint) -> Embedded | None:
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return Embedded(data, hint, "", text, None, _verbatim=True)


def _json_in(text: str) -> Embedded | None:
    try:
        data = text.encode("utf-8")
        read_json(data)
    except LimitExceeded:
        raise
    except (UnicodeEncodeError, Unreadable):
        return None
    return Embedded(data, Hint("", "application/json"), "", text, None, _verbatim=True)
