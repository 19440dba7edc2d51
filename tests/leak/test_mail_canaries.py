"""A canary word in every place of a mail where text can hide: none is left after the pipeline."""

import base64
import binascii
import contextlib
import email
import email.header
import email.policy
import io
import itertools
import mailbox
import quopri
import re
import zipfile
from urllib.parse import quote

import pytest

from gateway.detect import catalogue
from gateway.formats import layers, open_document
from gateway.model import Hint, Item, Surface, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

NUMBERS = itertools.count(1)


class Canaries(dict):
    """Unique words by the place they stand in; a place may ask for ideographs."""

    def __call__(self, place):
        assert place not in self
        self[place] = f"Qanarie{next(NUMBERS):04d}x"
        return self[place]

    def chinese(self, place):
        assert place not in self
        number = next(NUMBERS)
        digits = "甲乙丙丁戊己庚辛壬癸"
        self[place] = "上官" + "".join(digits[int(d)] for d in f"{number:04d}")
        return self[place]


def word(text, charset, kind="B"):
    raw = text.encode(charset)
    body = base64.b64encode(raw).decode() if kind == "B" else "".join(f"={b:02X}" for b in raw)
    return f"=?{charset}?{kind}?{body}?="


def b64(raw, width=76):
    text = base64.b64encode(raw).decode()
    return "\r\n".join(text[i : i + width] for i in range(0, len(text), width)) + "\r\n"


def uuencoded(raw, name):
    lines = [binascii.b2a_uu(raw[i : i + 45]).decode() for i in range(0, len(raw), 45)]
    return f"begin 644 {name}\r\n" + "".join(lines).replace("\n", "\r\n") + "`\r\nend\r\n"


def zipped(name, content):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def der_signature(c):
    """A shell of CMS SignedData with a name in it, as a certificate has."""
    name = c("signer's certificate").encode()
    body = bytes.fromhex("06092a864886f70d010702") + b"\x0c" + bytes([len(name)]) + name
    return b"\x30" + bytes([len(body)]) + body


def headers(c):
    split = c("subject, split over encoded words")
    zh = c.chinese("subject in gb2312")
    odd = c.chinese("subject, a character split between words").encode()
    phone = c("folded display name")
    first, last = c("turned display name: first"), c("turned display name: last")
    comment = c("address with a comment inside")
    return [
        f"Return-Path: <{c('return-path')}@acme-mail.com>",
        f"Received: from {c('received host')}.example.org (host [10.2.3.4])\r\n\tby mx.example.org"
        f" for <{c('received for')}@acme-mail.com>;\r\n Tue, 10 May 2005 15:27:05 -0500",
        f"DKIM-Signature: v=1; d={c('dkim domain')}.com; b=abc",
        f"ARC-Seal: i=1; d={c('arc domain')}.com",
        f"Authentication-Results: mx; spf=pass smtp.mailfrom={c('authentication results')}",
        f"Message-ID: <{c('message-id')}@host.example>",
        f"References: <{c('references')}@host.example>\r\n <x@y.example>",
        f"Resent-From: {c('resent-from')} <a@b.example>",
        f"X-Custom: {c('unknown field')}",
        f"X-{c('name of a field')}@x: 1",
        f"X-Packed: {base64.b64encode(('user=' + c('base64 in a field') + ';zzz').encode()).decode()}",
        f"X-Mailer: {c('x-mailer')} 1.0",
        f"Autocrypt: addr=a@b.example; keydata={base64.b64encode(c('autocrypt').encode() + bytes(30)).decode()}",
        "Subject: Re: " + word(split[:5], "utf-8") + "\r\n " + word(split[5:], "utf-8", "Q") + " "
        + word(zh, "gb2312") + " =?utf-8?B?" + base64.b64encode(odd[:7]).decode() + "?=\r\n =?utf-8?B?"
        + base64.b64encode(odd[7:]).decode() + "?= " + word(c.chinese("subject in big5"), "big5", "Q"),
        f'From: "{last}, {first}" <{c('from address')}@acme-mail.com>',
        f"To: The {phone}\r\n\tName <x@acme-mail.com>, {comment[:4]}(work){comment[4:]}@acme-mail.com,\r\n"
        f' "{c('quoted local part')}"@acme-mail.com ({c('comment')})',
        f"Cc: {word(c.chinese('iso-2022-jp name'), 'iso-2022-jp')} <y@acme-mail.com>,"
        f" {c.chinese('raw 8-bit utf-8 name')} <z@acme-mail.com>",
        f"Comments: {c('comments')}",
        "Date: Tue, 10 May 2005 15:27:03 -0500",
        "MIME-Version: 1.0",
    ], [f"{first} {last}", f"{comment}@acme-mail.com"]  # fmt: skip


