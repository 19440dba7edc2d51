"""OneDrive and Teams by Microsoft's own SDK, and OneDrive by the office365 client.

| what is sent                                  | direct | gateway | asserted through the gateway        |
|-----------------------------------------------|--------|---------|-------------------------------------|
| one request (``/content``), chat message      | yes    | yes     | redacted, byte-identical when clean |
| Word file in one request                      | yes    | real    | opens, and the IBAN is out of it    |
| upload session, any chunk size, any border    | yes    | yes     | as above; ranges fit; client ends   |
|                                               |        |         | well; a blocked one: 0 bytes stored |
| session with ``deferCommit``, DELETE, status  | yes    | yes     | as above                            |
| Word file in a session                        | yes    | real    | opens, and the IBAN is out of it    |
"""

from __future__ import annotations

import asyncio
import io
import re

import httpx
import pytest
from support.clouds import BECAUSE, OPEN_CONNECTIONS, Road, sized
from support.proxyharness import CANARY
from support.samples import IBAN, arrived, word, word_text
from support.standins.onedrive import FRAGMENT_UNIT, GRAPH, TOKEN, OneDrive, quick_xor

ONE_REQUEST: tuple[Road, ...] = ("direct", "gateway")
SESSIONS: tuple[Road, ...] = ("direct", "gateway")
WORD_SESSIONS: tuple[Road, ...] = ("direct", "real")
UNIT = FRAGMENT_UNIT

# What msgraph-sdk itself says when its own modules are imported.
pytestmark = [
    pytest.mark.usefixtures("clients_left_open"),
    pytest.mark.filterwarnings(
        OPEN_CONNECTIONS,
        "ignore:GetQueryParameters is deprecated:DeprecationWarning",
        "ignore:This class is deprecated. Please use the generic:DeprecationWarning",
    ),
]


@pytest.fixture
def service(authority):
    with OneDrive(authority) as one:
        yield one


@pytest.fixture
def cloud(service, reach, road):
    return reach(service, road)


def graph():
    """Microsoft's client with a token of the stand-in's."""
    from kiota_abstractions.authentication import (
        AccessTokenProvider,
        AllowedHostsValidator,
        BaseBearerTokenAuthenticationProvider,
    )
    from msgraph import GraphRequestAdapter, GraphServiceClient

    class Fixed(AccessTokenProvider):
        async def get_authorization_token(self, uri, additional_authentication_context=None):
            return TOKEN if self.get_allowed_hosts_validator().is_url_host_valid(uri) else ""

        def get_allowed_hosts_validator(self):
            return AllowedHostsValidator([GRAPH])

    provider = BaseBearerTokenAuthenticationProvider(Fixed())
    return GraphServiceClient(request_adapter=GraphRequestAdapter(provider))


def by_sdk(work):
    """Run ``work(client)`` and close the client's connections."""

    async def run():
        client = graph()
        try:
            return await work(client)
        finally:
            # The SDK's transport does not pass aclose() on to the one that it wraps.
            http = client.request_adapter._http_client
            for transport in (http._transport, *http._mounts.values()):
                await getattr(transport, "transport", transport).aclose()

    return asyncio.run(run())


def item(client, name):
    return client.drives.by_drive_id("d").items.by_drive_item_id(f"root:/{name}:")


@pytest.mark.parametrize("road", ONE_REQUEST)
@pytest.mark.parametrize("data", [sized(9000), b"a " + CANARY + b" b\n"], ids=["clean", "canary"])
def test_a_file_in_one_request_by_the_sdk(service, cloud, road, data):
    made = by_sdk(lambda client: item(client, "notes/李雷.txt").content.put(data))
    expected = arrived(road, data)
    assert {"notes/李雷.txt": expected} == service.stored
    assert (len(expected), quick_xor(expected)) == (made.size, made.file.hashes.quick_xor_hash)
    assert (road == "direct" and CANARY in data) == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", ["gateway"])
def test_a_blocked_file_tells_why_in_the_sdk(service, cloud):
    from msgraph.generated.models.o_data_errors.o_data_error import ODataError

    with pytest.raises(ODataError) as caught:
        by_sdk(lambda client: item(client, "a.txt").content.put(b"BLOCKME"))
    assert re.search(BECAUSE, caught.value.error.message)
    assert [] == service.requests


