"""Profile files: what is refused, and where the error is said to stand."""

from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

import gateway.services
from gateway.errors import PolicyError
from gateway.services import Catalog, json_schema, markdown

PROFILES = sorted((Path(gateway.services.__file__).parent / "profiles").glob("*.yaml"))

GOOD = """\
service: acme
title: Acme cloud
hosts: [upload.acme.example]
purpose: storage
steps:
  - name: upload
    match: [PUT /files/*]
    shape: raw
  - name: parts
    match: ["* /parts/**"]
    shape: parts
    why: it comes in parts
refusal:
  status: 403
  json: {error: "{message}"}
"""


def load(folder: Path, *texts: str) -> Catalog:
    for at, text in enumerate(texts):
        (folder / f"{at}.yaml").write_text(text, encoding="utf-8")
    return Catalog.load(folder)


def test_adding_a_service_is_adding_one_file(tmp_path):
    catalog = load(tmp_path, GOOD)

    assert catalog.covers("upload.acme.example")
    assert catalog.route("upload.acme.example", "PUT", "/files/a").step == "upload"
    assert not catalog.route("upload.acme.example", "PUT", "/parts/1").supported
    assert catalog.route("upload.acme.example", "PUT", "/x").step == "generic"


def test_three_lines_are_enough_for_a_host(tmp_path):
    catalog = load(tmp_path, "service: a\ntitle: A\nhosts: [a.example]\n")

    route = catalog.route("a.example", "POST", "/")
    assert catalog.refuse(route, "No.", "G-1").body == b"No.\n"
    assert route.inspect


def test_like_takes_over_steps_purpose_and_refusal(tmp_path):
    catalog = load(tmp_path, "service: own\ntitle: Own\nhosts: [llm.example]\nlike: openai\n")

    route = catalog.route("llm.example", "POST", "/v1/chat/completions")
    expected = ("own", "chat", "chat")
    assert expected == (route.service, route.step, str(route.purpose))
    assert catalog.refuse(route, "No.", "G-1").status == 400


def test_the_more_specific_host_pattern_wins(tmp_path):
    catalog = load(tmp_path, "service: own\ntitle: Own\nhosts: [eu.openai.azure.com]\n")

    assert catalog.route("eu.openai.azure.com", "POST", "/").service == "own"
    assert catalog.route("us.openai.azure.com", "POST", "/").service == "azure-openai"


def test_a_missing_folder_means_the_built_in_profiles(tmp_path):
    assert Catalog.load().names() == Catalog.load(tmp_path / "none").names()


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("purpose: storage", "purpos: storage", 4, "purpos"),
        ("purpose: storage", "purpose: store", 4, "purpose"),
        ("    shape: raw", "    shap: raw", 8, "shap"),
        ("    shape: raw", "    shape: zip", 8, "shape"),
        ("[PUT /files/*]", "[PUT files/*]", 7, "method and a path"),
        ("[PUT /files/*]", "[/files/*]", 7, "method and a path"),
        ("[PUT /files/*]", "[PUT /files?x=1]", 7, "without query"),
        ("[PUT /files/*]", "PUT /files/*", 7, "match"),
        ("[PUT /files/*]", "[]", 7, "match"),
        ("- name: parts", "- name: upload", 1, "two steps"),
        ("- name: parts", "- name: generic", 9, "generic"),
        ("    shape: raw", "    purpose: sign-in", 6, "exact paths"),
        ("    shape: raw", "    why: because", 6, "why belongs"),
        ("status: 403", "status: 429", 14, "429"),
        ("status: 403", "status: '403'", 14, "status"),
        ("status: 403", "status: 302", 14, "302"),
        ('{error: "{message}"}', '{error: "{mesage}"}', 13, "{mesage}"),
        ('{error: "{message}"}', '{error: "{message}"}\n  text: x', 13, "exactly one"),
        ("[upload.acme.example]", "[Upload.acme.example]", 3, "lower case"),
        ("[upload.acme.example]", '["*.com"]', 3, "top-level"),
        ("[upload.acme.example]", '["up*.acme.example"]', 3, "host name"),
        ("[upload.acme.example]", "[https://acme.example]", 3, "host name"),
        ("[upload.acme.example]", "[]", 1, "at least one host"),
        ("[upload.acme.example]", "[api.openai.com]", 3, "already in openai.yaml"),
        ("[upload.acme.example]", "\n  - a.example\n  - api.openai.com", 5, "already in"),
        ("service: acme", "service: openai", 1, "already in openai.yaml"),
        ("service: acme", "service: Acme", 1, "service"),
        ("service: acme\n", "", 1, "service"),
        ("purpose: storage", "like: opnai", 4, "opnai"),
        ("purpose: storage", "like: deepseek", 4, "deepseek"),
        ("purpose: storage", "title: again", 4, "duplicate key"),
        ("purpose: storage", "purpose: [storage", 5, ""),
        ("purpose: storage", "verified: 2024-01-01", 4, "verified"),
    ],
)
def test_a_mistake_is_refused_with_its_file_and_line(tmp_path, old, new, line, words):
    assert old in GOOD
    with pytest.raises(PolicyError) as error:
        load(tmp_path, GOOD.replace(old, new, 1))

    assert str(error.value).startswith(f"{tmp_path / '0.yaml'}:{line}: ")
    assert words in str(error.value)
    assert error.value.remedy


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"- 1\n", b"a: &a [*a]\n"])
def test_what_is_no_profile_is_refused_with_its_file(tmp_path, content):
    (tmp_path / "x.yaml").write_bytes(content)

    with pytest.raises(PolicyError, match=r"x\.yaml:1: "):
        Catalog.load(tmp_path)


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_each_built_in_profile_keeps_the_published_schema(path):
    jsonschema.validate(YAML(typ="safe").load(path.read_text("utf-8")), json_schema())


def test_the_published_schema_refuses_what_the_loader_refuses():
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"service": "a", "title": "A", "hots": ["a.example"]}, json_schema())


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_each_built_in_profile_is_named_like_its_file_and_says_how_it_was_checked(path):
    profile = Catalog.load().get(path.stem)

    assert path.stem == profile.service
    assert profile.verified or profile.service == "generic"


def test_every_step_can_be_reached():
    """No step is hidden behind an earlier one: its own pattern, made concrete, leads to it."""
    catalog = Catalog.load()
    for profile in catalog.profiles():
        for step in profile.steps:
            for line in step.patterns:
                methods, _, path = line.partition(" ")
                method = "POST" if methods == "*" else methods.split("|")[0]
                path = path.replace("**", "a").replace("*", "a")
                query = "&".join(f"{k}={v[0].replace('*', 'a')}" for k, v in step.query.items())
                route = catalog.route(profile.hosts[0].replace("*", "a"), method, f"{path}?{query}")
                assert (profile.service, step.name) == (route.service, route.step), line


def test_the_documentation_lists_the_profiles_as_they_are():
    text = (Path(__file__).parents[2] / "docs" / "services.md").read_text("utf-8")

    assert markdown(Catalog.load().profiles()).strip() in text
