"""A message as a tree of fields, read level by level.

All messages of one level are known before the next is read, so that fields of the same kind can
tell of each other what they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._protobuf.nature import Guess, Nature, agree, guess
from gateway.formats._protobuf.wire import GROUP, LEN, Field, read_fields

MOST_FIELDS = 1_000_000
DEEPEST = 100
"""Messages in messages; the official libraries read no more."""


@dataclass(slots=True)
class Node:
    """A field, with positions in the whole data.

    Args:
        entry: the field.
        address: the numbers that lead to it, with ordinals where one is repeated: ``1.3[2]``.
        kind: the same without ordinals.
        parent: the field whose message it stands in; ``None`` at the top.
        guess: what its bytes are; ``None`` for numbers and groups.
        parts: the fields of its message, in order.
    """

    entry: Field
    address: str
    kind: str
    parent: Node | None = field(default=None, repr=False)
    guess: Guess | None = None
    parts: list[Node] = field(default_factory=list, repr=False)

    @property
    def is_message(self) -> bool:
        """Whether it is read as a message of its own."""
        return self.entry.wire == GROUP or (
            self.guess is not None and self.guess.nature is Nature.MESSAGE
        )


def read_message(data: bytes) -> list[Node]:
    """The fields of the message that ``data`` is.

    Raises:
        Unreadable: it is none.
        LimitExceeded: too many fields, or too deep.
    """
    fields = read_fields(data, 0, len(data))
    if fields is None:
        raise Unreadable("malformed protobuf")
    top = list(_nodes(fields, None))
    level = top
    count = depth = 0
    while level:
        count += len(level)
        depth += 1
        if count > MOST_FIELDS:
            raise LimitExceeded(f"protobuf of more than {MOST_FIELDS} fields")
        if depth > DEEPEST:
            raise LimitExceeded(f"protobuf nested more than {DEEPEST} deep")
        _judge(data, level)
        following: list[Node] = []
        for node in level:
            if node.is_message:
                node.parts = list(_nodes(_inside(data, node), node))
                following += node.parts
        level = following
    return top


def _judge(data: bytes, level: Iterable[Node]) -> None:
    """Say what the fields of one level are."""
    alike: dict[str, list[Guess]] = {}
    for node in level:
        entry = node.entry
        if entry.wire == LEN and entry.start < entry.end:
            node.guess = guess(data[entry.start : entry.end])
            alike.setdefault(node.kind, []).append(node.guess)
    for guesses in alike.values():
        agree(guesses)


def _inside(data: bytes, node: Node) -> list[Field]:
    """The fields of a message inside, with positions in the whole data."""
    if node.guess is None or node.guess.fields is None:
        return read_fields(data, node.entry.start, node.entry.end) or []
    base = node.entry.start
    return [
        Field(one.number, one.wire, base + one.after_tag, base + one.start, base + one.end)
        for one in node.guess.fields
    ]


def _nodes(fields: list[Field], parent: Node | None) -> Iterator[Node]:
    repeated = Counter(one.number for one in fields)
    seen: Counter[int] = Counter()
    for one in fields:
        ordinal = f"[{seen[one.number]}]" if repeated[one.number] > 1 else ""
        seen[one.number] += 1
        before = (f"{parent.address}.", f"{parent.kind}.") if parent else ("", "")
        yield Node(one, f"{before[0]}{one.number}{ordinal}", f"{before[1]}{one.number}", parent)
