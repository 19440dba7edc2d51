"""The page chat.deepseek.com: chats and files, each paid for by a proof of work.

Source: open clients of the page (gpt4free's ``DeepSeekAuth``): ``create_pow_challenge`` for a
``target_path``; the answer as base64 JSON in ``x-ds-pow-response``, good once and for that path;
``/api/v0/file/upload_file`` with ``file``; ``/api/v0/chat/completion`` with ``prompt`` and
``ref_file_ids``, answered by events of path, operation and value. Errors are 200 with
``data.biz_code``. Nothing of the proof binds the body.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Iterator
from typing import Any, ClassVar

from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.events import event, events, pieces
from support.standins.forms import form
from support.standins.keccak import deepseek_hash

TOKEN = "deepseek-page-token"
HOST = "chat.deepseek.com"
_PAID = ("/api/v0/chat/completion", "/api/v0/file/upload_file")
_DIFFICULTY = 40  # of 144,000 at the real one: the tests need no patience
_ANSWER = 17


class DeepSeekWeb(StandIn):
    """The page's server; prompts are kept as ``prompt-1`` …"""

    hosts: ClassVar[tuple[str, ...]] = (HOST,)

    def __init__(self, authority: Any) -> None:
        super().__init__(authority)
        self.challenges: dict[str, dict[str, Any]] = {}
        self.files: dict[str, str] = {}
        self.prompts = 0

    def refuse(self, fault: Fault) -> Reply:
        """200, with a code of the business inside."""
        if fault.status == 401:
            return reply({"code": 40003, "msg": fault.message, "data": None}, 401)
        data = {"biz_code": int(fault.code), "biz_msg": fault.message, "biz_data": None}
        return reply({"code": 0, "msg": "", "data": data})

    def check(self, request: Request) -> None:
        """The page's token, and a fresh proof of work where one is due."""
        if request.header("authorization") != f"Bearer {TOKEN}":
            raise Fault(401, "0", "Authorization Failed (invalid token)")
        if request.path in _PAID:
            self._check_work(request)

    def _check_work(self, request: Request) -> None:
        try:
            said = json.loads(base64.b64decode(request.header("x-ds-pow-response"), validate=True))
        except (ValueError, binascii.Error) as error:
            raise Fault(200, "1", "MISSING_HEADER x-ds-pow-response") from error
        asked = self.challenges.pop(str(said.get("challenge")), None)  # good once
        if asked is None or any(said.get(name) != asked[name] for name in _ECHOED):
            raise Fault(200, "2", "INVALID_POW_RESPONSE")
        text = f"{asked['salt']}_{asked['expire_at']}_{said.get('answer')}"
        if asked["target_path"] != request.path or deepseek_hash(text) != asked["challenge"]:
            raise Fault(200, "2", "INVALID_POW_RESPONSE")

    @route("POST /api/v0/chat/create_pow_challenge")
    def challenge(self, request: Request) -> Reply:
        """Work to be done for one request."""
        salt = f"salt{len(self.requests)}"
        expire_at = int(time.time() * 1000) + 300_000
        made = {
            "algorithm": "DeepSeekHashV1",
            "challenge": deepseek_hash(f"{salt}_{expire_at}_{_ANSWER}"),
            "salt": salt,
            "signature": f"signature-{salt}",
            "difficulty": _DIFFICULTY,
            "expire_at": expire_at,
            "target_path": str(request.json().get("target_path")),
        }
        self.challenges[made["challenge"]] = made
        return _business({"challenge": made})

    @route("POST /api/v0/chat_session/create")
    def session(self, _: Request) -> Reply:
        """A conversation."""
        return _business({"id": "session-1"})

    @route("POST /api/v0/file/upload_file")
    def upload(self, request: Request) -> Reply:
        """A file in one form."""
        file = form(request).get("file")
        if file is None or not file.file_name:
            raise Fault(200, "3", "no file")
        self.stored[file.file_name] = file.body
        name = f"file-{len(self.files) + 1}"
        self.files[name] = file.file_name
        told = {"id": name, "status": "PENDING", "file_name": file.file_name}
        return _business({**told, "file_size": len(file.body)})

    @route("GET /api/v0/file/fetch_files")
    def fetch(self, request: Request) -> Reply:
        """How far files are read."""
        names = request.query.get("file_ids", "").split(",")
        return _business({"files": [{"id": name, "status": "SUCCESS"} for name in names]})

    @route("POST /api/v0/chat/completion")
    def completion(self, request: Request) -> Reply:
        """A prompt."""
        asked = request.json()
        if asked.get("chat_session_id") != "session-1" or not asked.get("prompt"):
            raise Fault(200, "4", "chat_session_id and prompt are needed")
        if set(asked.get("ref_file_ids") or []) - set(self.files):
            raise Fault(200, "5", "no such file")
        self.prompts += 1
        self.stored[f"prompt-{self.prompts}"] = asked["prompt"].encode()
        return events(_answer(f"You said: {asked['prompt']}"))


_ECHOED = ("algorithm", "salt", "signature", "target_path")


def _business(data: dict[str, Any]) -> Reply:
    inner = {"biz_code": 0, "biz_msg": "", "biz_data": data}
    return reply({"code": 0, "msg": "", "data": inner})


def _answer(text: str) -> Iterator[bytes]:
    """Events of path, operation and value; one with only ``v`` goes on at the last path."""
    yield event({"request_message_id": 1, "response_message_id": 2}, "ready")
    yield event({"v": {"response": {"message_id": 2, "content": "", "status": "WIP"}}})
    first, *rest = pieces(text)
    yield event({"p": "response/content", "o": "APPEND", "v": first})
    for piece in rest:
        yield event({"v": piece})
    yield event({"p": "response/status", "o": "SET", "v": "FINISHED"})
    yield event({}, "close")
