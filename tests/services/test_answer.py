"""How a service says no."""

import json
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.services import Catalog, Refusal
from gateway.services._answer import render, slug
from gateway.services.schema import Answer

CATALOG = Catalog.load()
MESSAGE = 'Blocked by gateway: 1 × CREDIT_CARD in "a\\b.csv" {slug} (rule pci-1, ref G-123)'


def refuse(host: str, path: str, message: str = MESSAGE) -> Refusal:
    return CATALOG.refuse(CATALOG.route(host, "POST", path), message, "G-123")


@pytest.mark.parametrize(
    ("host", "path", "status", "where"),
    [
        ("api.openai.com", "/v1/chat/completions", 400, ("error", "message")),
        ("x.openai.azure.com", "/openai/v1/responses", 400, ("error", "message")),
        ("api.anthropic.com", "/v1/messages", 400, ("error", "message")),
        ("graph.microsoft.com", "/v1.0/me/sendMail", 403, ("error", "message")),
        ("drive.wps.cn", "/api/v5/files/file", 403, ("msg",)),
        ("file.wx.qq.com", "/cgi-bin/x", 200, ("BaseResponse", "ErrMsg")),
        ("api.zoom.us", "/v2/chat/users/me/messages", 400, ("message",)),
        ("www.googleapis.com", "/upload/drive/v3/files", 403, ("error", "message")),
        ("generativelanguage.googleapis.com", "/x", 400, ("error", "message")),
        ("api.deepseek.com", "/chat/completions", 400, ("error", "message")),
        ("dashscope.aliyuncs.com", "/api/v1/services/x", 400, ("message",)),
    ],
)
def test_the_sentence_stands_where_the_clients_of_the_service_look(host, path, status, where):
    refusal = refuse(host, path)
    value = json.loads(refusal.body)
    for key in where:
        value = value[key]

    assert value == MESSAGE
    assert status == refusal.status
    assert refusal.headers["content-type"].startswith("application/json")


def test_anthropic_clients_find_their_error_type():
    assert json.loads(refuse("api.anthropic.com", "/v1/messages").body)["type"] == "error"


def test_wechat_sees_a_failed_base_response():
    answer = json.loads(refuse("file.wx.qq.com", "/cgi-bin/mmwebwx-bin/webwxuploadmedia").body)

    assert answer["BaseResponse"]["Ret"] == 1


@pytest.mark.parametrize("host", ["www.googleapis.com", "generativelanguage.googleapis.com"])
def test_google_clients_are_told_not_to_repeat_the_upload(host):
    assert refuse(host, "/upload/x").headers["x-goog-upload-status"] == "final"


def test_slack_apis_answer_with_a_code_and_the_upload_address_with_an_error():
    api = refuse("slack.com", "/api/files.completeUploadExternal")
    address = refuse("files.slack.com", "/upload/v1/x")

    assert api.status == 200
    assert json.loads(api.body)["ok"] is False
    assert json.loads(api.body)["error"].startswith("blocked_by_gateway_1_credit_card")
    assert address.status == 403


def test_an_unknown_service_answers_in_plain_text():
    refusal = refuse("upload.example.com", "/")

    assert refusal.status == 403
    assert f"{MESSAGE}\n" == refusal.body.decode()
    assert refusal.headers["content-type"] == "text/plain; charset=utf-8"


XML = Answer(xml="<Error><Code>AccessDenied</Code><Message>{message}</Message></Error>")
JSON = Answer.model_validate({"json": {"error": {"message": "{message}", "id": ["{reference}"]}}})


@settings(deadline=None)
@given(st.text(), st.text(alphabet="G-0123456789abcdef", min_size=1))
def test_any_message_survives_json(message, reference):
    body = render(JSON, message, reference).body

    assert json.loads(body) == {
        "error": {"message": message.encode("utf-8", "replace").decode(), "id": [reference]}
    }


@settings(deadline=None)
@given(
    st.text(
        alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    )
)
def test_any_message_survives_xml(message):
    root = ET.fromstring(render(XML, message, "G-1").body)

    assert message == (root.findtext("Message") or "")


@settings(deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=0x10FFFF)))
def test_characters_that_xml_cannot_write_do_not_break_it(message):
    assert ET.fromstring(render(XML, message, "G-1").body).tag == "Error"


@settings(deadline=None)
@given(st.text(), st.text(alphabet="G-0123456789", min_size=1))
def test_a_slug_is_an_error_code_that_ends_in_the_reference(message, reference):
    code = slug(message, reference)

    assert code.isascii()
    assert code == code.lower()
    assert code.replace("_", "a").isalnum()
    assert len(code) <= 120 + len(reference)


def test_a_chinese_message_still_has_a_slug():
    assert slug("已拦截：身份证号", "G-123") == "blocked_by_gateway_ref_g_123"


@pytest.mark.parametrize("status", [408, 409, 425, 429])
def test_no_profile_answers_with_a_status_that_clients_retry(status):
    for profile in CATALOG.profiles():
        for answer in (profile.refusal, *(step.refusal for step in profile.steps)):
            assert answer is None or status != answer.status
