"""Word documents and templates (WordprocessingML), with and without macros.

Source: ECMA-376-1 §17.
"""

from __future__ import annotations

from typing import ClassVar

from gateway.formats._ooxml.office import OfficeFormat


class Docx(OfficeFormat):
    """docx, docm, dotx, dotm."""

    name: ClassVar[str] = "docx"


FORMAT = Docx()
