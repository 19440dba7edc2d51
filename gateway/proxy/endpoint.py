"""One end of a WebSocket (RFC 6455): bytes in, whole messages out, and the other way round.

Frames are parsed and written by wsproto. A message is handed on when its last fragment is there,
never before; what is sent is written anew, so that nothing of the frames themselves (masks,
reserved bits, padding of compressed data) passes from one connection to the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from wsproto.frame_protocol import CloseReason, Frame, FrameProtocol, Opcode, ParseFailed

from gateway.proxy.deflate import Deflate
from gateway.settings import MIB

# Messages that came in many small fragments are not sent on in as many.
_SMALLEST_FRAGMENT = 4096


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message.

    Args:
        data: its content, inflated; UTF-8 where it is text.
        text: whether it was sent as text.
        fragment: size in bytes of its largest fragment; some services limit it.
    """

    data: bytes = field(repr=False)
    text: bool
    fragment: int


@dataclass(frozen=True, slots=True)
class Ping:
    """A question whether the other end is there."""

    data: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to it, or an unasked sign of life."""

    data: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Close:
    """The last frame of one end; code 1005 stands for none (RFC 6455 §7.1.5)."""

    code: int
    reason: str = field(default="", repr=False)


type Event = Message | Ping | Pong | Close


class Broken(Exception):
    """The other end does not keep to the protocol, or to the limits.

    Args:
        code: for a Close frame.
        why: for people, without values.
    """

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


class Endpoint:
    """The frames of one connection.

    Args:
        as_server: whether we are the server there.
        deflate: the compression that was agreed on.
        most: the largest message, in bytes.
    """

    def __init__(self, *, as_server: bool, deflate: Deflate | None, most: int) -> None:
        self._frames = FrameProtocol(not as_server, [deflate] if deflate else [])
        self._deflate = deflate
        self._most = most
        self._parts: list[bytes] = []
        self._size = self._fragment = self._largest = 0
        self._ended = False
        self._discarding = False
        self.closed = False
        """Whether we have sent our Close frame; nothing can be sent after it."""

    def receive(self, data: bytes) -> None:
        """Take bytes of the connection; they are looked at by :meth:`take`."""
        if not self._ended:
            self._frames.receive_bytes(data)

    def take(self) -> Event | None:
        """The next event, or ``None`` until more bytes have come.

        Raises:
            Broken: there is no next event, and never will be.
        """
        try:
            return self._take()
        except ParseFailed as error:
            self._ended = True
            if self._discarding:
                return None
            why = self._deflate.fault if self._deflate else ""
            raise Broken(int(error.code), why or _why(error)) from error

    def discard(self) -> None:
        """Look at no more messages; only a Close frame counts from here."""
        self._discarding = True
        self._parts.clear()
        if self._deflate:
            self._deflate.discard = True

    def message(self, data: bytes, *, text: bool, fragment: int) -> bytes:
        """The frames of a message.

        Args:
            data: UTF-8 for text.
            text: whether it is text.
            fragment: the largest fragment wanted, in bytes.
        """
        if self._deflate:
            self._deflate.squeeze(len(data))
        sent = bytearray()
        for piece, last in _pieces(data, max(fragment, _SMALLEST_FRAGMENT), text=text):
            sent += self._frames.send_data(piece.decode() if text else piece, last)
        return bytes(sent)

    def ping(self, data: bytes = b"") -> bytes:
        """A Ping frame."""
        return bytes(self._frames.ping(data))

    def pong(self, data: bytes = b"") -> bytes:
        """A Pong frame."""
        return bytes(self._frames.pong(data))

    def close(self, code: int, reason: str = "") -> bytes:
        """Our Close frame.

        Args:
            code: 1005 for a frame without one.
            reason: at most 123 bytes of UTF-8; wsproto would cut it there.
        """
        self.closed = True
        if code == CloseReason.NO_STATUS_RCVD:
            return bytes(self._frames.close())
        return bytes(self._frames.close(code, reason))

    def _take(self) -> Event | None:
        if self._ended:
            return None
        for frame in self._frames.received_frames():
            match frame.opcode:
                case Opcode.PING:
                    return Ping(_bytes(frame))
                case Opcode.PONG:
                    return Pong(_bytes(frame))
                case Opcode.CLOSE:
                    self._ended = True
                    assert isinstance(frame.payload, tuple)
                    return Close(int(frame.payload[0]), frame.payload[1])
                case _ if not self._discarding:
                    if message := self._assembled(frame):
                        return message
        return None

    def _assembled(self, frame: Frame) -> Message | None:
        data = _bytes(frame)
        self._size += len(data)
        self._fragment += len(data)
        if self._size > self._most:
            self._ended = True
            why = f"a message is larger than {self._most / MIB:,.0f} MiB and cannot be inspected"
            raise Broken(CloseReason.MESSAGE_TOO_BIG, why)
        if data:
            self._parts.append(data)
        if frame.frame_finished:
            self._largest = max(self._largest, self._fragment)
            self._fragment = 0
        if not frame.message_finished:
            return None
        text = frame.opcode is Opcode.TEXT
        # wsproto counts a character that is cut to the fragment in which it ends.
        spare = 3 if text and len(self._parts) > 1 else 0
        message = Message(b"".join(self._parts), text, self._largest - spare)
        self._parts = []
        self._size = self._largest = 0
        return message


def _bytes(frame: Frame) -> bytes:
    assert not isinstance(frame.payload, tuple)
    return frame.payload.encode() if isinstance(frame.payload, str) else bytes(frame.payload)


def _pieces(data: bytes, size: int, *, text: bool) -> Iterator[tuple[bytes, bool]]:
    """The fragments of a message, none cut inside a character; each with whether it is the last."""
    start = 0
    while len(data) - start > size:
        end = start + size
        while text and data[end] & 0xC0 == 0x80:  # RFC 3629 §3: the inside of a character
            end -= 1
        yield data[start:end], False
        start = end
    yield data[start:], True


def _why(error: ParseFailed) -> str:
    if error.code == CloseReason.INVALID_FRAME_PAYLOAD_DATA:
        return "a text is not UTF-8 (RFC 6455 §8.1)"
    return "the frames are malformed, and could be misread (RFC 6455 §5)"
