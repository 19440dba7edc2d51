"""How the messages of a WebSocket split into documents, and go together again.

A message is what RFC 6455 §5.4 calls one: all its fragments, put together and inflated.

* ``text``: a message is a document: JSON or plain text.
* ``signalr``: a message is any number of records of the JSON hub protocol, each ended by 0x1E, the
  handshake among them. Servers read them as one stream, so a record may be cut over two messages;
  such a message is refused, as a value could be cut with it. Source: dotnet/aspnetcore,
  src/SignalR/docs/specs/HubProtocol.md, and the parser of its server.
* ``binary``: a message is a document of whatever kind (MessagePack, audio); what nobody can read,
  policy decides about.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from gateway.errors import Unreadable
from gateway.model import Hint
from gateway.services._answer import slug
from gateway.services.places import NoSuchPlace, Place
from gateway.services.schema import OF_THE_MESSAGE, Framing
from gateway.services.wire import Reply

RECORD_END = b"\x1e"
_KEEP_ALIVE = b'{"type":6}'
# Invocation and StreamInvocation: the two kinds of record that a Completion (3) answers.
_CALLS = (1, 4)

REASON_BYTES = 123
"""The longest reason in a Close frame, in bytes of UTF-8 (RFC 6455 §5.5: 125 with the code)."""

_ECHO_CHARACTERS = 256


@dataclass(frozen=True, slots=True)
class Parts:
    """A message, split.

    Args:
        documents: what is judged, each by itself; may be empty bytes.
        end: what follows each document.
        rest: a document that has begun and not ended.
    """

    documents: tuple[bytes, ...] = field(repr=False)
    end: bytes = b""
    rest: bytes = field(default=b"", repr=False)

    @property
    def fault(self) -> str:
        """Why the message cannot be judged, or an empty string."""
        return "a record is cut over two messages, and could not be judged whole" * bool(self.rest)


def split(framing: Framing, data: bytes) -> Parts:
    """The documents of a message."""
    if framing is not Framing.SIGNALR:
        return Parts((data,))
    *documents, rest = data.split(RECORD_END)
    return Parts(tuple(documents), RECORD_END, rest)


def join(parts: Parts, documents: Sequence[bytes | None] | None = None, *, text: bool) -> bytes:
    """A message again.

    Args:
        parts: what the message was split into.
        documents: what takes the place of each document, ``None`` where one is left out; the
            documents themselves when not given.
        text: whether it is sent as text.

    Raises:
        Unreadable: a document does not fit the framing any more.
    """
    kept = [one for one in (parts.documents if documents is None else documents) if one is not None]
    if parts.end and any(parts.end in one for one in kept):
        raise Unreadable("the redacted record would end too early")
    data = b"".join(piece for one in kept for piece in (one, parts.end)) + parts.rest
    if text:
        try:
            data.decode()
        except UnicodeDecodeError as error:
            raise Unreadable("the redacted message is not UTF-8 any more") from error
    return data


def says_nothing(framing: Framing, document: bytes) -> bool:
    """Whether a document is empty, or the one keep-alive record that is the same for everybody."""
    return not document or (framing is Framing.SIGNALR and document == _KEEP_ALIVE)


def hint(document: bytes, *, text: bool) -> Hint:
    """What the framing claims about a document."""
    if not text:
        return Hint(media_type="application/octet-stream")
    json_like = document.lstrip(b" \t\r\n")[:1] in (b"{", b"[")
    return Hint(media_type="application/json" if json_like else "text/plain; charset=utf-8")


def answer(
    framing: Framing,
    template: Mapping[str, JsonValue],
    document: bytes,
    message: str,
    reference: str,
) -> bytes | None:
    """The message that answers a refused document in the service's own words.

    Args:
        framing: of the step.
        template: ``frame`` of its refusal.
        document: what was refused; ids in it may be taken over into the answer.
        message: the sentence for people, without values.
        reference: the id that the audit record carries.

    Returns:
        ``None`` where this document has no such answer: it is no call that awaits one, or lacks
        the id by which the client would know it.
    """
    refused = Reply(body=document)
    words = {"message": message, "reference": reference, "slug": slug(message, reference)}
    try:
        if framing is Framing.SIGNALR and _echo("json.type", refused) not in _CALLS:
            return None
        filled = _filled(dict(template), refused, words)
    except NoSuchPlace:
        return None
    data = json.dumps(filled, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return data + RECORD_END if framing is Framing.SIGNALR else data


def _filled(value: JsonValue, refused: Reply, words: Mapping[str, str]) -> JsonValue:
    match value:
        case str():
            if found := OF_THE_MESSAGE.fullmatch(value):
                return _echo(found[1], refused)
            for name, word in words.items():
                value = value.replace(f"{{{name}}}", word)
            return value
        case dict():
            return {
                key: _filled(item, refused, words)
                for key, item in value.items()
                if not _left_out(item, refused)
            }
        case list():
            return [_filled(item, refused, words) for item in value]
        case _:
            return value


def _left_out(value: JsonValue, refused: Reply) -> bool:
    found = OF_THE_MESSAGE.fullmatch(value) if isinstance(value, str) else None
    if not found or not found[2]:
        return False
    try:
        _echo(found[1], refused)
    except NoSuchPlace:
        return True
    return False


def _echo(place: str, refused: Reply) -> str | int:
    """An id of the client's own, on its way back to the client."""
    value = Place.parse(place).read_any(refused)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise NoSuchPlace("no id stands there")
    if len(str(value)) > _ECHO_CHARACTERS:
        raise NoSuchPlace("no id is that long")
    return value


def close_reason(sentence: str, reference: str) -> str:
    """The sentence, short enough for a Close frame; the reference always stands in it."""
    if len(sentence.encode("utf-8", "replace")) <= REASON_BYTES:
        return sentence
    tail = f"… (ref {reference})"
    room = REASON_BYTES - len(tail.encode())
    return sentence.encode("utf-8", "replace")[:room].decode(errors="ignore").rstrip() + tail
