"""What the page chat.qwen.ai sends.

After open clients of the page; the PUT to OSS is made by Alibaba's own ``oss2`` (MIT), without its
checksum of the answer, which the page's client does not look at either.
"""

from __future__ import annotations

import json
from typing import Any

import httpx

from support.pages.browser import Refused, fine, found

_API = "https://chat.qwen.ai/api/v2"


def upload(page: httpx.Client, name: str, data: bytes) -> dict[str, Any]:
    """Upload a file; what the page says of it in a message. OSS is reached by the environment."""
    import oss2

    asked = {"filename": name, "filesize": str(len(data)), "filetype": "file"}
    told = _data(page.post(f"{_API}/files/getstsToken", json=asked))
    auth = oss2.StsAuth(
        told["access_key_id"],
        told["access_key_secret"],
        told["security_token"],
        auth_version=oss2.AUTH_VERSION_4,
    )
    region = told["region"].removeprefix("oss-")
    endpoint = f"https://{told['endpoint']}"
    session = oss2.Session()
    try:
        bucket = oss2.Bucket(
            auth, endpoint, told["bucketname"], session=session, enable_crc=False, region=region
        )
        bucket.put_object(told["file_path"], data, headers={"Content-Type": "text/plain"})
    except oss2.exceptions.OssError as error:
        raise Refused(str(error)) from error
    finally:
        session.session.close()
    _data(page.post(f"{_API}/files/parse", json={"file_id": told["file_id"]}))
    asked_for = {"file_id_list": [told["file_id"]]}
    _data(page.post(f"{_API}/files/parse/status", json=asked_for))
    return {
        "type": "file",
        "id": told["file_id"],
        "url": told["file_url"],
        "name": name,
        "size": len(data),
        "file_type": "text/plain",
        "status": "uploaded",
    }


def ask(page: httpx.Client, prompt: str, *files: dict[str, Any]) -> str:
    """Send a message; the streamed answer, put together."""
    message = {"role": "user", "content": prompt, "files": list(files), "chat_type": "t2t"}
    asked = {"stream": True, "incremental_output": True, "chat_id": "c", "messages": [message]}
    answer = fine(page.post(f"{_API}/chat/completions?chat_id=c", json=asked))
    if "text/event-stream" not in answer.headers["content-type"]:
        _data(answer)
    text = ""
    for line in answer.text.splitlines():
        if line.startswith("data: {"):
            for choice in json.loads(line.removeprefix("data: ")).get("choices", []):
                text += choice["delta"]["content"]
    return text


def _data(answer: httpx.Response) -> Any:
    said = found(answer)
    if not said.get("success"):
        raise Refused(said["data"]["details"])
    return said["data"]
