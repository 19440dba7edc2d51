"""The zip around an Office package: names and remarks in it, and bytes that belong to no part."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._ooxml.mending import mend
from gateway.formats._ooxml.text import Escape, Passage, Rule, Slot
from gateway.formats._ooxml.vocabulary import is_known_name
from gateway.formats._zip.reading import Archive, read_archive
from gateway.model import Role, Segment


def mended(data: bytes) -> tuple[Archive, list[bytes]]:
    """The archive in some bytes, and what lies beside it.

    Raises:
        Unreadable: it is damaged, or tells two stories.
    """
    try:
        return read_archive(data), []
    except LimitExceeded:
        raise
    except Unreadable as strict:
        try:
            clean, strays = mend(data)
        except (Unreadable, struct.error):
            raise strict from None
        return read_archive(clean), strays


def container_passages(archive: Archive, strays: Sequence[bytes]) -> list[Passage]:
    """Names that are not Office's own, remarks of the zip, and bytes beside it."""
    return list(_passages(archive, strays))


def _passages(archive: Archive, strays: Sequence[bytes]) -> Iterator[Passage]:
    for member in archive.members:
        place = f"part {member.index + 1}"
        if not is_known_name(member.name):
            yield _passage(member.name, place, Rule.PART_NAME, Role.NAME, member.name)
        for remark in (member.comment, member.hidden):
            if remark.strip(b"\0"):
                text = remark.decode("utf-8", "replace")
                yield _passage(text, place, Rule.CONTAINER, Role.HIDDEN)
    for remark in (archive.comment, *strays):
        if remark:
            text = remark.decode("utf-8", "replace")
            yield _passage(text, "zip comment", Rule.CONTAINER, Role.HIDDEN)


def _passage(text: str, part: str, rule: Rule, role: Role, owner: str = "") -> Passage:
    slot = Slot(owner, 0, 0, text, Escape.LITERAL, rule)
    return Passage(Segment(text, part, role), ((text, (slot,)),))
