"""A policy is either understood whole, or refused with its line and what to do."""

import pickle
import random
import re
from pathlib import Path

import pytest

from gateway.detect import catalogue
from gateway.errors import ExitCode, PolicyError
from gateway.model import Action, Destination, Finding, Purpose, Surface, Verdict
from gateway.policy import builtin_names, compare, decide, load_policy
from gateway.policy.load import parse_policy

HEAD = "version: 1\nname: p\n"
RULE = HEAD + "rules:\n  - name: a\n    entities: [URL]\n    action: allow\n"


def refused(text, entities, **options):
    with pytest.raises(PolicyError) as caught:
        parse_policy(text.encode(), "p.yaml", entities, **options)
    assert caught.value.exit_code is ExitCode.POLICY
    assert caught.value.remedy
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        ("# only a comment\n", 1, "empty"),
        ("- a\n", 1, "must be 'key: value' lines"),
        ("just words", 1, "must be 'key: value' lines"),
        ("name: p\n", 1, "'version' is missing"),
        ("version: 2\nname: p\n", 1, "'version'"),
        ("version: 1\n\nname:\n", 3, "'name' has no value"),
        ("version: 1\nname: 5\n", 2, "put it in quotes"),
        (HEAD + "treshold: 0.5\n", 3, "unknown key 'treshold'; did you mean 'threshold'?"),
        (HEAD + "threshold: high\n", 3, "'threshold' must be a number"),
        (HEAD + 'threshold: "0.5"\n', 3, "'threshold' must be a number"),
        (HEAD + "threshold: true\n", 3, "'threshold' must be a number"),
        (HEAD + "threshold: 1.5\n", 3, "less than or equal to 1"),
        (HEAD + "thresholds:\n  EMAIL_ADRESS: 0.5\n", 4, "did you mean 'EMAIL_ADDRESS'?"),
        (HEAD + "languages: [en, cn]\n", 3, "unknown value 'cn'"),
        (HEAD + "languages: []\n", 3, "must not be an empty list"),
        (HEAD + "allow_list: [10086]\n", 3, "put it in quotes"),
        (HEAD + "otherwise: redact\n", 3, "unknown value 'redact' for 'otherwise'"),
        (HEAD + "unreadable: alow\n", 3, "did you mean 'allow'?"),
        (HEAD + "unreadable: mask\n", 3, "unknown value 'mask'"),
        (
            HEAD + "failures:\n  - purpose: [chat]\n    action: allow\n",
            4,
            "did you mean 'purposes'?",
        ),
        (HEAD + "deny:\n  - name: x\n", 4, "must say where"),
        (HEAD + "deny: [{hosts: ['http://x.com/']}]\n", 3, "must be a host"),
        (RULE.replace("[URL]", "[URLS]"), 5, "did you mean 'URL'?"),
        (RULE.replace("[URL]", "[]"), 5, "must not be an empty list"),
        (RULE.replace("[URL]", "URL"), 5, "must be a list"),
        (RULE.replace("    entities: [URL]\n", ""), 4, "'entities' is missing"),
        (RULE.replace("action: allow", "action: alow"), 6, "did you mean 'allow'?"),
        (RULE + "    purposes: [chta]\n", 7, "did you mean 'chat'?"),
        (RULE + "    services: []\n", 7, "must not be an empty list"),
        (RULE + "    min_count: 0\n", 7, "greater than or equal to 1"),
        (RULE + "    min_count: true\n", 7, "must be a whole number"),
        (RULE + "    with: {label: x}\n", 4, "has no meaning for the action 'allow'"),
        (RULE + "    action: block\n", 7, "the key 'action' occurs twice"),
        (RULE + "  - name: a\n    entities: [API_KEY]\n    action: block\n", 7, "already used"),
        (RULE + "  - name: b\n    entities: [URL]\n    action: block\n", 7, "can never apply"),
        (RULE.replace("name: a", "name: otherwise"), 4, "reserved"),
        (HEAD + "a: &x 1\n", 3, "anchors"),
        (HEAD + "a: *x\n", 3, "anchors"),
        (HEAD + "name: !!str p\n", 3, "occurs twice"),
        (HEAD + "description: !!str p\n", 3, "tags"),
        (HEAD + "---\nversion: 1\n", 3, "second document"),
        (HEAD + "rules: [\n", 4, "not valid YAML"),
        (HEAD + "\tname: x\n", 3, "not valid YAML"),
        (HEAD + "[a]: 1\n", 3, "a key must be plain text"),
        (HEAD + "rules: " + "[" * 30 + "]" * 30, 3, "nested more than"),
        (HEAD + "tests: [{name: t, expect: allow}]\n", 3, "either 'text' or 'value'"),
        (HEAD + "tests: [{name: t, text: x, expect: pass}]\n", 3, "unknown value 'pass'"),
        (HEAD + "tests:\n- {name: t, text: x, expect: block, keeps: [x]}\n", 4, "has no text"),
        (HEAD + "tests:\n- {name: t, text: x, expect: allow, entities: [CONTACT]}\n", 4, "CONTACT"),
    ],
)
def test_a_mistake_is_named_with_its_line(text, line, words, entities):
    message = refused(text, entities)
    assert re.search(rf"^p\.yaml:{line}: .*{re.escape(words)}", message, re.MULTILINE), message


