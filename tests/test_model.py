import hashlib

import pytest

from gateway.errors import NotReleasable
from gateway.model import Edit, Hint, Item, Outcome, Segment, Verdict, count_entities

CANARY = "canary-7291"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def outcome(item: Item, data: bytes | None, verdict=Verdict.REDACT) -> Outcome:
    return Outcome(verdict, data=data, sha256=digest(data or b""), item_sha256=digest(item.data))


def test_bytes_are_released_for_the_item_they_were_judged_on():
    item = Item(b"before")
    assert b"after" == outcome(item, b"after").release(item)


def test_nothing_is_released_when_blocked():
    item = Item(b"x")
    with pytest.raises(NotReleasable):
        outcome(item, b"x", Verdict.BLOCK).release(item)


def test_nothing_is_released_for_another_item():
    with pytest.raises(NotReleasable, match="another item"):
        outcome(Item(b"one"), b"one").release(Item(b"two"))


def test_nothing_is_released_that_changed_after_the_verdict():
    item = Item(b"x")
    tampered = Outcome(Verdict.ALLOW, data=b"y", sha256=digest(b"x"), item_sha256=digest(item.data))
    with pytest.raises(NotReleasable, match="changed"):
        tampered.release(item)


def test_repr_never_shows_document_text():
    secret = CANARY.encode()
    things = [
        Item(secret, Hint(CANARY)),
        Segment(CANARY, "part", context=(CANARY,)),
        Edit(0, 0, 1, CANARY),
        Outcome(Verdict.ALLOW, data=secret, name=CANARY),
    ]
    assert [] == [thing for thing in things if CANARY in repr(thing)]


@pytest.mark.parametrize(
    ("suffix", "name"),
    [(".docx", "Report.DOCX"), ("", ".bashrc"), ("", "README"), (".gz", "a.tar.gz")],
)
def test_a_suffix_is_lower_case_and_never_the_whole_name(suffix, name):
    assert suffix == Hint(name).suffix


def test_counting_no_findings_gives_an_empty_mapping():
    assert {} == count_entities([])


@pytest.mark.parametrize(
    ("stem", "ending", "name"),
    [
        ("Report", ".DOCX", "Report.DOCX"),
        ("a@b.com", ".txt", "a@b.com.txt"),
        ("a@b.com", "", "a@b.com"),
        ("notes.13912345678", "", "notes.13912345678"),
        (".bashrc", "", ".bashrc"),
    ],
)
def test_the_stem_is_what_of_a_name_is_text(stem, ending, name):
    assert (stem, ending) == (Hint(name).stem, Hint(name).ending)
