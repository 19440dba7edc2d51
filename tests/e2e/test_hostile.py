"""Bombs and damaged files through the real workers: a verdict for each, and nothing gets out.

A fixed sample; ``GATEWAY_CORPUS=all`` takes all bombs and more mutants (``python -m
benchmarks.hostile`` prints the same as a table).
"""

import os

import pytest

from benchmarks import documents, hostile
from benchmarks.bombs import bombs
from gateway.model import Verdict

ALL = os.environ.get("GATEWAY_CORPUS") == "all"
SAMPLE = frozenset((
    "zeros.zip", "zeros.txt.gz", "42.zip", "overlapping.zip", "itself.zip", "liar.zip", "nine deep.zip",
    "laughs.docx", "laughs.xlsx", "laughs.svg", "outside.odt", "outside.xml", "quadratic.docx",
    "deep.xml", "deep.json", "deep.toml", "aliases.yaml", "braces.rtf", "large.png", "large.docx",
    "large.tif", "looped.tif", "text chunk.png", "flate.pdf", "form in itself.pdf", "looped pages.pdf", "deep array.pdf",
    "repeated.ods", "deep mail.eml", "large.tar", "endless view.db", "no size.emf", "a at.txt",
))  # fmt: skip
# What expands, loops or lies is blocked; what is only large or deep may also be read.
BLOCKED = frozenset((
    "zeros.zip", "zeros.txt.gz", "42.zip", "overlapping.zip", "itself.zip", "liar.zip", "nine deep.zip",
    "large.png", "large.docx", "large.tif", "flate.pdf", "form in itself.pdf", "large.tar", "text chunk.png",
))  # fmt: skip


@pytest.fixture(scope="module")
def results():
    cases = (
        hostile.Case("bomb", name, data, name) for name, data in bombs() if ALL or name in SAMPLE
    )
    return {result.case.how: result for result in hostile.run(cases)}


@pytest.mark.timeout(1800 if ALL else 300)
def test_every_bomb_gets_a_definite_verdict(results):
    assert SAMPLE <= results.keys()
    assert set() == {how for how, r in results.items() if r.undecided}


def test_what_expands_loops_or_lies_is_blocked(results):
    assert {} == {
        how: results[how].outcome.verdict
        for how in BLOCKED
        if results[how].outcome.verdict is not Verdict.BLOCK
    }


@pytest.fixture(scope="module")
def mutants():
    if not documents.CORPUS.is_dir():
        pytest.skip("the shared corpus is not beside the checkout")
    kinds = ("docx", "doc", "eml", "rtf", "msg", "odt", "xlsx") if not ALL else ()
    paths = documents.sampled(documents.CORPUS, 3 if ALL else 24, kinds)
    return hostile.run(hostile.mutants(hostile.words(paths), 3))


@pytest.mark.timeout(1800 if ALL else 300)
def test_every_damaged_file_gets_a_definite_verdict(mutants):
    assert [] == [(r.case.kind, r.case.how, r.outcome.reason) for r in mutants if r.undecided]


def test_nothing_that_was_to_go_is_in_what_is_released(mutants):
    assert [] == [(r.case.kind, r.case.how, set(r.leaked)) for r in mutants if r.leaked]
