"""What all old Office files have beside their main streams.

Property sets, embedded objects, macros, previews, signatures, and streams of programs that
nobody knows. Each is read, opened as a child, offered for leaving out, or named as unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from gateway.errors import Unreadable
from gateway.formats._ole.cfb import ROOT, STORAGE, STREAM, Compound, Node, read_compound
from gateway.formats._ole.cfb_write import write_compound
from gateway.formats._ole.native import native_child
from gateway.formats._ole.passage import Drop, Fixed, Gone, Inline, Passage, Path, Span, Streams
from gateway.formats._ole.properties import property_passages
from gateway.formats._ole.reading import Child, Fill, Reading
from gateway.formats._ole.residue import holds_files, looks_packed, text_runs, uncovered
from gateway.model import Hint, Role, Segment, Unread

_PROPERTIES = re.compile(r"\x05(?:document)?summaryinformation|\x05\w{20,}")
_MACROS = frozenset({"macros", "_vba_project_cur", "_vba_project", "vba"})
_PREVIEW = re.compile(r"\x02olepres\d+|\x03(?:eprint|meta|pic|linkpict)")
_SIGNATURE = frozenset({"_xmlsignatures", "_signatures", "\x05digitalsignature"})
_OBJECTS = re.compile(r"_\d+|mbd[0-9a-f]+")
# What programs call their streams and storages; of a data store, a GUID in letters.
_KNOWN_NAME = re.compile(
    r"[\x00-\x1f]?(?:root entry|worddocument|[01]table|data|objectpool|workbook|book|pictures"
    r"|powerpoint document|current user|(?:document)?summaryinformation|compobj|ole|ole10native"
    r"|objinfo|ocxname|ocxdata|eprint|meta|pic|olepres\d{3}|macros|vba|_vba_project(?:_cur)?|ctls"
    r"|msodatastore|[a-z0-9\u00c0-\u00ff]{20,31}=*|item|properties|contents|package"
    r"|equation native|etextdata|wpscustomdata|revision log|user names|_sx_db_cur|[0-9a-f]{4}"
    r"|_\d{1,12}|mbd[0-9a-f]{8}|escher|escherstm|escherdelaystm|quill|quillsub|text_content)",
    re.IGNORECASE,
)
_MAGICS = (
    *(b"PK\3\4", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM\0"),
    *(b"<?xml", b"\xef\xbb\xbf<?xml", b"\xff\xfe<\0?\0x\0", b"{\\rtf", b"II*\0", b"MM\0*"),
)

# What Office itself writes: fonts, programs, classes. Nobody's data, and the file needs it.
_OFFICE = re.compile(
    r"(?:Microsoft |MS )?(?:Office )?(?:Word|Excel|PowerPoint|Equation|Graph|Visio|Publisher|Works)"
    r"(?:[ .](?:Document|Sheet|Chart|Show|Slide|Worksheet|Workbook|Presentation|Picture|Drawing"
    r"|Equation|Editor|Macro-Enabled|97-2003|Object|\d{1,4}(?:\.\d)?))*"
    r"|MSWordDoc|Biff[58]|WordDocument|Root Entry|Word97|Package"
)

_NAMESPACE = re.compile(
    r"http://(?:schemas\.openxmlformats\.org|schemas\.microsoft\.com|www\.w3\.org|purl\.org/dc)"
    r"/[\w./-]*"
)


def is_office_word(text: str) -> bool:
    """Whether Office itself wrote this, in every file."""
    return bool(_OFFICE.fullmatch(text.strip("\0 ")))


def read_common(compound: Compound, reading: Reading, main: frozenset[str]) -> None:
    """Read everything beside the streams at the root whose names are ``main``.

    What the format's own reader did not cover of those is searched for runs of text.
    """
    skipped: list[Path] = []
    for number, node in enumerate(compound.nodes):
        if any(node.path[: len(path)] == path for path in skipped):
            continue
        if node.path:
            _read_name(node, reading, number)
        low = node.name.lower()
        if len(node.path) == 1 and low in main and node.kind == STREAM:
            _read_rest(node, reading, low)
        elif node.kind == STORAGE:
            if _read_storage(compound, node, reading, number):
                skipped.append(node.path)
        elif node.kind == STREAM and node.data:
            _read_stream(node, reading, f"stream {number}")
    for number, stretch in enumerate(compound.leftovers, 1):
        reading.passages += _leftover(stretch, f"free space {number}")


def is_known_name(name: str) -> bool:
    """Whether a program of the trade called its stream so, and no user."""
    return bool(_KNOWN_NAME.fullmatch(name))


def _read_name(node: Node, reading: Reading, number: int) -> None:
    """Names that are nobody's invention are structure; any other is text."""
    if not is_known_name(node.name):
        segment = Segment(node.name, f"name {number}", Role.NAME)
        reading.passages.append(Passage(segment, Fixed()))


