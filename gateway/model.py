"""The nouns of the program.

Every part speaks in these types and in nothing else. They are frozen, carry no behaviour
beyond their own invariants, and never show document text in ``repr``: a field that can hold
text from a document is marked ``repr=False``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal, Protocol, get_args

from gateway.errors import NotReleasable

GROUPS = (
    "PERSONAL",
    "CONTACT",
    "GOVERNMENT_ID",
    "FINANCIAL",
    "NETWORK",
    "SECRETS",
    "MARKINGS",
    "BUSINESS",
    "INDIRECT",
    "EXACT",
)
"""Groups of entities; recognisers sort theirs into them, and policies may name them."""

type Language = Literal[
    "en", "zh", "de", "fr", "es", "nl", "pt", "it", "pl", "sv", "da", "fi", "ja", "ko"
]

LANGUAGES: tuple[Language, ...] = get_args(Language.__value__)
"""ISO 639-1 codes of the languages in which names are known."""

type Strictness = Literal["relaxed", "normal", "strict"]

STRICTNESSES: tuple[Strictness, ...] = get_args(Strictness.__value__)

UNIQUE_ID = "unique id"
"""The first context word of a segment that holds ids which look like e-mail addresses but are none.

Source: RFC 5322 §3.6.4 (Message-ID), RFC 2392 (``cid:`` and ``mid:``), RFC 5545 §3.8.4.7 (UID).
"""

_ENDING = re.compile(r"\.[a-z][a-z0-9]{0,4}")


class Surface(StrEnum):
    """Where an item was caught."""

    PROXY = "proxy"
    WATCH = "watch"
    CLI = "cli"
    API = "api"


class Purpose(StrEnum):
    """What the far side does with an upload."""

    CHAT = "chat"
    STORAGE = "storage"
    COLLABORATION = "collaboration"
    TELEMETRY = "telemetry"
    CONNECTED_EXPERIENCE = "connected-experience"
    SIGN_IN = "sign-in"
    OTHER = "other"


class Role(StrEnum):
    """What a piece of text is to the reader of the document.

    A ``DISPENSABLE`` segment stands for a part that nobody can read and nobody misses (a preview
    picture, printer settings, macros). Its text is empty, its only context word says what it is
    ("macros: not read"); any edit of it leaves the part out.

    A ``TRACE`` tells who made the document and when, and is no content (an author, revision ids,
    a user's folder). Once a document is changed, policy leaves traces out by an edit of the
    whole text, which may be empty. Where a schema demands something, the format puts the
    neutral value there.

    A ``PICTURE`` segment was read from pixels: letters that look alike may be taken for one
    another.
    """

    BODY = "body"
    COMMENT = "comment"
    METADATA = "metadata"
    HIDDEN = "hidden"
    NAME = "name"
    KEY = "key"
    PICTURE = "picture"
    TRACE = "trace"
    DISPENSABLE = "dispensable"


class Action(StrEnum):
    """What policy wants done with one finding."""

    ALLOW = "allow"
    REPLACE = "replace"
    MASK = "mask"
    HASH = "hash"
    BLOCK = "block"


class Verdict(StrEnum):
    """What happens to a whole item."""

    ALLOW = "allow"
    REDACT = "redact"
    BLOCK = "block"


class Wanted(StrEnum):
    """How much of the work is asked for."""

    VERDICT = "verdict"
    RESULT = "result"
    PREVIEW = "preview"


class Rung(StrEnum):
    """How a result was made, from the gentlest way to the last."""

    UNTOUCHED = "untouched"
    NATIVE = "native"
    DROPPED = "part dropped"
    RASTERED = "rastered"
    CONVERTED = "converted"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Hint:
    """What the sender *claims* about some bytes. Used to break ties, never to decide.

    Args:
        name: a file name, without folders; empty when there is none.
        media_type: a declared Content-Type with its parameters (``multipart/form-data;
            boundary=x``); empty when there is none.
    """

    name: str = field(default="", repr=False)
    media_type: str = ""

    @property
    def suffix(self) -> str:
        """The extension in lower case with its dot, or an empty string."""
        stem, dot, ext = self.name.rpartition(".")
        return dot + ext.lower() if stem else ""

    @property
    def ending(self) -> str:
        """The suffix as written, if it is one that a file could have.

        The end of an e-mail address (``a@b.com``) is none.
        """
        if not _ENDING.fullmatch(self.suffix):
            return ""
        start = len(self.name) - len(self.suffix)
        domain = self.name[:start].rpartition("@")
        return "" if domain[1] and "." not in domain[2] else self.name[start:]

    @property
    def stem(self) -> str:
        """The name without its ending: the part of it that is text."""
        return self.name.removesuffix(self.ending)

    @property
    def essence(self) -> str:
        """The media type in lower case, without parameters."""
        return self.media_type.partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an item is on its way to. The default means "nowhere known"."""

    service: str = ""
    host: str = ""
    purpose: Purpose = Purpose.OTHER
    step: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """Bytes with a name that want to leave the machine.

    Args:
        data: the bytes.
        hint: what their sender says of them.
        destination: where they are on their way to.
        surface: where they were caught.
        size: how many bytes must leave in their place, if they are changed at all, because the
            sender has declared a size already; ``None`` if any number will do.
        strategy: how what is bound to the bytes will be made right if they are changed
            ("recompute", "re-sign"); empty where nothing is.
    """

    data: bytes = field(repr=False)
    hint: Hint = Hint()
    destination: Destination = Destination()
    surface: Surface = Surface.API
    size: int | None = None
    strategy: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One place in a document where text stands. Its identity is its position in ``segments()``.

    Args:
        text: the text as a reader would see it (entities, escapes and runs resolved).
        part: an address made of schema names and ordinals ("word/document.xml",
            "$.messages[0].content", "member 3/…").
        role: what the text is to a reader.
        context: words near it that say what it is: column header, JSON key, form field.
        column: names the table column whose cell this is, the same for all its cells and for no
            other's in the document ("sheet1!B"); empty outside tables.
    """

    text: str = field(repr=False)
    part: str
    role: Role = Role.BODY
    context: tuple[str, ...] = field(default=(), repr=False)
    column: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A span of one segment that was recognised.

    ``start`` and ``end`` count characters of ``Segment.text``; ``score`` is Presidio's, 0 to 1.
    ``why`` says in a few sentences what made the score, if the options ask for it: pattern,
    checksum, context word; never the value.
    """

    entity: str
    score: float
    segment: int
    start: int
    end: int
    part: str = ""
    role: Role = Role.BODY
    recognizer: str = ""
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``Segment.text[start:end]``; edits of one segment never overlap."""

    segment: int
    start: int
    end: int
    replacement: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unread:
    """A part nobody could inspect, and why ("encrypted", "image: not read yet")."""

    part: str
    why: str


@dataclass(frozen=True, slots=True)
class DetectionOptions:
    """What policy asks of the detector.

    Args:
        languages: ISO 639-1 codes whose recognisers run.
        locales: ISO 3166-1 codes, lower case, of the countries whose identifiers are looked for;
            none means every country's. A country that is named (``all`` names every one) counts
            as the document's own: its plain numbers need no context word where a check digit
            vouches for them.
        strictness: how readily a word is taken for a name.
        ignore: entities that are not looked for.
        threshold: the lowest score that counts, unless ``thresholds`` names the entity.
        thresholds: lowest score by entity name.
        allow_list: exact values, compared without case, that are never findings.
        values: exact values that are always findings (entity ``EXACT_VALUE``).
        indexes: files of keyed hashes of values (``gateway match add``), whose values are always
            findings too.
        explain: fill in ``Finding.why``.
    """

    languages: tuple[Language, ...] = LANGUAGES
    locales: tuple[str, ...] = ()
    strictness: Strictness = "normal"
    ignore: frozenset[str] = frozenset()
    threshold: float = 0.5
    thresholds: Mapping[str, float] = field(default_factory=dict)
    allow_list: tuple[str, ...] = field(default=(), repr=False)
    values: tuple[str, ...] = field(default=(), repr=False)
    indexes: tuple[str, ...] = ()
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Tuning:
    """What is asked of the detector for one run, over what policy says.

    Args:
        locales: as in :class:`DetectionOptions`; empty for the policy's.
        strictness: as there; ``None`` for the policy's.
        explain: as there.
    """

    locales: tuple[str, ...] = ()
    strictness: Strictness | None = None
    explain: bool = False

    def applied(self, options: DetectionOptions) -> DetectionOptions:
        """The options with what is asked here in place of theirs."""
        return replace(
            options,
            locales=self.locales or options.locales,
            strictness=self.strictness or options.strictness,
            explain=self.explain or options.explain,
        )


AS_POLICY_SAYS = Tuning()


@dataclass(frozen=True, slots=True)
class Treatment:
    """What one finding gets: an action, its parameters, and the rule that said so."""

    action: Action
    rule: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """The policy's answer for one item.

    ``treatments`` stands in the order of the findings that were judged. ``reason`` names types,
    counts and rules, never values; it is empty unless the verdict is block.
    """

    verdict: Verdict
    treatments: tuple[Treatment, ...] = ()
    reason: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding as a person sees it in a preview: what stood there, and what it becomes.

    An empty ``replacement`` with ``kept`` is a finding that policy lets stand.
    """

    start: int
    end: int
    entity: str
    replacement: str = field(default="", repr=False)
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """One segment before and after; ``after`` is ``None`` where the result has no such place."""

    part: str
    role: Role
    before: str = field(repr=False)
    after: str | None = field(default=None, repr=False)
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """A document before and after, for the eyes of the person who sends it. It holds values.

    Args:
        passages: every segment, in order.
        pictures: JPEG renderings of each page or picture before and after; ``None`` where one
            side has none.
        more: how many passages were left out because the preview would be too long.
    """

    passages: tuple[Passage, ...] = field(repr=False)
    pictures: tuple[tuple[bytes | None, bytes | None], ...] = field(default=(), repr=False)
    more: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the pipeline made of one item.

    Args:
        verdict: allow (the original bytes), redact (new bytes) or block (no bytes).
        data: the bytes that may leave; ``None`` exactly when blocked.
        name: the item's file name with findings in it removed.
        format: the format that was recognised, or an empty string.
        reason: one sentence for people, without values; empty unless blocked.
        rule: the policy rule that decided.
        findings: all findings that policy was asked about.
        counts: findings that were removed or that caused the block, by entity.
        unread: parts nobody could inspect.
        rung: how the result was made; the lowest rung that a part of it was put on.
        reference: a short id that the refusal and the audit record share.
        sha256: hex digest of ``data``, computed where the verdict was made.
        item_sha256: hex digest of the item that was judged.
        milliseconds: wall time spent.
        preview: the document before and after; only where it was asked for, never recorded.
    """

    verdict: Verdict
    data: bytes | None = field(default=None, repr=False)
    name: str = field(default="", repr=False)
    format: str = ""
    reason: str = ""
    rule: str = ""
    findings: tuple[Finding, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()
    rung: Rung = Rung.BLOCKED
    reference: str = ""
    sha256: str = ""
    item_sha256: str = ""
    milliseconds: float = 0.0
    preview: Preview | None = field(default=None, repr=False)

    def release(self, item: Item) -> bytes:
        """The bytes that may leave in place of ``item``.

        Raises:
            NotReleasable: the verdict is block, or the bytes or the item are not those that
                the verdict was computed on.
        """
        if self.verdict is Verdict.BLOCK or self.data is None:
            raise NotReleasable(self.reason or "the verdict is block")
        if hashlib.sha256(item.data).hexdigest() != self.item_sha256:
            raise NotReleasable("the verdict belongs to another item")
        if hashlib.sha256(self.data).hexdigest() != self.sha256:
            raise NotReleasable("the bytes changed after the verdict")
        return self.data


class Inspector(Protocol):
    """What a surface needs of the program: a verdict on an item, already in the audit log.

    The future never raises: a crash, time-out or full disk is an outcome with verdict block.
    """

    def submit(self, item: Item) -> Future[Outcome]:
        """Have an item judged."""
        ...


def count_entities(findings: Sequence[Finding]) -> dict[str, int]:
    """How often each entity occurs, most frequent first."""
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.entity] = counts.get(finding.entity, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
