"""What the page of Feishu's drive sends, after captures in open clients."""

from __future__ import annotations

import base64
import hashlib
import zlib
from typing import Any

import httpx

from support.pages.browser import Refused, found

_SPACE = "https://internal-api-space.feishu.cn/space/api/box/upload"
_STREAM = "https://internal-api-drive-stream.feishu.cn/space/api/box/stream/upload"


def upload(page: httpx.Client, name: str, data: bytes) -> str:
    """Upload a file; its token."""
    asked = {"mount_node_token": "", "mount_point": "explorer", "name": name, "size": len(data)}
    told = _data(page.post(f"{_SPACE}/prepare/", json=asked))
    size, upload_id = told["block_size"], told["upload_id"]
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    blocks = [
        {
            "hash": base64.b64encode(hashlib.sha256(piece).digest()).decode(),
            "seq": seq,
            "size": len(piece),
            "checksum": str(zlib.adler32(piece)),
            "isUploaded": True,
        }
        for seq, piece in enumerate(pieces)
    ]
    common = {"upload_id": upload_id, "mount_point": "explorer"}
    wanted = _data(page.post(f"{_SPACE}/blocks/", json={**common, "blocks": blocks}))
    for block in wanted["needed_upload_blocks"]:
        headers = {
            "content-type": "application/octet-stream",
            "x-seq-list": str(block["seq"]),
            "x-block-list-checksum": block["checksum"],
            "x-block-origin-size": str(size),
            "x-command": "space.api.box.stream.upload.merge_block",
        }
        url = f"{_STREAM}/merge_block/"
        said = page.post(url, params=common, content=pieces[block["seq"]], headers=headers)
        if _data(said)["success_seq_list"] != [block["seq"]]:
            raise Refused("the block was not accepted")
    done = {**common, "num_blocks": len(pieces), "push_open_history_record": 1}
    return str(_data(page.post(f"{_SPACE}/finish/", json=done))["file_token"])


def _data(answer: httpx.Response) -> Any:
    said = found(answer)
    if said.get("code") != 0:
        raise Refused(f"{said.get('code')}: {said.get('msg')}")
    return said["data"]
