"""A policy's own examples fail when, and only when, the program does otherwise."""

import pytest

from gateway.errors import Unreadable
from gateway.model import Surface, Verdict
from gateway.policy import JudgedText, run_tests, warnings

CASE = """tests:
  - name: t
    text: "call 555"
    to: {service: openai, purpose: chat, host: api.openai.com}
    surface: cli
    expect: redact
    entities: [PHONE_NUMBER]
    keeps: [call]
    removes: ["555"]
    output: "call [X]"
"""


def run(policy, verdict, text, entities):
    (result,) = run_tests(policy, lambda _: JudgedText(verdict, text, entities))
    return result


def test_a_test_passes_when_all_is_as_written(policy_of):
    result = run(policy_of(CASE), Verdict.REDACT, "call [X]", ["PHONE_NUMBER", "URL"])
    assert (True, (), "t", 4) == (result.ok, result.problems, result.name, result.line)


@pytest.mark.parametrize(
    ("verdict", "text", "entities", "problem"),
    [
        (Verdict.ALLOW, "call [X]", ["PHONE_NUMBER"], "expected redact, but it was allow"),
        (Verdict.BLOCK, "", ["PHONE_NUMBER"], "expected redact, but it was block"),
        (Verdict.REDACT, "call [X]", ["URL"], "not found: PHONE_NUMBER (found: URL)"),
        (Verdict.REDACT, "[X]", ["PHONE_NUMBER"], "entry 1 of 'keeps' is gone"),
        (Verdict.REDACT, "call 555", ["PHONE_NUMBER"], "entry 1 of 'removes' is still there"),
        (Verdict.REDACT, "call [Y]", ["PHONE_NUMBER"], "the text that would leave is not 'output'"),
    ],
)
def test_each_difference_fails_it(verdict, text, entities, problem, policy_of):
    result = run(policy_of(CASE), verdict, text, entities)
    assert not result.ok
    assert problem in result.problems
    assert "555" not in "".join(result.problems)


def test_an_item_that_cannot_be_judged_fails_its_test(policy_of):
    def judge(_):
        raise Unreadable("encrypted")

    (result,) = run_tests(policy_of(CASE), judge)
    assert ("could not be judged: encrypted",) == result.problems


def test_a_test_becomes_an_item_on_its_way(policy_of):
    (test,) = policy_of(CASE).tests
    item = test.item()
    assert (b"call 555", "openai", Surface.CLI) == (
        item.data,
        item.destination.service,
        item.surface,
    )


def test_a_value_becomes_a_table_with_its_context_as_header(policy_of):
    text = "tests: [{name: t, value: '6\"2', context: [银行, 卡号], expect: redact}]\n"
    (test,) = policy_of(text).tests
    assert '"银行 卡号"\r\n"6""2"\r\n'.encode() == test.item().data
    assert ".csv" == test.item().hint.suffix


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("failures: allow\n", 3, "failures: allow"),
        ("unreadable: allow\n", 3, "unreadable: allow"),
        ("otherwise: allow\n", 3, "otherwise: allow"),
        ("rules:\n  - {name: a, entities: ['*'], action: allow}\n", 4, "everything everywhere"),
    ],
)
def test_check_warns_of_what_lets_things_through(text, line, words, policy_of):
    found = warnings(policy_of(text + "tests: [{name: t, text: x, expect: allow}]\n"))
    assert [(line, True)] == [(w.line, words in str(w)) for w in found]


def test_check_warns_of_a_policy_without_tests(policy_of):
    assert ["line 2: the policy has no tests"] == [str(w) for w in warnings(policy_of(""))]
