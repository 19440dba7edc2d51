"""Canaries in every position and spelling of the text formats: none may leave.

The output is read by a greedy decoder of its own, made of the standard library only: whatever a
receiver could undo is undone, whether the format says so or not.
"""

import base64
import binascii
import html
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from email.header import decode_header
from urllib.parse import quote, quote_plus, unquote_to_bytes

import pytest

from gateway.detect import catalogue
from gateway.model import Destination, Hint, Item, Outcome, Purpose, Verdict
from gateway.pipeline import Pipeline, build
from gateway.policy import load_policy
from gateway.settings import Limits

CHAT = Destination("openai", "api.openai.com", Purpose.CHAT)
MAIL = "zhang.wei@acme-mail.com"
CARD = "4111 1111 1111 1111"
MOBILE = "13912345678"
KEY = "sk-proj-Ab3dEf6hIj9kLmN0pQrStUvWxYz1234567890abcd"
CANARIES = ("11010519491231002X", MOBILE, MAIL, CARD, KEY, "张伟", "Project Falcon")
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=XbX"
ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
type Case = tuple[bytes, str, str]


@pytest.fixture(scope="module")
def pipe() -> Pipeline:
    values = ("张伟", "Project Falcon")
    return build(load_policy("default", catalogue()), bytes(32), Limits(), values)


def judge(pipe: Pipeline, data: bytes, name: str = "", kind: str = "") -> Outcome:
    return pipe.process(Item(data, Hint(name, kind), CHAT))


# --- the decoder ------------------------------------------------------------------------------


def readings(data: bytes, depth: int = 5) -> Iterator[str]:
    if data.startswith(b"PK"):
        if not zipfile.is_zipfile(io.BytesIO(data)):
            return
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive.comment.decode("utf-8", "replace")
            for member in archive.infolist():
                yield member.filename
                yield (member.comment + b"\n" + member.extra).decode("utf-8", "replace")
                yield from readings(archive.read(member), depth - 1)
        return
    for encoding in ENCODINGS:
        try:
            yield from undone(data.decode(encoding), depth)
        except UnicodeDecodeError:
            continue