def test_several_mistakes_are_named_in_the_order_of_their_lines(entities):
    message = refused(HEAD + "rulez: []\nthreshold: x\notherwise: y\n", entities)
    assert ["3", "4", "5"] == re.findall(r"^p\.yaml:(\d+):", message, re.MULTILINE)


def test_an_alias_bomb_is_refused_at_its_first_anchor(entities):
    bomb = 'a: &a ["x","x"]\n' + "".join(
        f"b{n}: &b{n} [{','.join(['*a'] * 9)}]\n" for n in range(30)
    )
    assert "anchors" in refused(bomb, entities)


def test_a_huge_file_is_refused_before_it_is_parsed(tmp_path, entities):
    path = tmp_path / "big.yaml"
    path.write_bytes(b"# " + b"x" * 1_000_001)
    with pytest.raises(PolicyError, match="larger than"):
        load_policy(path, entities)


def test_bytes_that_are_not_utf8_are_refused_with_their_line(entities):
    with pytest.raises(PolicyError, match=r"^p\.yaml:2: not UTF-8"):
        parse_policy("version: 1\nname: 机密\n".encode("gb18030"), "p.yaml", entities)


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter(entities):
    plain = parse_policy(RULE.encode(), "p.yaml", entities)
    windows = parse_policy(b"\xef\xbb\xbf" + RULE.replace("\n", "\r\n").encode(), "q", entities)
    assert plain.fingerprint == windows.fingerprint


def test_a_missing_file_names_the_built_in_policies(entities):
    with pytest.raises(PolicyError) as caught:
        load_policy("strickt", entities)
    assert "default, observe, strict" in caught.value.remedy


def test_a_folder_is_no_policy(tmp_path, entities):
    with pytest.raises(PolicyError, match="cannot read the policy"):
        load_policy(tmp_path, entities)


def test_values_of_lists_and_tests_are_not_shown_in_errors_or_repr(entities):
    text = HEAD + "allow_list: [4111111111111111]\n"
    assert "4111" not in refused(text, entities)
    good = parse_policy((HEAD + "allow_list: ['canary-one']\n").encode(), "p", entities)
    assert "canary-one" not in repr(good)
    assert "canary-one" not in repr(good.content)


def test_service_names_are_checked_when_the_services_are_known(entities):
    text = RULE + "    services: [opanai]\n"
    assert "did you mean 'openai'?" in refused(text, entities, services={"openai", "zoom"})
    assert parse_policy(text.encode(), "p", entities).rules


def test_a_later_rule_for_more_than_the_rule_above_can_apply(policy_of):
    policy = policy_of(
        """rules:
  - {name: a, entities: [URL], purposes: [chat], action: allow}
  - {name: b, entities: [URL], action: block}
  - {name: c, entities: [NETWORK], min_count: 5, action: hash}
  - {name: d, entities: [NETWORK], action: replace}
  - {name: e, entities: ["*"], min_score: 0.9, action: block}
"""
    )
    assert ["a", "b", "c", "d", "e"] == [rule.name for rule in policy.rules]


