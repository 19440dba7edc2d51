"""What speaks for a name that the model sees: its form, the words around it, no ordinary word.

A surname with one or two characters is believed readily; an ordinary word, a word with a character
behind it or what has no surname only with a cue (a title, a label, a verb of saying, a list of
people) or when the model is sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from recognizers.names.chinese_lexicon import COMPOUND_SURNAMES, FOREIGN_SOUNDS, GIVEN, SURNAMES
from recognizers.names.chinese_rules import Words, is_labelled
from recognizers.names.chinese_words import WordList
from recognizers.names.cjk import Found, Strictness

_ORDINARY = frozenset(
    ("n", "v", "vn", "a", "d", "m", "q", "r", "p", "c", "u", "f", "t", "l", "x", "nz", "title", "role", "speech")
)  # fmt: skip
_LEAST: dict[Strictness, float] = {"relaxed": 0.6, "normal": 0.3, "strict": 0.06}
_FAINT, _HALF, _LIKELY, _SURE, _NEVER = 0.1, 0.5, 0.7, 0.9, 2.0
_NAMES = frozenset(("nr", "nrt"))
_BETWEEN = frozenset(("、", "和", "与", "、 "))
_FURTHER = frozenset(("v", "vn", "p", "d", "c", "u", "f", "r", "speech", "t"))
_SURNAMES = frozenset(SURNAMES)
_GIVEN = frozenset(GIVEN)
_PROPER = frozenset(("ns", "nt", "nr", "nrt", "none", "g", "x"))
_USUAL = frozenset(GIVEN[:500])
_LISTED = 0.65
_NEXT = re.compile("、([\u3400-\u9fff]{2,4})(?![\u3400-\u9fff])")
_PREVIOUS = re.compile("(?<![\u3400-\u9fff])([\u3400-\u9fff]{2,4})、\\Z")
_WHERE = frozenset("里上下内外间时后")
# Small verbs and particles that no name ends in.
_SMALL = frozenset(
    "报说称问答去来到在被把将给让向对与跟及的地得了着过就也都还又再才已未不没曾因由于任担兼调做办写发送收取交接打叫喊走跑坐站看听想要请找等从自往至替帮带是有"
) - frozenset(GIVEN)
_SEX = re.compile(r" ?[,(:] ?[男女](?![\u3400-\u9fff])")
_HAN = re.compile("[\u3400-\u9fff]")
_OTHER = re.compile("[^\u3400-\u9fff· ]")


def surname_length(value: str) -> int:
    """How many characters of it are a surname; 0 when it begins with none."""
    if value[:2] in COMPOUND_SURNAMES:
        return 2
    return int(value[:1] in _SURNAMES)


def has_name_form(value: str) -> bool:
    """A surname and one or two characters, or 小, 老, 阿 with a name."""
    length = surname_length(value)
    return bool(length) and 1 <= len(value) - length <= 2


class Surroundings:
    """What stands around the candidates of one line.

    Args:
        line: normal text.
        words: its words.
        known: the word list.
    """

    def __init__(self, line: str, words: Words, known: WordList) -> None:
        self._line = line
        self._known = known
        self._ending = {end: kind for _, end, kind in words}
        self._starting = {start: (end, kind) for start, end, kind in words}

    def bounded(self, found: Found) -> Found:
        """The candidate without the characters before a surname and behind a whole name."""
        start, end = found.start, found.end
        value = self._line[start:end]
        if "·" in value or (len(value) > 2 and set(value) <= FOREIGN_SOUNDS):
            return found
        if not surname_length(value):
            start += self._before_name(start, end)
            if start == found.start and len(value) < 3 and self._begins_name(start - 1):
                start -= 1
            value = self._line[start:end]
        length = surname_length(value)
        if length and len(value) > length + 1:
            end = self._end(start, end, length)
        return replace(found, start=start, end=end)

    def _end(self, start: int, end: int, length: int) -> int:
        """Where a name ends that may run on into the next word."""
        longest = start + length + 2
        following, kind = self._starting.get(longest - 1, (0, ""))
        if following >= longest + (end <= longest) and following > longest and kind not in _PROPER:
            return longest - 1  # 裴勇|通报
        if end > longest:
            if self._line[longest - 1] in _WHERE:
                return longest - 1  # 凌菲|下月
            following, kind = self._starting.get(longest, (0, ""))
            goes_on = self._line[longest] in _SMALL or (following and kind in _FURTHER)
            return longest if goes_on else end
        if end == longest and self._line[end - 1] in _SMALL:
            return end - 1  # 覃浩|报
        return end

    def speaks_for(self, found: Found) -> bool:
        """A title or a verb of saying right beside it, or the sex in brackets."""
        following = self._starting.get(found.end, (0, ""))[1]
        return (
            self._ending.get(found.start) == "title"
            or following in {"title", "speech"}
            or _SEX.match(self._line, found.end) is not None
            or is_labelled(self._line, found.start)
        )

    def is_plausible(self, found: Found, least: float, *, cue: bool) -> bool:
        """Whether what the model calls a person is one.

        Args:
            found: the candidate, bounded.
            least: the probability below which one without a cue is dropped.
            cue: whether something beside it says that it is a person.
        """
        value = self._line[found.start : found.end]
        probability = (found.score - 0.5) * 4
        kind = self._known.kind(value)
        if len(value) == 1:
            return not self._line[found.end : found.end + 1].isdigit()  # (2024)苏05民终
        if "·" in value:
            return True
        if kind in _ORDINARY:
            if self._known.is_common(value):
                cue = cue and probability >= _HALF  # 高峰, 文静 are words and names
                return cue and has_name_form(value)
            return has_name_form(value) and probability >= (least if cue else _LIKELY)
        if _OTHER.search(value):
            return cue and surname_length(value) > 0
        if has_name_form(value):
            if self._is_word_and_more(found, probability):
                return cue
            whole = found.start in self._starting or probability >= _LIKELY
            return probability >= _FAINT if cue else whole and probability >= least
        needed = self._without_form(value, kind, least, cue=cue)
        return probability >= needed

    def _is_word_and_more(self, found: Found, probability: float) -> bool:
        """Whether it is a word with a character behind it: 牛肉干, 花生米, 王国里, 江苏正."""
        value = self._line[found.start : found.end]
        end, kind = self._starting.get(found.start, (0, ""))
        if kind == "ns" and found.start + 1 < end < found.end:
            return True
        if len(value) != 3 or self._known.kind(value[:2]) not in _ORDINARY:
            return False
        usual = value[2] in _GIVEN or probability >= _SURE
        return value[2] in _WHERE or not usual or probability < _LIKELY

    def _without_form(self, value: str, kind: str, least: float, *, cue: bool) -> float:
        """How probable one without a surname must be: 静怡, 阿凯, 巴特尔, 奥尔布赖特."""
        if value[0] in "小老阿" and len(value) < 4 and not kind:
            return _HALF
        if len(value) > 3:
            by_sound = set(value) <= FOREIGN_SOUNDS or kind in _NAMES
            return _HALF if by_sound or cue else _LIKELY
        if cue or kind in _NAMES:
            return least
        if kind:
            return _NEVER
        return _HALF if set(value) <= FOREIGN_SOUNDS else _LIKELY

    def _before_name(self, start: int, end: int) -> int:
        """How many characters of the word before a name the model took with it: 另外|凌菲."""
        for size in (1, 2):
            word_end, kind = self._starting.get(start, (0, ""))
            whole = word_end == start + size and (size == 2 or self._line[start] not in _GIVEN)
            if whole and kind not in _PROPER and has_name_form(self._line[start + size : end]):
                return size
        return 0

    def _begins_name(self, at: int) -> bool:
        """Whether a surname stands there alone, behind a mark or a space."""
        return (
            at >= 0
            and self._line[at] in _SURNAMES
            and (at == 0 or not "\u3400" <= self._line[at - 1] <= "\u9fff")
        )


def joined_names(found: Sequence[Found], line: str) -> Iterator[Found]:
    """A compound surname with one character, and the character right behind it, as one name."""
    waiting: Found | None = None
    for one in found:
        if (
            waiting is not None
            and one.entity == waiting.entity == "PERSON"
            and one.start == waiting.end
            and one.end - one.start == 1
            and has_name_form(line[waiting.start : one.end])
        ):
            waiting = replace(waiting, end=one.end)
            continue
        if waiting is not None:
            yield waiting
        waiting = one
    if waiting is not None:
        yield waiting


def evident(
    found: Iterable[Found], line: str, words: Words, known: WordList, strictness: Strictness
) -> list[Found]:
    """The candidates of a line, with right borders, that something speaks for."""
    around = Surroundings(line, words, known)
    least = _LEAST[strictness]
    accepted: list[Found] = []
    doubtful: list[Found] = []
    for one in joined_names(list(found), line):
        if one.entity != "PERSON" or not _HAN.search(line[one.start : one.end]):
            accepted.append(one)
            continue
        bounded = around.bounded(one)
        cue = around.speaks_for(bounded)
        (accepted if around.is_plausible(bounded, least, cue=cue) else doubtful).append(bounded)
    if doubtful:
        accepted += _beside(doubtful, accepted, line, around, least)
    accepted += _in_list(accepted, line, known)
    return sorted(accepted, key=lambda one: one.start)


def _beside(
    doubtful: Sequence[Found],
    accepted: Sequence[Found],
    line: str,
    around: Surroundings,
    least: float,
) -> Iterator[Found]:
    """The doubtful ones that stand in a list with people."""
    people = [one for one in accepted if one.entity == "PERSON"]
    ends = {one.end for one in people}
    starts = {one.start for one in people}
    for one in doubtful:
        listed = any(
            (line[one.start - size : one.start] in _BETWEEN and one.start - size in ends)
            or (line[one.end : one.end + size] in _BETWEEN and one.end + size in starts)
            for size in (1, 2)
        )
        if listed and around.is_plausible(one, least, cue=True):
            ends.add(one.end)
            yield one


def _in_list(accepted: Sequence[Found], line: str, known: WordList) -> Iterator[Found]:
    """What has the form of a name and stands in a list (、) with people."""
    taken = {at for one in accepted for at in range(one.start, one.end)}
    people = [one for one in accepted if one.entity == "PERSON" and one.end - one.start > 1]
    for one in people:
        at = one.end
        while (match := _NEXT.match(line, at)) and _fits(match, taken, known):
            at = match.end()
            taken.update(range(*match.span(1)))
            yield Found(*match.span(1), "PERSON", _LISTED)
        at = one.start
        while (match := _PREVIOUS.search(line, max(0, at - 6), at)) and _fits(match, taken, known):
            at = match.start(1)
            taken.update(range(*match.span(1)))
            yield Found(*match.span(1), "PERSON", _LISTED)


def _fits(match: re.Match[str], taken: set[int], known: WordList) -> bool:
    value = match[1]
    ordinary = known.kind(value) in _ORDINARY or known.kind(value[:2]) in {"ns", "nt"}
    return has_name_form(value) and not ordinary and match.start(1) not in taken
