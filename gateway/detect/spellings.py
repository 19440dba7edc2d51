"""The text behind spellings that a program or a reader at the far side undoes.

Percent-encoding, escapes, references, base64, invisible characters, look-alike letters, tags within
a value: layers, since one often lies in another. A format resolves what its own grammar says;
this is for what stands inside its text: HTML in a chat message, a URL in a note, JavaScript in a
page, and for numbers and addresses that were written so as not to be found.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator

from gateway.detect.characters import characters, controls
from gateway.detect.encodings import encodings
from gateway.detect.escapes import escapes
from gateway.detect.layers import SEAM, Layer, Spelling, replaced, settled
from gateway.detect.markup import markup
from gateway.detect.readings import readings
from gateway.detect.text import fold

_NEAR = 200
_DEPTH = 4  # one encoding in another, in another …
_GROWTH = 1 << 20  # how much longer than the original a decoded text may be


class Undone:
    """A text with its spellings undone, where there are any, and the way back.

    First what programs undo without guessing; then, apart from it, what a person would read. Each is
    a reading of its own, so that a wrong guess hides nothing.

    Args:
        original: any text. Only what stands near a spelling is shown, the rest left out.
    """

    __slots__ = ("_readings", "_starts", "text")

    def __init__(self, original: str) -> None:
        self._readings: list[tuple[Layer, ...]] = []
        self._starts: list[int] = []
        plain: tuple[Layer, ...] = ()
        for layer in _layers(original, _plainly, _DEPTH):
            plain = (*plain, layer)
        if plain:
            self._readings.append(plain)
        for beneath in ((), plain) if plain else ((),):
            guessed = beneath
            text = beneath[-1].text if beneath else original
            for layer in _layers(text, _guessed, 2):
                guessed = (*guessed, layer)
            if len(guessed) > len(beneath):
                self._readings.append(guessed)
        size = 0
        for reading in self._readings:
            self._starts.append(size)
            size += len(reading[-1].text) + len(SEAM)
        self.text = SEAM.join(reading[-1].text for reading in self._readings)

    def __bool__(self) -> bool:
        return bool(self._readings)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` stands in the original; spellings in it count whole."""
        layers, start, end = self._reading(start, end)
        for layer in reversed(layers):
            start, end = layer.span(start, end)
        return start, end

    def changed(self, start: int, end: int) -> bool:
        """Whether ``text[start:end]`` holds a spelling, or only repeats the original."""
        layers, start, end = self._reading(start, end)
        for layer in reversed(layers):
            if layer.changed(start, end):
                return True
            start, end = layer.span(start, end)
        return False

    def _reading(self, start: int, end: int) -> tuple[tuple[Layer, ...], int, int]:
        """The reading in which a stretch begins, and the stretch in it: it ends there too."""
        place = bisect_right(self._starts, start) - 1
        layers, begins = self._readings[place], self._starts[place]
        size = len(layers[-1].text)
        return layers, min(start - begins, size), min(end - begins, size)


def undone(text: str) -> str:
    """The text with all its spellings undone that programs undo."""
    for _ in range(_DEPTH):
        spellings = _plainly(text)
        if not spellings:
            break
        text = replaced(text, spellings)
    return text


def _layers(text: str, find: Callable[[str], list[Spelling]], depth: int) -> Iterator[Layer]:
    """Layers on a text until nothing is left to undo; the first shows only what is near."""
    most = len(text) + _GROWTH
    for number in range(depth):
        spellings = find(text)
        if not spellings:
            return
        layer = Layer(text, spellings, None if number else _NEAR)
        text = layer.text
        yield layer
        if len(text) > most:
            return


def _plainly(text: str) -> list[Spelling]:
    """What programs undo without guessing."""
    found = [*escapes(text), *encodings(text), *markup(text), *controls(text)]
    if not text.isascii():
        found += characters(text)
    return settled(found)


def _guessed(text: str) -> list[Spelling]:
    """What a person would read."""
    return settled(readings(fold(text)))
