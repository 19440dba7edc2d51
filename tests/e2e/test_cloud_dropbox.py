"""Dropbox by its own SDK, which sends a content hash with every upload.

| what is sent                                  | direct | gateway | asserted through the gateway         |
|-----------------------------------------------|--------|---------|--------------------------------------|
| ``files/upload`` without the hash             | yes    | yes     | redacted, identical when clean       |
| ``files/upload`` with it, clean               | yes    | yes     | identical                            |
| ``files/upload`` with it, redacted            | yes    | yes     | redacted and the hash computed anew  |
| Word file in one request (without the hash)   | yes    | real    | opens, and the IBAN is out of it     |
| sessions, sequential and concurrent, any      | yes    | yes     | as above; offsets fit; blocked:      |
| chunk size, any border; ``finish_batch_v2``   |        |         | 0 bytes stored                       |
| Word file in a session                        | yes    | real    | opens, and the IBAN is out of it     |
| temporary upload link                         | yes    | yes     | redacted; its answer's hash          |
"""

from __future__ import annotations

import json

import httpx
import pytest
from support.clouds import BECAUSE, Road, sized
from support.proxyharness import CANARY
from support.samples import IBAN, arrived, word, word_text
from support.standins.dropbox_api import BLOCK, CONTENT, TOKEN, Dropbox, content_hash

ONE_REQUEST: tuple[Road, ...] = ("direct", "gateway")
HASHED: tuple[Road, ...] = ("direct", "gateway")
SESSIONS: tuple[Road, ...] = ("direct", "gateway")
LINKS: tuple[Road, ...] = ("direct", "gateway")


@pytest.fixture
def service(authority):
    with Dropbox(authority) as one:
        yield one


@pytest.fixture
def cloud(service, reach, road):
    return reach(service, road)


@pytest.fixture
def connect(cloud):
    """``connect(**options)``: Dropbox's client."""
    import dropbox

    made = []

    def opened(**options):
        made.append(
            dropbox.Dropbox(
                TOKEN,
                ca_certs=str(cloud.ca),
                max_retries_on_error=0,
                max_retries_on_rate_limit=0,
                **options,
            )
        )
        return made[-1]

    yield opened
    for one in made:
        one.close()


CLEAN, DIRTY = sized(9000), b"a " + CANARY + b" b\n"


@pytest.mark.parametrize("road", ONE_REQUEST)
@pytest.mark.parametrize("data", [CLEAN, DIRTY], ids=["clean", "canary"])
def test_a_file_in_one_request_without_a_hash(service, connect, road, data):
    made = connect(auto_content_hash=False).files_upload(data, "/会议/a.txt")
    expected = arrived(road, data)
    assert {"/会议/a.txt": expected} == service.stored
    assert (len(expected), content_hash(expected)) == (made.size, made.content_hash)
    assert (road == "direct" and CANARY in data) == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize(
    ("road", "data"),
    [*((road, CLEAN) for road in ONE_REQUEST), *((road, DIRTY) for road in HASHED)],
)
def test_a_file_in_one_request_with_a_hash(service, connect, road, data):
    connect().files_upload(data, "/a.txt")
    assert {"/a.txt": arrived(road, data)} == service.stored
    assert "content_hash" in json.loads(service.requests[0].header("dropbox-api-arg"))
    assert (road == "direct" and CANARY in data) == service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", ["gateway"])
def test_a_blocked_file_tells_why(service, connect):
    from dropbox.exceptions import BadInputError

    with pytest.raises(BadInputError, match=BECAUSE):
        connect().files_upload(b"BLOCKME", "/a.txt")
    assert [] == service.requests


@pytest.mark.parametrize("road", ["direct", "real"])
def test_a_word_file_in_one_request_still_opens(service, connect, road):
    data = word("Plan", f"Pay {IBAN} today")
    connect(auto_content_hash=False).files_upload(data, "/plan.docx")
    text = word_text(service.stored["/plan.docx"])
    assert text.startswith("Plan\nPay ")
    assert (road == "direct") == (IBAN in text)
    assert (road == "direct") == service.holds(IBAN.encode())


def in_session(client, data, chunk, path):
    """What Dropbox's own examples do: start, append, finish; the last chunk goes with finish."""
    from dropbox import files

    started = client.files_upload_session_start(data[:chunk])
    cursor = files.UploadSessionCursor(started.session_id, min(chunk, len(data)))
    while len(data) - cursor.offset > chunk:
        piece = data[cursor.offset : cursor.offset + chunk]
        client.files_upload_session_append_v2(piece, cursor)
        cursor.offset += len(piece)
    commit = files.CommitInfo(path, mode=files.WriteMode.overwrite)
    return client.files_upload_session_finish(data[cursor.offset :], cursor, commit)


