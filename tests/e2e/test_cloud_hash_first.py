"""Drives that keep a file by its hash alone, when they have its bytes already (秒传).

Such a request carries no byte, and yet the unredacted document would be the user's, to be shared.
So each of them is refused before it reaches its service, and says why. The requests are those of
the drives' open platforms and of open clients of their pages.
"""

from __future__ import annotations

import hashlib
import json
from typing import ClassVar

import pytest
from support.clouds import SENTENCE
from support.pages.browser import Refused, browser, found
from support.samples import text
from support.standins.base import StandIn

DATA = text(300, 40)
MD5 = hashlib.md5(DATA).hexdigest()
SHA1 = hashlib.sha1(DATA).hexdigest().upper()
BLOCKS = json.dumps([MD5])
SIZE = len(DATA)

BAIDU = {
    "path": "/apps/x/a.txt",
    "size": SIZE,
    "isdir": 0,
    "block_list": BLOCKS,
    "content-md5": MD5,
    "slice-md5": MD5,
    "rtype": 1,
}
REQUESTS = {
    "aliyun-complete": (
        "https://openapi.alipan.com/adrive/v1.0/openFile/complete",
        {"json": {"drive_id": "1", "file_id": "f", "upload_id": "u"}},
    ),
    "baidu-create": ("https://pan.baidu.com/rest/2.0/xpan/file?method=create", {"data": BAIDU}),
    "baidu-page": ("https://pan.baidu.com/api/precreate", {"data": BAIDU}),
    "baidu-page-create": ("https://pan.baidu.com/api/create?a=commit", {"data": BAIDU}),
    "baidu-rapid": ("https://pan.baidu.com/api/rapidupload", {"data": BAIDU}),
    "baidu-rapid-old": (
        "https://d.pcs.baidu.com/rest/2.0/pcs/file?method=rapidupload",
        {"data": BAIDU},
    ),
    "115-open": (
        "https://proapi.115.com/open/upload/init",
        {"data": {"file_name": "a.txt", "file_size": SIZE, "fileid": SHA1, "preid": SHA1}},
    ),
    "115-page": ("https://uplb.115.com/4.0/initupload.php?k_ec=x", {"content": b"enciphered"}),
    "123-open": (
        "https://open-api.123pan.com/upload/v2/file/create",
        {"json": {"parentFileID": 0, "filename": "a.txt", "etag": MD5, "size": SIZE}},
    ),
    "123-sha1": (
        "https://open-api.123pan.com/upload/v2/file/sha1_reuse",
        {"json": {"parentFileID": 0, "filename": "a.txt", "sha1": SHA1, "size": SIZE}},
    ),
    "123-page": (
        "https://www.123pan.com/b/api/file/upload_request",
        {"json": {"etag": MD5, "fileName": "a.txt", "size": SIZE, "driveId": 0}},
    ),
    "139": (
        "https://personal-kd-njs.yun.139.com/hcy/file/create",
        {"json": {"contentHash": SHA1, "contentHashAlgorithm": "SHA256", "size": SIZE}},
    ),
    "189": (
        "https://upload.cloud.189.cn/person/initMultiUpload?params=00ff",
        {"content": b""},
    ),
    "189-exists": (
        "https://upload.cloud.189.cn/person/checkTransSecond?params=00ff",
        {"content": b""},
    ),
    "quark": (
        "https://drive-pc.quark.cn/1/clouddrive/file/upload/pre?pr=ucpro",
        {"json": {"file_name": "a.txt", "size": SIZE, "format_type": "text/plain"}},
    ),
    "quark-hash": (
        "https://drive-pc.quark.cn/1/clouddrive/file/update/hash?pr=ucpro",
        {"json": {"md5": MD5, "sha1": SHA1, "task_id": "t"}},
    ),
    "wps-create": (
        "https://drive.wps.cn/api/v5/files/upload/create",
        {"json": {"sha1": SHA1.lower(), "size": str(SIZE), "name": "a.txt"}},
    ),
    "wps-multipart": (
        "https://openapi.wps.cn/v7/drives/1/files/0/create_multipart_upload_task",
        {"json": {"name": "a.txt", "size": SIZE}},
    ),
    "feishu-page": (
        "https://internal-api-space.feishu.cn/space/api/box/upload/blocks/",
        {"json": {"upload_id": "u", "blocks": [{"hash": SHA1, "seq": 0, "size": SIZE}]}},
    ),
}


class Drives(StandIn):
    """Nothing may reach them."""

    hosts: ClassVar[tuple[str, ...]] = tuple(
        {url.split("/")[2]: None for url, _ in REQUESTS.values()}
    )


@pytest.fixture
def service(authority):
    with Drives(authority) as running:
        yield running


@pytest.mark.parametrize("name", REQUESTS)
def test_a_file_named_by_its_hash_is_refused(service, reach, name):
    url, options = REQUESTS[name]
    with browser(reach(service, "gateway")) as page, pytest.raises(Refused, match=SENTENCE):
        found(page.post(url, **options))
    assert [] == service.requests


def test_a_hash_in_an_address_is_refused(service, reach):
    """Cloud 189 says everything in the address, by GET."""
    with browser(reach(service, "gateway")) as page:
        answer = page.get("https://upload.cloud.189.cn/person/initMultiUpload?params=00ff")
    assert SENTENCE in answer.text
    assert [] == service.requests


def test_a_commit_for_bytes_that_never_came_is_refused(service, reach):
    """The gateway forgot the upload, or never saw it: the drive may still know the hash."""
    commit = {"etag": MD5, "name": "a.txt", "sha1": SHA1.lower(), "size": SIZE, "store": "ks3"}
    with (
        browser(reach(service, "gateway")) as page,
        pytest.raises(Refused, match="does not know this upload"),
    ):
        found(page.post("https://drive.wps.cn/api/v5/files/file", json=commit))
    assert [] == service.requests


def test_a_commit_without_the_bytes_is_refused(service, reach):
    """The client says that they are there already."""
    asked = {"group_id": "1", "parent_id": "0", "name": "a.txt", "size": str(SIZE)}
    asked |= {"sha1": SHA1.lower(), "sha256": hashlib.sha256(DATA).hexdigest()}
    with browser(reach(service, "gateway")) as page:
        url = "https://drive.wps.cn/api/v5/files/upload/create_update"
        told = found(page.put(url, json=asked))
        commit = {"name": "a.txt", "sha1": SHA1.lower(), "size": SIZE, "store": told["store"]}
        with pytest.raises(Refused, match="part of the upload is missing"):
            found(page.post("https://drive.wps.cn/api/v5/files/file", json={**commit, "etag": ""}))
    assert [] == service.requests
