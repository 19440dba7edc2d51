"""OLE files of any other program: objects inside documents, and old kinds that are converted.

Also what is encrypted: an Office package behind a password is an OLE file.

Source: [MS-OLEDS] (embedded objects), [MS-OFFCRYPTO] §1.3.3 (encrypted packages).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from gateway.errors import Unreadable
from gateway.formats._base import Descend, Document, Opener
from gateway.formats._convert.kinds import convertible, is_locked
from gateway.formats._ole.cfb import is_empty, root_names
from gateway.formats._raw import raw_layers
from gateway.model import Hint

if TYPE_CHECKING:
    from gateway.formats._ole.cfb import Compound
    from gateway.formats._ole.reading import Reading

_ENCRYPTED = frozenset({"encryptedpackage", "encryptioninfo", "\tdrmcontent", "\tdrmviewercontent"})
_OBJECTS = frozenset(
    {
        "\x01ole10native",
        "\x01compobj",
        "\x01ole",
        "\x03objinfo",
        "package",
        "contents",
        "equation native",
    }
)
# Those have formats of their own, or none that reads them.
_OTHERS = frozenset(
    {"worddocument", "workbook", "book", "powerpoint document", "visiodocument", "quill", "escher"}
    | {"mm", "mn0", "matost", "spellingml", "vba", "project"}
)
_MESSAGE = "__properties_version1.0"


class _OleObject:
    name: ClassVar[str] = "oleobject"

    def score(self, data: bytes, hint: Hint) -> float:
        del hint
        if convertible(data):
            return 0.9
        names = root_names(data)
        if is_empty(data):
            return 1.0
        if not names or _MESSAGE in names or names & _OTHERS:
            return 0.9 if names & _ENCRYPTED else -1.0
        return 1.0 if names & (_OBJECTS | _ENCRYPTED) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        from gateway.formats._convert.document import open_converted
        from gateway.formats._ole.document import OleDocument

        del hint
        if root_names(data) & _ENCRYPTED or is_locked(data):
            raise Unreadable("encrypted: take its password off first")
        if kind := convertible(data):
            return open_converted(self.name, data, kind, open_child)
        return OleDocument(self.name, data, open_child, _nothing, frozenset())

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        from gateway.formats._ole.layers import ole_layers

        del hint
        readable = root_names(data) or is_empty(data)
        yield from ole_layers(data, descend) if readable else raw_layers(data)


def _nothing(compound: Compound, reading: Reading) -> None:
    """There is no main stream: all of them are read alike."""
    del compound, reading


FORMAT = _OleObject()
