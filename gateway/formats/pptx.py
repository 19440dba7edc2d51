"""PowerPoint presentations, shows and templates (PresentationML), with and without macros.

Source: ECMA-376-1 §19 and §21.
"""

from __future__ import annotations

from typing import ClassVar

from gateway.formats._ooxml.office import OfficeFormat


class Pptx(OfficeFormat):
    """pptx, pptm, potx, potm, ppsx, ppsm, ppam."""

    name: ClassVar[str] = "pptx"


FORMAT = Pptx()
