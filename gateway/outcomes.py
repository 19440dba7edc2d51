"""Building outcomes: released, blocked, undecided; and the sentence that people read.

One sentence everywhere: what, where, which rule, which reference; never a value.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass

from gateway.model import Decision, Finding, Hint, Item, Outcome, Rung, Unread, Verdict
from gateway.policy import Policy, decide_failure

PRODUCT = "Redaction Gateway"


@dataclass(frozen=True, slots=True)
class Case:
    """An item under judgement: what was found in it and when the work began."""

    item: Item
    started: float
    reference: str
    format: str = ""
    findings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()
    name: str = ""


def new_reference() -> str:
    """A short id that a refusal and its audit record share."""
    return f"G-{secrets.token_hex(4)}"


def blocked_outcome(item: Item, why: str, *, rule: str = "", reference: str = "") -> Outcome:
    """The outcome for an item that never reached, or never came back from, the pipeline.

    Args:
        item: what wanted to leave.
        why: a reason for people, without values.
        rule: the rule that decided, where one did.
        reference: an id given out already.
    """
    case = Case(item, time.perf_counter(), reference or new_reference(), unread=(Unread("", why),))
    return blocked(case, why, rule, {})


def failed_outcome(policy: Policy, item: Item, why: str) -> Outcome:
    """The outcome for an item whose inspection failed outside the pipeline.

    Args:
        policy: says what failures mean; they block unless it says otherwise in so many words.
        item: what was being inspected.
        why: what failed, for people, without values.
    """
    decision = decide_failure(policy, why, item.destination, item.surface)
    # Nobody judged the name: what may leave keeps it, what may not shows no more than its kind.
    name = item.hint.name if decision.verdict is Verdict.ALLOW else kind_of(item.hint)
    case = Case(item, time.perf_counter(), new_reference(), unread=(Unread("", why),), name=name)
    return undecided(case, decision)


def undecided(case: Case, decision: Decision) -> Outcome:
    """The outcome for an item that nobody could judge, as policy decided about such."""
    if decision.verdict is Verdict.ALLOW:
        return released(case, decision, case.item.data, Rung.UNTOUCHED, {})
    return blocked(case, decision.reason, decision.rule, {})


def blocked(case: Case, reason: str, rule: str, counts: dict[str, int]) -> Outcome:
    """No bytes leave.

    Args:
        case: what was judged.
        reason: types, counts and reasons, without values.
        rule: the rule that decided, where one did.
        counts: the findings that are to blame, by entity.
    """
    where = f"{case.name}: " if case.name else ""
    named = rule and f"(rule {rule})" not in reason
    source = f"rule {rule}, ref {case.reference}" if named else f"ref {case.reference}"
    return Outcome(
        verdict=Verdict.BLOCK,
        name=case.name,
        format=case.format,
        reason=f"Blocked by {PRODUCT}: {where}{reason} ({source})",
        rule=rule,
        findings=case.findings,
        counts=counts,
        unread=case.unread,
        rung=Rung.BLOCKED,
        reference=case.reference,
        item_sha256=hashlib.sha256(case.item.data).hexdigest(),
        milliseconds=(time.perf_counter() - case.started) * 1000,
    )


def released(
    case: Case, decision: Decision, data: bytes, rung: Rung, counts: dict[str, int]
) -> Outcome:
    """These bytes may leave.

    Args:
        case: what was judged.
        decision: its verdict and rule.
        data: the bytes.
        rung: how they were made.
        counts: what was removed, by entity.
    """
    return Outcome(
        verdict=decision.verdict,
        data=data,
        name=case.name,
        format=case.format,
        rule=decision.rule,
        findings=case.findings,
        counts=counts,
        unread=case.unread,
        rung=rung,
        reference=case.reference,
        sha256=hashlib.sha256(data).hexdigest(),
        item_sha256=hashlib.sha256(case.item.data).hexdigest(),
        milliseconds=(time.perf_counter() - case.started) * 1000,
    )


def kind_of(hint: Hint) -> str:
    """What may be said of a name that nobody inspected."""
    return f"a {hint.ending} file" if hint.ending else ""
