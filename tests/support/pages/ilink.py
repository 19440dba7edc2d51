"""What Tencent's client of the iLink bot channel sends, for machines without Node.

Written after npm ``@tencent-weixin/openclaw-weixin`` 2.4.9 (MIT).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Any

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from support.pages.browser import Refused, found

_API = "https://ilinkai.weixin.qq.com/ilink/bot"


def send(page: httpx.Client, name: str, data: bytes, **lies: Any) -> str:
    """Send a file; the id of its message.

    Args:
        page: with the bot's token.
        name: of the file.
        data: its bytes.
        lies: fields of the ticket, and ``len`` of the message, that do not say the truth.
    """
    key = secrets.token_bytes(16)
    padder = PKCS7(128).padder()
    padded = padder.update(data) + padder.finalize()
    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    enciphered = cipher.update(padded) + cipher.finalize()
    asked = {
        "filekey": secrets.token_hex(16),
        "media_type": 3,
        "to_user_id": "user@im",
        "rawsize": len(data),
        "rawfilemd5": hashlib.md5(data).hexdigest(),
        "filesize": len(padded),
        "no_need_thumb": True,
        "aeskey": key.hex(),
        "base_info": {"channel_version": "2.4.9", "bot_agent": "OpenClaw"},
    }
    length = lies.pop("len", str(len(data)))
    url = found(page.post(f"{_API}/getuploadurl", json={**asked, **lies}))["upload_full_url"]
    put = page.build_request(
        "POST", url, content=enciphered, headers={"content-type": "application/octet-stream"}
    )
    put.headers.pop("authorization", None)
    answer = page.send(put)
    if answer.status_code != 200:
        why = answer.headers.get("x-error-message") or answer.text
        raise Refused(f"CDN upload client error {answer.status_code}: {why}")
    media = {
        "encrypt_query_param": answer.headers["x-encrypted-param"],
        "aes_key": base64.b64encode(key.hex().encode()).decode(),
        "encrypt_type": 1,
    }
    file = {"media": media, "file_name": name, "len": length}
    message = {"to_user_id": "user@im", "item_list": [{"type": 4, "file_item": file}]}
    return str(found(page.post(f"{_API}/sendmessage", json={"msg": message}))["message_id"])
