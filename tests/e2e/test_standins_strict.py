"""The stand-ins say no where the services' documentation says that they do.

Each row is one rule: what is done to the service, and the status that it answers. A stand-in that
let these pass could not show that a proxy spoils an upload.
"""

from __future__ import annotations

import base64
import json
import ssl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.standins import box, dropbox_api, gemini, google_drive, onedrive
from support.standins.bodies import digest
from support.standins.onedrive import quick_xor

UNIT = onedrive.FRAGMENT_UNIT
BIG = google_drive.UNIT


@pytest.fixture
def connect(authority):
    """``connect(service, token)``: a client whose every call ends at the service."""
    made = []

    def opened(service, token):
        trust = ssl.create_default_context(cafile=str(authority.path))
        head = {"authorization": f"Bearer {token}"} if token else {}
        made.append(httpx.Client(proxy=service.proxy_url, verify=trust, headers=head))
        return made[-1]

    yield opened
    for one in made:
        one.close()


# -- OneDrive --------------------------------------------------------------------------------


@pytest.fixture
def session(authority, connect):
    """A service, a client without a token, and the URL of a session where 10 of 30 bytes are."""
    with onedrive.OneDrive(authority) as service:
        service.stored["there.txt"] = b"x"
        client = connect(service, "")
        head = {"authorization": f"Bearer {onedrive.TOKEN}"}
        url = f"https://{onedrive.GRAPH}/v1.0/me/drive/root:/a.txt:/createUploadSession"
        asked = {"item": {"fileSize": 30}}
        target = client.post(url, json=asked, headers=head).json()["uploadUrl"]
        span = {"content-range": "bytes 0-9/30"}
        assert 202 == client.put(target, content=b"0" * 10, headers=span).status_code
        service.forget()
        yield service, client, target


@pytest.mark.parametrize(
    ("status", "span", "size", "more"),
    [
        (202, "bytes 10-19/30", 10, {}),
        (201, "bytes 10-29/30", 20, {}),
        (400, "", 10, {}),
        (400, "bytes 10-19/*", 10, {}),
        (400, "bytes 10-19", 10, {}),
        (400, "bytes 10-19/30", 9, {}),
        (400, "bytes 10-19/30", 11, {}),
        (400, "bytes 10-19/31", 10, {}),
        (416, "bytes 0-9/30", 10, {}),
        (416, "bytes 5-14/30", 10, {}),
        (416, "bytes 11-20/30", 10, {}),
        (401, "bytes 10-19/30", 10, {"authorization": f"Bearer {onedrive.TOKEN}"}),
    ],
)
def test_onedrive_checks_each_fragment(session, status, span, size, more):
    service, client, target = session
    head = {**({"content-range": span} if span else {}), **more}
    assert status == client.put(target, content=b"1" * size, headers=head).status_code
    assert ({"a.txt"} if status == 201 else set()) == set(service.stored) - {"there.txt"}
    assert (status >= 400) == bool(service.faults)


def test_onedrive_takes_no_size_but_the_declared_one(session):
    _, client, _ = session
    head = {"authorization": f"Bearer {onedrive.TOKEN}"}
    url = f"https://{onedrive.GRAPH}/v1.0/me/drive/root:/b.txt:/createUploadSession"
    asked = {"item": {"fileSize": 30}}
    target = client.post(url, json=asked, headers=head).json()["uploadUrl"]
    for total, status in ((29, 400), (30, 201)):
        span = {"content-range": f"bytes 0-{total - 1}/{total}"}
        assert status == client.put(target, content=b"1" * total, headers=span).status_code
    assert 404 == client.put(target, content=b"1" * 30, headers=span).status_code


