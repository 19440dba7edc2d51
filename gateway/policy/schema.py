"""What a policy file may say. These classes are the YAML format and the source of its JSON Schema.

Every list that is left out means "any"; a list that is given must not be empty. Nothing here
looks at documents: see ``decide.py``.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    field_validator,
    model_validator,
)

from gateway.model import (
    LANGUAGES,
    Action,
    Destination,
    Hint,
    Item,
    Language,
    Purpose,
    Role,
    Strictness,
    Surface,
    Verdict,
)

EVERYTHING = "*"

CONNECTED_EXPERIENCES = "connected experiences"

RESERVED_NAMES = frozenset({"otherwise", "unreadable", "failures", "deny", CONNECTED_EXPERIENCES})
"""Words that stand for the policy's other answers in decisions and in the audit log."""

_HOST = re.compile(r"\*|(\*\.)?[\w-]+(\.[\w-]+)*|[0-9a-f:]+:[0-9a-f:.]*")

Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$")]
Word = Annotated[str, Field(min_length=1, max_length=200)]
Score = Annotated[float, Strict(), Field(ge=0, le=1)]
Whole = Annotated[int, Strict()]
Choice = Literal[Action.BLOCK, Action.ALLOW]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _host(pattern: str) -> str:
    if not _HOST.fullmatch(pattern.lower()):
        raise ValueError("must be a host such as 'api.example.com' or '*.example.com'")
    wildcard, host = ("*.", pattern[2:]) if pattern.startswith("*.") else ("", pattern)
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    return wildcard + host.lower()


class Scope(_Part):
    """Where something applies. A key that is left out means anywhere."""

    services: tuple[Word, ...] = Field(default=(), min_length=1, description="Service profiles.")
    purposes: tuple[Purpose, ...] = Field(
        default=(), min_length=1, description="What the far side does with it."
    )
    hosts: tuple[Word, ...] = Field(
        default=(),
        min_length=1,
        description="Hosts; '*.example.com' means every host below example.com.",
    )
    surfaces: tuple[Surface, ...] = Field(
        default=(), min_length=1, description="Where it was caught."
    )

    @field_validator("hosts")
    @classmethod
    def _hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_host(host) for host in hosts)

    def matches(self, destination: Destination, surface: Surface) -> bool:
        """Whether something on its way to ``destination``, caught at ``surface``, is meant."""
        return (
            (not self.services or destination.service in self.services)
            and (not self.purposes or destination.purpose in self.purposes)
            and (not self.surfaces or surface in self.surfaces)
            and (not self.hosts or _host_matches(self.hosts, destination.host))
        )


def _host_matches(patterns: tuple[str, ...], host: str) -> bool:
    host = host.lower().rstrip(".")
    return any(
        pattern in {EVERYTHING, host} or (pattern[:2] == "*." and host.endswith(pattern[1:]))
        for pattern in patterns
    )


class Deny(Scope):
    """A destination to which nothing goes, whatever is in it."""

    name: Name | Literal[""] = Field(default="", description="Shown in the refusal.")

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if not (self.services or self.purposes or self.hosts or self.surfaces):
            raise ValueError("must say where: services, purposes, hosts or surfaces")
        return self

    @property
    def label(self) -> str:
        """The name, or one made of what is denied."""
        return self.name or "deny " + ", ".join(
            (*self.services, *self.purposes, *self.hosts, *self.surfaces)
        )


class UnreadableChoice(Scope):
    """What happens to content that nobody could read, somewhere."""

    kinds: tuple[Word, ...] = Field(
        default=(),
        min_length=1,
        description="Only what begins so: 'image' means 'image: not read yet'.",
    )
    action: Choice

    def matches_why(self, why: str) -> bool:
        """Whether the reason (its words before the colon) is one of ``kinds``."""
        return not self.kinds or why.partition(":")[0].strip() in self.kinds


class FailureChoice(Scope):
    """What happens when inspection itself fails (crash, time-out, limit), somewhere."""

    action: Choice


def _as_list(value: Any) -> Any:
    return [{"action": value}] if isinstance(value, str) else value


class With(_Part):
    """Parameters of an action."""

    label: str | None = Field(
        default=None,
        min_length=1,
        max_length=60,
        pattern=r"^[^\x00-\x1f]+$",
        description="replace: the text to put there.",
    )
    character: str | None = Field(
        default=None, min_length=1, max_length=1, pattern=r"^\S$", description="mask: default '*'."
    )
    keep_first: Whole | None = Field(
        default=None, ge=0, le=8, description="mask: letters and digits to keep at the start."
    )
    keep_last: Whole | None = Field(
        default=None, ge=0, le=8, description="mask: letters and digits to keep at the end."
    )
    keep_separators: Annotated[bool, Strict()] | None = Field(
        default=None, description="mask: keep spaces and punctuation."
    )
    length: Whole | None = Field(
        default=None, ge=6, le=64, description="hash: hexadecimal digits, default 12."
    )

    def given(self) -> dict[str, str | int]:
        """The parameters that were written down."""
        return self.model_dump(exclude_none=True)


_PARAMETERS = {
    Action.REPLACE: {"label"},
    Action.MASK: {"character", "keep_first", "keep_last", "keep_separators"},
    Action.HASH: {"length"},
}


