"""One line of the audit log: what it says, and how it is sealed.

A line is one JSON object in canonical form (as RFC 8785: sorted keys, no white space, only whole
numbers), at whose end stand two more members. ``hash`` is the SHA-256 of the object without the
two; as it covers ``previous``, the hash of the line before, the lines form a chain that anyone
can check, and changing even a space is seen. ``mac`` is an HMAC of ``hash``, so only who has the
key can add a line.

No line holds a value, a file name or an address inside a document.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from gateway.model import Destination, Item, Outcome, Purpose, Verdict

VERSION: Final = 1
NO_HASH: Final = "0" * 64
"""What stands as ``previous`` in the first record."""

ITEM: Final = "item"
REPAIR: Final = "repair"
TORN: Final = "torn"
"""The repair that a crash explains; every other repair speaks of lost or changed records."""

_MAX_TEXT = 200
_MAX_ENTRIES = 100

type Fields = dict[str, Any]
"""A record as the JSON object of its line."""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """What happened to one item, or what was found wrong with the log itself.

    Args:
        sequence: position in the log, from 1.
        time: when, RFC 3339 in UTC.
        kind: "item", or "repair" for a note about the log itself.
        reference: the short id that the refusal showed.
        surface: where the item was caught.
        destination: where it was going.
        format: the format that was recognised.
        size: bytes of the item.
        item: keyed digest of the item's bytes.
        output: keyed digest of the bytes that may leave; empty when blocked.
        verdict: allow, redact or block.
        rule: the policy rule that decided.
        counts: findings removed or blocked, by entity.
        unread: how many parts could not be read, by reason.
        rung: how the result was made.
        strategy: how what is bound to the bytes was made right for others; empty when allowed.
        milliseconds: wall time spent.
        policy: name of the policy, and ``policy_fingerprint`` of its content.
        why: for a repair, what was wrong ("torn", "missing", "head", "damaged").
        note: for a repair, the same as a sentence.
        previous: hash of the record before.
        hash: hash of this record.
    """

    sequence: int
    time: str
    kind: str
    reference: str = ""
    surface: str = ""
    destination: Destination = field(default_factory=Destination)
    format: str = ""
    size: int = 0
    item: str = ""
    output: str = ""
    verdict: str = ""
    rule: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    unread: Mapping[str, int] = field(default_factory=dict)
    rung: str = ""
    strategy: str = ""
    milliseconds: int = 0
    policy: str = ""
    policy_fingerprint: str = ""
    why: str = ""
    note: str = ""
    previous: str = NO_HASH
    hash: str = ""
    mac: str = ""
    version: int = VERSION

    @classmethod
    def from_fields(cls, fields: Fields) -> AuditRecord:
        """The record of a line.

        Raises:
            TypeError: the object is not a record of this version.
            ValueError: as TypeError.
        """
        to = dict(fields.get("destination", {}))
        purpose = Purpose(to.pop("purpose", Purpose.OTHER))
        return cls(**{**fields, "destination": Destination(purpose=purpose, **to)})

    def to_json(self) -> str:
        """The record as the line of the log has it."""
        return (_encode(self._fields())[:-1] + _ending(self.hash, self.mac)).decode()

    def to_line(self) -> str:
        """The record in one line for people."""
        if self.kind == REPAIR:
            return f"{self.time}  #{self.sequence}  log repaired: {self.note}"
        to = self.destination
        where = to.service or to.host or "-"
        parts = [f"{n} × {entity}" for entity, n in _most_first(self.counts)]
        parts += [f"{n} × unread: {why}" for why, n in _most_first(self.unread)]
        return "  ".join(
            (self.time, f"{self.verdict:6}", self.surface, f"→ {where} ({to.purpose})",
             self.format or "-", ", ".join(parts) or "nothing found",
             f"[{self.rule}]" if self.rule else "", self.reference)
        ).rstrip()  # fmt: skip

    def _fields(self) -> Fields:
        names = _REPAIR_FIELDS if self.kind == REPAIR else _ITEM_FIELDS
        fields: Fields = {name: getattr(self, name) for name in names}
        if self.kind != REPAIR:
            fields["destination"] = _destination(self.destination)
        return fields


_ALL_FIELDS = ("sequence", "previous", "version", "kind", "time")
_REPAIR_FIELDS = (*_ALL_FIELDS, "why", "note")
_ITEM_FIELDS = (
    *_ALL_FIELDS, "reference", "surface", "destination", "format", "size", "item", "output", "verdict",
    "rule", "counts", "unread", "rung", "strategy", "milliseconds", "policy", "policy_fingerprint",
)  # fmt: skip


def item_fields(
    item: Item, outcome: Outcome, policy: str, policy_fingerprint: str, key: bytes
) -> Fields:
    """What a record says of an item, before it has a place in the chain."""
    digest = outcome.item_sha256 or hashlib.sha256(item.data).hexdigest()
    whys = Counter(_clean(part.why) for part in outcome.unread)
    return {
        "version": VERSION,
        "kind": ITEM,
        "time": _now(),
        "reference": _clean(outcome.reference),
        "surface": str(item.surface),
        "destination": _destination(item.destination),
        "format": _clean(outcome.format),
        "size": len(item.data),
        "item": keyed_digest(key, digest),
        "output": keyed_digest(key, outcome.sha256) if outcome.sha256 else "",
        "verdict": str(outcome.verdict),
        "rule": _clean(outcome.rule),
        "counts": {_clean(name): int(n) for name, n in _first(outcome.counts)},
        "unread": dict(whys.most_common(_MAX_ENTRIES)),
        "rung": _clean(outcome.rung),
        "strategy": "" if outcome.verdict is Verdict.ALLOW else _clean(item.strategy),
        "milliseconds": round(outcome.milliseconds),
        "policy": _clean(policy),
        "policy_fingerprint": _clean(policy_fingerprint),
    }


def repair_fields(why: str, note: str) -> Fields:
    """What a record says of something that was wrong with the log."""
    return {"version": VERSION, "kind": REPAIR, "time": _now(), "why": why, "note": note}


def keyed_digest(key: bytes, sha256: str) -> str:
    """HMAC-SHA256 (RFC 2104, hex) of a content's SHA-256.

    Who has the key and a file can find its record; to anyone else it tells nothing.
    """
    return hmac.digest(key, b"audit item\0" + bytes.fromhex(sha256), hashlib.sha256).hex()


def seal(fields: Fields, sequence: int, previous: str, key: bytes) -> tuple[Fields, bytes]:
    """The record with its place in the chain, its hash and its mac; and its line, without end."""
    placed = {**fields, "sequence": sequence, "previous": previous}
    body = _encode(placed)
    digest = hashlib.sha256(body).hexdigest()
    sealed = {**placed, "hash": digest, "mac": mac(key, b"audit record\0", digest)}
    return sealed, body[:-1] + _ending(sealed["hash"], sealed["mac"])


def is_sealed(line: bytes, key: bytes) -> bool:
    """Whether hash and mac at the end of a line are its own."""
    body = line[:-_ENDING_BYTES] + b"}"
    digest = hashlib.sha256(body).hexdigest()
    ending = _ending(digest, mac(key, b"audit record\0", digest))
    return hmac.compare_digest(line[-_ENDING_BYTES:], ending)


def decode(line: bytes) -> Fields | None:
    """The object of a line; ``None`` if it is none."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def _encode(fields: Fields) -> bytes:
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "replace")


def _ending(digest: str, code: str) -> bytes:
    return f',"hash":"{digest}","mac":"{code}"}}'.encode()


_ENDING_BYTES = len(_ending("0" * 64, "0" * 32))


def mac(key: bytes, what: bytes, text: str) -> str:
    """HMAC-SHA256 (hex, 128 bits of it) of a text that is used for ``what``."""
    return hmac.digest(key, what + text.encode(), hashlib.sha256).hex()[:32]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _destination(to: Destination) -> dict[str, str]:
    return {
        "service": _clean(to.service),
        "host": _clean(to.host),
        "purpose": str(to.purpose),
        "step": _clean(to.step),
    }


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return list(counts.items())[:_MAX_ENTRIES]


def _clean(text: str) -> str:
    """A short printable text, so that nothing in it can disturb the log."""
    return "".join(c if c.isprintable() else "?" for c in text[:_MAX_TEXT])
