"""The verifier's look at old Office files: by olefile, every stream in every encoding."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Callable, Iterator

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._base import Descend
from gateway.formats._ole.cfb import STREAM, Node
from gateway.formats._ole.common import is_known_name, is_office_word
from gateway.formats._ole.native import native_child
from gateway.formats._ole.officeart import blips
from gateway.formats._ole.reading import Reading
from gateway.formats._ole.residue import searched
from gateway.model import Hint

_OFFICE_RUN = re.compile(r"[^\0]+")
_INSIDE = (b"PK\3\4", b"%PDF", b"<?xml", b"\x89PNG", b"\xff\xd8\xff")

type More = Callable[[str, bytes, Descend], Iterator[str]]
"""What a kind of file yields beside that: the streams that are packed in a way of their own."""


def ole_layers(data: bytes, descend: Descend, more: More | None = None) -> Iterator[str]:
    """All text of a compound file.

    Raises:
        Unreadable: olefile cannot read it.
        LimitExceeded: a budget ran out.
    """
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            for path in file.listdir():
                content = file.openstream(path).read()
                yield "\0".join(name for name in path if not is_known_name(name))
                for text in searched(content):
                    yield _without_office_words(text)
                yield from _children(content, descend)
                if more:
                    yield from more(path[-1], content, descend)
    except (LimitExceeded, Unreadable):
        raise
    except (OSError, ValueError, IndexError, KeyError, struct.error, AttributeError) as error:
        raise Unreadable(f"olefile cannot read it: {type(error).__name__}") from None
    for text in searched(data):
        yield _without_office_words(text)


def _children(content: bytes, descend: Descend) -> Iterator[str]:
    for blip in blips(content, descend.ledger):
        yield from descend(blip.data, blip.hint)
    node = Node(("",), STREAM, data=content)
    if (child := native_child(node, Reading(descend.ledger), "")) is not None:
        yield from descend(child.data, child.hint)
    if content.startswith(_INSIDE):
        yield from descend(content, Hint())


def _without_office_words(text: str) -> str:
    return _OFFICE_RUN.sub(lambda m: "" if is_office_word(m[0]) else m[0], text)
