"""Relationships and content types: which part leads to which, and how a part is taken out.

Source: ECMA-376-2 §9 (relationships), §10.1.2 (content types).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote

from gateway.formats._ooxml.attributes import is_office
from gateway.formats._ooxml.kinds import CONTENT_TYPES
from gateway.formats._ooxml.part import PartReader, Verdicts
from gateway.formats._ooxml.plan import Plan
from gateway.formats._ooxml.text import Rule
from gateway.formats._ooxml.xml import TOKEN, Source, Tag
from gateway.model import Role

_TARGET = re.compile(r"""\s(?:PartName|Target)=(["'])([^"']*)\1""")
_ID = re.compile(r"""\sId=["']([^"']*)""")
_CLOSING = re.compile(r"\s*</[^>]*>")
# Elements that are nothing without the part they name go whole: printer settings of a section
# (ECMA-376-1 §17.3.3.20), embedded fonts (§17.8.3.3, §19.2.1.9), custom properties of a sheet
# (§18.3.1.22). Others (pageSetup, §18.3.1.63, and what a control persists in) lose the attribute.
_WHOLE = re.compile(
    "printerSettings|embed(?:Regular|Bold|Italic|BoldItalic)|regular|bold|italic|boldItalic|customPr"
)
_EMPTY_LIST = re.compile(
    r"<((?:[\w.-]+:)?customProperties)\b[^>]*>(?:<[^>]*customPr\b[^>]*>)*</\1>"
)


class PackageReader(PartReader):
    """Content types and relationships: addresses outside the package are text."""

    def __init__(
        self, name: str, address: str, role: Role, source: Source, names: frozenset[str]
    ) -> None:
        super().__init__(name, address, role, source)
        self._names = names

    def verdicts(self, tag: Tag) -> Verdicts:
        """Targets that are not parts, and anything that does not look as it should."""
        found: Verdicts = []
        for attribute in tag.attributes:
            value, local = attribute.value, attribute.local
            if local in {"Target", "PartName"}:
                inside = tag.get("TargetMode") != "External"
                if inside and resolved(self.name, value).lower() in self._names:
                    continue
                rule = Rule.URI if local == "Target" else Rule.FIXED
                found.append((attribute, rule, True))
            elif not (is_office(value) or re.fullmatch(r"[\w./+;= -]{0,200}", value, re.ASCII)):
                found.append((attribute, Rule.FIXED, True))
        return found


def resolved(name: str, target: str) -> str:
    """The part that a relationship or content type of part ``name`` speaks of."""
    folder = "/"
    if name.endswith(".rels"):
        folder = "/" + posixpath.dirname(posixpath.dirname(name))
    return posixpath.normpath(posixpath.join(folder, unquote(target))).lstrip("/")


def owner_of(relationships: str) -> str:
    """The part whose relationships a ``.rels`` part lists (ECMA-376-2 §9.3)."""
    folder, _, name = relationships.rpartition("/")
    return posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))


def relations_of(part: str) -> str:
    """The ``.rels`` part that lists the relationships of a part."""
    folder, _, name = part.rpartition("/")
    return posixpath.join(folder, "_rels", f"{name}.rels")


def unlist(parts: Iterable[str], sources: Mapping[str, str], plan: Plan) -> None:
    """Take parts out of the content types and of every relationship that leads to them."""
    gone = set(parts)
    for name, source in sources.items():
        if name in gone or (name != CONTENT_TYPES and not name.endswith(".rels")):
            continue
        for match in TOKEN.finditer(source):
            target = _TARGET.search(match.group())
            if target is None or resolved(name, target[2]) not in gone:
                continue
            end = match.end()
            tail = _CLOSING.match(source, end)
            closed = match.group().endswith("/>") or tail is None
            plan.add(name, [(match.start(), end if closed or not tail else tail.end(), "")])
            if name.endswith(".rels") and (identity := _ID.search(match.group())):
                _unlink(owner_of(name), identity[1], sources, plan)


def _unlink(owner: str, relation: str, sources: Mapping[str, str], plan: Plan) -> None:
    """Take out what points to a part that is gone: else Office offers to repair the file."""
    source = sources.get(owner, "")
    if owner in plan.dropped or not re.search(rf"""["']{re.escape(relation)}["']""", source):
        return
    pointer = re.compile(
        rf"""<(?:[\w.-]+:)?([\w.-]+)(?:\s[^<>]*?)?(\s[\w.-]+:id=(["']){re.escape(relation)}\3)[^<>]*>"""
    )
    for match in pointer.finditer(source):
        if _WHOLE.fullmatch(match[1]):
            end = match.end()
            tail = None if match[0].endswith("/>") else _CLOSING.match(source, end)
            plan.add(owner, [(match.start(), tail.end() if tail else end, "")])
        elif match[1] in {"pageSetup", "ocx"}:
            plan.add(owner, [(*match.span(2), "")])
    for match in _EMPTY_LIST.finditer(source):  # a list of none is not valid
        plan.add(owner, [(*match.span(), "")])


def rename(part: str, new: str, kind: str, sources: Mapping[str, str], plan: Plan) -> None:
    """Lead everything that names a part to its new name.

    Args:
        part: its old name.
        new: its new one.
        kind: its new media type; empty if that is what it was.
        sources: the XML parts.
        plan: is filled with the changes.
    """
    for name, source in sources.items():
        if name != CONTENT_TYPES and not name.endswith(".rels"):
            continue
        for match in TOKEN.finditer(source):
            target = _TARGET.search(match.group())
            external = "TargetMode" in match.group() and '"External"' in match.group()
            if target is None or external or resolved(name, target[2]) != part:
                continue
            if name == CONTENT_TYPES and kind:
                plan.add(name, [(*match.span(), "")])
            else:
                at = match.start() + target.start(2)
                plan.add(name, [(at, at + len(target[2]), quote(f"/{new}"))])
        if name == CONTENT_TYPES and kind:
            at = source.rfind("</")
            prefix = re.match(r"</([\w.-]+:)?", source[at:])
            colon = prefix[1] or "" if prefix else ""
            override = f'<{colon}Override PartName="{quote(f"/{new}")}" ContentType="{kind}"/>'
            plan.add(name, [(at, at, override)])
