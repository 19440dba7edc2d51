"""A page in Chromium speaks over WebSockets through the gateway."""

from __future__ import annotations

import json

import pytest
from support.browser import browsing, needs_chromium
from support.proxyharness import CANARY, GONE, HOST, eventually
from support.sockets import LIVE, live_catalog
from support.wsservice import SocketService
from websockets.datastructures import Headers
from websockets.http11 import Response

WORD = CANARY.decode()
SENTENCE = "Blocked by Redaction Gateway: 1 × CODE_WORD"

# It sends what each address is to be told, and says over the first what it heard and how all ended.
PAGE = """<script>
const first = new WebSocket("wss://HOST/v1/responses");
const waiting = [];
first.onopen = () => { first.send("hello WORD"); first.send("BLOCKME {}"); };
first.onmessage = ({data}) => {
  if (data.startsWith("heard")) return;
  first.send(JSON.stringify(["heard", data.replace(/BLOCK/g, "B."), first.extensions]).replace("[", "heard["));
};
const second = new WebSocket("wss://LIVE/text");
second.onopen = () => second.send("BLOCKME");
second.onclose = ({code, reason}) => first.send("heard" + JSON.stringify(["closed", code, reason]));
</script>"""


def page(request):
    if "upgrade" in request.headers:
        return None
    body = PAGE.replace("HOST", HOST).replace("LIVE", LIVE).replace("WORD", WORD).encode()
    headers = Headers({"Content-Type": "text/html", "Content-Length": str(len(body))})
    return Response(200, "OK", headers, body)


@pytest.fixture
def service(test_authority):
    with SocketService(test_authority.issue(HOST), answer=page) as one:
        yield one


@pytest.fixture
def live_service(test_authority):
    with SocketService(test_authority.issue(LIVE)) as one:
        yield one


@needs_chromium
def test_a_page_sends_what_was_redacted_and_hears_why_the_rest_was_not(
    open_gateway, service, live_service, tmp_path
):
    gateway = open_gateway(
        {f"{HOST}:443": service.port, f"{LIVE}:443": live_service.port},
        catalog=live_catalog(tmp_path),
    )

    def heard():
        told = [one for one in service.messages if str(one).startswith("heard")]
        return [json.loads(one.removeprefix("heard").replace('"heard",', "", 1)) for one in told]

    with browsing(gateway, f"https://{HOST}/page"):
        assert eventually(lambda: len(heard()) >= 3, 60)
    said = {tuple(one) for one in heard()}
    assert (f"hello {GONE.decode()}", "permessage-deflate") in said
    (refused,) = [one[0] for one in said if SENTENCE in str(one[0])]
    assert ("error", 400) == (json.loads(refused)["type"], json.loads(refused)["status"])
    (closed,) = [one for one in said if one[0] == "closed"]
    assert 1008 == closed[1]
    assert closed[2].startswith(SENTENCE)
    assert not service.holds(CANARY)
    assert [] == live_service.messages
