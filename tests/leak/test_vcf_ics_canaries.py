"""A unique word in every place of contacts and calendars: all are seen, none survives."""

import base64
import quopri
import re

import icalendar
import pytest

from gateway.detect import catalogue
from gateway.formats import layers, open_document
from gateway.model import Hint, Item, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits


class Canaries:
    """Hands out a unique word for each place it is asked about."""

    def __init__(self):
        self.places = {}

    def __call__(self, place):
        return self.places.setdefault(place, f"Kanari{len(self.places):03d}vogel")

    def number(self, place):
        return self.places.setdefault(place, f"13870{len(self.places):06d}")


def note(c, place):
    return base64.b64encode(f"A note for {c(place)}, kept as text.\n".encode() * 3).decode()


def folded(line, width=20):
    raw = line.encode()
    pieces = [raw[at : at + width] for at in range(0, len(raw), width)]
    return b"\r\n ".join(pieces) + b"\r\n"


def qp(text):
    return (
        quopri.encodestring(text.encode(), quotetabs=True).decode().strip().replace("=\n", "=\r\n")
    )


def vcard(c):
    lines = [
        "BEGIN:VCARD", "VERSION:3.0", f"N:{c('family')};{c('given')};{c('additional')};Dr.;Jr.",
        f"FN:{c('formatted name')}", f"NICKNAME:{c('nickname')},{c('second nickname')}",
        f"ORG:{c('organisation')};{c('unit')}", f"TITLE:{c('title')} \\, and more",
        f"TEL;TYPE=CELL,VOICE:{c.number('phone')}",
        f"TEL;VALUE=uri;TYPE=home:tel:+86{c.number('phone uri')}",
        f"EMAIL;TYPE=INTERNET:{c('mail')}@example.org",
        f"item1.URL:https://example.org/{c('url')}", f"item1.X-ABLabel:{c('label')}",
        f'ADR;TYPE=HOME;LABEL="{c('address label')}":;;{c('street')};{c('city')};;{c('postcode')};',
        f"NOTE:first\\n{c('note')}\\; end", f"X-SOCIALPROFILE;X-USER={c('x user')}:x",
        f"X-{c('own property').upper()}:{c('own value')}", "BDAY:19800312",
        f"IMPP;X-SERVICE-TYPE=QQ:im:{c('im')}", f"CATEGORIES:a,{c('category')}",
        f"UID:{c('uid')}", f"REV:20260102T030405Z{c('rev')}", f"PRODID:-//{c('prodid')}//EN",
        f"RELATED;VALUE=text:{c('related')}", f"MEMBER:mailto:{c('member')}%40example.org",
        f"{c('line without colon')}",
    ]  # fmt: skip
    photo = note(c, "photo")
    inner = "".join(f"{line}\r\n" for line in lines).encode()
    inner += folded(f"NOTE;X-A=b:很长的备注 {c('folded')} 张伟在这里", 7)
    inner += folded(f"PHOTO;ENCODING=b;TYPE=TEXT:{photo}", 60)
    inner += f"LOGO:data:text/plain;base64,{note(c, 'data address')}\r\n".encode()
    return inner + b"END:VCARD\r\n"


def old_vcard(c):
    text = qp(f"张伟 {c('quoted-printable')} and a long tail that is broken softly by its sender")
    family = qp(f"王{c('quoted family')}")
    return (
        "BEGIN:VCARD\r\nVERSION:2.1\r\n"
        f"N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{family};Xiaomei;;;\r\n"
        f"NOTE;QUOTED-PRINTABLE;CHARSET=UTF-8:{text}\r\n"
        f"TEL;CELL:{c.number('old phone')}\r\n"
    ).encode() + (
        f"ORG;CHARSET=GBK:公司{c('gbk')}\r\n".encode("gbk")
        + f"KEY;ENCODING=BASE64:\r\n {note(c, 'old key')[:60]}\r\n {note(c, 'old key')[60:]}\r\n\r\n".encode()
        + b"END:VCARD\r\n"
    )


