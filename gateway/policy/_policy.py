"""A policy that is ready to decide: a checked file, the entity catalogue, and a fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.model import Action, Purpose, Treatment
from gateway.policy._yaml import Location, nearest_line
from gateway.policy.schema import (
    CONNECTED_EXPERIENCES,
    EVERYTHING,
    Deny,
    PolicyFile,
    PolicyTest,
    Rule,
)

_NO_CONNECTED_EXPERIENCES = Deny(
    name=CONNECTED_EXPERIENCES, purposes=(Purpose.CONNECTED_EXPERIENCE,)
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What may leave, for where. Immutable and picklable: worker processes get a copy.

    Args:
        source: the file it was read from, for messages.
        content: the checked file.
        groups: the groups of each known entity.
        fingerprint: SHA-256 (hex) of the normalised content. Comments, layout and keys that
            repeat a default do not change it.
        lines: line of each value of the file by its location.
    """

    source: str
    content: PolicyFile = field(repr=False)
    groups: Mapping[str, frozenset[str]] = field(repr=False)
    fingerprint: str
    lines: Mapping[Location, int] = field(repr=False)

    @property
    def name(self) -> str:
        """The policy's own name."""
        return self.content.name

    @property
    def description(self) -> str:
        """What the policy is for, in a sentence."""
        return self.content.description

    @property
    def denials(self) -> tuple[Deny, ...]:
        """Where nothing goes at all: the list in the file and what its switches add."""
        switched = self.content.connected_experiences == "deny"
        return self.content.deny + (_NO_CONNECTED_EXPERIENCES,) * switched

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in the order in which they are tried."""
        return self.content.rules

    @property
    def tests(self) -> tuple[PolicyTest, ...]:
        """The examples that ``gateway policy test`` runs."""
        return self.content.tests

    def line(self, *location: str | int) -> int:
        """The line of a value of the file, or of what encloses it."""
        return nearest_line(self.lines, location)

    def names_entity(self, names: tuple[str, ...], entity: str) -> bool:
        """Whether a list of entity and group names includes an entity.

        An entity outside the catalogue is included only by its own name or by ``*``.
        """
        return (
            EVERYTHING in names
            or entity in names
            or not self.groups.get(entity, frozenset()).isdisjoint(names)
        )


def treatment_of(rule: Rule) -> Treatment:
    """What a rule gives to the findings it matches."""
    return Treatment(rule.action, rule.name, rule.params.given())


def treatment_otherwise(content: PolicyFile) -> Treatment:
    """What a finding gets that no rule matches."""
    return Treatment(Action(content.otherwise), "otherwise")


def fingerprint(content: PolicyFile) -> str:
    """SHA-256 (hex) of a policy's content in one canonical form."""
    plain = content.model_dump(mode="json", by_alias=True)
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
