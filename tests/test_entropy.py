"""Checks that tell secrets from what stands in their place."""

import base64
import json
import random
import string
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizers import entropy

ALPHANUMERIC = string.ascii_letters + string.digits
CHECKS = [
    entropy.jwt, entropy.wrapped_jwt, entropy.varied, entropy.api_key, entropy.mixed_key,
    entropy.mixed_case_key, entropy.mixed_prefixed_key, entropy.padded_key, entropy.key_material,
    entropy.basic_credentials, entropy.token, entropy.session, entropy.named_key, entropy.vendor_key,
    entropy.password, entropy.quoted_password, entropy.said_password,
    entropy.glued_password, entropy.login_hash, entropy.key_words, entropy.recovery_codes,
    entropy.credentials_url, entropy.is_placeholder,
]  # fmt: skip


@given(st.text(max_size=80))
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_no_check_breaks_on_odd_text(check, text: str) -> None:
    assert check(text) in (True, False)


@given(st.integers(0, 10_000), st.integers(24, 80))
def test_nearly_every_random_key_passes(seed: int, length: int) -> None:
    rng = random.Random(seed)
    keys = ["".join(rng.choices(ALPHANUMERIC, k=length)) for _ in range(50)]
    for check in (entropy.key_material, entropy.token, entropy.named_key, entropy.vendor_key):
        assert sum(map(check, keys)) >= 45


NAMES = [
    "getUserTokenFromSession2", "io.jsonwebtoken.jjwt-jackson-0.11.2", "created_at_descending_2",
    "my-release-configuration-v2", "GITHUB_ACCESS_TOKEN_1", "internationalization2",
    "https://example.com/v2/keys", "/etc/ssl/private/server1.key", "arn:aws:iam::123456789012:role",
    "settings.SECRET_KEY", "2024-11-05-release", "1.2.3-beta", "xxxxxxxxxxxxxxxx1",
    "your-api-key-1234", "{{ secrets.TOKEN_2 }}", "1234567890123456789a",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_paths_versions_and_placeholders_are_no_keys(name: str) -> None:
    assert not entropy.key_material(name)
    assert not entropy.token(name)
    assert not entropy.named_key(name)


def test_a_uuid_or_hash_is_a_key_only_beside_a_name_that_says_so() -> None:
    number = str(uuid.UUID(int=random.Random(1).getrandbits(128)))
    digest = number.replace("-", "")
    assert entropy.key_material(number)
    assert not entropy.token(number)
    assert entropy.token(digest)
    assert not entropy.named_key(digest)


PLACEHOLDERS = ["${VAR}", "<password>", "********", "your-password", "changeme", "None", "{{ pw }}",
                "settings.PASSWORD", "getenv('X')", "xxxxxx", "$PASSWORD", "%PASSWORD%", "ENV_PASSWORD",
                "db_password", "password_here", "TODO", "[redacted]", "abc..."]  # fmt: skip


@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_what_stands_for_a_password_is_none(value: str) -> None:
    assert not entropy.password(value)
    assert not entropy.quoted_password(value)


@pytest.mark.parametrize(
    "value",
    ["hunter2", "Abc12345", "S0mething!", "888888", "123456", "p@$$w0rd!", "!Qaz2wsx", "my_dog7!"],
)
def test_what_somebody_could_log_in_with_is_a_password(value: str) -> None:
    assert entropy.password(value)
    assert entropy.quoted_password(value)


def test_a_plain_word_is_a_password_only_between_quotes() -> None:
    assert not entropy.password("sunshine")
    assert entropy.quoted_password("sunshine")
    assert not entropy.quoted_password("Please enter your password")


@given(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=20))
def test_a_token_of_json_is_told_by_its_header(subject: str) -> None:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    token = f"{part({'alg': 'HS256'})}.{part({'sub': subject})}.c2lnbmF0dXJl"
    assert entropy.jwt(token)
    assert entropy.wrapped_jwt(base64.urlsafe_b64encode(token.encode()).decode())
    assert not entropy.jwt(f"{part({'sub': subject})}.{token}")


@given(st.lists(st.integers(0, 65535), min_size=8, max_size=8))
def test_groups_of_a_bitlocker_key_are_multiples_of_eleven(numbers: list[int]) -> None:
    key = "-".join(f"{number * 11:06}" for number in numbers)
    assert entropy.recovery_codes(key)
    assert not entropy.recovery_codes(f"{int(key[:6]) + 1:06}{key[6:]}")


def test_basic_credentials_hold_a_colon_and_no_placeholder() -> None:
    def encoded(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    assert entropy.basic_credentials(encoded("jane:hunter2"))
    assert not entropy.basic_credentials(encoded("jane hunter2"))
    assert not entropy.basic_credentials(encoded("user:<password>"))
    assert not entropy.basic_credentials("knowledge")


def test_a_mnemonic_has_its_number_of_words() -> None:
    words = [
        "ozone",
        "drill",
        "grab",
        "fiber",
        "curtain",
        "grace",
        "pudding",
        "thank",
        "cruise",
        "elder",
        "eight",
        "picnic",
    ]
    assert entropy.key_words(" ".join(words))
    assert not entropy.key_words(" ".join(words[:11]))
    assert not entropy.key_words(" ".join(["word"] * 12))


@pytest.mark.parametrize("secret", ["s3cr3t", "deadbeef", "Abc_123"])
def test_a_password_in_an_address_counts(secret: str) -> None:
    assert entropy.credentials_url(f"https://jane:{secret}@example.com/")


@pytest.mark.parametrize(
    "secret", ["${PASSWORD}", "<password>", "password", "xxxx", "secret_access_key"]
)
def test_a_placeholder_in_an_address_does_not(secret: str) -> None:
    assert not entropy.credentials_url(f"https://jane:{secret}@example.com/")
