"""gRPC through the proxy, with the official client and server: messages judged, answers streamed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from google.protobuf.struct_pb2 import Struct
from support.proxyharness import HOST, LIMITS, Replacing

from gateway.detect import catalogue
from gateway.model import Item
from gateway.pipeline import build
from gateway.policy import load_policy

MAIL = "zhang.wei@acme-mail.com"


def said(text: str) -> Struct:
    message = Struct()
    message.update({"text": text})
    return message


class Judging(Replacing):
    """The real pipeline, in this process."""

    def __init__(self, pipeline) -> None:
        super().__init__()
        self._pipeline = pipeline

    def judge(self, item: Item):
        return self._pipeline.process(item)


class Notes(grpc.GenericRpcHandler):
    """Repeats what it is told, in each of the four ways that gRPC has."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.metadata: list[str] = []
        self.go_on = threading.Event()

    def service(self, handler_call_details):
        forms = {"One": (False, False), "Each": (False, True), "All": (True, False)}
        name = handler_call_details.method.rpartition("/")[2]
        self.metadata += [
            f"{one.key}={one.value}" for one in handler_call_details.invocation_metadata
        ]
        streams, answers = forms[name]
        make = {
            (False, False): grpc.unary_unary_rpc_method_handler,
            (False, True): grpc.unary_stream_rpc_method_handler,
            (True, False): grpc.stream_unary_rpc_method_handler,
        }[streams, answers]
        behaviour = {"One": self._one, "Each": self._each, "All": self._all}[name]
        return make(behaviour, Struct.FromString, Struct.SerializeToString)

    def _one(self, request, context):
        self.messages.append(request["text"])
        context.set_trailing_metadata((("x-end", "yes"),))
        return request

    def _each(self, request, context):
        self.messages.append(request["text"])
        yield said("first")
        assert self.go_on.wait(10)
        yield said("second")

    def _all(self, requests, context):
        self.messages += [request["text"] for request in requests]
        return said(" ".join(self.messages))


@pytest.fixture
def notes(test_authority):
    handler = Notes()
    pem = test_authority.issue(HOST).read_bytes()
    server = grpc.server(ThreadPoolExecutor(4), handlers=[handler])
    handler.port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(pem, pem)]))
    server.start()
    yield handler
    server.stop(0).wait()


@pytest.fixture(scope="module")
def pipeline():
    return build(load_policy("default", catalogue()), bytes(32), LIMITS)


@pytest.fixture
def channel(open_gateway, notes, pipeline, monkeypatch):
    gateway = open_gateway({f"{HOST}:443": notes.port}, Judging(pipeline))
    monkeypatch.setenv("https_proxy", gateway.url)
    trust = grpc.ssl_channel_credentials(gateway.ca.cert_path.read_bytes())
    with grpc.secure_channel(f"{HOST}:443", trust) as one:
        yield one


def call(channel, name, way="unary_unary"):
    return getattr(channel, way)(f"/t.Notes/{name}", Struct.SerializeToString, Struct.FromString)


@pytest.mark.parametrize("compression", [None, grpc.Compression.Gzip, grpc.Compression.Deflate])
def test_a_value_in_a_message_does_not_arrive(channel, notes, compression):
    text = "Please write to {} about the new chairs, " * 3
    answer, done = call(channel, "One").with_call(
        said(text.format(*[MAIL] * 3)), compression=compression, timeout=20
    )
    wanted = text.format(*["[EMAIL_ADDRESS]"] * 3)
    assert [wanted] == notes.messages
    assert wanted == answer["text"]
    assert (("x-end", "yes"),) == tuple(done.trailing_metadata())


def test_all_messages_of_a_stream_are_judged(channel, notes):
    texts = ["We meet at noon", f"and write to {MAIL} then", "as always"]
    answer = call(channel, "All", "stream_unary")(map(said, texts), timeout=20)
    wanted = [text.replace(MAIL, "[EMAIL_ADDRESS]") for text in texts]
    assert wanted == notes.messages
    assert " ".join(wanted) == answer["text"]


def test_answers_come_one_by_one(channel, notes):
    answers = call(channel, "Each", "unary_stream")(said("We meet at noon"), timeout=20)
    assert "first" == next(answers)["text"]  # the service waits until it has been read
    notes.go_on.set()
    assert ["second"] == [one["text"] for one in answers]


def test_a_refusal_ends_the_call_and_nothing_arrives(channel, notes):
    with pytest.raises(grpc.RpcError) as caught:
        call(channel, "One").with_call(
            said("We meet at noon"), metadata=(("x-note", f"ask {MAIL}"),), timeout=20
        )
    assert grpc.StatusCode.PERMISSION_DENIED is caught.value.code()
    assert caught.value.details().startswith("Blocked by Redaction Gateway: 1 × EMAIL_ADDRESS in")
    assert [] == notes.messages
    assert not any(MAIL in one for one in notes.metadata)
