"""Google Drive and Docs by google-api-python-client.

| what is sent                                  | direct | gateway | asserted through the gateway         |
|-----------------------------------------------|--------|---------|--------------------------------------|
| ``uploadType`` media and multipart            | yes    | yes     | redacted, identical when clean, the  |
|                                               |        |         | answer's md5 is that of what is kept |
| Word file, multipart                          | yes    | real    | opens, and the IBAN is out of it     |
| resumable, any chunk size, any border         | yes    | yes     | as above; ranges and totals fit;     |
|                                               |        |         | blocked: 0 bytes stored              |
| Word file, resumable                          | yes    | real    | opens, and the IBAN is out of it     |
| Docs ``batchUpdate``                          | yes    | yes     | the text without the canary, and no  |
|                                               |        |         | index beyond the end                 |
"""

from __future__ import annotations

import hashlib
import io

import pytest
from support.clouds import BECAUSE, OPEN_CONNECTIONS, Road, sized
from support.proxyharness import CANARY
from support.samples import IBAN, arrived, word, word_text
from support.standins.google_docs import GoogleDocs
from support.standins.google_drive import TOKEN, UNIT, GoogleDrive

ONE_REQUEST: tuple[Road, ...] = ("direct", "gateway")
RESUMABLE: tuple[Road, ...] = ("direct", "gateway")
WORD_RESUMABLE: tuple[Road, ...] = ("direct", "real")
DOCS: tuple[Road, ...] = ("direct", "gateway")
FIELDS = "id,name,size,md5Checksum"

pytestmark = [
    pytest.mark.usefixtures("clients_left_open"),
    pytest.mark.filterwarnings(OPEN_CONNECTIONS),
]


@pytest.fixture
def drive(authority):
    with GoogleDrive(authority) as one:
        yield one


@pytest.fixture
def client(request, reach, road):
    """``client(service, name, version)``: Google's client for one API."""
    import google_auth_httplib2
    from google.oauth2.credentials import Credentials
    from googleapiclient.discovery import build
    from googleapiclient.http import build_http

    def opened(service, name, version):
        cloud = reach(service, road)
        http = build_http()
        http.ca_certs = str(cloud.ca)
        request.addfinalizer(http.close)
        authorized = google_auth_httplib2.AuthorizedHttp(Credentials(TOKEN), http=http)
        return build(name, version, http=authorized, static_discovery=True)

    return opened


def media(data, **more):
    from googleapiclient.http import MediaIoBaseUpload

    return MediaIoBaseUpload(io.BytesIO(data), "text/plain", **more)


@pytest.mark.parametrize("road", ONE_REQUEST)
@pytest.mark.parametrize("body", [None, {"name": "会议.txt"}], ids=["media", "multipart"])
@pytest.mark.parametrize("data", [sized(9000), b"a " + CANARY + b" b\n"], ids=["clean", "canary"])
def test_a_file_in_one_request(drive, client, road, body, data):
    files = client(drive, "drive", "v3").files()
    made = files.create(body=body, media_body=media(data), fields=FIELDS).execute()
    expected = arrived(road, data)
    assert {made["id"]: expected} == drive.stored
    assert hashlib.md5(expected).hexdigest() == made["md5Checksum"]
    assert (body or {}).get("name", "Untitled") == made["name"]
    assert (road == "direct" and CANARY in data) == drive.holds(CANARY)
    assert [] == drive.faults


@pytest.mark.parametrize("road", ["gateway"])
@pytest.mark.parametrize("body", [None, {"name": "a.txt"}], ids=["media", "multipart"])
def test_a_blocked_file_tells_why(drive, client, body):
    from googleapiclient.errors import HttpError

    files = client(drive, "drive", "v3").files()
    with pytest.raises(HttpError, match=BECAUSE):
        files.create(body=body, media_body=media(b"BLOCKME")).execute()
    assert [] == drive.requests


def check_word_file(drive, road):
    text = word_text(drive.content("plan.docx"))
    assert text.startswith("Plan\nPay ")
    assert (road == "direct") == (IBAN in text)
    assert (road == "direct") == drive.holds(IBAN.encode())
    assert [] == drive.faults


@pytest.mark.parametrize("road", ["direct", "real"])
def test_a_word_file_in_one_request_still_opens(drive, client, road):
    data = word("Plan", f"Pay {IBAN} today")
    files = client(drive, "drive", "v3").files()
    files.create(body={"name": "plan.docx"}, media_body=media(data)).execute()
    check_word_file(drive, road)


