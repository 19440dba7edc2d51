"""Finding listed values again, as whole values, whatever their case, width or spacing.

Used for the values that a user lists, for searching everything again that was found once, and by
the verifier. It knows no patterns: only what is listed, in :class:`gateway.detect.text.View`
form. Values that are mostly digits are also found with other separators.

In text that was read from pixels, letters that look alike were taken for one another, and spaces
were lost or made up: :meth:`ValueMatcher.find_blurred` allows for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gateway.detect.spellings import Undone, undone
from gateway.detect.text import View, comparable, squeezed

type Match = tuple[int, int, str]

# Characters that make words in scripts that put spaces between words. An edge of a value in one of
# them must not touch another; ideographs, kana, Thai and Hangul (glued particles) need no boundary.
LETTERS = "0-9a-z\u00aa\u00b5\u00ba\u00df-\u00f6\u00f8-\u02af\u0370-\u058f\u1e00-\u1fff"
_WORD = re.compile(f"[{LETTERS}]+")
DIGIT_WORD = re.compile("[0-9a-z]*[0-9][0-9a-z]*")
GAP = re.compile(r"[ .\-()]{1,3}")
_FEWEST_DIGITS = 7
_FEW = 50  # values that are looked for one by one before a text is read closely

# What readers of pixels take for one another, in lower case; then pairs that look like one letter.
_LOOKALIKES = {
    char: kin[0]
    for kin in (
        "l1i|!丨",
        "o0○〇",
        "s5",
        "b8",
        "z2",
        "g9q",
        "-一—_",
        ",，、",
        ".·。",
        "'`‘’",
        ":：;",
    )
    for char in kin
}
_PAIRS = {"rn": "m", "vv": "w"}
_SHORTEST_BLURRED = 5
_MISTAKES = 4  # one in so many characters may have been misread, and a space lost or made up


class ValueMatcher:
    """Finds listed values.

    A value matches whole: an edge that is a letter or digit of an alphabetic script must not touch
    another ("Ann" is not in "Annual"); ideographs need no boundary. Case, character width, runs of
    white space, soft hyphens and zero-width characters make no difference, nor do the separators
    in a value of seven or more digits ("138 1234 5678", "138-1234-5678"), nor spellings that
    programs undo (:mod:`gateway.detect.spellings`).

    Args:
        values: what to find; empty ones are left out. Of values that compare equal the first
            listed names them all.
    """

    def __init__(self, values: Iterable[str]) -> None:
        self._listed: dict[str, str] = {}
        self._by_word: dict[str, dict[int, set[str]]] = {}
        self._by_character: dict[str, dict[int, set[str]]] = {}
        self._numbers: dict[str, str] = {}
        for value in values:
            self._add(value)
        self._squeezed = tuple({as_number(form) or squeezed(form) for form in self._listed})
        characters = "".join(re.escape(start[0]) for start in self._by_character)
        self._start = re.compile(f"[{characters}]") if characters else None
        self._longest_number = max(map(len, self._numbers), default=0)
        self._blurred: dict[str, tuple[_Blurred, str]] = {}

    def _add(self, value: str) -> None:
        self._add_form(value, comparable(value))
        if (plain := undone(value)) != value:
            self._add_form(value, comparable(plain))

    def _add_form(self, value: str, form: str) -> None:
        if not form or form in self._listed:
            return
        self._listed[form] = value
        word = _WORD.match(form)
        index, key = (self._by_word, word.group()) if word else (self._by_character, form[:2])
        index.setdefault(key, {}).setdefault(len(form), set()).add(form)
        number = as_number(form)
        if number:
            self._numbers.setdefault(number, value)

    def __bool__(self) -> bool:
        return bool(self._listed)

    def find(self, text: str) -> list[Match]:
        """All places where a listed value stands.

        Args:
            text: any text.

        Returns:
            ``(start, end, value as listed)`` in order of start; none lies within another.
        """
        if not self._listed:
            return []
        hits = list(self._hits(text))
        if plain := Undone(text):
            for start, end, value in self._hits(plain.text):
                hits.append((*plain.span(start, end), value))
        return _outermost(hits)

    def find_blurred(self, text: str) -> list[Match]:
        """As :meth:`find`, and also where a value was misread from pixels.

        Letters that look alike count as the same (``I l 1``, ``O 0``, ``S 5``, ``rn m`` …), up to
        one misread in four; spaces may be missing or too many. Values of fewer than five characters
        are found as they are only.

        Args:
            text: read from pixels.
        """
        if not self._listed:
            return []
        if not self._blurred:
            for form, value in self._listed.items():
                blurred = _Blurred(form)
                if len(blurred.text) >= _SHORTEST_BLURRED:
                    self._blurred.setdefault(blurred.text, (blurred, value))
        view = View(text)
        seen = _Blurred(view.text)
        hits = self.find(text)
        for form, (wanted, value) in self._blurred.items():
            at = seen.text.find(form)
            while at >= 0:
                if seen.is_like(wanted, at):
                    start, end = view.span(*seen.span(at, at + len(form)))
                    if _stands_free(text, start, end):
                        hits.append((start, end, value))
                at = seen.text.find(form, at + 1)
        return _outermost(hits)

    def _hits(self, text: str) -> Iterator[Match]:
        if not self._possible(text):
            return
        view = View(text)
        yield from (
            (*view.span(start, start + len(form)), self._listed[form])
            for start, form in self._forms(view.text)
        )
        yield from (
            (*view.span(start, end), self._numbers[number])
            for start, end, number in self._number_hits(view.text)
        )

    def _possible(self, text: str) -> bool:
        """Refuses quickly where none of a few values can stand."""
        if len(self._squeezed) > _FEW:
            return True
        form = squeezed(text)
        return any(value in form for value in self._squeezed) or (not form and bool(text))

    def _forms(self, text: str) -> Iterator[tuple[int, str]]:
        if self._by_word:
            for word in _WORD.finditer(text):
                lengths = self._by_word.get(word.group())
                if lengths:
                    yield from _longest(text, word.start(), lengths)
        if self._start:
            for match in self._start.finditer(text):
                start = match.start()
                for key in {text[start : start + 2], text[start]}:
                    lengths = self._by_character.get(key)
                    if lengths:
                        yield from _longest(text, start, lengths)

    def _number_hits(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Runs of words with digits, joined by separators, that spell a listed number."""
        if not self._numbers:
            return
        words = [match.span() for match in DIGIT_WORD.finditer(text)]
        for first, (start, _) in enumerate(words):
            spelled = ""
            previous = start
            for place in range(first, len(words)):
                word_start, word_end = words[place]
                if word_start > previous and not GAP.fullmatch(text, previous, word_start):
                    break
                spelled += text[word_start:word_end]
                previous = word_end
                if len(spelled) > self._longest_number:
                    break
                if spelled in self._numbers:
                    yield start, word_end, spelled


