"""The policies that come with the program, and the schema that helps to write more."""

import json
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from gateway.detect import catalogue
from gateway.model import Destination, Finding, Purpose, Surface, Unread, Verdict
from gateway.policy import (
    builtin_names,
    decide,
    decide_failure,
    describe,
    json_schema,
    load_policy,
    warnings,
)

FOLDER = Path(__file__).parents[2] / "policies"
SCHEMA = json.loads((FOLDER / "schema.json").read_text("utf-8"))


def test_the_schema_file_is_the_schema_of_the_code():
    """If not: write json.dumps(json_schema(), indent=2, ensure_ascii=False) and a newline."""
    assert json_schema() == SCHEMA


@pytest.mark.parametrize("name", builtin_names())
@pytest.mark.parametrize("validator", [jsonschema.Draft7Validator, jsonschema.Draft202012Validator])
def test_a_built_in_policy_fits_the_schema(name, validator):
    validator.check_schema(SCHEMA)
    plain = YAML(typ="safe", pure=True).load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    assert [] == [error.message for error in validator(SCHEMA).iter_errors(plain)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": 1, "name": "p", "rulez": []},
        {"version": 1, "name": "p", "unreadable": "maybe"},
        {"version": 1, "name": "p", "rules": [{"name": "a", "entities": ["X"], "action": "x"}]},
        {"version": 1, "name": "p", "rules": [{"name": "a", "action": "block"}]},
    ],
)
def test_the_schema_refuses_what_loading_refuses(wrong):
    assert not jsonschema.Draft7Validator(SCHEMA).is_valid(wrong)


@pytest.mark.parametrize("name", builtin_names())
def test_a_built_in_policy_names_services_that_have_a_profile(name):
    profiles = FOLDER.parent / "gateway" / "services" / "profiles"
    services = {profile.stem for profile in profiles.glob("*.yaml")}
    assert "openai" in services
    assert load_policy(name, catalogue(), services=services).tests


@pytest.mark.parametrize("name", builtin_names())
def test_a_built_in_policy_carries_its_schema_line_and_eight_tests_in_two_languages(name):
    policy = load_policy(name, catalogue())
    first = (FOLDER / f"{name}.yaml").read_text("utf-8").partition("\n")[0]
    chinese = [t for t in policy.tests if not t.name.isascii()]
    assert "# yaml-language-server: $schema=schema.json" == first
    assert len(policy.tests) >= 8
    assert len(chinese) >= 2
    assert len(policy.tests) - len(chinese) >= 2
    assert name == policy.name
    assert describe(policy).startswith(f"{name}: ")


def test_only_observe_lets_unread_content_go_and_none_lets_failures_go():
    unread = [Unread("", "encrypted")]
    sent = []
    for name in builtin_names():
        policy = load_policy(name, catalogue())
        for purpose in Purpose:
            to = Destination("", "", purpose)
            assert Verdict.BLOCK == decide_failure(policy, "crashed", to, Surface.PROXY).verdict
            if decide(policy, [], unread, to, Surface.PROXY).verdict is not Verdict.BLOCK:
                sent.append(name)
    assert {"observe"} == set(sent)


@pytest.mark.parametrize("name", ["default", "strict"])
def test_nothing_but_links_and_by_default_paperwork_leaves_as_it_is(name):
    policy = load_policy(name, catalogue())
    kept = {
        entity
        for entity in policy.groups
        for purpose in set(Purpose) - {Purpose.SIGN_IN}
        if decide(
            policy,
            [Finding(entity, 1.0, 0, 0, 1)],
            [],
            Destination("", "", purpose),
            Surface.PROXY,
        ).verdict
        is Verdict.ALLOW
    }
    business = {entity for entity, groups in policy.groups.items() if {"BUSINESS"} == groups}
    more = business | {"PRIVATE_IP_ADDRESS"} if name == "default" else set()
    assert {"URL"} | more == kept


def test_default_and_strict_have_nothing_to_warn_of():
    assert [] == [w for n in ("default", "strict") for w in warnings(load_policy(n, catalogue()))]
