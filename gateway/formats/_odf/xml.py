"""Reading the XML parts of OpenDocument.

OpenOffice.org 1.x, and LibreOffice in its Basic libraries, write a document type that only names
a DTD of their own. It declares nothing, so it is read past; any other is refused.
"""

from __future__ import annotations

import re
from dataclasses import replace

from gateway.formats._ooxml.xml import Source, check_xml, read_xml

_DOCTYPE = re.compile(
    rb"<!DOCTYPE\s+(?:library|script|office|manifest|dlg|log|menu|toolbar|accel|statusbar)"
    rb":[a-z-]{2,30}\s+"
    rb"(?:PUBLIC\s+\"-//OpenOffice\.org//DTD [A-Za-z]{2,20} 1\.0//EN\"|SYSTEM)\s+"
    rb"\"[A-Za-z]{2,20}\.dtd\"\s*>"
)


def read_part(data: bytes) -> Source:
    """Tokenise a part.

    Raises:
        Unreadable: it is not well-formed, or has another document type.
    """
    blank = _blanked(data)
    source = read_xml(blank)
    return source if blank == data else replace(source, text=data.decode(source.codec))


def check_part(data: bytes) -> None:
    """Have a part that was written read.

    Raises:
        Unreadable: it is not well-formed.
    """
    check_xml(_blanked(data))


def _blanked(data: bytes) -> bytes:
    """The same bytes with spaces for a harmless document type."""
    return _DOCTYPE.sub(lambda match: b" " * len(match[0]), data, count=1)
