"""PowerPoint presentations of 1997 to 2003: .ppt, .pps, .pot and Kingsoft's .dps.

Source: [MS-PPT] PowerPoint (.ppt) Binary File Format.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._ole.cfb import root_names
from gateway.model import Hint


class _Ppt:
    name: ClassVar[str] = "ppt"

    def score(self, data: bytes, hint: Hint) -> float:
        del hint
        return 1.0 if "powerpoint document" in root_names(data) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        from gateway.formats._convert.document import native_or_converted
        from gateway.formats._ole.document import OleDocument
        from gateway.formats._ole.slides import MAIN, read_slides

        del hint

        def native() -> Document:
            return OleDocument(self.name, data, open_child, read_slides, MAIN)

        return native_or_converted(native, self.name, data, ("ppt", "pptx"), open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        from gateway.formats._ole.layers import ole_layers

        del hint
        yield from ole_layers(data, descend, _objects)


def _objects(name: str, content: bytes, descend: Descend) -> Iterator[str]:
    from gateway.formats._ole.reading import Reading
    from gateway.formats._ole.slides import object_layers

    if name.lower() == "powerpoint document":
        for number, data in enumerate(object_layers(content, Reading(descend.ledger)), 1):
            yield from descend(data, Hint(f"object{number}.bin"))


FORMAT = _Ppt()
