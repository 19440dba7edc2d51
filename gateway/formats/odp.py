"""OpenDocument presentations and their templates.

Source: OASIS OpenDocument 1.3, part 3, §3.6.
"""

from __future__ import annotations

from typing import ClassVar

from gateway.formats._odf.office import OpenDocumentFormat


class Odp(OpenDocumentFormat):
    """odp, otp, fodp, and sxi of OpenOffice.org 1.x."""

    name: ClassVar[str] = "odp"
    flat: ClassVar[str] = "presentation"


FORMAT = Odp()
