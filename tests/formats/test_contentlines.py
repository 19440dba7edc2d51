"""Contacts and calendars: names in either order, folds, old encodings, untouched lines."""

import base64

import icalendar
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.detect import catalogue
from gateway.errors import Unreadable
from gateway.formats import open_document
from gateway.model import Edit, Hint, Item, Role, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\n{}\r\nEND:VCARD\r\n"


def redacted(text, *values, name="a.vcf"):
    data = text if isinstance(text, bytes) else text.encode()
    pipeline = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
    outcome = pipeline.process(Item(data, Hint(name)))
    assert Verdict.BLOCK is not outcome.verdict, outcome.reason
    return outcome.data


def replace_all(data, old, new, name="a.vcf"):
    document = open_document(data, Hint(name))
    edits = [
        Edit(index, at, at + len(old), new)
        for index, segment in enumerate(document.segments())
        if (at := segment.text.find(old)) >= 0
    ]
    assert edits
    return document.apply(edits)


def test_a_name_is_found_in_the_order_in_which_people_write_it():
    assert b"Carter" not in redacted(CARD.format("N:Carter;Emily;;;"), "Emily Carter")
    assert "张".encode() not in redacted(CARD.format("N:张;伟;;;"), "张伟")


def test_an_address_is_found_across_its_components():
    data = redacted(CARD.format("ADR:;;Rose Lane 7;Leeds;;LS1;UK"), "Rose Lane 7, Leeds")
    assert b"Rose" not in data
    assert b"Leeds" not in data


def test_lines_that_nothing_touches_keep_their_bytes_folds_included():
    kept = "NOTE:a very strange\r\n  fold that\r\n\t nobody makes"
    data = redacted(CARD.format(f"{kept}\r\nFN:Quixotrel"), "Quixotrel")
    assert kept.encode() in data


def test_a_fold_inside_a_character_hides_nothing():
    raw = "FN:张伟在这里".encode()
    split = raw[:4] + b"\r\n " + raw[4:8] + b"\r\n " + raw[8:]
    data = redacted(CARD.encode().replace(b"{}", split), "张伟")
    assert "张" not in data.replace(b"\r\n ", b"").decode()


def test_a_changed_line_is_folded_at_75_octets_between_characters():
    data = replace_all(CARD.format("NOTE:Quixotrel" + "好" * 100).encode(), "Quixotrel", "[X]")
    lines = data.split(b"\r\n")
    assert 75 >= max(map(len, lines))
    assert all(line.decode() or not line for line in lines)
    assert ("NOTE:[X]" + "好" * 100).encode() in data.replace(b"\r\n ", b"")


def test_quoted_printable_stays_quoted_printable():
    card = (
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:"
        "=E5=BC=A0;=E4=BC=9F;;;\r\nNOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=E5=BC=A0=\r\n"
        "=E4=BC=9F=20rings\r\nEND:VCARD\r\n"
    )
    data = redacted(card, "张伟")
    assert b"=E5=BC=A0" not in data
    assert b"=20rings" in data
    assert "[" in open_document(data, Hint("a.vcf")).segments()[0].text


def test_a_picture_is_a_child_and_is_written_back_as_base64():
    note = base64.b64encode(b"Quixotrel wrote this note.\n" * 4).decode()
    data = redacted(CARD.format(f"PHOTO;ENCODING=b;TYPE=TEXT:{note}"), "Quixotrel")
    line = data.replace(b"\r\n ", b"").split(b"\r\n")[2]
    assert b"Quixotrel" not in base64.b64decode(line.rpartition(b":")[2], validate=True)


def test_damaged_base64_is_unread():
    document = open_document(CARD.format("PHOTO;ENCODING=b:!!!!").encode(), Hint("a.vcf"))
    assert ["base64 that is damaged"] == [u.why for u in document.unread]


def test_a_date_is_found_as_people_write_it_and_goes_with_its_line():
    data = redacted(CARD.format("BDAY:19800312\r\nNOTE:kept"), "1980-03-12")
    assert b"BDAY" not in data
    assert b"NOTE:kept\r\n" in data


def test_a_date_that_an_event_must_have_becomes_a_neutral_one_of_its_shape():
    event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    body = "DTSTAMP:20250101T000000Z\r\nDTSTART:19800312T090000Z\r\nDTEND:19800312T100000Z"
    data = redacted(event.format(body), "1980-03-12", name="a.ics")
    assert b"DTSTART:19700101T000000Z\r\n" in data
    assert b"DTEND" not in data


def test_html_in_a_value_is_read_as_a_browser_shows_it():
    line = "X-ALT-DESC;FMTTYPE=text/html:<p>Quix<b>otrel</b>\\, at noon</p>"
    data = redacted(CARD.format(line), "Quixotrel")
    assert b"X-ALT-DESC;FMTTYPE=text/html:<p>[EXACT_VALUE]<b></b>\\, at noon</p>\r\n" in data


def test_an_id_of_an_entry_is_marked_as_no_address():
    document = open_document(CARD.format("UID:7f3a9b@google.com").encode(), Hint("a.vcf"))
    assert [("7f3a9b@google.com", "unique id")] == [
        (s.text, s.context[0]) for s in document.segments() if "@" in s.text
    ]


def test_traces_go_when_something_else_is_changed():
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Emily's Mac//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        "DTSTAMP:20260102T030405Z\r\nCREATED:20260102T030405Z\r\nSUMMARY:Quixotrel\r\n"
        "DTSTART:20260105\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    traces = [
        s.text
        for s in open_document(text.encode(), Hint("a.ics")).segments()
        if s.role is Role.TRACE
    ]
    assert ["-//Emily's Mac//EN", "20260102T030405Z", "20260102T030405Z"] == traces
    data = redacted(text, "Quixotrel", name="a.ics")
    event = icalendar.Calendar.from_ical(data).walk("VEVENT")[0]
    assert "1970-01-01" == str(event["DTSTAMP"].dt.date())
    assert "2026-01-05" == str(event["DTSTART"].dt)
    assert "CREATED" not in event
    assert b"Mac" not in data


def test_a_utf_16_file_stays_one():
    data = CARD.format("FN:Quixotrel 张伟").encode("utf-16")
    new = replace_all(data, "Quixotrel", "[X]")
    assert CARD.format("FN:[X] 张伟") == new.decode("utf-16")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=200))
def test_any_text_can_stand_in_the_place_of_a_value(text):
    data = replace_all(CARD.format("NOTE:Quixotrel\r\nFN:b").encode(), "Quixotrel", text)
    found = [s.text for s in open_document(data, Hint("a.vcf")).segments()]
    assert ([text, "b"] if text.strip() else ["b"]) == found


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_no_edits_change_nothing_whatever_the_bytes(junk):
    data = b"BEGIN:VCARD\r\n" + junk
    try:
        document = open_document(data, Hint("a.vcf"))
    except Unreadable:
        return
    assert data == document.apply([])
