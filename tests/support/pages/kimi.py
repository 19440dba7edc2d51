"""What the page www.kimi.com sends.

Files after LLM-Red-Team's ``kimi-free-api`` (GPL, read and not copied); chats after the Connect
protocol and captures of the page.
"""

from __future__ import annotations

import json
import struct
from typing import Any

import httpx

from support.pages.browser import Refused, fine, found

_HOST = "https://www.kimi.com"
_CHAT = f"{_HOST}/apiv2/kimi.gateway.chat.v1.ChatService/Chat"


def upload(page: httpx.Client, name: str, data: bytes, mime: str = "text/plain") -> str:
    """Upload a file; its id."""
    signed = found(page.post(f"{_HOST}/api/pre-sign-url", json={"action": "file", "name": name}))
    put = page.build_request("PUT", signed["url"], content=data, headers={"content-type": mime})
    put.headers.pop("authorization", None)
    fine(page.send(put))
    asked = {"type": "file", "name": name, "object_name": signed["object_name"], "file_id": ""}
    made = found(page.post(f"{_HOST}/api/file", json={**asked, "chat_id": "c"}))
    fine(page.post(f"{_HOST}/api/file/parse_process", json={"ids": [made["id"]]}))
    return str(made["id"])


def ask(page: httpx.Client, prompt: str, *files: str) -> str:
    """Send a message in one envelope; the text of the answer's envelopes."""
    message = {
        "parent_id": "",
        "role": "user",
        "blocks": [{"message_id": "", "text": {"content": prompt}}],
        "scenario": "SCENARIO_K2D5",
        "file_ids": list(files),
    }
    asked = {"scenario": "SCENARIO_K2D5", "tools": [], "message": message, "options": {}}
    data = json.dumps(asked, ensure_ascii=False).encode()
    headers = {"content-type": "application/connect+json", "connect-protocol-version": "1"}
    body = struct.pack(">BI", 0, len(data)) + data
    answer = fine(page.post(_CHAT, content=body, headers=headers))
    if answer.headers["content-type"] != "application/connect+json":
        raise Refused(answer.text)
    return _read(answer.content)


def _read(body: bytes) -> str:
    text = ""
    while body:
        flag, size = struct.unpack(">BI", body[:5])
        value: Any = json.loads(body[5 : 5 + size])
        body = body[5 + size :]
        if flag & 2:
            if error := value.get("error"):
                raise Refused(f"{error['code']}: {error.get('message')}")
            return text
        if str(value.get("mask", "")).startswith("block.text"):
            text += value["block"]["text"]["content"]
    raise Refused("the stream has no end")
