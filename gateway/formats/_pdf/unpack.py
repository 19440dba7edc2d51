"""Streams measured before they are unpacked: a few bytes of Flate data can hold gigabytes.

qpdf unpacks a stream whole, so Flate data is unpacked here first, piece by piece, and thrown away.
Pictures are measured by their size in pixels instead. Source: ISO 32000-2:2020, 7.4.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

import pikepdf

from gateway.errors import Unreadable
from gateway.formats._ledger import Ledger
from gateway.formats._pdf.objects import roots
from gateway.formats._pdf.values import DECODE_ERRORS, get, is_array, is_stream, items, name_of

_PIECE = 1 << 18
_PACKED = frozenset(("FlateDecode", "Fl", "LZWDecode", "LZW", "RunLengthDecode", "RL"))
_FLATE = frozenset(("FlateDecode", "Fl"))
_MOST_TIMES = 2


def check_unpacked(pdf: pikepdf.Pdf, ledger: Ledger, container: int) -> None:
    """Make sure that all streams together unpack to no more than the budget allows.

    Args:
        pdf: the document.
        ledger: the budgets.
        container: size of the file.

    Raises:
        LimitExceeded: they hold more.
        Unreadable: a stream is packed over and over.
    """
    total = 0
    for _, stream in roots(pdf):
        if not is_stream(stream) or name_of(get(stream, "/Subtype")) == "Image":
            continue
        filters = get(stream, "/Filter")
        names = [name_of(each) for each in (items(filters) if is_array(filters) else [filters])]
        if not _PACKED.intersection(names):
            continue
        if sum(name in _PACKED for name in names) > _MOST_TIMES:
            raise Unreadable("a stream packed many times over")
        try:
            raw = bytes(stream.read_raw_bytes())
        except DECODE_ERRORS:
            continue  # it is named as unread where it is read
        pieces: Iterable[bytes] = [raw]
        for name in names:
            if name not in _FLATE:  # text armour makes data smaller
                break
            pieces = _inflated(pieces)
        for piece in pieces:
            total += len(piece)
            ledger.spend_unpacked(total, container)


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Flate data unpacked in pieces, as far as it is sound."""
    unpacker = zlib.decompressobj()
    for piece in pieces:
        waiting = piece
        while waiting and not unpacker.eof:
            try:
                new = unpacker.decompress(waiting, _PIECE)
            except zlib.error:
                return
            waiting = unpacker.unconsumed_tail
            if not new and not waiting:
                break
            yield new