def test_onedrive_checks_names_tags_and_tokens(session):
    service, client, target = session
    head = {"authorization": f"Bearer {onedrive.TOKEN}"}
    drive = f"https://{onedrive.GRAPH}/v1.0/me/drive"
    put = f"{drive}/root:/there.txt:/content"
    assert 401 == client.put(put, content=b"y").status_code
    assert 412 == client.put(put, content=b"y", headers={**head, "if-match": "x"}).status_code
    fail = f"{put}?@microsoft.graph.conflictBehavior=fail"
    assert 409 == client.put(fail, content=b"y", headers=head).status_code
    asked = {"item": {"name": "other.txt"}}
    create = f"{drive}/root:/a.txt:/createUploadSession"
    assert 400 == client.post(create, json=asked, headers=head).status_code
    assert 401 == client.get(target.replace("tempauth=v1", "tempauth=v2")).status_code
    assert b"x" == service.stored["there.txt"]


@given(st.binary(max_size=700))
def test_quick_xor_hash_is_what_its_description_says(data):
    ring = [0] * 160
    for at, byte in enumerate(data):
        for bit in range(8):
            ring[(at * 11 + bit) % 160] ^= byte >> bit & 1
    for bit in range(64):
        ring[96 + bit] ^= len(data) >> bit & 1
    made = bytes(sum(ring[at * 8 + bit] << bit for bit in range(8)) for at in range(20))
    assert base64.b64encode(made).decode() == quick_xor(data)


# -- Google Drive ----------------------------------------------------------------------------


@pytest.fixture
def resumable(authority, connect):
    """A service, a client, and the URL of a session where one chunk of two and a bit is."""
    with google_drive.GoogleDrive(authority) as service:
        client = connect(service, google_drive.TOKEN)
        url = f"https://{google_drive.HOST}/upload/drive/v3/files?uploadType=resumable"
        head = {"x-upload-content-length": str(2 * BIG + 5)}
        target = client.post(url, json={"name": "a"}, headers=head).headers["location"]
        span = {"content-range": f"bytes 0-{BIG - 1}/{2 * BIG + 5}"}
        answer = client.put(target, content=b"0" * BIG, headers=span)
        assert (308, f"bytes=0-{BIG - 1}") == (answer.status_code, answer.headers["range"])
        yield service, client, target


TOTAL = 2 * BIG + 5


@pytest.mark.parametrize(
    ("status", "kept", "first", "size", "declared", "total"),
    [
        (308, 2 * BIG, BIG, BIG, BIG, TOTAL),
        (308, 2 * BIG, BIG, BIG, BIG, "*"),
        (308, 2 * BIG, BIG, BIG + 3, BIG + 3, TOTAL),  # only the multiple of 256 KiB is kept
        (308, 2 * BIG, 0, 2 * BIG, 2 * BIG, TOTAL),  # what is kept already is passed over
        (308, BIG, None, 0, 0, TOTAL),
        (308, BIG, None, 0, 0, "*"),
        (200, TOTAL, BIG, BIG + 5, BIG + 5, TOTAL),
        (400, BIG, BIG + 1, BIG, BIG, TOTAL),
        (400, BIG, BIG, BIG, BIG, TOTAL + 1),
        (400, BIG, BIG, BIG - 1, BIG, TOTAL),
        (400, BIG, BIG, 100, 100, TOTAL),
    ],
)
def test_drive_checks_each_chunk(resumable, status, kept, first, size, declared, total):
    service, client, target = resumable
    span = "*" if first is None else f"{first}-{first + declared - 1}"
    head = {"content-range": f"bytes {span}/{total}"}
    answer = client.put(target, content=b"1" * size, headers=head)
    assert status == answer.status_code
    if status == 200:
        assert [b"0" * BIG + b"1" * (BIG + 5)] == list(service.stored.values())
        return
    answer = client.put(target, headers={"content-range": "bytes */*"})
    assert (308, f"bytes=0-{kept - 1}") == (answer.status_code, answer.headers["range"])
    assert {} == service.stored


