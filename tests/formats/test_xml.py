"""XML."""

import pytest

from gateway.errors import CannotEdit, LimitExceeded, Unreadable
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint, Role

XML = Hint("a.xml")


def texts(source):
    return [s.text for s in open_document(source.encode(), XML).segments()]


def edited(source, old, new):
    document = open_document(source.encode(), XML)
    index, at = next(
        (i, s.text.index(old)) for i, s in enumerate(document.segments()) if old in s.text
    )
    return document.apply([Edit(index, at, at + len(old), new)]).decode()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<r><p>138<b>1234</b>5678</p></r>", ["13812345678"]),
        ("<r><m>138<b><i>12</i><u>34</u></b>5678</m></r>", ["13812345678"]),
        ("<r><row><a>1</a><b>2</b></row></r>", ["1", "2"]),
        ("<w:p><w:r><w:t>138</w:t></w:r>\n <w:r><w:t>1234</w:t></w:r></w:p>", ["1381234"]),
        ("<d>x <p>a</p><p>b</p></d>", ["x ", "a", "b"]),
        ("<a>1<!-- c -->2<![CDATA[3]]>&#52;&amp;</a>", [" c ", "1234&"]),
        ("<a b='&quot;x&#x4e2d;'/>", ['"x中']),
        ("<a xmlns='http://www.w3.org/2006/x'>t</a>", ["t"]),
        ("<a xmlns:b='http://x.org/ns'>t</a>", ["http x org ns", "t"]),
        (
            "<!DOCTYPE a [<!ENTITY e 'ACME &#49;'>]><a>&e;</a>",
            ["DOCTYPE a [<!ENTITY e 'ACME &#49;'>]", "ACME 1"],
        ),
        ("<a><b>1<c>2</b>3</a>", ["123"]),
        ("<a>1 < 2 <b x='138", ["1 < 2 <b x='138"]),
    ],
)
def test_text_is_read_as_a_reader_sees_it(source, expected):
    assert expected == texts(source)


@pytest.mark.parametrize(
    ("source", "old", "new", "expected"),
    [
        ("<p>138<b>1234</b>5678</p>", "13812345678", "<X>", "<p>&lt;X&gt;<b></b></p>"),
        ("<a b='x138'/>", "138", "'&", "<a b='x&#39;&amp;'/>"),
        ('<a b="x138"/>', "138", '"', '<a b="x&quot;"/>'),
        ("<a><![CDATA[x138]]></a>", "138", "]]>", "<a><![CDATA[x] ] >]]></a>"),
        ("<a><!-- 138 --></a>", "138", "--", "<a><!-- - - --></a>"),
        ("<a>1&#51;8&lt;</a>", "138", "[X]", "<a>[X]&lt;</a>"),
        ("<a>&Xamp;</a>", "X", "", "<a>&amp;amp;</a>"),
        ("<a><?p x138?></a>", "138", "?>", "<a><?p x? >?></a>"),
    ],
)
def test_an_edit_is_escaped_for_its_place(source, old, new, expected):
    assert expected == edited(source, old, new)


def test_the_declared_encoding_is_kept():
    source = '<?xml version="1.0" encoding="gb2312"?><r><姓名>张伟</姓名></r>'
    document = open_document(source.encode("gb18030"), XML)
    assert ["姓名", "张伟"] == [s.text for s in document.segments()]
    assert source.replace(">张伟", ">[王]").encode("gb18030") == document.apply(
        [Edit(1, 0, 2, "[王]")]
    )


def test_context_is_the_element_its_parent_and_naming_attributes():
    segments = open_document(b'<form><field name="phone">138</field></form>', XML).segments()
    assert ("field", "form", "phone") == segments[1].context


@pytest.mark.parametrize("name", ["id110101199003074578", "a@b.c"])
def test_a_name_that_holds_a_value_is_shown_and_cannot_change(name):
    document = open_document(f"<r><{name}>x</{name}></r>".encode(), XML)
    index = next(i for i, s in enumerate(document.segments()) if s.role is Role.KEY)
    with pytest.raises(CannotEdit):
        document.apply([Edit(index, 0, 3, "[X]")])
    assert any(name in text for text in layers(f"<r><{name}>x</{name}></r>".encode(), XML))


@pytest.mark.parametrize(
    "subset",
    ["<!ENTITY e SYSTEM 'file:///etc/passwd'>", "<!ENTITY a 'x'><!ENTITY e '&a;&a;'>", "<!ENTITY % p '<!ENTITY e \"x\">'> %p;",
     "<!ENTITY e '<b>x</b>'>"],
)  # fmt: skip
def test_entities_that_are_not_plain_text_are_refused(subset):
    with pytest.raises(Unreadable):
        open_document(f"<?xml version='1.0'?><!DOCTYPE a [{subset}]><a>&e;</a>".encode(), XML)


def test_entities_expand_within_a_budget():
    source = f"<!DOCTYPE a [<!ENTITY e '{'x' * 10_000}'>]><a>{'&e;' * 101}</a>"
    with pytest.raises(LimitExceeded):
        open_document(source.encode(), XML)


def test_deep_nesting_takes_no_stack():
    assert 1 == len(texts("<a>" * 100_000 + "x" + "</a>" * 100_000))
    assert 1 == len(texts("<a>x" * 50_000))


@pytest.mark.parametrize(
    "source",
    [
        "<a>" + "<" * 1_000_000,
        "<a b='" + "y" * 1_000_000 + "'/>",
        "<!--" * 100_000,
        "<b " * 100_000,
    ],
)
def test_hostile_sources_are_read_whole(source):
    assert sum(map(len, texts(source))) > 99_000
    assert sum(map(len, layers(source.encode(), XML))) > 99_000


def test_a_nul_is_refused():
    with pytest.raises(Unreadable):
        open_document(b"<a>x\0y</a>", XML)


def test_layers_read_with_another_parser():
    source = "<r><p>138<b>1234</b></p><a x='&#x4e2d;'/><!--c--><?p d?></r>"
    found = list(layers(source.encode(), XML))
    assert "1381234" in found[0]
    assert {"中", "c", "d"} <= set(found)


def test_svg_is_xml():
    assert (
        "xml"
        == open_document(
            b"<svg xmlns='http://www.w3.org/2000/svg'><text>x</text></svg>", Hint()
        ).format
    )
