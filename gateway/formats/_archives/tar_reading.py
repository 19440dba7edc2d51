"""tar archives, read strictly: every byte belongs to a header, to a member or to padding.

Sources: POSIX.1-2024 pax, "pax Interchange Format" and "ustar Interchange Format"; the GNU tar
manual, "Basic Tar Format" for long names and numbers in base 256.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._archives.names import decoded
from gateway.formats._ledger import Ledger

BLOCK = 512
_MOST_HEADER = 1 << 20
_NUL_BLOCK = bytes(BLOCK)

# Where each field of a header stands, POSIX.1-2024 pax, table "ustar Header Block".
FIELDS = {
    "name": (0, 100), "mode": (100, 8), "uid": (108, 8), "gid": (116, 8), "size": (124, 12),
    "mtime": (136, 12), "checksum": (148, 8), "type": (156, 1), "link": (157, 100),
    "magic": (257, 8), "uname": (265, 32), "gname": (297, 32), "prefix": (345, 155),
    "rest": (500, 12),
}  # fmt: skip
_SPARSE = re.compile(rb"GNU\.sparse\.")
_WITHOUT_DATA = frozenset((b"2", b"3", b"4", b"5", b"6"))
_SPLIT = frozenset((b"S", b"M", b"D", b"N"))
_REGULAR = frozenset((b"\0", b"0", b"7"))
PAX, PAX_GLOBAL, LONG_NAME, LONG_LINK = b"x", b"g", b"L", b"K"


@dataclass(frozen=True, slots=True)
class Entry:
    """One member and the headers that tell of it.

    Args:
        name: its path.
        link: where it points, if it is a link.
        owners: names of its user and group.
        numbered: it tells the number of its user or group.
        kind: the type letter.
        pax: records of its own extended header, by keyword.
        headers: where its headers begin and end; the last block is its own.
        content: where its content stands.
        end: where the next entry begins.
        slack: bytes in its headers and padding that no reader shows.
    """

    name: str = field(repr=False)
    link: str = field(repr=False)
    owners: tuple[str, ...] = field(repr=False)
    numbered: bool
    kind: bytes
    pax: dict[str, bytes] = field(repr=False)
    headers: tuple[int, int]
    content: tuple[int, int]
    end: int
    slack: bytes = field(repr=False)

    @property
    def is_file(self) -> bool:
        """Whether it has content of its own."""
        return self.kind in _REGULAR

    @property
    def is_global(self) -> bool:
        """Whether it is an extended header for all that follow, and no member."""
        return self.kind == PAX_GLOBAL


def field_of(header: bytes, name: str) -> bytes:
    """A field of a header block."""
    start, size = FIELDS[name]
    return header[start : start + size]


def checksum(header: bytes) -> int:
    """The sum over a header block, its own field counted as spaces."""
    start, size = FIELDS["checksum"]
    return sum(header) - sum(header[start : start + size]) + 32 * size


def is_tar(data: bytes) -> bool:
    """Whether the first block is a header whose checksum agrees."""
    header = data[:BLOCK]
    if len(header) < BLOCK or not header[0]:
        return False
    try:
        return _number(field_of(header, "checksum")) == checksum(header)
    except Unreadable:
        return False


def read_entries(data: bytes, ledger: Ledger) -> list[Entry]:
    """All entries of an archive.

    Raises:
        Unreadable: it is damaged, sparse, or holds bytes that belong to nothing.
        LimitExceeded: it has more members than a budget allows.
    """
    entries: list[Entry] = []
    at = 0
    while at < len(data) and data[at : at + BLOCK] != _NUL_BLOCK:
        entry = _entry(data, at)
        entries.append(entry)
        at = entry.end
        if len(entries) > ledger.limits.entries:
            raise LimitExceeded(f"more than {ledger.limits.entries} parts")
    if data[at:].strip(b"\0"):
        raise Unreadable("archive: bytes follow its end")
    return entries


@dataclass(slots=True)
class _Before:
    """The headers that stand before a member's own, and tell more of it."""

    end: int
    pax: dict[str, bytes] = field(default_factory=dict, repr=False)
    long: dict[bytes, bytes] = field(default_factory=dict, repr=False)
    slack: bytes = field(default=b"", repr=False)


def _before(data: bytes, at: int) -> _Before:
    found = _Before(at)
    while True:
        header = _header(data, at)
        kind = field_of(header, "type")
        if kind not in {PAX, LONG_NAME, LONG_LINK}:
            found.end = at
            return found
        size = _number(field_of(header, "size"))
        if size > _MOST_HEADER:
            raise LimitExceeded(f"a header of more than {_MOST_HEADER} bytes")
        body = at + BLOCK
        content = data[body : body + size]
        at = body + _padded(size)
        found.slack += data[body + size : at].strip(b"\0") + _slack(header, own=False)
        if len(content) != size or at >= len(data):
            raise Unreadable("archive: a header is cut off")
        if kind == PAX:
            found.pax |= read_records(content)
        else:
            found.long[kind] = content.rstrip(b"\0")


