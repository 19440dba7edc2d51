"""Multipart bodies: read right or refused, spliced, and every position seen."""

import base64
import io
import json
import quopri
import re
import zipfile
from email import message_from_bytes

import httpx
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from multipart import MultipartParser
from urllib3.filepost import encode_multipart_formdata

from gateway.errors import CannotEdit, Unreadable
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint, Role

SECRET = "13800138000"
FORM = Hint("", "multipart/form-data; boundary=B")
RELATED = Hint("", "multipart/related; boundary=B")


def form(*parts: str | bytes, boundary: str = "B") -> bytes:
    raw = [part.encode() if isinstance(part, str) else part for part in parts]
    edge = f"--{boundary}".encode()
    return b"".join(edge + b"\r\n" + part + b"\r\n" for part in raw) + edge + b"--\r\n"


def text_field(name: str, value: str, *headers: str) -> str:
    lines = [f'Content-Disposition: form-data; name="{name}"', *headers]
    return "\r\n".join([*lines, "", value])


def replace_all(data: bytes, old: str, new: str, hint: Hint = FORM) -> bytes:
    document = open_document(data, hint)
    edits = [
        Edit(index, match.start(), match.end(), new)
        for index, segment in enumerate(document.segments())
        for match in re.finditer(re.escape(old), segment.text)
    ]
    assert edits
    return document.apply(edits)


def texts(data: bytes, hint: Hint = FORM) -> list[str]:
    return [segment.text for segment in open_document(data, hint).segments()]


# --- positions ----------------------------------------------------------------------------------

S = SECRET
ESCAPED = "".join(f"%3{digit}" for digit in SECRET)
POSITIONS = {
    "text field": text_field("prompt", f"call {S}"),
    "field name": text_field(f"x{S}", "v"),
    "file name": f'Content-Disposition: form-data; name="f"; filename="{S}.txt"\r\n\r\nx',
    "unquoted file name": f"Content-Disposition: form-data; name=f; filename={S}.txt\r\n\r\nx",
    "percent-encoded file name": f'Content-Disposition: form-data; name="f"; filename="{ESCAPED}.txt"\r\n\r\nx',
    "encoded word": 'Content-Disposition: form-data; name="f"; filename="=?UTF-8?B?'
    + base64.b64encode(f"张{S}.txt".encode()).decode() + '?="\r\n\r\nx',
    "extended file name": f"Content-Disposition: form-data; name=\"f\"; filename=\"x\"; filename*=UTF-8''{ESCAPED}.txt\r\n\r\nx",
    "extended in GBK": f"Content-Disposition: form-data; name=\"f\"; filename*=GBK'zh'%D5%C5{ESCAPED}\r\n\r\nx",
    "numbered file name": f'Content-Disposition: form-data; name="f"; filename*0="1380"; filename*1="{S[4:]}.txt"\r\n\r\nx',
    "numbered, extended": f"Content-Disposition: form-data; name=\"f\"; filename*0*=UTF-8''%E5%BC%A0; filename*1=\"{S}\"\r\n\r\nx",
    "escaped quotes": f'Content-Disposition: form-data; name="f"; filename="a\\"{S}\\\\.txt"\r\n\r\nx',
    "browser escapes": f'Content-Disposition: form-data; name="a%22{S}%0D%0A"\r\n\r\nx',
    "other parameter": f'Content-Disposition: form-data; name="f"; owner="{S}"\r\n\r\nx',
    "content type name": f'Content-Disposition: form-data; name="f"\r\nContent-Type: text/plain; name="{S}"\r\n\r\nx',
    "other header": text_field("f", "v", f"X-Owner: {S}"),
    "content id": text_field("f", "v", f"Content-ID: <{S}@x>"),
    "content description": text_field("f", "v", f"Content-Description: {S}"),
    "file body": f'Content-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\n{S}\r\n',
    "json file body": 'Content-Disposition: form-data; name="f"; filename="a.json"\r\n\r\n'
    + json.dumps({"a": int(S)}),
    "json part": text_field("meta", json.dumps({"a": S}), "Content-Type: application/json"),
    "json in a field": text_field("payload", json.dumps({"a": [S]})),
    "data url in a field": text_field("FileBase64", "data:text/plain;base64," + base64.b64encode(S.encode()).decode()),
    "label of a data url": text_field("f", f"data:text/plain;name={S};base64,aGVsbG8="),
    "base64 in a field": text_field("content", base64.b64encode(f"text {S} ".encode() * 5).decode()),
    "base64 body": text_field("f", base64.b64encode(S.encode()).decode(), "Content-Transfer-Encoding: base64"),
    "base64 file": 'Content-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Transfer-Encoding: BASE64\r\n\r\n'
    + base64.encodebytes(f"line {S}\n".encode() * 9).decode(),
    "quoted-printable body": text_field("f", quopri.encodestring(f"张 = {S}".encode()).decode().replace("800", "=38=30=\r\n0", 1),
        "Content-Transfer-Encoding: quoted-printable"),
    "gb18030 field": b'Content-Disposition: form-data; name="f"\r\n\r\n' + f"客户张伟的电话号码是{S}".encode("gb18030"),
    "declared charset": b'Content-Disposition: form-data; name="f"\r\nContent-Type: text/plain; charset=utf-16-le\r\n\r\n'
    + f"the phone number is {S}, as of today".encode("utf-16-le"),
    "header in gb18030": f'Content-Disposition: form-data; name="f"; filename="张伟{S}.txt"\r\n\r\nx'.encode("gb18030"),
    "with its length": text_field("f", S, "Content-Length: 11"),
    "nested parts": 'Content-Disposition: form-data; name="f"\r\nContent-Type: multipart/mixed; boundary=I\r\n\r\n'
    f'--I\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\n{S}\r\n--I--',
}  # fmt: skip


