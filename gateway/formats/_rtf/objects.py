"""What stands in RTF as bytes: pictures, embedded objects, and packed data of the writer.

Source: RTF Specification 1.9.1, "Pictures" and "Objects"; [MS-OLEDS] 2.2 for the header of an
embedded object and 2.2.5/2.3.6 for packages; [MS-WMF] 2.2.2.9 for bitmaps without a file header.
"""

from __future__ import annotations

import io
import re
import struct
from dataclasses import dataclass, field

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._ooxml.vocabulary import is_built_in
from gateway.formats._zip.reading import read_archive
from gateway.model import Hint

_BLIPS = {
    "pngblip": ".png",
    "jpegblip": ".jpg",
    "emfblip": ".emf",
    "wmetafile": ".wmf",
    "dibitmap": ".bmp",
    "wbitmap": ".wbm",
    "macpict": ".pct",
}
KEYWORDS = {".png": b"\\pngblip", ".jpg": b"\\jpegblip", ".emf": b"\\emfblip"}
"""How RTF names the kinds of pictures that a redacted one may become."""
BLIPS = frozenset(_BLIPS)
_BITMAP = struct.Struct("<2sIHHI")

_EMBEDDED, _PACKAGE = 2, 2
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_VALUES = re.compile(r"([\w:]+)\s*=\s*\"([^\"]*)\"|>([^<>]+)<")
_PLAIN = re.compile(
    r"[-+0-9.%]{0,8}|[0-9A-Fa-f]{6}|\{[0-9A-Fa-f-]{36}\}|[A-Za-z]{1,4}[0-9]{0,2}|UTF-8"
)
_ADDRESS = re.compile(r"(?:https?://(?:schemas|purl|www\.w3)\.|urn:schemas)[A-Za-z0-9./:_-]*")


@dataclass(frozen=True, slots=True)
class Inner:
    """A document in the bytes of a picture or object, and how its successor is put there.

    Args:
        data: the document.
        hint: what the RTF says it is.
        names: paths and labels beside it.
        head: a file header that the RTF lacks.
        packed: it stands in a package, a file as it was.
        class_name: of the object it is embedded as; empty for pictures.
    """

    data: bytes = field(repr=False)
    hint: Hint
    names: tuple[str, ...] = field(default=(), repr=False)
    head: bytes = field(default=b"", repr=False)
    packed: bool = False
    class_name: bytes = b""

    def rebuild(self, new: bytes, ending: str = "") -> bytes:
        """The bytes with another document in them; labels and previews of the old one go.

        Raises:
            CannotEdit: the document became another kind that cannot stand here.
        """
        if self.class_name:
            if ending:
                raise CannotEdit(f"an embedded object can only be redacted as {ending}")
            native = _package(new) if self.packed else new
            name = _prefixed(self.class_name)
            head = struct.pack("<2I", 0x501, _EMBEDDED) + name + _prefixed(b"") * 2
            closing = struct.pack("<2I", 0x501, 0)
            return head + struct.pack("<I", len(native)) + native + closing
        if self.head and not ending:  # a bitmap without its file header
            return new[_BITMAP.size :]
        return new


def picture(data: bytes, keyword: str) -> Inner:
    r"""The picture in a ``\pict``; one without a keyword is told by its content."""
    ending = _BLIPS.get(keyword, "")
    if ending == ".bmp" and len(data) >= 40:
        size, bits, colours = (
            *struct.unpack_from("<I", data),
            *struct.unpack_from("<H", data, 14),
            *struct.unpack_from("<I", data, 32),
        )
        table = (colours or (1 << bits if bits <= 8 else 0)) * 4
        first = _BITMAP.size + size + min(table, 1024)
        head = _BITMAP.pack(b"BM", _BITMAP.size + len(data), 0, 0, first)
        return Inner(head + data, Hint("picture.bmp"), head=head)
    return Inner(data, Hint(f"picture{ending}"))


