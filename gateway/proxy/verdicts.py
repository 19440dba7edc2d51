"""What a verdict means in words."""

from __future__ import annotations

from gateway.model import Item, Outcome, Verdict, count_entities
from gateway.outcomes import blocked_outcome
from gateway.proxy.exchange import Blocked


def check_said(item: Item, outcome: Outcome) -> None:
    """Refuse findings outside the body: changing them would change what is asked for.

    Raises:
        Blocked: there is one.
    """
    if outcome.verdict is Verdict.ALLOW:
        outcome.release(item)
        return
    if outcome.verdict is Verdict.BLOCK and not outcome.counts:
        raise Blocked(outcome)
    why = f"{counted(outcome)} in the address or a header of the request{by_rule(outcome)}"
    raise Blocked(blocked_outcome(item, why, rule=outcome.rule, reference=outcome.reference))


def by_rule(outcome: Outcome) -> str:
    """The rule that decided, in brackets; nothing when none did."""
    return f" (rule {outcome.rule})" if outcome.rule else ""


def counted(outcome: Outcome) -> str:
    """What was found, as in "2 × IBAN, 1 × PERSON"."""
    counts = outcome.counts or count_entities(outcome.findings)
    return ", ".join(f"{count} × {entity}" for entity, count in counts.items()) or "findings"
