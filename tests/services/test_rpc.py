"""Refusals of calls: what gRPC-Web and Connect read; gRPC's own client is in tests/proxy/test_grpc.py."""

import base64
import json
from urllib.parse import unquote

import pytest

from gateway.services import rpc

SENTENCE = "Blocked by Redaction Gateway: 2 × IBAN in “预算.xlsx” (ref G-12), 100 %"


def test_a_streaming_call_of_connect_ends_with_an_error():
    refusal = rpc.refusal("application/connect+json; charset=utf-8", SENTENCE)
    assert (200, "application/connect+json") == (refusal.status, refusal.headers["content-type"])
    assert 2 == refusal.body[0]
    assert len(refusal.body) - 5 == int.from_bytes(refusal.body[1:5])
    error = {"code": "permission_denied", "message": SENTENCE}
    assert {"error": error} == json.loads(refusal.body[5:])


def test_a_call_of_grpc_ends_with_a_status():
    refusal = rpc.refusal("application/grpc", SENTENCE)
    assert (200, b"", "7") == (refusal.status, refusal.body, refusal.headers["grpc-status"])
    message = refusal.headers["grpc-message"]
    assert message.isascii()
    assert message.startswith("Blocked by Redaction Gateway: 2 ")
    assert SENTENCE == unquote(message)


@pytest.mark.parametrize("kind", ["application/grpc-web+proto", "application/grpc-web-text"])
def test_a_call_of_grpc_web_ends_with_a_block_of_trailers(kind):
    refusal = rpc.refusal(kind, SENTENCE)
    body = base64.b64decode(refusal.body) if "text" in kind else refusal.body
    assert 0x80 == body[0]
    assert len(body) - 5 == int.from_bytes(body[1:5])
    status, message, end = body[5:].decode("ascii").split("\r\n")
    assert ("grpc-status: 7", "") == (status, end)
    assert SENTENCE == unquote(message.removeprefix("grpc-message: "))


def test_a_line_break_cannot_end_the_message():
    assert "\n" not in rpc.refusal("application/grpc", "a\r\nb: c").headers["grpc-message"]


@pytest.mark.parametrize("kind", ["", "application/json", "application/proto", "text/grpc"])
def test_other_requests_are_the_profiles_business(kind):
    assert rpc.refusal(kind, SENTENCE) is None
