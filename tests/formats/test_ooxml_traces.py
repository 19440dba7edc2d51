"""Who made a document and when is told apart from its text, and leaves it valid when it goes."""

import io
import re
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.cli._demo import plants
from gateway.detect import catalogue
from gateway.errors import Unreadable
from gateway.formats import docx as word
from gateway.formats import layers, open_document
from gateway.formats._ledger import Ledger
from gateway.formats._ooxml.mending import mend
from gateway.formats._open import _Opener
from gateway.model import Edit, Hint, Item, Role, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

HEAD = '<w:p w:rsidR="00AB12CD" w:rsidRDefault="00AB12CE">'
DATE = "1980-01-01T00:00:00Z"


def parts_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def document(body, **others):
    parts = parts_of(plants.docx())
    head, _, rest = parts["word/document.xml"].decode().partition("<w:body>")
    tail = rest.partition("</w:body>")[2]
    parts["word/document.xml"] = f"{head}<w:body>{body}</w:body>{tail}".encode()
    return packed(
        parts
        | {name.replace("__", "/").replace("/xml", ".xml"): text for name, text in others.items()}
    )


def run(text):
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def mark(kind, author, text, date="2024-03-05T10:11:12Z"):
    return f'<w:{kind} w:id="1" w:author="{author}" w:date="{date}">{text}</w:{kind}>'


def process(data, *values, name="a.docx"):
    pipe = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
    return pipe.process(Item(data, Hint(name)))


def body_of(data):
    return parts_of(data)["word/document.xml"].decode()


def test_authors_stay_tellable_apart_and_the_same_over_all_parts():
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    comments = (
        f'<w:comments xmlns:w="{w}"><w:comment w:id="0" w:author="Bob" w:initials="BB"><w:p/></w:comment>'
        '<w:comment w:id="1" w:author="Ann" w:initials="AA"><w:p/></w:comment></w:comments>'
    )
    data = document(
        f"<w:p>{run('Zqx')}{mark('ins', 'Ann', run('a'))}{mark('del', 'Bob', '')}</w:p>",
        word__comments__xml=comments,
    )
    outcome = process(data, "Zqx")
    assert ["Author 1", "Author 2"] == re.findall('w:author="([^"]*)', body_of(outcome.data))
    left = parts_of(outcome.data)["word/comments.xml"].decode()
    assert ["Author 2", "Author 1"] == re.findall('w:author="([^"]*)', left)
    assert ["A1", "A2"] == re.findall('w:initials="([^"]*)', left)


def test_sessions_and_dates_go_from_tags_but_not_from_text():
    said = 'the attribute w:rsidR="00AB12CD" of w:date="2024-03-05T10:11:12Z"'
    data = document(f"{HEAD}{run('Zqx ' + said)}{mark('ins', 'Ann', run('a'))}</w:p>")
    new = body_of(process(data, "Zqx").data)
    assert said in new
    assert "<w:p>" in new
    assert [DATE] == re.findall('<w:ins [^>]*w:date="([^"]*)"', new)


def test_a_clean_document_keeps_its_traces():
    data = document(f"{HEAD}{run('nothing here')}{mark('ins', 'x', run('a'))}</w:p>")
    outcome = process(data, "Zqx")
    assert (Verdict.ALLOW, data) == (outcome.verdict, outcome.data)


def test_properties_that_name_people_are_emptied_and_others_stay():
    base = "http://schemas.openxmlformats.org/officeDocument/2006"
    custom = (
        f'<Properties xmlns="{base}/custom-properties" xmlns:vt="{base}/docPropsVTypes">'
        '<property fmtid="{1}" pid="2" name="MSIP_Label_Owner"><vt:lpwstr>ann@corp.example</vt:lpwstr>'
        '</property><property fmtid="{1}" pid="3" name="Project"><vt:lpwstr>Bridge</vt:lpwstr></property>'
        "</Properties>"
    )
    app = (
        f'<Properties xmlns="{base}/extended-properties"><Template>Ann.dotm</Template>'
        "<TotalTime>77</TotalTime><Pages>3</Pages><Application>Microsoft Office Word</Application>"
        "<Company>Acme</Company></Properties>"
    )
    data = document(
        f"<w:p>{run('Zqx')}</w:p>", docProps__custom__xml=custom, docProps__app__xml=app
    )
    left = parts_of(process(data, "Zqx").data)
    assert b"ann@corp" not in left["docProps/custom.xml"]
    assert b"Bridge" in left["docProps/custom.xml"]
    expected = b"<Template></Template><TotalTime>0</TotalTime><Pages>3</Pages>"
    assert expected in left["docProps/app.xml"]
    assert b"<Company></Company>" in left["docProps/app.xml"]
    assert b"Microsoft Office Word" in left["docProps/app.xml"]


