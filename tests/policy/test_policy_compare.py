"""Every loosening is named."""

import re

import pytest

from gateway.policy import compare

BASE = """deny: [{purposes: [telemetry]}]
threshold: 0.5
languages: [en, zh]
rules:
  - {name: keys, entities: [SECRETS], action: block}
  - {name: cards, entities: [CREDIT_CARD], services: [openai], action: block}
  - {name: more, entities: [CREDIT_CARD], hosts: ["*.bank.com"], action: mask, with: {keep_last: 2}}
  - {name: hidden, entities: [CONTACT], roles: [hidden], action: block}
  - {name: many, entities: [PERSONAL], min_count: 9, action: block}
"""


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "SECRETS], action: block",
            "SECRETS], action: allow",
            "looser: API_KEY to chat, collaboration, connected-experience, other, sign-in, storage: "
            r"block → allow \(rule keys\)",
        ),
        ("[openai], action: block", "[openai], action: allow", "looser: CREDIT_CARD"),
        ("[openai]", "[openai], surfaces: [proxy]", "looser: CREDIT_CARD"),
        ("keep_last: 2", "keep_last: 6", "looser: CREDIT_CARD .*: mask keeping 2 → mask keeping 6"),
        (
            "roles: [hidden]",
            "roles: [hidden], min_score: 0.9",
            "looser: EMAIL_ADDRESS, PHONE_NUMBER",
        ),
        ("min_count: 9", "min_count: 90", "looser: .*CN_RESIDENT_ID"),
        ("deny: [{purposes: [telemetry]}]", "", "looser: anything to telemetry: block → allow"),
        ("deny:", "unreadable: allow\ndeny:", "looser: unreadable content"),
        ("deny:", "metadata: keep\ndeny:", "looser: authors and revision ids .*: strip → keep"),
        ("deny:", "failures: allow\ndeny:", "looser: failures to chat"),
        (
            "deny:",
            "connected_experiences: allow\ndeny:",
            "looser: .*unreadable content to connected-experience: block → allow",
        ),
        ("threshold: 0.5", "threshold: 0.8", r"looser: .* from score 0\.8 on, before from 0\.5"),
        ("[en, zh]", "[en]", "looser: language zh is no longer read"),
        ("deny:", "allow_list: [a, b]\ndeny:", "looser: 2 more on the allow list"),
        ("deny:", "otherwise: allow\ndeny:", "looser: .*: replace → allow"),
    ],
)
def test_a_loosening_is_reported_and_its_reverse_is_a_tightening(old, new, line, policy_of):
    first, second = policy_of(BASE), policy_of(BASE.replace(old, new, 1))
    changes = compare(first, second)
    assert any(re.match(line, change) for change in changes), changes
    back = compare(second, first)
    assert back
    assert not [change for change in back if change.startswith("looser")]


def test_equal_policies_have_no_changes(policy_of):
    assert [] == compare(policy_of(BASE), policy_of("# words\n" + BASE))


def test_looser_lines_come_first_and_hold_no_listed_values(policy_of):
    tighter = BASE.replace("threshold: 0.5", "threshold: 0.1") + "allow_list: [canary-value]\n"
    changes = compare(policy_of(BASE), policy_of(tighter))
    assert ["looser", "stricter"] == [change.partition(":")[0] for change in changes]
    assert "canary" not in "".join(changes)
