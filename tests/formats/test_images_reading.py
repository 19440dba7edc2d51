"""Reading pixels: turned, slanted, coded, and never the same twice."""

import io

import numpy as np
import pytest
import segno
from PIL import Image
from support.pictures import CJK, drawn, opened, packed

from gateway.formats._images import ocr, reading
from gateway.formats._images.painting import paint
from gateway.formats._images.profile import colours_only, profile_texts
from gateway.formats._images.reading import Origin, read_pixels

LINES = ["Invoice for Emily Carter", "Total 1,204.50 GBP", "Account 60161331926819"]


def text_of(image):
    return "\n".join(block.text for block in read_pixels(image).blocks)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 3, -7])
def test_turned_and_slanted_text_is_read_in_order(degrees):
    image = drawn(LINES, size=26).rotate(degrees, expand=True, fillcolor="white", resample=3)
    assert LINES == text_of(image).split("\n")


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 5])
def test_boxes_cover_what_they_stand_for_and_little_else(degrees):
    plain = drawn(LINES, size=26)
    image = plain.rotate(degrees, expand=True, fillcolor="white", resample=3)
    block = read_pixels(image).blocks[0]
    start = block.text.index("Emily Carter")
    new = paint(image, block.boxes(start, start + len("Emily Carter")))
    found = text_of(new)
    assert "Emily" not in found
    assert "Carter" not in found
    assert [True, True, True] == [word in found for word in ("Invoice for", *LINES[1:])]


@pytest.mark.skipif(CJK is None, reason="no Chinese font on this machine")
def test_chinese_is_read():
    lines = ["姓名：张伟", "地址：北京市海淀区中关村大街"]
    assert "".join(lines) == text_of(drawn(lines, size=24)).replace("\n", "")


def test_a_code_is_text_and_can_be_painted_out():
    out = io.BytesIO()
    segno.make("WIFI:S:home;P:correct horse;;").save(out, kind="png", scale=6)
    image = opened(out.getvalue()).convert("RGB")
    (code,) = read_pixels(image).codes
    assert "WIFI:S:home;P:correct horse;;" == code.text
    assert () == read_pixels(paint(image, [code.corners])).codes


@pytest.fixture
def counted(monkeypatch):
    """How many lines were read since."""
    count = []
    read = ocr.read_line
    monkeypatch.setattr(ocr, "read_line", lambda *args: count.append(1) or read(*args))
    return count


def test_the_same_pixels_are_read_once(counted):
    image = drawn(["only once, whatever", "happens to it"], size=21)
    first = read_pixels(image)
    counted.clear()
    assert first is read_pixels(image.copy())
    assert [] == counted


def test_only_what_changed_is_read_again(counted):
    image = drawn([f"line number {n} of many" for n in range(30)], size=20)
    read_pixels(image)
    counted.clear()
    changed = image.copy()
    changed.paste("white", (0, 0, changed.width, 24))
    again = text_of(changed)
    assert "line number 0" not in again
    assert "line number 29" in again
    assert 8 > len(counted)


def test_what_an_encoder_changed_is_told_from_what_is_new():
    image = drawn([f"line number {n} of many" for n in range(30)], size=20)
    before = read_pixels(image)
    new = image.copy()
    new.paste(drawn(["a word that was added"], size=20), (0, 400))
    noisy = opened(packed(new, "JPEG", quality=95, subsampling=0))
    found = read_pixels(noisy, Origin(image, before, ()))
    assert any("was added" in line.text for line in found.lines)


def test_readings_are_forgotten_in_time():
    for number in range(5):
        read_pixels(Image.fromarray(np.full((4000, 2000, 3), number, np.uint8)))
        read_pixels(drawn([f"number {number}"], size=20))
    assert reading._KEPT >= sum(kept.nbytes for kept in reading._kept.values())


def test_a_profile_keeps_its_colours_and_loses_its_words():
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert any("sRGB" in text for text in profile_texts(profile))
    clean = colours_only(profile)
    assert ["none", "RGB"] == sorted(profile_texts(clean), key=len, reverse=True)[:2]
    ramp = Image.linear_gradient("L").convert("RGB")
    lab = ImageCms.createProfile("LAB")
    results = [
        ImageCms.applyTransform(
            ramp,
            ImageCms.buildTransform(ImageCms.ImageCmsProfile(io.BytesIO(p)), lab, "RGB", "LAB"),
        ).tobytes()
        for p in (profile, clean)
    ]
    assert results[0] == results[1]
