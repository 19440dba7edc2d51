"""What clients of WPS's drive and open platforms send.

The drive's three steps after OpenList's ``wps`` driver (AGPL, read and not copied); the rest after
the documents on open.wps.cn and developer.kdocs.cn.
"""

from __future__ import annotations

import email.utils
import hashlib
from typing import Any

import httpx

from support.pages.browser import Refused, fine, found
from support.standins.wps import kso1, wps2


def drive(page: httpx.Client, name: str, data: bytes, host: str = "drive.wps.cn") -> dict[str, Any]:
    """Upload to the drive; what it says at the end."""
    base = f"https://{host}" + ("" if host == "drive.wps.cn" else "/3rd/drive")
    sha1 = hashlib.sha1(data).hexdigest()
    asked = {
        "group_id": "1",
        "name": name,
        "parent_id": "0",
        "sha1": sha1,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": str(len(data)),
    }
    ticket = _ok(page.put(f"{base}/api/v5/files/upload/create_update", json=asked))
    request = ticket["request"]
    if ticket["method"] == "POST":
        files = {"file": (name, data, "application/octet-stream")}
        bare = page.build_request(
            "POST",
            ticket["url"],
            data=request["formData"],
            files=files,
            headers=request["headers"],
        )
    else:
        bare = page.build_request("PUT", ticket["url"], content=data, headers=request["headers"])
    bare.headers.pop("cookie", None)
    stored = fine(page.send(bare))
    commit = {
        "etag": stored.headers["etag"].strip('"'),
        "groupid": 1,
        "key": "",
        "name": name,
        "parentid": 0,
        "sha1": sha1,
        "size": len(data),
        "store": ticket["store"],
        "storekey": "",
    }
    return _ok(page.post(f"{base}/api/v5/files/file", json=commit))


def open_api(page: httpx.Client, name: str, data: bytes, *, signed: bool = False) -> dict[str, Any]:
    """Upload by the open API's three steps; what it knows of the file."""
    folder = "https://openapi.wps.cn/v7/drives/d1/files/0"
    hashes = [{"type": "sha256", "sum": hashlib.sha256(data).hexdigest()}]
    asked = {"name": name, "size": len(data), "hashes": hashes, "on_name_conflict": "rename"}
    ticket = _coded(_ask(page, f"{folder}/request_upload", asked, signed=signed))
    store = ticket["store_request"]
    bare = page.build_request(store["method"], store["url"], content=data, headers=store["headers"])
    bare.headers.pop("authorization", None)
    fine(page.send(bare))
    done = {"upload_id": ticket["upload_id"]}
    return _coded(_ask(page, f"{folder}/commit_upload", done, signed=signed))


def _ask(page: httpx.Client, url: str, asked: Any, *, signed: bool) -> httpx.Response:
    request = page.build_request("POST", url, json=asked)
    if signed:
        date = email.utils.formatdate(usegmt=True)
        kind = request.headers["content-type"]
        target = request.url.raw_path.decode()
        request.headers["x-kso-date"] = date
        request.headers["x-kso-authorization"] = kso1("POST", target, kind, date, request.read())
    return page.send(request)


def personal_form(page: httpx.Client, name: str, data: bytes, token: str) -> dict[str, Any]:
    """A user's document in one form."""
    url = "https://developer.kdocs.cn/api/v1/openapi/personal/files/upload"
    files = {"file": (name, data, "application/octet-stream")}
    fields = {"parent_path": "path1"}
    return _coded(page.post(url, params={"access_token": token}, data=fields, files=files))


def appspace_form(page: httpx.Client, name: str, data: bytes) -> dict[str, Any]:
    """The application's document in one form, signed."""
    url = "https://developer.kdocs.cn/api/v1/openapi/appspace/files/upload"
    files = {"file": (name, data, "application/octet-stream")}
    request = page.build_request("POST", url, files=files, data={"creator": "me"})
    md5 = hashlib.md5(request.read()).hexdigest()
    date = email.utils.formatdate(usegmt=True)
    signature = wps2(md5, request.headers["content-type"], date)
    request.headers.update({"content-md5": md5, "date": date, "authorization": signature})
    return _coded(page.send(request))


def _ok(answer: httpx.Response) -> dict[str, Any]:
    said: dict[str, Any] = found(answer)
    if said.get("result") != "ok":
        raise Refused(f"{said.get('result')}: {said.get('msg')}")
    return said


def _coded(answer: httpx.Response) -> dict[str, Any]:
    said = found(answer)
    if said.get("code") != 0:
        raise Refused(f"{said.get('code')}: {said.get('msg') or said.get('result')}")
    return dict(said["data"])
