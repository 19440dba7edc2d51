"""A replacement never shows the value, nor most of it, and is always the same."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Action, Treatment
from gateway.redaction import Redactor

KEY = bytes(range(32))
REDACTOR = Redactor(KEY)


def replaced(action, value, entity="CREDIT_CARD", **params):
    return REDACTOR.replacement(Treatment(action, "r", params), entity, value)


@pytest.mark.parametrize(
    ("params", "value", "expected"),
    [
        ({}, "4111 1111 1111 1234", "*******************"),
        ({"keep_last": 4}, "4111 1111 1111 1234", "***************1234"),
        ({"keep_last": 4, "keep_separators": True}, "4111-1111-1111-1234", "****-****-****-1234"),
        ({"keep_last": 4, "keep_separators": True}, "4111-1111-1112-34", "****-****-**12-34"),
        ({"keep_first": 6, "keep_last": 2}, "6222021234567890", "622202********90"),
        ({"keep_first": 1, "character": "●"}, "张伟强东", "张●●●"),
        ({"keep_separators": True}, "ann@example.com", "***@*******.***"),
        ({"keep_last": 2, "keep_separators": True}, "１２３４－５６７８", "****－**７８"),
    ],
)
def test_a_mask_keeps_what_it_is_told_to(params, value, expected):
    assert expected == replaced(Action.MASK, value, **params)


@pytest.mark.parametrize(
    ("params", "value"),
    [
        ({"keep_last": 4}, "1234"),
        ({"keep_last": 4}, "1234567"),
        ({"keep_first": 8, "keep_last": 8}, "123456789012345"),
        ({"keep_separators": True}, "-- --"),
        ({"character": "1"}, "1111 1111"),
        ({"character": "x"}, "xxxxxxx1"),
        ({"character": "*"}, "****"),
    ],
)
def test_a_mask_that_would_show_more_than_half_gives_way_to_the_label(params, value):
    assert "[CREDIT_CARD]" == replaced(Action.MASK, value, **params)


def test_a_label_stands_in_the_place_of_the_value():
    assert "[EMAIL_ADDRESS]" == replaced(Action.REPLACE, "a@b.cn", "EMAIL_ADDRESS")
    assert "【邮箱】" == replaced(Action.REPLACE, "a@b.cn", label="【邮箱】")


@pytest.mark.parametrize("value", ["Card", "CREDIT_card", "ＣＡＲＤ", "credit card", "D", "["])
def test_a_label_that_holds_the_value_gives_way(value):
    new = replaced(Action.REPLACE, value)
    assert new in {"[REDACTED]", "█████"}
    assert unicodedata.normalize("NFKC", value).casefold() not in new.casefold()


def test_a_hash_is_the_same_for_the_same_value_and_differs_by_value_entity_and_key():
    marks = {
        replaced(Action.HASH, "4111111111111111"),
        replaced(Action.HASH, "4111111111111112"),
        replaced(Action.HASH, "4111111111111111", "IBAN_CODE").replace("IBAN_CODE", "CREDIT_CARD"),
        Redactor(b"x" * 32).replacement(
            Treatment(Action.HASH, "r"), "CREDIT_CARD", "4111111111111111"
        ),
    }
    assert 4 == len(marks)
    assert replaced(Action.HASH, "x") == replaced(Action.HASH, "x")
    assert 12 == len(replaced(Action.HASH, "x").partition(":")[2].rstrip("]"))
    assert 20 == len(replaced(Action.HASH, "x", length=20).partition(":")[2].rstrip("]"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("4111 1111 1111 1111", "4111-1111-1111-1111"),
        ("ANN@example.com", "ann@EXAMPLE.com"),
        ("１３８１２３４５６７８", "13812345678"),
        ("Acme  Falcon", "Acme\nFalcon"),
    ],
)
def test_the_same_value_written_otherwise_has_the_same_hash(one, other):
    assert replaced(Action.HASH, one) == replaced(Action.HASH, other)


def test_a_known_hash_stays_as_it_was_in_the_first_version():
    """printf 'CREDIT_CARD\\0004111111111111111' | openssl dgst -sha256 -mac HMAC -macopt hexkey:…"""
    assert "[CREDIT_CARD:cc04a1656a21]" == replaced(Action.HASH, "4111 1111 1111 1111")


@pytest.mark.parametrize("action", [Action.ALLOW, Action.BLOCK])
def test_what_is_allowed_or_blocked_has_no_replacement(action):
    with pytest.raises(ValueError, match="nothing is replaced"):
        replaced(action, "x")


def test_an_empty_value_has_no_replacement():
    with pytest.raises(ValueError, match="no value"):
        replaced(Action.REPLACE, "")


PARAMS = st.one_of(
    st.builds(
        lambda c, f, la, s: (
            Action.MASK,
            {"character": c, "keep_first": f, "keep_last": la, "keep_separators": s},
        ),
        st.sampled_from("*X1●-a"),
        st.integers(0, 8),
        st.integers(0, 8),
        st.booleans(),
    ),
    st.builds(lambda n: (Action.HASH, {"length": n}), st.integers(6, 64)),
    st.builds(lambda t: (Action.REPLACE, {"label": t}), st.text(min_size=1, max_size=10)),
    st.just((Action.REPLACE, {})),
)
VALUES = st.one_of(
    st.text(min_size=1, max_size=30),
    st.text(alphabet="0123456789 -", min_size=1, max_size=20),
    st.text(alphabet="CREDIT_ard[]:*█", min_size=1, max_size=6),
)


@given(value=VALUES, treatment=PARAMS)
def test_no_replacement_holds_the_value_or_more_than_half_of_it(value, treatment):
    action, params = treatment
    new = replaced(action, value, **params)
    assert new
    assert value not in new
    folded = unicodedata.normalize("NFKC", value).casefold()
    assert folded not in unicodedata.normalize("NFKC", new).casefold()
    if action is Action.MASK and len(new) == len(value):
        signs = [(a, b) for a, b in zip(value, new, strict=True) if a.isalnum()]
        assert sum(a == b for a, b in signs) * 2 <= len(signs)
    assert new == replaced(action, value, **params)
