"""Calendars: iCalendar 2.0 and vCalendar 1.0.

Source: RFC 5545, RFC 7986; versit vCalendar 1.0 (1996).
"""

from __future__ import annotations

from typing import ClassVar

from gateway.formats._contentline.formats import ContentLineFormat


class Ics(ContentLineFormat):
    """ics, ifb, vcs."""

    name: ClassVar[str] = "ics"
    component: ClassVar[str] = "VCALENDAR"


FORMAT = Ics()
