"""decide() is a pure function, and when in doubt it blocks."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import (
    Action,
    Decision,
    Destination,
    Finding,
    Purpose,
    Role,
    Surface,
    Unread,
    Verdict,
)
from gateway.policy import decide, decide_failure, decide_unreadable, detection_options
from gateway.policy.load import parse_policy

CHAT = Destination("openai", "api.openai.com", Purpose.CHAT)
STORAGE = Destination("onedrive", "graph.microsoft.com", Purpose.STORAGE)


def found(entity, score=0.9, role=Role.BODY):
    return Finding(entity, score, 0, 0, 4, role=role)


def actions(decision):
    return [treatment.action for treatment in decision.treatments]


def test_nothing_found_and_everything_read_is_allowed(policy_of):
    assert Decision(Verdict.ALLOW) == decide(policy_of(""), [], [], CHAT, Surface.PROXY)


def test_what_no_rule_names_is_replaced(policy_of):
    decision = decide(policy_of(""), [found("URL"), found("NEW_KIND")], [], CHAT, Surface.CLI)
    assert Verdict.REDACT == decision.verdict
    assert [Action.REPLACE] * 2 == actions(decision)
    assert "otherwise" == decision.rule
    assert "" == decision.reason


def test_the_first_matching_rule_decides_for_each_finding(policy_of):
    policy = policy_of(
        """rules:
  - {name: one, entities: [URL], action: allow}
  - {name: two, entities: [NETWORK], action: hash, with: {length: 8}}
  - {name: three, entities: [PERSONAL], action: mask, with: {keep_last: 2}}
"""
    )
    findings = [found("IP_ADDRESS"), found("URL"), found("EMAIL_ADDRESS"), found("API_KEY")]
    decision = decide(policy, findings, [], CHAT, Surface.PROXY)
    assert [Action.HASH, Action.ALLOW, Action.MASK, Action.REPLACE] == actions(decision)
    assert ["two", "one", "three", "otherwise"] == [t.rule for t in decision.treatments]
    assert {"length": 8} == decision.treatments[0].params
    assert {"keep_last": 2} == decision.treatments[2].params


def test_one_blocked_finding_blocks_all_and_the_reason_counts_by_rule(policy_of):
    policy = policy_of(
        """rules:
  - {name: keys-never, entities: [SECRETS, CREDIT_CARD], action: block}
  - {name: ids, entities: [GOVERNMENT_ID], action: block}
