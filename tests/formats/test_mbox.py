"""Mailboxes: where messages begin, what quoting means, and that edits keep their number."""

import base64
import contextlib
import mailbox

import pytest

from gateway.errors import Unreadable
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint

MBOX = Hint("a.mbox")
ONE = b"From a@b.example Tue May 10 11:28:07 2005\nFrom: Emily <a@b.example>\nTo: c\nDate: d\n\n"


def replaced(data, value, new="[X]"):
    document = open_document(data, MBOX)
    edits = [
        Edit(index, at, at + len(value), new)
        for index, segment in enumerate(document.segments())
        if (at := segment.text.find(value)) >= 0
    ]
    assert edits
    return document.apply(edits)


def test_each_message_is_a_child_and_only_the_touched_one_changes():
    data = ONE + b"first\n\n" + ONE + b"second Carter\n\n"
    document = open_document(data, MBOX)
    assert {"message 1", "message 2"} == {s.part.split("/")[0] for s in document.segments()}
    assert data.replace(b"Carter", b"[X]") == replaced(data, "Carter")


def test_a_line_of_prose_that_begins_with_from_begins_no_message():
    data = ONE + b"hello\n\nFrom here on it rains\n\nbye\n"
    assert {"message 1"} == {s.part.split("/")[0] for s in open_document(data, MBOX).segments()}


def test_quoted_lines_stay_quoted():
    data = ONE + b"hello\n\n>From Carter: a line\n>>From deeper\n\n" + ONE + b"x\n"
    assert data.replace(b"Carter", b"[X]") == replaced(data, "Carter")


def test_a_base64_body_keeps_its_distance_to_the_next_message():
    head = ONE[:-1] + b"MIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n"
    data = head + base64.b64encode(b"dear Carter") + b"\n\n" + ONE + b"x\n"
    assert head + base64.b64encode(b"dear [X]") + b"\n\n" + ONE + b"x\n" == replaced(data, "Carter")


def test_the_from_line_is_text():
    data = ONE + b"x\n"
    assert data.replace(b"From a@b.example", b"From [X]") == replaced(data, "a@b.example Tue", "[X] Tue").replace(
        b"Emily <[X]>", b"Emily <a@b.example>"
    )  # fmt: skip


def test_a_body_that_would_begin_a_message_once_encoded_anew_is_quoted(tmp_path):
    head = b"MIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\n"
    data = ONE[:-1] + head + b"Carter wrote\n\n=46rom Ann Tue May 10 11:28:07 2005\nx: y\n"
    new = replaced(data, "Carter")
    (tmp_path / "a.mbox").write_bytes(new)
    with contextlib.closing(mailbox.mbox(tmp_path / "a.mbox")) as box:
        assert 1 == len(box)
    assert not [text for text in layers(new, MBOX) if "Carter" in text]


def test_an_mbox_of_one_message_named_eml_is_read():
    assert "mbox" == open_document(ONE + b"x", Hint("a.eml")).format


def test_what_only_claims_to_be_a_mailbox_is_refused():
    with pytest.raises(Unreadable):
        open_document(b"From nobody\n\nprose only", Hint("a.mbox", "application/mbox"))
