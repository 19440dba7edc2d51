"""Mail: read as mail programs read it, spliced value by value, refused where they would differ."""

import base64
import email
import email.header
import email.policy
import quopri
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import pictures

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats import Ledger, layers, open_document
from gateway.formats._mail.addresses import fitted, worded
from gateway.formats._mail.bodies import edited_body
from gateway.model import Edit, Hint, Role, Rung
from gateway.settings import Limits

EML = Hint("a.eml")
HEAD = b"From: a@b.example\r\nTo: c@d.example\r\nDate: Tue, 10 May 2005 15:27:03 -0500\r\n"
MIME = HEAD + b"MIME-Version: 1.0\r\n"


def edits_of(document, value, new):
    return [
        Edit(index, start, start + len(value), new)
        for index, segment in enumerate(document.segments())
        for start in range(len(segment.text))
        if segment.text.startswith(value, start)
    ]


def replaced(data, value, new="[X]", hint=EML):
    document = open_document(data, hint)
    edits = edits_of(document, value, new)
    assert edits, "the value was not seen"
    return document.apply(edits)


def texts(data, hint=EML):
    return [segment.text for segment in open_document(data, hint).segments()]


def fields(data):
    return email.message_from_bytes(data, policy=email.policy.default)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (HEAD + b"\r\nhi", "eml"),
        (b"\xef\xbb\xbf" + MIME + b"\r\nhi", "eml"),
        (b"\r\n\r\n" + MIME + b"\r\nhi", "eml"),
        (b"Received: from x\r\nMessage-ID: <a@b>\r\nSubject: x\r\n\r\nhi", "eml"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b--\r\n", "eml"),
        (b"From a@b.c Mon Nov  2\nFrom: a\nTo: b\nDate: c\n\nx", "mbox"),
        (b"Subject: buy milk\nand bread\n", "text"),
        (b"From: Ann\nTo: Bob\nSubject: lunch\n\nsee you", "text"),
        (b"---\ntitle: x\ndate: 2020-01-01\n---\nText", "yaml"),
        (b"HTTP/1.1 200 OK\r\nDate: today\r\nContent-Type: text/plain\r\n\r\nhi", "text"),
        (b"From all of us: welcome\n\nDear reader", "text"),
    ],
)  # fmt: skip
def test_the_header_says_whether_it_is_mail(data, name):
    assert name == open_document(data, Hint("a.txt" if name == "text" else "")).format


def test_only_the_touched_value_changes():
    data = HEAD + b"Subject: to  Emily,\r\n\tsoon\r\nX-A:  odd   spaces \r\n\r\nbody\r\n"
    assert data.replace(b"Emily", b"[X]") == replaced(data, "Emily")


def test_encoded_words_are_joined_and_stay_in_their_charset():
    words = "=?GB2312?B?0rvP8s31?= =?gb2312?B?"
    data = (
        HEAD
        + f"Subject: {words}{base64.b64encode('先生'.encode('gbk')).decode()}?= ok\r\n\r\nx".encode()
    )
    assert "一向王先生 ok" in texts(data)
    new = replaced(data, "王先", "[X]")
    assert "一向[X]生 ok" == fields(new)["subject"]
    assert b"=?GB2312?B?" in new


def test_a_new_value_beyond_ascii_becomes_encoded_words_of_valid_length():
    data = HEAD + b"Subject: hello Emily\r\n\r\nx"
    new = replaced(data, "Emily", "王小明" * 30)
    assert "hello " + "王小明" * 30 == fields(new)["subject"]
    assert 78 >= max(map(len, new.splitlines()))


def test_a_value_over_a_fold_leaves_no_blank_line():
    data = HEAD + b"Subject: for Emily\r\n Carter\r\nX-Next: 1\r\n\r\nbody"
    assert HEAD + b"Subject: for [X]\r\nX-Next: 1\r\n\r\nbody" == replaced(data, "Emily Carter")


def test_a_turned_display_name_is_read_both_ways():
    data = HEAD.replace(b"a@b.example", b'"Carter, Emily" <e@b.example>') + b"\r\nx"
    assert {'"Carter, Emily" <e@b.example>', "Emily Carter"} <= set(texts(data))
    assert HEAD.replace(b"a@b.example", b'"[X]" <e@b.example>') + b"\r\nx" == replaced(
        data, "Emily Carter"
    )


