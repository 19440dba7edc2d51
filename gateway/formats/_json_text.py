"""From bytes to a scanned JSON text, once: ``score`` has to know, and ``open`` need not repeat it."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.formats._encoding import BOMS, Decoded, decode
from gateway.formats._json_scan import Place, scan


@dataclass(frozen=True, slots=True)
class JsonText:
    """A JSON text and the places in it."""

    decoded: Decoded
    places: list[Place]


@dataclass(slots=True)
class _Memo:
    """The last bytes that were JSON; held so that their identity cannot be taken over."""

    data: bytes | None = None
    declared: str = ""
    result: JsonText | None = None


_memo = _Memo()


def decode_json(data: bytes, declared: str = "") -> Decoded:
    """The characters of JSON bytes: UTF-8 (RFC 8259 section 8.1) if they are, else as any text.

    ASCII stays ASCII whatever is declared, and control characters do not make JSON binary.

    Raises:
        Unreadable: not text in one encoding.
    """
    unmarked = b"\0" not in data and not data.startswith(tuple(mark for mark, _ in BOMS))
    if unmarked and (data.isascii() or declared.lower() in ("", "utf-8", "utf8")):
        try:
            return Decoded(data, data.decode("utf-8"), "utf-8")
        except UnicodeDecodeError:
            pass
    return decode(data, declared)


def read_json(data: bytes, declared: str = "") -> JsonText:
    """Decode and scan; the last result is remembered until :func:`forget`.

    Raises:
        Malformed: not one JSON value.
        Unreadable: not text.
        LimitExceeded: nested too deep.
    """
    if _memo.data is data and _memo.declared == declared and _memo.result:
        return _memo.result
    decoded = decode_json(data, declared)
    result = JsonText(decoded, scan(decoded.text))
    _memo.data, _memo.declared, _memo.result = data, declared, result
    return result


def forget() -> None:
    """Let go of the last text: a worker must not keep documents."""
    _memo.data, _memo.declared, _memo.result = None, "", None
