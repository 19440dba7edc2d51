"""What in a request is the protocol's own, and no content: it is not judged as a document.

An account's number beside a file name looks like a customer's, a key for enciphering like a
secret. Where a profile says that a place holds such a thing, and what stands there is one word, it
is covered while the request is judged, and put back for the service.

Such a word goes out unjudged, so that a profile names such places sparingly. What the gateway
itself understands is covered only where it looks as it must: a size has digits, a digest its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gateway.errors import CannotEdit
from gateway.services.digests import digest
from gateway.services.jsontext import JsonText
from gateway.services.places import NoSuchPlace, Place
from gateway.services.uploads.refused import TOKEN
from gateway.services.uploads.schema import EACH, Declared, Role, UploadStep
from gateway.services.values import json_span, json_text, steps, text_of, with_json
from gateway.services.wire import Call

_WORD = re.compile(r"[!-~]{1,200}")  # printable ASCII without a space: no prose hides there
_COUNT = re.compile(r"[0-9]{1,15}")
_NAME = re.compile(rf"{TOKEN.pattern}\w{{0,40}}|[0-9]{{1,20}}|[0-9a-fA-F-]{{32,36}}")
_COVER = "0"
_IN_BODY = ("json", "form", "part")
_IN_HEAD = ("path", "query", "header")
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Own:
    """A place of something that the gateway itself understands.

    Args:
        at: the place.
        shape: how it must look.
    """

    at: str
    shape: re.Pattern[str] = _WORD


type Word = tuple[Place, str]


@dataclass(frozen=True, slots=True)
class Covered:
    """A request with its protocol's own words covered.

    Args:
        call: the request to be judged.
        original: as it came.
        words: what was covered.
    """

    call: Call
    original: Call = field(repr=False)
    words: tuple[tuple[Place, str], ...] = field(repr=False)

    @classmethod
    def of(cls, places: Iterable[str | Own], call: Call) -> Covered:
        """Cover a request.

        Args:
            places: where such words may stand.
            call: the request, without the document's bytes.
        """
        words = _in_json(places, call)
        covered = _with_words(call, [(place, _COVER) for place, _ in words])
        covered, others = _covered(places, covered, _IN_BODY)
        return cls(covered, call, (*words, *others))

    def uncovered(self, body: bytes) -> Call:
        """The request with the body that was released for the covered one.

        Raises:
            CannotEdit: a covered word has no place in it any more.
        """
        if body == self.call.body:
            return self.original
        try:
            return _with_words(self.call.with_body(body), self.words)
        except (NoSuchPlace, ValueError) as error:
            raise CannotEdit("cannot be taken out: the request cannot be put together") from error


def _with_words(call: Call, words: Sequence[Word]) -> Call:
    in_json = {place.name: word for place, word in words if _is_json(place)}
    if in_json:
        call = call.with_body(with_json(call.body, in_json))
    for place, word in words:
        if not _is_json(place):
            call = place.write(call, word)
    return call


def _is_json(place: Place) -> bool:
    return place.kind == "json" and place.inner is None


def head_covered(places: Iterable[str], call: Call) -> Call:
    """A request whose address and headers are to be judged without the protocol's own words.

    Args:
        places: where such words may stand.
        call: the request.
    """
    return _covered(places, call, _IN_HEAD)[0]


def _covered(
    places: Iterable[str | Own], call: Call, kinds: Sequence[str]
) -> tuple[Call, list[Word]]:
    words: list[Word] = []
    for own in map(_own, places):
        place = Place.parse(own.at.replace(EACH, "[0]")).where(call)
        twice = place.kind == "header" and call.count(place.name) > 1
        if place.kind not in kinds or twice or _is_json(place):
            continue
        word = _word(own, place, call)
        if word:
            words.append((place, word))
            call = place.write(call, _COVER)
    return call, words


def _own(place: str | Own) -> Own:
    return Own(place) if isinstance(place, str) else place


def _in_json(places: Iterable[str | Own], call: Call) -> list[Word]:
    """The words in a JSON body, which is read once."""
    wanted = [own for own in map(_own, places) if "json." in own.at]
    if not wanted:
        return []
    try:
        text = json_text(call.body)
    except NoSuchPlace:
        return []
    found: dict[Place, str] = {}
    for own in wanted:
        for way in own.at.split(" or "):
            if not way.startswith("json.") or "|" in way:
                continue
            for path in _each(way.removeprefix("json."), text):
                try:
                    said = text_of(json_span(text, path).value)
                except NoSuchPlace:
                    continue
                if own.shape.fullmatch(said):
                    found[Place("json", path)] = said
    return list(found.items())


def _each(path: str, text: JsonText) -> Iterator[str]:
    """The paths that one with ``[*]`` stands for: one in each item of a list."""
    before, every, behind = path.partition(EACH)
    if not every:
        yield path
        return
    for number in range(min(text.count(steps(before)), _MOST)):
        yield from _each(f"{before}[{number}]{behind}", text)


def _word(own: Own, place: Place, call: Call) -> str:
    """The single word that stands at a place; empty where there is none, or more."""
    try:
        said = place.read(call)
    except NoSuchPlace:
        return ""
    return said if own.shape.fullmatch(said) else ""


def own_places(step: UploadStep) -> list[Own]:
    """Places of things that the gateway itself understands, and those that the profile names."""
    places = [Own(place) for place in step.keeps]
    places += [Own(one.at, _shape(one)) for one in step.declares]
    places += [Own(place, _COUNT) for place in (step.number, step.offset) if place]
    if step.session:
        # A name that is not known here ends the request; but who begins an upload may name it.
        known = step.role in (Role.PART, Role.COMMIT) and not step.begins
        places.append(Own(step.session, _WORD if known else _NAME))
    return places


def _shape(declared: Declared) -> re.Pattern[str]:
    """How a length or digest looks."""
    kind = declared.what.rpartition(".")[2]
    if declared.what.endswith("size") or declared.what.startswith("parts."):
        shape = _COUNT.pattern
    else:
        one = f"[0-9A-Za-z+/=_-]{{{len(digest(kind, [b'']))}}}"
        one = "[0-9]{1,20}" if kind.endswith(":decimal") else one
        listed = rf'\[(?:"{one}",? ?)*\]'
        shape = listed if declared.what.startswith("blocks.") else one
    before, after = map(re.escape, declared.form.split("{}"))
    return re.compile(before + shape + after)