def test_an_address_with_comments_is_read_without_them():
    data = HEAD.replace(b"c@d.example", b"emily (work) @ (her) acme.example") + b"\r\nx"
    assert "emily@acme.example" in texts(data)
    assert b"acme" not in replaced(data, "emily@acme.example")


def test_an_8_bit_header_without_a_charset_is_read_in_every_likely_one():
    data = HEAD + b"Subject: " + "给王小明的信".encode("gbk") + b"\r\n\r\nx"
    assert "给王小明的信" in texts(data)
    assert "给[X]的信" == fields(replaced(data, "王小明"))["subject"]


def test_traces_are_whole_fields_and_taken_away_as_such():
    data = HEAD + b"DKIM-Signature: v=1;\r\n d=acme.example\r\nSubject: s\r\n\r\nx"
    document = open_document(data, EML)
    (trace,) = [(i, s) for i, s in enumerate(document.segments()) if s.role is Role.TRACE]
    assert HEAD + b"Subject: s\r\n\r\nx" == document.apply(
        [Edit(trace[0], 0, len(trace[1].text), "")]
    )


@pytest.mark.parametrize(
    "parameter",
    [
        'filename="Emily Carter.txt"',
        "filename*=utf-8''Emily%20Carter.txt",
        "filename*0*=utf-8''Emi;\r\n filename*1*=ly%20Car;\r\n filename*2=ter.txt",
        'filename="=?utf-8?B?RW1pbHkgQ2FydGVyLnR4dA==?="',
        'filename="=?utf-8?Q?Emily?=\r\n =?utf-8?Q?_Carter=2Etxt?="',
    ],
)
def test_file_names_are_read_in_every_spelling(parameter):
    data = MIME + f"Content-Disposition: attachment;\r\n {parameter}\r\n\r\nhi there".encode()
    (name,) = [s for s in open_document(data, EML).segments() if s.role is Role.NAME]
    assert "Emily Carter.txt" == name.text
    new = replaced(data, "Emily Carter", "张三")
    assert "张三.txt" == fields(new).get_filename()
    assert "hi there" == fields(new).get_content()


@pytest.mark.parametrize("encoding", ["7bit", "8bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "big5", "iso-2022-jp", "koi8-r"])
def test_a_body_stays_in_its_transfer_encoding_and_charset(encoding, charset):
    word = {"koi8-r": "Привет, это я"}.get(charset, "日中文字大小")
    raw = f"{word} and Emily\r\nEmily again\r\n".encode(charset)
    packed = {"quoted-printable": quopri.encodestring, "base64": base64.encodebytes}.get(
        encoding, bytes
    )(raw)
    head = f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    new = replaced(MIME + head.encode() + packed, "Emily")
    assert MIME + head.encode() == new[: len(MIME + head.encode())]
    assert raw.replace(b"Emily", b"[X]") == email.message_from_bytes(new).get_payload(decode=True)
    assert 998 >= max(map(len, new.splitlines()))


def test_flowed_lines_that_join_words_are_read_joined():
    head = b"Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n\r\n"
    data = MIME + head + "见王小 \r\n明。\r\n".encode()
    assert "王小明" in "".join(texts(data))
    assert MIME + head + "见[X]。\r\n".encode() == replaced(data, "王小明")


def test_a_mail_within_the_text_of_a_mail_is_read_as_one():
    inner = (
        HEAD
        + "Subject: =?utf-8?B?{}?=\r\n\r\nhi".format(
            base64.b64encode("给王小明".encode()).decode()
        ).encode()
    )
    data = HEAD + b"\r\nThe copy:\r\n\r\n" + inner
    assert "给王小明" in texts(data)
    assert "给[X]" == fields(replaced(data, "王小明").partition(b"copy:\r\n\r\n")[2])["subject"]


def test_a_file_of_apple_mail_is_read_behind_its_byte_count():
    data = b"120       \n" + HEAD + b"Subject: =?utf-8?Q?for_Em=69ly?=\r\n\r\nhi"
    assert "for Emily" in texts(data, Hint("1.emlx"))


def test_a_missing_last_boundary_and_nested_parts_are_read():
    data = MIME + (
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"
        b'Content-Type: multipart/alternative; boundary="a b"\r\n\r\n'
        b"--a b\r\n\r\nfirst Emily\r\n--a b  \r\nContent-Type: text/html\r\n\r\n<p>second Emily</p>"
    )
    assert data.replace(b"Emily", b"[X]") == replaced(data, "Emily")


def test_a_changed_signed_mail_loses_its_signature_and_says_so():
    signature = b"-----BEGIN PGP SIGNATURE-----\r\n\r\nabc\r\n-----END PGP SIGNATURE-----\r\n"
    data = MIME + (
        b'Content-Type: multipart/signed; micalg=pgp-sha1; protocol="application/pgp-signature";'
        b" boundary=a\r\n\r\n--a\r\n\r\nDear Emily\r\n--a\r\nContent-Type: application/pgp-signature\r\n\r\n"
        + signature + b"--a--\r\n"
    )  # fmt: skip
    ledger = Ledger(Limits())
    document = open_document(data, EML, ledger=ledger)
    assert [] == list(document.unread)
    new = document.apply(edits_of(document, "Emily", "[X]"))
    assert Rung.DROPPED is ledger.rung
    assert "multipart/mixed" == fields(new).get_content_type()
    assert ["Dear [X]"] == [part.get_content() for part in fields(new).iter_parts()]
    assert data == open_document(data, EML).apply([])


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        ("multipart/encrypted; boundary=a", b"--a\r\n\r\nx\r\n--a--", "encrypted"),
        ("application/pkcs7-mime; smime-type=enveloped-data", b"0\x80abc", "encrypted"),
        ("text/plain", b"-----BEGIN PGP MESSAGE-----\r\n\r\nabc", "encrypted"),
        ("message/partial; id=a; number=1", b"x", "partial"),
        ("application/octet-stream", b"\x01\x02\x03\x04" * 9, "unknown format"),
        ("application/pgp-signature", b"\x01\x02\x03\x04" * 9, "unknown format"),
    ],
)
def test_what_nobody_here_can_read_is_named(kind, body, why):
    data = MIME + b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body
    (unread,) = open_document(data, EML).unread
    assert unread.why.startswith(why)


