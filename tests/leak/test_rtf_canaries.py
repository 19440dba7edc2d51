"""A unique word in every place of an RTF file where text can hide: all are seen, none survives."""

import io
import re
import struct
import zipfile

import pytest
from striprtf.striprtf import rtf_to_text

from gateway.detect import catalogue
from gateway.formats import layers, open_document
from gateway.model import Hint, Item, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits


class Canaries:
    """Hands out a unique value for each place it is asked about."""

    def __init__(self):
        self.places = {}

    def __call__(self, place):
        return self.places.setdefault(place, f"Kanari{len(self.places):02d}vogel")

    def chinese(self, place):
        number = len(self.places)
        return self.places.setdefault(
            place, f"金丝雀{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{number}号"
        )


def unicode(text, beside="?"):
    return "".join(
        f"\\u{int.from_bytes(c.encode('utf-16-le'), 'little', signed=True)}{beside}" for c in text
    )


def hexed(text, codec="gb18030"):
    return "".join(f"\\'{b:02x}" for b in text.encode(codec))


def package(name, path, content):
    """An embedded file, [MS-OLEDS] 2.2.5 and the Package format."""
    native = (
        struct.pack("<H", 2)
        + name
        + b"\0"
        + path
        + b"\0"
        + struct.pack("<HHI", 0, 3, len(path) + 1)
    )
    native += path + b"\0" + struct.pack("<I", len(content)) + content
    head = struct.pack("<2I", 0x501, 2) + struct.pack("<I", 8) + b"Package\0" + bytes(8)
    return head + struct.pack("<I", len(native)) + native + struct.pack("<2I", 0x501, 0)


