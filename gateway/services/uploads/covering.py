"""What in a request is the protocol's own, and no content: it is not judged as a document.

An account's number beside a file name looks like a customer's, a key for enciphering like a
secret. Where a profile says that a place holds such a thing, and what stands there is one word, it
is covered while the request is judged, and put back for the service.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gateway.errors import CannotEdit
from gateway.services.places import NoSuchPlace, Place
from gateway.services.uploads.schema import EACH, UploadStep
from gateway.services.wire import Call

_WORD = re.compile(r"[!-~]{1,400}")  # printable ASCII without a space: no prose hides there
_COVER = "0"
_IN_BODY = ("json", "form", "part")
_IN_HEAD = ("path", "query", "header")
_MOST = 1000


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
    def of(cls, places: Iterable[str], call: Call) -> Covered:
        """Cover a request.

        Args:
            places: where such words may stand.
            call: the request, without the document's bytes.
        """
        covered, words = _covered(places, call, _IN_BODY)
        return cls(covered, call, tuple(words))

    def uncovered(self, body: bytes) -> Call:
        """The request with the body that was released for the covered one.

        Raises:
            CannotEdit: a covered word has no place in it any more.
        """
        if body == self.call.body:
            return self.original
        call = self.call.with_body(body)
        try:
            for place, word in self.words:
                call = place.write(call, word)
        except (NoSuchPlace, ValueError) as error:
            raise CannotEdit("cannot be taken out: the request cannot be put together") from error
        return call


def head_covered(places: Iterable[str], call: Call) -> Call:
    """A request whose address and headers are to be judged without the protocol's own words.

    Args:
        places: where such words may stand.
        call: the request.
    """
    return _covered(places, call, _IN_HEAD)[0]


def _covered(
    places: Iterable[str], call: Call, kinds: Sequence[str]
) -> tuple[Call, list[tuple[Place, str]]]:
    words: list[tuple[Place, str]] = []
    for text in places:
        for place in _each(text, call):
            word = _word(place, call) if place.kind in kinds else ""
            if word:
                words.append((place, word))
                call = place.write(call, _COVER)
    return call, words


def _each(text: str, call: Call) -> Iterator[Place]:
    """The places that one with ``[*]`` stands for: one in each item of a list."""
    before, every, behind = text.partition(EACH)
    if not every:
        yield Place.parse(text)
        return
    for number in range(_MOST):
        item = f"{before}[{number}]"
        if not Place.parse(item).stands_in(call):
            return
        yield from _each(item + behind, call)


def _word(place: Place, call: Call) -> str:
    """The single word that stands at a place; empty where there is none, or more."""
    try:
        said = place.read(call)
    except NoSuchPlace:
        return ""
    return said if _WORD.fullmatch(said) else ""


def own_places(step: UploadStep) -> list[str]:
    """Places of things that the gateway itself understands, and those that the profile names."""
    places = [*step.keeps, *(one.at for one in step.declares)]
    places += [place for place in (step.session, step.number, step.offset) if place]
    return list(dict.fromkeys(places))