@pytest.mark.parametrize("road", ["direct", "real"])
def test_a_word_file_in_one_request_still_opens(service, cloud, road):
    data = word("Plan", f"Pay {IBAN} today")
    by_sdk(lambda client: item(client, "plan.docx").content.put(data))
    text = word_text(service.stored["plan.docx"])
    assert text.startswith("Plan\nPay ")
    assert (road == "direct") == (IBAN in text)
    assert (road == "direct") == service.holds(IBAN.encode())
    assert [] == service.faults


def message(text):
    from msgraph.generated.models.chat_message import ChatMessage
    from msgraph.generated.models.item_body import ItemBody

    return ChatMessage(body=ItemBody(content=text))


@pytest.mark.parametrize("road", ONE_REQUEST)
def test_a_teams_message_by_the_sdk(service, cloud, road):
    text = f"请看 {CANARY.decode()} 谢谢"
    made = by_sdk(
        lambda client: client.chats.by_chat_id("19:x@thread.v2").messages.post(message(text))
    )
    expected = arrived(road, text.encode())
    assert expected == service.stored["message 1"]
    assert expected.decode() == made.body.content
    assert (road == "direct") == service.holds(CANARY)


@pytest.mark.parametrize("road", ["gateway"])
def test_a_blocked_message_tells_why_in_the_sdk(service, cloud):
    from msgraph.generated.models.o_data_errors.o_data_error import ODataError

    with pytest.raises(ODataError) as caught:
        by_sdk(lambda client: client.chats.by_chat_id("c").messages.post(message("BLOCKME")))
    assert re.search(BECAUSE, caught.value.error.message)
    assert [] == service.messages


# -- upload sessions -------------------------------------------------------------------------

# (size, chunk size, where the canary begins): inside a chunk, across a border, across the border
# of the last chunk, and a file of a single chunk.
LAYOUTS = [
    (3 * UNIT + 17, UNIT, None),
    (3 * UNIT + 17, UNIT, 100),
    (3 * UNIT + 17, UNIT, UNIT - 10),
    (3 * UNIT + 17, 2 * UNIT, 2 * UNIT - len(CANARY) + 1),
    (2 * UNIT + 9, UNIT, 2 * UNIT - 20),
    (5000, UNIT, 7),
]


@pytest.mark.parametrize("road", SESSIONS)
@pytest.mark.parametrize(("size", "chunk", "canary"), LAYOUTS)
def test_an_upload_session_by_the_sdk(authority, reach, road, size, chunk, canary):
    """The SDK's task repeats its last fragment, so it needs the service that bears with that."""
    from msgraph.generated.drives.item.items.item.create_upload_session.create_upload_session_post_request_body import (
        CreateUploadSessionPostRequestBody,
    )
    from msgraph.generated.models.drive_item import DriveItem
    from msgraph.generated.models.drive_item_uploadable_properties import (
        DriveItemUploadableProperties,
    )
    from msgraph_core.tasks import LargeFileUploadTask

    data = sized(size, canary)
    asked = CreateUploadSessionPostRequestBody(
        item=DriveItemUploadableProperties(
            additional_data={"@microsoft.graph.conflictBehavior": "replace"}
        )
    )

    async def work(client):
        session = await item(client, "big.txt").create_upload_session.post(asked)
        task = LargeFileUploadTask(
            session, client.request_adapter, io.BytesIO(data), DriveItem, chunk
        )
        return await task.upload()

    with OneDrive(authority, repeats=True) as service:
        reach(service, road)
        made = by_sdk(work).item_response
        expected = arrived(road, data)
        assert {"big.txt": expected} == service.stored
        assert made.size in (len(data), len(expected))
        assert (road == "direct" and canary is not None) == service.holds(CANARY)
        assert [] == service.faults


def office365():
    """The office365-rest-python-client with a token of the stand-in's."""
    from office365.graph_client import GraphClient

    token = {"access_token": TOKEN, "token_type": "Bearer"}
    return GraphClient(token_callback=lambda: token)


