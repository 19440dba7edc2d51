"""Box by its own SDK, which checks size and SHA-1 of every part's answer.

| what is sent                                  | direct | gateway | asserted through the gateway         |
|-----------------------------------------------|--------|---------|--------------------------------------|
| ``files/content``, new version, preflight     | yes    | yes     | redacted, identical when clean       |
| ``files/content`` with ``Content-MD5``        | yes    | yes     | as above; the hash computed anew     |
| (a SHA-1)                                     |        |         |                                      |
| upload session of any part size, any border   | yes    | yes     | as above; part and whole digests;    |
|                                               |        |         | the SDK's own asserts; blocked:      |
|                                               |        |         | 0 bytes stored                       |
| Word file in a session                        | yes    | real    | opens, and the IBAN is out of it     |
| session for a new version with ``plan``       | yes    | yes     | a hit of ``plan`` (SHA-512 before    |
|                                               |        |         | bytes) sends no part unseen          |
"""

from __future__ import annotations

import io

import pytest
from support.clouds import BECAUSE, OPEN_CONNECTIONS, Road, sized
from support.proxyharness import CANARY
from support.samples import IBAN, arrived, word, word_text
from support.standins.bodies import digest
from support.standins.box import TOKEN, Box

ONE_REQUEST: tuple[Road, ...] = ("direct", "gateway")
HASHED: tuple[Road, ...] = ("direct", "gateway")
SESSIONS: tuple[Road, ...] = ("direct", "gateway")

pytestmark = [
    pytest.mark.usefixtures("clients_left_open"),
    pytest.mark.filterwarnings(OPEN_CONNECTIONS),
]


@pytest.fixture
def start(authority, reach, road):
    """``start(**options)``: a service and Box's client for it."""
    import contextlib

    from box_sdk_gen import BoxClient, BoxDeveloperTokenAuth, NetworkSession
    from box_sdk_gen.networking.retries import BoxRetryStrategy

    with contextlib.ExitStack() as stack:

        def opened(**options):
            service = stack.enter_context(Box(authority, **options))
            reach(service, road)
            session = NetworkSession(retry_strategy=BoxRetryStrategy(max_attempts=1))
            client = BoxClient(BoxDeveloperTokenAuth(TOKEN), network_session=session)
            return service, client

        yield opened


def attributes(name):
    from box_sdk_gen.managers.uploads import (
        UploadFileAttributes,
        UploadFileAttributesParentField,
    )

    return UploadFileAttributes(name, UploadFileAttributesParentField("0"))


@pytest.mark.parametrize(
    ("hashed", "road"),
    [*((False, road) for road in ONE_REQUEST), *((True, road) for road in HASHED)],
)
@pytest.mark.parametrize("data", [sized(9000), b"a " + CANARY + b" b\n"], ids=["clean", "canary"])
def test_a_file_in_one_request(start, road, hashed, data):
    service, client = start()
    sha1 = {"content_md_5": digest("sha1", data)} if hashed else {}
    made = client.uploads.upload_file(attributes("会议.txt"), io.BytesIO(data), **sha1).entries[0]
    expected = arrived(road, data)
    assert expected == service.content("会议.txt")
    assert (len(expected), digest("sha1", expected)) == (made.size, made.sha_1)
    assert (road == "direct" and CANARY in data) == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", ONE_REQUEST)
def test_a_new_version_after_a_preflight(start, road):
    from box_sdk_gen.managers.uploads import (
        UploadFileVersionAttributes,
        UploadWithPreflightCheckAttributes,
        UploadWithPreflightCheckAttributesParentField,
    )

    service, client = start()
    parent = UploadWithPreflightCheckAttributesParentField("0")
    about = UploadWithPreflightCheckAttributes("a.txt", parent, size=3)
    made = client.uploads.upload_with_preflight_check(about, io.BytesIO(b"old")).entries[0]
    data = b"new " + CANARY
    client.uploads.upload_file_version(
        made.id, UploadFileVersionAttributes("a.txt"), io.BytesIO(data), if_match=made.etag
    )
    assert arrived(road, data) == service.content("a.txt")
    assert [] == service.faults


