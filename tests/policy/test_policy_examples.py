"""The examples in the built-in policies hold for the real pipeline."""

import re
from pathlib import Path

import pytest

from gateway.detect import catalogue
from gateway.model import Destination, Hint, Item, Purpose, Surface, Verdict
from gateway.pipeline import build
from gateway.policy import JudgedText, builtin_names, load_policy, run_tests
from gateway.policy.load import parse_policy
from gateway.settings import Limits

PIPELINES = {}
GUIDE = Path(__file__).parents[2] / "docs" / "policy.md"


def pipeline(name):
    if name not in PIPELINES:
        PIPELINES[name] = build(load_policy(name, catalogue()), b"k" * 32, Limits())
    return PIPELINES[name]


def judge_with(judging):
    def judge(test):
        outcome = judging.process(test.item())
        entities = [finding.entity for finding in outcome.findings]
        return JudgedText(outcome.verdict, (outcome.data or b"").decode(), entities)

    return judge


@pytest.mark.parametrize("name", builtin_names())
def test_every_example_of_a_built_in_policy_holds(name):
    results = run_tests(load_policy(name, catalogue()), judge_with(pipeline(name)))
    assert [] == [(r.name, r.problems) for r in results if not r.ok]
    assert len(results) >= 8


def test_every_policy_in_the_guide_can_be_used_and_its_examples_hold():
    results = []
    for text in re.findall(r"```yaml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL):
        whole = text if "version: 1" in text else f"version: 1\nname: part\n{text}"
        policy = parse_policy(whole.encode(), "policy.md", catalogue())
        if policy.tests:
            judge = judge_with(build(policy, b"k" * 32, Limits()))
            results += run_tests(policy, judge)
    assert [] == [(r.name, r.problems) for r in results if not r.ok]
    assert 4 == len(results)


@pytest.mark.parametrize(
    "text",
    [
        "listening on 127.0.0.1, ::1 and 0.0.0.0",
        "See https://example.org/a?b=c and build 4.11.0-rc.2 (commit 9fceb02d0ae598e95dc970b74767f19372d61af8)",
        "Invoice 2026-0042 of 2026-03-01, total 1,299.00 EUR",
        "订单号 20260301000042，合计 1,299.00 元",
    ],
)
def test_the_default_policy_raises_no_alarm_about_ordinary_text(text):
    item = Item(
        text.encode(), Hint("a.txt"), Destination("openai", "", Purpose.CHAT), Surface.PROXY
    )
    outcome = pipeline("default").process(item)
    assert (Verdict.ALLOW, {}) == (outcome.verdict, dict(outcome.counts))


def test_the_default_policy_gives_the_same_address_the_same_mark():
    text = b"from 81.2.69.142 to 81.2.69.160, answer to 81.2.69.142"
    item = Item(text, Hint("a.txt"), Destination("openai", "", Purpose.CHAT), Surface.PROXY)
    words = (pipeline("default").process(item).data or b"").decode().replace(",", "").split()
    first, second, third = words[1], words[3], words[6]
    assert first == third
    assert first != second
    assert first.startswith("[IP_ADDRESS:")
