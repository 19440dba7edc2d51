"""Programs whose uploads must stay as they are: how they are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.services.clients import Kind, clients, recognise

SEEN = {
    "Microsoft SkyDriveSync 23.204.1001.0003 ship; Windows NT 10.0 (22000)": "onedrive",
    "ISV|abraunegg|OneDrive Client for Linux/v2.5.6-1+np1+1.1": "onedrive-linux",
    "OneDrive Client for Linux v2.4.23-1": "onedrive-linux",
    "DropboxDesktopClient/34.4.22 (Linux; 4.12.9-200.fc25.x86_64; x64; en_US)": "dropbox",
    "Mozilla/5.0 (X11; Linux x86_64) mirall/3.13.0 (Nextcloud, linux ClientArchitecture: x86_64)":
        "nextcloud",
    "Box Sync/4.0.7848;Darwin/10.13;i386/64bit": "box",
    "CloudKit/962 (18B92)": "icloud",
    "rclone/v1.60.1-DEV": "rclone",
}  # fmt: skip

NOT_ONE = [
    "",
    "OpenAI/Python 1.60.0",
    "python-requests/2.32",
    "Dropbox-Python-SDK/12.0",
    "OfficialDropboxPythonSDKv2/12.0.2",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Word 16.0)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36",
    "notrclone/1.0",
    "google-api-python-client/2.0 (gzip)",
]


@pytest.mark.parametrize(("agent", "name"), SEEN.items())
def test_a_sync_client_is_told_by_its_user_agent(agent, name):
    found = recognise([("Host", "a.example"), ("USER-AGENT", agent)])
    assert found is not None
    assert name == found.client


@pytest.mark.parametrize("agent", NOT_ONE)
def test_other_programs_are_not_taken_for_one(agent):
    assert recognise([("User-Agent", agent)]) is None


def test_a_second_header_tells_too_and_only_headers_that_are_named_count():
    ours = "DropboxDesktopClient/2.0"
    told = recognise([("User-Agent", "curl/8"), ("X-Dropbox-User-Agent", ours)])
    assert told is not None
    assert "dropbox" == told.client
    assert recognise([("Referer", ours)]) is None


def test_a_repeated_header_is_read_each_time():
    told = recognise([("User-Agent", "curl/8"), ("User-Agent", "rclone/v1.60")])
    assert told is not None
    assert Kind.VERIFIES is told.kind


def test_the_advice_says_what_would_happen_and_what_to_do():
    said = {one.kind: one.why_refused("2 × IBAN (rule accounts)") for one in clients()}
    assert set(Kind) == set(said)
    for sentence in said.values():
        assert sentence.startswith("2 × IBAN (rule accounts) cannot be taken out here: ")
        assert "gateway watch" in sentence
    assert "overwrite your own file" in said[Kind.SYNC]


def test_each_client_has_a_name_of_its_own_and_says_how_it_is_known():
    names = [one.client for one in clients()]
    assert len(names) == len(set(names))
    assert all(one.source for one in clients())


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=200)), max_size=8))
def test_any_headers_at_all_are_read_without_fault(headers):
    recognise(headers)
