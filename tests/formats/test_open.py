"""One budget for an item and everything inside it; each refusal names its limit."""

import base64
import json
import random

import pytest

from gateway.cli._demo.plants import archive
from gateway.errors import LimitExceeded
from gateway.formats import layers, open_document
from gateway.model import Hint
from gateway.settings import Limits

WIDE = json.dumps([base64.b64encode(archive({f"{n}.txt": b"x" * 40})).decode() for n in range(9)])
DEEP = archive({"a.zip": archive({"b.zip": archive({"c.txt": b"x"})})})
LARGE = archive({"a.txt": random.Random(1).randbytes(1_000_000).hex().encode()})


@pytest.mark.parametrize(
    ("words", "data", "limits"),
    [
        ("larger than 10 bytes", b"x" * 11, Limits(item_bytes=10)),
        ("more than 5 parts", WIDE.encode(), Limits(entries=5)),
        ("nested more than 2 deep", DEEP, Limits(depth=2)),
        ("more than 1000000 bytes", LARGE, Limits(opened_bytes=1_000_000)),
        ("expands more than 1 times", LARGE, Limits(ratio=1)),
    ],
)
def test_a_budget_that_runs_out_is_named(words, data, limits):
    with pytest.raises(LimitExceeded, match=words):
        open_document(data, Hint(), limits)


@pytest.mark.parametrize("limits", [Limits(entries=5), Limits(opened_bytes=100)])
def test_the_verifier_keeps_the_same_budgets(limits):
    with pytest.raises(LimitExceeded):
        list(layers(WIDE.encode(), Hint(), limits))


def test_within_its_budgets_everything_opens():
    for data in (WIDE.encode(), DEEP, LARGE):
        assert not open_document(data, Hint()).unread
