"""The switch for what applications send on their own while somebody writes."""

import pytest

from gateway.model import Action, Destination, Finding, Purpose, Surface, Unread
from gateway.policy import (
    builtin_names,
    compare,
    decide,
    decide_failure,
    decide_unreadable,
    describe,
    load_policy,
    warnings,
)

PROOFING = Destination("microsoft-graph", "", Purpose.CONNECTED_EXPERIENCE)
CHAT = Destination("openai", "", Purpose.CHAT)
LOCKED = [Unread("", "encrypted")]
RULES = "otherwise: replace\ntests: [{name: t, text: a, expect: allow}]\n"


def card() -> Finding:
    return Finding("CREDIT_CARD", 1.0, 0, 0, 16)


def verdicts(policy, to):
    """Of clean content, a finding, an unread part, something unreadable, a failure."""
    return [
        decide(policy, [], [], to, Surface.PROXY).verdict.value,
        decide(policy, [card()], [], to, Surface.PROXY).verdict.value,
        decide(policy, [], LOCKED, to, Surface.PROXY).verdict.value,
        decide_unreadable(policy, "encrypted", to, Surface.PROXY).verdict.value,
        decide_failure(policy, "crashed", to, Surface.PROXY).verdict.value,
    ]


@pytest.mark.parametrize(
    ("switch", "expected"),
    [
        ("", ["allow", "redact", "block", "block", "block"]),
        ("connected_experiences: inspect\n", ["allow", "redact", "block", "block", "block"]),
        ("connected_experiences: deny\n", ["block"] * 5),
        ("connected_experiences: allow\n", ["allow", "allow", "allow", "allow", "block"]),
    ],
)
def test_the_switch_decides_about_connected_experiences(switch, expected, policy_of):
    assert expected == verdicts(policy_of(switch + RULES), PROOFING)


@pytest.mark.parametrize("choice", ["allow", "inspect", "deny"])
def test_the_switch_changes_nothing_elsewhere(choice, policy_of):
    policy = policy_of(f"connected_experiences: {choice}\n{RULES}")
    assert verdicts(policy_of(RULES), CHAT) == verdicts(policy, CHAT)


def test_a_place_that_is_denied_stays_denied_when_connected_experiences_are_allowed(policy_of):
    policy = policy_of(
        "connected_experiences: allow\n"
        "deny: [{name: ours, purposes: [connected-experience], surfaces: [proxy]}]\n"
    )
    assert "ours" == decide(policy, [], [], PROOFING, Surface.PROXY).rule


def test_a_refusal_names_the_switch_and_keeps_each_finding_accounted_for(policy_of):
    policy = policy_of("connected_experiences: deny\n")
    decision = decide(policy, [card(), card()], [], PROOFING, Surface.PROXY)
    assert "connected experiences" == decision.rule
    assert "nothing may go there (rule connected experiences)" == decision.reason
    assert [Action.BLOCK] * 2 == [t.action for t in decision.treatments]


def test_no_rule_may_take_the_name_of_the_switch(policy_of):
    from gateway.errors import PolicyError

    with pytest.raises(PolicyError, match="reserved"):
        policy_of("rules: [{name: connected experiences, entities: ['*'], action: allow}]\n")


@pytest.mark.parametrize(
    ("choice", "shown", "warned"), [("allow", 1, 1), ("inspect", 0, 0), ("deny", 1, 0)]
)
def test_the_table_shows_a_switch_that_is_set_and_allowing_is_warned_of(
    choice, shown, warned, policy_of
):
    policy = policy_of(f"connected_experiences: {choice}\n{RULES}")
    rows = [line for line in describe(policy).splitlines() if line.startswith("connected")]
    assert shown == len(rows)
    assert all(row.endswith({"allow": "allow", "deny": "block"}[choice]) for row in rows)
    assert [3] * warned == [w.line for w in warnings(policy) if "connected" in w.what]


def test_tightening_to_deny_is_no_loosening(policy_of):
    changes = compare(policy_of(RULES), policy_of(f"connected_experiences: deny\n{RULES}"))
    assert changes
    assert not [line for line in changes if line.startswith("looser")]


@pytest.mark.parametrize("name", builtin_names())
def test_the_built_in_policies_treat_background_traffic_as_they_say(name, entities):
    """Observe stops nothing; strict sends none of it; default denies reports and inspects the rest."""
    from gateway.detect import catalogue

    policy = load_policy(name, catalogue())
    reports = Destination("zoom", "", Purpose.TELEMETRY)
    told = [decide(policy, [], [], to, Surface.PROXY).verdict.value for to in (reports, PROOFING)]
    expected = {
        "observe": ["allow", "allow"],
        "default": ["block", "allow"],
        "strict": ["block", "block"],
    }
    assert expected[name] == told