@pytest.mark.parametrize("road", ["direct", "real"])
def test_a_word_file_in_a_session_with_hashes_still_opens(service, connect, road):
    in_session(connect(), word("Plan", f"Pay {IBAN} today"), 10_000, "/plan.docx")
    text = word_text(service.stored["/plan.docx"])
    assert text.startswith("Plan\nPay ")
    assert (road == "direct") == (IBAN in text)
    assert [] == service.faults


LAYOUTS = [
    (5000, 1000, None),
    (5000, 1000, 100),
    (5000, 1000, 990),
    (5000, 1000, 5000 - len(CANARY)),
    (2030, 1999, 1999 - 3),
    (200, 7, 60),
    (500, 1000, 5),  # all in start, nothing left for finish
]


@pytest.mark.parametrize("road", SESSIONS)
@pytest.mark.parametrize("hashed", [False, True])
@pytest.mark.parametrize(("size", "chunk", "canary"), LAYOUTS)
def test_a_session(service, connect, road, hashed, size, chunk, canary):
    data = sized(size, canary)
    made = in_session(connect(auto_content_hash=hashed), data, chunk, "/big.txt")
    expected = arrived(road, data)
    assert {"/big.txt": expected} == service.stored
    assert made.size in (len(data), len(expected))
    if road == "gateway":
        assert not service.holds(CANARY)
    assert ([], {}) == (service.faults, service.sessions)


@pytest.mark.parametrize("road", SESSIONS)
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize("canary", [None, BLOCK - 10, 2 * BLOCK - 5])
def test_a_concurrent_session_in_any_order(service, connect, road, order, canary):
    from dropbox import files

    data = sized(2 * BLOCK + 500, canary)
    client = connect()
    kind = files.UploadSessionType.concurrent
    session = client.files_upload_session_start(b"", session_type=kind).session_id
    for at in order:
        cursor = files.UploadSessionCursor(session, at * BLOCK)
        piece = data[at * BLOCK : (at + 1) * BLOCK]
        client.files_upload_session_append_v2(piece, cursor, close=at == 2)
    cursor = files.UploadSessionCursor(session, len(data))
    client.files_upload_session_finish(b"", cursor, files.CommitInfo("/big.txt"))
    assert {"/big.txt": arrived(road, data)} == service.stored
    if road == "gateway":
        assert not service.holds(CANARY)
    assert [] == service.faults


@pytest.mark.parametrize("road", SESSIONS)
def test_two_sessions_finished_in_one_batch(service, connect, road):
    from dropbox import files

    client = connect()
    entries, expected = [], {}
    for at, canary in enumerate((None, 995)):
        data = sized(1500, canary)
        session = client.files_upload_session_start(data[:1000]).session_id
        cursor = files.UploadSessionCursor(session, 1000)
        client.files_upload_session_append_v2(data[1000:], cursor, close=True)
        cursor = files.UploadSessionCursor(session, 1500)
        entries.append(files.UploadSessionFinishArg(cursor, files.CommitInfo(f"/{at}.txt")))
        expected[f"/{at}.txt"] = arrived(road, data)
    made = client.files_upload_session_finish_batch_v2(entries)
    assert [True, True] == [entry.is_success() for entry in made.entries]
    assert expected == service.stored
    assert [] == service.faults


@pytest.mark.parametrize("road", SESSIONS)
@pytest.mark.parametrize("at", [10, 996, 1990])
def test_a_blocked_session_tells_why_and_no_byte_of_it_leaves(service, connect, road, at):
    data = sized(2000)
    data = data[:at] + b"BLOCKME" + data[at + 7 :]
    if road == "direct":
        in_session(connect(), data, 1000, "/a.txt")
        assert {"/a.txt": data} == service.stored
        return
    with pytest.raises(Exception, match=BECAUSE):
        in_session(connect(), data, 1000, "/a.txt")
    assert {} == service.stored
    assert 0 == service.bytes_received()


@pytest.mark.parametrize("road", LINKS)
@pytest.mark.parametrize("data", [CLEAN, DIRTY], ids=["clean", "canary"])
def test_a_temporary_link(service, cloud, connect, road, data):
    from dropbox import files

    link = connect().files_get_temporary_upload_link(files.CommitInfo("/a.txt")).link
    head = {"content-type": "application/octet-stream"}
    with httpx.Client(proxy=cloud.proxy, verify=cloud.ssl_context()) as client:
        answer = client.post(link, content=data, headers=head)
        again = client.post(link, content=data, headers=head)
    expected = arrived(road, data)
    assert {"/a.txt": expected} == service.stored
    assert answer.json()["content-hash"] in {content_hash(data), content_hash(expected)}
    assert 410 == again.status_code
    assert CONTENT in link