def undone(text: str, depth: int) -> Iterator[str]:
    yield text
    if not depth:
        return
    raw = unquote_to_bytes(text.replace("+", " "))
    forms = {
        html.unescape(text),
        re.sub(r"<!--.*?-->|<[^>]*>", "", text, flags=re.DOTALL),
        re.sub(r"[\\%]u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text),
        re.sub(r"\\x([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), text),
        re.sub(r"\\(.)", r"\1", text).replace('""', '"'),
        raw.decode("utf-8", "replace"),
    }
    for word in re.findall(r"=\?[\w-]+\?[bqBQ]\?[^?]*\?=", text):
        forms |= {part.decode(c or "utf-8") for part, c in decode_header(word) if c}
    for form in forms - {text}:
        yield from undone(form, depth - 1)
    for run in re.findall(r"[A-Za-z0-9+/_-]{16,}(?:\s{1,2}[A-Za-z0-9+/_-]{4,})*", text):
        compact = "".join(run.split()).replace("-", "+").replace("_", "/")
        try:
            data = base64.b64decode(compact + "=" * (-len(compact) % 4))
        except binascii.Error:
            continue
        yield from readings(data, depth - 1)


def shows(data: bytes, canary: str) -> bool:
    unseen = dict.fromkeys(map(ord, "\u00ad\u200b\u200d\ufeff"), "")
    return any(
        canary in unicodedata.normalize("NFKC", text).translate(unseen) for text in readings(data)
    )


# --- positions and spellings ------------------------------------------------------------------


def zipped(
    name: str, data: bytes, *, comment: bytes = b"", remark: bytes = b"", extra: bytes = b""
) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(name)
        info.comment, info.extra = remark, extra
        archive.writestr(info, data)
        archive.comment = comment
    return target.getvalue()


def part(body: bytes, more: str = "", disposition: str = 'form-data; name="f"') -> Case:
    head = f"--XbX\r\nContent-Disposition: {disposition}\r\n{more}\r\n"
    return head.encode() + body + b"\r\n--XbX--\r\n", "", PARTS


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


def percent(text: str) -> str:
    return "".join(f"%{octet:02X}" for octet in text.encode())


SPELLINGS = {
    "as it is": lambda c: c,
    "percent": percent,
    "percent twice": lambda c: percent(c).replace("%", "%25"),
    "percent u": lambda c: escaped(c).replace("\\", "%"),
    "u escapes": escaped,
    "x escapes": lambda c: "".join(f"\\x{ord(x):02x}" if x < "\x80" else x for x in c),
    "decimal": lambda c: "".join(f"&#{ord(x)};" for x in c),
    "decimal, open": lambda c: "".join(f"&#{ord(x)}" for x in c),
    "hexadecimal": lambda c: "".join(f"&#x{ord(x):X};" for x in c),
    "zero width": lambda c: c[:1] + "\u200b" + c[1:],
    "soft hyphen": lambda c: c[:1] + "\u00ad" + c[1:],
    "encoded word": lambda c: f"=?utf-8?B?{base64.b64encode(c.encode()).decode()}?=",
    "base64": lambda c: base64.b64encode(f"Hello, here it is: {c}. Good bye".encode()).decode(),
    "base64 for URLs": lambda c: base64.urlsafe_b64encode(
        f"see: {c}. Good bye".encode()
    ).decode().rstrip("="),
    "base64 of UTF-16": lambda c: base64.b64encode(f"Here: {c}.".encode("utf-16")).decode(),
    "base64 of a zip": lambda c: base64.b64encode(zipped("a.txt", f"x {c} y".encode())).decode(),
}  # fmt: skip
PLACES = {
    "text": lambda v: (f"Note: {v} end".encode(), "a.txt", ""),
    "text lines": lambda v: (f"before\n{v}\nafter\n".encode(), "a.txt", ""),
    "json": lambda v: (json.dumps({"content": f"see {v} there"}).encode(), "a.json", ""),
    "json whole": lambda v: (json.dumps([[v]], ensure_ascii=False).encode(), "", ""),
    "json in json": lambda v: (json.dumps({"b": json.dumps({"a": v})}).encode(), "a.json", ""),
    "html": lambda v: (f"<html><body><p>see {v} now</p></body></html>".encode(), "a.html", ""),
    "html script": lambda v: (f"<html><script>x='{v}'</script></html>".encode(), "a.html", ""),
    "html attribute": lambda v: (f'<html><a title="{v}">x</a></html>'.encode(), "a.html", ""),
    "html in json": lambda v: (json.dumps({"b": f"<p>{v}</p>"}).encode(), "a.json", ""),
    "xml": lambda v: (f"<r><p>see {html.escape(v)} now</p></r>".encode(), "a.xml", ""),
    "csv": lambda v: (f'a,b,c\r\n1,"{v}",2\r\n3,4,5\r\n'.encode(), "a.csv", ""),
    "yaml": lambda v: (f"a: {json.dumps(v)}\nb: 1\n".encode(), "a.yaml", ""),
    "form": lambda v: (b"a=1&b=" + quote_plus(v).encode(), "", FORM),
    "field": lambda v: part(v.encode()),
    "header": lambda v: part(b"x", f"Content-Description: {v}\r\n"),
    "file": lambda v: part(v.encode(), "", 'form-data; name="f"; filename="a.txt"'),
    "zip": lambda v: (zipped("a.txt", v.encode()), "a.zip", ""),
    "zip comment": lambda v: (zipped("a", b"x", comment=v.encode()), "a.zip", ""),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_leaves_from_any_place(pipe, place, spelling):
    if (place, spelling) in {("zip comment", "base64 of a zip"), ("header", "base64 of a zip")}:
        return  # files there are declared out of reach
    for canary in CANARIES:
        outcome = judge(pipe, *PLACES[place](SPELLINGS[spelling](canary)))
        assert outcome.verdict in (Verdict.REDACT, Verdict.BLOCK), canary
        assert outcome.data is None or not shows(outcome.data, canary), canary


SPECIAL = {
    "across tags": lambda c: (f"<p>{c[:1]}<!-- x -->{c[1:3]}<b>{c[3:]}</b></p>".encode(), "", "text/html"),
    "tags in json": lambda c: (json.dumps({"b": f"<p>{c[:1]}<b>{c[1:]}</b></p>"}).encode(), "a.json", ""),
    "srcdoc": lambda c: (f'<html><iframe srcdoc="<p>{c[:1]}<b>{c[1:]}</b></p>"></iframe></html>'.encode(), "a.html", ""),
    "each letter": lambda c: (f"<r><p>{''.join(f'<s>{x}</s>' for x in c)}</p></r>".encode(), "a.xml", ""),
    "cdata": lambda c: (f"<r><![CDATA[{c[:1]}]]><![CDATA[{c[1:]}]]></r>".encode(), "a.xml", ""),
    "json key": lambda c: (json.dumps({c: 1}).encode(), "a.json", ""),
    "doubled quotes": lambda c: (f'a,b\r\n1,"x ""{c}"" y"\r\n2,3\r\n'.encode(), "a.csv", ""),
    "lines of a cell": lambda c: (f'a,b\r\n1,"x\r\n{c}\r\ny"\r\n2,3\r\n'.encode(), "a.csv", ""),
    "uneven table": lambda c: (f"a,b\r\n1,{c},2,3,4\r\n5\r\n".encode(), "a.csv", ""),
    "folded": lambda c: (f"a: >\n  x {c}\n  y\nb: 1\n".encode(), "a.yaml", ""),
    "anchor": lambda c: (f"a: &x {c}\nb: *x\n".encode(), "a.yaml", ""),
    "field name": lambda c: part(b"x", "", f'form-data; name="{c}"'),
    "file name": lambda c: part(b"x", "", f'form-data; name="f"; filename="{c}.txt"'),
    "file name*": lambda c: part(b"x", "", f"form-data; name=\"f\"; filename*=UTF-8''{quote(c)}.txt"),
    "form name": lambda c: (b"a=1&" + quote_plus(c).encode() + b"=1", "", FORM),
    "preamble": lambda c: (c.encode() + b"\r\n" + part(b"x")[0], "", PARTS),
    "member name": lambda c: (zipped(f"{c}.txt", b"x"), "a.zip", ""),
    "member remark": lambda c: (zipped("a", b"x", remark=c.encode()), "a.zip", ""),
    "extra field": lambda c: (zipped("a", b"x", extra=b"\x99\x99" + len(c.encode()).to_bytes(2, "little") + c.encode()), "a.zip", ""),
    "zip in zip": lambda c: (zipped("b.zip", zipped("a.json", json.dumps({"a": c}).encode())), "a.zip", ""),
    "full width": lambda c: ("".join(chr(ord(x) + 0xFEE0) if "!" <= x <= "~" else x for x in c).encode(), "a.txt", ""),
    **{f"text in {e}": lambda c, e=e: (f"Data: {c} end of the note".encode(e), "a.txt", "")
       for e in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030")},
    **{f"table in {e}": lambda c, e=e: (f"编号,备注说明内容\r\n1,{c}\r\n2,我们的资料\r\n".encode(e), "a.csv", "")
       for e in ("utf-8-sig", "utf-16", "gb18030")},
}  # fmt: skip


@pytest.mark.parametrize("place", SPECIAL)
def test_no_place_of_a_format_lets_a_value_through(pipe, place):
    for canary in CANARIES:
        outcome = judge(pipe, *SPECIAL[place](canary))
        assert outcome.verdict in (Verdict.REDACT, Verdict.BLOCK), canary
        assert outcome.data is None or not shows(outcome.data, canary), canary


@pytest.mark.parametrize("length", [40, 150, 400, 2000])
def test_a_token_of_any_length_is_one_finding(pipe, length):
    claims = json.dumps({"sub": "x", "scope": "read " * (length // 5)}).encode()
    payload = base64.urlsafe_b64encode(claims).decode().rstrip("=")
    token = f"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{payload}.SflKxwRJSMeKKF2QT4fwpMeJf36POk6y"
    assert b"use [JWT] now" == judge(pipe, f"use {token} now".encode(), "a.txt").data
    outcome = judge(pipe, json.dumps({"auth": token}).encode(), "a.json")
    assert b'{"auth": "[JWT]"}' == outcome.data


@pytest.mark.parametrize("offset", range(-30, 31, 6))
def test_a_value_at_a_chunk_border_is_found(pipe, offset):
    text = "请帮我看一下这份报告 quarterly report " * 5000
    at = 100_000 + offset
    outcome = judge(pipe, f"{text[:at]} {MOBILE} {text[at:]}".encode(), "a.txt")
    assert f"{text[:at]} [PHONE_NUMBER] {text[at:]}".encode() == outcome.data


# --- nothing is spoiled, nothing blocked without need -------------------------------------------

CLEAN = {
    "schema": (b'{"properties": {"password": {"type": "string", "minLength": 8}, "oauth2Password": {"type": "object", "properties": {"scopes": {}}}}}', "a.json"),
    "tsconfig": (b'// base\n{ "compilerOptions": { "target": "es2022", "paths": {"@/*": ["./src/*"]}, }, }\n', "tsconfig.txt"),
    "requirements": (b"requests[socks]==2.32.3 ; python_version >= '3.8'\n", "requirements.txt"),
    "query": (b"see https://example.org/a?q=%E4%BD%A0%E5%A5%BD&b=c%20d&copy=1\n", "a.md"),
    "regexp": (rb"re.compile(r'\\x00\u4e00-\u9fff&#39;%20')" + b"\n", "a.py"),
    "emoji": ("family \U0001f468\u200d\U0001f469\u200d\U0001f467 co\u00adoperate\n".encode(), "a.txt"),
}  # fmt: skip


@pytest.mark.parametrize("name", CLEAN)
def test_spelled_text_without_findings_stays_as_it_is(pipe, name):
    data, file = CLEAN[name]
    outcome = judge(pipe, data, file)
    assert (Verdict.ALLOW, data) == (outcome.verdict, outcome.data)


@pytest.mark.parametrize(
    ("data", "name", "kind", "expected"),
    [
        (f'<a href="mailto:{MAIL}?subject=x">{MAIL}</a> {quote(MAIL)}', "a.html", "",
         '<a href="mailto:[EMAIL_ADDRESS]?subject=x">[EMAIL_ADDRESS]</a> [EMAIL_ADDRESS]'),
        (f"手机 {MOBILE} 订单 99{MOBILE}01", "a.txt", "", f"手机 [PHONE_NUMBER] 订单 99{MOBILE}01"),
        ('{"u": "https://x.org/?p=139%2012345678", "n": 13912345678}', "a.json", "",
         '{"u": "https://x.org/?p=[PHONE_NUMBER]", "n": "[PHONE_NUMBER]"}'),
    ],
)  # fmt: skip
def test_one_value_in_several_shapes_is_redacted_not_blocked(pipe, data, name, kind, expected):
    assert expected == (judge(pipe, data.encode(), name, kind).data or b"").decode()


def test_a_listed_word_that_the_format_uses_itself_does_not_block():
    words = ("content", "name", "id")
    pipe = build(load_policy("default", catalogue()), bytes(32), Limits(), words)
    page = b'<html><body><div id="x" name="y">the name</div></body></html>'
    assert page.replace(b"the name", b"the [EXACT_VALUE]") == judge(pipe, page, "a.html").data
    body = part(b"the name")[0]
    assert body.replace(b"the name", b"the [EXACT_VALUE]") == judge(pipe, body, "", PARTS).data
