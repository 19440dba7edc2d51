"""What the schema cannot say: names that exist, rules that can apply, choices worth a warning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from gateway.model import GROUPS, Action
from gateway.policy._policy import Policy
from gateway.policy._yaml import Location
from gateway.policy.schema import EVERYTHING, PolicyFile, Rule, Scope


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a policy file that is wrong, or that its author should look at again."""

    location: Location
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning of ``gateway policy check``: the policy works, but look at this line."""

    line: int
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}"


def find_problems(
    content: PolicyFile, entities: Mapping[str, frozenset[str]], services: Collection[str] = ()
) -> list[Problem]:
    """Everything for which a file with the right shape is still refused.

    Service names are checked when ``services`` names them.
    """
    return [
        *_unknown_names(content, entities),
        *(_unknown_services(content, services) if services else ()),
        *_repeated_names("rules", [rule.name for rule in content.rules]),
        *_repeated_names("tests", [test.name for test in content.tests]),
        *_unreachable(content.rules, entities),
    ]


def warnings(policy: Policy) -> list[Warned]:
    """What ``gateway policy check`` warns about: choices that let things through."""
    content = policy.content
    found: list[Warned] = []

    def warn(what: str, *location: str | int) -> None:
        found.append(Warned(policy.line(*location), what))

    for index, failure in enumerate(content.failures):
        if failure.action is Action.ALLOW:
            what = "failures: allow sends content unchecked whenever checking it fails"
            warn(what, "failures", index, "action")
    for index, choice in enumerate(content.unreadable):
        if choice.action is Action.ALLOW:
            what = "unreadable: allow sends content that nobody could read"
            warn(what, "unreadable", index, "action")
    for index, rule in enumerate(content.rules):
        if rule.action is Action.ALLOW and EVERYTHING in rule.entities and not _says_where(rule):
            warn(f"rule '{rule.name}' allows everything everywhere", "rules", index, "action")
    for what, key in _of_the_whole(content):
        warn(what, key)
    return sorted(found, key=lambda entry: entry.line)


def _of_the_whole(content: PolicyFile) -> Iterator[tuple[str, str]]:
    """Warnings about single keys, each with its key."""
    if content.connected_experiences == "allow":
        what = "connected_experiences: allow sends what applications pick from open documents as is"
        yield what, "connected_experiences"
    if content.otherwise is Action.ALLOW:
        yield "otherwise: allow lets through whatever no rule names", "otherwise"
    if not content.tests:
        yield "the policy has no tests", "name"


def _says_where(scope: Scope) -> bool:
    return bool(scope.services or scope.purposes or scope.hosts or scope.surfaces)


def _unknown_names(
    content: PolicyFile, entities: Mapping[str, frozenset[str]]
) -> Iterator[Problem]:
    groups = set(GROUPS).union(*entities.values()) if entities else set(GROUPS)
    known = set(entities)
    for index, rule in enumerate(content.rules):
        for place, name in enumerate(rule.entities):
            if name != EVERYTHING and name not in known | groups:
                yield _unknown(("rules", index, "entities", place), name, known | groups)
    named: list[tuple[Location, str]] = [
        (("thresholds", name), name) for name in content.thresholds
    ]
    named += [(("ignore", place), name) for place, name in enumerate(content.ignore)]
    yield from (
        _unknown(location, name, known | groups)
        for location, name in named
        if name not in known | groups
    )
    for index, test in enumerate(content.tests):
        for place, name in enumerate(test.entities):
            if name not in known:
                yield _unknown(("tests", index, "entities", place), name, known)


def _unknown_services(content: PolicyFile, services: Collection[str]) -> Iterator[Problem]:
    sections = {
        "deny": content.deny,
        "unreadable": content.unreadable,
        "failures": content.failures,
        "rules": content.rules,
    }
    for section, scopes in sections.items():
        for index, scope in enumerate(scopes):
            for place, name in enumerate(scope.services):
                if name not in services:
                    location = (section, index, "services", place)
                    yield _unknown(location, name, services, "service")
    for index, test in enumerate(content.tests):
        if test.to.service and test.to.service not in services:
            yield _unknown(("tests", index, "to", "service"), test.to.service, services, "service")


def _unknown(
    location: Location, name: str, known: Iterable[str], what: str = "entity or group"
) -> Problem:
    word = name.upper() if what != "service" else name.lower()
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    shown = name[:40] if name.isprintable() else "?"
    return Problem(
        location,
        f"unknown {what} '{shown}'{hint}",
        f"the names are: {', '.join(sorted(known))}",
    )


def _repeated_names(section: str, names: list[str]) -> Iterator[Problem]:
    counts = Counter(names)
    for index, name in enumerate(names):
        if counts[name] > 1 and names.index(name) != index:
            what = f"the name '{name}' is already used above"
            yield Problem((section, index, "name"), what, "give each its own name")


def _unreachable(
    rules: tuple[Rule, ...], entities: Mapping[str, frozenset[str]]
) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        above = next((r for r in rules[:index] if _covers(r, rule, entities)), None)
        if above is not None:
            yield Problem(
                ("rules", index, "name"),
                f"rule '{rule.name}' can never apply: rule '{above.name}' above it always does",
                "move it up, or remove it",
            )


def _covers(above: Rule, below: Rule, entities: Mapping[str, frozenset[str]]) -> bool:
    """Whether ``above`` matches everything that ``below`` matches."""
    return (
        _names_all(above.entities, below.entities, entities)
        and _any_or_all(above.services, below.services)
        and _any_or_all(above.purposes, below.purposes)
        and _any_or_all(above.surfaces, below.surfaces)
        and _any_or_all(above.roles, below.roles)
        and _hosts_all(above.hosts, below.hosts)
        and above.min_score <= below.min_score
        and above.min_count == 1
    )


def _any_or_all(above: tuple[str, ...], below: tuple[str, ...]) -> bool:
    return not above or (bool(below) and set(below) <= set(above))


def _hosts_all(above: tuple[str, ...], below: tuple[str, ...]) -> bool:
    return not above or (
        bool(below)
        and all(
            any(a in {EVERYTHING, b} or (a[:2] == "*." and b.endswith(a[1:])) for a in above)
            for b in below
        )
    )


def _names_all(
    above: tuple[str, ...], below: tuple[str, ...], entities: Mapping[str, frozenset[str]]
) -> bool:
    if EVERYTHING in above:
        return True
    if EVERYTHING in below:
        return False

    def members(name: str) -> set[str]:
        return {name} | {entity for entity, groups in entities.items() if name in groups}

    covered = set().union(*(members(name) for name in above))
    return all(
        name in covered or (bool(members(name) - {name}) and members(name) - {name} <= covered)
        for name in below
    )
