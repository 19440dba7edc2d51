"""Word documents: text found across runs, changed with its formatting kept, structure untouched."""

import base64
import io
import re
import shutil
import subprocess
import zipfile
from xml.sax.saxutils import escape

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import CannotEdit, Unreadable
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint, Role


def saved(document):
    stream = io.BytesIO()
    document.save(stream)
    with zipfile.ZipFile(stream) as archive:  # python-docx's template has a picture of a page
        parts = {n: archive.read(n) for n in archive.namelist() if "thumbnail" not in n}
    parts["_rels/.rels"] = re.sub(
        rb"<Relationship [^>]*thumbnail[^>]*/>", b"", parts["_rels/.rels"]
    )
    return packed(parts)


def packed(parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def parts_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_body(xml, **others):
    """A document with this body, and other parts replaced or added."""
    parts = parts_of(saved(docx.Document()))
    head, _, _ = parts["word/document.xml"].decode().partition("<w:body>")
    parts["word/document.xml"] = f"{head}<w:body>{xml}</w:body></w:document>".encode()
    return packed(parts | {name.replace("__", "/"): text for name, text in others.items()})


def smallest(body):
    """A document of three parts: quick to read, for tests that make many."""
    office = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    package = "http://schemas.openxmlformats.org/package/2006"
    schemas = "http://schemas.openxmlformats.org"
    return packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default '
            'Extension="rels" ContentType="application/vnd.openxmlformats-package.'
            f'relationships+xml"/><Default Extension="xml" ContentType="{office}"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship '
            f'Id="rId1" Type="{schemas}/officeDocument/2006/relationships/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{schemas}/wordprocessingml/2006/main">'
            f"<w:body>{body}</w:body></w:document>",
        }
    )


def run(text, inside=""):
    return f'<w:r>{inside}<w:t xml:space="preserve">{text}</w:t></w:r>'


def replaced(data, value, new="[X]"):
    document = open_document(data, Hint("a.docx"))
    return document.apply(
        [
            Edit(index, match.start(), match.end(), new)
            for index, segment in enumerate(document.segments())
            for match in re.finditer(re.escape(value), segment.text)
        ]
    )


def body_text(data):
    return [p.text for p in docx.Document(io.BytesIO(data)).paragraphs]


def segments(data):
    return open_document(data, Hint("a.docx")).segments()


def test_a_document_without_edits_is_untouched():
    data = with_body(f"<w:p>{run('x')}</w:p>")
    assert data == open_document(data, Hint()).apply([])


def test_a_value_over_several_runs_keeps_the_first_runs_format():
    bold = "<w:rPr><w:b/></w:rPr>"
    data = with_body(f"<w:p>{run('To Zh', bold)}{run('ang ')}{run('Wei now')}</w:p>")
    result = replaced(data, "Zhang Wei")
    paragraph = docx.Document(io.BytesIO(result)).paragraphs[0]
    assert "To [X] now" == paragraph.text
    assert ["To [X]", "", " now"] == [r.text for r in paragraph.runs]
    assert paragraph.runs[0].bold


@settings(max_examples=40, deadline=None)
@given(st.text("ab &<>\"'é张 ", min_size=1, max_size=12), st.data())
def test_a_value_cut_anywhere_is_found_and_removed(surroundings, data):
    value = "李晓梅 138-0013-8000"
    text = surroundings + value + surroundings
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    ends = zip([0, *cuts], [*cuts, len(text)], strict=True)
    runs = "".join(run(escape(text[start:end])) for start, end in ends)
    original = smallest(f"<w:p>{runs}</w:p>")
    result = replaced(original, value)
    assert text.replace(value, "[X]") == docx.Document(io.BytesIO(result)).paragraphs[0].text
    assert not any(value in layer for layer in layers(result, Hint()))


def test_all_other_bytes_of_a_changed_part_stay():
    odd = "<w:p  w:rsidR='00AB12CD'  ><w:r ><w:t>A &#66; Zhang &amp;c</w:t></w:r></w:p>"
    data = with_body(odd)
    before, after = parts_of(data), parts_of(replaced(data, "Zhang"))
    assert [*before] == [*after]
    assert ["word/document.xml"] == [n for n in before if before[n] != after[n]]
    assert before["word/document.xml"].replace(b"Zhang", b"[X]") == after["word/document.xml"]


