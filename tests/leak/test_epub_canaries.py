"""A unique word in every place of a book: all are seen, none survives."""

import io
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest

from gateway.detect import catalogue
from gateway.errors import Unreadable
from gateway.formats import layers, open_document
from gateway.model import Hint, Item, Role, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "epub"
FILES = sorted(CORPUS.glob("*"))


class Canaries:
    """Hands out a unique word for each place it is asked about."""

    def __init__(self):
        self.places = {}

    def __call__(self, place):
        return self.places.setdefault(place, f"Kanari{len(self.places):03d}vogel")


def opf(c):
    return (
        '<?xml version="1.0"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
        'unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:opf="http://www.idpf.org/2007/opf"><dc:title>{c("title")}</dc:title>'
        f"<dc:creator>{c('creator')}</dc:creator><dc:identifier id='id'>{c('identifier')}"
        f"</dc:identifier><dc:description>{c('description')}</dc:description>"
        f'<dc:contributor opf:role="bkp">calibre ({c("producer")})</dc:contributor>'
        f'<meta name="generator" content="{c("generator")}"/>'
        '<meta property="dcterms:modified">2026-01-02T03:04:05Z</meta></metadata><manifest>'
        f'<item id="a" href="text/{c("file name")}.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="f" href="fonts/x.ttf" media-type="font/ttf"/><item id="n" href="toc.ncx" '
        f'media-type="application/x-dtbncx+xml"/></manifest><!-- {c("comment")} -->'
        '<spine toc="n"><itemref idref="a"/></spine></package>'
    )


def book(c):
    pages = {
        "META-INF/container.xml": '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:'
        'tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/content.opf" '
        'media-type="application/oebps-package+xml"/></rootfiles></container>',
        "OEBPS/content.opf": opf(c),
        "OEBPS/toc.ncx": '<?xml version="1.0"?><!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" '
        '"http://www.daisy.org/z3986/2005/ncx-2005-1.dtd"><ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"'
        f' version="2005-1"><navMap><navPoint id="x"><navLabel><text>{c("contents")}</text></navLabel>'
        "</navPoint></navMap></ncx>",
        f"OEBPS/text/{c('file name')}.xhtml": '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/'
        f'xhtml"><head><title>{c("page title")}</title></head><body><p>{c("cut")[:5]}<i>{c("cut")[5:]}'
        f'</i></p><img src="a.png" alt="{c("alternative text")}"/></body></html>',
        "OEBPS/image.svg": '<svg xmlns="http://www.w3.org/2000/svg"><text>'
        + c("svg")
        + "</text></svg>",
        "OEBPS/style.css": f"/* {c('style comment')} */ p {{ color: red }}",
        "OEBPS/fonts/x.ttf": b"\0\1\0\0" + c("font").encode(),
        "META-INF/signatures.xml": f"<signatures><name>{c('signature')}</name></signatures>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, content in pages.items():
            archive.writestr(name, content)
        archive.comment = c("zip comment").encode()
    return stream.getvalue()


def redacted(data, values):
    pipeline = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
    return pipeline.process(Item(data, Hint("a.epub")))


def test_no_canary_survives_and_the_book_still_hangs_together():
    c = Canaries()
    data = book(c)
    document = open_document(data, Hint("a.epub"))
    seen = "\n".join(segment.text for segment in document.segments())
    assert ["font"] == [place for place, word in c.places.items() if word not in seen]
    outcome = redacted(data, list(c.places.values()))
    assert (Verdict.REDACT, "") == (outcome.verdict, outcome.reason)
    with zipfile.ZipFile(io.BytesIO(outcome.data)) as archive:
        raw = b"".join(archive.read(n) + n.encode() for n in archive.namelist()) + archive.comment
        first = archive.infolist()[0]
        assert ("mimetype", zipfile.ZIP_STORED) == (first.filename, first.compress_type)
        package = ET.fromstring(archive.read("OEBPS/content.opf"))
        listed = {
            "OEBPS/" + item.get("href") for item in package.iter() if item.tag.endswith("}item")
        }
        assert listed <= set(archive.namelist())
    texts = "\n".join(layers(outcome.data, Hint("a.epub")))
    assert [] == [p for p, w in c.places.items() if w.encode() in raw or w in texts]
    assert b"1970-01-01T00:00:00Z" in raw


def test_a_book_under_rights_management_is_encrypted():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr(
            "META-INF/encryption.xml",
            '<encryption><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>'
            "</encryption>",
        )
    with pytest.raises(Unreadable, match="encrypted"):
        open_document(stream.getvalue(), Hint("a.epub"))


@pytest.mark.skipif(not FILES, reason="the shared corpus is not beside the checkout")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_books_open_and_stay_untouched_without_edits(path):
    document = open_document(path.read_bytes(), Hint(path.name))
    assert document.apply([]) == path.read_bytes()
    assert "epub" == document.format
    assert any(segment.role is Role.BODY for segment in document.segments())