"""
    )
    names = ["API_KEY", "URL", "CREDIT_CARD", "API_KEY", "CN_RESIDENT_ID"]
    decision = decide(policy, [found(n) for n in names], [], CHAT, Surface.PROXY)
    assert Verdict.BLOCK == decision.verdict
    assert "keys-never" == decision.rule
    expected = "2 × API_KEY, 1 × CREDIT_CARD (rule keys-never); 1 × CN_RESIDENT_ID (rule ids)"
    assert expected == decision.reason


@pytest.mark.parametrize(
    ("scope", "destination", "surface", "matches"),
    [
        ("services: [openai]", CHAT, Surface.PROXY, True),
        ("services: [openai]", STORAGE, Surface.PROXY, False),
        ("purposes: [storage, chat]", CHAT, Surface.PROXY, True),
        ("purposes: [storage]", CHAT, Surface.PROXY, False),
        ("surfaces: [watch]", CHAT, Surface.WATCH, True),
        ("surfaces: [watch]", CHAT, Surface.PROXY, False),
        ("hosts: [api.openai.com]", CHAT, Surface.PROXY, True),
        ("hosts: ['*.OpenAI.com']", CHAT, Surface.PROXY, True),
        ("hosts: ['*.openai.com']", Destination(host="openai.com"), Surface.PROXY, False),
        ("hosts: ['*.openai.com']", Destination(host="evilopenai.com"), Surface.PROXY, False),
        ("hosts: ['*.openai.com']", Destination(host="API.OPENAI.COM."), Surface.PROXY, True),
        ("hosts: [openai.com]", CHAT, Surface.PROXY, False),
        ("hosts: ['*']", Destination(), Surface.CLI, True),
        ("hosts: [例子.公司]", Destination(host="xn--fsqu00a.xn--55qx5d"), Surface.PROXY, True),
        ("hosts: ['::1']", Destination(host="::1"), Surface.PROXY, True),
        ("services: [openai], purposes: [storage]", CHAT, Surface.PROXY, False),
    ],
)
def test_a_rule_applies_where_it_says(scope, destination, surface, matches, policy_of):
    policy = policy_of(f"rules:\n  - {{name: a, entities: [URL], {scope}, action: block}}\n")
    decision = decide(policy, [found("URL")], [], destination, surface)
    assert matches == (decision.verdict is Verdict.BLOCK)


def test_a_rule_for_roles_leaves_other_text_alone(policy_of):
    policy = policy_of("rules:\n  - {name: a, entities: [URL], roles: [hidden], action: block}\n")
    seen = [found("URL", role=Role.BODY), found("URL", role=Role.HIDDEN)]
    assert [Action.REPLACE, Action.BLOCK] == actions(decide(policy, seen, [], CHAT, Surface.CLI))


def test_min_score_lets_doubtful_findings_fall_through(policy_of):
    policy = policy_of("rules:\n  - {name: a, entities: [URL], min_score: 0.8, action: block}\n")
    seen = [found("URL", 0.79), found("URL", 0.8)]
    assert [Action.REPLACE, Action.BLOCK] == actions(decide(policy, seen, [], CHAT, Surface.CLI))


def test_min_count_counts_all_findings_that_the_rule_names(policy_of):
    policy = policy_of("rules:\n  - {name: a, entities: [CONTACT], min_count: 3, action: block}\n")
    two = [found("EMAIL_ADDRESS"), found("PHONE_NUMBER"), found("URL")]
    assert [Action.REPLACE] * 3 == actions(decide(policy, two, [], CHAT, Surface.CLI))
    three = [*two, found("EMAIL_ADDRESS")]
    blocked = [Action.BLOCK, Action.BLOCK, Action.REPLACE, Action.BLOCK]
    assert blocked == actions(decide(policy, three, [], CHAT, Surface.CLI))


def test_unread_parts_block_and_the_reason_names_why_but_not_where(policy_of):
    unread = [Unread("customers/Zhang.docx", "encrypted"), Unread("x", "image: not read yet")]
    decision = decide(policy_of(""), [], unread, CHAT, Surface.PROXY)
    assert (Verdict.BLOCK, "unreadable") == (decision.verdict, decision.rule)
    assert "could not be read: 2 parts (encrypted; image: not read yet)" == decision.reason


def test_many_reasons_for_unread_parts_are_cut_short(policy_of):
    unread = [Unread("", f"why {n}") for n in range(9)]
    decision = decide(policy_of(""), [], unread, CHAT, Surface.PROXY)
    assert decision.reason.startswith("could not be read: 9 parts (why 0; ")
    assert decision.reason.endswith("; 4 more reasons)")


def test_unread_parts_and_blocked_findings_are_both_named(policy_of):
    policy = policy_of("otherwise: block\n")
    decision = decide(policy, [found("URL")], [Unread("", "encrypted")], CHAT, Surface.PROXY)
    expected = "1 × URL (rule otherwise); could not be read: 1 part (encrypted)"
    assert expected == decision.reason


def test_unreadable_content_may_be_allowed_by_kind_and_place(policy_of):
    policy = policy_of(
        """unreadable:
  - {kinds: [image], purposes: [storage], action: allow}