def test_spaces_left_at_an_edge_are_preserved():
    data = with_body("<w:p><w:r><w:t>Zhang</w:t></w:r><w:r><w:t>Wei here</w:t></w:r></w:p>")
    assert ["[X] here"] == body_text(replaced(data, "ZhangWei"))


def test_deleted_and_inserted_text_are_read_in_every_view():
    mark = 'w:id="1" w:author="a" w:date="2024-01-01T00:00:00Z"'
    data = with_body(
        f"<w:p>{run('1380')}<w:del {mark}><w:r><w:delText>99</w:delText></w:r></w:del>"
        f"<w:ins {mark}>{run('013')}</w:ins>{run('8000')}</w:p>"
    )
    texts = [s.text for s in segments(data)]
    assert {"1380990138000", "13800138000", "1380998000"} <= set(texts)
    result = replaced(data, "13800138000")
    assert "[X]<" in parts_of(result)["word/document.xml"].decode()
    assert "8000" not in "".join(s.text for s in segments(result) if s.role is Role.BODY)


def test_overlapping_edits_of_two_views_become_one():
    mark = 'w:id="1" w:author="a"'
    data = with_body(
        f"<w:p>{run('ab')}<w:del {mark}><w:r><w:delText>XY</w:delText></w:r></w:del>{run('cd')}</w:p>"
    )
    found = {s.text: i for i, s in enumerate(segments(data))}
    document = open_document(data, Hint())
    result = document.apply([Edit(found["abXYcd"], 1, 5, "[A]"), Edit(found["abcd"], 0, 4, "[B]")])
    text = "".join(
        re.findall(r"<w:(?:t|delText)[^>]*>([^<]*)", parts_of(result)["word/document.xml"].decode())
    )
    assert "[B]" == text


def test_what_stands_beside_and_above_in_a_table_is_context():
    document = docx.Document()
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("", "电话", "李晓梅", "13800138000"), strict=True):
        cell.text = text
    found = {s.text: s.context for s in segments(saved(document))}
    assert ("电话", "李晓梅") == found["13800138000"]


def test_a_form_fields_label_is_context():
    data = with_body(
        '<w:sdt><w:sdtPr><w:alias w:val="Passport"/></w:sdtPr><w:sdtContent>'
        f"<w:p>{run('E12345678')}</w:p></w:sdtContent></w:sdt>"
    )
    assert ("Passport",) == {s.text: s.context for s in segments(data)}["E12345678"]


def test_characters_written_as_elements_are_read_and_removed():
    data = with_body(
        "<w:p><w:r><w:t>138</w:t><w:noBreakHyphen/><w:t>0013</w:t>"
        '<w:sym w:font="Arial" w:char="0038"/><w:t>000</w:t></w:r></w:p>'
    )
    assert "138-00138000" in [s.text for s in segments(data)]
    assert ["[X]"] == body_text(replaced(data, "138-00138000"))


