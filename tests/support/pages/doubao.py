"""What the page www.doubao.com sends.

After OpenList's ``doubao`` driver and LLM-Red-Team's ``doubao-free-api`` (AGPL and GPL, read and
not copied).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import zlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from support.pages.browser import Refused, fine, found

_HOST = "https://www.doubao.com"
_REGION = "cn-north-1"


@dataclass(frozen=True)
class Uploaded:
    """A file at the store, as the page knows it."""

    name: str
    key: str
    size: int


def upload(page: httpx.Client, name: str, data: bytes, part: int = 0) -> Uploaded:
    """Upload a file, in parts of so many bytes if asked to."""
    asked = {"tenant_id": "5", "scene_id": "5", "scene": "bot_chat", "data_type": "file"}
    told = _data(page.post(f"{_HOST}/alice/upload/auth_token", json=asked))
    host, service = f"https://{told['upload_host']}/", told["service_id"]
    common = {"Version": "2018-08-01", "ServiceId": service}
    apply = {**common, "Action": "ApplyImageUpload", "NeedFallback": "true", "s": "abcdefghijk"}
    apply |= {"FileSize": str(len(data)), "FileExtension": f".{name.rpartition('.')[2]}"}
    node = _signed(page, "GET", host, apply, b"", told["auth"])["InnerUploadAddress"]
    node = node["UploadNodes"][0]
    info = node["StoreInfos"][0]
    url = f"https://{node['UploadHost']}/upload/v1/{info['StoreUri']}"
    store = {"authorization": info["Auth"], "cookie": "", "x-storage-u": "1"}
    if part:
        _in_parts(page, url, data, part, store)
    else:
        _post(page, url, data, store)
    commit = {**common, "Action": "CommitImageUpload"}
    _signed(page, "POST", host, commit, _json({"SessionKey": node["SessionKey"]}), told["auth"])
    return Uploaded(name, info["StoreUri"], len(data))


def _in_parts(page: httpx.Client, url: str, data: bytes, size: int, store: dict[str, str]) -> None:
    begun = _store(page.post(f"{url}?uploadmode=part&phase=init", headers=store))["uploadid"]
    listed = []
    for at in range(0, len(data), size):
        query = {"uploadid": begun, "part_number": at // size + 1, "phase": "transfer"}
        piece = data[at : at + size]
        said = _post(page, f"{url}?{urlencode(query)}", piece, store)
        listed.append(f"{at // size + 1}:{said['crc32']}")
    query = {"uploadid": begun, "phase": "finish", "uploadmode": "part"}
    _store(page.post(f"{url}?{urlencode(query)}", content=",".join(listed), headers=store))


def _post(page: httpx.Client, url: str, data: bytes, store: dict[str, str]) -> dict[str, Any]:
    """Send bytes and compare the checksum in the answer, as both clients do."""
    crc = f"{zlib.crc32(data):08x}"
    headers = {**store, "content-crc32": crc, "content-type": "application/octet-stream"}
    said = _store(page.post(url, content=data, headers=headers))
    if said["crc32"] != crc:
        raise Refused(f"crc32 mismatch, expected {crc}, got {said['crc32']}")
    return said


def ask(page: httpx.Client, prompt: str, *files: Uploaded) -> str:
    """Send a prompt; the streamed answer, put together."""
    attachments = [
        {"type": "file", "key": one.key, "name": one.name, "file_size": one.size} for one in files
    ]
    content = json.dumps({"text": prompt}, ensure_ascii=False)
    message = {"content": content, "content_type": 2001, "attachments": attachments}
    asked = {"messages": [message], "conversation_id": "0", "local_message_id": "l"}
    answer = fine(page.post(f"{_HOST}/samantha/chat/completion", json=asked))
    if "text/event-stream" not in answer.headers["content-type"]:
        _data(answer)
    text = ""
    for line in answer.text.splitlines():
        if line.startswith("data: {"):
            data = json.loads(json.loads(line.removeprefix("data: "))["event_data"])
            if data.get("message"):
                text += json.loads(data["message"]["content"])["text"]
    return text


def keep(page: httpx.Client, file: Uploaded) -> None:
    """Put a file into the drive."""
    node = {"local_id": "l", "parent_id": "0", "name": file.name, "key": file.key}
    node |= {"node_content": {}, "node_type": 2, "size": file.size}
    url = f"{_HOST}/samantha/aispace/upload_node"
    _data(page.post(url, json={"node_list": [node], "request_id": "l"}))


def _signed(
    page: httpx.Client,
    method: str,
    url: str,
    query: dict[str, str],
    body: bytes,
    auth: dict[str, str],
) -> dict[str, Any]:
    """Ask ImageX, signed with the temporary key as AWS requests are."""
    now = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "host": httpx.URL(url).host,
        "x-amz-date": now,
        "x-amz-security-token": auth["session_token"],
    }
    hashed = hashlib.sha256(body).hexdigest()
    if body:
        headers["x-amz-content-sha256"] = hashed
    line = "&".join(
        f"{quote(k, safe='-_.~')}={quote(query[k], safe='-_.~')}" for k in sorted(query)
    )
    names = ";".join(sorted(headers))
    plain = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = f"{method}\n/\n{line}\n{plain}\n{names}\n{hashed}"
    scope = f"{now[:8]}/{_REGION}/imagex/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{auth['secret_access_key']}".encode()
    for word in scope.split("/"):
        key = hmac.new(key, word.encode(), "sha256").digest()
    signature = hmac.new(key, text.encode(), "sha256").hexdigest()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={auth['access_key_id']}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    headers["cookie"] = ""
    said = found(page.request(method, f"{url}?{line}", content=body or None, headers=headers))
    if error := said["ResponseMetadata"].get("Error"):
        raise Refused(error["Message"])
    return dict(said["Result"])


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _data(answer: httpx.Response) -> dict[str, Any]:
    said = found(answer)
    if said.get("code") != 0:
        raise Refused(said.get("msg") or said.get("message"))
    return dict(said["data"])


def _store(answer: httpx.Response) -> dict[str, Any]:
    said = found(answer)
    if said.get("code") != 2000:
        raise Refused(f"upload part failed: {said.get('message')}")
    return dict(said["data"])
