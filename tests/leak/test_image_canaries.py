"""A unique word in every place of a picture where text can hide: all are found, none leaves."""

import io
import struct
import zlib

import barcode
import pytest
import segno
from barcode.writer import ImageWriter
from PIL import Image, PngImagePlugin
from PIL.ImageCms import ImageCmsProfile, createProfile
from support.pictures import drawn, opened, packed

from gateway.detect import catalogue
from gateway.formats import layers, open_document
from gateway.formats._images.png import chunk
from gateway.model import Hint, Item, Rung, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

LETTERS = "ABDEFGHKMNPRTUVWXY"


class Canaries:
    """Words that no network misreads, one for each place."""

    def __init__(self, start=0):
        self.places = {}
        self._start = start

    def __call__(self, place):
        number = len(self.places) + self._start
        word = "Vexon" + "".join(LETTERS[number // 18**n % 18] for n in range(3)).lower() + "ruk"
        self.places[place] = word
        return word


def exif(c, where):
    tags = Image.Exif()
    tags[0x010E], tags[0x8298] = c(f"{where} description"), c(f"{where} copyright")
    tags[0x013B], tags[0x0131] = c(f"{where} artist"), c(f"{where} software")
    tags[0x9C9B] = (c(f"{where} XPTitle") + "\0").encode("utf-16-le")
    tags[0x9C9C] = (c(f"{where} XPComment") + "\0").encode("utf-16-le")
    tags[0x9C9E] = (c(f"{where} XPKeywords") + "\0").encode("utf-16-le")
    inner = tags.get_ifd(0x8769)
    inner[0x9286] = b"UNICODE\0" + c(f"{where} user comment").encode("utf-16-le")
    inner[0x927C] = b"Maker\0\1\2" + c(f"{where} maker note").encode() + b"\0\3"
    inner[0xA430] = c(f"{where} owner")
    inner[0xC000] = c(f"{where} unknown tag")
    tags.get_ifd(0x8825)[0x1B] = b"ASCII\0\0\0" + c(f"{where} gps method").encode()
    return tags.tobytes()


def xmp(c, where):
    return (
        "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>"
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
        f"xmlns:dc='http://purl.org/dc/elements/1.1/' dc:title='{c(where + ' xmp attribute')}'>"
        f"<dc:creator><rdf:Seq><rdf:li>{c(where + ' xmp element')}</rdf:li></rdf:Seq></dc:creator>"
        f"</rdf:Description></rdf:RDF><!-- {c(where + ' xmp comment')} --></x:xmpmeta>"
        "<?xpacket end='w'?>"
    ).encode()


def profile(c, where):
    """A colour profile that tells a name: the description of sRGB is overwritten."""
    plain = ImageCmsProfile(createProfile("sRGB")).tobytes()
    word = c(f"{where} profile").encode("utf-16-be")
    old = "sRGB built-in".encode("utf-16-be")
    assert old in plain
    return plain.replace(old, word[: len(old)].ljust(len(old), b"\0"), 1)


def app(marker, body):
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2) + body


def jpeg(c):
    iptc = b"".join(
        b"\x1c\x02" + bytes((n,)) + len(t).to_bytes(2) + t
        for n, t in ((80, c("iptc byline").encode()), (120, c("iptc caption").encode()))
    )
    resources = b"8BIM\x04\x04\0\0" + len(iptc).to_bytes(4) + iptc + b"\0" * (len(iptc) % 2)
    named = c("photoshop path").encode()
    resources += b"8BIM\x07\xd0" + bytes((len(named),)) + named + b"\0" * ((len(named) + 1) % 2)
    resources += bytes(4)
    long = b"http://ns.adobe.com/xmp/extension/\0" + bytes(40)
    base = packed(drawn(["Body " + c("pixels"), "plain words"]), "JPEG", quality=90)
    preview = packed(drawn([c("thumbnail")], size=20), "JPEG", quality=90)
    extra = (
        app(0xE1, b"Exif\0\0" + with_preview(exif(c, "exif"), preview))
        + app(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp(c, "jpeg"))
        + app(0xE1, long + xmp(c, "extended"))
        + app(0xE2, b"ICC_PROFILE\0\1\1" + profile(c, "icc"))
        + app(0xED, b"Photoshop 3.0\0" + resources)
        + app(0xEC, b"Ducky\0" + c("app12").encode())
        + app(0xFE, c("comment").encode())
    )
    behind = packed(drawn([c("second picture")]), "JPEG")
    return base[:2] + extra + base[2:] + behind


def with_preview(tiff, preview):
    """Exif with a second directory that points to a thumbnail."""
    tiff = tiff.removeprefix(b"Exif\0\0")
    order = "<" if tiff[:2] == b"II" else ">"
    first = struct.unpack_from(order + "I", tiff, 4)[0]
    count = struct.unpack_from(order + "H", tiff, first)[0]
    link = first + 2 + 12 * count
    place = len(tiff)
    body = place + 2 + 24 + 4
    directory = struct.pack(
        order + "HHHIIHHIII", 2, 0x201, 4, 1, body, 0x202, 4, 1, len(preview), 0
    )
    return tiff[:link] + struct.pack(order + "I", place) + tiff[link + 4 :] + directory + preview


def png(c):
    told = PngImagePlugin.PngInfo()
    told.add_text("Title", c("tEXt"))
    told.add_text("Comment", c("zTXt"), zip=True)
    told.add_itxt("Description", c("iTXt"), zip=True)
    told.add_itxt("XML:com.adobe.xmp", xmp(c, "png").decode())
    told.add_text(c("keyword"), "value")
    raw = b"Exif\0\0" + exif(c, "raw profile").removeprefix(b"Exif\0\0")
    told.add_text("Raw profile type exif", f"\nexif\n{len(raw):8}\n{raw.hex()}\n", zip=True)
    first = drawn(["Body " + c("pixels")], width=520).convert("RGBA")
    hidden = drawn([c("under transparency")], width=520).convert("RGBA")
    hidden.putalpha(0)
    first.alpha_composite(hidden)
    image = Image.new("RGBA", (520, first.height + hidden.height))
    image.paste(first, (0, 0))
    image.paste(hidden, (0, first.height))
    second = Image.new("RGBA", image.size, "white")
    second.paste(drawn([c("second frame")], width=520), (0, 0))
    data = packed(
        image, "PNG", pnginfo=told, exif=exif(c, "eXIf"), icc_profile=profile(c, "iCCP"),
        save_all=True, append_images=[second], duration=[300, 400], loop=2,
    )  # fmt: skip
    odd = chunk(b"prVt", c("unknown chunk").encode() + b"\0\1") + chunk(
        b"tIME", b"\7\xe8\1\2\3\4\5"
    )
    return data[:33] + odd + data[33:] + b"\n" + c("trailer").encode() + b" is behind the end\n"


def gif(c):
    frames = [drawn(["Body " + c(f"frame {n}")], width=400).convert("P") for n in (1, 2)]
    data = packed(
        frames[0], "GIF", save_all=True, append_images=frames[1:], duration=[200, 300], loop=3,
        comment=c("comment").encode(),
    )  # fmt: skip
    head = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    blocks = b"".join(
        b"!" + bytes((kind,)) + b"".join(bytes((len(b),)) + b for b in bodies) + b"\0"
        for kind, bodies in (
            (0x01, [bytes(12), c("plain text").encode()]),
            (0xFF, [b"ACMEAPPS1.0", c("application").encode()]),
        )
    )
    magic = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    blocks += b"!\xff\x0bXMP DataXMP" + xmp(c, "gif") + magic
    return data[:head] + blocks + data[head:] + c("trailer").encode()


def webp(c):
    frames = [drawn(["Body " + c(f"frame {n}")], width=400) for n in (1, 2)]
    data = packed(
        frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=300, lossless=True,
        exif=exif(c, "exif"), xmp=xmp(c, "webp"), icc_profile=profile(c, "icc"),
    )  # fmt: skip
    odd = c("unknown chunk").encode()
    data += b"UNKN" + len(odd).to_bytes(4, "little") + odd + b"\0" * (len(odd) % 2)
    return data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:]


