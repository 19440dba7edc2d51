"""The object tree: one walk over every object, and an inventory of what can hold text.

Nothing is looked up by its known place only: each string of each object is listed unless it stands
where the standard says that it is no text. So custom keys, private data and objects that nothing
refers to are found too. Source of the keys: ISO 32000-2:2020.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from gateway.errors import LimitExceeded
from gateway.formats._pdf.strings import is_date, readings
from gateway.formats._pdf.values import (
    ObjectId,
    entries,
    get,
    id_of,
    is_array,
    is_dict,
    is_name,
    is_stream,
    is_string,
    items,
    name_of,
)
from gateway.model import Role

_MOST_VALUES = 5_000_000
TRAILER: ObjectId = (0, 0)

type Path = tuple[str | int, ...]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Strings that are identifiers, digests or font data. /CharSet and /FontFamily describe fonts.
_NO_TEXT = _words("/Registry /Ordering /Panose /CharSet /FontFamily /CheckSum /Cert")
_LANGUAGE = re.compile(rb"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")
_LABELS = _words(
    "/Title /Author /Subject /Keywords /Creator /Producer /Contents /RC /Subj /T /TU /TM /V /DV /Opt"
    " /NM /URI /F /UF /Desc /JS /ActualText /Alt /E /Name /Names /Nums /Dest /D /CA /AC /Reason"
    " /Location /ContactInfo /P /Info /Lookup /RV /DS /Base /Trapped /Limits /Category /N"
)
# Who made the document, with what, and when (14.3.3); dates stand in many places.
_MAKER = _words(
    "/Author /Creator /Producer /CreationDate /ModDate /Company /Manager /SourceModified"
)
_DATE_KEYS = _words("/M /CreationDate /ModDate /LastModified /SourceModified")
_COMMENT = _words("/Contents /RC /Subj /DS /NM /CA /AC")
_NAME = _words("/F /UF /Desc /Names /Limits /Dest /D")
_BODY = _words("/V /DV /Opt /T /TU /Title /P /URI /RV")
# Names under these keys are called in font programs, which would have to be rewritten.
_CALLED = _words("/CharProcs /Differences /Encoding")
_SPOKEN = _words("/Dests /N /R /D /AS /V /DV /Opt /Dest")
_FONT_NAMES = _words("/BaseFont /FontName")
_KEYWORDS = _words(
    "FitH FitV FitR FitB FitBH FitBV CreationDate ModDate GTS_PDFXVersion GTS_PDFXConformance"
    " GTS_PDFA1Version PTEX.Fullbanner Comments SourceModified Company Manager Names Kids Count"
    " Type Name Order Trapped Limits"
)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_+.,:*#\-/()]*")


@dataclass(frozen=True, slots=True)
class Place:
    """A string in the tree.

    Args:
        root: the object it belongs to; :data:`TRAILER` for the file's trailer.
        path: keys and positions from there.
        raw: its bytes.
        part: its address in words.
        role: what it is to a reader.
        context: the name of the form field whose value it is.
    """

    root: ObjectId
    path: Path = field(repr=False)
    raw: bytes = field(repr=False)
    part: str
    role: Role
    context: tuple[str, ...] = field(default=(), repr=False)


@dataclass(slots=True)
class Inventory:
    """What the walk found.

    Args:
        strings: all strings that can be text.
        signatures: contents of digital signatures (certificates name people).
        names: spoken names, without slash.
        called: names that font programs call.
        uses: for each stream the keys under which something refers to it.
        files: file name (or nothing) by embedded file stream.
        type3: Type 3 fonts.
        pages: page dictionaries.
    """

    strings: list[Place] = field(default_factory=list)
    signatures: list[Place] = field(default_factory=list)
    names: dict[bytes, None] = field(default_factory=dict)
    called: set[bytes] = field(default_factory=set)
    uses: dict[ObjectId, set[str]] = field(default_factory=dict)
    files: dict[ObjectId, str] = field(default_factory=dict)
    type3: list[Any] = field(default_factory=list)
    pages: list[Any] = field(default_factory=list)


def roots(pdf: pikepdf.Pdf) -> Iterator[tuple[ObjectId, Any]]:
    """All objects of the file, and its trailer."""
    encryption = encryption_id(pdf)
    yield TRAILER, pdf.trailer
    for value in pdf.objects:
        object_id = id_of(value) if isinstance(value, pikepdf.Object) else None
        if object_id and object_id != encryption:
            yield object_id, value


def encryption_id(pdf: pikepdf.Pdf) -> ObjectId | None:
    """The object that holds the keys of an encrypted file; its strings are no text."""
    encryption = get(pdf.trailer, "/Encrypt")
    return id_of(encryption) if is_dict(encryption) else None


def take_inventory(pdf: pikepdf.Pdf) -> Inventory:
    """Walk all objects once.

    Raises:
        LimitExceeded: there are more values than any honest document has.
    """
    inventory = Inventory()
    info = get(pdf.trailer, "/Info")
    info_id = id_of(info) if is_dict(info) else None
    visited = 0
    for root, top in roots(pdf):
        is_info = root == info_id
        stack: list[tuple[Any, Path, Any]] = [(top, (), None)]
        while stack:
            value, path, parent = stack.pop()
            visited += 1
            if is_string(value):
                _note_string(inventory, root, path, value, parent, is_info=is_info)
            elif is_name(value):
                _note_name(inventory, value, path)
            elif path and isinstance(value, pikepdf.Object) and id_of(value):
                _note_uses(inventory, [value], _last_key(path))
            else:
                if is_dict(value):
                    _note_dictionary(inventory, value, path, is_info=is_info)
                if _is_palette(value):
                    _note_uses(inventory, [value[3]], "/Indexed")
                steps = entries(value) if is_dict(value) else enumerate(items(value))
                stack += [(item, (*path, step), value) for step, item in steps]
        if visited > _MOST_VALUES:
            raise LimitExceeded(f"more than {_MOST_VALUES} values")
    return inventory


def _last_key(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _note_string(
    inventory: Inventory, root: ObjectId, path: Path, value: Any, parent: Any, *, is_info: bool
) -> None:
    key = _last_key(path)
    raw = bytes(value)
    if key in _NO_TEXT or "/Encrypt" in path or _is_palette(parent):
        return
    if key == "/Lang" and _LANGUAGE.fullmatch(raw):
        return
    if key == "/ID" and root == TRAILER:
        if not any(place.path == (key,) for place in inventory.strings):
            inventory.strings.append(Place(root, (key,), b"", "trailer identifier", Role.TRACE))
        return
    where = f"object {root[0]}" if root != TRAILER else "trailer"
    if key == "/Contents" and get(parent, "/ByteRange") is not None:
        part = f"{where} signature"
        inventory.signatures.append(Place(root, path, raw, part, Role.METADATA))
        return
    if is_info:
        where = "document information"
    part = f"{where} {key}" if key in _LABELS else f"{where} entry"
    role = Role.METADATA if is_info else _role(key)
    if (is_info and key in _MAKER) or (key in _DATE_KEYS and is_date(raw)):
        role = Role.TRACE
    context = _field_name(parent) if key in ("/V", "/DV") else ()
    if is_info:
        context = (key[1:],)
    inventory.strings.append(Place(root, path, raw, part, role, context))


def _role(key: str) -> Role:
    if key in _COMMENT:
        return Role.COMMENT
    if key in _NAME:
        return Role.NAME
    return Role.BODY if key in _BODY else Role.HIDDEN


def _is_palette(parent: Any) -> bool:
    """Whether a string is the lookup table of an Indexed colour space (8.6.6.3)."""
    return is_array(parent) and len(parent) == 4 and name_of(parent[0]) in ("Indexed", "I")


def _field_name(parent: Any) -> tuple[str, ...]:
    for key in ("/TU", "/T"):
        value = get(parent, key)
        if is_string(value) and (texts := readings(bytes(value))):
            return (texts[0],)
    return ()


def _note_dictionary(inventory: Inventory, value: Any, path: Path, *, is_info: bool) -> None:
    last = path[-1] if path else ""
    for key, _ in entries(value):
        raw = key[1:].encode("utf-8", "surrogateescape")
        if last in _CALLED:
            inventory.called.add(raw)
        elif is_spoken(raw, may_be=last in _SPOKEN or is_info):
            inventory.names[raw] = None
    if name_of(value.get("/Type")) == "Page":
        inventory.pages.append(value)
        contents = value.get("/Contents")
        _note_uses(inventory, items(contents), "/Contents")
    if name_of(value.get("/Subtype")) == "Type3":
        inventory.type3.append(value)
        procedures = value.get("/CharProcs")
        if is_dict(procedures):
            _note_uses(inventory, [item for _, item in entries(procedures)], "/CharProcs")
    embedded = value.get("/EF")
    if is_dict(embedded):
        names = [value.get(key) for key in ("/UF", "/F", "/Unix", "/DOS", "/Mac")]
        texts = [text for name in names if is_string(name) for text in readings(bytes(name))]
        for _, stream in entries(embedded):
            if is_stream(stream):
                inventory.files.setdefault(stream.objgen, texts[0] if texts else "")


def _note_uses(inventory: Inventory, streams: list[Any], key: str) -> None:
    for stream in streams:
        if is_stream(stream):
            inventory.uses.setdefault(stream.objgen, set()).add(key)


def _note_name(inventory: Inventory, value: Any, path: Path) -> None:
    raw = bytes(value)[1:]
    key = _last_key(path)
    if key == "/Differences":
        inventory.called.add(raw)
    elif key not in _FONT_NAMES and is_spoken(raw, may_be=key in _SPOKEN):
        inventory.names[raw] = None


def is_spoken(raw: bytes, *, may_be: bool = False) -> bool:
    """Whether a name may be more than a keyword.

    Args:
        raw: the name.
        may_be: it stands where names are chosen by people (destinations, values of buttons).
    """
    text = raw.decode("utf-8", "replace")
    if not _PLAIN_NAME.fullmatch(text) or sum(map(str.isdigit, text)) >= 5:
        return True
    return may_be and len(raw) > 3 and text not in _KEYWORDS and "/" + text not in _LABELS


def set_string(pdf: pikepdf.Pdf, place: Place, value: pikepdf.String) -> None:
    """Put another string in the place of one.

    A string that is an object of its own is changed where it is used; each use has its place. A
    trace that goes leaves no entry behind.
    """
    if place.path:
        holder: Any = pdf.trailer if place.root == TRAILER else pdf.get_object(place.root)
        for step in place.path[:-1]:
            holder = holder[step]
        if place.role is Role.TRACE and not bytes(value) and is_dict(holder):
            del holder[place.path[-1]]
        else:
            holder[place.path[-1]] = value


def rename(pdf: pikepdf.Pdf, names: dict[bytes, str]) -> None:
    """Give names another text wherever they stand, as keys and as values."""
    new_names = {old: "/" + (new or "_") for old, new in names.items()}
    for _, top in list(roots(pdf)):
        stack = [top]
        while stack:
            value = stack.pop()
            if is_dict(value):
                for key in list(value.keys()):
                    _rename_entry(value, key, new_names, stack)
            elif is_array(value):
                for at, item in enumerate(items(value)):
                    if is_name(item) and bytes(item)[1:] in new_names:
                        value[at] = pikepdf.Name(new_names[bytes(item)[1:]])
                    elif _is_direct_container(item):
                        stack.append(item)


def _rename_entry(holder: Any, key: str, names: dict[bytes, str], stack: list[Any]) -> None:
    item = holder[key]
    raw_key = key[1:].encode("utf-8", "surrogateescape")
    if is_name(item) and bytes(item)[1:] in names:
        item = pikepdf.Name(names[bytes(item)[1:]])
        holder[key] = item
    if raw_key in names:
        new = names[raw_key]
        count = 2
        while new in holder:
            new = f"{names[raw_key]} {count}"
            count += 1
        del holder[key]
        holder[new] = item
    if _is_direct_container(item):
        stack.append(item)


def _is_direct_container(item: Any) -> bool:
    return (is_dict(item) or is_array(item)) and not id_of(item)