@pytest.mark.parametrize("personal", [False, True])
@pytest.mark.parametrize("road", SESSIONS)
@pytest.mark.parametrize(("size", "chunk", "canary"), LAYOUTS)
def test_an_upload_session_by_office365(
    authority, reach, road, tmp_path, personal, size, chunk, canary
):
    data = sized(size, canary)
    path = tmp_path / "big.txt"
    path.write_bytes(data)
    with OneDrive(authority, personal=personal) as service:
        reach(service, road)
        office365().me.drive.root.resumable_upload(str(path), chunk).execute_query()
        assert {"big.txt": arrived(road, data)} == service.stored
        assert (road == "direct" and canary is not None) == service.holds(CANARY)
        assert [] == service.faults + service.warnings
        assert {} == service.sessions


@pytest.mark.parametrize("road", WORD_SESSIONS)
def test_a_word_file_in_a_session_still_opens(service, cloud, road, tmp_path):
    path = tmp_path / "plan.docx"
    path.write_bytes(word("Plan", f"Pay {IBAN} today"))
    office365().me.drive.root.resumable_upload(str(path), 10_000).execute_query()
    text = word_text(service.stored["plan.docx"])
    assert text.startswith("Plan\nPay ")
    assert (road == "direct") == (IBAN in text)
    assert (road == "direct") == service.holds(IBAN.encode())
    assert [] == service.faults


@pytest.mark.parametrize("road", SESSIONS)
@pytest.mark.parametrize("at", [10, UNIT - 3, 2 * UNIT])
def test_a_blocked_session_tells_why_and_no_byte_of_it_leaves(service, cloud, road, tmp_path, at):
    data = sized(2 * UNIT + 50)
    path = tmp_path / "big.txt"
    path.write_bytes(data[:at] + b"BLOCKME" + data[at + 7 :])
    query = office365().me.drive.root.resumable_upload(str(path), UNIT)
    if road == "direct":
        query.execute_query()
        assert service.holds(b"BLOCKME")
        return
    with pytest.raises(Exception, match=BECAUSE):
        query.execute_query()
    assert {} == service.stored
    assert 0 == sum(len(request.body) for request in service.requests if request.method == "PUT")


@pytest.mark.parametrize("road", SESSIONS)
def test_a_deferred_session_is_asked_resumed_and_committed(service, cloud, road):
    data = sized(2 * UNIT, UNIT - 5)
    head = {"authorization": f"Bearer {TOKEN}"}
    with httpx.Client(proxy=cloud.proxy, verify=cloud.ssl_context()) as client:
        url = f"https://{GRAPH}/v1.0/me/drive/root:/a.txt:/createUploadSession"
        target = client.post(url, json={"deferCommit": True}, headers=head).json()["uploadUrl"]

        def put(first):
            last = first + UNIT - 1
            span = {"content-range": f"bytes {first}-{last}/{len(data)}"}
            return client.put(target, content=data[first : last + 1], headers=span)

        assert 202 == put(0).status_code
        assert [f"{UNIT}-{2 * UNIT - 1}"] == client.get(target).json()["nextExpectedRanges"]
        assert 202 == put(UNIT).status_code
        assert {} == service.stored
        done = client.post(target, headers={"content-length": "0"})
    assert 201 == done.status_code
    assert {"a.txt": arrived(road, data)} == service.stored
    assert [] == service.faults


@pytest.mark.parametrize("road", SESSIONS)
def test_a_session_that_is_given_up_leaves_nothing(service, cloud):
    head = {"authorization": f"Bearer {TOKEN}"}
    with httpx.Client(proxy=cloud.proxy, verify=cloud.ssl_context()) as client:
        url = f"https://{GRAPH}/v1.0/me/drive/root:/a.txt:/createUploadSession"
        target = client.post(url, headers=head).json()["uploadUrl"]
        span = {"content-range": f"bytes 0-{UNIT - 1}/{2 * UNIT}"}
        client.put(target, content=sized(UNIT), headers=span)
        assert 204 == client.delete(target).status_code
        assert 404 == client.get(target).status_code
    assert ({}, {}) == (service.stored, service.sessions)