def test_drive_checks_tokens_forms_and_sessions(resumable):
    service, client, target = resumable
    url = f"https://{google_drive.HOST}/upload/drive/v3/files?uploadType="
    assert 401 == client.post(f"{url}media", headers={"authorization": "x"}).status_code
    related = {"content-type": "multipart/related; boundary=b"}
    form = (
        b"--b\r\ncontent-type: application/json\r\n\r\n{}\r\n"
        b"--b\r\ncontent-type: text/plain\r\n\r\nx\r\n--b--"
    )
    assert 200 == client.post(f"{url}multipart", content=form, headers=related).status_code
    for broken in (form[:-2], form.replace(b"{}", b"{"), form.replace(b"application/json", b"a/b")):
        assert 400 == client.post(f"{url}multipart", content=broken, headers=related).status_code
    assert 400 == client.put(target, content=b"short").status_code
    assert 499 == client.delete(target).status_code
    assert 404 == client.put(target, content=b"short").status_code
    assert [b"x"] == list(service.stored.values())


# -- Gemini ----------------------------------------------------------------------------------


@pytest.fixture
def upload(authority, connect):
    """A service and ``send(commands, offset, size)`` for an upload of 256 KiB and 10 bytes."""
    with gemini.Gemini(authority) as service:
        client = connect(service, "")
        head = {
            "x-goog-api-key": gemini.KEY,
            "x-goog-upload-protocol": "resumable",
            "x-goog-upload-command": "start",
            "x-goog-upload-header-content-length": str(BIG + 10),
        }
        url = f"https://{gemini.HOST}/upload/v1beta/files"
        asked = {"file": {"displayName": "a"}}
        target = client.post(url, json=asked, headers=head).headers["x-goog-upload-url"]

        def send(commands, offset=0, size=0):
            head = {"x-goog-upload-command": commands, "x-goog-upload-offset": str(offset)}
            return client.post(target, content=b"1" * size, headers=head)

        yield service, send


@pytest.mark.parametrize(
    ("status", "commands", "offset", "size"),
    [
        (200, "upload", 0, BIG),
        (200, "upload, finalize", 0, BIG + 10),
        (400, "upload, finalize", 0, BIG + 9),
        (400, "upload, finalize", 0, BIG + 11),
        (400, "upload, finalize", 1, BIG + 10),
        (400, "upload", 0, BIG - 1),
        (400, "upload", 0, 2 * BIG),
        (400, "finalize", 0, 0),
        (400, "store", 0, BIG),
        (400, "start", 0, 0),
    ],
)
def test_gemini_checks_each_chunk(upload, status, commands, offset, size):
    service, send = upload
    assert status == send(commands, offset, size).status_code
    done = status == 200 and "finalize" in commands
    assert ([b"1" * size] if done else []) == list(service.stored.values())


def test_gemini_tells_how_far_an_upload_is(upload):
    service, send = upload
    send("upload", 0, BIG)
    assert str(BIG) == send("query").headers["x-goog-upload-size-received"]
    assert "cancelled" == send("cancel").headers["x-goog-upload-status"]
    answer = send("upload, finalize", BIG, 10)
    assert (404, "final") == (answer.status_code, answer.headers["x-goog-upload-status"])
    assert {} == service.stored


@pytest.mark.parametrize(
    ("status", "part"),
    [
        (200, {"text": "x"}),
        (200, {"inlineData": {"mimeType": "text/plain", "data": "eA"}}),
        (400, {"inlineData": {"mimeType": "text/plain", "data": "e"}}),
        (400, {"inlineData": {"mimeType": "text/plain", "data": "e*=="}}),
        (403, {"fileData": {"fileUri": "https://x/files/1"}}),
        (400, {}),
    ],
)
def test_gemini_checks_each_part_of_a_prompt(upload, connect, status, part):
    service, _ = upload
    url = f"https://{gemini.HOST}/v1beta/models/m:generateContent"
    asked = {"contents": [{"parts": [part]}]}
    client = connect(service, "")
    assert 400 == client.post(url, json=asked).status_code
    answer = client.post(url, json=asked, headers={"x-goog-api-key": gemini.KEY})
    assert status == answer.status_code


# -- Dropbox ---------------------------------------------------------------------------------


