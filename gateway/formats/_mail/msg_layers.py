"""All text of an Outlook message by olefile, for the verifier."""

from __future__ import annotations

import io
from collections.abc import Iterator

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._base import Descend
from gateway.formats._mail.lzfu import unpack_rtf
from gateway.model import Hint

_HEADERS = Hint("", "message/rfc822")


def msg_layers(data: bytes, descend: Descend) -> Iterator[str]:
    """Every stream in the encodings of its type; bodies and attachments by their own readers.

    Raises:
        Unreadable: olefile fails on it.
    """
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            for path in file.listdir(streams=True, storages=False):
                raw = file.openstream(path).read()
                yield from _stream_layers(path, raw, descend)
    except (OSError, ValueError, IndexError, TypeError) as error:
        raise Unreadable(f"olefile cannot read it: {type(error).__name__}") from None


def _stream_layers(path: list[str], raw: bytes, descend: Descend) -> Iterator[str]:
    kind = path[-1].upper().removeprefix("__SUBSTG1.0_")
    if kind.startswith("10090102"):
        try:
            yield from _descended(unpack_rtf(raw), Hint("", "application/rtf"), descend)
        except Unreadable:
            yield raw.decode("latin-1")
    elif kind.startswith("37010102") and path[-2:-1] and path[-2].startswith("__attach"):
        yield from _descended(raw, Hint(), descend)
    elif kind.startswith("10130102"):
        yield from _descended(raw.rstrip(b"\0"), Hint("", "text/html"), descend)
    elif kind[4:8] in ("001F", "101F"):
        text = raw.decode("utf-16-le", "replace")
        if kind.startswith("007D"):  # names of fields are no text
            yield from _descended(text.encode("utf-8", "replace"), _HEADERS, descend)
        else:
            yield text
    elif kind.startswith("007D"):
        yield from _descended(raw, _HEADERS, descend)
    elif kind.startswith("__"):
        return  # tables of properties hold numbers
    else:
        for encoding in ("utf-8", "gb18030", "latin-1", "utf-16-le"):
            yield raw.decode(encoding, "replace")
        yield raw[1:].decode("utf-16-le", "replace")


def _descended(raw: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
    if not raw:
        return
    try:
        yield from descend(raw, hint)
    except LimitExceeded:
        raise
    except Unreadable:  # noted as unread when it was opened
        yield raw.decode("latin-1")
