"""The package document of a book: who made the file and when, and the list of its members.

Source: EPUB 3.3 §5 (package document), OPF 2.0.1 §2.2; MARC relator ``bkp`` (book producer).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from urllib.parse import unquote

_ELEMENT = r"<(?:[\w-]+:)?{0}\b(?=[^>]*{1})[^>]*(?:/>|>[^<]*</(?:[\w-]+:)?{0}\s*>)"
_PRODUCER = re.compile(_ELEMENT.format("contributor", r"role\s*=\s*[\"']bkp[\"']"))
_GENERATOR = re.compile(
    _ELEMENT.format(
        "meta",
        r"(?:name|property)\s*=\s*[\"'](?:generator|calibre:timestamp|Sigil version"
        r"|ibooks:version|dtb:generator|cover-generator|calibre:user_metadata[^\"']*)[\"']",
    )
)
# EPUB 3.3 §5.5.5: there must be exactly one, in this form.
_MODIFIED = re.compile(
    r"(<(?:[\w-]+:)?meta\b[^>]*property\s*=\s*[\"']dcterms:modified[\"'][^>]*>)[^<]*"
)
_NEUTRAL_DATE = "1970-01-01T00:00:00Z"
_ITEM = re.compile(r"\s*<(?:[\w-]+:)?item\b[^>]*?(?:/>|>\s*</(?:[\w-]+:)?item\s*>)")
_HREF = re.compile(r"\shref\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def has_traces(source: str) -> bool:
    """Whether a package document tells what made the book or when it was saved."""
    return without_traces(source) != source


def without_traces(source: str) -> str:
    """A package document that tells neither what made the book nor when it was saved."""
    for pattern in (_PRODUCER, _GENERATOR):
        source = pattern.sub("", source)
    return _MODIFIED.sub(rf"\g<1>{_NEUTRAL_DATE}", source)


def without_items(source: str, path: str, dropped: Iterable[str]) -> str:
    """A package document that does not list some members.

    Args:
        source: the document.
        path: its own path, to which the listed ones are relative.
        dropped: paths of the members.
    """
    gone = frozenset(dropped)

    def kept(match: re.Match[str]) -> str:
        href = _HREF.search(match[0])
        target = unquote(href[1] or href[2] or "") if href else ""
        whole = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        return "" if whole in gone else match[0]

    return _ITEM.sub(kept, source)
