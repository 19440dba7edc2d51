"""One or more JSON values as a document: segments, children in strings, spliced edits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._base import Descend, Opener, edit_text
from gateway.formats._children import Children
from gateway.formats._embedded import Embedded, find_document, may_hold_document, may_say_base64
from gateway.formats._encoding import Decoded
from gateway.formats._json_scan import (
    Frame,
    Kind,
    Malformed,
    Place,
    Tag,
    escape,
    expand_number,
    source_offsets,
    tag_of,
    unescape,
)
from gateway.model import Edit, Hint, Role, Segment, Unread


@dataclass(slots=True)
class _Rebuilt:
    """What is new about a string that holds a document."""

    place: Place
    embedded: Embedded
    data: bytes | None = None
    label: str | None = None


class _Stretch(NamedTuple):
    """Text of a string from a position on; without a place, what a reader sees between two."""

    place: Place | None
    start: int
    text: str


_COLOUR = re.compile(r"\x1b\[[0-9;]{0,20}m")
"""What a terminal takes for a change of colour (ECMA-48 §8.3.117); nobody sees it."""


def without_colours(text: str) -> str:
    """A text as a terminal shows it."""
    return _COLOUR.sub("", text)


def _stretches(lines: Iterable[tuple[Place, str]], between: str) -> list[_Stretch]:
    found: list[_Stretch] = []
    for place, text in lines:
        at = 0
        if found and between:
            found.append(_Stretch(None, 0, between))
        for colour in _COLOUR.finditer(text):
            found.append(_Stretch(place, at, text[at : colour.start()]))
            at = colour.end()
        found.append(_Stretch(place, at, text[at:]))
    return found


@dataclass(slots=True)
class JsonDocument:
    """JSON text whose strings, keys and numbers can be edited in place."""

    format: str
    unread: Sequence[Unread]
    _decoded: Decoded = field(repr=False)
    _children: Children = field(default_factory=Children, repr=False)
    _own: list[Place] = field(default_factory=list, repr=False)  # where each own segment stands
    _expanded: set[int] = field(default_factory=set)  # own segments that show a number in digits
    _labels: dict[int, Embedded] = field(default_factory=dict, repr=False)  # … a child's label
    _embedded: dict[str, tuple[Place, Embedded]] = field(default_factory=dict, repr=False)
    _lines: dict[int, list[_Stretch]] = field(default_factory=dict, repr=False)
    _files: dict[str, tuple[list[Place], Embedded]] = field(default_factory=dict, repr=False)

    def segments(self) -> Sequence[Segment]:
        """Keys, strings and numbers in order, then what stands in embedded documents."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The text with the edits spliced in; a number that is edited becomes a string."""
        own, children = self._children.apply(edits)
        numbers: dict[int, tuple[Place, dict[bool, list[Edit]]]] = {}
        rebuilt: dict[int, _Rebuilt] = {}
        changes: list[tuple[int, int, str]] = []
        for part, data in children.items():
            if part in self._files:
                places, embedded = self._files[part]
                changes.append(self._as_lines(places, embedded.rebuild(data)))
                continue
            place, embedded = self._embedded[part]
            rebuilt[place.start] = _Rebuilt(place, embedded, data=data)
        for index, group in own.items():
            place = self._own[index]
            if index in self._lines:
                changes += self._line_changes(self._lines[index], group)
            elif place.kind is Kind.NUMBER and self._is_trace(index) and _leaves_nothing(group):
                changes.append((place.start, place.end, "null"))
            elif place.kind is Kind.NUMBER:
                views = numbers.setdefault(place.start, (place, {}))[1]
                views[index in self._expanded] = group
            elif labelled := self._labels.get(index):
                entry = rebuilt.setdefault(place.start, _Rebuilt(place, labelled))
                entry.label = edit_text(labelled.label, group)
            else:
                changes += self._string_changes(
                    place, [(edit.start, edit.end, edit.replacement) for edit in group]
                )
        for place, views in numbers.values():
            changes.append(
                (place.start, place.end, f'"{self._escape(self._number(place, views))}"')
            )
        for entry in rebuilt.values():
            new = entry.embedded.rebuild(entry.data, entry.label)
            difference = _difference(unescape(self._raw(entry.place)), new)
            changes += self._string_changes(entry.place, [difference])
        return self._decoded.replace(changes)

    def add(self, place: Place, text: str, role: Role = Role.BODY) -> None:
        """Take in a place as a segment of the document's own."""
        self._own.append(place)
        column = column_of(place) if role is Role.BODY else ""
        self._children.own.append(Segment(text, place.part, role, place.context(), column))

    def add_number(self, place: Place) -> None:
        """Take in a number: as written, and in digits when a float hides them."""
        written = self._decoded.text[place.start : place.end]
        self.add(place, written)
        if digits := expand_number(written):
            self._expanded.add(len(self._own))
            self.add(place, digits)

    def add_lines(
        self, lines: list[tuple[Place, str]], open_child: Opener, between: str = ""
    ) -> None:
        """Take in strings of one array that are the lines of one text; ``between`` parts them.

        A document that they hold together is opened as a child; its new text is cut into lines.
        """
        place = lines[0][0]
        text = "".join(line for _, line in lines)
        try:
            embedded = find_document(text, keys_of(place)) if may_hold_document(text) else None
        except Unreadable as error:
            self._children.unread.append(Unread(place.part, str(error)))
            return
        if embedded is None or embedded.label:
            stretches = _stretches(lines, between)
            self._lines[len(self._own)] = stretches
            self.add(place, "".join(stretch.text for stretch in stretches))
        if embedded is None:
            return
        part = f"{place.part} and following"
        self._files[part] = ([line for line, _ in lines], embedded)
        self._children.open(part, embedded.data, embedded.hint, open_child)

    def add_string(self, place: Place, text: str, open_child: Opener) -> None:
        """Take in a string: as a child when it holds a document, as text otherwise."""
        frame = place.frame
        try:
            embedded = find_document(
                text, keys_of(place), hint=hint_of(frame), kind=told(frame, Tag.TYPE)
            )
        except Unreadable as error:
            self._children.unread.append(Unread(place.part, str(error)))
            return
        if embedded is None:
            self.add(place, text)
            return
        if embedded.label:
            self._labels[len(self._own)] = embedded
            self.add(place, embedded.label, Role.METADATA)
        part = _unused(place.part, self._embedded)
        self._embedded[part] = (place, embedded)
        self._children.open(part, embedded.data, embedded.hint, open_child)

    def _is_trace(self, index: int) -> bool:
        return self._children.own[index].role is Role.TRACE

    def _line_changes(
        self, lines: Sequence[_Stretch], edits: Sequence[Edit]
    ) -> Iterator[tuple[int, int, str]]:
        """Edits of a joined text dealt out to its lines; the first touched gets what is new."""
        at = 0
        new = {id(edit): edit.replacement for edit in edits}
        for place, first, text in lines:
            theirs: list[tuple[int, int, str]] = []
            for edit in edits if place is not None else ():
                start, end = max(edit.start - at, 0), min(edit.end - at, len(text))
                if start < end or (edit.start == edit.end == at + start and id(edit) in new):
                    theirs.append((first + start, first + end, new.pop(id(edit), "")))
            if place is not None:
                yield from self._string_changes(place, theirs)
            at += len(text)

    def _as_lines(self, places: Sequence[Place], text: str) -> tuple[int, int, str]:
        """A text as strings in the place of those that were its lines."""
        first, last = places[0], places[-1]
        between = ", "
        if len(places) > 1:
            between = self._decoded.text[first.end : places[1].start]
        lines = [f'"{self._escape(line)}"' for line in text.splitlines(keepends=True)] or ['""']
        return first.start, last.end, between.join(lines)

    def _raw(self, place: Place) -> str:
        return self._decoded.text[place.start + 1 : place.end - 1]

    def _string_changes(
        self, place: Place, edits: Iterable[tuple[int, int, str]]
    ) -> Iterator[tuple[int, int, str]]:
        """Edits of a string's characters as edits of the source between its quotes."""
        edits = list(edits)
        offsets = source_offsets(self._raw(place), (at for edit in edits for at in edit[:2]))
        base = place.start + 1
        for start, end, new in edits:
            yield base + offsets[start], base + offsets[end], self._escape(new)

    def _escape(self, new: str) -> str:
        """Escaped as the document does: in ASCII if it is ASCII, or cannot say it otherwise."""
        only_ascii = self._decoded.text.isascii()
        escaped = escape(new, only_ascii=only_ascii)
        try:
            escaped.encode(self._decoded.encoding)
        except UnicodeEncodeError:
            return escape(new, only_ascii=True)
        return escaped

    def _number(self, place: Place, views: dict[bool, list[Edit]]) -> str:
        """A number's text after edits of how it is written, of its digits, or of both.

        When both were edited nothing but the replacements stays: what one view keeps, the other
        may have removed.
        """
        written = self._decoded.text[place.start : place.end]
        if len(views) == 2:
            return "".join(edit.replacement for edit in sorted(views[True], key=lambda e: e.start))
        expanded, group = next(iter(views.items()))
        return edit_text(expand_number(written) if expanded else written, group)


