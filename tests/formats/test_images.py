"""Pictures as documents: what is read, what an edit leaves, what is refused."""

import io
import struct
import zlib

import pytest
from PIL import Image
from support.pictures import CJK, ENDINGS, drawn, opened, packed

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats import Ledger, ending_after, layers, open_document
from gateway.formats._images.png import chunk
from gateway.model import Edit, Hint, Role, Rung
from gateway.settings import Limits

NAME = "Emily Carter"
LINES = ["Name: Emily Carter", "City: London"]

each_kind = pytest.mark.parametrize("kind", sorted(ENDINGS))
needs_cjk = pytest.mark.skipif(CJK is None, reason="no Chinese font on this machine")


def texts(data, name=""):
    return [segment.text for segment in open_document(data, Hint(name)).segments()]


def without(data, value=NAME, new="[PERSON]", ledger=None):
    """The bytes with a value edited away, and the document."""
    document = open_document(data, Hint(), ledger=ledger)
    edits = [
        Edit(index, at, at + len(value), new)
        for index, segment in enumerate(document.segments())
        if (at := segment.text.find(value)) >= 0
    ]
    assert edits
    return document.apply(edits), document


@each_kind
def test_text_in_pixels_is_a_picture_segment(kind):
    document = open_document(packed(drawn(LINES), ENDINGS[kind]), Hint())
    assert kind == document.format
    shown = [s for s in document.segments() if s.role is Role.PICTURE]
    assert ["\n".join(LINES)] == [s.text for s in shown]


@each_kind
def test_painted_text_is_gone_and_the_label_can_be_read(kind):
    data, document = without(packed(drawn(LINES, size=32), ENDINGS[kind]))
    found = " ".join(texts(data))
    assert NAME not in found
    assert "PERSON" in found
    assert "City: London" in found
    assert not [text for text in layers(data, Hint()) if NAME in text]
    assert (".jpg" if kind == "heic" else "") == ending_after(document)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "1"), ("PNG", "L"), ("PNG", "LA"), ("PNG", "P"), ("PNG", "RGB"), ("PNG", "RGBA"),
        ("PNG", "I;16"), ("JPEG", "L"), ("JPEG", "CMYK"), ("GIF", "L"), ("GIF", "P"), ("BMP", "1"),
        ("BMP", "P"), ("TIFF", "1"), ("TIFF", "L"), ("TIFF", "CMYK"), ("TIFF", "I;16"),
        ("WEBP", "RGBA"),
    ],
)  # fmt: skip
def test_mode_and_size_stay_and_pixels_beside_the_paint_too(kind, mode):
    image = drawn(LINES, size=24, mode="L" if mode == "I;16" else mode)
    if mode == "I;16":
        image = image.convert("I").point(lambda value: value * 257).convert("I;16")
    how = {"lossless": True} if kind == "WEBP" else {}
    before = packed(image, kind, **how)
    old, new = opened(before), opened(without(before)[0])
    assert (old.mode, old.size, old.format) == (new.mode, new.size, new.format)
    below = (0, old.height // 2 + 8, old.width, old.height)
    noise = 12 if kind == "JPEG" else 0
    pairs = zip(
        old.crop(below).convert("RGB").tobytes(), new.crop(below).convert("RGB").tobytes(),
        strict=True,
    )  # fmt: skip
    assert noise >= max(abs(a - b) for a, b in pairs)


def test_resolution_stays_and_exif_turns_the_picture():
    exif = Image.Exif()
    exif[0x0112] = 6
    image = drawn(LINES, size=28).rotate(90, expand=True)
    data = packed(image, "JPEG", dpi=(200, 200), exif=exif, quality=90)
    new = opened(without(data)[0])
    assert image.size == new.size[::-1]
    assert (200, 200) == tuple(map(round, new.info["dpi"]))
    assert not new.getexif()


def test_a_jpeg_keeps_its_tables_and_sampling():
    data = packed(drawn(LINES, size=28), "JPEG", quality=71, subsampling=1)
    assert opened(data).quantization == opened(without(data)[0]).quantization


def test_metadata_alone_is_taken_out_of_a_jpeg_and_the_turn_stays():
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, f"by {NAME}"
    data = packed(drawn(["nothing"]), "JPEG", exif=exif, comment=b"hello")
    new = without(data)[0]
    assert opened(data).tobytes() == opened(new).tobytes()
    assert {0x0112: 6} == dict(opened(new).getexif())
    assert b"hello" not in new


def test_transparent_pixels_hide_nothing():
    image = drawn(LINES).convert("RGBA")
    image.putalpha(0)
    data = packed(image, "PNG")
    assert any(NAME in text for text in texts(data))
    new = without(data)[0]
    assert not any(NAME in text for text in texts(new))


def test_white_letters_on_nothing_are_read():
    image = Image.new("RGBA", drawn(LINES).size, (255, 255, 255, 0))
    image.putalpha(Image.eval(drawn(LINES).convert("L"), lambda value: 255 - value))
    assert any(NAME in text for text in texts(packed(image, "PNG")))


def test_every_page_of_a_tiff_and_frame_of_an_animation_is_read_and_kept():
    pages = [drawn([f"Page {word}", NAME], width=360) for word in ("one", "two", "three")]
    for kind in ("TIFF", "GIF", "WEBP", "PNG"):
        data = packed(pages[0], kind, save_all=True, append_images=pages[1:], duration=200)
        found = " ".join(texts(data))
        assert [True] * 3 == [f"Page {word}" in found for word in ("one", "two", "three")]
        new = without(data)[0]
        assert 3 == Image.open(io.BytesIO(new)).n_frames
        assert NAME not in " ".join(texts(new))


def test_a_thin_strip_and_small_letters_are_read():
    assert any(
        "Carter" in t for t in texts(packed(drawn([NAME], size=12).crop((0, 4, 120, 22)), "PNG"))
    )


def test_plain_pictures_say_nothing():
    for size in ((1, 1), (40, 40), (300, 200)):
        assert [] == texts(packed(Image.new("RGB", size, "teal"), "PNG"))


@needs_cjk
def test_a_value_over_two_lines_of_a_paragraph_is_one():
    lines = [
        "The agreement was signed by Mr Jonathan",
        "Blackwood in May; his number is 020 7946",
        "0991 and he lives in Manchester.",
        "甲方代表人是张伟先生，他的联系电话是1381",
    ]
    found = " ".join(texts(packed(drawn(lines[:3], size=22), "PNG")))
    assert "Jonathan Blackwood" in found
    assert "020 7946 0991" in found


def test_a_label_and_its_value_in_one_row_stand_together():
    image = Image.new("RGB", (700, 200), "white")
    for place, word in (((10, 10), "Name"), ((300, 10), "Emily"), ((10, 100), "City")):
        image.paste(drawn([word]), place)
    assert ["Name\tEmily\nCity"] == texts(packed(image, "PNG"))


# --- what is refused ----------------------------------------------------------------------------


@each_kind
def test_a_truncated_picture_is_refused(kind):
    data = packed(drawn(LINES), ENDINGS[kind])
    for share in (0.3, 0.6, 0.9):
        with pytest.raises(Unreadable):
            open_document(data[: int(len(data) * share)], Hint())


def test_a_picture_too_large_is_refused_before_it_is_decoded():
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(100_000))
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
    with pytest.raises((LimitExceeded, Unreadable)):
        open_document(bomb, Hint())
    data = packed(drawn(["never read before"]), "PNG")
    with pytest.raises(LimitExceeded, match="picture of more than 100 pixels"):
        open_document(data, Hint(), Limits(picture_pixels=100))


