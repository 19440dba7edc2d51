"""A canary in every property of an Outlook message and of a winmail.dat: none is left."""

import io
import itertools
import struct

import olefile
import oxmsg
from support import outlook

from gateway.detect import catalogue
from gateway.formats import layers, open_document
from gateway.formats._mail.lzfu import unpack_rtf
from gateway.formats._mail.tnef_store import read_attributes
from gateway.model import Hint, Item, Surface, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

NUMBERS = itertools.count(1)


class Canaries(dict):
    """Unique words by the place they stand in."""

    def __call__(self, place):
        assert place not in self
        self[place] = f"Qanarie{next(NUMBERS):04d}x"
        return self[place]

    def chinese(self, place):
        assert place not in self
        digits = "甲乙丙丁戊己庚辛壬癸"
        self[place] = "上官" + "".join(digits[int(d)] for d in f"{next(NUMBERS):04d}")
        return self[place]


def rtf(text):
    return b"{\\rtf1\\ansi\\fromtext " + text.encode() + b"\\par}"


def message(c):
    entry_id = (
        bytes(20) + c("entry id, 8 bit").encode() + b"\0" + c("entry id, wide").encode("utf-16-le")
    )
    headers = (
        f"Received: from {c('headers: received')}.example by mx\r\nSubject: =?utf-8?Q?{c('headers: subject')}?=\r\n"
        f"From: {c('headers: from')} <a@b.example>\r\nTo: x@y.example\r\nMIME-Version: 1.0\r\n\r\n"
    )  # fmt: skip

    def embedded(path):
        return outlook.message(
            path,
            properties={0x0037: c("embedded: subject"), 0x1000: f"Dear {c('embedded: body')}"},
            recipients=[{0x3001: c("embedded: recipient")}],
            attachments=[{0x3707: "b.txt", 0x3701: f"in {c('embedded: attachment')}".encode()}],
        )

    return outlook.msg(
        properties={
            0x001A: "IPM.Note",
            0x0037: c("subject"),
            0x0070: c("conversation topic"),
            0x0C1A: (c.chinese("sender in gbk"), "gbk"),
            0x0C1F: c("sender address"),
            0x0E04: c("to"),
            0x007D: headers,
            0x1000: f"Hello {c('body')}\r\n{c.chinese('body, Chinese')}",
            0x1009: outlook.lzfu(rtf(c("compressed rich text"))),
            0x1013: f"<p>{c('html')} &amp; {c.chinese('html, Chinese')}</p>".encode(),
            0x0C19: entry_id,
            0x3FFA: c("last modifier"),
            0x8001: c("value of a named property"),
            0x3A08: c("telephone"),
        },
        fixed=[(0x3FFD, 0x0003, struct.pack("<I", 936)), (0x3A42, outlook.TIME, outlook.time_of(140_000))],
        several=[(0x8002, ["plain", c("keyword of several")])],
        names=[c("name of a property"), "Keywords"],
        recipients=[{0x3001: c("recipient"), 0x3003: c("recipient's address"), 0x0FFF: c("recipient's id").encode()}],
        attachments=[
            {0x3707: f"{c('file name')}.csv", 0x3704: "A~1.CSV", 0x3001: "a.csv", 0x370E: "text/csv",
             0x370D: f"C:\\Users\\{c('path')}\\a.csv", 0x3709: b"icon" + c("icon").encode() + bytes(8),
             0x3701: f"name,city\r\n{c('attachment')},Rome\r\n".encode()},
            embedded,
        ],
    )  # fmt: skip


def winmail(c):
    inner = outlook.tnef((1, 0x00018004, f"{c('embedded subject')}\0".encode()))
    properties = outlook.tnef_properties(
        outlook.tnef_property(0x0037, c("subject")),
        outlook.tnef_property(0x1009, outlook.lzfu(rtf(c("compressed rich text")))),
        outlook.tnef_property(0x1013, f"<b>{c('html')}</b>".encode()),
        outlook.tnef_property(0x0C19, bytes(8) + c("entry id").encode()),
        outlook.tnef_property(0x8001, c("named value"), c("property name")),
    )
    row = outlook.tnef_properties(outlook.tnef_property(0x3001, c("recipient")))
    attachment = outlook.tnef_properties(
        outlook.tnef_property(0x3707, f"{c('long file name')}.txt"),
    )
    unnamed = struct.pack("<I", 1) + struct.pack("<2H", 0x000D, 0x3701)
    unnamed += struct.pack("<2I", 1, 16 + len(inner)) + bytes(16) + inner + bytes(-len(inner) % 4)
    return outlook.tnef(
        (1, 0x00089006, struct.pack("<I", 0x10000)),
        (1, 0x00069007, struct.pack("<2I", 936, 0)),
        (1, 0x00018004, c.chinese("attribute: subject").encode("gbk") + b"\0"),
        (1, 0x0002800C, f"Dear {c('attribute: body')}\0".encode()),
        (1, 0x00069003, properties),
        (1, 0x00069004, struct.pack("<I", 1) + row),
        (2, 0x00069002, bytes(14)),
        (2, 0x00018010, f"{c('title')}.txt\0".encode()),
        (2, 0x0006800F, f"in {c('attached')}".encode()),
        (2, 0x00068011, b"picture" + c("picture of the file").encode()),
        (2, 0x00069005, attachment),
        (2, 0x00069002, bytes(14)),
        (2, 0x00069005, unnamed),
    )


