"""The small language of page headers and footers in workbooks and charts.

``&CEmily Carter`` is the name, centred: a code stands before it without a space. So these texts
are also read with their codes left out.

Source: ECMA-376-1 §18.3.1.46 (oddHeader and its codes).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

HEADERS = frozenset(
    {"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"}
)

# ``&&`` is an ampersand. Sections and fields (page, date, sheet …) stand between two texts; the
# other codes only change the looks of what follows.
_CODES = (
    r"{mark}(?:(?P<text>{mark})|(?P<apart>[LCRPNDTGFAZ])"
    r"|[SUEXYBIOH]|[0-9]{{1,2}}|K(?:[0-9A-Fa-f]{{6}}|[0-9]{{2}}[-+][0-9]{{3}})"
    r"|(?P<quote>\"|&quot;)(?:(?!(?P=quote)).)*(?P=quote))"
)
_IN_SOURCE = re.compile(_CODES.format(mark="&amp;"))
_IN_TEXT = re.compile(_CODES.format(mark="&"))


def header_texts(raw: str) -> Iterator[tuple[int, int, str]]:
    """The texts of a header as it is written in XML.

    Yields:
        start and end in ``raw``, and what stands between this text and the one before.
    """
    at, between = 0, ""
    for code in _IN_SOURCE.finditer(raw):
        if code["text"]:
            continue
        if code.start() > at:
            yield at, code.start(), between
            between = ""
        between = "\n" if code["apart"] else between
        at = code.end()
    if at < len(raw):
        yield at, len(raw), between


def without_codes(text: str) -> str:
    """A header as a reader sees it, for searching."""
    return _IN_TEXT.sub(lambda code: "&" if code["text"] else "\n" if code["apart"] else "", text)