def _leaves_nothing(edits: Sequence[Edit]) -> bool:
    return not any(edit.replacement for edit in edits)


def _difference(old: str, new: str) -> tuple[int, int, str]:
    """The one replacement that makes ``new`` of ``old`` and is shortest at both ends."""
    shorter = min(len(old), len(new))
    head = _common(shorter, lambda n: old[:n] == new[:n])
    tail = _common(shorter - head, lambda n: n == 0 or old[-n:] == new[-n:])
    return head, len(old) - tail, new[head : len(new) - tail]


def _common(most: int, same: Callable[[int], bool]) -> int:
    """The largest length up to ``most`` for which ``same`` still holds, by bisection."""
    low = 0
    while low < most:
        middle = (low + most + 1) // 2
        low, most = (middle, most) if same(middle) else (low, middle - 1)
    return low


def build(name: str, decoded: Decoded, places: Sequence[Place], open_child: Opener) -> JsonDocument:
    """Make a document of scanned places, opening what stands in their strings."""
    children = Children()
    document = JsonDocument(name, children.unread, decoded, children)
    text = decoded.text
    for place in places:
        if place.kind is Kind.NUMBER:
            document.add_number(place)
            continue
        shown = text[place.start + 1 : place.end - 1]
        if "\\" in shown:
            shown = unescape(shown)
        if place.kind is Kind.KEY:
            document.add(place, shown, Role.KEY)
        elif may_hold_document(shown) or may_say_base64(place.key):
            document.add_string(place, shown, open_child)
        else:
            document.add(place, shown)
    return document


