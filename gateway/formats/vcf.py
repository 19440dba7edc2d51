"""Contacts: vCard 2.1, 3.0 and 4.0.

Source: RFC 6350 (4.0), RFC 2426 (3.0), versit vCard 2.1 (1996).
"""

from __future__ import annotations

from typing import ClassVar

from gateway.formats._contentline.formats import ContentLineFormat


class Vcf(ContentLineFormat):
    """vcf, vcard."""

    name: ClassVar[str] = "vcf"
    component: ClassVar[str] = "VCARD"


FORMAT = Vcf()