def test_packed_text_that_grows_too_large_is_refused():
    data = packed(Image.new("RGB", (9, 9)), "PNG")
    bomb = chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(50_000_000)))
    with pytest.raises(LimitExceeded):
        open_document(data[:33] + bomb + data[33:], Hint())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_a_picture_with_an_archive_behind_it_is_refused(kind):
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("secret.txt", "secret")
    with pytest.raises(Unreadable, match="polyglot"):
        open_document(packed(drawn(LINES), kind) + out.getvalue(), Hint())


def test_bytes_behind_the_end_that_nobody_reads_can_be_left_out():
    data = packed(drawn(["nothing"]), "JPEG") + bytes(range(256)) * 4
    document = open_document(data, Hint())
    index, last = max(enumerate(document.segments()))
    assert (Role.DISPENSABLE, "") == (last.role, last.text)
    assert data[: -256 * 4].endswith(b"\xff\xd9")
    assert bytes(range(256)) not in document.apply([Edit(index, 0, 0, "")])


def samsung(**values):
    """Values as Samsung's cameras write them behind a picture."""
    body, entries = b"", []
    for number, (name, value) in enumerate(values.items(), 0x0A01):
        block = struct.pack("<HHI", 0, number, len(name)) + name.encode() + value
        entries.append((number, len(body), len(block)))
        body += block
    directory = struct.pack("<4sII", b"SEFH", 106, len(entries)) + b"".join(
        struct.pack("<HHII", 0, number, len(body) - at, size) for number, at, size in entries
    )
    return body + directory + struct.pack("<I", len(directory)) + b"SEFT"


def test_what_a_phone_writes_behind_a_picture_is_read():
    photo = packed(drawn(["nothing"]), "JPEG")
    data = photo + samsung(Image_UTC_Data=b"1612345678901", Camera_Scene=f"by {NAME}".encode())
    document = open_document(data, Hint())
    assert [] == [s for s in document.segments() if s.role is Role.DISPENSABLE]
    assert f"Camera_Scene: by {NAME}" in texts(data)
    new = without(data)[0]
    assert b"SEFT" not in new
    assert opened(photo).tobytes() == opened(new).tobytes()


@pytest.mark.parametrize(
    "trailer",
    [
        samsung(MotionPhoto_Data=bytes(range(256))),
        b"more" + samsung(Scene=b"1"),
        samsung(Scene=b"1")[:-8] + bytes(8),
    ],
)
def test_what_is_no_text_behind_a_picture_is_not_taken_for_read(trailer):
    document = open_document(packed(drawn(["nothing"]), "JPEG") + trailer, Hint())
    assert Role.DISPENSABLE is document.segments()[-1].role


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_text_is_read_and_painted_however_exif_turns_it(kind, turn):
    exif = Image.Exif()
    exif[0x0112] = turn
    data = packed(drawn(LINES, size=26), kind, exif=exif)
    new = without(data)[0]
    found = " ".join(texts(new))
    assert NAME not in found
    assert "City: London" in found
    assert not opened(new).getexif()


def test_a_converted_picture_says_so():
    ledger = Ledger()
    without(packed(drawn(LINES), "AVIF"), ledger=ledger)
    assert Rung.CONVERTED == ledger.rung