def test_core_properties_stay_valid_for_the_library():
    original = docx.Document()
    original.add_paragraph("Zqx")
    original.core_properties.author = "Ann"
    original.core_properties.last_modified_by = "Bob"
    out = io.BytesIO()
    original.save(out)
    properties = docx.Document(io.BytesIO(process(out.getvalue(), "Zqx").data)).core_properties
    assert ("", "", 1980) == (
        properties.author,
        properties.last_modified_by,
        properties.created.year,
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_value_is_found_across_runs_insertions_and_deletions(data):
    """However a value is cut into runs and tracked changes, no view of it is left."""
    value = "Zqx-1380-Wei"
    cuts = sorted(set(data.draw(st.lists(st.integers(1, len(value) - 1), max_size=5))))
    pieces = [value[a:b] for a, b in zip([0, *cuts], [*cuts, len(value)], strict=True)]
    noise = data.draw(st.lists(st.sampled_from(["del", "ins", ""]), min_size=6, max_size=6))
    kept = data.draw(st.sampled_from(["ins", "del"]))  # the view in which the value is whole
    body = [run("to ")]
    for piece, extra in zip(pieces, noise, strict=False):
        if data.draw(st.booleans()):
            text = run(piece)
            if kept == "del":
                text = text.replace("w:t", "w:delText")
            body.append(mark(kept, "x", text))
        else:
            body.append(run(piece))
        if extra and extra != kept:
            stray = run("QQ") if extra == "ins" else run("QQ").replace("w:t", "w:delText")
            body.append(mark(extra, "x", stray))
    whole = document(f"<w:p>{''.join(body)}{run(' end')}</w:p>")
    opened = open_document(whole, Hint())
    edits = [
        Edit(index, m.start(), m.end(), "[X]")
        for index, s in enumerate(opened.segments())
        for m in re.finditer(re.escape(value), s.text)
    ]
    assert edits
    result = opened.apply(edits)
    again = open_document(result, Hint())
    assert not [s for s in again.segments() if value in s.text]
    assert not [text for text in layers(result, Hint()) if value in text]
    assert any("[X]" in s.text for s in again.segments())


def test_bytes_behind_the_zip_are_read_and_left_out():
    data = document(f"<w:p>{run('x')}</w:p>") + b" Zqxwort behind"
    assert any("Zqxwort" in s.text for s in open_document(data, Hint()).segments())
    outcome = process(data, "Zqxwort")
    assert Verdict.REDACT is outcome.verdict
    assert b"Zqxwort" not in outcome.data
    assert b"behind" not in outcome.data


def test_bytes_before_the_zip_are_read_and_left_out():
    data = b"Zqxwort before " + document(f"<w:p>{run('x')}</w:p>")
    opener = _Opener(Ledger(), 0, len(data))
    opened = word.FORMAT.open(data, Hint(), opener)
    index = next(i for i, s in enumerate(opened.segments()) if "Zqxwort" in s.text)
    assert data == opened.apply([])
    assert opened.apply([Edit(index, 0, 7, "")]).startswith(b"PK\3\4")


def test_of_two_parts_with_one_name_the_last_counts_and_both_are_read():
    out = io.BytesIO(document(f"<w:p>{run('first Zqxwort')}</w:p>"))
    second = parts_of(document(f"<w:p>{run('second')}</w:p>"))["word/document.xml"]
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", second)
    outcome = process(out.getvalue(), "Zqxwort")
    assert Verdict.REDACT is outcome.verdict
    names = zipfile.ZipFile(io.BytesIO(outcome.data)).namelist()
    assert 1 == names.count("word/document.xml")
    assert "second" in body_of(outcome.data)


@given(st.binary(max_size=60), st.integers(0, 3000))
@settings(max_examples=60, deadline=None)
def test_mending_refuses_what_it_cannot_account_for(noise, at):
    data = plants.docx()
    broken = data[:at] + noise + data[at:]
    try:
        clean, strays = mend(broken)
    except Unreadable:
        return
    with zipfile.ZipFile(io.BytesIO(clean)) as archive:
        assert archive.namelist()
    assert len(noise) <= sum(map(len, strays)) or clean != data


def test_another_container_with_a_package_in_it_is_not_taken_for_the_package():
    inner = plants.docx()
    for outer in (b"\xd0\xcf\x11\xe0" + bytes(600) + inner, b"--x\r\n\r\n" + inner + b"\r\n--x--"):
        assert word.FORMAT.score(outer, Hint()) < 0


def test_a_part_named_after_a_person_gets_another_name():
    parts = parts_of(document(f"<w:p>{run('x')}</w:p>")) | {"word/media/Zqx Wei.txt": b"plain"}
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>", b'<Default Extension="txt" ContentType="text/plain"/></Types>'
    )
    outcome = process(packed(parts), "Zqx Wei")
    assert Verdict.REDACT is outcome.verdict
    assert {"word/media/part.txt"} == set(parts_of(outcome.data)) - set(parts)


def test_a_listed_font_or_style_name_does_not_block_a_document():
    fonts = (
        '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:font w:name="Cambria"/></w:fonts>'
    )
    data = document(
        '<w:p><w:r><w:rPr><w:rFonts w:ascii="Cambria"/></w:rPr><w:t>Cambria here</w:t></w:r></w:p>',
        word__fontTable__xml=fonts,
    )
    outcome = process(data, "Cambria")
    assert ("", Verdict.REDACT) == (outcome.reason, outcome.verdict)
    assert "[EXACT_VALUE] here" in body_of(outcome.data)
    assert b'w:name="Cambria"' in parts_of(outcome.data)["word/fontTable.xml"]


def test_a_trace_is_not_running_text():
    data = document(f"<w:p>{mark('ins', 'Ann Lee', run('a'))}</w:p>")
    roles = {s.role for s in open_document(data, Hint()).segments() if "Ann Lee" in s.text}
    assert {Role.TRACE} == roles
