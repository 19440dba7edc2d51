"""A document that is read as what LibreOffice made of it.

The conversion may lose text, so the raw bytes are searched for text as well. A clean document
leaves as it was, unless some of it is packed so that no text can be seen in it; that one, like a
redacted one, leaves converted: nothing goes out that was not read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._base import Document, Opener
from gateway.formats._convert.libreoffice import convert
from gateway.formats._ole.cfb import STREAM, is_compound, read_compound
from gateway.formats._ole.common import is_office_word
from gateway.formats._ole.residue import holds_packed, text_runs
from gateway.model import Edit, Hint, Role, Rung, Segment, Unread

_MOST_RUNS = 20_000


@dataclass(slots=True)
class ConvertedDocument:
    """See :class:`gateway.formats._base.Converting`."""

    format: str
    inner: Document
    wanted: str
    opener: Opener = field(repr=False)
    data: bytes = field(repr=False)
    runs: Sequence[Segment] = field(repr=False)
    ending: str = ""
    unread: Sequence[Unread] = field(init=False)

    def __post_init__(self) -> None:
        self.unread = self.inner.unread

    def segments(self) -> Sequence[Segment]:
        """The converted document's text, then what looks like text in the original's bytes."""
        return [*map(_without_us, self.inner.segments()), *self.runs]

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The converted document with the edits made; of the original's bytes nothing stays."""
        if not edits:
            return self.data
        count = len(self.inner.segments())
        inside = [edit for edit in edits if edit.segment < count]
        new = self.inner.apply(inside)
        self.ending = f".{self.wanted}"
        self.opener.ledger.took(Rung.CONVERTED)
        return new


def open_converted(
    kind: str, data: bytes, endings: tuple[str, str], open_child: Opener
) -> ConvertedDocument:
    """Convert a document and open what comes out.

    Args:
        kind: name of the format.
        data: the document.
        endings: its own ending, and the one wanted, without dots.
        open_child: opens what LibreOffice made.

    Raises:
        Unreadable: it cannot be converted.
    """
    ending, wanted = endings
    new = convert(data, ending, wanted, open_child.ledger)
    inner = open_child(new, Hint(f"document.{wanted}"))
    return ConvertedDocument(kind, inner, wanted, open_child, data, _runs(_streams(data)))


def native_or_converted(
    native: Callable[[], Document],
    kind: str,
    data: bytes,
    endings: tuple[str, str],
    open_child: Opener,
) -> Document:
    """The document as read here, or converted if it is damaged or too old for that.

    Args:
        native: reads it here.
        kind: as :func:`open_converted`, like the others.
        data: the document.
        endings: its own ending, and the one wanted.
        open_child: opens what LibreOffice made.

    Raises:
        Unreadable: encrypted, over a limit, or neither way is open.
    """
    try:
        return native()
    except LimitExceeded:
        raise
    except Unreadable as error:
        if str(error).startswith("encrypted"):
            raise
    return open_converted(kind, data, endings, open_child)


def _without_us(segment: Segment) -> Segment:
    """LibreOffice names itself as the maker; its version is no address of anybody."""
    told = segment.role in {Role.TRACE, Role.METADATA}
    ours = told and segment.text.startswith("LibreOffice/")
    return replace(segment, text=" " * len(segment.text)) if ours else segment


def _streams(data: bytes) -> list[bytes]:
    """The streams of a compound file and what lies between them, or all bytes as they are."""
    streams = [data]
    if is_compound(data):
        try:
            compound = read_compound(data)
            streams = [n.data for n in compound.nodes if n.kind == STREAM]
            streams += compound.leftovers
        except LimitExceeded:
            raise
        except Unreadable:
            pass  # damaged, but LibreOffice could read it: all its bytes are searched
    return streams


def _runs(streams: Sequence[bytes]) -> list[Segment]:
    found = [
        Segment(run.text, f"stream {number}/run {count}", Role.HIDDEN)
        for number, stream in enumerate(streams, 1)
        for count, run in enumerate(text_runs(stream), 1)
        if not is_office_word(run.text)
    ]
    if len(found) > _MOST_RUNS:
        raise LimitExceeded(f"more than {_MOST_RUNS} stretches of text in an old file")
    if any(holds_packed(stream) for stream in streams):
        found.append(Segment("", "original", Role.DISPENSABLE, ("original: packed, not read",)))
    return found
