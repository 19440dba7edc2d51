"""Slack: the official client, straight and through the gateway.

A file needs three requests: a ticket with its length, the bytes at another address, a completion.
Through the gateway the file that Slack keeps has no canary and the length that was announced for
it fits; a blocked file ends in ``SlackApiError`` with our words at the completion, and no byte of
it was sent.
"""

from __future__ import annotations

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from support.proxyharness import CANARY
from support.samples import BLOCKED, IBAN, arrived, text, word, word_text
from support.standins.slack import CHANNEL, TOKEN, Slack

ROADS = ("direct", "gateway")
UPLOAD_ROADS = ("direct", "gateway")
SAID = CANARY.decode()
SLUG = "blocked_by_redaction_gateway"


@pytest.fixture
def service(authority):
    with Slack(authority) as running:
        yield running


@pytest.fixture
def connect(service, reach):
    def connected(road):
        cloud = reach(service, road)
        return WebClient(TOKEN, proxy=cloud.proxy, ssl=cloud.ssl_context())

    return connected


@pytest.mark.parametrize("road", ROADS)
def test_a_message_loses_only_the_canary(service, connect, road):
    block = {"type": "section", "text": {"type": "mrkdwn", "text": f"块 {SAID}"}}
    answer = connect(road).chat_postMessage(channel=CHANNEL, text=f"hi {SAID}", blocks=[block])
    said = arrived(road, CANARY).decode()
    assert answer["ok"]
    assert f"hi {said}块 {said}" == service.stored["message-1"].decode()
    assert (road == "direct") == service.holds(CANARY)
    assert [] == service.faults


def test_a_blocked_message_says_so_and_sends_nothing(service, connect):
    with pytest.raises(SlackApiError) as caught:
        connect("gateway").chat_postMessage(channel=CHANNEL, text=BLOCKED.decode())
    assert caught.value.response["error"].startswith(SLUG)
    assert [] == service.requests


@pytest.mark.parametrize("road", UPLOAD_ROADS)
@pytest.mark.parametrize("data", [text(300), text(300, 40), text(70_000, 5, 65_530)], ids=len)
def test_a_file_arrives_whole_but_for_the_canary(service, connect, road, data):
    client = connect(road)
    answer = client.files_upload_v2(
        channel=CHANNEL, filename="notes.txt", content=data, initial_comment=f"see {SAID}"
    )
    assert "notes.txt" == answer["files"][0]["name"]
    assert arrived(road, data) == service.stored["notes.txt"]
    assert f"see {arrived(road, CANARY).decode()}" == service.stored["message-1"].decode()
    assert (road == "direct") == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", UPLOAD_ROADS)
def test_several_files_at_once(service, connect, road):
    files = {"a.txt": text(200, 50), "b.txt": text(100), "c.docx": word("quiet", "words")}
    uploads = [{"filename": name, "content": data} for name, data in files.items()]
    connect(road).files_upload_v2(channel=CHANNEL, file_uploads=uploads)
    assert {name: arrived(road, data) for name, data in files.items()} == service.stored
    assert "quiet\nwords" == word_text(service.stored["c.docx"])
    assert [] == service.faults


@pytest.mark.parametrize("road", ["direct", "real"])
def test_the_stored_word_document_opens(service, connect, road):
    data = word("quiet", f"IBAN: {IBAN}")
    connect(road).files_upload_v2(channel=CHANNEL, filename="a.docx", content=data)
    stored = word_text(service.stored["a.docx"])
    assert stored.startswith("quiet\nIBAN: ")
    assert (road == "direct") == (IBAN in stored)
    assert [] == service.faults


def test_of_several_files_none_is_sent_where_one_is_blocked(service, connect):
    uploads = [{"filename": f"{at}.txt", "content": text(100)} for at in range(3)]
    uploads[1]["content"] = BLOCKED
    with pytest.raises(SlackApiError, match=SLUG):
        connect("gateway").files_upload_v2(channel=CHANNEL, file_uploads=uploads)
    assert 0 == service.bytes_received()
    assert {} == service.stored


def test_the_same_file_becomes_the_same_bytes_again(service, connect):
    client = connect("gateway")
    for name in ("a.txt", "b.txt"):
        client.files_upload_v2(channel=CHANNEL, filename=name, content=text(300, 40))
    assert service.stored["a.txt"] == service.stored["b.txt"]


def test_what_slack_says_no_to_is_what_the_client_hears(service, connect):
    service.refused_size = 300
    with pytest.raises(SlackApiError, match="file_upload_size_restricted"):
        connect("gateway").files_upload_v2(channel=CHANNEL, filename="a", content=text(300))
    assert {} == service.stored


def test_a_blocked_file_says_so_and_sends_nothing(service, connect):
    data = BLOCKED + CANARY
    with pytest.raises((SlackApiError, SlackRequestError)) as caught:
        connect("gateway").files_upload_v2(channel=CHANNEL, filename="notes.txt", content=data)
    assert SLUG in str(caught.value)
    assert 0 == service.bytes_received()
    assert {} == service.stored


def test_the_service_refuses_what_does_not_add_up(service, connect):
    import httpx

    client = connect("direct")
    with pytest.raises(SlackApiError, match="missing_argument"):
        client.files_getUploadURLExternal(length=0, filename="a")
    ticket = client.files_getUploadURLExternal(length=3, filename="a")
    with httpx.Client(proxy=client.proxy, verify=client.ssl) as raw:
        assert 400 == raw.post(ticket["upload_url"], content=b"abcd").status_code
        files = [{"id": ticket["file_id"]}]
        with pytest.raises(SlackApiError, match="file_not_found"):
            client.files_completeUploadExternal(files=files, channel_id=CHANNEL)
        assert "OK - 3" == raw.post(ticket["upload_url"], files={"filename": b"abc"}).text
        assert 404 == raw.post(ticket["upload_url"], content=b"abc").status_code
    client.files_completeUploadExternal(files=files, channel_id=CHANNEL)
    assert {"a": b"abc"} == service.stored
    with pytest.raises(SlackApiError, match="invalid_auth"):
        WebClient("xoxb-no", proxy=client.proxy, ssl=client.ssl).chat_postMessage(
            channel=CHANNEL, text="x"
        )
