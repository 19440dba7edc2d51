"""What a new policy changes, looser first: a loosening should be seen, not slip in.

Both policies judge the same samples: every kind of entity on its way to every purpose, and to
every service and host that either policy mentions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from gateway.model import (
    Action,
    Destination,
    Finding,
    Purpose,
    Role,
    Surface,
    Treatment,
    Unread,
    Verdict,
)
from gateway.policy._policy import Policy
from gateway.policy.decide import (
    decide,
    decide_failure,
    decide_unreadable,
    detection_options,
)
from gateway.policy.schema import Rule, Scope

MAX_SAMPLES = 50_000
MAX_NAMES = 6

_STRICTNESS = (Action.ALLOW, Action.MASK, Action.HASH, Action.REPLACE, Action.BLOCK)


@dataclass(frozen=True, slots=True)
class _Change:
    """How one kind of content is treated differently."""

    looser: bool
    old: str
    new: str
    rule: str


type _Where = tuple[Destination, Surface]
type _Changes = dict[_Change, tuple[set[str], set[str]]]


def compare(old: Policy, new: Policy) -> list[str]:
    """What differs, one line each, looser changes first; empty when samples show none.

    Lines begin with "looser: " or "stricter: " and hold names from the policies, no values.
    """
    places = list(_places(old, new))
    kinds, shapes = _entity_kinds(old, new), _shapes(old, new)
    changes: _Changes = {}
    samples = product(places, kinds, shapes)
    for where, entities, (role, score, count) in islice(samples, MAX_SAMPLES):
        finding = Finding(entities[0], score, 0, 0, 1, role=role)
        before, after = (_treated(policy, finding, count, where) for policy in (old, new))
        _note(changes, before, after, entities, where)
    for where in places:
        _note_content(changes, old, new, where)
    lines = [_line(change, *subjects) for change, subjects in changes.items()]
    lines += _metadata(old, new)
    lines += _detection(old, new)
    if len(places) * len(kinds) * len(shapes) > MAX_SAMPLES:
        lines.append("not compared in full: the policies name too many services and hosts")
    return sorted(lines)


def _scopes(policy: Policy) -> Iterator[Scope]:
    content = policy.content
    yield from (*content.deny, *content.unreadable, *content.failures, *content.rules)


def _places(old: Policy, new: Policy) -> Iterator[_Where]:
    scopes = [*_scopes(old), *_scopes(new)]
    services = {"", *(name for scope in scopes for name in scope.services)}
    hosts = {"", *(name.replace("*", "any") for scope in scopes for name in scope.hosts)}
    surfaces = list(Surface) if any(scope.surfaces for scope in scopes) else [Surface.PROXY]
    for purpose, service, host, surface in product(
        Purpose, sorted(services), sorted(hosts), surfaces
    ):
        yield Destination(service, host, purpose), surface


def _entities(old: Policy, new: Policy) -> list[str]:
    return sorted({*old.groups, *new.groups})


def _entity_kinds(old: Policy, new: Policy) -> list[list[str]]:
    """Entities that no rule of either policy tells apart, together."""
    kinds: dict[tuple[bool, ...], list[str]] = {}
    for entity in _entities(old, new):
        signature = tuple(
            policy.names_entity(rule.entities, entity)
            for policy in (old, new)
            for rule in policy.content.rules
        )
        kinds.setdefault(signature, []).append(entity)
    return list(kinds.values())


def _shapes(old: Policy, new: Policy) -> list[tuple[Role, float, int]]:
    rules: list[Rule] = [*old.content.rules, *new.content.rules]
    roles = list(Role) if any(rule.roles for rule in rules) else [Role.BODY]
    scores = sorted({1.0, *(s for rule in rules for s in (rule.min_score, 0.0) if rule.min_score)})
    counts = sorted({1, *(rule.min_count for rule in rules)})
    return list(product(roles, scores, counts))


def _treated(policy: Policy, finding: Finding, count: int, where: _Where) -> Treatment:
    return decide(policy, [finding] * count, [], *where).treatments[0]


def _strictness(treatment: Treatment) -> tuple[int, int]:
    kept = sum(int(treatment.params.get(key, 0)) for key in ("keep_first", "keep_last"))
    return _STRICTNESS.index(treatment.action), -kept


def _note(
    changes: _Changes, old: Treatment, new: Treatment, entities: Sequence[str], where: _Where
) -> None:
    before, after = _strictness(old), _strictness(new)
    if before == after:
        return
    rule = old.rule if old.rule == new.rule else f"{old.rule} → {new.rule}"
    was, becomes = str(old.action), str(new.action)
    if was == becomes:
        was, becomes = f"{was} keeping {-before[1]}", f"{becomes} keeping {-after[1]}"
    change = _Change(after < before, was, becomes, rule)
    subjects, purposes = changes.setdefault(change, (set(), set()))
    subjects.update(entities)
    purposes.add(where[0].purpose)


def _note_content(changes: _Changes, old: Policy, new: Policy, where: _Where) -> None:
    """Clean, unreadable and failed items: each is either sent or blocked."""
    kinds = {k for policy in (old, new) for c in policy.content.unreadable for k in c.kinds}

    def verdicts(policy: Policy) -> dict[str, Verdict]:
        result = {
            "anything": decide(policy, [], [], *where).verdict,
            "failures": decide_failure(policy, "", *where).verdict,
            "unreadable content": decide_unreadable(policy, "", *where).verdict,
        }
        for kind in kinds:
            part = [Unread("", kind)]
            result[f"unreadable content ({kind})"] = decide(policy, [], part, *where).verdict
        return result

    before, after = verdicts(old), verdicts(new)
    for subject, verdict in before.items():
        if verdict != after[subject]:
            looser = verdict is Verdict.BLOCK
            change = _Change(looser, verdict, after[subject], "")
            subjects, purposes = changes.setdefault(change, (set(), set()))
            subjects.add(subject)
            purposes.add(where[0].purpose)


def _line(change: _Change, subjects: Iterable[str], purposes: set[str]) -> str:
    where = "anywhere" if len(purposes) == len(Purpose) else "to " + ", ".join(sorted(purposes))
    rule = f" (rule {change.rule})" if change.rule else ""
    direction = "looser" if change.looser else "stricter"
    return f"{direction}: {_list(subjects)} {where}: {change.old} → {change.new}{rule}"


def _list(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = len(ordered) - MAX_NAMES
    return ", ".join(ordered[:MAX_NAMES]) + (f" and {more} more" if more > 0 else "")


def _metadata(old: Policy, new: Policy) -> Iterator[str]:
    before, after = old.content.metadata, new.content.metadata
    if before != after:
        direction = "looser" if after == "keep" else "stricter"
        yield f"{direction}: authors and revision ids of changed documents: {before} → {after}"


def _detection(old: Policy, new: Policy) -> Iterator[str]:
    before, after = detection_options(old), detection_options(new)
    moved: dict[tuple[float, float], list[str]] = {}
    for entity in _entities(old, new):
        low = before.thresholds.get(entity, before.threshold)
        high = after.thresholds.get(entity, after.threshold)
        if low != high:
            moved.setdefault((low, high), []).append(entity)
    for (low, high), entities in moved.items():
        direction = "looser" if high > low else "stricter"
        yield f"{direction}: {_list(entities)} from score {high:g} on, before from {low:g}"
    gone = sorted(set(before.languages) - set(after.languages))
    come = sorted(set(after.languages) - set(before.languages))
    yield from (f"looser: language {language} is no longer read" for language in gone)
    yield from (f"stricter: language {language} is read" for language in come)
    added = len(set(after.allow_list) - set(before.allow_list))
    removed = len(set(before.allow_list) - set(after.allow_list))
    if added:
        yield f"looser: {added} more on the allow list"
    if removed:
        yield f"stricter: {removed} fewer on the allow list"
