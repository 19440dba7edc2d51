"""What vcf and ics do alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._encoding import peek
from gateway.model import Hint


class ContentLineFormat:
    """A file of content lines; a subclass names it and the component that it begins with."""

    name: ClassVar[str]
    component: ClassVar[str]

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure when the file begins with the component."""
        del hint
        begins = rf"\s*BEGIN\s*:\s*{self.component}\s*[\r\n]"
        return 1.0 if re.match(begins, peek(data, 400), re.IGNORECASE) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open the file."""
        from gateway.formats._contentline.document import LinesDocument

        del hint
        return LinesDocument(self.name, data, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """All its text."""
        from gateway.formats._contentline.layers import line_layers

        del hint
        yield from line_layers(data, descend)
