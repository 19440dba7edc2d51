"""What the page chat.deepseek.com sends, after gpt4free's ``DeepSeekAuth`` provider (GPL, read and
not copied)."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx

from support.pages.browser import Refused, fine, found
from support.standins.keccak import solve

_API = "https://chat.deepseek.com/api/v0"


def upload(page: httpx.Client, name: str, data: bytes) -> str:
    """Upload a file; its id, once it has been read."""
    paid = _paid(page, "/api/v0/file/upload_file")
    files = {"file": (name, data)}
    made = _business(page.post(f"{_API}/file/upload_file", files=files, headers=paid))
    told = _business(page.get(f"{_API}/file/fetch_files", params={"file_ids": made["id"]}))
    if told["files"][0]["status"] != "SUCCESS":
        raise Refused("the file was not read")
    return str(made["id"])


def ask(page: httpx.Client, prompt: str, *files: str) -> str:
    """Send a prompt; the streamed answer, put together."""
    session = _business(page.post(f"{_API}/chat_session/create", json={"agent": "chat"}))["id"]
    asked = {
        "chat_session_id": session,
        "parent_message_id": None,
        "prompt": prompt,
        "ref_file_ids": list(files),
        "thinking_enabled": False,
        "search_enabled": False,
    }
    paid = _paid(page, "/api/v0/chat/completion")
    answer = fine(page.post(f"{_API}/chat/completion", json=asked, headers=paid))
    if "text/event-stream" not in answer.headers["content-type"]:
        _business(answer)
    text, path = "", ""
    for line in answer.text.splitlines():
        if line.startswith("data: {"):
            frame = json.loads(line.removeprefix("data: "))
            path = frame.get("p", path)
            if path == "response/content" and isinstance(frame.get("v"), str):
                text += frame["v"]
    return text


def _paid(page: httpx.Client, path: str) -> dict[str, str]:
    """The header that shows the work done for one request."""
    url = f"{_API}/chat/create_pow_challenge"
    asked = _business(page.post(url, json={"target_path": path}))["challenge"]
    answer = solve(asked["challenge"], asked["salt"], asked["expire_at"], asked["difficulty"])
    names = ("algorithm", "challenge", "salt", "signature", "target_path")
    said = {**{name: asked[name] for name in names}, "answer": answer}
    return {"x-ds-pow-response": base64.b64encode(json.dumps(said).encode()).decode()}


def _business(answer: httpx.Response) -> Any:
    said = found(answer)
    if said.get("code") or said["data"]["biz_code"]:
        raise Refused(f"{said.get('msg') or said['data']['biz_msg']}")
    return said["data"]["biz_data"]