def _read_storage(compound: Compound, node: Node, reading: Reading, number: int) -> bool:
    """Whether nothing in the storage is to be read any more."""
    low = node.name.lower()
    why = ""
    if low in _MACROS:
        why = "macros: not read"
    elif low in _SIGNATURE:
        why = "digital signature: not read"
    if why:
        inside = [n for n in compound.nodes if n.path[: len(node.path)] == node.path]
        if len(inside) > 1:
            segment = Segment("", f"storage {number}", Role.DISPENSABLE, (why,))
            reading.passages.append(Passage(segment, Drop(node.path)))
        return True
    if _OBJECTS.fullmatch(low):
        inner = compound.below(node.path)
        if len(inner.nodes) > 1:
            data = write_compound(inner.nodes)
            part = f"object {number}"
            storage = _Storage(node.path)
            hint = Hint("object.bin")
            reading.children.append(Child(part, data, hint, storage.fill, storage.drop))
        return True
    return False


class _Storage:
    """Puts an embedded object back as a storage."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def fill(self, streams: Streams, new: bytes) -> None:
        """Replace what stands below the storage."""
        self._empty(streams)
        for node in read_compound(new).nodes:
            if node.kind == STREAM:
                streams.content[(*self._path, *node.path)] = bytearray(node.data)

    def drop(self, streams: Streams) -> None:
        """Take the storage out; the picture of the object stays in the document."""
        streams.dropped.add(self._path)

    def _empty(self, streams: Streams) -> None:
        for path in [p for p in streams.content if p[: len(self._path)] == self._path]:
            del streams.content[path]


def _read_stream(node: Node, reading: Reading, part: str) -> None:
    low, data = node.name.lower(), node.data
    if _PREVIEW.fullmatch(low):
        segment = Segment("", part, Role.DISPENSABLE, ("preview: not read",))
        reading.passages.append(Passage(segment, Drop(node.path)))
        return
    if low in _SIGNATURE:
        segment = Segment("", part, Role.DISPENSABLE, ("digital signature: not read",))
        reading.passages.append(Passage(segment, Drop(node.path)))
        return
    if low == "\x01ole10native" and (child := native_child(node, reading, part)):
        reading.children.append(child)
    elif data.startswith(_MAGICS):
        reading.children.append(Child(part, data, Hint(), _whole(node.path)))
        return
    elif _PROPERTIES.fullmatch(low):
        with suppress(Unreadable):  # then it is read as runs of text below
            reading.add(list(property_passages(data, node.path, part)))
    elif looks_packed(data):
        reading.unread.append(Unread(part, "embedded data: packed or enciphered, not read"))
    _read_rest(node, reading, part)


def _whole(path: Path) -> Fill:
    def fill(streams: Streams, new: bytes) -> None:
        streams.content[path] = bytearray(new)

    return fill


def _read_rest(node: Node, reading: Reading, part: str) -> None:
    """Runs of text in what nobody covered."""
    reading.archives(node.path, node.data, part)
    rest = uncovered(node.data, reading.done.get(node.path, ()))
    passages: list[Passage] = []
    for number, run in enumerate(text_runs(rest), 1):
        whole = Span(run.text, node.path, run.start, run.codec)
        for span in _without_namespaces(whole):
            if not is_office_word(span.text):
                segment = Segment(span.text, f"{part}/run {number}", Role.HIDDEN)
                passages.append(Passage(segment, Inline((span,))))
    reading.add(passages)


def _without_namespaces(span: Span) -> Iterator[Span]:
    """What stands before, between and behind the names of XML schemas, which are no links."""
    at = 0
    for match in _NAMESPACE.finditer(span.text):
        if match.start() > at:
            yield Span(span.text[at : match.start()], span.stream, span.offset(at), span.codec)
        at = match.end()
    if at < len(span.text):
        yield Span(span.text[at:], span.stream, span.offset(at), span.codec)


def _leftover(stretch: bytes, part: str) -> Iterator[Passage]:
    """Text in free sectors; it goes when the file is written anew, as do files in there."""
    if holds_files(stretch):
        yield Passage(Segment("", part, Role.DISPENSABLE, ("free space: not read",)), Gone())
    for number, run in enumerate(text_runs(stretch), 1):
        if not is_office_word(run.text):
            yield Passage(Segment(run.text, f"{part}/run {number}", Role.HIDDEN), Gone())


def rebuilt(compound: Compound, streams: Streams) -> bytes:
    """The file written anew with its changed streams."""
    nodes: list[Node] = []
    gone = streams.dropped
    for node in compound.nodes:
        if any(node.path[: len(path)] == path for path in gone if path):
            continue
        if node.kind == STREAM:
            if node.path in streams.content:
                data = bytes(streams.content[node.path])
                nodes.append(Node(node.path, STREAM, node.clsid, node.state, data))
        else:
            nodes.append(
                Node(node.path, ROOT if not node.path else STORAGE, node.clsid, node.state)
            )
    known = {node.path for node in nodes}
    nodes += [
        Node(path, STREAM, data=bytes(content))
        for path, content in streams.content.items()
        if path not in known and path[:-1] in known and path not in gone
    ]
    return write_compound(nodes)
