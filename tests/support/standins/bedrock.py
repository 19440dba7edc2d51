"""A Bedrock that checks signatures (or takes an API key) and says what it heard."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from support.standins.s3 import reply
from support.standins.sigv4 import Refuse, verify
from support.upstream import Request


@dataclass
class Bedrock:
    """Answers ``converse``."""

    secrets: dict[str, str]
    asked: list[bytes] = field(default_factory=list)

    def __call__(self, request: Request) -> bytes:
        try:
            if not (request.header("authorization") or "").startswith("Bearer bedrock-api-key-"):
                verify(request, self.secrets, "bedrock")
        except Refuse as refusal:
            body = json.dumps({"message": refusal.message}).encode()
            return reply(403, body, {"x-amzn-errortype": refusal.code})
        self.asked.append(request.body)
        text = json.loads(request.body)["messages"][0]["content"][0]["text"]
        message = {"role": "assistant", "content": [{"text": f"heard: {text}"}]}
        answer = {
            "output": {"message": message},
            "stopReason": "end_turn",
            "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
            "metrics": {"latencyMs": 1},
        }
        return reply(200, json.dumps(answer).encode(), {"content-type": "application/json"})