class Rule(Scope):
    """What happens to findings. The first rule that matches a finding decides about it."""

    name: Name
    entities: tuple[Word, ...] = Field(
        min_length=1, description="Entity or group names, or '*' for everything."
    )
    roles: tuple[Role, ...] = Field(
        default=(), min_length=1, description="What the text is to a reader."
    )
    min_count: Whole = Field(
        default=1, ge=1, description="Only when the item holds at least so many of them."
    )
    min_score: Score = Field(default=0.0, description="Only findings with at least this score.")
    action: Action
    params: With = Field(default=With(), alias="with")

    @model_validator(mode="after")
    def _parameters_fit(self) -> Self:
        odd = sorted(set(self.params.given()) - _PARAMETERS.get(self.action, set()))
        if odd:
            raise ValueError(f"'with: {odd[0]}' has no meaning for the action '{self.action}'")
        if self.name in RESERVED_NAMES:
            raise ValueError(f"the name '{self.name}' is reserved")
        return self


class To(_Part):
    """The destination of a test case."""

    service: str = ""
    purpose: Purpose = Purpose.OTHER
    host: str = ""


class PolicyTest(_Part):
    """An example that the policy must judge as written.

    ``text`` is a whole document; ``value`` is one field, with ``context`` as the words around
    it (a column header, a JSON key). ``entities`` must all be found; ``keeps`` must stand in the
    redacted text and ``removes`` must not; ``output`` is the redacted text exactly.
    """

    name: Name
    text: str | None = Field(default=None, min_length=1, repr=False)
    value: str | None = Field(default=None, min_length=1, repr=False)
    context: tuple[Word, ...] = Field(default=(), min_length=1, repr=False)
    to: To = To()
    surface: Surface = Surface.PROXY
    expect: Verdict
    entities: tuple[Word, ...] = Field(default=(), min_length=1)
    keeps: tuple[Word, ...] = Field(default=(), min_length=1, repr=False)
    removes: tuple[Word, ...] = Field(default=(), min_length=1, repr=False)
    output: str | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.text is None) == (self.value is None):
            raise ValueError("must have either 'text' or 'value'")
        if self.context and self.value is None:
            raise ValueError("'context' goes with 'value', not with 'text'")
        if self.expect is Verdict.BLOCK and (self.keeps or self.removes or self.output is not None):
            raise ValueError("a blocked item has no text: remove 'keeps', 'removes' and 'output'")
        if self.output is not None and self.text is None:
            raise ValueError("'output' goes with 'text'; for a value use 'keeps' and 'removes'")
        return self

    @property
    def destination(self) -> Destination:
        """Where the test says it goes."""
        return Destination(self.to.service, self.to.host, self.to.purpose)

    def item(self) -> Item:
        """The test as something that wants to leave; a value becomes a table of one column."""
        if self.text is not None:
            data, hint = self.text, Hint("test.txt", "text/plain; charset=utf-8")
        else:
            header = [" ".join(self.context)] if self.context else []
            cells = [cell.replace('"', '""') for cell in (*header, self.value or "")]
            data = "".join(f'"{cell}"\r\n' for cell in cells)
            hint = Hint("test.csv", "text/csv; charset=utf-8")
        return Item(data.encode(), hint, self.destination, self.surface)


class PolicyFile(_Part):
    """A redaction policy."""

    version: Literal[1]
    name: Name
    description: str = ""
    languages: tuple[Language, ...] = Field(
        default=LANGUAGES, min_length=1, description="Languages whose recognisers run."
    )
    locales: tuple[Annotated[str, Field(pattern=r"^([a-z]{2}|all)$")], ...] = Field(
        default=(),
        min_length=1,
        description="Countries (ISO 3166-1, lower case) whose identifiers are looked for; every "
        "country's if none is named. A country that is named counts as the documents' own: its "
        "plain numbers need no word beside them. 'all' names every country: more alarms.",
    )
    strictness: Strictness = Field(
        default="normal",
        description="How readily a word is taken for a name: strict misses fewer, relaxed is "
        "wrong less often.",
    )
    ignore: tuple[Word, ...] = Field(
        default=("INDIRECT",),
        description="Entities and groups that are not looked for at all. INDIRECT (dates, ages, "
        "places, nationalities, titles) tells a person only together with other things; [] looks "
        "for everything.",
    )
    threshold: Score = Field(default=0.5, description="The lowest score that counts.")
    thresholds: dict[str, Score] = Field(
        default_factory=dict, description="The lowest score that counts, by entity or group."
    )
    allow_list: tuple[Word, ...] = Field(
        default=(), repr=False, description="Exact values that are never findings."
    )
    deny: tuple[Deny, ...] = Field(default=(), description="Where nothing goes at all.")
    connected_experiences: Literal["allow", "inspect", "deny"] = Field(
        default="inspect",
        description="What applications send on their own while somebody writes, for proofing, "
        "translation, design ideas or training: inspect judges it as anything else, deny sends "
        "nothing, allow sends it as it is, whatever is in it.",
    )
    unreadable: Annotated[
        tuple[UnreadableChoice, ...],
        BeforeValidator(_as_list, json_schema_input_type=Choice | tuple[UnreadableChoice, ...]),
    ] = Field(
        default=(UnreadableChoice(action=Action.BLOCK),),
        min_length=1,
        description="What happens to content that nobody could read. No match means block.",
    )
    metadata: Literal["strip", "keep"] = Field(
        default="strip",
        description="Whether a document that is changed loses its authors, revision ids, "
        "user names and times of making.",
    )
    failures: Annotated[
        tuple[FailureChoice, ...],
        BeforeValidator(_as_list, json_schema_input_type=Choice | tuple[FailureChoice, ...]),
    ] = Field(
        default=(FailureChoice(action=Action.BLOCK),),
        min_length=1,
        description="What happens when inspection fails. No match means block.",
    )
    rules: tuple[Rule, ...] = Field(default=(), description="The first match decides.")
    otherwise: Action = Field(
        default=Action.REPLACE, description="For findings that no rule matches."
    )
    tests: tuple[PolicyTest, ...] = Field(default=(), description="For 'gateway policy test'.")