@pytest.mark.parametrize("position", POSITIONS)
def test_a_secret_in_any_position_is_seen_and_removed(position):
    # UTF-16 without a mark shows by the zero bytes of its ASCII letters.
    token = "[PHONE]" if position == "declared charset" else "〔电话〕"
    keep = text_field("untouched", "nothing  here\r\n")
    data = form(keep, POSITIONS[position], keep)
    document = open_document(data, FORM)
    assert data == document.apply([])
    assert any(S in seen for seen in texts(data))
    assert any(S in layer for layer in layers(data, FORM))
    out = replace_all(data, S, token)
    assert any(token in seen for seen in texts(out))
    assert not any(S in layer for layer in layers(out, FORM))
    assert not any(S in seen for seen in texts(out))
    assert out.startswith(b"--B\r\n" + keep.encode() + b"\r\n--B\r\n")
    assert out.endswith(b"\r\n--B\r\n" + keep.encode() + b"\r\n--B--\r\n")
    changed = [seen for seen in texts(data) if S not in seen]
    assert changed == [seen for seen in texts(out) if token not in seen]


def test_the_unknown_name_of_a_header_is_seen_and_cannot_be_edited():
    data = form(text_field("f", "v", f"X-{S}: 1"))
    with pytest.raises(CannotEdit):
        replace_all(data, S, "x")


@pytest.mark.parametrize("new", ["\r\n--B\r\n", "--B--", "a\r\n--B"])
def test_a_replacement_that_would_be_a_boundary_is_refused(new):
    with pytest.raises(CannotEdit):
        replace_all(form(text_field("f", S)), S, new)


def test_a_replacement_that_would_break_a_header_is_refused():
    with pytest.raises(CannotEdit):
        replace_all(form(text_field("f", "v", f"X-A: {S}")), S, "a\r\nb")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20), st.sampled_from(["file name", "percent-encoded file name", "encoded word", "extended file name", "numbered file name", "field name", "escaped quotes"]))  # fmt: skip
def test_any_new_name_is_read_back(new, position):
    out = replace_all(form(POSITIONS[position]), S, new + "〕")
    assert any(new + "〕" in seen for seen in texts(out))
    assert 1 == len(list(MultipartParser(io.BytesIO(out), "B")))


def test_the_declared_length_of_a_part_follows_its_body():
    out = replace_all(form(POSITIONS["with its length"]), S, "〔电话〕")
    assert b"Content-Length: 12\r\n" in out


# --- bodies made by others ----------------------------------------------------------------------

FILES = {
    "file": ('张伟 "x".txt', f"phone {S}".encode(), "text/plain"),
    "purpose": (None, "assistants"),
}


def by_requests():
    made = requests.Request("POST", "http://x/", files=FILES, data={"a": "张"}).prepare()
    return made.body, made.headers["content-type"]


