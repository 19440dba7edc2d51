"""What all formats that splice text hold, over generated sources that are mostly broken."""

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.errors import CannotEdit, Unreadable
from gateway.formats import _open, layers, open_document
from gateway.model import Edit, Hint

WORDS = ["张伟", "138", "12345678", "Phone", "a@b.com", " ", "\n", ".", "é", "𠮷", "\r\n", "x"]
SIGNS = {
    "text": ["\\u5f20", "\\u4f1f", "u", '"', "\n\n", "\t", "#", "-", "=", "\\ud842\\udfb7"],
    "csv": [",", '"', '""', "\n", "\r\n", "\r", ",", '","', "\t", ";"],
    "yaml": [": ", "\n- ", "\n  ", "- ", '"', "'", "\\u5f20", "\\n", "|\n  ", ">-\n  ", "# ", "[", "]", "{", "}",
             ", ", "&a ", "*a", "!t ", "\n---\n", "a: ", "\nb: ", "? ", "''", "%", "<<: "],
    "xml": ["<a>", "</a>", "<b>", "</b>", "<p>", "</p>", "<a x='", "' y=\"", '">', "<", ">", "&", ";", "&amp;",
            "&#49;", "&#x5f20;", "&lt;", "<!--", "-->", "<![CDATA[", "]]>", "<?pi ", "?>", "/>", "amp;", "#", "--"],
    "html": ["<p>", "</p>", "<b>", "</b>", "<td>", "<tr>", "<table>", "<br>", "<a href=", " title='", "'", '"', "=",
             ">", "<", "/", "&", "&amp", "&amp;", "&not", "it;", "&#49", ";", "<!--", "-->", "--!>", "<script>",
             "</script>", "<title>", "</title>", "<svg>", "</svg>", "<![CDATA[", "]]>", "<?", "<!", "</", "#", "-"],
}  # fmt: skip
HINTS = {"text": "a.txt", "csv": "a.csv", "yaml": "a.yaml", "xml": "a.xml", "html": "a.html"}
FORMATS = {f.name: f for f in _open._formats()}
NAMES = pytest.mark.parametrize("name", sorted(HINTS))


def bare(texts):
    r"""Text without white space, which tags make or not by what stands around them.

    Where nothing can be escaped (``<?…>`` in HTML), ``>`` is written ``)``. An escape before a
    digit is not read as one, until the digit goes.
    """
    text = re.sub(r"\s", "", "".join(texts)).replace(")", ">")
    return text.replace("\\u5f20", "张").replace("\\u4f1f", "伟").replace("\\ud842\\udfb7", "𠮷")


def no_child(data, hint):
    raise Unreadable("no children here")


def open_as(name, source, encoding="utf-8"):
    return FORMATS[name].open(source.encode(encoding), Hint(HINTS[name]), no_child)


def sources(name):
    return st.lists(st.sampled_from(WORDS + SIGNS[name]), max_size=25).map("".join)


@NAMES
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_edits_give_the_same_bytes(name, data):
    source = data.draw(sources(name))
    assert source.encode() == open_as(name, source).apply([])


@NAMES
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_an_edit_changes_its_own_text_and_no_other(name, data):
    source = data.draw(sources(name))
    document = open_as(name, source)
    segments = document.segments()
    assume(segments)
    assume(
        name != "yaml" or document.check
    )  # else it is plain text, which an edit may turn into YAML
    index = data.draw(st.integers(0, len(segments) - 1))
    text = segments[index].text
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    new = data.draw(
        st.sampled_from(["[X_1]", "<PHONE_1>", "***", "王芳", "x\"y'z", "y, b: c", "&amp;"])
    )
    try:
        result = document.apply([Edit(index, start, end, new)])
    except CannotEdit:
        return
    again = FORMATS[name].open(result, Hint(HINTS[name]), no_child)
    texts = [s.text for s in segments]
    texts[index] = text[:start] + new + text[end:]
    assert bare(texts) == bare(s.text for s in again.segments())


@NAMES
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_every_letter_of_the_source_is_in_a_segment(name, data):
    """A canary of CJK signs stands between any two signs of markup and must be read."""
    before, after = data.draw(sources(name)), data.draw(sources(name))
    document = open_as(name, before + "龘麤" + after)
    text = "\n".join(s.text for s in document.segments())
    assert "龘麤" in text


@NAMES
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_removed_value_is_in_no_layer(name, data):
    source = data.draw(sources(name)) + " 龘麤靐 " + data.draw(sources(name))
    document = open_as(name, source)
    assume(not document.unread)  # markup within markup is a child, which is not opened here
    edits = [
        Edit(i, match.start(), match.end(), "[X]")
        for i, segment in enumerate(document.segments())
        for match in re.finditer("龘麤靐", segment.text)
    ]
    assert edits
    try:
        result = document.apply(edits)
    except CannotEdit:
        return
    found = list(FORMATS[name].layers(result, Hint(HINTS[name]), lambda data, hint: iter(())))
    assert "龘" not in "".join(found)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "gb18030"])
@NAMES
def test_all_encodings_are_edited_in_place(name, encoding):
    source = {
        "text": "电话 138 给张伟，请今天回复。\n",
        "csv": "姓名,电话\n张伟,138\n李娜,139\n",
        "yaml": "姓名: 张伟\n电话: 138 号\n",
        "xml": "<r><姓名>张伟</姓名><t>电话 138</t></r>",
        "html": "<p>张伟的电话是 138 号</p>",
    }[name]
    document = open_as(name, source, encoding)
    index, at = next(
        (i, s.text.find("138")) for i, s in enumerate(document.segments()) if "138" in s.text
    )
    result = document.apply([Edit(index, at, at + 3, "[X]")])
    assert source.replace("138", "[X]") == result.decode(encoding).replace('"[X] 号"', "[X] 号")


@NAMES
def test_the_format_is_chosen_by_content_with_the_hint(name):
    source = {
        "text": "Just a note.",
        "csv": "a,b\nc,d\n",
        "yaml": "a: b\n",
        "xml": "<r>x</r>",
        "html": "<p>x</p>",
    }[name]
    assert name == open_document(source.encode(), Hint(HINTS[name])).format
    assert list(layers(source.encode(), Hint(HINTS[name])))