@pytest.mark.parametrize(
    "below",
    [
        "entities: [IP_ADDRESS]",
        "entities: [URL, IP_ADDRESS]",
        "entities: [URL], purposes: [chat]",
        "entities: [NETWORK], min_count: 4",
        "entities: [URL], roles: [hidden], min_score: 0.9",
    ],
)
def test_a_rule_that_a_group_above_covers_is_refused(below, policy_of):
    with pytest.raises(PolicyError, match="can never apply: rule 'a' above it"):
        policy_of(
            f"rules:\n  - {{name: a, entities: [NETWORK], action: allow}}\n"
            f"  - {{name: b, {below}, action: block}}\n"
        )


def test_a_policy_survives_pickling_unchanged():
    policy = load_policy("default", catalogue())
    assert policy == pickle.loads(pickle.dumps(policy))


def test_comments_and_written_defaults_do_not_change_the_fingerprint(policy_of):
    plain = policy_of("rules: []\n")
    same = policy_of("# words\notherwise: replace\nunreadable: [{action: block}]\n")
    other = policy_of("otherwise: block\n")
    assert plain.fingerprint == same.fingerprint
    assert plain.fingerprint != other.fingerprint
    assert 64 == len(plain.fingerprint)


def _grid(policy):
    """How far each kind of content gets, for each purpose."""
    order = {Action.ALLOW: 0, Action.MASK: 1, Action.HASH: 2, Action.REPLACE: 3, Action.BLOCK: 4}
    grid = {}
    for purpose in Purpose:
        to = Destination("", "", purpose)
        grid["", purpose] = decide(policy, [], [], to, Surface.PROXY).verdict is Verdict.BLOCK
        for entity in policy.groups:
            finding = Finding(entity, 1.0, 0, 0, 1)
            (treatment,) = decide(policy, [finding], [], to, Surface.PROXY).treatments
            grid[entity, purpose] = order[treatment.action]
    return grid


def _mutations(text, count, seed):
    """The policy with one word of its rules misspelt, or one of its lines gone or doubled."""
    chance = random.Random(seed)
    body, tests = text.split("\ntests:\n")
    words = [
        m for m in re.finditer(r"[A-Za-z_\-]{3,}", body) if "#" not in _line_of(body, m.start())
    ]
    lines = body.split("\n")
    for _ in range(count):
        if chance.random() < 0.6:
            word = chance.choice(words)
            at = chance.randrange(word.start(), word.end())
            new = chance.choice(["", body[at] * 2, chance.choice("abcxyz_"), body[at].swapcase()])
            yield body[:at] + new + body[at + 1 :] + "\ntests:\n" + tests
        else:
            at = chance.randrange(len(lines))
            copies = chance.choice([0, 2])
            changed = lines[:at] + lines[at : at + 1] * copies + lines[at + 1 :]
            yield "\n".join(changed) + "\ntests:\n" + tests


def _line_of(text, at):
    return text[text.rfind("\n", 0, at) + 1 : text.find("\n", at)]


@pytest.mark.parametrize(("name", "count"), [("default", 300), ("strict", 200)])
def test_no_mutation_of_a_policy_loosens_it_in_silence(name, count):
    """Each one is refused with its line, or is no looser, or the comparison says "looser"."""
    text = (Path(__file__).parents[2] / "policies" / f"{name}.yaml").read_text("utf-8")
    entities = catalogue()
    original = parse_policy(text.encode(), "p.yaml", entities)
    before = _grid(original)
    unnamed = 0
    outcomes = {"refused": 0, "reported": 0, "no looser": 0}
    for mutated in _mutations(text, count, seed=7):
        try:
            changed = parse_policy(mutated.encode(), "p.yaml", entities)
        except PolicyError as error:
            unnamed += not re.match(r"p\.yaml:\d+: ", str(error))
            outcomes["refused"] += 1
            continue
        after = _grid(changed)
        looser = any(after[cell] < level for cell, level in before.items())
        if looser:
            assert any(line.startswith("looser: ") for line in compare(original, changed))
        outcomes["reported" if looser else "no looser"] += 1
    assert 0 == unnamed
    assert count / 2 < outcomes["refused"], outcomes


def test_the_built_in_policies_are_the_three():
    assert ("default", "observe", "strict") == builtin_names()
