"""Each service: its documented requests get the right step and purpose, and its own way of no.

The requests stand in ``routes.txt``, a line each.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest
from ruamel.yaml import YAML

from gateway.errors import PolicyError
from gateway.model import Purpose
from gateway.services import Catalog, Profile, Refusal, Route, _load
from gateway.services.describe import page
from gateway.services.schema import GENERIC, Answer, Step
from gateway.services.uploads import Role

CATALOG = Catalog.load()
HERE = Path(__file__).parent
DOCUMENTATION = HERE.parents[1] / "docs" / "services.md"

# Their requests are signed; what is documented of them is tested where the signatures are.
ELSEWHERE = {"amazon-s3", "amazon-bedrock", "azure-blob", "aliyun-oss"}

# Whose clients look elsewhere than in error.message.
WHERE_CLIENTS_LOOK = {
    "ai-telemetry": ("error",),
    "aliyun-drive": ("message",),
    "amazon-bedrock": ("message",),
    "baidu-drive": ("errmsg",),
    "box": ("message",),
    "chatgpt": ("detail",),
    "cohere": ("message",),
    "copilot": ("message",),
    "dashscope": ("message",),
    "deepseek-web": ("data", "biz_msg"),
    "doubao-web": ("msg",),
    "ernie-web": ("msg",),
    "feishu": ("msg",),
    "github": ("message",),
    "github-copilot-telemetry": ("error",),
    "glm-web": ("message",),
    "huggingface": ("error",),
    "huggingface-inference": ("error",),
    "icloud": ("reason",),
    "kimi-web": ("message",),
    "minimax": ("base_resp", "status_msg"),
    "minimax-web": ("base_resp", "status_msg"),
    "mistral": ("message",),
    "notion": ("message",),
    "pan-115": ("message",),
    "pan-123": ("message",),
    "pan-139": ("message",),
    "pan-189": ("res_message",),
    "perplexity-web": ("detail",),
    "qq-bot": ("message",),
    "quark": ("message",),
    "qwen-web": ("data", "details"),
    "sharepoint": ("error", "message", "value"),
    "tencent-cloud-ai": ("Response", "Error", "Message"),
    "tencent-docs": ("msg",),
    "wechat-ilink": ("errmsg",),
    "wechat-platform": ("errmsg",),
    "wechat-web": ("BaseResponse", "ErrMsg"),
    "wecom": ("errmsg",),
    "wps-kdocs": ("msg",),
    "zoom": ("message",),
}
SENTENCE = 'Blocked by gateway: 1 × CREDIT_CARD in "报告.docx" <a&b> (rule pci-1, ref G-123)'


class Row(NamedTuple):
    """One documented request."""

    service: str
    method: str
    url: str
    step: str
    purpose: str
    treated: str

    def route(self) -> Route:
        host, _, path = self.url.partition("/")
        return CATALOG.route(host, self.method, f"/{path}")


def documented() -> Iterator[Row]:
    service = ""
    for line in (HERE / "routes.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            service = line.strip("[]")
        elif line and not line.startswith("#"):
            yield Row(service, *line.split())


ROWS = tuple(documented())


def treated(route: Route) -> str:
    upload = CATALOG.upload_step(route)
    in_one = upload and not upload.only_if and upload.role is not Role.MENTION
    if not route.supported or in_one:
        return "piece"
    if route.framing:
        return "live"
    return "inspected" if route.inspect else "passed"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.url}")
def test_a_documented_request_is_what_its_service_says(row):
    route = row.route()

    assert (row.service, row.step, row.purpose) == (route.service, route.step, str(route.purpose))
    assert row.treated == treated(route)


def test_every_step_of_every_service_stands_among_the_documented_requests():
    rows = {(row.service, row.step) for row in ROWS}
    for profile in CATALOG.profiles():
        if profile.service in ELSEWHERE | {GENERIC}:
            continue
        model = CATALOG.get(profile.like).steps if profile.like else ()
        missing = [
            step.name
            for step in profile.steps
            if (profile.service, step.name) not in rows and step not in model
        ]
        assert [] == missing, profile.service


@pytest.mark.parametrize("profile", CATALOG.profiles(), ids=lambda profile: profile.service)
def test_an_unknown_request_to_a_known_host_is_never_passed_unseen(profile):
    for host in profile.hosts:
        for method in ("POST", "PUT", "PATCH", "GET", "DELETE", "REPORT"):
            route = CATALOG.route(host.replace("*", "some"), method, "/no/such/path?x=y")

            assert route.inspect
            assert route.service == profile.service


def test_no_two_profiles_claim_a_host():
    claimed = [host for profile in CATALOG.profiles() for host in profile.hosts]

    assert sorted(claimed) == sorted(set(claimed))
    assert sorted(claimed) == list(CATALOG.hosts())


def leaf(value: object, where: tuple[str, ...]) -> object:
    for key in where:
        assert isinstance(value, dict)
        value = value[key]
    return value


def said(refusal: Refusal, where: tuple[str, ...] = ()) -> str:
    """What a client reads out of a refusal."""
    kind = refusal.headers["content-type"].partition(";")[0]
    if kind == "application/json":
        return str(leaf(json.loads(refusal.body), where))
    if kind == "application/xml":
        texts = [node.text or "" for node in ET.fromstring(refusal.body).iter()]
        return max(texts, key=len)
    return refusal.body.decode().rstrip("\n")


@pytest.mark.parametrize("profile", CATALOG.profiles(), ids=lambda profile: profile.service)
def test_a_refusal_carries_the_sentence_where_clients_of_the_service_look(profile):
    refusal = CATALOG.refuse(Route(profile.service, GENERIC, Purpose.OTHER), SENTENCE, "G-123")

    if profile.service == "slack":  # its clients show a code only
        assert said(refusal, ("error",)) == (
            "blocked_by_gateway_1_credit_card_in_docx_a_b_rule_pci_1_ref_g_123"
        )
    else:
        where = WHERE_CLIENTS_LOOK.get(profile.service, ("error", "message"))
        assert said(refusal, where) == SENTENCE


def own_refusals() -> Iterator[tuple[Profile, Step, Answer]]:
    for profile in CATALOG.profiles():
        for step in profile.steps:
            if step.refusal and step.refusal.has_body:
                yield profile, step, step.refusal


@pytest.mark.parametrize(
    ("profile", "step", "answer"),
    [pytest.param(*one, id=f"{one[0].service} {one[1].name}") for one in own_refusals()],
)
def test_a_step_that_says_no_in_its_own_way_still_says_why(profile, step, answer):
    refusal = CATALOG.refuse(Route(profile.service, step.name, profile.purpose), SENTENCE, "G-123")

    assert answer.status == refusal.status
    body = refusal.body.decode()
    assert "ref G-123" in body or "ref_g_123" in body
    if refusal.headers["content-type"].startswith("application/xml"):
        assert SENTENCE == said(refusal)


@pytest.mark.parametrize("profile", CATALOG.profiles(), ids=lambda profile: profile.service)
def test_a_profile_says_how_it_was_checked_and_what_it_cannot_see(profile):
    if profile.service == GENERIC:
        return
    assert profile.verified
    assert profile.verified.by
    assert profile.unseen or profile.like
    for sentence in (profile.title, *profile.unseen):
        assert sentence == sentence.strip()
        assert sentence[0].isalnum()


@pytest.mark.parametrize(
    ("name", "method", "path", "step", "kind"),
    [
        ("webdav", "PUT", "/remote.php/dav/files/u/a.docx", "put", "inspected"),
        ("webdav", "PUT", "/cloud/remote.php/dav/uploads/u/web-1/00001", "chunk", "piece"),
        ("webdav", "POST", "/index.php/login", "sign-in", "passed"),
        ("tus", "POST", "/files/", "create", "inspected"),
        ("tus", "PATCH", "/files/1", "part", "piece"),
        ("openai", "POST", "/v1/chat/completions", "chat", "inspected"),
        ("openai", "POST", "/v1/uploads", "upload-create", "piece"),
    ],
)
def test_a_host_of_the_users_own_is_like_a_service_that_is_known(
    tmp_path, name, method, path, step, kind
):
    (tmp_path / "own.yaml").write_text(
        f"service: own\ntitle: Our own\nhosts: [cloud.example.com]\nlike: {name}\n", "utf-8"
    )
    catalog = Catalog.load(tmp_path)
    route = catalog.route("cloud.example.com", method, path)

    assert ("own", step) == (route.service, route.step)
    assert kind in ("piece", treated(route))
    upload = catalog.upload_step(route)
    assert (kind == "piece") is (not route.supported or bool(upload and not upload.only_if))
    own, model = (
        catalog.refuse(Route(service, step, route.purpose), SENTENCE, "G-1")
        for service in ("own", name)
    )
    assert model == own


def test_the_profiles_shown_in_the_documentation_can_be_used_as_they_stand(tmp_path):
    shown = re.findall(r"```yaml\n(service: .*?)```", DOCUMENTATION.read_text("utf-8"), re.DOTALL)
    for at, text in enumerate(shown):
        (tmp_path / f"{at}.yaml").write_text(text, "utf-8")
    catalog = Catalog.load(tmp_path)

    assert 5 == len(shown)
    names = {YAML(typ="safe").load(text)["service"] for text in shown}
    assert names <= set(catalog.names())


def test_the_documentation_says_what_the_profiles_say_and_nothing_more():
    text = DOCUMENTATION.read_text("utf-8")

    assert page(text, CATALOG.profiles()) == text


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("012", "012"),
        ("1:30", "1:30"),
        ("2024-01-01", "2024-01-01"),
        ("0x10", "0x10"),
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("'12'", "12"),
        ('"true"', "true"),
        ("true", True),
        ("~", None),
        ("", None),
        ("null", None),
    ],
)
def test_a_word_in_a_profile_means_what_yaml_1_2_says(written, value):
    text = (
        "service: own\ntitle: Own\nhosts: [own.example]\n"
        f"refusal:\n  json: {{message: '{{message}}', value: {written}}}\n"
    )
    refusal = _load.parse(("own.yaml", text)).profile.refusal

    assert refusal
    assert isinstance(refusal.json_body, dict)
    assert value == refusal.json_body["value"]
    assert type(value) is type(refusal.json_body["value"])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("service: &a own\ntitle: *a\nhosts: [own.example]\n", 1),
        ("service: own\ntitle: !!binary aGk=\nhosts: [own.example]\n", 2),
        ("service: own\ntitle: Own\n? [a, b]\n: c\n", 3),
        ("service: own\n---\nservice: other\n", 2),
        ("service: own\ntitle: \x07\n", 1),
        ("a: " + "[" * 3000 + "]" * 3000, 1),
    ],
)
def test_what_yaml_can_do_beyond_a_profile_is_refused_with_its_line(text, line):
    with pytest.raises(PolicyError, match=rf"^own\.yaml:{line}: "):
        _load.parse(("own.yaml", text))
