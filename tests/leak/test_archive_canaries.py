"""A unique word in every place of an archive where text can hide: all are seen, none survives."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib

import py7zr
import pytest
import zstandard

from gateway.detect import catalogue
from gateway.formats import layers, open_document
from gateway.model import Hint, Item, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits


class Canaries:
    """Hands out a unique value for each place it is asked about."""

    def __init__(self):
        self.places = {}

    def __call__(self, place):
        return self.places.setdefault(place, f"kanari{len(self.places):02d}vogel")


def zipped(c, members=None):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(f"d/{c('zip name')}.txt", (2020, 1, 1, 0, 0, 0))
        info.comment = c("zip member comment").encode()
        extra = c("zip extra field").encode()
        info.extra = struct.pack("<2H", 0x6666, len(extra)) + extra
        archive.writestr(info, c("zip content"))
        plain = zipfile.ZipInfo("plain.txt", (2020, 1, 1, 0, 0, 0))
        hidden = (
            b"\x01" + struct.pack("<I", zlib.crc32(b"plain.txt")) + c("zip unicode path").encode()
        )
        plain.extra = struct.pack("<2H", 0x7075, len(hidden)) + hidden
        archive.writestr(plain, "x")
        archive.writestr("bzip2.txt", c("zip bzip2 member"), zipfile.ZIP_BZIP2)
        archive.writestr("lzma.txt", c("zip lzma member"), zipfile.ZIP_LZMA)
        archive.writestr(f"{c('zip folder')}/", b"")
        for name, content in (members or {}).items():
            archive.writestr(name, content)
        archive.comment = c("zip comment").encode()
    return stream.getvalue()


def tarred(c, kind, prefix=""):
    stream = io.BytesIO()
    extra = {"pax_headers": {"comment": c(f"{prefix}global")}} if kind == tarfile.PAX_FORMAT else {}
    with tarfile.open(fileobj=stream, mode="w", format=kind, **extra) as archive:

        def add(name, content=b"", **fields):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            for key, value in fields.items():
                setattr(member, key, value)
            archive.addfile(member, io.BytesIO(content))

        add(f"{c(prefix + 'name')}.txt", c(f"{prefix}content").encode(), uname=c(f"{prefix}user"))
        add("n" * 90 + f"/{c(prefix + 'long name')}/" + "e" * 50, gname=c(f"{prefix}group"))
        add("l", type=tarfile.SYMTYPE, linkname=c(f"{prefix}symbolic link"))
        add("h", type=tarfile.LNKTYPE, linkname="m" * 80 + f"/{c(prefix + 'hard link')}")
        add(c(f"{prefix}folder"), type=tarfile.DIRTYPE)
        add(c(f"{prefix}device"), type=tarfile.CHRTYPE)
        if kind == tarfile.PAX_FORMAT:
            add(
                "p",
                pax_headers={"comment": c(f"{prefix}comment"), "VENDOR.x": c(f"{prefix}vendor")},
            )
    return stream.getvalue()


def gzipped(c, content, prefix):
    name, comment = f"{c(prefix + ' name')}.txt".encode(), c(f"{prefix} comment").encode()
    extra = c(f"{prefix} extra").encode()
    head = b"\x1f\x8b\x08\x1c" + bytes(6) + struct.pack("<H", len(extra)) + extra
    return head + name + b"\0" + comment + b"\0" + gzip.compress(content, mtime=0)[10:]


def sevenzipped(c):
    stream = io.BytesIO()
    with py7zr.SevenZipFile(stream, "w") as archive:
        archive.writestr(c("7z content").encode(), f"d/{c('7z name')}.txt")
        archive.writestr(gzipped(c, c("gz in 7z").encode(), "gz in 7z"), "inner.gz")
    return stream.getvalue()


def zstd(c, content):
    frame = c("skippable frame").encode()
    packed = zstandard.ZstdCompressor().compress(content)
    return b"\x53\x2a\x4d\x18" + struct.pack("<I", len(frame)) + frame + packed


MAKERS = {
    "a.zip": lambda c: zipped(c, {"inner.tar": tarred(c, tarfile.GNU_FORMAT, "inner ")}),
    "pax.tar": lambda c: tarred(c, tarfile.PAX_FORMAT),
    "gnu.tar": lambda c: tarred(c, tarfile.GNU_FORMAT),
    "a.tgz": lambda c: gzipped(c, tarred(c, tarfile.PAX_FORMAT), "gz"),
    "a.tar.bz2": lambda c: bz2.compress(tarred(c, tarfile.USTAR_FORMAT)),
    "a.txt.xz": lambda c: (
        lzma.compress(c("first").encode()) + lzma.compress(b" " + c("second").encode())
    ),
    "a.zip.zst": lambda c: zstd(c, zipped(c)),
    "a.7z": sevenzipped,
}


def everything(data):
    """All that other libraries make of it, unpacked all the way."""
    yield data.decode("latin-1")
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                yield info.filename + (info.comment + info.extra).decode("latin-1")
                yield from everything(archive.read(info))
    elif data[:2] == b"\x1f\x8b":
        yield from everything(gzip.decompress(data))
    elif data[:3] == b"BZh":
        yield from everything(bz2.decompress(data))
    elif data[:5] == b"\xfd7zXZ":
        yield from everything(lzma.decompress(data))
    elif data[:4] == b"\x28\xb5\x2f\xfd":
        yield from everything(zstandard.ZstdDecompressor().stream_reader(data).read())
    elif data[:2] == b"7z":
        with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
            factory = py7zr.io.BytesIOFactory(1 << 20)
            archive.extractall(factory=factory)
        for name, product in factory.products.items():
            product.seek(0)
            yield name
            yield from everything(product.read())
    elif data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive.getmembers():
                yield f"{member.name} {member.linkname} {member.uname} {member.gname} {member.pax_headers}"
                if member.isreg():
                    yield from everything(archive.extractfile(member).read())


@pytest.mark.parametrize("name", MAKERS)
def test_no_canary_of_an_archive_is_unseen_or_survives(name):
    canaries = Canaries()
    data = MAKERS[name](canaries)
    shown = "\n".join(s.text for s in open_document(data, Hint(name)).segments())
    assert set() == {place for place, value in canaries.places.items() if value not in shown}
    values = tuple(canaries.places.values())
    pipe = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
    outcome = pipe.process(Item(data, Hint(name)))
    assert (Verdict.REDACT, "") == (outcome.verdict, outcome.reason)
    texts = [*everything(outcome.data), *layers(outcome.data, Hint(name))]
    assert set() == {p for p, value in canaries.places.items() if any(value in t for t in texts)}
    assert open_document(data, Hint(name)).format == open_document(outcome.data, Hint(name)).format