@pytest.fixture
def dropbox(authority, connect):
    """A service and ``call(path, argument, body)``, whose answer is status and error tag."""
    with dropbox_api.Dropbox(authority) as service:
        client = connect(service, dropbox_api.TOKEN)

        def call(path, argument, body=b"", kind="application/octet-stream"):
            head = {"dropbox-api-arg": json.dumps(argument), "content-type": kind}
            url = f"https://{dropbox_api.CONTENT}/2/files/{path}"
            answer = client.post(url, content=body, headers=head)
            if answer.status_code == 200:
                return 200, answer.json()
            if answer.status_code == 409:
                return 409, answer.json()["error"]
            return answer.status_code, answer.text

        yield service, call


def test_dropbox_checks_hash_arguments_and_conflicts(dropbox):
    service, call = dropbox
    good = dropbox_api.content_hash(b"abc")
    assert 200 == call("upload", {"path": "/a", "content_hash": good}, b"abc")[0]
    mismatch = (409, {".tag": "content_hash_mismatch"})
    assert mismatch == call("upload", {"path": "/b", "content_hash": good}, b"abd")
    assert mismatch == call("upload_session/start", {"content_hash": good}, b"abd")
    assert 400 == call("upload", {"path": "/b", "hash": good}, b"abc")[0]
    assert 400 == call("upload", {"path": "b"}, b"abc")[0]
    assert 400 == call("upload", {"path": "/b"}, b"abc", "application/json")[0]
    status, error = call("upload", {"path": "/a"}, b"other")
    assert (409, "path", "conflict") == (status, error[".tag"], error["reason"][".tag"])
    assert 200 == call("upload", {"path": "/a", "mode": "overwrite"}, b"other")[0]
    assert {"/a": b"other"} == service.stored


def test_dropbox_checks_each_piece_of_a_session(dropbox):
    service, call = dropbox
    session = call("upload_session/start", {}, b"0123456789")[1]["session_id"]

    def at(offset):
        return {"cursor": {"session_id": session, "offset": offset}}

    wrong = {".tag": "incorrect_offset", "correct_offset": 10}
    assert (409, wrong) == call("upload_session/append_v2", at(9), b"abc")
    assert (409, wrong) == call("upload_session/append_v2", at(11), b"abc")
    bad = {**at(10), "content_hash": dropbox_api.content_hash(b"abd")}
    assert (409, {".tag": "content_hash_mismatch"}) == call("upload_session/append_v2", bad, b"abc")
    assert 200 == call("upload_session/append_v2", at(10), b"abc")[0]
    failed = {".tag": "lookup_failed", "lookup_failed": {**wrong, "correct_offset": 13}}
    end = {"commit": {"path": "/a"}}
    assert (409, failed) == call("upload_session/finish", {**at(10), **end})
    assert {} == service.stored
    assert 200 == call("upload_session/finish", {**at(13), **end}, b"z")[0]
    assert {"/a": b"0123456789abcz"} == service.stored
    gone = {".tag": "lookup_failed", "lookup_failed": {".tag": "not_found"}}
    assert (409, gone) == call("upload_session/finish", {**at(13), **end})


def test_dropbox_takes_no_more_after_the_end_of_a_session(dropbox):
    _, call = dropbox
    session = call("upload_session/start", {"close": True}, b"abc")[1]["session_id"]
    asked = {"cursor": {"session_id": session, "offset": 3}}
    assert (409, {".tag": "closed"}) == call("upload_session/append_v2", asked, b"d")


def test_dropbox_checks_a_concurrent_session(dropbox):
    service, call = dropbox
    kind = {"session_type": "concurrent"}
    refused = (409, {".tag": "concurrent_session_data_not_allowed"})
    assert refused == call("upload_session/start", kind, b"x")
    session = call("upload_session/start", kind)[1]["session_id"]
    block = dropbox_api.BLOCK

    def append(offset, size, **more):
        asked = {"cursor": {"session_id": session, "offset": offset}, **more}
        return call("upload_session/append_v2", asked, b"1" * size)

    def finish(size):
        asked = {"cursor": {"session_id": session, "offset": size}, "commit": {"path": "/a"}}
        return call("upload_session/finish", asked)[1][".tag"]

    assert "concurrent_session_invalid_offset" == append(5, block)[1][".tag"]
    assert "concurrent_session_invalid_data_size" == append(0, 5)[1][".tag"]
    assert 200 == append(block, 5, close=True)[0]
    assert "concurrent_session_missing_data" == finish(5)
    assert 200 == append(0, block)[0]
    assert "lookup_failed" == finish(5)
    assert {} == service.stored