def by_httpx():
    made = httpx.Request("POST", "http://x/", files=FILES, data={"a": "张"})
    return made.read(), made.headers["content-type"]


def by_urllib3():
    return encode_multipart_formdata({"file": FILES["file"], "purpose": "assistants", "a": "张"})


@pytest.mark.parametrize("make", [by_requests, by_httpx, by_urllib3])
def test_bodies_of_python_clients_are_read_and_edited(make):
    data, media_type = make()
    hint = Hint("", media_type)
    assert {'张伟 "x".txt', "assistants", "张", f"phone {S}"} <= set(texts(data, hint))
    out = replace_all(data, S, "<TEL>", hint)
    boundary = media_type.partition("boundary=")[2]
    parts = {part.name: part for part in MultipartParser(io.BytesIO(out), boundary)}
    assert ("phone <TEL>", "assistants", "张") == tuple(
        parts[n].value for n in ("file", "purpose", "a")
    )


def test_a_body_of_googles_client_is_read_in_its_line_feeds():
    data = (
        b'--===1==\nContent-Type: application/json\nMIME-Version: 1.0\n\n{"name": "13800138000.txt"}\n'
        b"--===1==\nContent-Type: text/plain\nMIME-Version: 1.0\nContent-Transfer-Encoding: binary\n\n"
        b"phone 13800138000\n\n--===1==--\n"
    )
    hint = Hint("", 'multipart/related; boundary="===1=="')
    out = replace_all(data, S, "<TEL>", hint)
    assert data.replace(S.encode(), b"<TEL>") == out
    whole = message_from_bytes(b'Content-Type: multipart/related; boundary="===1=="\n\n' + out)
    assert [b'{"name": "<TEL>.txt"}', b"phone <TEL>\n"] == [
        part.get_payload(decode=True) for part in whole.get_payload()
    ]


@pytest.mark.parametrize("position", ["extended in GBK", "numbered, extended", "encoded word", "file body", "header in gb18030", "quoted-printable body", "other header", "content id"])  # fmt: skip
def test_a_secret_in_a_related_part_is_seen_and_removed(position):
    part = POSITIONS[position]
    part = (part if isinstance(part, bytes) else part.encode()).replace(b"form-data", b"attachment")
    data = form(part)
    assert any(S in layer for layer in layers(data, RELATED))
    out = replace_all(data, S, "〔电话〕", RELATED)
    assert any("〔电话〕" in layer for layer in layers(out, RELATED))
    assert not any(S in layer for layer in layers(out, RELATED))


def test_addresses_roles_and_contexts():
    data = form(
        text_field("prompt", "hi"),
        text_field("张伟", "v"),
        'Content-Disposition: form-data; name="up"; filename="a.txt"\r\n\r\nx',
        text_field("prompt", "again"),
    )
    assert [
        ("field 1 (prompt)", Role.KEY, (), "prompt"),
        ("field 1 (prompt)", Role.BODY, ("prompt",), "hi"),
        ("field 2", Role.KEY, (), "张伟"),
        ("field 2", Role.BODY, ("张伟",), "v"),
        ("file 1 (up)", Role.KEY, (), "up"),
        ("file 1 (up)", Role.NAME, ("filename",), "a.txt"),
        ("field 3 (prompt)", Role.KEY, (), "prompt"),
        ("field 3 (prompt)", Role.BODY, ("prompt",), "again"),
        ("file 1 (up)/text 1", Role.BODY, (), "x"),
    ] == [(s.part, s.role, s.context, s.text) for s in open_document(data, FORM).segments()]


def test_a_zip_in_a_form_is_opened_as_a_zip_in_a_form():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("notes.txt", f"phone {S}\n")
    head = b'Content-Disposition: form-data; name="f"; filename="a.zip"\r\n\r\n'
    data = form(head + packed.getvalue(), text_field("a", "b"))
    assert "multipart" == open_document(data, FORM).format
    out = replace_all(data, S, "<TEL>")
    (part, _) = MultipartParser(io.BytesIO(out), "B")
    with zipfile.ZipFile(io.BytesIO(part.raw)) as archive:
        assert b"phone <TEL>\n" == archive.read("notes.txt")


