"""Like requests together, and which value of an answer comes back in which request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gateway.services.recording.notes import Noted
from gateway.services.recording.values import Place
from gateway.services.recording.words import ANY, Speech
from gateway.services.schema import GENERIC, Shape

_SHAPES = {
    "json": Shape.JSON,
    "form": Shape.FORM,
    "multipart": Shape.MULTIPART,
    "raw": Shape.RAW,
}
# RFC 9110 §14.4, tus 1.0, Google's resumable uploads: the request carries a piece.
_PIECES = frozenset({"content-range", "upload-offset", "upload-concat", "x-goog-upload-offset"})
_NAME_LENGTH = 34

_METHODS = frozenset(
    [
        "COPY",
        "DELETE",
        "GET",
        "HEAD",
        "LOCK",
        "MKCOL",
        "MOVE",
        "OPTIONS",
        "PATCH",
        "POST",
        "PROPFIND",
        "PROPPATCH",
        "PUT",
        "REPORT",
        "SEARCH",
        "UNLOCK",
    ]
)

type _Key = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Link:
    """A value that stands in two places.

    Args:
        there: name of the other step.
        place: where it stands in the other step (its answer, or its document).
        here: where it stands in the request.
        what: ``size``, ``sha1:hex`` …, when it is something about the document there.
    """

    there: str
    place: str
    here: str
    what: str = ""


@dataclass(slots=True)
class Kind:
    """All requests that are alike."""

    name: str
    host: str
    method: str
    segments: tuple[str, ...]
    noted: list[Noted] = field(default_factory=list, repr=False)
    links: list[Link] = field(default_factory=list)

    @property
    def shape(self) -> Shape | None:
        """What the bodies have in common; ``None`` when there are none, or of several kinds."""
        shapes = {_SHAPES[one.kind] for one in self.noted if one.kind}
        return shapes.pop() if len(shapes) == 1 else None

    @property
    def pattern(self) -> str:
        """As a profile writes it; three or more ``*`` in a row stand for any number."""
        path: list[str] = []
        for segment in self.segments:
            if segment == ANY and path[-2:] == [ANY, ANY]:
                path[-2:] = ["**"]
            elif not (segment == ANY and path[-1:] == ["**"]):
                path.append(segment)
        return f"{self.method} /{'/'.join(path)}"

    @property
    def in_pieces(self) -> bool:
        """Whether some request carried a piece of a document."""
        return any(not _PIECES.isdisjoint(one.headers) for one in self.noted)


def words_of(noted: Iterable[Noted]) -> list[str]:
    """Every name that may have to be said."""
    found: dict[str, None] = {}
    for one in noted:
        for words in (one.segments, one.query, one.fields, one.answer_fields):
            found.update(dict.fromkeys(words))
        for _, way in (*one.holds.values(), *one.gives.values()):
            found.update(dict.fromkeys(way))
        for _, (_, way) in one.marks.values():
            found.update(dict.fromkeys(way))
    return list(found)


def kinds(noted: Sequence[Noted], speech: Speech) -> list[Kind]:
    """The steps in the order in which they were first seen, with their links."""
    found: dict[_Key, Kind] = {}
    owner: list[Kind] = []
    for one in noted:
        segments = tuple(speech.say(segment) for segment in one.segments)
        method = one.method if one.method in _METHODS else ANY
        key = (one.host, method, segments)
        if key not in found:
            name = _name(method, segments, {kind.name for kind in found.values()})
            found[key] = Kind(name, one.host, method, segments)
        found[key].noted.append(one)
        owner.append(found[key])
    _link(noted, owner, speech)
    return list(found.values())


def _name(method: str, segments: Sequence[str], taken: set[str]) -> str:
    """A name that fits a profile, made of the last words of the path."""
    said = [segment for segment in segments if segment != ANY][-2:]
    words = "-".join([method.lower(), *said])
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in words.lower())
    base = "-".join(part for part in plain.split("-") if part)[:_NAME_LENGTH].strip("-")
    if not base[:1].isalpha() or base == GENERIC:
        base = f"step-{base}".strip("-")
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def _link(noted: Sequence[Noted], owner: Sequence[Kind], speech: Speech) -> None:
    """Find values of answers, and sizes and hashes of documents, in requests."""
    given: dict[bytes, tuple[int, Place]] = {}
    about: dict[bytes, tuple[int, str, Place]] = {}
    for at, one in enumerate(noted):
        for digest, (what, place) in one.marks.items():
            about.setdefault(digest, (at, what, place))
    for at, one in enumerate(noted):
        for digest, here in one.holds.items():
            said = shown(here, speech)
            if digest in given and owner[given[digest][0]] is not owner[at]:
                there, place = given[digest]
                _add(owner[at], Link(owner[there].name, shown(place, speech), said))
            elif digest in about and here[0] not in ("url", "path"):
                there, what, place = about[digest]
                _add(owner[at], Link(owner[there].name, shown(place, speech), said, what))
        for digest, place in one.gives.items():
            given.setdefault(digest, (at, place))


def _add(kind: Kind, link: Link) -> None:
    if link not in kind.links:
        kind.links.append(link)


def shown(place: Place, speech: Speech) -> str:
    """A place in the spelling of profiles: ``json.file.size``; data-like names are ``*``."""
    word, way = place
    if word == "path":
        return f"path.{way[0]}"
    said = ".".join(part if part[:1] == "[" else speech.say(part) for part in way)
    return f"{word}.{said.replace('.[', '[')}" if said else word
