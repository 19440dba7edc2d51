"""A running gateway takes over a changed policy whole, or keeps the last good one."""

import pytest

from gateway import app
from gateway.app import Gateway
from gateway.errors import PolicyError, UsageError
from gateway.model import Item, Verdict
from gateway.settings import Settings

MAIL = b"emily.carter@northwind-demo.com"


def policy(action: str) -> str:
    return f"version: 1\nname: mine\notherwise: {action}\n"


@pytest.fixture
def running(tmp_path, monkeypatch):
    monkeypatch.setattr(app, "_RELOAD_SECONDS", 0)
    file = tmp_path / "policy.yaml"
    file.write_text(policy("replace"))
    told: list[str] = []
    with Gateway(Settings.from_environ(), file, workers=1, tell=told.append) as gateway:
        yield gateway, file, told


def judged(gateway: Gateway) -> Verdict:
    return gateway.submit(Item(MAIL)).result().verdict


def test_a_changed_policy_counts_from_the_next_item_on(running):
    gateway, file, told = running
    assert Verdict.REDACT is judged(gateway)
    file.write_text(policy("block"))
    assert Verdict.BLOCK is judged(gateway)
    assert ["The changed policy is in force"] == [line.partition(":")[0] for line in told]


def test_a_policy_with_a_mistake_leaves_the_last_good_one_in_force_and_says_so_once(running):
    gateway, file, told = running
    file.write_text("version: 1\nname: mine\notherwize: allow\n")
    assert [Verdict.REDACT] * 3 == [judged(gateway) for _ in range(3)]
    assert ["The last good policy stays in force"] == [line.partition(":")[0] for line in told]
    assert "otherwize" in told[0]


def test_a_gateway_does_not_start_with_a_bad_policy(tmp_path):
    file = tmp_path / "policy.yaml"
    file.write_text(
        "version: 1\nname: mine\nrules: [{name: a, entities: [EMIAL], action: block}]\n"
    )
    with pytest.raises(PolicyError, match="EMIAL"):
        Gateway(Settings.from_environ(), file)


def test_a_service_that_no_profile_knows_is_refused_by_name(tmp_path):
    file = tmp_path / "policy.yaml"
    file.write_text(
        "version: 1\nname: mine\n"
        "rules: [{name: a, entities: ['*'], services: [opnai], action: block}]\n"
    )
    with pytest.raises(PolicyError, match="opnai"):
        Gateway(Settings.from_environ(), file)


def test_a_faulty_recogniser_of_the_users_own_is_refused_at_the_start(gateway_home):
    own = gateway_home / "recognizers"
    own.mkdir()
    (own / "mine.yaml").write_text("recognizers: [{name: x, entty: EMAIL_ADDRESS}]\n")
    with pytest.raises(PolicyError, match=r"mine\.yaml"):
        Gateway(Settings.from_environ(), "default")


def test_text_that_is_no_text_is_a_usage_error():
    from gateway import redact

    with pytest.raises(UsageError):
        redact("\ud800")
