"""A unique word in every place of HTML, XML, SVG and TOML: all are seen, none survives."""

import base64
import html
import re
import tomllib
import xml.etree.ElementTree as ET
from urllib.parse import unquote

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

    def entities(self, place):
        return "".join(f"&#{ord(char)};" for char in self(place))

    def encoded(self, place):
        return base64.b64encode(f"A note for {self(place)}, in base64.\n".encode() * 3).decode()

    def percent(self, place):
        return "".join(f"%{byte:02X}" for byte in self(place).encode())


def page(c):
    return (
        f"<!DOCTYPE html><html><head><title>{c('title')}</title><meta name='author' content='{c('meta')}'>"
        f"<meta property='og:title' content={c('unquoted')}><style>p::after {{ content: '{c('style')}' }}"
        f"</style><script>var user = {{name: '{c('script')}'}};</script>"
        f'<script type=\'application/ld+json\'>{{"name": "{c("ld json")}"}}</script>'
        f"<link rel='x' href='http://example.org/{c('link')}'><base href='http://{c('base')}.example/'></head>"
        f"<body data-user='{c('data attribute')}' style=\"content: '{c('style attribute')}'\">"
        f"<!-- {c('comment')} --><p>{c('cut')[:5]}<b>{c('cut')[5:9]}</b>{c('cut')[9:]}</p>"
        f"<p>{c.entities('entities')}</p><p>{c('shy')[:5]}&shy;{c('shy')[5:]}</p>"
        f"<p>{c('word break')[:5]}<wbr>{c('word break')[5:]}</p>"
        f"<img alt='{c('alt')}' src='data:text/plain;base64,{c.encoded('data address')}'>"
        f"<img src='data:text/plain,{c.percent('percent data address')}'>"
        f"<form action='/{c('action')}'><input type=hidden name=a value='{c('hidden input')}'>"
        f"<textarea>{c('textarea')}</textarea><select><option value='{c('option')}'>x</select></form>"
        f'<iframe srcdoc="&lt;p&gt;{c("srcdoc")[:5]}&lt;b&gt;{c("srcdoc")[5:]}&lt;/b&gt;&lt;/p&gt;"></iframe>'
        f"<noscript>{c('noscript')}</noscript><template><p>{c('template')}</p></template>"
        f"<svg><title>{c('svg title')}</title><text>{c('svg text')}</text><![CDATA[{c('cdata')}]]></svg> "
        f"<a href='mailto:{c('mailto')}@example.org?subject={c.percent('subject')}'>x</a>"
        f"<table><tr><th>Name<th>Phone<tr><td>{c('cell')}<td>{c.number('number')}</table>"
        f"<object data='data:text/html;base64,{c.encoded('object')}'></object>"
        f"<div hidden>{c('hidden')}</div><x-tag x-attr='{c('own element')}'>{c('own text')}</x-tag>"
        f"<!--[if mso]><p>{c('conditional comment')}</p><![endif]--></body></html>"
    ).encode()


def letters(word):
    return "".join(f'<tspan x="{10 * n}">{char}</tspan>' for n, char in enumerate(word))


def drawing(c):
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<?xml-stylesheet href='{c('instruction')}.css'?><!-- {c('comment')} -->"
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'aria-label="{c("aria label")}"><title>{c("title")}</title><desc>{c("desc")}</desc>'
        f'<metadata><a xmlns="http://example.org/ours">{c("metadata")}</a></metadata>'
        f"<style>text::after {{ content: '{c('style')}' }}</style><script>var a = '{c('script')}'</script>"
        f"<text>{letters(c('letters'))}</text><text>\n  {letters(c('letters again'))}\n</text>"
        f"<text>{''.join(f'\n  <tspan x="1">{char}</tspan>' for char in c('letters on lines'))}\n</text>"
        f"<text><textPath>{c('text path')}</textPath></text>"
        f'<text id="{c("id")}" inkscape="{c("attribute")}">x</text>'
        f'<foreignObject><div xmlns="http://www.w3.org/1999/xhtml"><p>{c("foreign")}</p></div></foreignObject>'
        f'<image xlink:href="data:text/plain;base64,{c.encoded("image")}"/>'
        f'<a xlink:href="http://example.org/{c("link")}"><text>{c.entities("entities")}</text></a>'
        f"<text><![CDATA[{c('cdata')}]]></text></svg>"
    ).encode()


