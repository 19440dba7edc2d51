"""What the page chatgpt.com sends to upload a file and to talk about it.

Written after gpt4free's ``OpenaiChat`` provider (GPL, read and not copied) and a published
capture of the page: POST
``/backend-api/files``, PUT to the returned SAS address, POST ``…/uploaded``, then the size once
more in the message's attachments.
"""

from __future__ import annotations

import json
from typing import Any

import httpx

from support.pages.browser import fine, found

_HOST = "https://chatgpt.com"


def upload(page: httpx.Client, name: str, data: bytes, mime: str = "text/plain") -> dict[str, Any]:
    """Upload a file; what the page then knows of it."""
    asked = {
        "file_name": name,
        "file_size": len(data),
        "use_case": "multimodal" if mime.startswith("image/") else "my_files",
        "timezone_offset_min": -60,
        "reset_rate_limits": False,
    }
    ticket = found(page.post(f"{_HOST}/backend-api/files", json=asked))
    blob = {
        "content-type": mime,
        "x-ms-blob-type": "BlockBlob",
        "x-ms-version": "2020-04-08",
        "origin": _HOST,
        "referer": f"{_HOST}/",
    }
    put = page.build_request("PUT", ticket["upload_url"], content=data, headers=blob)
    for header in ("authorization", "oai-device-id"):  # not for another host
        put.headers.pop(header, None)
    fine(page.send(put))
    done = found(page.post(f"{_HOST}/backend-api/files/{ticket['file_id']}/uploaded", json={}))
    return {
        "id": ticket["file_id"],
        "name": name,
        "size": len(data),
        "mime_type": mime,
        "download_url": done["download_url"],
    }


def ask(page: httpx.Client, text: str, *files: dict[str, Any]) -> str:
    """Send a message; the streamed answer, put together from its deltas."""
    attachments = [
        {key: file[key] for key in ("id", "name", "size", "mime_type")} for file in files
    ]
    message = {
        "id": "aaa1",
        "author": {"role": "user"},
        "content": {"content_type": "text", "parts": [text]},
        "metadata": {"attachments": attachments},
    }
    asked = {
        "action": "next",
        "messages": [message],
        "parent_message_id": "client-created-root",
        "model": "auto",
    }
    address = f"{_HOST}/backend-api/conversation"
    accept = {"accept": "text/event-stream"}
    answer = fine(page.post(address, json=asked, headers=accept))
    return _delta_text(answer.text)


def _delta_text(stream: str) -> str:
    """The text of "delta v1": a frame with only ``v`` goes on at the last path."""
    text, path = "", ""
    for line in stream.splitlines():
        if not line.startswith("data: {"):
            continue
        frame = json.loads(line.removeprefix("data: "))
        path = frame.get("p", path)
        if path == "/message/content/parts/0" and isinstance(frame.get("v"), str):
            text += frame["v"]
    return text
