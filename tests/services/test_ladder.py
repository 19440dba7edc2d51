"""The strategy ladder: the lowest rung that satisfies every binding, for one request and for several."""

import base64

import pytest

from gateway.services.ladder import Strategy, plan
from gateway.services.signatures import SigningKeys
from gateway.services.signatures.azure import SharedKeySigner
from gateway.services.wire import Call

NO_KEYS = SigningKeys()
SECRET = base64.b64encode(b"k" * 32).decode()
KEYS = SigningKeys({"acc": SECRET})
WRONG = SigningKeys({"acc": base64.b64encode(b"j" * 32).decode()})
LENGTH = {"Authorization": "SharedKey acc:c2ln", "Content-Length": "4"}
DIGEST = {"Authorization": "SharedKey acc:c2ln", "Content-MD5": "x"}
NO_KIND = {"X-Kso-Authorization": "KSO-1 id:sig"}


def request(headers):
    return Call(tuple(headers.items()), b"text", "PUT", "https://acc.example/")


def signed(headers):
    """As the owner of the account's key would send it; tried against Microsoft's code elsewhere."""
    call = request(headers)
    signer = SharedKeySigner(SECRET)
    signer._order = lambda name: (name, 0)
    return signer.sign(call)


@pytest.mark.parametrize(
    ("headers", "strategy", "size"),
    [
        ({}, Strategy.REWRITE, None),
        ({"Content-MD5": "x"}, Strategy.RECOMPUTE, None),
        (LENGTH, Strategy.FIT, 4),
        (DIGEST, Strategy.BLOCK, None),
        ({"Authorization": "OSS id:c2ln"}, Strategy.REWRITE, None),
        (NO_KIND, Strategy.BLOCK, None),
        (LENGTH | {"Content-Encoding": "br"}, Strategy.BLOCK, None),
    ],
)
def test_one_request_takes_the_lowest_rung(headers, strategy, size):
    found = plan([request(headers)], b"text", NO_KEYS)
    assert (strategy, size) == (found.strategy, found.size)


@pytest.mark.parametrize("headers", [LENGTH, DIGEST])
def test_with_the_key_nothing_is_padded(headers):
    assert Strategy.RESIGN is plan([signed(headers)], b"text", KEYS).strategy


def test_a_key_that_did_not_sign_is_no_key():
    assert Strategy.FIT is plan([signed(LENGTH)], b"text", WRONG).strategy
    blocked = plan([signed(DIGEST)], b"text", WRONG)
    assert Strategy.BLOCK is blocked.strategy
    assert "did not make its signature" in blocked.why


def test_a_block_says_what_would_help_and_only_what_would():
    assert "`gateway services key add`" in plan([request(DIGEST)], b"text", NO_KEYS).why
    assert "key add" not in plan([request(NO_KIND)], b"text", NO_KEYS).why


@pytest.mark.parametrize("held", [Strategy.COLLAPSE, Strategy.DEFER])
def test_an_upload_that_nothing_signs_is_held_as_its_service_allows(held):
    assert held is plan([], b"text", NO_KEYS, held).strategy
    assert held is plan([request({"Content-MD5": "x"})], b"text", NO_KEYS, held).strategy


@pytest.mark.parametrize("held", [Strategy.COLLAPSE, Strategy.DEFER])
@pytest.mark.parametrize(
    ("calls", "keys", "strategy"),
    [
        ([LENGTH, LENGTH], NO_KEYS, Strategy.FIT),
        ([LENGTH, DIGEST], NO_KEYS, Strategy.BLOCK),
        ([LENGTH, DIGEST], KEYS, Strategy.RESIGN),
        ([{}, DIGEST], KEYS, Strategy.RESIGN),
        ([DIGEST, NO_KIND], KEYS, Strategy.BLOCK),
    ],
)
def test_an_upload_is_bound_by_all_its_requests_together(calls, keys, strategy, held):
    sent = [signed(one) if "Authorization" in one else request(one) for one in calls]
    assert strategy is plan(sent, b"text", keys, held).strategy


@pytest.mark.parametrize("keys", [NO_KEYS, KEYS])
def test_a_size_that_the_service_knows_already_cannot_change(keys):
    found = plan([signed(LENGTH)], b"text", keys, Strategy.COLLAPSE, told_size=True)
    assert (Strategy.FIT, 4) == (found.strategy, found.size)
    assert Strategy.BLOCK is plan([request(NO_KIND)], b"text", keys, told_size=True).strategy