def _entry(data: bytes, start: int) -> Entry:
    before = _before(data, start)
    pax = before.pax
    header = _header(data, before.end)
    kind = field_of(header, "type")
    body = before.end + BLOCK
    size = _number(field_of(header, "size"))
    if kind == PAX_GLOBAL:
        pax = read_records(data[body : body + size])
    if kind in _SPLIT or any(_SPARSE.match(key.encode()) for key in pax):
        raise Unreadable("archive: a sparse or split member")
    if kind in _REGULAR and "size" in pax:
        size = _decimal(pax["size"])
    if kind in _WITHOUT_DATA:
        size = 0
    end = body + _padded(size)
    if body + size > len(data):
        raise Unreadable("archive: a member is cut off")
    name = pax.get("path") or before.long.get(LONG_NAME) or _path(header)
    link = pax.get("linkpath") or before.long.get(LONG_LINK) or _string(header, "link")
    owners = tuple(decoded(pax.get(key) or _string(header, key)) for key in ("uname", "gname"))
    return Entry(
        name=decoded(name),
        link=decoded(link),
        owners=tuple(owner for owner in owners if owner),
        numbered=any(field_of(header, key).strip(b"0 \0") for key in ("uid", "gid")),
        kind=kind,
        pax=pax,
        headers=(start, body),
        content=(body, body + size),
        end=min(end, len(data)),
        slack=before.slack + data[body + size : end].strip(b"\0") + _slack(header, own=True),
    )


def _header(data: bytes, at: int) -> bytes:
    header = data[at : at + BLOCK]
    if len(header) < BLOCK or _number(field_of(header, "checksum")) != checksum(header):
        raise Unreadable("archive: a header is damaged")
    return header


def is_ustar(header: bytes) -> bool:
    """Whether the header has the fields that came with POSIX."""
    return field_of(header, "magic").startswith(b"ustar")


def is_gnu(header: bytes) -> bool:
    """Whether the header is GNU's, with times in place of a prefix."""
    return field_of(header, "magic") == b"ustar  \0"


def _path(header: bytes) -> bytes:
    name = _string(header, "name")
    prefix = b"" if is_gnu(header) or not is_ustar(header) else _string(header, "prefix")
    return prefix + b"/" + name if prefix else name


def _string(header: bytes, name: str) -> bytes:
    if name in {"uname", "gname"} and not is_ustar(header):
        return b""
    return field_of(header, name).partition(b"\0")[0]


def _slack(header: bytes, *, own: bool) -> bytes:
    """What stands in a header where no reader looks."""
    hidden = [field_of(header, "rest").strip(b"\0")] if own else []
    if not is_ustar(header):
        hidden = [header[257:].strip(b"\0")]
        names: tuple[str, ...] = ("name", "link")
    elif is_gnu(header):
        hidden.append(re.sub(rb"[0-7]{11}[ \0]?", b"", header[345:369]).strip(b"\0 "))
        hidden.append(header[369:500].strip(b"\0"))
        names = ("name", "link", "uname", "gname")
    else:
        names = ("name", "link", "uname", "gname", "prefix")
    hidden += [field_of(header, name).partition(b"\0")[2].strip(b"\0") for name in names]
    for name in ("mode", "uid", "gid", "size", "mtime", "checksum"):
        if not header[FIELDS[name][0]] & 0x80:
            hidden.append(field_of(header, name).strip(b"\0 01234567"))
    return b" ".join(part for part in hidden if part)


def _number(raw: bytes) -> int:
    """A number in octal, or in base 256 if its first bit is set."""
    if raw[:1] and raw[0] & 0x80:
        if raw[0] == 0xFF:
            raise Unreadable("archive: a negative number in a header")
        return int.from_bytes(bytes((raw[0] & 0x7F,)) + raw[1:])
    text = raw.strip(b" \0").partition(b"\0")[0].rstrip()
    if not re.fullmatch(rb"[0-7]*", text):
        raise Unreadable("archive: a header is damaged")
    return int(text or b"0", 8)


def _decimal(raw: bytes) -> int:
    if not re.fullmatch(rb"[0-9]{1,18}", raw):
        raise Unreadable("archive: a header is damaged")
    return int(raw)


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def read_records(content: bytes) -> dict[str, bytes]:
    """The records of an extended header: "length keyword=value" and a line feed each.

    Raises:
        Unreadable: a length does not agree.
    """
    records: dict[str, bytes] = {}
    at = 0
    while at < len(content):
        digits, space, _ = content[at : at + 20].partition(b" ")
        if not space or not re.fullmatch(rb"[0-9]{1,8}", digits):
            raise Unreadable("archive: an extended header is damaged")
        end = at + int(digits)
        keyword, equals, value = content[at + len(digits) + 1 : end - 1].partition(b"=")
        if end > len(content) or content[end - 1 : end] != b"\n" or not equals:
            raise Unreadable("archive: an extended header is damaged")
        key = keyword.decode("utf-8", "replace")
        if key in records:
            raise Unreadable("archive: an extended header says something twice")
        records[key] = value
        at = end
    return records


def write_records(records: dict[str, bytes]) -> bytes:
    """The records as an extended header holds them."""
    lines: list[bytes] = []
    for keyword, value in records.items():
        body = b" " + keyword.encode() + b"=" + value + b"\n"
        length = len(body) + 1
        while len(str(length)) + len(body) != length:
            length = len(str(length)) + len(body)
        lines.append(str(length).encode() + body)
    return b"".join(lines)