@pytest.mark.parametrize("declared", ["multipart/form-data; boundary=B", "application/json;odata=verbose", "application/x-www-form-urlencoded"])  # fmt: skip
def test_a_raw_file_under_a_false_type_is_known_by_its_content(declared):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("notes.txt", f"phone {S}\n")
    assert "zip" == open_document(packed.getvalue(), Hint("", declared)).format


def test_a_file_nobody_can_open_is_unread():
    document = open_document(
        form(b'Content-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n\x00\x01\xff\x02'),
        FORM,
    )
    assert ["file 1 (f)"] == [unread.part for unread in document.unread]


def test_a_form_is_known_by_its_first_line_when_no_type_is_declared():
    data = form(text_field("f", S), boundary="----WebKitFormBoundaryX")
    assert "multipart" == open_document(data, Hint()).format
    assert S in texts(data, Hint())


def test_an_uploaded_text_with_parts_of_its_own_is_not_ambiguous():
    inner = "as received:\r\n--X\r\nContent-Type: text/plain\r\n\r\nhello\r\n--X--\r\n"
    data = form(f'Content-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\n{inner}')
    assert inner in texts(data)


# --- odd variants -------------------------------------------------------------------------------

F = text_field("f", S)
DISPOSITION = 'Content-Disposition: form-data; name="f"'
READ = {
    "one field": (form(F), FORM),
    "no field": (b"--B--\r\n", FORM),
    "no line break at the end": (form(F)[:-2], FORM),
    "blank lines after the end": (form(F) + b"\r\n\r\n", FORM),
    "blank line before": (b"\r\n" + form(F), FORM),
    "quoted boundary": (form(F), Hint("", 'multipart/form-data; boundary="B"')),
    "upper-case type, charset before": (form(F), Hint("", "Multipart/Form-Data; charset=utf-8; BOUNDARY=B;")),
    "boundary of dashes": (form(F, boundary="----x"), Hint("", "multipart/form-data; boundary=----x")),
    "header names in any case": (form(F.replace("Content-Disposition", "CONTENT-disposition")), FORM),
    "no space after the colon": (form(F.replace(": form", ":form")), FORM),
    "repeated names": (form(F, F), FORM),
    "empty value": (form(text_field("f", ""), F), FORM),
    "empty file": (form(f'{DISPOSITION}; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n', F), FORM),
    "body of line breaks": (form(text_field("f", "\r\n\r\n" + S + "\r\n")), FORM),
    "dashes in the body": (form(text_field("f", f"--\r\n--A\r\n---- {S}")), FORM),
    "8bit transfer encoding": (form(text_field("f", S, "Content-Transfer-Encoding: 8bit")), FORM),
    "related without disposition": (form(f"Content-Type: text/plain\r\n\r\n{S}"), RELATED),
    "part without headers": (form(f"\r\n{S}"), RELATED),
    "mixed": (form(f"Content-Disposition: attachment\r\n\r\n{S}"), Hint("", "multipart/mixed; boundary=B")),
}  # fmt: skip
REFUSED = {
    "no boundary declared": (form(F), Hint("", "multipart/form-data")),
    "two boundaries declared": (form(F), Hint("", "multipart/form-data; boundary=B; boundary=C")),
    "another boundary declared": (form(F), Hint("", "multipart/form-data; boundary=C")),
    "boundary with forbidden characters": (form(F), Hint("", 'multipart/form-data; boundary="a<b"')),
    "broken parameters of the type": (form(F), Hint("", 'multipart/form-data; boundary="B')),
    "text before the first boundary": (b"preamble " + S.encode() + b"\r\n" + form(F), FORM),
    "text after the last boundary": (form(F) + S.encode(), FORM),
    "a part after the last boundary": (form(F) + form(F), FORM),
    "no last boundary": (form(F)[:-6], FORM),
    "cut in a header": (b"--B\r\nContent-Dispo", FORM),
    "only a boundary": (b"--B", FORM),
    "line feeds alone": (form(F).replace(b"\r\n", b"\n"), FORM),
    "line feed before a boundary": (form(F, F).replace(b"\r\n--B\r\n", b"\n--B\r\n"), FORM),
    "space after a boundary": (form(F).replace(b"--B\r\n", b"--B \r\n"), FORM),
    "boundary in the middle of a line": (form(text_field("f", f"x --B {S}")), FORM),
    "boundary as prefix of a line": (form(text_field("f", f"x\r\n--BC\r\n{S}")), FORM),
    "a second form inside": (form(text_field("f", f"x\r\n--C\r\n{F}\r\n--C--")), FORM),
    "folded header": (form(F.replace("; name", ";\r\n name")), FORM),
    "header without colon": (form(f"{DISPOSITION}\r\nnonsense {S}\r\n\r\nx"), FORM),
    "space before the colon": (form(F.replace(": form", " : form")), FORM),
    "null in a header": (form(F.replace('"f"', '"f\0"')), FORM),
    "stray CR in a header": (form(F.replace('"f"', '"f\rg"')), FORM),
    "no end of headers": (form(DISPOSITION), FORM),
    "disposition twice": (form(f"{DISPOSITION}\r\n{F}"), FORM),
    "name twice": (form(F.replace('"f"', '"f"; name="g"')), FORM),
    "file name twice": (form(F.replace('"f"', '"f"; filename="a"; filename="b"')), FORM),
    "unbalanced quote": (form(F.replace('"f"', '"f')), FORM),
    "text after a quoted name": (form(F.replace('"f"', '"f" x=y "z')), FORM),
    "no disposition in a form": (form(f"Content-Type: text/plain\r\n\r\n{S}"), FORM),
    "wrong disposition in a form": (form(F.replace("form-data", "attachment")), FORM),
    "unknown transfer encoding": (form(text_field("f", S, "Content-Transfer-Encoding: x-uuencode")), FORM),
    "damaged base64": (form(text_field("f", "aGVsbG", "Content-Transfer-Encoding: base64")).replace(b"aGVsbG", b"aGV*"), FORM),
    "damaged quoted-printable": (form(text_field("f", "a=ZZ", "Content-Transfer-Encoding: quoted-printable")), FORM),
    "transfer encoding around parts": (form("Content-Type: multipart/mixed; boundary=I\r\nContent-Transfer-Encoding: base64\r\n\r\nLS1JLS0="), RELATED),
    "wrong length": (form(text_field("f", S, "Content-Length: 5")), FORM),
    "length not a number": (form(text_field("f", S, "Content-Length: 0x0b")), FORM),
    "numbered names out of order": (form(F.replace('"f"', '"f"; filename*1="b"; filename*0="a"')), FORM),
    "extended name in an unknown charset": (form(F.replace('"f"', "\"f\"; filename*=x-none''a%FF")), FORM),
    "long number in a media type": (form(text_field("f", "v", f"Content-Type: application/x-{S}")), FORM),
    "two line ends in related": (form("\r\nx").replace(b"--B\r\n", b"--B\n", 1), RELATED),
}  # fmt: skip


