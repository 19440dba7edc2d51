"""permessage-deflate (RFC 7692), negotiated anew on each side and bounded while it inflates.

The two connections of a WebSocket are two negotiations: nothing of a client's offer goes on to the
service but that it would like to compress. Every other extension is left out, as its frames could
not be read.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import override

from wsproto.extensions import Extension
from wsproto.frame_protocol import CloseReason, FrameDecoder, FrameProtocol, Opcode, RsvBits

from gateway.settings import MIB, Limits

NAME = "permessage-deflate"
OFFER = f"{NAME}; client_max_window_bits"

_END_OF_MESSAGE = b"\x00\x00\xff\xff"  # RFC 7692 §7.2.1 leaves it out, §7.2.2 puts it back
_STEP = 256 * 1024
# A small message may be very compressible without harm, most of all when it repeats the last one.
_RATIO_FLOOR = 4 * MIB
# Larger messages are sent as they are (RFC 7692 §6 leaves it to the sender): compressing one would
# hold up everybody else.
_MOST_SQUEEZED = 2 * MIB
_LEVEL = 1
_BITS = range(8, 16)
_SMALLEST_WINDOW = 9  # zlib cannot write a raw stream for a window of 256 bytes

_PARAMETER = re.compile(r"[ \t]*([A-Za-z_]+)[ \t]*(?:=[ \t]*(?:\"([0-9]+)\"|([0-9]+))[ \t]*)?")
_BARE = ("server_no_context_takeover", "client_no_context_takeover")
_SIZED = ("server_max_window_bits", "client_max_window_bits")


@dataclass(frozen=True, slots=True)
class Agreement:
    """What an offer asks for, or an answer settles (RFC 7692 §7.1).

    Args:
        server_forgets: each message of the server stands for itself (no context takeover).
        client_forgets: each message of the client does.
        server_bits: the server's window is at most 2 to this power; ``None`` for 15.
        client_bits: the client's; ``None`` for 15.
    """

    server_forgets: bool = False
    client_forgets: bool = False
    server_bits: int | None = None
    client_bits: int | None = None

    def header(self) -> str:
        """The answer that agrees to this, as a server writes it."""
        flags = (self.server_forgets, self.client_forgets)
        words = [NAME, *(name for name, on in zip(_BARE, flags, strict=True) if on)]
        if self.server_bits is not None:
            words.append(f"server_max_window_bits={self.server_bits}")
        return "; ".join(words)


def accepted(headers: Sequence[str]) -> Agreement | None:
    """What we agree to of all that a client offers; ``None`` to go without compression."""
    for offer in _extensions(headers):
        agreement = _read(offer, bare_bits=True)
        if agreement and agreement.server_bits != _BITS[0]:
            # client_max_window_bits in an offer is no more than leave to limit it (§7.1.2.2).
            return Agreement(
                agreement.server_forgets, agreement.client_forgets, agreement.server_bits
            )
    return None


def settled(headers: Sequence[str]) -> Agreement | None:
    """What a service answered to :data:`OFFER`; ``None`` when it goes without.

    Raises:
        ValueError: it answered what was not offered; the connection must fail (RFC 6455 §4.1).
    """
    answers = list(_extensions(headers))
    if not answers:
        return None
    agreement = _read(answers[0], bare_bits=False) if len(answers) == 1 else None
    if agreement is None:
        raise ValueError("an extension that was not offered")
    return agreement


def _extensions(headers: Sequence[str]) -> Iterator[str]:
    for header in headers:
        yield from (one.strip() for one in header.split(",") if one.strip())


def _read(extension: str, *, bare_bits: bool) -> Agreement | None:
    """One extension with its parameters; ``None`` for any but a faultless permessage-deflate."""
    name, *parameters = extension.split(";")
    values: dict[str, int | None] = {}
    for parameter in parameters:
        found = _PARAMETER.fullmatch(parameter)
        key = found[1].lower() if found else ""
        if not found or key in values:
            return None
        text = found[2] or found[3]
        if key in _BARE:
            fits = text is None
        else:
            fits = key in _SIZED and (
                (bare_bits and key == _SIZED[1]) if text is None else int(text) in _BITS
            )
        if not fits:
            return None
        values[key] = int(text) if text else None
    if name.strip().lower() != NAME:
        return None
    return Agreement(
        _BARE[0] in values, _BARE[1] in values, values.get(_SIZED[0]), values.get(_SIZED[1])
    )


class Deflate(Extension):
    """The extension on one connection, for wsproto's frame protocol.

    Args:
        agreement: what was settled.
        as_server: whether we are the server there.
        limits: ``item_bytes`` and ``ratio`` bound a message while it inflates.
    """

    name = NAME

    def __init__(self, agreement: Agreement, *, as_server: bool, limits: Limits) -> None:
        forgets = (agreement.client_forgets, agreement.server_forgets)
        self._inbound_forgets, self._outbound_forgets = forgets if as_server else forgets[::-1]
        bits = agreement.server_bits if as_server else agreement.client_bits
        self._bits = _BITS[-1] if bits is None else bits
        self._limits = limits
        self._inflater = zlib.decompressobj(-_BITS[-1])  # reads a stream of any smaller window too
        self._deflater: zlib._Compress | None = None
        self._inbound = False  # whether the message that comes in is compressed
        self._control = False  # whether a control frame comes in, perhaps in between
        self._outbound = False
        self._read = self._made = 0
        self.fault = ""
        self.discard = False
        """Look at no more content: only control frames count from here."""

    @override
    def enabled(self) -> bool:
        """Whether it takes part; always."""
        return True

    @override
    def offer(self) -> str:
        """Not used: heads are written in ``upgrade.py``."""
        return OFFER

    def squeeze(self, size: int) -> None:
        """Decide whether the message that is sent next is compressed."""
        self._outbound = 0 < size <= _MOST_SQUEEZED and self._bits >= _SMALLEST_WINDOW

    @override
    def frame_inbound_header(
        self, proto: FrameDecoder | FrameProtocol, opcode: Opcode, rsv: RsvBits, payload_length: int
    ) -> CloseReason | RsvBits:
        """A frame begins; its RSV1 counts on the first frame of a message only (§6.1)."""
        del proto, payload_length
        self._control = opcode.iscontrol()
        if self._control or opcode is Opcode.CONTINUATION:
            return RsvBits(False, False, False)  # noqa: FBT003 - three bits
        self._inbound = rsv.rsv1
        self._read = self._made = 0
        return RsvBits(True, False, False)  # noqa: FBT003 - three bits

    @override
    def frame_inbound_payload_data(
        self, proto: FrameDecoder | FrameProtocol, data: bytes
    ) -> bytes | CloseReason:
        """A piece of a frame has come."""
        del proto
        if self._control or not self._inbound:
            return data
        self._read += len(data)
        return self._inflated(data)

    @override
    def frame_inbound_complete(
        self, proto: FrameDecoder | FrameProtocol, fin: bool
    ) -> bytes | CloseReason | None:
        """A frame is whole."""
        del proto
        if self._control or not self._inbound or not fin:
            return None
        rest = self._inflated(_END_OF_MESSAGE)
        if self._inbound_forgets:
            self._inflater = zlib.decompressobj(-_BITS[-1])
        return rest

    def _inflated(self, data: bytes) -> bytes | CloseReason:
        if self.discard:
            return b""
        parts: list[bytes] = []
        most = min(
            self._limits.item_bytes, max(_RATIO_FLOOR, self._limits.ratio * max(1, self._read))
        )
        part = b""
        # zlib may have taken all input and still owe the end of a long match.
        while data or len(part) == _STEP:
            try:
                part = self._inflater.decompress(data, _STEP)
            except zlib.error:
                self.fault = "a compressed message is damaged"
                return CloseReason.INVALID_FRAME_PAYLOAD_DATA
            if self._inflater.eof:
                # A block marked as the last ends the stream for zlib, and what follows would be
                # passed over in silence. No current client writes such blocks (§7.2.3.4).
                self.fault = "a compressed message ends its stream"
                return CloseReason.PROTOCOL_ERROR
            self._made += len(part)
            if self._made > most:
                self.fault = f"a compressed message unpacks to more than {most:,} bytes"
                return CloseReason.MESSAGE_TOO_BIG
            parts.append(part)
            data = self._inflater.unconsumed_tail
        return b"".join(parts)

    @override
    def frame_outbound(
        self,
        proto: FrameDecoder | FrameProtocol,
        opcode: Opcode,
        rsv: RsvBits,
        data: bytes,
        fin: bool,
    ) -> tuple[RsvBits, bytes]:
        """Compress a frame that goes out, if its message is."""
        del proto
        if opcode.iscontrol() or not self._outbound:
            return rsv, data
        if self._deflater is None:
            self._deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, -self._bits)
        first = opcode is not Opcode.CONTINUATION
        data = self._deflater.compress(data)
        if fin:
            data = (data + self._deflater.flush(zlib.Z_SYNC_FLUSH)).removesuffix(_END_OF_MESSAGE)
            if self._outbound_forgets:
                self._deflater = None
        return RsvBits(first, rsv.rsv2, rsv.rsv3), data