def embedded(data: bytes) -> Inner:
    r"""The document in an ``\objdata``.

    Raises:
        Unreadable: there is none, or its header is damaged.
    """
    try:
        _, kind = struct.unpack_from("<2I", data)
        at = 8
        strings: list[bytes] = []
        for _ in range(3):
            (length,) = struct.unpack_from("<I", data, at)
            strings.append(data[at + 4 : at + 4 + length].rstrip(b"\0"))
            at += 4 + length
        if kind != _EMBEDDED:
            raise Unreadable("object: a link to another document")
        (size,) = struct.unpack_from("<I", data, at)
    except struct.error:
        raise Unreadable("object: its header is damaged") from None
    native = data[at + 4 : at + 4 + size]
    if len(native) != size or not strings[0]:
        raise Unreadable("object: its header is damaged")
    names = tuple(_text(s) for s in strings[1:] if s)
    if strings[0].lower() == b"package" and not native.startswith(_OLE2):
        return _unpacked(native, names, strings[0])
    return Inner(native, Hint("object"), names, class_name=strings[0])


def _unpacked(native: bytes, names: tuple[str, ...], class_name: bytes) -> Inner:
    """A file that was packed as it is, with its label and the paths it came from."""
    try:
        if struct.unpack_from("<H", native)[0] != _PACKAGE:
            raise Unreadable("object: a package of an unknown kind")
        label, at = _zero_ended(native, 2)
        path, at = _zero_ended(native, at)
        _, _, length = struct.unpack_from("<HHI", native, at)
        temporary = native[at + 8 : at + 8 + length].rstrip(b"\0")
        at += 8 + length
        (size,) = struct.unpack_from("<I", native, at)
    except (struct.error, ValueError):
        raise Unreadable("object: its package is damaged") from None
    content = native[at + 4 : at + 4 + size]
    wide = native[at + 4 + size :].decode("utf-16-le", "replace").strip("\0")
    if len(content) != size:
        raise Unreadable("object: its package is damaged")
    names = (*names, *map(_text, (label, path, temporary)), wide)
    hint = Hint(re.split(r"[\\/]", _text(label))[-1])
    shown = tuple(dict.fromkeys(name for name in names if name.strip()))
    return Inner(content, hint, shown, packed=True, class_name=class_name)


def _package(content: bytes) -> bytes:
    name = b"file\0"
    head = struct.pack("<H", _PACKAGE) + name + name + struct.pack("<HHI", 0, 3, len(name)) + name
    return head + struct.pack("<I", len(content)) + content


def _zero_ended(data: bytes, at: int) -> tuple[bytes, int]:
    end = data.index(b"\0", at)
    return data[at:end], end + 1


def _prefixed(text: bytes) -> bytes:
    return struct.pack("<I", len(text) + 1) + text + b"\0" if text else struct.pack("<I", 0)


def _text(raw: bytes) -> str:
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def packed_strings(data: bytes) -> list[str]:
    """What themes and data stores say beyond what Office itself puts there.

    Args:
        data: a zip of XML, a compound file of XML, or XML.

    Raises:
        Unreadable: it is none of these.
    """
    found: dict[str, None] = {}
    for source in _sources(data):
        try:
            text = source.decode("utf-16" if source[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8")
        except UnicodeDecodeError:
            raise Unreadable("data: not XML") from None
        if "\0" in text:
            raise Unreadable("data: not XML")
        for name, value, between in _VALUES.findall(text):
            said = (value or between).strip()
            font = name == "typeface" and not re.search("[0-9@]", said)
            if not (font or _PLAIN.fullmatch(said) or _ADDRESS.fullmatch(said)):
                found.setdefault(said)
    return [said for said in found if not is_built_in(said) and not _WORD.fullmatch(said)]


_WORD = re.compile(
    r"[a-z][a-zA-Z]{1,24}[0-9]?|rId[0-9]{1,3}|[\w/]+\.(?:xml|rels)|application/[\w.+-]+|/.*\.XSL"
)


def _sources(data: bytes) -> list[bytes]:
    if data.startswith(b"\x01\x05\0\0"):  # Word writes its data store as an embedded object
        data = embedded(data).data
    if data.startswith(b"PK"):
        archive = read_archive(data)
        return [archive.read(member) for member in archive.members if not member.is_dir]
    if data.startswith(_OLE2):
        import olefile

        try:
            with olefile.OleFileIO(io.BytesIO(data)) as compound:
                return [compound.openstream(path).read() for path in compound.listdir()]
        except Exception:  # noqa: BLE001 - olefile raises what it likes on damaged files
            raise Unreadable("data: a damaged compound file") from None
    if data.lstrip()[:1] == b"<":
        return [data]
    raise Unreadable("data: of an unknown kind")