def tiff(c):
    pages = [drawn(["Body " + c(f"page {n}")], width=400) for n in (1, 2, 3)]
    data = packed(
        pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw",
        tiffinfo={
            270: c("description"), 315: c("artist"), 269: c("document name"), 316: c("computer"),
            33432: c("copyright"), 700: xmp(c, "tiff"), 65001: c("private tag"),
        },
    )  # fmt: skip
    return data + b"\0\0" + c("unused bytes").encode() + b"\0"


def bmp(c):
    data = packed(drawn(["Body " + c("pixels")]), "BMP")
    pixels = struct.unpack_from("<I", data, 10)[0]
    gap = c("gap").encode() + b"\0" * 4
    moved = data[:10] + struct.pack("<I", pixels + len(gap)) + data[14:pixels] + gap
    return moved + data[pixels:] + c("trailer").encode()


def codes(c):
    image = Image.new("RGB", (900, 500), "white")
    out = io.BytesIO()
    segno.make(c("qr")).save(out, kind="png", scale=5)
    image.paste(opened(out.getvalue()).convert("RGB"), (20, 20))
    out = io.BytesIO()
    barcode.get("code128", c("bar code"), writer=ImageWriter()).write(out)
    image.paste(opened(out.getvalue()).convert("RGB"), (350, 20))
    return packed(image, "PNG")