@pytest.mark.parametrize("variant", READ)
def test_a_sound_variant_is_read_whole(variant):
    data, hint = READ[variant]
    document = open_document(data, hint)
    assert [] == list(document.unread)
    assert data == document.apply([])
    assert data.count(S.encode()) == sum(s.text.count(S) for s in document.segments())
    if S.encode() in data:
        out = replace_all(data, S, "<TEL>", hint)
        assert data.replace(S.encode(), b"<TEL>") == out
        assert not any(S in layer for layer in layers(out, hint))


@pytest.mark.parametrize("variant", REFUSED)
def test_a_variant_that_parsers_could_read_differently_is_refused(variant):
    data, hint = REFUSED[variant]
    with pytest.raises(Unreadable, match="malformed multipart"):
        open_document(data, hint)


@given(st.data())
def test_a_damaged_body_is_refused_or_shows_every_part_the_library_sees(data):
    body = bytearray(form(F, POSITIONS["file name"], text_field("g", "x")))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 2))] = data.draw(
            st.sampled_from(
                [
                    b"",
                    b"\r",
                    b"\n",
                    b"-",
                    b'"',
                    b";",
                    b":",
                    b"B",
                    b" ",
                    b"\r\n--B\r\n",
                    b"\xff",
                ]
            )
        )
    raw = bytes(body)
    try:
        document = open_document(raw, FORM)
    except Unreadable:
        return
    assert raw == document.apply([])
    seen = "\n".join(segment.text for segment in document.segments())
    for part in MultipartParser(io.BytesIO(raw), "B"):
        assert document.unread or part.raw.decode("latin-1").strip() in seen
