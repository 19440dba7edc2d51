"""HTML."""

import base64
from html.parser import HTMLParser

import pytest

from gateway.formats import layers, open_document
from gateway.model import Edit, Hint, Role

HTML = Hint("a.html")


def segments(source):
    return open_document(source.encode(), HTML).segments()


def texts(source):
    return [s.text for s in segments(source)]


def edited(source, old, new):
    document = open_document(source.encode(), HTML)
    index, at = next(
        (i, s.text.index(old)) for i, s in enumerate(document.segments()) if old in s.text
    )
    return document.apply([Edit(index, at, at + len(old), new)]).decode()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>138<b>1234</b>5678", ["13812345678"]),
        ("<p>a<p>b<div>c</div>", ["a", "b", "c"]),
        ("<span>Phone</span><span>13812345678</span>", ["Phone 13812345678"]),
        ("<i>13812345678</i><i>13912345678</i>", ["13812345678 13912345678"]),
        ("a<br>b", ["a\nb"]),
        ("138<!-- x -->1234", [" x ", "1381234"]),
        ("&copy;&notit;&#49;&#x32;3 &unknown; &", ["©¬it;123 &unknown; &"]),
        ("<a href='?a=1&copy=2'>", ["?a=1&copy=2"]),
        ("<script>if(a<b)'</b>'</script>x", ["if(a<b)'</b>'", "x"]),
        ("<title>a<b>&amp;</title>", ["a<b>&"]),
        ("<!-->x<!--->y<!--z--!>w", ["z", "xyw"]),
        ("<?php x>y</>z</ q>", ["php x", " q", "yz"]),
        ("<svg><![CDATA[a<b]]></svg><![CDATA[c]]>", ["[CDATA[c]]", "a<b"]),
        ("<p title=x138>", ["x138"]),
        ("x <a href='y", ["x <a href='y"]),
    ],
)
def test_text_is_read_as_a_reader_sees_it(source, expected):
    assert expected == texts(source)


@pytest.mark.parametrize(
    ("source", "old", "new", "expected"),
    [
        ("<p>138<b>1234</b>5678", "13812345678", "<X>", "<p>&lt;X&gt;<b></b>"),
        ("<p title=138 id=b>", "138", "", '<p title="" id=b>'),
        ("<p title=x138>", "138", ' "', '<p title="x &quot;">'),
        ("&#49;38 &amp; x", "138", "[X]", "[X] &amp; x"),
        ("&Xamp;", "X", "", "&amp;amp;"),
        ("&ampXlt", "X", "", "&amp;lt"),
        ("<!-- a -- 138 -->", "138", "-->", "<!-- a -- -- > -->"),
        ("<script>x='138'</script>", "138", "</script>", "<script>x='< /script>'</script>"),
    ],
)
def test_an_edit_is_escaped_for_its_place(source, old, new, expected):
    assert expected == edited(source, old, new)


def test_a_cell_knows_its_header_and_its_row():
    source = "<table><tr><th>Name<th>Phone<tr><td>张伟<td>138</table>"
    assert ("Phone", "张伟") == segments(source)[3].context
    assert ("Tel",) == segments("<dl><dt>Tel<dd>138</dl>")[1].context


def test_a_field_knows_its_label_and_hidden_fields_are_hidden():
    found = segments("<label>Tel</label><input name=n value=138><input type=hidden value=139>")
    value = next(s for s in found if s.text == "138")
    assert {"value", "input", "n", "Tel"} <= set(value.context)
    assert Role.HIDDEN is next(s.role for s in found if s.text == "139")


@pytest.mark.parametrize(
    "declared",
    ["", "<meta charset=gb2312>", "<meta http-equiv=x content='text/html; charset=gbk'>"],
)
def test_the_encoding_is_kept(declared):
    source = f"<html>{declared}<p>客户张伟的电话"
    document = open_document(source.encode("gbk"), HTML)
    index = len(document.segments()) - 1
    assert source.replace("张伟", "[X]").encode("gbk") == document.apply([Edit(index, 2, 4, "[X]")])


def test_a_document_in_a_data_url_is_opened_and_changed():
    payload = base64.b64encode("客户张伟".encode()).decode()
    source = f'<p>x<a href="data:text/plain;base64,{payload}">y</a>'
    document = open_document(source.encode(), HTML)
    index = next(i for i, s in enumerate(document.segments()) if s.text == "客户张伟")
    result = document.apply([Edit(index, 2, 4, "[X]")]).decode()
    assert source.replace(payload, base64.b64encode("客户[X]".encode()).decode()) == result
    assert "客户[X]" in list(layers(result.encode(), HTML))


def test_json_in_an_attribute_is_opened_and_changed():
    source = "<div data-x='{&quot;tel&quot;: \"13812345678\"}'></div>"
    assert '<div data-x=\'{"tel": "[X]"}\'></div>' == edited(source, "13812345678", "[X]")


def test_a_false_doctype_or_name_does_not_decide():
    assert "html" == open_document(b"<!DOCTYPE html><p>x", Hint("a.txt")).format
    assert "html" == open_document(b"no tags &#49;", HTML).format


def test_entities_in_a_fragment_reach_a_browser_as_text():
    """What html.parser reads of an edited page is the edited text, and no new tag."""
    seen = []
    parser = HTMLParser()
    parser.handle_data = seen.append
    parser.handle_starttag = lambda tag, attributes: seen.append((tag, attributes))
    parser.feed(edited("<p title='a138'>b139", "138", "'><script>"))
    assert [("p", [("title", "a'><script>")])] == seen[:1]


@pytest.mark.parametrize(
    "source",
    [
        "<" * 1_000_000,
        "<p x='" + "y" * 1_000_000 + "'>",
        "<div>" * 100_000 + "x" * 10**5,
        "<a " * 100_000,
        "<!--" * 100_000,
    ],
)
def test_hostile_sources_are_read_whole(source):
    assert sum(map(len, texts(source))) > 99_000
    assert sum(map(len, layers(source.encode(), HTML))) > 99_000


@pytest.mark.parametrize("between", ["<script>a()</script>", "<style>b{}</style>", "<meta x=1>"])
def test_text_goes_on_across_elements_that_show_nothing(between):
    document = open_document(f"<p>139{between}12345678</p>".encode(), Hint("a.html"))
    assert "13912345678" in [segment.text for segment in document.segments()]


@pytest.mark.parametrize("frame", ["<?php echo '{}'; ?>", "<![CDATA[{}]]>", "<![if {}]>"])
def test_what_html_takes_for_a_comment_stays_what_it_is(frame):
    assert frame.format("X") == edited(frame.format("Zorbel"), "Zorbel", "X")


def test_words_in_columns_are_not_one_word():
    assert ["Phone Zorbelwick"] == texts("<p><span>Phone</span><span>Zorbelwick</span></p>")


def test_the_id_of_an_inline_picture_is_marked_as_no_address():
    assert "unique id" == segments("<img src='cid:part1.A1@x.example'>")[0].context[0]
