"""OpenDocument drawings, charts, formulas and images.

Source: OASIS OpenDocument 1.3, part 3, §3.5.
"""

from __future__ import annotations

from typing import ClassVar

from gateway.formats._odf.office import OpenDocumentFormat


class Odg(OpenDocumentFormat):
    """odg, otg, odc, odf, odi, fodg, and sxd of OpenOffice.org 1.x."""

    name: ClassVar[str] = "odg"
    flat: ClassVar[str] = "graphics"


FORMAT = Odg()
