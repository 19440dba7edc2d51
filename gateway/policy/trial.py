"""Running a policy's own examples."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import ClassVar

from gateway.errors import GatewayError
from gateway.model import Verdict
from gateway.policy._policy import Policy
from gateway.policy.schema import PolicyTest


@dataclass(frozen=True, slots=True)
class JudgedText:
    """What the program made of a test's text.

    Args:
        verdict: what happened to it.
        text: what would leave; empty when blocked.
        entities: names of the entities that were found, whatever became of them.
    """

    verdict: Verdict
    text: str = field(repr=False)
    entities: Collection[str]


@dataclass(frozen=True, slots=True)
class TestResult:
    """How one test of a policy went; it is ok when there are no problems."""

    __test__: ClassVar[bool] = False  # pytest: not a test class

    name: str
    line: int
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the policy did as its test says."""
        return not self.problems


def run_tests(policy: Policy, judge: Callable[[PolicyTest], JudgedText]) -> list[TestResult]:
    """Run the examples of a policy.

    Args:
        policy: the policy whose ``tests`` are run.
        judge: brings ``test.item()`` to detection and policy. A ``GatewayError`` that it
            raises is a failed test; anything else is a bug and passes through.
    """
    results: list[TestResult] = []
    for index, test in enumerate(policy.tests):
        try:
            problems = tuple(_problems(test, judge(test)))
        except GatewayError as error:
            problems = (f"could not be judged: {error}",)
        results.append(TestResult(test.name, policy.line("tests", index), problems))
    return results


def _problems(test: PolicyTest, judged: JudgedText) -> list[str]:
    """What went otherwise; values of the test are named by their position, never shown."""
    problems: list[str] = []
    if judged.verdict is not test.expect:
        problems.append(f"expected {test.expect}, but it was {judged.verdict}")
    missed = sorted(set(test.entities).difference(judged.entities))
    if missed:
        found = ", ".join(sorted(set(judged.entities))) or "nothing"
        problems.append(f"not found: {', '.join(missed)} (found: {found})")
    if judged.verdict is Verdict.BLOCK:
        return problems
    for number, kept in enumerate(test.keeps, 1):
        if kept not in judged.text:
            problems.append(f"entry {number} of 'keeps' is gone")
    for number, removed in enumerate(test.removes, 1):
        if removed in judged.text:
            problems.append(f"entry {number} of 'removes' is still there")
    if test.output is not None and judged.text != test.output:
        problems.append("the text that would leave is not 'output'")
    return problems