@pytest.mark.parametrize("road", ONE_REQUEST)
def test_a_blocked_file_tells_why(start, road):
    from box_sdk_gen.box.errors import BoxAPIError

    service, client = start()
    if road == "direct":
        client.uploads.upload_file(attributes("a"), io.BytesIO(b"BLOCKME"))
        assert b"BLOCKME" == service.content("a")
        return
    with pytest.raises(BoxAPIError, match=BECAUSE):
        client.uploads.upload_file(attributes("a"), io.BytesIO(b"BLOCKME"))
    assert [] == service.requests


LAYOUTS = [
    (5000, 1000, None),
    (5000, 1000, 100),
    (5000, 1000, 990),
    (5000, 1000, 5000 - len(CANARY)),
    (2030, 1999, 1999 - 3),
    (200, 17, 60),
    (500, 1000, 5),
]


@pytest.mark.parametrize("road", SESSIONS)
@pytest.mark.parametrize(("size", "part", "canary"), LAYOUTS)
def test_a_file_in_parts(start, road, size, part, canary):
    service, client = start(least=100, part_size=part)
    data = sized(size, canary)
    made = client.chunked_uploads.upload_big_file(io.BytesIO(data), "big.txt", size, "0")
    expected = arrived(road, data)
    assert expected == service.content("big.txt")
    assert made.size in (len(data), len(expected))
    if road == "gateway":
        assert not service.holds(CANARY)
    assert ([], {}) == (service.faults, service.sessions)


@pytest.mark.parametrize("road", ["direct", "real"])
def test_a_word_file_in_parts_still_opens(start, road):
    service, client = start(least=100, part_size=10_000)
    data = word("Plan", f"Pay {IBAN} today")
    client.chunked_uploads.upload_big_file(io.BytesIO(data), "plan.docx", len(data), "0")
    text = word_text(service.content("plan.docx"))
    assert text.startswith("Plan\nPay ")
    assert (road == "direct") == (IBAN in text)
    assert [] == service.faults


@pytest.mark.parametrize("road", SESSIONS)
def test_a_file_in_parts_of_the_size_that_box_prescribes(start, road):
    service, client = start()
    data = sized(20_500_000, 8 * 1024 * 1024 - 7)
    client.chunked_uploads.upload_big_file(io.BytesIO(data), "big.txt", len(data), "0")
    assert arrived(road, data) == service.content("big.txt")
    assert [] == service.faults


@pytest.mark.parametrize("road", SESSIONS)
def test_a_new_version_of_which_box_has_some_parts_already(start, road):
    service, client = start(least=100, part_size=1000)
    old = sized(3000)
    made = client.chunked_uploads.upload_big_file(io.BytesIO(old), "big.txt", len(old), "0")
    data = old[:2000] + CANARY + old[2000 + len(CANARY) :]
    client.chunked_uploads.upload_big_file_version(made.id, io.BytesIO(data), len(data))
    assert arrived(road, data) == service.content("big.txt")
    if road == "gateway":
        assert not service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", SESSIONS)
@pytest.mark.parametrize("at", [10, 996, 1990])
def test_a_blocked_file_in_parts_tells_why_and_no_byte_of_it_leaves(start, road, at):
    service, client = start(least=100, part_size=1000)
    data = sized(2000)
    data = data[:at] + b"BLOCKME" + data[at + 7 :]

    def upload():
        client.chunked_uploads.upload_big_file(io.BytesIO(data), "a", len(data), "0")

    if road == "direct":
        upload()
        assert data == service.content("a")
        return
    with pytest.raises(Exception, match=BECAUSE):
        upload()
    assert {} == service.stored
    assert 0 == sum(len(request.body) for request in service.requests if request.method == "PUT")
