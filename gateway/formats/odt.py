"""OpenDocument text: documents, templates and master documents.

Source: OASIS OpenDocument 1.3, part 3, §3.4.
"""

from __future__ import annotations

from typing import ClassVar

from gateway.formats._odf.office import OpenDocumentFormat


class Odt(OpenDocumentFormat):
    """odt, ott, odm, oth, fodt, and sxw of OpenOffice.org 1.x."""

    name: ClassVar[str] = "odt"
    flat: ClassVar[str] = "text"


FORMAT = Odt()
