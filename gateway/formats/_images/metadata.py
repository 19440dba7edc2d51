"""The words in a picture's metadata: each a text with the name of its field.

Sources: Exif 3.0 (CIPA DC-008-2023) and Microsoft's XP tags, XMP (ISO 16684-1), IPTC IIM 4.2,
Photoshop image resources (Adobe Photoshop File Formats Specification).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from gateway.errors import Unreadable
from gateway.formats._images.exif import Directories, Tag, read_directories
from gateway.formats._images.parts import Holds
from gateway.formats._images.profile import profile_texts
from gateway.model import Role

_NAMES = {
    0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "Model", 0x0131: "Software",
    0x0132: "DateTime", 0x013B: "Artist", 0x013C: "HostComputer", 0x8298: "Copyright",
    0x9003: "DateTimeOriginal", 0x9004: "DateTimeDigitized", 0x927C: "MakerNote",
    0x9286: "UserComment", 0x9C9B: "Title", 0x9C9C: "Comment", 0x9C9D: "Author",
    0x9C9E: "Keywords", 0x9C9F: "Subject", 0xA420: "ImageUniqueID", 0xA430: "CameraOwnerName",
    0xA431: "BodySerialNumber", 0xA433: "LensMake", 0xA434: "LensModel", 0xA435: "LensSerialNumber",
    0x010D: "DocumentName", 0x011D: "PageName",
}  # fmt: skip
_TRACES = frozenset({
    0x010F, 0x0110, 0x0131, 0x0132, 0x013B, 0x013C, 0x9003, 0x9004, 0x9010, 0x9011, 0x9012, 0x9290,
    0x9291, 0x9292, 0x927C, 0x9C9D, 0xA420, 0xA430, 0xA431, 0xA433, 0xA434, 0xA435, 0xC62F, 0xC68B,
    0x9000, 0xA000, 0x9101,
})  # fmt: skip
_XMP_TRACES = re.compile(
    r"(?i)creatortool|\w*date|documentid|instanceid|\w*documentid|creator|author|when|softwareagent"
    r"|\w*serialnumber|ownername|producer|make|model|lens\w*|action|changed|history\w*|toolkit|xmptk"
)
_EMBEDDED = {0x02BC: Holds.XMP, 0x83BB: Holds.IPTC, 0x8649: Holds.PHOTOSHOP, 0x8773: Holds.PROFILE}
_WIDE = range(0x9C9B, 0x9CA0)
_COMMENT = 0x9286
_ENCODINGS = {b"ASCII\0\0\0": "latin-1", b"JIS\0\0\0\0\0": "euc_jp", b"UNICODE\0": ""}
_DRAWING = frozenset({0x015B, 0x0140, 0x9101, 0xA302, 0xA301, 0xA300, 0x0207, 0x0208, 0x0209})

_RUN = re.compile(rb"(?:[\t\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}){5,}")
_WIDE_RUN = re.compile(rb"(?:[\x20-\x7e]\0|[\0-\xff][\x4e-\x9f]){4,}")
_IDEOGRAPHS = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2,}")


@dataclass(frozen=True, slots=True)
class Words:
    """A text found in metadata.

    Args:
        text: as a reader would see it.
        field: the name of its field, for people and as context.
        role: what it is.
    """

    text: str = field(repr=False)
    field: str
    role: Role = Role.METADATA


@dataclass(slots=True)
class Told:
    """What metadata holds: words, and smaller pictures of the same."""

    words: list[Words]
    previews: list[bytes]

    def read(self, name: str, holds: Holds, body: bytes) -> None:
        """Add what a part's body says."""
        if holds is Holds.EXIF:
            self._exif(body)
        elif holds is Holds.PHOTOSHOP:
            self._photoshop(body)
        elif holds is Holds.PREVIEW:
            self.previews.append(body)
        else:
            for words in _words(name, holds, body):
                self._add(words.text, words.field, words.role)

    def directories(self, found: Directories) -> None:
        """Add what image file directories say."""
        for tag in found.tags:
            self._tag(tag)
        self._add(_position(found.tags), "GPS", Role.METADATA)
        self.previews += found.previews
        for text in strings(found.unused):
            self._add(text, "unused bytes", Role.HIDDEN)

    def _exif(self, body: bytes) -> None:
        body = body.removeprefix(b"Exif\0\0")
        try:
            self.directories(read_directories(body))
        except Unreadable:  # whatever it is, its words are found
            self.read("Exif", Holds.UNKNOWN, body)

    def _tag(self, tag: Tag) -> None:
        name = _NAMES.get(tag.number, f"tag {tag.number}")
        role = Role.TRACE if tag.number in _TRACES else Role.METADATA
        if tag.number in _EMBEDDED:
            self.read(name, _EMBEDDED[tag.number], tag.body)
        elif tag.number in _WIDE:
            self._add(tag.body.decode("utf-16-le", "replace"), name, role)
        elif tag.number == _COMMENT:
            self._add(_user_comment(tag), name, role)
        elif tag.kind in (2, 129):
            self._add(decoded(tag.body), name, role)
        elif tag.kind in (1, 6, 7) and len(tag.body) > 4 and tag.number not in _DRAWING:
            for text in strings(tag.body):
                self._add(text, name, role)

    def _photoshop(self, body: bytes) -> None:
        """Image resources: "8BIM", number, name, size, content."""
        at = 0
        body = body.removeprefix(b"Photoshop 3.0\0")
        while body[at : at + 4] == b"8BIM" and at + 12 <= len(body):
            number = int.from_bytes(body[at + 4 : at + 6])
            named = body[at + 6]
            start = at + 7 + named + (named + 1) % 2
            size = int.from_bytes(body[start : start + 4])
            content = body[start + 4 : start + 4 + size]
            self._add(decoded(body[at + 7 : at + 7 + named]), "Photoshop", Role.METADATA)
            holds = {
                0x0404: Holds.IPTC, 0x0424: Holds.XMP, 0x0422: Holds.EXIF, 0x0423: Holds.EXIF,
                0x040F: Holds.PROFILE,
            }.get(number, Holds.UNKNOWN)  # fmt: skip
            if number in (0x0409, 0x040C):
                self.previews.append(content[28:])
            else:
                self.read("Photoshop", holds, content)
            at = start + 4 + size + size % 2
        if at < len(body):
            self.read("Photoshop", Holds.UNKNOWN, body[at:])

    def _add(self, text: str, name: str, role: Role) -> None:
        text = text.strip("\0 \r\n\t")
        if text:
            self.words.append(Words(text, name, role))


