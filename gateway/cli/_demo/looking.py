"""Looking into what arrived without the gateway's own readers.

The demonstration must not judge the gateway by the gateway's eyes: here are the standard
library's zip and XML readers and a PDF renderer, nothing of ``gateway.formats``. Pictures alone are
read by the gateway's own reader, for there is no other; the report shows them to people.
"""

from __future__ import annotations

import html
import io
import json
import re
import urllib.parse
import zipfile
from collections.abc import Iterator

_TAG = re.compile(r"<[^>]*>")


def texts(data: bytes) -> Iterator[str]:
    """Every text in some bytes, as a reader would see it; archives and PDFs opened."""
    start = data.find(b"PK\x03\x04")
    if start >= 0 and zipfile.is_zipfile(io.BytesIO(data[start:])):
        with zipfile.ZipFile(io.BytesIO(data[start:])) as package:
            for member in package.namelist():
                yield member
                yield from texts(package.read(member))
    start = data.find(b"%PDF-")
    if start >= 0:
        yield from _pdf_texts(data[start:])
    for encoding in ("utf-8", "gb18030", "utf-16-le"):
        text = data.decode(encoding, "replace")
        yield text
        if encoding == "utf-16-le":
            continue
        yield html.unescape(_TAG.sub("", text))
        yield urllib.parse.unquote_plus(text)
        if text.lstrip()[:1] in "{[":
            try:
                yield json.dumps(json.loads(text), ensure_ascii=False)
            except ValueError:
                continue


def _pdf_texts(data: bytes) -> Iterator[str]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return
    try:
        for page in document:
            yield page.get_textpage().get_text_range()
    finally:
        document.close()


def arrived(values: tuple[str, ...], data: bytes) -> tuple[str, ...]:
    """Those of ``values`` that can be read somewhere in ``data``."""
    seen = [re.sub(r"\s", "", text).casefold() for text in texts(data)]
    return tuple(
        value
        for value in values
        if any(re.sub(r"\s", "", value).casefold() in text for text in seen)
    )


def read_picture(data: bytes) -> str:
    """The words in a picture's pixels."""
    from gateway.formats import open_document
    from gateway.model import Hint, Role

    segments = open_document(data, Hint()).segments()
    return "\n".join(segment.text for segment in segments if segment.role is Role.PICTURE)


def seen(values: tuple[str, ...], words: str) -> tuple[str, ...]:
    """Those of ``values`` that stand in words read from a picture, misread or not."""
    from gateway.detect.values import ValueMatcher

    return tuple(value for value in values if ValueMatcher([value]).find_blurred(words))


def readable(data: bytes, most: int = 600) -> str:
    """A short reading of some bytes for people: the words of a document, or the text itself."""
    start = data.find(b"%PDF-")
    if start >= 0:
        return _clip("\n".join(_pdf_texts(data[start:])), most)
    start = data.find(b"PK\x03\x04")
    if start >= 0 and zipfile.is_zipfile(io.BytesIO(data[start:])):
        with zipfile.ZipFile(io.BytesIO(data[start:])) as package:
            names = [n for n in package.namelist() if _holds_words(n)]
            parts = [readable(package.read(name), most) for name in names]
        return _clip("\n".join(part for part in parts if part), most)
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.startswith("{"):
            text = _message(text)
        if text.lstrip().startswith("<"):
            text = re.sub(r"</(?:w:p|a:p|row)>", "\n", text)
            text = re.sub(r"</c>", "  ", text)
            text = html.unescape(_TAG.sub("", text))
        return _clip(text, most)
    return f"({len(data)} bytes that are no text)"


def _message(text: str) -> str:
    """The words of a chat request."""
    try:
        return "\n".join(str(m["content"]) for m in json.loads(text)["messages"])
    except (ValueError, KeyError, TypeError):
        return text


def _holds_words(name: str) -> bool:
    if name.endswith((".rels", "/")) or name == "[Content_Types].xml":
        return False
    return not re.search(r"theme|slideMaster|slideLayout|presentation\.xml|workbook\.xml", name)


def _clip(text: str, most: int) -> str:
    text = re.sub(r"\n\s*\n+", "\n", text.strip())
    return text if len(text) <= most else text[: most - 1] + "…"