def sought(value: str) -> str:
    """What stands in the squeezed form of a text wherever a value stands in the text."""
    form = comparable(value)
    return as_number(form) or squeezed(form)


def as_number(form: str) -> str:
    """The value without separators, if it is mostly digits; else nothing."""
    digits = sum(char.isdecimal() for char in form)
    words = DIGIT_WORD.findall(form)
    spelled = "".join(words)
    rest = DIGIT_WORD.sub("", form)
    if digits < _FEWEST_DIGITS or digits * 2 < len(spelled) or rest.strip(" .-()+"):
        return ""
    return spelled


def _longest(text: str, start: int, lengths: dict[int, set[str]]) -> Iterator[tuple[int, str]]:
    """The longest listed form that stands whole at ``start``."""
    for length in sorted(lengths, reverse=True):
        form = text[start : start + length]
        if form in lengths[length] and _ends_whole(text, start + length):
            yield start, form
            return


def _ends_whole(text: str, end: int) -> bool:
    return not (_WORD.match(text, end) and _WORD.match(text, end - 1))


def _outermost(hits: list[Match]) -> list[Match]:
    """Hits in order, without those that lie within another."""
    kept: list[Match] = []
    for hit in sorted(set(hits), key=lambda hit: (hit[0], -hit[1], hit[2])):
        if not kept or hit[1] > kept[-1][1]:
            kept.append(hit)
    return kept


class _Blurred:
    """A text in which what looks alike is the same, without spaces, and the way back.

    Args:
        original: a text in :class:`gateway.detect.text.View` form.
    """

    __slots__ = ("_pieces", "_starts", "text")

    def __init__(self, original: str) -> None:
        self._starts: list[int] = []
        self._pieces: list[str] = []
        shown: list[str] = []
        at = 0
        while at < len(original):
            pair = original[at : at + 2]
            piece = pair if pair in _PAIRS else original[at]
            if not piece.isspace():
                shown.append(_PAIRS.get(piece) or _LOOKALIKES.get(piece, piece))
                self._starts.append(at)
                self._pieces.append(piece)
            at += len(piece)
        self.text = "".join(shown)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` stands in the original."""
        return self._starts[start], self._starts[end - 1] + len(self._pieces[end - 1])

    def is_like(self, wanted: _Blurred, at: int) -> bool:
        """Whether what stands here differs from a value by few mistakes only."""
        count = len(wanted.text)
        allowed = max(1, count // _MISTAKES)
        pairs = zip(self._pieces[at : at + count], wanted._pieces, strict=True)
        misread = sum(one != other for one, other in pairs)
        return (
            misread <= allowed
            and abs(self._spaces(at, count) - wanted._spaces(0, count)) <= allowed
        )

    def _spaces(self, at: int, count: int) -> int:
        start, end = self.span(at, at + count)
        return end - start - sum(map(len, self._pieces[at : at + count]))


def _stands_free(text: str, start: int, end: int) -> bool:
    """Whether no word goes on across an edge: with its spaces lost, a word ends where its kind does.

    ("张伟Tel13812345678", "DearEmily": letters and digits, small letters and capitals meet.)
    """
    return not _goes_on(text[start - 1 : start], text[start : start + 1]) and not _goes_on(
        text[end - 1 : end], text[end : end + 1]
    )


def _goes_on(before: str, after: str) -> bool:
    if before.isdigit() and after.isdigit():
        return True
    letters = _WORD.match(before.lower()) and _WORD.match(after.lower())
    if not letters or before.isdigit() or after.isdigit():
        return False
    return not (before.islower() and after.isupper())