_ORDINAL = re.compile(r"\[[0-9]+\]|^line [0-9]+(?=: )")


def column_of(place: Place) -> str:
    """What all values of one key have in common, in arrays and from line to line."""
    column, count = _ORDINAL.subn("[*]", place.part)
    return column if count else ""


def keys_of(place: Place) -> tuple[str, ...]:
    """The names that a value stands under, nearest first."""
    frame = place.frame
    if frame is None:
        return ()
    return (place.key, *frame.keys) if frame.is_object else frame.keys


def told(frame: Frame | None, tag: Tag) -> str:
    """What the members of an object say of their sibling, or nothing."""
    return frame.told.get(tag, "") if frame else ""


def hint_of(frame: Frame | None) -> Hint:
    """What the members of an object claim about a file in one of them."""
    name = told(frame, Tag.FILENAME).replace("\\", "/").rpartition("/")[2]
    return Hint(name, told(frame, Tag.MEDIA_TYPE))


def _unused(part: str, taken: dict[str, tuple[Place, Embedded]]) -> str:
    """An address of its own: JSON may repeat a key."""
    return f"{part}#{len(taken)}" if part in taken else part


@dataclass(frozen=True, slots=True)
class _Object:
    """Members in order, repeated keys included."""

    members: list[tuple[str, _Value]] = field(repr=False)


type _Value = str | bool | list[_Value] | _Object | None


def value_layers(text: str, descend: Descend) -> Iterator[str]:
    """All keys, strings and numbers of one JSON value as the standard library reads it.

    Raises:
        Malformed: not JSON.
        LimitExceeded: nested too deep for that reader.
        Unreadable: a document in a string cannot be read.
    """
    try:
        value: _Value = json.loads(
            text, strict=False, object_pairs_hook=_Object, parse_int=_Number, parse_float=_Number,
            parse_constant=str,
        )  # fmt: skip
    except RecursionError as error:
        raise LimitExceeded("JSON nested too deep to verify") from error
    except ValueError as error:
        raise Malformed("malformed JSON") from error
    stack: list[tuple[_Value, tuple[str, ...], _Object | None]] = [(value, (), None)]
    while stack:
        value, keys, owner = stack.pop()
        if isinstance(value, _Object):
            for key, member in value.members:
                yield key
                stack.append((member, (key, *keys[:1]), value))
        elif isinstance(value, list):
            stack += [(member, keys, None) for member in value]
        elif isinstance(value, str):
            yield value
            yield from _hidden_layers(value, keys, owner, descend)


def _hidden_layers(
    value: str, keys: tuple[str, ...], owner: _Object | None, descend: Descend
) -> Iterator[str]:
    """What a number or string shows beyond its characters."""
    if isinstance(value, _Number):
        yield expand_number(value)
    elif may_hold_document(value) or any(map(may_say_base64, keys[:1])):
        hint, kind = _siblings(owner)
        if embedded := find_document(value, keys, hint=hint, kind=kind):
            yield embedded.label
            yield from descend(embedded.data, embedded.hint)


class _Number(str):
    """A number as written."""

    __slots__ = ()


def _siblings(owner: _Object | None) -> tuple[Hint, str]:
    members = owner.members if owner else []
    told = {tag_of(key): m for key, m in reversed(members) if isinstance(m, str)}
    name = told.get(Tag.FILENAME, "").replace("\\", "/").rpartition("/")[2]
    return Hint(name, told.get(Tag.MEDIA_TYPE, "")), told.get(Tag.TYPE, "")