def test_an_unknown_transfer_encoding_that_promises_something_is_unread():
    data = MIME + b"Content-Transfer-Encoding: base85\r\n\r\nabc"
    assert ["malformed mail: an unknown transfer encoding"] == [
        u.why for u in open_document(data, EML).unread
    ]
    assert not open_document(data.replace(b"base85", b"utf-8"), EML).unread


@pytest.mark.parametrize(
    "extra",
    [
        b"Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=a\r\n",
        b"Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 8bit\r\n",
    ],
)
def test_fields_that_contradict_each_other_are_refused(extra):
    with pytest.raises(Unreadable, match="malformed mail: two"):
        open_document(MIME + extra + b"\r\nx", EML)


def test_multiparts_nested_without_end_are_refused():
    data = MIME + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(40)
    )
    with pytest.raises(LimitExceeded):
        open_document(data, EML)


def test_base64_that_goes_on_behind_other_text_is_unread():
    line = base64.b64encode(b"some text that is long").decode()
    data = MIME + f"Content-Transfer-Encoding: base64\r\n\r\n{line}\r\n*!*\r\n{line}\r\n".encode()
    assert ["malformed mail: base64 that does not decode"] == [
        u.why for u in open_document(data, EML).unread
    ]


def test_an_attachment_that_becomes_another_kind_gets_its_ending_and_type():
    picture = pictures.samples("Quixotrel7")["heic"][0]
    data = (
        MIME + b"Content-Type: image/heic; name=scan.heic\r\nContent-Transfer-Encoding: base64\r\n"
    )
    data += b"Content-Disposition: attachment; filename=scan.heic\r\n\r\n" + base64.encodebytes(
        picture
    )
    document = open_document(data, EML)
    edits = [
        Edit(i, 0, len(s.text), "[X]")
        for i, s in enumerate(document.segments())
        if s.role is Role.PICTURE
    ]
    assert edits
    new = fields(document.apply(edits))
    assert ("image/jpeg", "scan.jpg") == (new.get_content_type(), new.get_filename())
    assert new.get_content().startswith(b"\xff\xd8\xff")


VALUE = "Emily Carter-王小明"