def _words(name: str, holds: Holds, body: bytes) -> Iterator[Words]:
    match holds:
        case Holds.TEXT:
            yield Words(decoded(body), name)
        case Holds.TRACE:
            yield Words(decoded(body), name, Role.TRACE)
        case Holds.XMP:
            yield from xmp_words(body)
        case Holds.IPTC:
            yield from (Words(text, "IPTC") for text in iptc_texts(body))
        case Holds.PROFILE:
            yield from (Words(t, "colour profile", Role.TRACE) for t in profile_texts(body))
        case Holds.UNKNOWN:
            yield from (Words(text, name, Role.HIDDEN) for text in strings(body))
        case _:
            pass


def decoded(body: bytes) -> str:
    """Text in the encoding that it is in, as far as that can be told."""
    body = body.rstrip(b"\0")
    for encoding in ("utf-8", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode("latin-1")


def strings(body: bytes) -> Iterator[str]:
    """Everything in unknown bytes that could be text, in one or two bytes a character."""
    found = [m[0].decode("utf-8", "replace") for m in _RUN.finditer(body)]
    found += [m[0].decode("utf-8", "replace") for m in _IDEOGRAPHS.finditer(body)]
    for wide in (body, body[1:]):  # of either order of bytes, one or the other
        runs = (m[0] for m in _WIDE_RUN.finditer(wide))
        found += [run.decode("utf-16-le", "replace") for run in runs if not _is_narrow(run)]
    yield from dict.fromkeys(text.strip() for text in found if text.strip())


def _is_narrow(run: bytes) -> bool:
    """Whether what could be ideographs is ASCII rather."""
    return sum(0x20 <= byte < 0x7F for byte in run) > 0.85 * len(run)


def xmp_words(body: bytes) -> Iterator[Words]:
    """Values of elements and attributes in XMP; the whole as it stands if it is no XML."""
    found: list[Words] = []
    open_names: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        open_names.append(name)
        for key, value in attributes.items():
            if not key.startswith(("xmlns", "rdf:parseType", "xml:lang")):
                tell(value, key)

    def end(_: str) -> None:
        open_names.pop()

    def tell(text: str, name: str) -> None:
        if text.strip():
            local = name.rpartition(":")[2]
            role = Role.TRACE if _XMP_TRACES.fullmatch(local) else Role.METADATA
            found.append(Words(text, local, role))

    def data(text: str) -> None:
        named = [n for n in open_names if not n.startswith("rdf:")]
        tell(text, named[-1] if named else "XMP")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 1 << 20
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.CommentHandler = lambda text: tell(text, "comment")
    try:
        parser.Parse(body.strip(b"\0 \r\n\t"), True)  # noqa: FBT003 - expat names no argument
    except expat.ExpatError:
        yield Words(decoded(body), "XMP", Role.HIDDEN)
        return
    if b"<!DOCTYPE" in body:
        yield Words(decoded(body), "XMP", Role.HIDDEN)
    yield from found


def iptc_texts(body: bytes) -> Iterator[str]:
    """Values of IPTC data sets: 0x1C, record, number, size, value."""
    at = body.find(b"\x1c")
    while 0 <= at <= len(body) - 5 and body[at] == 0x1C:
        size = int.from_bytes(body[at + 3 : at + 5])
        start = at + 5
        if size & 0x8000:  # the size of the size
            wide = size & 0x7FFF
            size, start = int.from_bytes(body[start : start + min(wide, 8)]), start + wide
        yield decoded(body[start : start + size])
        at = start + size
    if 0 <= at < len(body):
        yield from strings(body[at:])


def _user_comment(tag: Tag) -> str:
    """Exif's UserComment: eight bytes that name the encoding, then text."""
    encoding = _ENCODINGS.get(tag.body[:8])
    if encoding:
        return tag.body[8:].decode(encoding, "replace")
    if encoding == "":
        wide = tag.body[8:]
        order = "utf-16-le" if tag.order == "<" else "utf-16-be"
        zeros = [wide[n::2].count(0) for n in (0, 1)]
        if max(zeros) > len(wide) // 4:  # many writers use the other order
            order = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
        return wide.decode(order, "replace")
    return decoded(tag.body.removeprefix(bytes(8)))


def _position(tags: tuple[Tag, ...]) -> str:
    """Latitude and longitude in degrees (Exif 3.0 §4.6.6)."""
    gps = {tag.number: tag for tag in tags if tag.directory == "GPS"}
    degrees = []
    for reference, value in ((1, 2), (3, 4)):
        if value not in gps or len(parts := gps[value].numbers()) != 3:
            return ""
        sign = -1 if reference in gps and gps[reference].body[:1] in b"SW" else 1
        degrees.append(sign * (parts[0] + parts[1] / 60 + parts[2] / 3600))
    return f"{degrees[0]:.6f}, {degrees[1]:.6f}"
