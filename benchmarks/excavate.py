"""Digging for a word in everything a file holds, with other people's libraries only.

What our own readers miss, these may show: every member, stream and header is unpacked and searched
as bytes, in the encodings that text stands in. It knows nothing of our formats on purpose.
"""

from __future__ import annotations

import bz2
import email
import email.policy
import gzip
import html
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator

_DEEPEST = 5
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "cp1252")


def survivors(data: bytes, words: Iterable[str]) -> set[str]:
    """The words that stand somewhere in the file as whole words, in whatever layer.

    Args:
        data: a file of any kind.
        words: what to look for; letter case does not matter.
    """
    wanted = {word: re.compile(rf"(?<!\w){re.escape(word.lower())}(?!\w)") for word in words}
    found: set[str] = set()
    for text in _texts(data):
        lowered = text.lower()
        found |= {word for word, shape in wanted.items() if shape.search(lowered)}
    return found


def _texts(data: bytes) -> Iterator[str]:
    for blob in _blobs(data, 0):
        for encoding in _ENCODINGS:
            yield blob.decode(encoding, "replace")
        yield blob[1:].decode("utf-16-le", "replace")
        if b"&" in blob:
            yield html.unescape(blob.decode("utf-8", "replace"))
    if data.startswith(b"{\\rtf"):
        from striprtf.striprtf import rtf_to_text

        yield rtf_to_text(data.decode("cp1252", "replace"), errors="replace")
    if b"%PDF" in data[:1024]:
        yield from _pdf_texts(data)


def _blobs(data: bytes, depth: int) -> Iterator[bytes]:
    yield data
    if depth >= _DEEPEST:
        return
    for opener in (_zip, _packed, _tar, _ole, _mail, _pdf):
        for child in _whatever(opener, data):
            yield from _blobs(child, depth + 1)


def _whatever(opener: Callable[[bytes], Iterable[bytes]], data: bytes) -> Iterator[bytes]:
    """What a library gives before it gives up: half of the corpus is broken on purpose."""
    try:
        yield from opener(data)
    except Exception:  # noqa: BLE001 - as said
        return


def _zip(data: bytes) -> Iterator[bytes]:
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                yield member.filename.encode()
                yield from _whatever(lambda _, m=member: [archive.read(m)], data)


def _packed(data: bytes) -> Iterator[bytes]:
    if data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data)
    elif data[:3] == b"BZh":
        yield bz2.decompress(data)
    elif data[:6] == b"\xfd7zXZ\0":
        yield lzma.decompress(data)
    elif data[:4] == b"\x28\xb5\x2f\xfd":
        import zstandard

        yield from zstandard.ZstdDecompressor().stream_reader(
            io.BytesIO(data), read_across_frames=True
        )


def _tar(data: bytes) -> Iterator[bytes]:
    if data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                stream = archive.extractfile(member)
                yield stream.read() if stream else b""


def _ole(data: bytes) -> Iterator[bytes]:
    if data[:4] == b"\xd0\xcf\x11\xe0":
        import olefile

        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            for path in ole.listdir():
                content = ole.openstream(path).read()
                yield content
                for start in (m.start() for m in re.finditer(rb"\x78[\x01\x9c\xda]", content)):
                    yield from _whatever(
                        lambda _, c=content, s=start: [zlib.decompressobj().decompress(c[s:])], data
                    )


def _mail(data: bytes) -> Iterator[bytes]:
    if re.match(rb"(?i)[\w-]+:|From ", data[:200]):
        message = email.message_from_bytes(data, policy=email.policy.default)
        for part in message.walk():
            yield "\n".join(f"{k}: {v}" for k, v in part.items()).encode("utf-8", "replace")
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield payload


def _pdf(data: bytes) -> Iterator[bytes]:
    if b"%PDF" in data[:1024]:
        import pikepdf

        with pikepdf.open(io.BytesIO(data)) as pdf:
            for item in pdf.objects:
                if isinstance(item, pikepdf.Stream):
                    yield from _whatever(lambda _, i=item: [i.read_bytes()], data)
                yield from _strings(item, 0)


def _strings(item: object, depth: int) -> Iterator[bytes]:
    import pikepdf

    if depth > 8:
        return
    if isinstance(item, pikepdf.String):
        yield str(item).encode("utf-8", "replace")
    elif isinstance(item, pikepdf.Array):
        for entry in item:  # type: ignore[attr-defined]
            yield from _strings(entry, depth + 1)
    elif (isinstance(item, pikepdf.Dictionary) and not item.is_indirect) or depth == 0:
        for entry in item.values():  # type: ignore[attr-defined, union-attr]
            yield from _strings(entry, depth + 1)


def _pdf_texts(data: bytes) -> Iterator[str]:
    import logging

    import pypdf
    import pypdfium2

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it has much to say of broken files

    def fitting(_: bytes) -> Iterator[str]:
        document = pypdfium2.PdfDocument(data)
        for page in document:
            yield page.get_textpage().get_text_range()

    def plain(_: bytes) -> Iterator[str]:
        for page in pypdf.PdfReader(io.BytesIO(data)).pages:
            yield page.extract_text()

    for extractor in (fitting, plain):
        try:
            yield from extractor(data)
        except Exception:  # noqa: BLE001 - the other may still read it
            continue
