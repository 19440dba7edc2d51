"""What counts as left over: everything of a number, of a one-word name only where people read."""

from gateway.detect import Removed, removed
from gateway.model import Finding, Role, Segment


def _finding(segment: int, text: str, value: str, entity: str = "PERSON") -> Finding:
    start = text.index(value)
    return Finding(entity, 0.8, segment, start, start + len(value), "text", Role.BODY, "names")


def _gone(segments: list[Segment], *found: tuple[int, str, str]) -> Removed:
    findings = [_finding(at, segments[at].text, value, entity) for at, value, entity in found]
    fillings = {value: f"[{entity}]" for _, value, entity in found}
    return removed(fillings, findings, segments)


def test_a_number_may_stand_nowhere():
    gone = _gone([Segment("call 13812345678", "text")], (0, "13812345678", "PHONE_NUMBER"))
    key = Segment("13812345678", "$.k", Role.KEY)
    assert (True, True) == (bool(gone.find(key)), gone.stands_in("a 13812345678 b"))


def test_a_full_name_may_stand_nowhere():
    gone = _gone([Segment("Emily Carter", "text")], (0, "Emily Carter", "PERSON"))
    assert (["Emily Carter"], True) == (gone.certain, gone.stands_in("by emily carter"))


def test_one_word_of_a_name_may_be_a_font_but_not_stand_in_text():
    gone = _gone([Segment("Georgia knows.", "text")], (0, "Georgia", "PERSON"))
    font = Segment("Georgia", "fonts", Role.METADATA, ("name", "font"))
    read = Segment("ask Georgia", "text")
    assert (False, True, False) == (
        bool(gone.find(font)),
        bool(gone.find(read)),
        gone.stands_in("font-family: Georgia"),
    )


def test_a_name_that_detection_let_stand_as_a_word_may_stand():
    segments = [Segment("Will Baker. Will it rain?", "text")]
    gone = _gone(segments, (0, "Will", "PERSON"))
    assert {} == gone.fillings


def test_a_plain_word_like_a_name_is_not_left_over():
    gone = _gone([Segment("Max is here", "text")], (0, "Max", "PERSON"))
    assert [] == gone.find(Segment("at the max, or max_tokens", "text"))


def test_a_listed_word_is_left_over_however_it_is_written():
    gone = _gone([Segment("Falcon", "text")], (0, "Falcon", "EXACT_VALUE"))
    assert gone.find(Segment("a FALCON", "$.k", Role.KEY))


def test_what_a_placeholder_says_is_not_left_over():
    gone = Removed({"person": "[PERSON]"})
    assert [] == gone.find(Segment("[PERSON] came", "text"))
