from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.policy import Policy, load_policy

ENTITIES = {
    "EMAIL_ADDRESS": frozenset({"PERSONAL", "CONTACT"}),
    "PHONE_NUMBER": frozenset({"PERSONAL", "CONTACT"}),
    "CREDIT_CARD": frozenset({"FINANCIAL"}),
    "CN_BANK_CARD": frozenset({"FINANCIAL"}),
    "CN_RESIDENT_ID": frozenset({"PERSONAL", "GOVERNMENT_ID"}),
    "API_KEY": frozenset({"SECRETS"}),
    "URL": frozenset({"NETWORK"}),
    "IP_ADDRESS": frozenset({"NETWORK"}),
    "CONFIDENTIALITY_MARKING": frozenset({"MARKINGS"}),
    "EXACT_VALUE": frozenset({"EXACT"}),
}


@pytest.fixture
def entities() -> dict[str, frozenset[str]]:
    return dict(ENTITIES)


@pytest.fixture
def policy_of(tmp_path: Path) -> Callable[[str], Policy]:
    """Loads the lines of a policy; version and name are added."""

    def load(text: str, **options: object) -> Policy:
        path = tmp_path / "policy.yaml"
        path.write_text(f"version: 1\nname: p\n{text}", encoding="utf-8")
        return load_policy(path, ENTITIES, **options)

    return load
