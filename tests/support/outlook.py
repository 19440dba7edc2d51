"""Builders of Outlook messages and TNEF streams, for tests."""

import struct

from gateway.formats._ole.cfb import ROOT, STORAGE, STREAM, Node
from gateway.formats._ole.cfb_write import write_compound

PROPERTIES = "__properties_version1.0"
TIME = 0x0040


def lzfu(rtf):
    """RTF in the compressed kind, with literals only."""
    body = b""
    tokens = [bytes([byte]) for byte in rtf]
    window = 207 + len(tokens)
    tokens.append(((window % 4096) << 4).to_bytes(2, "big"))
    for at in range(0, len(tokens), 8):
        group = tokens[at : at + 8]
        control = 1 << (len(group) - 1) if at + 8 >= len(tokens) else 0
        body += bytes([control]) + b"".join(group)
    return struct.pack("<2I4sI", len(body) + 12, len(rtf), b"LZFu", 0) + body


def stream(identity, value):
    """A property with a stream of its own: its type, its bytes, and the size stated for it."""
    if isinstance(value, str):
        raw = value.encode("utf-16-le")
        return f"__substg1.0_{identity:04X}001F", 0x001F, raw, len(raw) + 2
    if isinstance(value, tuple):  # an 8-bit string
        raw = value[0].encode(value[1])
        return f"__substg1.0_{identity:04X}001E", 0x001E, raw, len(raw) + 1
    return f"__substg1.0_{identity:04X}0102", 0x0102, value, len(value)


def storage(path, properties, header, fixed=(), several=()):
    """The nodes of one holder of properties."""
    nodes, table = [], bytes(header)
    for identity, value in properties.items():
        name, kind, raw, size = stream(identity, value)
        nodes.append(Node((*path, name), STREAM, data=raw))
        table += struct.pack("<2HIII", kind, identity, 6, size, 0)
    for identity, kind, raw in fixed:
        table += struct.pack("<2HI", kind, identity, 6) + raw.ljust(8, b"\0")
    for identity, values in several:
        lengths = b""
        for index, value in enumerate(values):
            raw = value.encode("utf-16-le")
            lengths += struct.pack("<I", len(raw) + 2)
            nodes.append(
                Node((*path, f"__substg1.0_{identity:04X}101F-{index:08X}"), STREAM, data=raw)
            )
        nodes.append(Node((*path, f"__substg1.0_{identity:04X}101F"), STREAM, data=lengths))
        table += struct.pack("<2HIII", 0x101F, identity, 6, len(lengths), 0)
    return [*nodes, Node((*path, PROPERTIES), STREAM, data=table)]


def message(path=(), *, properties, recipients=(), attachments=(), fixed=(), several=(), names=()):
    """The nodes of a message: attachments are dicts of properties, or lists of nodes by a maker."""
    nodes = storage(path, properties, 24 if path else 32, fixed, several)
    for number, own in enumerate(recipients):
        holder = (*path, f"__recip_version1.0_#{number:08X}")
        nodes += [Node(holder, STORAGE), *storage(holder, own, 8)]
    for number, own in enumerate(attachments):
        holder = (*path, f"__attach_version1.0_#{number:08X}")
        nodes.append(Node(holder, STORAGE))
        if callable(own):
            inside = (*holder, "__substg1.0_3701000D")
            method = [(0x3705, 0x0003, struct.pack("<I", 5))]
            nodes += [Node(inside, STORAGE), *own(inside), *storage(holder, {}, 8, method)]
        else:
            method = [(0x3705, 0x0003, struct.pack("<I", 1))]
            nodes += storage(holder, own, 8, method)
    if not path:
        strings, entries = b"", b""
        for number, name in enumerate(names):
            entries += struct.pack("<IHH", len(strings), 1 | 2 << 1, number)
            raw = name.encode("utf-16-le")
            strings += struct.pack("<I", len(raw)) + raw + bytes(-len(raw) % 4)
        named = "__nameid_version1.0"
        nodes.append(Node((named,), STORAGE))
        for tag, data in (("00020102", bytes(16)), ("00030102", entries), ("00040102", strings)):
            nodes.append(Node((named, f"__substg1.0_{tag}"), STREAM, data=data))
    return nodes


def msg(**parts):
    """A message file."""
    return write_compound([Node((), ROOT), *message(**parts)])


def time_of(days):
    """A FILETIME so many days after 1601."""
    return struct.pack("<Q", days * 86_400 * 10_000_000)


def tnef_property(identity, value, name=""):
    """One property in a TNEF stream."""
    if isinstance(value, str):
        kind, raw = 0x001F, value.encode("utf-16-le") + b"\0\0"
    else:
        kind, raw = 0x0102, value
    head = struct.pack("<2H", kind, identity)
    if name:
        wide = name.encode("utf-16-le") + b"\0\0"
        head += bytes(16) + struct.pack("<2I", 1, len(wide)) + wide + bytes(-len(wide) % 4)
    return head + struct.pack("<2I", 1, len(raw)) + raw + bytes(-len(raw) % 4)


def tnef_properties(*properties):
    """A counted list of properties."""
    return struct.pack("<I", len(properties)) + b"".join(properties)


def tnef(*attributes):
    """A TNEF stream of (level, tag, data)."""
    out = b"\x78\x9f\x3e\x22\x01\x00"
    for level, tag, data in attributes:
        out += struct.pack("<BII", level, tag, len(data)) + data
        out += struct.pack("<H", sum(data) & 0xFFFF)
    return out
