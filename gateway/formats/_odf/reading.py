"""What reading the parts of an OpenDocument file gives: text, and what an edit of it entails."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from gateway.formats._ooxml.text import Passage, Range, Slot
from gateway.formats._ooxml.xml import Attribute, Source, Tag
from gateway.model import Role


class Name(Enum):
    """What a slot names that other places refer to by the same name."""

    SHEET = "a table: formulas and ranges mention it"
    RANGE = "a named range, expression or database range: formulas mention it"
    STYLE = "a style, font or drawing aid"
    PATH = "a member of the package"


@dataclass(slots=True, eq=False)
class Typed:
    """An element whose start tag holds a typed value beside the text that shows it.

    Args:
        part: the part it stands in.
        at: where its start tag begins.
        tag: the start tag.
        shown: the slots of the text that shows the value, in order.
    """

    part: str = field(repr=False)
    at: int
    tag: Tag
    shown: list[Slot] = field(default_factory=list, repr=False)

    @property
    def is_string(self) -> bool:
        """Whether its value is text already."""
        return self.tag.get("value-type", "string") == "string" and not any(
            a.local in {"value", "date-value", "time-value", "boolean-value"}
            for a in self.tag.attributes
        )


@dataclass(slots=True)
class Reading:
    """All that was read, in order.

    Args:
        passages: the text.
        typed: the element that a slot is the value, the formula or the showing text of.
        values: the slots of the value and the formula of such an element.
        formulas: the slots of formulas, which an edit drops.
        expressions: the slots of other texts that mention names.
        names: what a slot names.
        removals: ranges by part that go when a trace is removed as a whole.
        binaries: base64 in a part: where it stands.
        previews: base64 that only shows what an object beside it is.
        revisions: ranges by part that only tell which text was written in one go.
        spaces: slots of elements that stand for spaces.
        respelt: other spellings of a slot.
    """

    passages: list[Passage] = field(default_factory=list)
    typed: dict[Slot, Typed] = field(default_factory=dict)
    values: dict[Typed, list[Slot]] = field(default_factory=dict)
    formulas: dict[Slot, None] = field(default_factory=dict)
    expressions: dict[Slot, None] = field(default_factory=dict)
    names: dict[Slot, Name] = field(default_factory=dict)
    removals: dict[Slot, list[tuple[str, Range]]] = field(default_factory=dict)
    binaries: list[tuple[str, int, int]] = field(default_factory=list)
    previews: list[tuple[str, int, int]] = field(default_factory=list)
    revisions: list[tuple[str, Range]] = field(default_factory=list)
    spaces: dict[Slot, None] = field(default_factory=dict)
    respelt: dict[Slot, Slot] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """One XML part, tokenised."""

    name: str = field(repr=False)
    address: str
    role: Role
    source: Source = field(repr=False)


def attribute_span(at: int, tag: Tag, attribute: Attribute) -> tuple[int, int]:
    """Where in the source an attribute stands whole, with the white space before it."""
    before = tag.raw[: attribute.start - 1].rstrip()  # without the quote
    before = before[:-1].rstrip()  # without the sign of equality
    name = max(before.rfind(space) for space in " \t\r\n")
    start = len(before[:name].rstrip())
    return at + start, at + attribute.end + 1