def calendar(c):
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//{c('prodid')}//EN\r\nX-WR-CALNAME:{c('calendar name')}\r\n"
        "BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0800\r\nTZOFFSETTO:+0800\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
        f"BEGIN:VEVENT\r\nUID:{c('uid')}@example.org\r\nDTSTAMP:20260102T030405Z\r\n"
        "DTSTART;TZID=Asia/Shanghai:20260102T100000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO\r\n"
        f"SUMMARY:{c('summary')}\r\nDESCRIPTION:a\\n{c('description')}\r\nLOCATION:{c('location')}\r\n"
        f'ORGANIZER;CN="{c("organizer")}";SENT-BY="mailto:{c("sent by")}@example.org":mailto:'
        f"{c('organizer mail')}@example.org\r\nATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN={c('attendee')}"
        f";X-NUM={c.number('parameter number')}:mailto:{c('attendee mail')}@example.org\r\n"
        f'COMMENT;ALTREP="http://example.org/{c("altrep")}":{c("comment")}\r\n'
        f"ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY:{note(c, 'attachment')}\r\n"
        f"ATTACH:https://example.org/{c('attachment address')}\r\nCATEGORIES:{c('category')},b\r\n"
        f"X-ALT-DESC;FMTTYPE=text/html:<p>{c('html description')}</p>\r\nCREATED:20260101T000000Z\r\n"
        f"BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nDESCRIPTION:{c('alarm')}\r\nEND:VALARM\r\n"
        f"BEGIN:X-{c('own component').upper()}\r\nX-NOTE:{c('nested')}\r\n"
        f"END:X-{c('own component').upper()}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


FILES = {"vcf": vcard, "old.vcf": old_vcard, "ics": calendar}
each_file = pytest.mark.parametrize("name", sorted(FILES))


def redacted(data, name, values):
    pipeline = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
    return pipeline.process(Item(data, Hint(name)))


def greedy(data):
    """Everything that a receiver could make of the bytes."""
    flat = re.sub(rb"=\r?\n", b"", re.sub(rb"\r?\n[ \t]", b"", data))
    views = [data, flat, quopri.decodestring(flat)]
    for run in re.findall(rb"[A-Za-z0-9+/]{40,}={0,2}", flat):
        views.append(base64.b64decode(run + b"=" * (-len(run) % 4)))
    return [view.decode("utf-8", "replace").casefold() for view in views]


@each_file
def test_every_place_is_seen_by_both_readers(name):
    c = Canaries()
    data = FILES[name](c)
    seen = "\n".join(s.text for s in open_document(data, Hint(f"a.{name}")).segments()).casefold()
    second = "\n".join(layers(data, Hint(f"a.{name}"))).casefold()
    words = {place: word.casefold() for place, word in c.places.items()}
    assert ([], []) == (
        [p for p, w in words.items() if w not in seen],
        [p for p, w in words.items() if w not in second],
    )


@each_file
def test_no_canary_survives_and_nothing_is_blocked(name):
    c = Canaries()
    data = FILES[name](c)
    outcome = redacted(data, f"a.{name}", list(c.places.values()))
    assert (Verdict.REDACT, "") == (outcome.verdict, outcome.reason)
    views = [
        *greedy(outcome.data),
        *(s.text.casefold() for s in open_document(outcome.data, Hint("a")).segments()),
        *(text.casefold() for text in layers(outcome.data, Hint("a"))),
    ]
    left = {p for p, word in c.places.items() if any(word.casefold() in view for view in views)}
    assert set() == left


def test_another_library_reads_the_redacted_calendar_with_all_its_components():
    c = Canaries()
    data = calendar(c)
    outcome = redacted(data, "a.ics", list(c.places.values()))
    before, after = (icalendar.Calendar.from_ical(d) for d in (data, outcome.data))
    names = [component.name for component in before.walk()][:-1]
    assert names == [component.name for component in after.walk()][: len(names)]
    text = after.to_ical().decode()
    assert [] == [place for place, word in c.places.items() if word in text]
    assert "FREQ=WEEKLY" in text
