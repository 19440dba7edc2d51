"""Reading pixels: turned, slanted, coded, and never the same twice."""

import io

import numpy as np
import pytest
import segno
import zxingcpp
from PIL import Image, ImageFont
from PIL.Image import Transpose
from support.pictures import CJK, drawn, opened, packed

from gateway.errors import LimitExceeded
from gateway.formats._images import ocr, reading
from gateway.formats._images.faint import strengthened
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


@pytest.mark.parametrize("size", [12, 18, 26])
def test_a_wide_line_keeps_its_spaces_where_it_was_cut_to_be_read(size):
    lines = [
        "Please write to emily.carter@northwind.com about it or call 415-555-2671 before Friday, 12 May.",
        "Invoice 20451 from Halverson Marine Holdings, Inc. was paid by Mr Abernathy with card 4532 0151.",
    ]
    assert " ".join(lines) == text_of(drawn(lines, size=size)).replace("\n", " ")


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


@pytest.mark.parametrize("paper", ["white", "#181a1e"])
@pytest.mark.parametrize("word", ["mail", "card:", "x"])
def test_no_sliver_of_the_first_letter_stays(paper, word):
    ink = "black" if paper == "white" else "white"
    lines = [f"{word} emily.carter@northwind.com, {word} 4111 1111 1111 1111 {word}"]
    size = 18
    image = drawn(lines, size=size, ink=ink, paper=paper)
    block = read_pixels(image).blocks[0]
    font = ImageFont.load_default(size)
    for value in ("emily.carter@northwind.com", "4111 1111 1111 1111"):
        start = block.text.index(value)
        (box,) = block.boxes(start, start + len(value))
        before = lines[0][: lines[0].index(value)]
        left = size + font.getlength(before)
        assert left >= box[0][0]
        assert size + font.getlength(before.rstrip()) - 2 < box[0][0]
        assert left + font.getlength(value) <= box[1][0] + 1


@pytest.mark.parametrize("flip", [Transpose.FLIP_LEFT_RIGHT, Transpose.FLIP_TOP_BOTTOM])
def test_text_in_a_mirror_is_read_in_order_and_painted_where_it_stands(flip):
    plain = drawn(LINES, size=26)
    image = plain.transpose(flip)
    block = read_pixels(image).blocks[0]
    assert LINES == block.text.split("\n")
    start = block.text.index("Emily Carter")
    new = paint(image, block.boxes(start, start + len("Emily Carter")))
    found = text_of(new.transpose(flip))
    assert [False, False] == [word in found for word in ("Emily", "Carter")]
    assert [True, True, True] == [word in found for word in ("Invoice for", *LINES[1:])]


def test_one_short_line_upside_down_is_read():
    image = drawn(["Body Vexonueruk"], size=24, width=420).rotate(180)
    assert "Body Vexonueruk" == text_of(image)


@pytest.mark.parametrize("size", [10, 13, 16, 24])
@pytest.mark.parametrize("paper", [(3000, 2000), (1500, 1000)])
def test_a_small_word_alone_on_a_large_page_is_read(size, paper):
    image = Image.new("RGB", paper, "white")
    image.paste(drawn(["Emily Carter"], size=size), (paper[0] // 2, paper[1] // 2 - 10))
    assert "Emily Carter" == text_of(image)


@pytest.mark.parametrize("levels", [1, 2, 5, 9])
@pytest.mark.parametrize("bright", [True, False])
def test_what_is_faint_is_read(levels, bright):
    ink, paper = (255 - levels, 255) if bright else (levels, 0)
    image = Image.new("RGB", (600, 400), (paper,) * 3)
    image.paste(drawn(["plain words"], size=24, paper="#fff" if bright else "#000"), (0, 300))
    image.paste(drawn(["Emily Carter"], size=24, ink=(ink,) * 3, paper=(paper,) * 3), (60, 60))
    assert "Emily Carter" in text_of(image)


def test_what_is_faint_in_one_channel_is_read():
    image = drawn(["Emily Carter"], size=24, ink=(255, 255, 251), width=500)
    assert "Emily Carter" == text_of(image)


def test_noise_is_not_taken_for_something_faint():
    rough = np.random.default_rng(1).normal(240, 2, (600, 600, 1)).repeat(3, 2)
    assert strengthened(rough.clip(0, 255).astype(np.uint8)) is None


def test_a_palette_of_one_colour_hides_nothing():
    image = drawn(["Emily Carter"], size=24, mode="1").convert("P")
    image.putpalette([255, 255, 255] * 256)
    assert "Emily Carter" == text_of(image)


def test_more_text_than_can_be_read_in_time_is_refused(monkeypatch):
    monkeypatch.setattr(ocr, "_MOST_TEXT", 10)
    with pytest.raises(LimitExceeded, match="more text than can be read in time"):
        read_pixels(drawn([f"a long line of words, number {n}" for n in range(5)], size=20))


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


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("degrees", [0, 90])
@pytest.mark.parametrize("kind", ["QRCode", "Aztec", "DataMatrix", "PDF417", "Code128", "EAN13"])
def test_codes_of_each_kind_are_read(kind, degrees, invert):
    said = "4006381333931" if kind == "EAN13" else "emily.carter 0991"
    barcode = zxingcpp.create_barcode(said, getattr(zxingcpp.BarcodeFormat, kind))
    image = Image.fromarray(np.array(zxingcpp.write_barcode_to_image(barcode, scale=3)))
    page = Image.new("L", (900, 900), 255)
    page.paste(image, (100, 200))
    page = page.rotate(degrees)
    found = read_pixels(Image.eval(page, lambda value: 255 - value) if invert else page).codes
    assert [said] == [code.text for code in found]


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
    assert 15 > len(counted)


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
