"""WebDAV by webdav4 and curl, Nextcloud's chunks by nc-py-api, straight and through the gateway.

Chunks are held until the MOVE; a blocked upload ends there, and nothing of it was sent.
"""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from support.clouds import OPEN_CONNECTIONS
from support.proxyharness import CANARY
from support.samples import BLOCKED, IBAN, across, arrived, text, word, word_text
from support.standins.webdav import CLOUD, DAV, SMALLEST, USER, Nextcloud, WebDav

ROADS = ("direct", "gateway")
pytestmark = [
    pytest.mark.usefixtures("clients_left_open"),
    pytest.mark.filterwarnings(OPEN_CONNECTIONS),
]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "dav").mkdir()
    return tmp_path / "dav"


@pytest.fixture
def dav(authority, folder):
    with WebDav(authority, folder) as running:
        yield running


@pytest.fixture
def connect(dav, reach):
    """A client of webdav4's."""
    from webdav4.client import Client

    def connected(road):
        cloud = reach(dav, road)
        return Client(f"https://{DAV}", auth=("li", "na"), verify=cloud.ssl_context())

    return connected


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("data", [text(300), text(300, 40), text(200_000, 65_530)], ids=len)
def test_a_file_arrives_whole_but_for_the_canary(dav, folder, connect, road, data):
    client = connect(road)
    client.mkdir("合同")
    client.upload_fileobj(io.BytesIO(data), "合同/notes.txt")
    assert arrived(road, data) == (folder / "合同" / "notes.txt").read_bytes()
    assert (road == "direct" and CANARY in data) == dav.holds(CANARY)
    assert [] == dav.faults


@pytest.mark.parametrize("road", ["real"])
def test_a_word_file_opens_without_its_account_number(folder, connect, road):
    connect(road).upload_fileobj(io.BytesIO(word(f"IBAN {IBAN}")), "letter.docx")
    said = word_text((folder / "letter.docx").read_bytes())
    assert said.startswith("IBAN ")
    assert IBAN not in said


def test_a_blocked_file_says_so_and_is_not_stored(folder, connect):
    from webdav4.client import HTTPError

    with pytest.raises(HTTPError) as caught:
        connect("gateway").upload_fileobj(io.BytesIO(BLOCKED), "notes.txt")
    assert 403 == caught.value.status_code
    assert "Blocked by Redaction Gateway" in caught.value.response.text
    assert [] == list(folder.iterdir())


def test_curl_puts_a_file_and_shows_our_words_when_it_is_blocked(dav, folder, reach, tmp_path):
    reach(dav, "gateway")
    for name, data in (("good.txt", text(500, 99)), ("bad.txt", BLOCKED)):
        (tmp_path / name).write_bytes(data)
    curl = ["curl", "-sS", "-T", str(tmp_path / "good.txt"), f"https://{DAV}/good.txt"]
    assert 0 == subprocess.run(curl, check=False, timeout=60).returncode
    assert arrived("gateway", text(500, 99)) == (folder / "good.txt").read_bytes()
    curl = ["curl", "-sS", "-T", str(tmp_path / "bad.txt"), f"https://{DAV}/bad.txt"]
    said = subprocess.run(curl, check=False, timeout=60, capture_output=True, text=True).stdout
    assert "Blocked by Redaction Gateway" in said
    assert not (folder / "bad.txt").exists()


@pytest.fixture
def nextcloud(authority):
    with Nextcloud(authority) as running:
        yield running


# A process of its own: its HTTP library remembers for life which proxy leads to a host.
PROGRAM = f"""
import asyncio, sys
from nc_py_api import AsyncNextcloud, NextcloudException

async def run(name, path, ca):
    client = AsyncNextcloud(
        nextcloud_url="https://{CLOUD}", nc_auth_user="{USER}", nc_auth_pass="x", options_nc_cert=ca
    )
    await client.files.upload_stream(name, path, chunk_size={SMALLEST})

try:
    asyncio.run(run(*sys.argv[1:]))
except NextcloudException as error:
    sys.exit(error.status_code // 100)
"""


@pytest.fixture
def send(nextcloud, reach, tmp_path):
    """Uploads in chunks by nc-py-api; gives 0, or the first digit of the status of a refusal."""

    def sent(road, name, data):
        cloud = reach(nextcloud, road)
        (tmp_path / "sent").write_bytes(data)
        command = [sys.executable, "-c", PROGRAM, name, str(tmp_path / "sent"), str(cloud.ca)]
        return subprocess.run(command, check=False, timeout=60).returncode

    return sent


@pytest.mark.parametrize("road", ROADS)
def test_chunks_arrive_as_one_file_without_a_canary_on_any_border(nextcloud, send, road):
    data = across(SMALLEST, 2 * SMALLEST + 70_000)
    assert 0 == send(road, "报告.txt", data)
    assert arrived(road, data) == nextcloud.stored["报告.txt"]
    assert [] == nextcloud.faults
    assert (road == "direct") == nextcloud.holds(CANARY)


def test_a_clean_upload_in_chunks_is_stored_byte_for_byte(nextcloud, send):
    data = text(SMALLEST + 70_000)
    assert 0 == send("gateway", "a.txt", data)
    assert data == nextcloud.stored["a.txt"]
    assert [] == nextcloud.faults


def test_a_blocked_upload_in_chunks_sends_nothing(nextcloud, send):
    assert 4 == send("gateway", "a.txt", text(SMALLEST + 100) + BLOCKED)
    assert ({}, 0) == (nextcloud.stored, nextcloud.bytes_received())
