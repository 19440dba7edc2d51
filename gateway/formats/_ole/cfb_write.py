"""Writing a compound file from scratch: nothing of an older file is left between the streams.

The same nodes always give the same bytes: no times of making, no free sectors, zeros behind
every stream. Sectors have 512 bytes, streams under 4,096 bytes stand in the mini stream.

Source: [MS-CFB] §2.2 (header), §2.6 (directory), §2.6.4 (red-black tree).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from gateway.formats._ole.cfb import (
    END,
    MAGIC,
    MINI_CUTOFF,
    MINI_SECTOR,
    NO_ENTRY,
    ROOT,
    STREAM,
    Node,
)

_SECTOR = 512
_FREE, _FAT_MARK, _DIFAT_MARK = 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFC
_IN_HEADER = 109
_PER_SECTOR = _SECTOR // 4


def write_compound(nodes: Sequence[Node]) -> bytes:
    """A compound file of the nodes, which name each storage before what is in it."""
    root = next((node for node in nodes if not node.path), Node((), ROOT))
    ordered = [root, *sorted((n for n in nodes if n.path), key=lambda n: n.path)]
    sectors = _Sectors()
    starts = {node.path: sectors.stream(node.data) for node in ordered if node.kind == STREAM}
    mini_size = len(sectors.mini)
    mini_start = sectors.chain(bytes(sectors.mini))
    mini_fat = struct.pack(f"<{len(sectors.mini_fat)}I", *sectors.mini_fat)
    mini_fat_count = -(-len(mini_fat) // _SECTOR)
    mini_fat_start = sectors.chain(mini_fat, b"\xff")
    directory = _directory(ordered, starts, (mini_start, mini_size))
    directory_start = sectors.chain(directory)
    return sectors.finish(directory_start, mini_fat_start, mini_fat_count)


class _Sectors:
    """Sectors one after another, and their table."""

    def __init__(self) -> None:
        self.body = bytearray()
        self.fat: list[int] = []
        self.mini = bytearray()
        self.mini_fat: list[int] = []

    def chain(self, data: bytes, filler: bytes = b"\0") -> int:
        """Append data as one run of sectors; where it starts."""
        if not data:
            return END
        count = -(-len(data) // _SECTOR)
        start = len(self.fat)
        self.body += data.ljust(count * _SECTOR, filler)
        self.fat += [*range(start + 1, start + count), END]
        return start

    def stream(self, data: bytes) -> int:
        """Append a stream where its size says."""
        if len(data) >= MINI_CUTOFF or not data:
            return self.chain(data)
        count = -(-len(data) // MINI_SECTOR)
        start = len(self.mini_fat)
        self.mini += data.ljust(count * MINI_SECTOR, b"\0")
        self.mini_fat += [*range(start + 1, start + count), END]
        return start

    def finish(self, directory: int, mini_fat: int, mini_fat_count: int) -> bytes:
        """Append the table of sectors and put the header before all."""
        used = len(self.fat)
        fat_count = difat_count = 0
        while True:
            total = used + fat_count + difat_count
            need = -(-total // _PER_SECTOR)
            need_difat = max(0, -(-(need - _IN_HEADER) // (_PER_SECTOR - 1)))
            if (need, need_difat) == (fat_count, difat_count):
                break
            fat_count, difat_count = need, need_difat
        fat_sectors = list(range(used, used + fat_count))
        difat_start = used + fat_count
        fat = self.fat + [_FAT_MARK] * fat_count + [_DIFAT_MARK] * difat_count
        fat += [_FREE] * (fat_count * _PER_SECTOR - len(fat))
        self.body += struct.pack(f"<{len(fat)}I", *fat)
        beyond = fat_sectors[_IN_HEADER:]
        for number in range(difat_count):
            part = beyond[number * (_PER_SECTOR - 1) : (number + 1) * (_PER_SECTOR - 1)]
            part += [_FREE] * (_PER_SECTOR - 1 - len(part))
            following = difat_start + number + 1 if number + 1 < difat_count else END
            self.body += struct.pack(f"<{_PER_SECTOR}I", *part, following)
        listed = fat_sectors[:_IN_HEADER]
        listed += [_FREE] * (_IN_HEADER - len(listed))
        header = MAGIC + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
        header += struct.pack("<3I", 0, fat_count, directory)
        header += struct.pack("<3I", 0, MINI_CUTOFF, mini_fat)
        header += struct.pack("<I", mini_fat_count)
        header += struct.pack("<2I", difat_start if difat_count else END, difat_count)
        header += struct.pack(f"<{_IN_HEADER}I", *listed)
        return header + bytes(self.body)


def _directory(
    nodes: Sequence[Node], starts: dict[tuple[str, ...], int], mini: tuple[int, int]
) -> bytes:
    """Entries in the order of the nodes; each storage's children as a balanced tree."""
    numbers = {node.path: index for index, node in enumerate(nodes)}
    children: dict[tuple[str, ...], list[int]] = {}
    for node in nodes:
        if node.path:
            children.setdefault(node.path[:-1], []).append(numbers[node.path])
    links = [[NO_ENTRY, NO_ENTRY, NO_ENTRY, 1] for _ in nodes]
    for path, group in children.items():
        group.sort(key=lambda index: _order(nodes[index].name))
        depth = len(group).bit_length() - 1
        top = _tree(group, links, depth)
        links[numbers[path]][2] = top
        links[top][3] = 1  # the top of a tree is black
    entries: list[bytes] = []
    for index, node in enumerate(nodes):
        name = (node.name or "Root Entry").encode("utf-16-le")
        left, right, child, black = links[index]
        start, size = starts.get(node.path, 0), len(node.data)
        if not node.path:
            start, size = mini
        entries.append(
            name.ljust(64, b"\0")
            + struct.pack("<HBB3I", len(name) + 2, node.kind, black, left, right, child)
            + node.clsid
            + struct.pack("<I", node.state)
            + bytes(16)
            + struct.pack("<IQ", start, size)
        )
    empty = bytes(68) + struct.pack("<3I", NO_ENTRY, NO_ENTRY, NO_ENTRY) + bytes(48)
    entries += [empty] * (-len(entries) % (_SECTOR // 128))
    return b"".join(entries)


def _order(name: str) -> tuple[int, list[int]]:
    """Names compare by length, then in upper case by UTF-16 unit ([MS-CFB] §2.6.4)."""
    upper = "".join(c.upper() if len(c.upper()) == 1 else c for c in name)
    data = upper.encode("utf-16-le", "surrogatepass")
    return len(data), list(struct.unpack(f"<{len(data) // 2}H", data))


def _tree(group: Sequence[int], links: list[list[int]], depth: int) -> int:
    """Link the sorted entries; the lowest level is red, all others black."""
    if not group:
        return NO_ENTRY
    middle = len(group) // 2
    top = group[middle]
    links[top][0] = _tree(group[:middle], links, depth - 1)
    links[top][1] = _tree(group[middle + 1 :], links, depth - 1)
    links[top][3] = 0 if depth == 0 and links[top][0] == links[top][1] == NO_ENTRY else 1
    return top
