"""Windows metafiles: each kind of record with text is read, changed in place, and still a drawing."""

import contextlib
import io
import itertools
import shutil
import struct
import subprocess

import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.binary_parts import (
    dib,
    emf,
    emr_bitmap,
    emr_comment,
    emr_font,
    emr_poly,
    emr_small,
    emr_text,
    plus,
    plus_picture,
    plus_string,
    record,
    wmf,
    wmf_bitmap,
    wmf_escape,
    wmf_ext_text,
    wmf_font,
    wmf_record,
    wmf_text,
)

from gateway.errors import Unreadable
from gateway.formats import layers, open_document
from gateway.formats._metafiles import dib as bitmaps
from gateway.formats._metafiles import emf as reading
from gateway.formats._metafiles import wmf as old
from gateway.model import Edit, Hint, Role

NAME = "Zhang Wei"


def redacted(data, value=NAME, new="[PERSON]"):
    """The drawing with the value replaced wherever a segment shows it."""
    document = open_document(data, Hint())
    edits = []
    for index, segment in enumerate(document.segments()):
        at = segment.text.find(value)
        while at >= 0:
            edits.append(Edit(index, at, at + len(value), new))
            at = segment.text.find(value, at + len(value))
    assert edits
    result = document.apply(edits)
    assert not [text for text in layers(result, Hint()) if value in text]
    return result


def texts(data, role=Role.BODY):
    return [s.text for s in open_document(data, Hint()).segments() if s.role is role]


@pytest.mark.parametrize("new", ["[X]", "", "[A MUCH LONGER PLACEHOLDER]"])
@pytest.mark.parametrize(
    "item",
    [
        emr_text(84, f"to {NAME} now"),
        emr_text(83, f"to {NAME} now", codec="latin-1"),
        emr_small(f"to {NAME} now"),
        emr_poly("first", f"to {NAME} now", "third"),
        emr_comment(b"EMF+" + plus(0x4001, 1, bytes(16)) + plus_string(f"to {NAME} now")),
    ],
    ids=["wide", "narrow", "small", "several", "plus"],
)
def test_text_in_an_emf_record_becomes_shorter_or_longer(item, new):
    result = redacted(emf(item, emr_text(84, "after", 0, 200)), new=new)
    shown = texts(result)
    assert f"to {new} now" in shown
    assert "after" in shown
    assert len(result) == struct.unpack_from("<I", result, 48)[0]
    assert len(list(reading.records_of(result))) == struct.unpack_from("<I", result, 52)[0]


@pytest.mark.parametrize("new", ["[X]", "", "[A MUCH LONGER PLACEHOLDER]"])
@pytest.mark.parametrize("maker", [wmf_text, wmf_ext_text])
def test_text_in_a_wmf_record_becomes_shorter_or_longer(maker, new):
    result = redacted(wmf(maker(f"to {NAME} now"), wmf_text("after", 0, 200)), new=new)
    assert f"to {new} now" in texts(result)
    assert "after" in texts(result)
    assert len(result) - 22 == 2 * struct.unpack_from("<I", result, 22 + 6)[0]


def test_the_new_advances_tell_nothing_of_the_letters():
    record_ = emr_text(84, "Wiiii")
    uneven = record_[:-20] + struct.pack("<5i", 30, 4, 4, 4, 4)
    result = redacted(emf(uneven), "Wiiii", "[X]")
    drawn = next(r for r in reading.records_of(result) if r[:4] == b"\x54\0\0\0")
    assert struct.pack("<3i", 15, 15, 15) == drawn[-12:]


def test_a_name_drawn_letter_by_letter_is_one_text():
    letters = [emr_text(84, letter, 10 * n) for n, letter in enumerate("李晓梅13800138000")]
    assert "李晓梅13800138000" in texts(emf(*letters))
    result = redacted(emf(*letters), "13800138000", "[PHONE]")
    assert "李晓梅[PHONE]" in texts(result)


def test_a_gap_between_two_texts_is_read_as_a_space_and_as_nothing():
    data = emf(emr_text(84, "Zhang", 0), emr_text(84, "Wei", 60))
    assert {NAME, "ZhangWei"} <= set(texts(data))
    assert "[PERSON]" in texts(redacted(data))


def test_a_caption_over_two_lines_is_one_text():
    data = emf(emr_text(84, "Zhang", 0, 0), emr_text(84, "Wei", 0, 20))
    assert "Zhang\nWei" in texts(data)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 12), max_size=5))
def test_a_value_cut_anywhere_is_found_and_removed(cuts):
    value = "Zhang Wei 138"
    places = [0, *sorted(set(cuts)), len(value)]
    pieces = [emr_text(84, value[a:b], 10 * a) for a, b in itertools.pairwise(places) if a < b]
    assert "[X]" in "".join(texts(redacted(emf(*pieces), value, "[X]")))