def test_a_style_word_in_running_text_does_not_touch_the_styles():
    data = with_body(f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{run("center")}</w:p>')
    result = parts_of(replaced(data, "center"))["word/document.xml"]
    assert b'<w:jc w:val="center"/>' in result
    assert b">[X]<" in result


def test_an_edit_of_structure_is_refused():
    data = with_body('<w:p w:rsidR="13800138000"/>')
    with pytest.raises(CannotEdit):
        replaced(data, "13800138000")


def test_an_unknown_attribute_with_words_is_read():
    data = with_body('<w:p w:secret="Zhang Wei"/>')
    assert ["Zhang Wei"] == [s.text for s in segments(data) if "Zhang" in s.text]


def test_an_external_link_stays_an_address():
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    parts = parts_of(saved(docx.Document()))
    name = "word/_rels/document.xml.rels"
    extra = (
        f'<Relationship Id="rX" Type="{rel}" Target="mailto:%7A.wei@x.com" TargetMode="External"/>'
    )
    parts[name] = parts[name].replace(b"</Relationships>", extra.encode() + b"</Relationships>")
    data = packed(parts)
    assert {"mailto:%7A.wei@x.com", "mailto:z.wei@x.com"} <= {s.text for s in segments(data)}
    assert b'Target="mailto:%5BX%5D"' in parts_of(replaced(data, "z.wei@x.com"))[name]


def test_a_picture_that_cannot_be_read_is_unread_as_an_image():
    parts = parts_of(with_body("<w:p/>")) | {"word/media/image1.png": b"\x89PNG\r\n\x1a\n...."}
    unread = {u.part: u.why for u in open_document(packed(parts), Hint()).unread}
    assert unread["word/media/image1.png"].startswith("image: ")


def test_a_part_that_is_not_well_formed_is_unread():
    data = with_body("<w:p/>", word__header9__xml="")
    parts = parts_of(data) | {"word/header9.xml": b"<w:hdr><w:p></w:hdr>"}
    unread = open_document(packed(parts), Hint()).unread
    assert [("word/header9.xml", "XML that is not well-formed")] == [
        (u.part, u.why) for u in unread
    ]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_document_type_declaration_is_refused(codec):
    evil = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    parts = parts_of(with_body("<w:p/>")) | {"word/footer9.xml": evil.encode(codec)}
    with pytest.raises(Unreadable, match="document type"):
        open_document(packed(parts), Hint())


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_parts_in_other_encodings_keep_them(codec):
    xml = '<a xmlns="urn:x">Zhang 张</a>'
    parts = parts_of(with_body("<w:p/>")) | {"customXml/item1.xml": xml.encode(codec)}
    result = parts_of(replaced(packed(parts), "Zhang"))["customXml/item1.xml"]
    assert xml.replace("Zhang", "[X]").encode(codec) == result


def test_the_strict_namespaces_read_alike():
    data = with_body(f"<w:p>{run('Zh')}{run('ang')}</w:p>")
    strict = {
        name: content.replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        )
        for name, content in parts_of(data).items()
    }
    assert "Zhang" in [s.text for s in segments(packed(strict))]


def test_two_parts_of_one_name_are_refused():
    parts = parts_of(with_body("<w:p/>")) | {"WORD/Document.xml": b"<a/>"}
    with pytest.raises(Unreadable, match="same name"):
        open_document(packed(parts), Hint())


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.timeout(180)
def test_libreoffice_shows_a_redacted_document(tmp_path):
    document = docx.Document()
    document.add_heading("Contract")
    document.add_paragraph("Between ").add_run("Zhang Wei").bold = True
    table = document.add_table(1, 1)
    table.cell(0, 0).text = "Zhang Wei"
    (tmp_path / "a.docx").write_bytes(replaced(saved(document), "Zhang Wei", "[PERSON]"))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    subprocess.run(
        [
            *command,
            "--convert-to",
            "txt:Text (encoded):UTF8",
            "--outdir",
            tmp_path,
            tmp_path / "a.docx",
        ],
        check=True,
        capture_output=True,
        timeout=170,
    )
    text = (tmp_path / "a.txt").read_text("utf-8-sig")
    assert ["Contract", "Between [PERSON]", "[PERSON]"] == text.split("\n")[:3]


@pytest.mark.parametrize(
    "hiding",
    [
        '<w:p w:odd="138-0013-8000"/>',
        '<w:p w:odd="AKIAIOSFODNN7EXAMPLE"/>',
        '<w:p xml:lang="138 0013 8000"/>',
        '<w:p xmlns:q="http://schemas.microsoft.com/office/138-0013-8000"/>',
        '<w:p><w:odd w:val="http://schemas.microsoft.com/?n=138-0013-8000"/></w:p>',
        "<w:p><w:odd>138 0013 8000</w:odd></w:p>",
        '<odd xmlns="urn:138-0013-8000"/>',
        "<w:p><w:odd>138<!-- --> 0013<![CDATA[ 8000]]></w:odd></w:p>",
    ],
)
def test_what_only_looks_like_structure_is_read(hiding):
    texts = [s.text for s in segments(with_body(hiding))]
    assert any(re.search("138.0013.8000|AKIAIOSF", text) for text in texts)