def feed(c):
    return (
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY who "' + c("entity") + '">]>'
        f'<r a="{c("attribute")}"><b>{c("element")}</b><c><![CDATA[<p>{c("html in cdata")}</p>]]></c>'
        f"<d>&lt;p&gt;{c('escaped html')[:5]}&lt;b&gt;{c('escaped html')[5:]}&lt;/b&gt;&lt;/p&gt;</d>"
        f'<e>{{"name": "{c("json")}"}}</e><f>{c.encoded("base64")}</f><g>&who;</g>'
        f"<h>{c.number('number')}</h><!-- {c('comment')} --><?pi {c('instruction')}?></r>"
    ).encode()


def settings_file(c):
    escaped = "".join(f"\\u{ord(char):04X}" for char in c("escaped"))
    wide = "".join(f"\\U{ord(char):08X}" for char in c("escaped wide"))
    return (
        f"# {c('comment')}\ntitle = \"{c('basic string')}\"\nraw = '{c('literal string')}'\n"
        f'escaped = "{escaped}"\nwide = "{wide}"\nnumber = {c.number("number")}\n'
        f'text = """\nfirst\n{c("multi-line")} \\\n   end"""\n'
        f'cut = """{c("cut")[:5]}\\\n    {c("cut")[5:]}"""\n'
        f"other = '''\n{c('literal multi-line')}\n'''\n[{c('table')}]\n\"{c('quoted key')}\" = 1\n"
        f'list = ["{c("list item")}", {{ a = "{c("inline table")}" }}]\n'
        f'data = "{c.encoded("base64")}"\ndate = 1980-03-12\n'
    ).encode()


FILES = {"html": page, "svg": drawing, "xml": feed, "toml": settings_file}
each_kind = pytest.mark.parametrize("kind", sorted(FILES))


def redacted(data, name, values):
    pipeline = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
    return pipeline.process(Item(data, Hint(name)))


def greedy(data):
    """Everything that a receiver could make of the bytes, tags taken away or not."""
    text = data.decode()
    views = [text, html.unescape(text), unquote(text), html.unescape(html.unescape(text))]
    views.append(
        re.sub(r"\\[uU]([0-9A-Fa-f]{8}|[0-9A-Fa-f]{4})", lambda m: chr(int(m[1], 16)), text)
    )
    views.append(re.sub(r"\\\n\s*", "", text))
    for run in re.findall(r"[A-Za-z0-9+/]{40,}={0,2}", text):
        views.append(base64.b64decode(run + "=" * (-len(run) % 4)).decode("utf-8", "replace"))
    views += [re.sub(r"<[^>]*>", "", view) for view in views]
    views += [re.sub(r"\s+|\xad", "", view) for view in views]
    return views


@each_kind
def test_no_canary_survives_and_nothing_is_blocked(kind):
    c = Canaries()
    data = FILES[kind](c)
    outcome = redacted(data, f"a.{kind}", list(c.places.values()))
    assert (Verdict.REDACT, "") == (outcome.verdict, outcome.reason)
    views = [
        *greedy(outcome.data),
        *(segment.text for segment in open_document(outcome.data, Hint(f"a.{kind}")).segments()),
        *layers(outcome.data, Hint(f"a.{kind}")),
    ]
    assert [] == [p for p, word in c.places.items() if any(word in view for view in views)]
    if kind == "svg":
        ET.fromstring(outcome.data)
    if kind == "toml":
        assert "title" in tomllib.loads(outcome.data.decode())
