"""Keys that vendors and standards print as samples are no secrets; their neighbours are."""

import pytest

from recognizers import entropy
from recognizers.published import is_published

# RFC 7519 §3.1.
_HEADER, _CLAIMS, _SIGNATURE = (
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9",
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
)


def test_the_token_of_the_standard_is_no_secret() -> None:
    assert not entropy.jwt(f"{_HEADER}.{_CLAIMS}.{_SIGNATURE}")


def test_a_token_with_another_signature_is_one() -> None:
    assert entropy.jwt(f"{_HEADER}.{_CLAIMS}.{_SIGNATURE[::-1]}")


@pytest.mark.parametrize("key", ["AKIA" + "IOSFODNN7EXAMPLE", "AKIA" + "I44QH8DHBEXAMPLE"])
def test_the_keys_in_a_vendor_s_manual_are_no_secrets(key: str) -> None:
    assert is_published(key)
    assert not entropy.varied(key)


@pytest.mark.parametrize("text", ["", " ", "AKIA", "密钥", "\ud800"])
def test_nothing_else_counts_as_published(text: str) -> None:
    assert not is_published(text)
