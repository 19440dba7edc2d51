"""What everything in this package knows of: its refusal, and the identities that it makes."""

from __future__ import annotations

import re

TOKEN = re.compile(r"rg[a-z2-7]{20}")
"""Identities that are made here; long enough never to stand anywhere by chance."""


class Refused(Exception):
    """The upload cannot go on; the message is for people and holds no value."""
