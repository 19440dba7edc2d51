"""SharePoint's REST interface by the office365-rest-python-client.

| what is sent                                   | direct | gateway | asserted through the gateway       |
|------------------------------------------------|--------|---------|------------------------------------|
| ``Files/add`` in one request                   | yes    | yes     | redacted, identical when clean     |
| ``startUpload``/``continueUpload``/            | yes    | yes     | as above; offsets fit; blocked:    |
| ``finishUpload``, any chunk size, any border   |        |         | no byte but the empty placeholder  |
| Word file in chunks                            | yes    | real    | opens, and the IBAN is out of it   |
"""

from __future__ import annotations

import io

import pytest
from support.clouds import BECAUSE, OPEN_CONNECTIONS, Road, sized
from support.proxyharness import CANARY
from support.samples import IBAN, arrived, word, word_text
from support.standins.sharepoint import HOST, SITE, TOKEN, SharePoint

ONE_REQUEST: tuple[Road, ...] = ("direct", "gateway")
CHUNKS: tuple[Road, ...] = ("direct", "gateway")
FOLDER = f"/{SITE}/Shared Documents"

pytestmark = [
    pytest.mark.usefixtures("clients_left_open"),
    pytest.mark.filterwarnings(OPEN_CONNECTIONS),
]


@pytest.fixture
def service(authority):
    with SharePoint(authority) as one:
        yield one


@pytest.fixture
def files(service, reach, road):
    """The files of a document library, as the client has them."""
    from office365.runtime.auth.token_response import TokenResponse
    from office365.sharepoint.client_context import ClientContext

    reach(service, road)
    token = TokenResponse(access_token=TOKEN, token_type="Bearer")
    context = ClientContext(f"https://{HOST}/{SITE}").with_access_token(lambda: token)
    yield context.web.get_folder_by_server_relative_url("Shared Documents").files
    context.close()


@pytest.mark.parametrize("road", ONE_REQUEST)
@pytest.mark.parametrize("name", ["notes.txt", "O'Hara 会议.txt"])
@pytest.mark.parametrize("data", [sized(9000), b"a " + CANARY + b" b\n", b""])
def test_a_file_in_one_request(service, files, road, name, data):
    made = files.upload_content(data, name).execute_query()
    assert {f"{FOLDER}/{name}": arrived(road, data)} == service.stored
    assert f"{FOLDER}/{name}" == made.server_relative_url
    assert (road == "direct" and CANARY in data) == service.holds(CANARY)
    assert [] == service.faults


# Five chunks, two chunks, chunks of one byte at the border of the canary; see LAYOUTS of OneDrive.
@pytest.mark.parametrize("road", CHUNKS)
@pytest.mark.parametrize(
    ("size", "chunk", "canary"),
    [
        (5000, 1000, None),
        (5000, 1000, 100),
        (5000, 1000, 990),
        (5000, 1000, 4001 - len(CANARY)),
        (2030, 1999, 1999 - 3),
        (200, 7, 60),
    ],
)
def test_a_file_in_chunks(service, files, road, size, chunk, canary):
    data = sized(size, canary)
    files.create_upload_session(io.BytesIO(data), chunk, file_name="big.txt").execute_query()
    assert {f"{FOLDER}/big.txt": arrived(road, data)} == service.stored
    if road == "gateway":
        assert not service.holds(CANARY)
    assert ([], {}) == (service.faults, service.uploads)


@pytest.mark.parametrize("road", ["direct", "real"])
def test_a_word_file_in_chunks_still_opens(service, files, road):
    data = word("Plan", f"Pay {IBAN} today")
    files.create_upload_session(io.BytesIO(data), 9_000, file_name="plan.docx").execute_query()
    text = word_text(service.stored[f"{FOLDER}/plan.docx"])
    assert text.startswith("Plan\nPay ")
    assert (road == "direct") == (IBAN in text)
    assert [] == service.faults


@pytest.mark.parametrize("road", CHUNKS)
@pytest.mark.parametrize("at", [10, 996, 1990])
def test_a_blocked_file_in_chunks_tells_why_and_no_byte_of_it_leaves(service, files, road, at):
    data = sized(2000)
    data = data[:at] + b"BLOCKME" + data[at + 7 :]
    query = files.create_upload_session(io.BytesIO(data), 1000, file_name="big.txt")
    if road == "direct":
        query.execute_query()
        assert data == service.stored[f"{FOLDER}/big.txt"]
        return
    with pytest.raises(Exception, match=BECAUSE):
        query.execute_query()
    assert 0 == service.bytes_received()


def test_a_chunk_at_a_wrong_offset_is_refused_by_the_stand_in(service, reach):
    """What the proxy must not do: send chunks whose length was changed."""
    import requests

    cloud = reach(service, "direct")
    head = {"authorization": f"Bearer {TOKEN}"}
    upload = "292cb4e5-b1a7-45ba-a490-83e127f9dd9d"
    with requests.Session() as session:
        session.headers.update(head)
        session.verify, session.proxies = str(cloud.ca), {"https": cloud.proxy}

        def post(call, body=b""):
            url = f"https://{HOST}/{SITE}/_api/web/{call}"
            return session.post(url, data=body, timeout=20).status_code

        add = "getfolderbyserverrelativeurl('Shared Documents')/files/add(url='a',overwrite=true)"
        file = f"getfilebyserverrelativeurl('{FOLDER}/a')"
        first = f"{file}/startupload(uploadid=guid'{upload}')"
        second = f"{file}/finishupload(uploadid=guid'{upload}',fileoffset="
        assert 404 == post(first, b"12345")
        assert 200 == post(add)
        assert 400 == post(f"{second}0)", b"678")
        assert 200 == post(first, b"12345")
        assert 200 == post(first, b"12345")
        assert 400 == post(first, b"54321")
        assert 400 == post(f"{second}4)", b"678")
        assert 200 == post(f"{second}5)", b"678")
        session.headers["x-requestdigest"] = "0x0"
        assert 403 == post(add)
        session.headers["authorization"] = "Bearer x"
        assert 401 == post(add)
    assert {f"{FOLDER}/a": b"12345678"} == service.stored