def part(lines, body):
    return "\r\n".join(lines) + "\r\n\r\n" + body


def mail(c):
    """One message with a canary everywhere, as bytes."""
    head, more = headers(c)
    inner = (
        f"From: {c('forwarded: from')} <i@acme-mail.com>\r\nTo: you@acme-mail.com\r\n"
        f"Subject: {c('forwarded: subject')}\r\nDate: Tue, 10 May 2005 15:27:03 -0500\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n" + b64(f"Dear {c('forwarded: body')}".encode())
    )
    flowed = c.chinese("flowed text, joined")
    soft = c("quoted-printable, soft break")
    text = f"Hello {c('plain text')} caf\u00e9\r\n" + uuencoded(
        f"to {c('uuencoded file')}\n".encode(), "note.txt"
    )
    calendar = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:{c('calendar')}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    name231 = c.chinese("filename, rfc 2231")
    half = c("filename, numbered")
    bounce = (
        "This is the mail system. Below is a copy.\r\n\r\nReturn-Path: <>\r\nMIME-Version: 1.0\r\n"
        "From: a@b.example\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + b64(f"secret {c('mail within text')}".encode())
    )
    junk = (
        b64(f"list {c('base64 with a footer')} text".encode())
        + f"_____\r\nfooter: {c('footer after base64')}!\r\n"
    )
    parts = [
        part(["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"], text),
        part(["Content-Type: text/html; charset=gb2312", "Content-Transfer-Encoding: quoted-printable"],
             quopri.encodestring(f"<p>您好 <b>{c.chinese('html in gb2312')}</b></p>".encode("gb2312")).decode()
             + f"{soft[:6]}=\r\n{soft[6:]}\r\n"),
        part(["Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes",
              "Content-Transfer-Encoding: base64"], b64(f"我是 {flowed[:3]} \r\n{flowed[3:]} 。\r\n".encode(), 60)),
        part(["Content-Type: text/calendar; method=REQUEST"], calendar),
        part([f"Content-Type: text/csv; name*=utf-8''{quote(name231)}.csv",
              f"Content-Disposition: attachment;\r\n filename*0*=utf-8''{half[:5]};\r\n filename*1={half[5:]}.csv",
              f"Content-Description: {c('content-description')}", f"Content-ID: <{c('content-id')}@x>",
              f"Content-Location: file:///C:/Users/{c('content-location')}/a.csv",
              "Content-Transfer-Encoding: base64"], b64(f"name,city\r\n{c('csv attachment')},Rome\r\n".encode())),
        part([f'Content-Type: application/zip; name="{word(c.chinese('filename, encoded word'), 'gbk')}"',
              f"Content-Disposition: attachment (made by {c('comment in a parameter field')}); filename=a.zip",
              "Content-Transfer-Encoding: base64"], b64(zipped(f"{c('member name')}.txt", f"in {c('zip member')}"))),
        part(["Content-Type: message/rfc822"], inner),
        part(["Content-Type: message/delivery-status"], f"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; {c('delivery status')}@x.example\r\n"),
        part(["Content-Type: text/plain"], bounce),
        part(["Content-Type: text/plain; charset=us-ascii", "Content-Transfer-Encoding: base64"], junk),
        part(["Content-Type: multipart/alternative; boundary=inner"],
             f"--inner\r\nContent-Type: text/plain\r\n\r\n{c('nested part')}\r\n--inner--\r\n{c('inner epilogue')}\r\n"),
    ]  # fmt: skip
    boundary = c("boundary")
    mixed = f"{c('preamble')}\r\n" + "".join(f"--{boundary}\r\n{one}\r\n" for one in parts)
    mixed += f"--{boundary}--\r\n{c('epilogue')}\r\n"
    signed = "\r\n".join(head) + (
        '\r\nContent-Type: multipart/signed; protocol="application/pkcs7-signature";'
        " micalg=sha1; boundary=signed\r\n\r\n"
        f'--signed\r\nContent-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n{mixed}\r\n'
        "--signed\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n" + b64(der_signature(c)) + "\r\n--signed--\r\n"
    )  # fmt: skip
    return signed.encode(), more