def redacted(data, canaries, name):
    values = (*canaries.values(), "1984-04-23")
    pipe = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
    return pipe.process(Item(data, Hint(name), surface=Surface.PROXY))


def oxmsg_texts(data):
    """What python-oxmsg reads."""
    mail = oxmsg.Message.load(io.BytesIO(data))
    holders = [mail, *mail.recipients, *mail.attachments]
    for holder in holders:
        for one in holder.properties:
            try:
                yield str(one.value)
            except NotImplementedError:
                continue
    yield from (mail.subject or "", mail.body or "", mail.html_body or "", mail.sender or "")
    yield str(mail.message_headers)


def stream_texts(data):
    """Every stream as olefile finds it, and the file itself."""
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        assert [] == file.parsing_issues
        for path in file.listdir():
            raw = file.openstream(path).read()
            yield from all_readings(unpack_rtf(raw) if "1009" in path[-1] else raw)
    yield from all_readings(data)


def all_readings(raw):
    for encoding in ("latin-1", "utf-8", "gb18030", "utf-16-le"):
        yield raw.decode(encoding, "replace")
    yield raw[1:].decode("utf-16-le", "replace")


def left_over(data, canaries, name, more):
    texts = [s.text for s in open_document(data, Hint(name)).segments()]
    texts += [*layers(data, Hint(name)), *more]
    return {place for place, value in canaries.items() if any(value in text for text in texts)}


def test_no_canary_of_an_outlook_message_survives_and_it_stays_one():
    canaries = Canaries()
    data = message(canaries)
    outcome = redacted(data, canaries, "a.msg")
    assert ("", Verdict.REDACT, "msg") == (outcome.reason, outcome.verdict, outcome.format)
    more = [*oxmsg_texts(outcome.data), *stream_texts(outcome.data)]
    assert set() == left_over(outcome.data, canaries, "a.msg", more)
    assert len(canaries) >= 30
    mail = oxmsg.Message.load(io.BytesIO(outcome.data))
    assert "[EXACT_VALUE]" == mail.subject
    assert "Hello [EXACT_VALUE]\r\n[EXACT_VALUE]" == mail.body
    assert ["[EXACT_VALUE].csv"] == [a.file_name for a in mail.attachments][:1]
    assert b"name,city\r\n[EXACT_VALUE],Rome\r\n" == next(iter(mail.attachments)).file_bytes


def test_what_deleted_messages_left_between_the_streams_is_gone():
    canaries = Canaries()
    data = message(canaries) + canaries("after the last sector").encode().ljust(512, b"\0")
    outcome = redacted(data, canaries, "a.msg")
    assert ("", Verdict.REDACT) == (outcome.reason, outcome.verdict)
    assert set() == left_over(outcome.data, canaries, "a.msg", stream_texts(outcome.data))


def test_no_canary_of_a_winmail_survives():
    canaries = Canaries()
    data = winmail(canaries)
    outcome = redacted(data, canaries, "winmail.dat")
    assert ("", Verdict.REDACT, "tnef") == (outcome.reason, outcome.verdict, outcome.format)
    assert set() == left_over(outcome.data, canaries, "winmail.dat", all_readings(outcome.data))
    assert len(canaries) >= 13
    old, new = read_attributes(data), read_attributes(outcome.data)
    assert [(a.level, a.tag) for a in old] == [(a.level, a.tag) for a in new]


def test_messages_without_edits_are_untouched():
    for data, name in ((message(Canaries()), "a.msg"), (winmail(Canaries()), "winmail.dat")):
        assert data == open_document(data, Hint(name)).apply([])
