"""What clients of Baidu Netdisk's open platform send.

After its documents ("预上传", "分片上传", "创建文件"); the short cut by the hash alone as OpenList's
driver tries it first (AGPL, read and not copied).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import httpx

from support.pages.browser import Refused, found
from support.standins.baidu_drive import BLOCK, TOKEN

_FILE = "https://pan.baidu.com/rest/2.0/xpan/file"


def upload(page: httpx.Client, path: str, data: bytes, block: int = BLOCK) -> dict[str, Any]:
    """Upload a file, in blocks of a member's size; what the drive says of it."""
    asked = _asked(path, data, block)
    more = {"autoinit": "1", "content-md5": _md5(data), "slice-md5": _md5(data[: 256 * 1024])}
    told = _said(page.post(_FILE, params=_query("precreate"), data={**asked, **more}))
    if told["return_type"] == 2:
        return dict(told["info"])
    tmp = {"type": "tmpfile", "path": path, "uploadid": told["uploadid"]}
    locate = {**_query("locateupload"), **tmp, "appid": "250528", "upload_version": "2.0"}
    servers = _said(page.get("https://d.pcs.baidu.com/rest/2.0/pcs/file", params=locate))
    url = f"{servers['servers'][0]['server']}/rest/2.0/pcs/superfile2"
    for number in told["block_list"]:
        piece = data[number * block : (number + 1) * block]
        query = {**_query("upload"), **tmp, "partseq": str(number)}
        said = _said(page.post(url, params=query, files={"file": ("a", piece)}))
        if said["md5"] != _md5(piece):
            raise Refused("the block is not the one that was sent")
    done = {**asked, "uploadid": told["uploadid"]}
    return _said(page.post(_FILE, params=_query("create"), data=done))


def by_hash(page: httpx.Client, path: str, data: bytes, **more: str) -> dict[str, Any]:
    """Ask for a file that the drive may have already."""
    return _said(page.post(_FILE, params=_query("create"), data={**_asked(path, data), **more}))


def make_folder(page: httpx.Client, path: str) -> dict[str, Any]:
    """Make a folder."""
    asked = {"path": path, "isdir": "1", "size": "0"}
    return _said(page.post(_FILE, params=_query("create"), data=asked))


def _asked(path: str, data: bytes, block: int = BLOCK) -> dict[str, str]:
    pieces = [data[at : at + block] for at in range(0, len(data), block)] or [b""]
    listed = json.dumps([_md5(piece) for piece in pieces])
    asked = {"path": path, "size": str(len(data)), "isdir": "0", "rtype": "3"}
    return {**asked, "block_list": listed}


def _query(method: str) -> dict[str, str]:
    return {"method": method, "access_token": TOKEN}


def _md5(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()


def _said(answer: httpx.Response) -> dict[str, Any]:
    said: dict[str, Any] = found(answer)
    if said.get("errno") or said.get("error_code"):
        raise Refused(f"{said.get('errno') or said.get('error_code')}: {said.get('errmsg')}")
    return said