"""
    )
    image, locked = Unread("a", "image: not read yet"), Unread("b", "encrypted")

    def verdict(parts, to):
        return decide(policy, [], parts, to, Surface.PROXY).verdict

    assert Verdict.ALLOW == verdict([image], STORAGE)
    assert Verdict.BLOCK == verdict([image, locked], STORAGE)
    assert Verdict.BLOCK == verdict([image], CHAT)
    assert Verdict.BLOCK == verdict([Unread("c", "imagery: odd")], STORAGE)


def test_findings_are_still_redacted_when_unread_parts_are_allowed(policy_of):
    policy = policy_of("unreadable: allow\n")
    decision = decide(policy, [found("URL")], [Unread("", "encrypted")], CHAT, Surface.PROXY)
    assert Verdict.REDACT == decision.verdict


def test_a_denied_destination_gets_nothing_not_even_clean_content(policy_of):
    policy = policy_of("deny:\n  - {name: reports, purposes: [telemetry]}\n")
    to = Destination(purpose=Purpose.TELEMETRY)
    clean = decide(policy, [], [], to, Surface.PROXY)
    assert (Verdict.BLOCK, "reports") == (clean.verdict, clean.rule)
    assert "nothing may go there (rule reports)" == clean.reason
    assert [Action.BLOCK] * 2 == actions(decide(policy, [found("URL")] * 2, [], to, Surface.PROXY))
    assert Verdict.BLOCK == decide_unreadable(policy, "encrypted", to, Surface.PROXY).verdict
    assert Verdict.BLOCK == decide_failure(policy, "crashed", to, Surface.PROXY).verdict
    assert Verdict.ALLOW == decide(policy, [], [], CHAT, Surface.PROXY).verdict


def test_a_denial_without_a_name_is_called_by_what_it_denies(policy_of):
    policy = policy_of("deny: [{purposes: [telemetry], hosts: ['*.example.com']}]\n")
    to = Destination(host="a.example.com", purpose=Purpose.TELEMETRY)
    rule = decide(policy, [], [], to, Surface.PROXY).rule
    assert "deny telemetry, *.example.com" == rule


def test_unreadable_and_failed_items_are_blocked_unless_policy_says_otherwise(policy_of):
    strict, loose = policy_of(""), policy_of("unreadable: allow\nfailures: allow\n")
    unreadable = decide_unreadable(strict, "encrypted", CHAT, Surface.PROXY)
    failed = decide_failure(strict, "took longer than 60 s", CHAT, Surface.PROXY)
    assert (Verdict.BLOCK, "could not be read: encrypted") == (
        unreadable.verdict,
        unreadable.reason,
    )
    assert "could not be checked: took longer than 60 s" == failed.reason
    assert ("unreadable", "failures") == (unreadable.rule, failed.rule)
    assert Verdict.ALLOW == decide_unreadable(loose, "encrypted", CHAT, Surface.PROXY).verdict
    assert Verdict.ALLOW == decide_failure(loose, "crashed", CHAT, Surface.PROXY).verdict


def test_a_list_of_failures_that_names_another_place_blocks_here(policy_of):
    policy = policy_of("failures: [{purposes: [storage], action: allow}]\n")
    assert Verdict.BLOCK == decide_failure(policy, "crashed", CHAT, Surface.PROXY).verdict
    assert Verdict.ALLOW == decide_failure(policy, "crashed", STORAGE, Surface.PROXY).verdict


def test_thresholds_by_group_reach_each_entity_and_its_own_beats_them(policy_of):
    policy = policy_of(
        "thresholds: {PERSONAL: 0.6, CONTACT: 0.3, EMAIL_ADDRESS: 0.9}\nallow_list: ['x']\n"
    )
    options = detection_options(policy, ["Falcon"])
    expected = {"EMAIL_ADDRESS": 0.9, "PHONE_NUMBER": 0.3, "CN_RESIDENT_ID": 0.6}
    assert expected == options.thresholds
    assert (("x",), ("Falcon",)) == (options.allow_list, options.values)
    assert options == pickle.loads(pickle.dumps(options))


POLICY = parse_policy(
    b"""version: 1
name: p
deny: [{services: [never]}]
unreadable: [{kinds: [image], action: allow}]
rules:
  - {name: a, entities: [SECRETS], purposes: [chat], action: block}
  - {name: b, entities: [URL], action: allow}
  - {name: c, entities: [CONTACT], min_count: 3, action: block}
  - {name: d, entities: [PERSONAL], roles: [metadata], action: mask}
""",
    "p",
    {
        "URL": frozenset({"NETWORK"}),
        "API_KEY": frozenset({"SECRETS"}),
        "EMAIL_ADDRESS": frozenset({"PERSONAL", "CONTACT"}),
    },
)


@given(
    names=st.lists(st.sampled_from(["URL", "API_KEY", "EMAIL_ADDRESS", "OTHER"]), max_size=8),
    roles=st.lists(st.sampled_from(list(Role)), min_size=8, max_size=8),
    whys=st.lists(st.sampled_from(["encrypted", "image: x"]), max_size=3),
    service=st.sampled_from(["", "never"]),
    purpose=st.sampled_from(list(Purpose)),
)
def test_the_verdict_follows_from_treatments_unread_parts_and_denial(
    names, roles, whys, service, purpose
):
    findings = [found(n, role=r) for n, r in zip(names, roles, strict=False)]
    unread = [Unread("", why) for why in whys]
    decision = decide(POLICY, findings, unread, Destination(service, "", purpose), Surface.PROXY)
    seen = actions(decision)
    assert len(findings) == len(seen)
    must_block = service == "never" or Action.BLOCK in seen or "encrypted" in whys
    changed = bool(set(seen) & {Action.REPLACE, Action.MASK, Action.HASH})
    expected = Verdict.BLOCK if must_block else Verdict.REDACT if changed else Verdict.ALLOW
    assert expected == decision.verdict
    assert must_block == bool(decision.reason)
    many = names.count("EMAIL_ADDRESS") >= 3
    for finding, action in zip(findings, seen, strict=True):
        if service == "never":
            assert Action.BLOCK == action
        elif finding.entity == "URL":
            assert Action.ALLOW == action
        elif finding.entity == "API_KEY":
            assert (Action.BLOCK if purpose is Purpose.CHAT else Action.REPLACE) == action
        elif finding.entity == "EMAIL_ADDRESS" and many:
            assert Action.BLOCK == action
        elif finding.entity == "EMAIL_ADDRESS" and finding.role is Role.METADATA:
            assert Action.MASK == action
        else:
            assert Action.REPLACE == action