def zipped(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def rtf(c):
    a, b = c("split over runs")[:6], c("split over runs")[6:]
    d, e = c("split by a deletion")[:6], c("split by a deletion")[6:]
    obj = package(
        c("package label").encode(), c("package path").encode(), c("package content").encode()
    )
    theme = zipped({"theme/theme1.xml": f'<a:theme name="{c("theme name")}"><a:b/></a:theme>'})
    text = (
        "{\\rtf1\\ansi\\ansicpg936\\uc1\\deff0{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset134 "
        f"{hexed('宋体')};}}{{\\f2\\fnil {c('font name')};}}}}"
        f"{{\\stylesheet{{\\s0 Normal;}}{{\\s1 {c('style name')};}}{{\\*\\cs2 {c('character style')};}}}}"
        f"{{\\*\\revtbl{{Unknown;}}{{{c('revision author')};}}}}"
        f"{{\\info{{\\title {c('title')}}}{{\\subject {c('subject')}}}{{\\author {c('author')}}}"
        f"{{\\manager {c('manager')}}}{{\\company {c('company')}}}{{\\operator {c('operator')}}}"
        f"{{\\category {c('category')}}}{{\\keywords {c('keywords')}}}{{\\doccomm {c('doccomm')}}}"
        f"{{\\*\\hlinkbase {c('link base')}}}{{\\creatim\\yr2020\\mo1\\dy2}}}}"
        f"{{\\*\\userprops{{\\propname {c('property name')}}}\\proptype30{{\\staticval {c('property value')}}}"
        f"{{\\linkval {c('property link')}}}}}"
        f"{{\\*\\docvar {{{c('variable name')}}}{{{c('variable value')}}}}}"
        f"{{\\*\\template {c('template')}}}{{\\*\\generator {c('generator')};}}"
        f"{{\\filetbl{{\\file\\fid0 {c('file table')};}}}}"
        f"{{\\*\\listtable{{\\list{{\\listlevel{{\\leveltext \\'0f{c('level text')};}}}}"
        f"{{\\listname {c('list name')};}}}}}}"
        f"{{\\*\\themedata {theme.hex()}}}"
        f"{{\\*\\datastore {('<x v=' + chr(34) + c('data store') + chr(34) + '/>').encode().hex()}}}"
        f"{{\\*\\nobodyknows {c('unknown destination')}}}"
        f"{{\\header\\pard {c('header')}\\par}}{{\\footerf\\pard {c('first footer')}\\par}}"
        f"\\pard\\plain {c('body')}\\par {{\\b {a}}}\\i\\insrsid123456 {b}\\par\n"
        f"{d}{{\\deleted gone}}{e}\\par{{\\deleted {c('deleted text')}}}\\par{{\\v {c('hidden text')}}}\\par "
        f"{unicode(c.chinese('unicode'))}\\par\\f1 {hexed(c.chinese('double bytes'))}\\f0\\par "
        f"{hexed(c.chinese('double bytes in a western font'))}\\par "
        f"{{\\uc2 {unicode('中', hexed('中'))}\\u9999{hexed('某')}}}"
        f"{{\\uc13\\u9999{c('beside a unicode character')}}}\\par "
        f"{''.join(chr(92) + chr(39) + format(ord(x), '02x') for x in c('hexadecimal'))}\\par\n"
        f"{c('soft hyphen')[:6]}\\-{c('soft hyphen')[6:]}\\par\n"
        f"a{{\\footnote\\pard\\plain {c('footnote')}}}b{{\\*\\atnid XY}}"
        f"{{\\*\\atnauthor {c('annotation author')}}}\\chatn{{\\*\\annotation{{\\*\\atnref 1}}{c('annotation')}}}\\par "
        f'{{\\field{{\\*\\fldinst HYPERLINK "mailto:{c("field instruction")}"}}{{\\fldrslt {c("field result")}}}}}\\par '
        f"{{\\*\\bkmkstart {c('bookmark')}}}x{{\\*\\bkmkend {c('bookmark')}}}{{\\xe {c('index entry')}}}{{\\tc {c('contents entry')}}}\\par "
        f"{{\\listtext\\tab {c('list text')}}}y\\par"
        f"{{\\shp{{\\*\\shpinst{{\\sp{{\\sn wzDescription}}{{\\sv {c('shape description')}}}}}{{\\shptxt {c('shape text')}\\par}}}}}}"
        f"{{\\formfield{{\\*\\ffname {c('form name')}}}{{\\*\\ffdeftext {c('form default')}}}{{\\*\\ffhelptext {c('form help')}}}}}"
        f"{{\\object\\objemb{{\\*\\objclass Package}}{{\\*\\objname {c('object name')}}}{{\\*\\objdata {obj.hex()}}}"
        f"{{\\result {c('object result')}}}}}"
        f"\\trowd\\cellx1000\\cellx2000\\intbl {c('cell one')}\\cell {c('cell two')}\\cell\\row "
        f"\\pard last\\par}}\r\n{c('after the end')}\r\n"
    )
    return text.encode("latin-1")


def mail(c):
    """HTML that a mail program wrapped into RTF, [MS-OXRTFEX]."""
    return (
        "{\\rtf1\\ansi\\fromhtml1 \\ansicpg1252{\\fonttbl{\\f0 Arial;}}"
        f"{{\\*\\htmltag19 <html>}}{{\\*\\htmltag34 <head><!-- {c('html comment')} -->}}"
        f'{{\\*\\htmltag64 <p title="{c("html attribute")}">}}\\htmlrtf {{\\htmlrtf0 {c("html body")}'
        f"\\htmlrtf\\par}}\\htmlrtf0{{\\*\\htmltag72 </p>}}\\htmlrtf {c('rtf only')}\\htmlrtf0 "
        f"{{\\*\\htmltag84 {''.join(f'&#{ord(x)};' for x in c('html entities'))}}}}}"
    ).encode()


def everything(data):
    """All that any reader could make of it: bytes, words stripped, hexadecimal undone."""
    text = data.decode("latin-1")
    yield text
    yield rtf_to_text(text, errors="replace")
    yield re.sub(r"\\[a-z]+-?\d* ?|[{}\r\n]", "", text)
    yield re.sub(r"\\'([0-9a-f]{2})", lambda m: chr(int(m[1], 16)), text)
    for found in re.finditer(r"[0-9a-fA-F\s]{40,}", text):
        digits = re.sub(r"\s", "", found[0])
        raw = bytes.fromhex(digits[: len(digits) & ~1])
        yield raw.decode("latin-1")
        if raw[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                for name in archive.namelist():
                    yield name + archive.read(name).decode("latin-1")
    yield from layers(data, Hint("a.rtf"))


@pytest.mark.parametrize("maker", [rtf, mail])
def test_no_canary_of_an_rtf_file_is_unseen_or_survives(maker):
    canaries = Canaries()
    data = maker(canaries)
    shown = "\n".join(
        s.text.replace("\xad", "") for s in open_document(data, Hint("a.rtf")).segments()
    )
    assert set() == {place for place, value in canaries.places.items() if value not in shown}
    values = tuple(canaries.places.values())
    pipe = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
    outcome = pipe.process(Item(data, Hint("a.rtf")))
    assert (Verdict.REDACT, "") == (outcome.verdict, outcome.reason)
    assert outcome.data == pipe.process(Item(data, Hint("a.rtf"))).data
    texts = list(everything(outcome.data))
    encoded = {
        place
        for place, value in canaries.places.items()
        for form in (value, value.encode("gb18030").decode("latin-1"), unicode(value))
        if any(form in text for text in texts)
    }
    assert set() == encoded
    again = open_document(outcome.data, Hint("a.rtf"))
    assert not [s.part for s in again.segments() for v in values if v in s.text]
    assert len(values) >= (60 if maker is rtf else 5)