def test_a_part_named_by_a_person_is_addressed_by_number():
    parts = parts_of(with_body("<w:p/>")) | {"word/media/Zhang Wei.png": b"\x89PNG"}
    document = open_document(packed(parts), Hint())
    assert ["word/media/Zhang Wei.png"] == [
        s.text for s in document.segments() if "Zhang" in s.text
    ]
    assert not [u.part for u in document.unread if "Zhang" in u.part]


def signed(content, body="Zhang"):
    """A document with a signature of this content."""
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    dsig = "http://www.w3.org/2000/09/xmldsig#"
    parts = parts_of(with_body(f"<w:p>{run(body)}</w:p>"))
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(
        b"</Relationships>",
        f'<Relationship Id="rS" Type="{kind}" Target="_xmlsignatures/origin.sigs"/></Relationships>'.encode(),
    )
    parts |= {
        "_xmlsignatures/origin.sigs": b"",
        "_xmlsignatures/sig1.xml": f'<Signature xmlns="{dsig}">{content}</Signature>'.encode(),
    }
    return packed(parts)


def test_a_signature_goes_when_the_document_changes():
    data = signed("<DigestValue>AAECAw==</DigestValue>")
    assert [] == list(open_document(data, Hint()).unread)
    result = parts_of(replaced(data, "Zhang"))
    assert not [name for name in result if "signatures" in name]
    assert b"signature" not in result["_rels/.rels"]


def test_the_name_in_a_certificate_is_text_and_an_edit_of_it_takes_the_signature_out():
    # SEQUENCE { SET { SEQUENCE { OID commonName, UTF8String "Emily Carter" } } }
    der = bytes.fromhex("30173115301306035504030c0c") + b"Emily Carter"
    data = signed(f"<X509Certificate>{base64.b64encode(der).decode()}</X509Certificate>")
    assert "Emily Carter" in [s.text for s in segments(data)]
    assert not [name for name in parts_of(replaced(data, "Emily Carter")) if "signatures" in name]


def test_a_picture_in_a_signature_lets_it_be_left_out():
    data = signed("<SignatureImage>AAECAw==</SignatureImage>")
    found = [s.context for s in segments(data) if s.role is Role.DISPENSABLE]
    assert [("digital signature: a picture in it is not read",)] == found


def test_runs_that_touch_are_also_read_apart():
    data = with_body(
        f"<w:p>{run('Phone', '<w:rPr><w:b/></w:rPr>')}{run('13812345678')}</w:p>"
        f"<w:p>{run('ann@acme-mail.com')}{run('next')}</w:p>"
        f'<w:p>{run("Emily ")}{run("Carter")}<w:ins w:id="1" w:author="x">'
        f"{run('1391234')}{run('5678')}</w:ins></w:p>"
    )
    texts = [segment.text for segment in open_document(data, Hint("a.docx")).segments()]
    assert {"Phone13812345678", "13812345678", "ann@acme-mail.com"} <= set(texts)
    assert {"Emily Carter", "13912345678"} <= set(texts)


def test_inserted_run_is_read_apart_from_what_stands_before_a_deletion():
    data = with_body(
        f'<w:p>{run("Tel")}<w:del w:id="1" w:author="x"><w:r><w:delText>13912345678</w:delText>'
        f'</w:r></w:del><w:ins w:id="2" w:author="x">{run("13812345678")}</w:ins></w:p>'
    )
    texts = [segment.text for segment in open_document(data, Hint("a.docx")).segments()]
    assert {"13912345678", "13812345678"} <= set(texts)


def test_pieces_of_one_number_or_address_are_not_read_apart():
    data = with_body(
        f"<w:p>{run('1381234')}{run('5678901')}</w:p>"
        f"<w:p>{run('emily.car')}{run('ter@acme-mail.com')}</w:p>"
    )
    texts = [segment.text for segment in open_document(data, Hint("a.docx")).segments()]
    assert not {"1381234", "5678901", "ter@acme-mail.com"} & set(texts)
