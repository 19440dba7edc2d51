"""What programs send to services: only what a person wrote may change, never what a program reads."""

import json

import pytest

from gateway.detect import catalogue
from gateway.model import Hint, Item, Surface, Verdict
from gateway.pipeline import Pipeline, build
from gateway.policy import load_policy
from gateway.settings import Limits

_TEXT = "Please write to Emily Carter about the contract."
_CHINESE = "请联系张伟，电话13812345678。"
_TOOL = {
    "name": "get_weather",
    "description": "Get the current weather in a given location",
    "parameters": {
        "type": "object",
        "title": "Weather",
        "properties": {
            "author": {"type": "string", "enum": ["User", "Assistant", "Unknown"]},
            "name": {"type": "string", "description": "The city and state"},
        },
        "required": ["name"],
    },
}
BODIES = {
    "OpenAI": {
        "model": "gpt-4o",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": _TEXT}],
        "tools": [{"type": "function", "function": _TOOL}],
        "tool_choice": {"type": "function", "function": {"name": "get_weather"}},
        "response_format": {"type": "json_schema", "json_schema": {"name": "CalendarEvent"}},
        "user": "7f3c1e5a-2b4d-4c6e-8f90-1234567890ab",
        "max_tokens": 256,
    },
    "Anthropic": {
        "model": "claude-sonnet-4-20250514",
        "max_tokens": 1024,
        "messages": [{"role": "user", "content": [{"type": "text", "text": _CHINESE}]}],
        "tools": [{"name": name, "input_schema": {}} for name in ("Read", "Bash", "Grep", "Max")],
        "tool_choice": {"type": "auto"},
    },
    "Gemini": {
        "contents": [{"role": "user", "parts": [{"text": _TEXT}]}],
        "tools": [{"functionDeclarations": [_TOOL]}],
        "generationConfig": {"speechConfig": {"voiceName": "Kore"}, "responseMimeType": "text/plain"},
    },
    "Azure": {
        "messages": [{"role": "user", "content": _TEXT}],
        "data_sources": [{"parameters": {"deployment_name": "Ada", "index_name": "Contoso-Index"}}],
    },
    "speech": {"model_id": "eleven_v2", "voice": "Rachel", "voice_name": "Charlotte", "text": _TEXT},
    "Notion": {
        "parent": {"database_id": "d9824bdc84454327be8b5b47500af6ce"},
        "properties": {
            "Status": {"select": {"name": "In progress", "color": "blue"}},
            "Tags": {"multi_select": [{"name": "Fruit"}, {"name": "Grace"}]},
            "Name": {"title": [{"type": "text", "text": {"content": _TEXT}}]},
            "Date": {"date": {"start": "2025-03-04T10:00:00.000+08:00"}},
        },
    },
    "Jira": {
        "fields": {
            "project": {"key": "PROJ", "name": "Phoenix"},
            "components": [{"name": "Jenkins"}],
            "description": {"content": [{"type": "text", "text": _TEXT}]},
        }
    },
    "Feishu": {"receive_id": "ou_7d8a6e6df7621556", "msg_type": "text", "content": _CHINESE},
    "WPS": {"name": "季度报表.xlsx", "file_type": "表格", "on_name_conflict": "rename", "comment": _CHINESE},
}  # fmt: skip


@pytest.fixture(scope="module")
def pipe() -> Pipeline:
    return build(load_policy("default", catalogue()), bytes(32), Limits())


@pytest.mark.parametrize("service", BODIES)
def test_only_what_a_person_wrote_changes(pipe, service):
    sent = json.dumps(BODIES[service], ensure_ascii=False)
    hint = Hint(media_type="application/json")
    outcome = pipe.process(Item(sent.encode(), hint, surface=Surface.PROXY))
    assert (Verdict.REDACT, "") == (outcome.verdict, outcome.reason)
    expected = sent.replace(_TEXT, "Please write to [PERSON] about the contract.")
    expected = expected.replace(_CHINESE, "请联系[PERSON]，电话[PHONE_NUMBER]。")
    assert json.loads(expected) == json.loads(outcome.data)


def test_only_what_a_person_wrote_changes_in_a_form(pipe):
    sent = (
        b"model=gpt-4o&role=user&voice=Rachel&tool=Max&max_tokens=5&text=Ask+Emily+Carter+about+it"
    )
    hint = Hint(media_type="application/x-www-form-urlencoded")
    outcome = pipe.process(Item(sent, hint, surface=Surface.PROXY))
    assert sent.replace(b"Emily+Carter", b"%5BPERSON%5D") == outcome.data


def test_only_what_a_person_wrote_changes_in_a_multipart_body(pipe):
    fields = {
        "purpose": "assistants",
        "voice": "Rachel",
        "name": "Max",
        "text": "Ask Emily Carter now",
    }
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    sent = ("".join(parts) + "--b--\r\n").encode()
    hint = Hint(media_type="multipart/form-data; boundary=b")
    outcome = pipe.process(Item(sent, hint, surface=Surface.PROXY))
    assert sent.replace(b"Emily Carter", b"[PERSON]") == outcome.data