@pytest.mark.parametrize("road", WORD_RESUMABLE)
def test_a_word_file_in_a_resumable_upload_still_opens(drive, client, road):
    data = word("Plan", f"Pay {IBAN} today")
    sent = media(data, chunksize=UNIT, resumable=True)
    files = client(drive, "drive", "v3").files()
    files.create(body={"name": "plan.docx"}, media_body=sent).execute()
    check_word_file(drive, road)


@pytest.mark.parametrize("road", RESUMABLE)
@pytest.mark.parametrize(
    ("size", "chunk", "canary"),
    [
        (3 * UNIT + 17, UNIT, None),
        (3 * UNIT + 17, UNIT, 100),
        (3 * UNIT + 17, UNIT, UNIT - 10),
        (3 * UNIT + 17, 2 * UNIT, 2 * UNIT - len(CANARY) + 1),
        (2 * UNIT, UNIT, 2 * UNIT - len(CANARY)),
        (2 * UNIT + 9, UNIT, 2 * UNIT - 20),
        (5000, UNIT, 7),
        (3 * UNIT + 17, -1, 2 * UNIT),  # one chunk for all
    ],
)
def test_a_resumable_upload(drive, client, road, size, chunk, canary):
    data = sized(size, canary)
    files = client(drive, "drive", "v3").files()
    sent = media(data, chunksize=chunk, resumable=True)
    made = files.create(body={"name": "big.txt"}, media_body=sent, fields=FIELDS).execute()
    expected = arrived(road, data)
    assert expected == drive.content("big.txt")
    assert made["md5Checksum"] in {hashlib.md5(one).hexdigest() for one in (data, expected)}
    if road == "gateway":
        assert not drive.holds(CANARY)
    assert [] == drive.faults


@pytest.mark.parametrize("road", RESUMABLE)
def test_a_resumable_upload_of_unknown_size(drive, client, road):
    """The total comes with the last chunk only: ``bytes 0-524287/*``."""

    from googleapiclient.http import MediaUpload

    data = sized(2 * UNIT + 100, UNIT - 4)

    class Pipe(MediaUpload):
        def chunksize(self):
            return UNIT

        def mimetype(self):
            return "text/plain"

        def size(self):
            return None

        def resumable(self):
            return True

        def getbytes(self, begin, length):
            return data[begin : begin + length]

    sent = Pipe()
    files = client(drive, "drive", "v3").files()
    files.create(body={"name": "big.txt"}, media_body=sent).execute()
    assert arrived(road, data) == drive.content("big.txt")
    assert [] == drive.faults


@pytest.mark.parametrize("road", RESUMABLE)
def test_a_new_version_of_a_file_by_a_resumable_upload(drive, client, road):
    files = client(drive, "drive", "v3").files()
    made = files.create(body={"name": "a.txt"}, media_body=media(b"old")).execute()
    data = sized(UNIT + 40, UNIT - 9)
    sent = media(data, chunksize=UNIT, resumable=True)
    files.update(fileId=made["id"], media_body=sent).execute()
    assert {made["id"]: arrived(road, data)} == drive.stored
    assert [] == drive.faults


@pytest.mark.parametrize("road", RESUMABLE)
@pytest.mark.parametrize("at", [10, UNIT - 3, 2 * UNIT])
def test_a_blocked_resumable_upload_tells_why_and_no_byte_of_it_leaves(drive, client, road, at):
    from googleapiclient.errors import HttpError

    data = sized(2 * UNIT + 50)
    data = data[:at] + b"BLOCKME" + data[at + 7 :]
    sent = media(data, chunksize=UNIT, resumable=True)
    query = client(drive, "drive", "v3").files().create(body={"name": "a"}, media_body=sent)
    if road == "direct":
        query.execute()
        assert data == drive.content("a")
        return
    with pytest.raises(HttpError, match=BECAUSE):
        query.execute()
    assert {} == drive.stored
    assert 0 == sum(len(request.body) for request in drive.requests if request.method == "PUT")


@pytest.mark.parametrize("road", DOCS)
def test_text_written_into_a_document(authority, client, road):
    with GoogleDocs(authority) as service:
        documents = client(service, "docs", "v1").documents()
        made = documents.create(body={"title": "t"}).execute()["documentId"]
        text = f"To 李雷: {CANARY.decode()}\n"
        # As clients do: backwards from the end, so that no index moves.
        asked = [
            {"insertText": {"location": {"index": 1}, "text": text}},
            {"insertText": {"endOfSegmentLocation": {}, "text": "end"}},
            {"replaceAllText": {"containsText": {"text": "end"}, "replaceText": "End."}},
        ]
        documents.batchUpdate(documentId=made, body={"requests": asked}).execute()
        expected = arrived(road, text.encode())
        assert {made: expected + b"End.\n"} == service.stored
        assert (road == "direct") == service.holds(CANARY)
        assert [] == service.faults