@st.composite
def headers_with_the_value(draw):
    """A subject with the value in it, cut into words of any charset and kind, folded anywhere."""
    cuts = sorted(draw(st.sets(st.integers(1, len(VALUE) - 1), max_size=5)))
    pieces = [VALUE[a:b] for a, b in zip([0, *cuts], [*cuts, len(VALUE)], strict=True)]
    words = []
    for piece in pieces:
        charset = draw(st.sampled_from(["utf-8", "gb18030", "GB2312", "Big5", "iso-2022-jp"]))
        raw = piece.encode(charset)
        if draw(st.booleans()):
            words.append(f"=?{charset}?B?{base64.b64encode(raw).decode()}?=")
        else:
            words.append(f"=?{charset}?q?" + "".join(f"={byte:02x}" for byte in raw) + "?=")
    spaces = [draw(st.sampled_from([" ", "\r\n ", "\r\n\t", "  \r\n  "])) for _ in words]
    return "".join(space + word for space, word in zip(spaces, words, strict=True))


@given(headers_with_the_value(), st.sampled_from(["", " tail", "\r\n tail"]))
def test_any_split_into_encoded_words_and_folds_is_found_and_removed(value, tail):
    data = HEAD + f"Subject: Re:{value}{tail}\r\nX-Last: 1\r\n\r\nbody".encode()
    new = replaced(data, VALUE)
    assert ["Re:", "[X]", *tail.split()] == fields(new)["subject"].split()
    assert new.startswith(HEAD + b"Subject: Re:")
    assert new.endswith(b"\r\nX-Last: 1\r\n\r\nbody")


@given(st.integers(1, 900), st.sampled_from([b"\r\n", b"\n"]), st.binary(max_size=4))
def test_base64_of_any_line_length_is_found_and_removed(width, newline, junk):
    raw = f"about {VALUE}, ".encode() + base64.b64encode(junk) + b" end" * 20
    packed = base64.b64encode(raw)
    lines = newline.join(packed[at : at + width] for at in range(0, len(packed), width))
    data = (
        MIME.replace(b"\r\n", newline)
        + b"Content-Transfer-Encoding: base64"
        + newline * 2
        + lines
        + newline
    )
    new = replaced(data, VALUE)
    assert raw.replace(VALUE.encode(), b"[X]") == email.message_from_bytes(new).get_payload(
        decode=True
    )
    assert not [text for text in layers(new, EML) if VALUE in text]


@settings(max_examples=50)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=400))
def test_any_text_in_quoted_printable_comes_back(text):
    message = MIMEText(f"{VALUE}\n{text}\n", "plain", "utf-8")
    raw = quopri.encodestring(f"{VALUE}\n{text}\n".encode())
    del message["content-transfer-encoding"]
    data = (
        MIME
        + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        + raw
    )
    document = open_document(data, EML)
    edits = edits_of(document, VALUE, "[X]")
    if document.unread or not edits:
        return
    new = email.message_from_bytes(document.apply(edits)).get_payload(decode=True)
    assert quopri.decodestring(raw).replace(VALUE.encode(), b"[X]") == new


CORPUS = sorted((Path(__file__).parents[2].parent / "shared/corpus/eml").glob("*"))


@pytest.mark.skipif(not CORPUS, reason="the shared corpus is not beside the checkout")
def test_real_mails_are_read_untouched_and_redacted_without_a_trace():
    blocked = []
    for path in CORPUS:
        data, hint = path.read_bytes(), Hint(path.name)
        document = open_document(data, hint)
        blocked += [path.name] if document.unread else []
        assert data == document.apply([])
        people = {
            address
            for value in (fields(data)["from"], fields(data)["to"])
            for address in str(value or "").replace("<", " ").replace(">", " ").split()
            if "@" in address and len(address) > 8
        }
        for address in people:
            edits = edits_of(document, address, "[X]")
            new = document.apply(edits)
            assert not [text for text in layers(new, hint) if address in text]
            assert not [s for s in open_document(new, hint).segments() if address in s.text]
    # Damaged PDFs and a signature that is none.
    assert 4 >= len(blocked)


