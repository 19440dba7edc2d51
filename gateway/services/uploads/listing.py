"""The XML list of parts with which a client ends an upload: read, and made right.

Object stores want to hear which parts make up the object, each by its number or name, and often
what the service called it and a digest of it. Sources: Amazon S3 API reference,
"CompleteMultipartUpload"; Azure Storage REST reference, "Put Block List".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.services.digests import digest
from gateway.services.uploads.refused import Refused
from gateway.services.uploads.schema import Listing

if TYPE_CHECKING:
    from lxml.etree import _Element

_UNREADABLE = "the list of parts cannot be read"


@dataclass(frozen=True, slots=True)
class Placed:
    """A part that the service has.

    Args:
        name: what it calls it; empty where it calls it nothing.
        data: its bytes.
    """

    name: str
    data: bytes = field(repr=False)


def listed(listing: Listing, body: bytes) -> list[str]:
    """What the client calls the parts, in their order.

    Raises:
        Refused: the list cannot be read, or names something else than parts of this upload.
    """
    found = [_text(item, listing.part) for item in _items(listing, body)]
    if not found or len(set(found)) != len(found):
        raise Refused("the list of parts is empty, or names one of them twice")
    return found


def rewritten(listing: Listing, body: bytes, parts: Sequence[Placed]) -> bytes:
    """The list for what the service has; the same object if it is right already.

    Args:
        listing: how it is written.
        body: the client's list.
        parts: in the list's order; those that it has beyond them are left out of it.

    Raises:
        Refused: the list cannot be read.
    """
    from lxml import etree

    items = list(_items(listing, body))
    changed = False
    for item, part in zip(items, parts, strict=False):
        changed |= bool(listing.called) and _put(item, listing.called, part.name)
        for child, kind in listing.digests.items():
            changed |= _put(item, child, digest(kind, [part.data]))
    for item in items[len(parts) :]:
        above = item.getparent()
        assert above is not None
        above.remove(item)
        changed = True
    if not changed:
        return body
    root = items[0].getroottree()
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _items(listing: Listing, body: bytes) -> Iterator[_Element]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused(_UNREADABLE) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused(_UNREADABLE)
    wanted = listing.item.split("|")
    for child in root:
        if not isinstance(child.tag, str) or etree.QName(child).localname not in wanted:
            raise Refused("the list names something else than parts of this upload")
        yield child


def _child(item: _Element, name: str) -> _Element | None:
    from lxml import etree

    found = [one for one in item if isinstance(one.tag, str) and etree.QName(one).localname == name]
    if len(found) > 1:
        raise Refused(_UNREADABLE)
    return found[0] if found else None


def _text(item: _Element, name: str) -> str:
    holder = _child(item, name) if name else item
    if holder is None or not holder.text or len(holder):
        raise Refused(_UNREADABLE)
    return holder.text.strip()


def _put(item: _Element, name: str, value: str) -> bool:
    """Say something in a child that is there; whether that was news. Quotes do not count."""
    holder = _child(item, name)
    if holder is None or (holder.text or "").strip().strip('"') == value.strip('"'):
        return False
    holder.text = value
    return True