def test_narrow_text_is_read_in_the_code_page_of_its_font():
    select = record(37, struct.pack("<I", 1))
    data = emf(emr_font("SimSun", 134), select, emr_text(83, "张伟", codec="gbk"))
    assert ["张伟"] == texts(data)
    select = wmf_record(0x012D, struct.pack("<H", 0))
    data = wmf(wmf_font("SimSun", 134), select, wmf_text("张伟", codec="gbk"))
    assert ["张伟"] == texts(data)
    assert "[某人]" in texts(redacted(data, "张伟", "[某人]"))


def test_title_font_and_remarks_are_text_too():
    group = b"GDIC" + struct.pack("<I4iI", 2, 0, 0, 9, 9, 6) + "Group7".encode("utf-16-le")
    data = emf(
        emr_font("Face8 of Zhang"), emr_comment(b"by Zhang Wei"), emr_comment(group), title=NAME
    )
    assert {"Program\nZhang Wei", "Face8 of Zhang"} <= set(texts(data, Role.METADATA))
    assert {"by Zhang Wei", "Group7"} <= set(texts(data, Role.HIDDEN))
    assert "Program\n[PERSON]" in texts(redacted(data), Role.METADATA)
    assert "Group7" not in texts(redacted(data, "Group7"), Role.HIDDEN)
    data = wmf(wmf_text("x"), wmf_escape(b"by Zhang Wei"))
    assert ["by Zhang Wei"] == texts(data, Role.HIDDEN)
    assert [] == texts(redacted(data), Role.HIDDEN)


def test_text_by_glyph_numbers_is_unread():
    for data in (emf(emr_text(84, "abc", options=0x10)),):
        assert ["drawing: text by glyph numbers is not read"] == [
            u.why for u in open_document(data, Hint()).unread
        ]


def test_lines_alone_are_read_whole():
    data = emf(record(27, struct.pack("<ii", 1, 2)), record(54, struct.pack("<ii", 9, 9)))
    document = open_document(data, Hint())
    assert ([], []) == (list(document.unread), list(document.segments()))


def test_much_private_data_can_be_left_out():
    data = emf(emr_text(84, NAME), emr_comment(bytes(range(128, 250))))
    assert Role.DISPENSABLE in {s.role for s in open_document(data, Hint()).segments()}
    assert 3 == len(list(reading.records_of(redacted(data))))


def test_pictures_in_a_drawing_are_opened_as_files():
    for data in (emf(emr_bitmap()), wmf(wmf_bitmap())):
        kind = reading if data[:4] == b"\1\0\0\0" else old
        (picture,) = kind.read(data).pictures
        assert (40, 20) == PIL.Image.open(io.BytesIO(picture.data)).size


def test_another_picture_takes_the_place_of_the_old_one():
    head, bits = dib(60, 30)
    file, _ = bitmaps.file_of(head, bits, 0)
    for module, data in ((reading, emf(emr_bitmap())), (old, wmf(wmf_bitmap()))):
        (picture,) = module.read(data).pictures
        records = list(module.records_of(data))
        records[picture.record] = module.with_picture(records[picture.record], picture.item, file)
        (new,) = module.read(module.joined(records)).pictures
        assert (60, 30) == PIL.Image.open(io.BytesIO(new.data)).size
    data = emf(emr_comment(b"EMF+" + plus(0x4001, 1, bytes(16)) + plus_picture(b"BM" + bytes(70))))
    (picture,) = reading.read(data).pictures
    records = list(reading.records_of(data))
    records[picture.record] = reading.with_picture(records[picture.record], picture.item, file)
    assert file == reading.read(reading.joined(records)).pictures[0].data[: len(file)]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_metafiles_are_read_or_refused(data):
    whole = data.draw(
        st.sampled_from(
            [
                emf(emr_font("F"), emr_text(84, NAME), emr_poly("a", "b"), emr_bitmap(), title="T"),
                emf(emr_comment(b"EMF+" + plus(0x4001, 1, bytes(16)) + plus_string(NAME))),
                wmf(wmf_font("F"), wmf_ext_text(NAME), wmf_escape(b"x" * 90), wmf_bitmap()),
            ]
        )
    )
    broken = bytearray(whole)
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=6)):
        broken[at] = data.draw(st.integers(0, 255))
    broken = bytes(broken[: data.draw(st.integers(0, len(whole)))])
    for module in (reading, old):
        with contextlib.suppress(Unreadable):
            module.read(broken)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.timeout(180)
@pytest.mark.parametrize("ending", ["emf", "wmf"])
def test_libreoffice_draws_the_new_text(tmp_path, ending):
    if ending == "emf":
        data = emf(emr_font("Arial"), emr_text(84, f"for {NAME}", 5, 5), emr_text(84, "end", 5, 50))
    else:
        data = wmf(wmf_font("Arial"), wmf_ext_text(f"for {NAME}", 5, 5), wmf_text("end", 5, 50))
    (tmp_path / f"a.{ending}").write_bytes(redacted(data))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    subprocess.run(
        [*command, "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / f"a.{ending}"],
        check=True,
        capture_output=True,
        timeout=170,
    )
    from pdfminer.high_level import extract_text

    shown = "".join(extract_text(tmp_path / "a.pdf").split())
    assert "[PERSON]" in shown
    assert "Zhang" not in shown