@pytest.mark.parametrize(
    ("value", "secret", "display", "address"),
    [
        (
            "Ann Zorbel <ann@acme.example>",
            "ann@acme.example",
            "Ann Zorbel",
            '"[X]"@redacted.invalid',
        ),
        ("Ann Zorbel <ann@acme.example>", "Zorbel", "Ann [X]", "ann@acme.example"),
        ('"Zorbel, Ann" <ann@acme.example>', "Zorbel", "[X], Ann", "ann@acme.example"),
        ("ann@acme.example", "ann@acme.example", "", '"[X]"@redacted.invalid'),
        ("ann@acme.example", "ann", "", '"[X]"@acme.example'),
        ("Ann (Zorbel) <ann@acme.example>", "Zorbel", "Ann", "ann@acme.example"),
        ("=?utf-8?Q?Zorbel?= <ann@acme.example>", "Zorbel", "[X]", "ann@acme.example"),
        ('"a b"@acme.example', "a b", "", '"[X]"@acme.example'),
    ],
)
def test_an_address_field_keeps_its_grammar(value, secret, display, address):
    new = replaced(f"To: {value}\r\n".encode() + MIME[MIME.index(b"Date") :] + b"\r\nhi", secret)
    [mailbox] = fields(new)["to"].addresses
    assert (display, address, ()) == (
        mailbox.display_name,
        mailbox.addr_spec,
        tuple(fields(new)["to"].defects),
    )


def test_several_addresses_stay_several():
    value = b"To: a@x.example, team: b@x.example, Cy <c@x.example>;, d@x.example\r\n"
    new = replaced(value + MIME[MIME.index(b"Date") :] + b"\r\nhi", "@x.example", "[X]")
    assert 4 == len(fields(new)["to"].addresses)
    assert () == fields(new)["to"].defects


@given(st.text('ab@.,;:<>()"\\ [', max_size=25), st.integers(0, 25), st.integers(0, 25))
def test_any_edit_of_any_address_field_takes_the_text_away(text, first, second):
    start, end = sorted((min(first, len(text)), min(second, len(text))))
    out = text
    for begin, stop, new, place in sorted(fitted(text, [(start, end, "Z")]), reverse=True):
        out = out[:begin] + worded(new, place) + out[stop:]
    marked = text[:start] + "\0" * (end - start) + text[end:]
    assert out.count("Z") == 1
    gone = sum(char.isalnum() for char in text) - sum(char.isalnum() for char in marked)
    assert (
        sum(
            char in "ab"
            for char in out.replace("redacted@redacted.invalid", "").replace("redacted.invalid", "")
        )
        <= sum(char in "ab" for char in text) - gone
    )


def test_ids_of_messages_are_marked_as_no_addresses():
    document = open_document(
        MIME + b"Message-ID: <1@x.example>\r\nReferences: <0@x.example>\r\n\r\nhi", EML
    )
    ids = [s.context for s in document.segments() if "@x.example" in s.text]
    assert [("unique id",)] * 2 == ids


def test_the_way_a_mail_took_is_a_trace():
    way = b"Received: from pc-of-ann ([10.0.0.7]) by mx\r\nX-Originating-IP: [10.0.0.7]\r\n"
    document = open_document(way + MIME + b"\r\nhi", EML)
    assert [Role.TRACE] * 2 == [s.role for s in document.segments() if "10.0.0.7" in s.text]


def test_lines_of_quoted_printable_that_no_edit_touches_keep_their_bytes():
    body = (
        b'<p class=3D"a">caf=c3=a9 and a line that was wrapped by anothe=\r\nr program</p>=20\r\n'
        b"Zorbel=\r\nwick=20\r\n=0A=0D=e2=80=93 \r\nlast"
    )
    kind = b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    new = replaced(MIME + kind + body, "Zorbelwick")
    assert body.replace(b"Zorbel=\r\nwick", b"[X]") == new.partition(b"\r\n\r\n")[2]


_PRINTABLE = st.lists(
    st.sampled_from(
        [b"=\r\n", b"\r\n", b"\n", b"\r", b" ", b"\t", b"=20", b"=0A", b"=3D", b"=E4=BD=A0", b"ab", b"=", b"x" * 40]
    ),
    max_size=25,
).map(b"".join)  # fmt: skip


@given(
    _PRINTABLE,
    _PRINTABLE.map(quopri.decodestring),
    st.sampled_from([b"\n", b"\r\n"]),
    st.booleans(),
)
def test_a_new_body_in_quoted_printable_says_what_it_should(raw, content, newline, text):
    options = {"encoding": "quoted-printable", "newline": newline, "text": text}
    assert content == quopri.decodestring(edited_body(raw, content, **options))
    same = quopri.decodestring(raw)
    assert raw == edited_body(raw, same, **options)
