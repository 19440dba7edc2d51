"""The header of one part: which text stands in it, and what edits change there."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from gateway.formats._base import edit_text
from gateway.formats._mail.bodies import decode_body
from gateway.formats._mail.header import IDENTIFIERS, HeaderText, View, read_header
from gateway.formats._mail.parameters import Parameters, read_parameters, write_parameters
from gateway.formats._mail.printable import printable
from gateway.formats._mail.signatures import TRACES
from gateway.formats._mail.structure import Entity, Field
from gateway.formats._pieces import is_odd
from gateway.model import UNIQUE_ID, Edit, Role, Segment

type Change = tuple[int, int, bytes]

_PARAMETERISED = ("content-type", "content-disposition")
_TECHNICAL = frozenset(
    {"charset", "boundary", "format", "delsp", "type", "report-type", "protocol", "micalg",
     "method", "reply-type", "smime-type", "x-unix-mode", "size", "reply-to"}
)  # fmt: skip
_STRUCTURE = {
    "mime-version": re.compile(rb"[\s0-9.]*"),
    "content-transfer-encoding": re.compile(rb"[\s\w-]*"),
}
_TELLING = re.compile(
    r"@|[^ -~]|(?!(?i:next|part|apple|mail|mime|boundary|multi|mixed|alternative|related|block|content"
    r"|outer|inner|main|message|evolution|java|frontier|simple))[A-Za-z]{4}"
)
"""Letters in a boundary that are none of the words which mailers put there: a host or a user."""

_SPACE = re.compile(rb"(?:[ \t]|\r\n|\n|\r)*")
_TOKEN = re.compile(r"[A-Za-z0-9+/]{28,}={0,2}")
_CHARSET = re.compile(r"[\w.:+-]{0,30}")


@dataclass(slots=True)
class _Place:
    """What one segment of a header shows: a view of a reading, a parameter, or the whole field."""

    field: Field
    reading: HeaderText | None = None
    view: View | None = None
    item: int | None = None
    trace: bool = False


class _Edited(NamedTuple):
    """One reading of a field, and the edits of its views."""

    reading: HeaderText
    edits: list[tuple[View, Edit]]


@dataclass(slots=True)
class _Touched:
    """What edits do to the fields of one header: take away, change text, change parameters."""

    gone: set[Field] = field(default_factory=set)
    texts: dict[Field, dict[int, _Edited]] = field(default_factory=dict)
    items: dict[Field, dict[int, str]] = field(default_factory=dict)
    elsewhere: list[Change] = field(default_factory=list)


@dataclass(slots=True)
class Header:
    """The fields of one entity as segments.

    Args:
        data: the message.
        entity: whose header it is.
        address: the entity's address, or nothing for the message itself.
        charsets: those that the message declares, for fields without one.
        newline: how the message ends its lines.
    """

    data: bytes = field(repr=False)
    entity: Entity
    address: str
    charsets: Sequence[str]
    newline: bytes
    segments: list[Segment] = field(default_factory=list, repr=False)
    _places: list[_Place] = field(default_factory=list, repr=False)
    _parameters: dict[Field, Parameters] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for entry in self.entity.fields:
            if entry.name in _PARAMETERISED:
                self._read_parameters(entry)
            else:
                self._read_text(entry)

    @property
    def filename(self) -> str:
        """The name of an attachment, without folders, or nothing."""
        names = [
            text
            for kind in reversed(_PARAMETERISED)
            for entry, parameters in self._parameters.items()
            for key, text in parameters.items
            if entry.name == kind and key in ("filename", "name") and text
        ]
        return re.split(r"[/\\]", names[0])[-1] if names else ""

    def _add(self, place: _Place, text: str, role: Role, *context: str) -> None:
        if text.strip() or role is Role.TRACE:
            name = place.field.name
            part = f"{self.address}, {name}" if self.address else name
            self._places.append(place)
            self.segments.append(Segment(text, part, role, context))

    def _read_parameters(self, entry: Field) -> None:
        parameters = read_parameters(self.data[entry.value : entry.end])
        self._parameters[entry] = parameters
        for comment in parameters.comments:
            self._add(_Place(entry), comment, Role.METADATA, entry.name)
        for number, (name, text) in enumerate(parameters.items):
            if name == "boundary" and _TELLING.search(text):
                self._add(_Place(entry, item=number), text, Role.HIDDEN, name)
            if name in _TECHNICAL and (name != "charset" or _CHARSET.fullmatch(text)):
                continue
            role = Role.NAME if name in ("name", "filename") else Role.METADATA
            self._add(_Place(entry, item=number), text, role, name or entry.name)

    def _read_text(self, entry: Field) -> None:
        raw = self.data[entry.value : entry.end]
        if entry.name in _STRUCTURE and _STRUCTURE[entry.name].fullmatch(raw):
            return
        trace = bool(TRACES.fullmatch(entry.name))
        if is_odd(entry.name) and not trace:
            self._add(_Place(entry), entry.name, Role.KEY)
        space = _SPACE.match(raw)
        start = entry.value + (space.end() if space else 0)
        role = Role.TRACE if trace else Role.METADATA
        context = UNIQUE_ID if entry.name in (*IDENTIFIERS, "content-id") else entry.name
        for number, reading in enumerate(read_header(self.data, start, entry.end, self.charsets)):
            for view in reading.views(entry.name):
                place = _Place(entry, reading, view, trace=trace)
                same = role if number == 0 else Role.METADATA
                self._add(place, view.text, same, context)
        for hidden in _packed(raw):
            self._add(_Place(entry, trace=trace), hidden, Role.HIDDEN, entry.name)

    def changes(
        self, edits: dict[int, list[Edit]], ending: str = "", kind: str = ""
    ) -> list[Change]:
        """What edits of these segments change in the message.

        Args:
            edits: by position in ``segments``.
            ending: the new file name ending of an attachment that was converted.
            kind: the new media type, if it has to be another; its signature is gone then.
        """
        touched = _Touched()
        for index, group in edits.items():
            self._touch(touched, self._places[index], self.segments[index].text, group)
        changes = touched.elsewhere
        changes += [(entry.start, entry.stop, b"") for entry in touched.gone]
        for entry, by_reading in touched.texts.items():
            if entry not in touched.gone:
                changes += self._text_changes(by_reading.values(), entry.name)
        for entry, parameters in self._parameters.items():
            new = _edited(parameters, touched.items.get(entry, {}))
            if entry.name == "content-type" and kind:
                new = _unsigned(new, kind)
            if ending:
                new = _converted(new, ending, is_type=entry.name == "content-type")
            if new is not parameters or entry in touched.items:
                raw = write_parameters(new, self.newline)
                changes.append((entry.value, entry.end, raw))
        return changes

    def _touch(self, touched: _Touched, place: _Place, text: str, group: Sequence[Edit]) -> None:
        """Note what the edits of one segment do to its field."""
        entry = place.field
        if place.reading and place.view:
            if place.trace and not edit_text(text, group):
                touched.gone.add(entry)
            readings = touched.texts.setdefault(entry, {})
            edited = readings.setdefault(id(place.reading), _Edited(place.reading, []))
            edited.edits.extend((place.view, edit) for edit in group)
        elif place.item is not None:
            new = edit_text(text, group)
            if self._parameters[entry].items[place.item][0] == "boundary":
                new = self._neutral_boundary()
                raw = new.encode("ascii")
                touched.elsewhere += [(*span, raw) for span in self.entity.boundaries]
            touched.items.setdefault(entry, {})[place.item] = new
        elif entry.name in _PARAMETERISED:  # a comment: written anew, the field has none
            touched.items.setdefault(entry, {})
        else:
            touched.gone.add(entry)

    def _neutral_boundary(self) -> str:
        """A boundary that tells nothing and stands nowhere in the message."""
        boundary = f"=_part_{self.entity.start}"
        while boundary.encode("ascii") in self.data:
            boundary += "_"
        return boundary

    def _text_changes(self, readings: Iterable[_Edited], name: str) -> Iterator[Change]:
        """Changes of all readings; where two meet, that of the first reading stands."""
        taken: list[Change] = []
        for number, (reading, edits) in enumerate(readings):
            for change in reading.changes(edits, self.newline.decode("ascii"), name):
                if not (number and any(change[0] < e and s < change[1] for s, e, _ in taken)):
                    taken.append(change)
        yield from taken


def _packed(raw: bytes) -> Iterator[str]:
    """Text in base64 in a field that programs fill (Autocrypt keys, routing data)."""
    compact = re.sub(rb"(?:\r\n|\n|\r)[ \t]+", b"", raw).decode("latin-1")
    for token in _TOKEN.findall(compact):
        text = "\n".join(
            run for run in printable(decode_body(token.encode(), "base64")) if len(run) > 6
        )
        if text:
            yield text


def _edited(parameters: Parameters, texts: dict[int, str]) -> Parameters:
    if not texts:
        return parameters
    items = tuple(
        (name, texts.get(number, text)) for number, (name, text) in enumerate(parameters.items)
    )
    return replace(parameters, items=items)


def _unsigned(parameters: Parameters, kind: str) -> Parameters:
    kept = tuple(item for item in parameters.items if item[0] not in ("protocol", "micalg"))
    return replace(parameters, lead=kind, items=kept)


def _converted(parameters: Parameters, ending: str, *, is_type: bool) -> Parameters:
    """The parameters of an attachment that is of another kind now."""
    items = tuple(
        (name, text.rpartition(".")[0] + ending if "." in text else text + ending)
        if name in ("name", "filename")
        else (name, text)
        for name, text in parameters.items
        if name != "charset"
    )
    kind = mimetypes.types_map.get(ending, "application/octet-stream")
    if kind == "message/rfc822":  # which takes no transfer encoding (RFC 2046 section 5.2.1)
        kind = "application/octet-stream"
    return replace(parameters, lead=kind if is_type else parameters.lead, items=items)
