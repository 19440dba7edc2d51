"""Previews, printer settings and the like: read, so that a clean file can leave as it is.

They tell what the document was when they were made. So nothing in them is changed: as soon as
the document is, they are left out.

Source: ECMA-376-2 §10.4 (thumbnails), ECMA-376-1 §15.2.15 (printer settings: a DEVMODE of Windows
or a property list of macOS), §12.3.5 (custom property), [MS-RPRN] §2.2.2.1 (DEVMODE).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._base import Opener
from gateway.formats._ole.residue import holds_files, holds_packed, text_runs
from gateway.model import Hint, Role, Segment

_PREVIEW = re.compile(r"thumbnail\.\w+\|")
_SETTINGS = re.compile(r"printersettings\d*\.bin\||customproperty\d*\.bin\||\.customproperty$")


def read_fleeting(look: str, content: bytes, hint: Hint, opener: Opener) -> list[Segment] | None:
    """The texts of such a part; ``None`` if it is another part, or nobody can read all of it.

    Args:
        look: its name and media type, see :func:`opaque.look_of`.
        content: its bytes.
        hint: what the package says of it.
        opener: reads pictures.

    Raises:
        LimitExceeded: a budget of the whole item ran out.
    """
    if _SETTINGS.search(look):
        if holds_packed(content) or holds_files(content):
            return None
        lines = dict.fromkeys(run.text for run in text_runs(content))
        return [Segment("\n".join(lines), "", Role.TRACE, ("printer settings",))]
    if not _PREVIEW.search(look):
        return None
    try:
        document = opener(content, hint)
    except LimitExceeded:
        raise
    except Unreadable:
        return None
    segments = document.segments()
    return None if document.unread or _has_gaps(segments) else list(segments)


def _has_gaps(segments: Sequence[Segment]) -> bool:
    return any(segment.role is Role.DISPENSABLE for segment in segments)