def web_page(c):
    return (
        f"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://x.example/{c('snapshot location')}\r\n"
        f"Subject: {c('page title')}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
        '\ttype="text/html"; boundary="----MultipartBoundary--q----"\r\n\r\n\r\n'
        "------MultipartBoundary--q----\r\nContent-Type: text/html\r\nContent-ID: <frame-1@mhtml.blink>\r\n"
        f"Content-Transfer-Encoding: quoted-printable\r\nContent-Location: https://x.example/{c('location')}\r\n\r\n"
        f'<!DOCTYPE html><p title=3D"{c('attribute')}">{c('page text')}</p>\r\n'
        f"------MultipartBoundary--q----\r\nContent-Type: text/css\r\n\r\n/* {c('style')} */\r\n"
        "------MultipartBoundary--q------\r\n"
    ).encode()  # fmt: skip


def through_the_pipeline(data, values, name="a.eml"):
    pipe = build(load_policy("default", catalogue()), bytes(32), Limits(), tuple(values))
    return pipe.process(Item(data, Hint(name), surface=Surface.CLI))


def library_texts(data):
    """All that the standard library reads, with its modern and its old policy."""
    for policy in (email.policy.default, email.policy.compat32):
        message = email.message_from_bytes(data, policy=policy)
        for one in message.walk():
            for value in one.values():
                yield str(value)
                yield str(email.header.make_header(email.header.decode_header(str(value))))
            yield from (one.preamble or "", one.epilogue or "", one.get_filename() or "")
            content = one.get_payload(decode=True)
            if content:
                yield content.decode("utf-8", "replace")
                yield content.decode("gb18030", "replace")
            if content and content[:2] == b"PK":
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    for member in archive.infolist():
                        yield member.filename + archive.read(member).decode()


def left_over(data, canaries, name="a.eml"):
    """Places whose word can still be read by anybody."""
    document = open_document(data, Hint(name))
    texts = [s.text for s in document.segments()]
    texts += [*layers(data, Hint(name)), *library_texts(data)]
    texts += [
        data.decode("latin-1"),
        data.decode("utf-8", "replace"),
        data.decode("gb18030", "replace"),
    ]
    texts += [re.sub(r"\s", "", text) for text in texts]
    return {place for place, value in canaries.items() if any(value in text for text in texts)}


@pytest.mark.parametrize("newline", [b"\r\n", b"\n"], ids=["crlf", "lf"])
def test_no_canary_of_a_mail_survives_and_nothing_is_blocked(newline):
    canaries = Canaries()
    data, more = mail(canaries)
    data = data.replace(b"\r\n", newline)
    outcome = through_the_pipeline(data, [*canaries.values(), *more])
    assert ("", Verdict.REDACT) == (outcome.reason, outcome.verdict)
    assert set() == left_over(outcome.data, canaries)
    assert len(canaries) >= 50
    message = email.message_from_bytes(outcome.data, policy=email.policy.default)
    kinds = [one.get_content_type() for one in message.walk()]
    original = email.message_from_bytes(data, policy=email.policy.default)
    expected = [one.get_content_type() for one in original.walk()]
    expected.remove("application/pkcs7-signature")
    assert ["multipart/mixed", *expected[1:]] == kinds
    assert all(len(line) <= 998 for line in outcome.data.splitlines())


def test_no_canary_of_a_web_archive_survives():
    canaries = Canaries()
    outcome = through_the_pipeline(web_page(canaries), canaries.values(), "page.mht")
    assert ("", Verdict.REDACT) == (outcome.reason, outcome.verdict)
    assert set() == left_over(outcome.data, canaries, "page.mht")
    assert len(canaries) >= 6


def test_no_canary_of_a_mailbox_survives(tmp_path):
    canaries = Canaries()
    messages = []
    for number in range(3):
        own = Canaries()
        messages.append(
            f"From {own('envelope')}@acme-mail.com Tue May 10 11:28:07 2005\n".encode()
            + mail(own)[0].replace(b"\r\n", b"\n")
            + f"\n>From here on {own('quoted line')}\n\n".encode()
        )
        canaries |= {f"{number}: {place}": value for place, value in own.items()}
    outcome = through_the_pipeline(b"".join(messages), canaries.values(), "a.mbox")
    assert ("", Verdict.REDACT) == (outcome.reason, outcome.verdict)
    assert set() == left_over(outcome.data, canaries, "a.mbox")
    (tmp_path / "a.mbox").write_bytes(outcome.data)
    with contextlib.closing(mailbox.mbox(tmp_path / "a.mbox")) as box:
        assert 3 == len(box)


def test_mail_without_edits_is_untouched():
    data, _ = mail(Canaries())
    assert data == open_document(data, Hint("a.eml")).apply([])