# -- Box -------------------------------------------------------------------------------------


@pytest.fixture
def parts(authority, connect):
    """A service and ``send(offset, data, total, digest)`` for a session of 25 bytes in parts of 10."""
    with box.Box(authority, least=20, part_size=10) as service:
        client = connect(service, box.TOKEN)
        root = f"https://{box.UPLOAD}/api/2.0/files"
        asked = {"file_name": "a", "folder_id": "0", "file_size": 25}
        made = client.post(f"{root}/upload_sessions", json=asked).json()["session_endpoints"]

        def send(offset, data, total=25, wrong=b""):
            last = offset + len(data) - 1
            head = {
                "content-range": f"bytes {offset}-{last}/{total}",
                "digest": "sha=" + digest("sha1", wrong or data, "base64"),
            }
            return client.put(made["upload_part"], content=data, headers=head)

        yield service, client, made, send


@pytest.mark.parametrize(
    ("status", "offset", "data", "total", "wrong"),
    [
        (200, 0, b"0" * 10, 25, b""),
        (200, 20, b"2" * 5, 25, b""),
        (400, 0, b"0" * 10, 25, b"other"),
        (400, 5, b"0" * 10, 25, b""),
        (400, 0, b"0" * 9, 25, b""),
        (400, 20, b"2" * 4, 25, b""),
        (416, 0, b"0" * 10, 26, b""),
    ],
)
def test_box_checks_each_part(parts, status, offset, data, total, wrong):
    _, _, _, send = parts
    assert status == send(offset, data, total, wrong).status_code


def test_box_commits_only_the_parts_that_came_with_their_digest(parts):
    service, client, made, send = parts
    data = [b"0" * 10, b"1" * 10, b"2" * 5]
    listed = [send(at * 10, piece).json()["part"] for at, piece in enumerate(data)]
    assert 200 == send(0, data[0]).status_code
    assert 409 == send(0, b"x" * 10).status_code

    def commit(parts, whole):
        head = {"digest": "sha=" + digest("sha1", whole, "base64")}
        return client.post(made["commit"], json={"parts": parts}, headers=head).status_code

    whole = b"".join(data)
    assert 400 == commit(listed[:2], whole)
    assert 400 == commit([{**listed[0], "size": 9}, *listed[1:]], whole)
    assert 400 == commit(listed, whole[:-1])
    assert {} == service.stored
    assert 201 == commit(listed, whole)
    assert [whole] == list(service.stored.values())
    assert 404 == commit(listed, whole)


def test_box_checks_form_digest_size_and_name(parts):
    service, client, _, _ = parts
    root = f"https://{box.UPLOAD}/api/2.0/files"
    about = ("", b'{"name": "b", "parent": {"id": "0"}}')

    def post(*fields, **head):
        headers = {name.replace("_", "-"): value for name, value in head.items()}
        return client.post(f"{root}/content", files=fields, headers=headers).json().get("code")

    file = ("file", ("b", b"abc"))
    attributes = ("attributes", (None, about[1]))
    assert "metadata_after_file_contents" == post(file, attributes)
    assert "bad_digest" == post(attributes, file, content_md5=digest("sha1", b"abd"))
    assert post(attributes, file, content_md5=digest("sha1", b"abc")) is None
    assert "item_name_in_use" == post(attributes, file)
    small = {"file_name": "c", "folder_id": "0", "file_size": 19}
    answer = client.post(f"{root}/upload_sessions", json=small)
    assert "file_size_too_small" == answer.json()["code"]
    assert [b"abc"] == list(service.stored.values())