MAKERS = {
    "jpeg": jpeg,
    "png": png,
    "gif": gif,
    "webp": webp,
    "tiff": tiff,
    "bmp": bmp,
    "codes": codes,
}


def unpacked(data):
    """The bytes, and what zlib streams in them hold."""
    yield data
    for at in range(len(data) - 2):
        if data[at] == 0x78 and data[at + 1] in (0x01, 0x5E, 0x9C, 0xDA):
            try:
                yield zlib.decompressobj().decompress(data[at:], 1 << 22)
            except zlib.error:
                continue


def left_over(data, name, words):
    texts = [s.text for s in open_document(data, Hint(name)).segments()]
    texts += layers(data, Hint(name))
    image = Image.open(io.BytesIO(data))
    texts += [repr(image.info), repr(dict(image.getexif())), repr(getattr(image, "tag_v2", ""))]
    for raw in unpacked(data):
        texts += [raw.decode("latin-1"), raw.decode("utf-16-le", "replace")]
        texts.append(raw.decode("utf-16-be", "replace"))
    return {place for place, word in words.items() if any(word.lower() in t.lower() for t in texts)}


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_every_canary_is_found_and_none_leaves(kind):
    canaries = Canaries()
    data = MAKERS[kind](canaries)
    name = f"a.{kind}" if kind != "codes" else "a.png"
    values = tuple(canaries.places.values())
    assert len(set(values)) == len(values)
    texts = " ".join(s.text for s in open_document(data, Hint(name)).segments())
    assert set() == {p for p, w in canaries.places.items() if w.lower() not in texts.lower()}
    pipe = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
    outcome = pipe.process(Item(data, Hint(name)))
    assert (Verdict.REDACT, "") == (outcome.verdict, outcome.reason)
    assert set() == left_over(outcome.data, outcome.name, canaries.places)
    assert outcome.rung in (Rung.NATIVE, Rung.DROPPED)
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(outcome.data))
    assert (before.size, before.mode) == (after.size, after.mode)
    pages = getattr(before, "n_frames", 1) if before.format != "MPO" else 1
    assert pages == getattr(after, "n_frames", 1)


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp"])
def test_metadata_goes_without_a_pixel_changed(kind):
    canaries = Canaries()
    data = MAKERS[kind](canaries)
    secret = {p: w for p, w in canaries.places.items() if "xmp" in p or "comment" in p}
    shown = [w for p, w in canaries.places.items() if p not in secret]
    pipe = build(load_policy("default", catalogue()), bytes(32), Limits(), tuple(secret.values()))
    outcome = pipe.process(Item(data, Hint(f"a.{kind}")))
    assert Verdict.REDACT == outcome.verdict
    assert set() == left_over(outcome.data, outcome.name, secret)
    assert shown
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(outcome.data))
    for number in range(1 if kind == "jpeg" else before.n_frames):
        before.seek(number)
        after.seek(number)
        assert before.convert("RGBA").tobytes() == after.convert("RGBA").tobytes()


def test_frames_keep_their_timing():
    canaries = Canaries()
    data = gif(canaries)
    pipe = build(
        load_policy("default", catalogue()), bytes(32), Limits(), (canaries.places["frame 2"],)
    )
    new = Image.open(io.BytesIO(pipe.process(Item(data, Hint("a.gif"))).data))
    durations = []
    for number in range(new.n_frames):
        new.seek(number)
        durations.append(new.info["duration"])
    assert ([200, 300], 3) == (durations, new.info["loop"])
