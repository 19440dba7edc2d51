"""OpenDocument spreadsheets and their templates.

Source: OASIS OpenDocument 1.3, part 3, §3.7.
"""

from __future__ import annotations

from typing import ClassVar

from gateway.formats._odf.office import OpenDocumentFormat


class Ods(OpenDocumentFormat):
    """ods, ots, fods, and sxc of OpenOffice.org 1.x."""

    name: ClassVar[str] = "ods"
    flat: ClassVar[str] = "spreadsheet"


FORMAT = Ods()
