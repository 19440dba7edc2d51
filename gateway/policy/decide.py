"""The decision: a pure function of findings, what could not be read, and the destination."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from gateway.model import (
    Action,
    Decision,
    Destination,
    DetectionOptions,
    Finding,
    Purpose,
    Surface,
    Treatment,
    Unread,
    Verdict,
    count_entities,
)
from gateway.policy._policy import Policy, treatment_of, treatment_otherwise
from gateway.policy.schema import CONNECTED_EXPERIENCES, Deny, Rule

UNREADABLE: Final = "unreadable"
FAILURES: Final = "failures"

_CHANGES = frozenset({Action.REPLACE, Action.MASK, Action.HASH})
_MOST_WHYS = 5


def decide(
    policy: Policy,
    findings: Sequence[Finding],
    unread: Sequence[Unread],
    destination: Destination,
    surface: Surface,
) -> Decision:
    """Judge one item.

    Args:
        policy: what may leave.
        findings: everything that was recognised in the item.
        unread: parts that nobody could inspect.
        destination: where the item is on its way to.
        surface: where it was caught.

    Returns:
        a decision whose ``treatments`` stand in the order of ``findings``. It blocks if the
        destination is denied, if one finding is to be blocked, or if a part is unread and the
        policy does not allow that. What connected experiences send is let be if the
        policy allows it.
    """
    denied = _denied(policy, destination, surface)
    if denied is not None:
        treatment = Treatment(Action.BLOCK, denied.label)
        return Decision(
            Verdict.BLOCK, (treatment,) * len(findings), _denied_reason(denied), denied.label
        )
    if _let_be(policy, destination):
        treatment = Treatment(Action.ALLOW, CONNECTED_EXPERIENCES)
        return Decision(Verdict.ALLOW, (treatment,) * len(findings), rule=CONNECTED_EXPERIENCES)
    treatments = _treatments(policy, findings, destination, surface)
    refused = [
        part for part in unread if not _may_be_unread(policy, part.why, destination, surface)
    ]
    blocking = [t.rule for t in treatments if t.action is Action.BLOCK]
    if blocking or refused:
        reasons = [_findings_reason(findings, treatments)] if blocking else []
        reasons += [_unread_reason(refused)] if refused else []
        rule = blocking[0] if blocking else UNREADABLE
        return Decision(Verdict.BLOCK, treatments, "; ".join(reasons), rule)
    changing = [t.rule for t in treatments if t.action in _CHANGES]
    if changing:
        return Decision(Verdict.REDACT, treatments, rule=changing[0])
    rule = treatments[0].rule if treatments else UNREADABLE if unread else ""
    return Decision(Verdict.ALLOW, treatments, rule=rule)


def decide_unreadable(
    policy: Policy, why: str, destination: Destination, surface: Surface
) -> Decision:
    """Judge an item that nobody could read at all.

    Args:
        policy: what may leave.
        why: what stood in the way, without values ("encrypted").
        destination: where the item is on its way to.
        surface: where it was caught.
    """
    denied = _denied(policy, destination, surface)
    if denied is not None:
        return Decision(Verdict.BLOCK, (), _denied_reason(denied), denied.label)
    if _may_be_unread(policy, why, destination, surface):
        return Decision(Verdict.ALLOW, rule=UNREADABLE)
    return Decision(Verdict.BLOCK, (), f"could not be read: {why}", UNREADABLE)


def decide_failure(
    policy: Policy, why: str, destination: Destination, surface: Surface
) -> Decision:
    """Judge an item whose inspection failed: a crash, a time-out, a full disk.

    Args:
        policy: what may leave.
        why: what failed, without values ("took longer than 60 s").
        destination: where the item is on its way to.
        surface: where it was caught.
    """
    denied = _denied(policy, destination, surface)
    if denied is not None:
        return Decision(Verdict.BLOCK, (), _denied_reason(denied), denied.label)
    choice = next((c for c in policy.content.failures if c.matches(destination, surface)), None)
    if choice is not None and choice.action is Action.ALLOW:
        return Decision(Verdict.ALLOW, rule=FAILURES)
    return Decision(Verdict.BLOCK, (), f"could not be checked: {why}", FAILURES)


def detection_options(policy: Policy, values: Sequence[str] = ()) -> DetectionOptions:
    """What the policy asks of detection.

    Args:
        policy: what may leave.
        values: exact values that are always findings.
    """
    content = policy.content
    return DetectionOptions(
        languages=content.languages,
        locales=content.locales,
        strictness=content.strictness,
        ignore=frozenset(
            entity for entity in policy.groups if policy.names_entity(content.ignore, entity)
        ),
        threshold=content.threshold,
        thresholds=_thresholds(policy, content.thresholds),
        allow_list=content.allow_list,
        values=tuple(values),
    )


def _thresholds(policy: Policy, written: Mapping[str, float]) -> dict[str, float]:
    """By entity. An entity's own name beats its groups; of several groups the lowest counts."""
    result = {name: score for name, score in written.items() if name in policy.groups}
    for entity, groups in policy.groups.items():
        scores = [written[group] for group in groups if group in written]
        if scores and entity not in result:
            result[entity] = min(scores)
    return result


def _denied(policy: Policy, destination: Destination, surface: Surface) -> Deny | None:
    return next((d for d in policy.denials if d.matches(destination, surface)), None)


def _let_be(policy: Policy, destination: Destination) -> bool:
    """Whether policy lets everything go there as it is."""
    return (
        destination.purpose is Purpose.CONNECTED_EXPERIENCE
        and policy.content.connected_experiences == "allow"
    )


def _may_be_unread(policy: Policy, why: str, destination: Destination, surface: Surface) -> bool:
    if _let_be(policy, destination):
        return True
    for choice in policy.content.unreadable:
        if choice.matches(destination, surface) and choice.matches_why(why):
            return choice.action is Action.ALLOW
    return False


def _treatments(
    policy: Policy, findings: Sequence[Finding], destination: Destination, surface: Surface
) -> tuple[Treatment, ...]:
    rules = _applicable(policy, findings, destination, surface)
    ready = [(rule, treatment_of(rule)) for rule in rules]
    otherwise = treatment_otherwise(policy.content)
    by_entity: dict[str, list[tuple[Rule, Treatment]]] = {}
    result: list[Treatment] = []
    for finding in findings:
        if finding.entity not in by_entity:
            by_entity[finding.entity] = [
                pair for pair in ready if policy.names_entity(pair[0].entities, finding.entity)
            ]
        result.append(
            next((t for rule, t in by_entity[finding.entity] if _fits(rule, finding)), otherwise)
        )
    return tuple(result)


def _applicable(
    policy: Policy, findings: Sequence[Finding], destination: Destination, surface: Surface
) -> list[Rule]:
    """The rules for this destination whose ``min_count`` the item reaches."""
    return [
        rule
        for rule in policy.content.rules
        if rule.matches(destination, surface)
        and (rule.min_count == 1 or _matching(policy, rule, findings) >= rule.min_count)
    ]


def _matching(policy: Policy, rule: Rule, findings: Sequence[Finding]) -> int:
    return sum(policy.names_entity(rule.entities, f.entity) and _fits(rule, f) for f in findings)


def _fits(rule: Rule, finding: Finding) -> bool:
    return finding.score >= rule.min_score and (not rule.roles or finding.role in rule.roles)


def _denied_reason(denied: Deny) -> str:
    return f"nothing may go there (rule {denied.label})"


def _findings_reason(findings: Sequence[Finding], treatments: Sequence[Treatment]) -> str:
    by_rule: dict[str, list[Finding]] = {}
    for finding, treatment in zip(findings, treatments, strict=True):
        if treatment.action is Action.BLOCK:
            by_rule.setdefault(treatment.rule, []).append(finding)
    return "; ".join(
        ", ".join(f"{n} × {entity}" for entity, n in count_entities(group).items())
        + f" (rule {rule})"
        for rule, group in by_rule.items()
    )


def _unread_reason(unread: Sequence[Unread]) -> str:
    whys = [why for why, _ in Counter(part.why for part in unread).most_common()]
    shown = whys[:_MOST_WHYS]
    if len(whys) > _MOST_WHYS:
        shown.append(f"{len(whys) - _MOST_WHYS} more reasons")
    parts = "1 part" if len(unread) == 1 else f"{len(unread)} parts"
    return f"could not be read: {parts} ({'; '.join(shown)})"
