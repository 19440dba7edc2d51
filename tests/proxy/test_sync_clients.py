"""A sync client's upload leaves as it is or not at all."""

import gzip

import pytest
from support.proxyharness import CANARY

SYNC = [
    "Microsoft SkyDriveSync 23.204.1001.0003 ship; Windows NT 10.0 (22000)",
    "ISV|abraunegg|OneDrive Client for Linux/v2.5.6",
    "DropboxDesktopClient/34.4.22 (Linux; x64; en_US)",
    "Mozilla/5.0 (Linux) mirall/3.7.3 (Nextcloud, debian ClientArchitecture: x86_64)",
    "CloudKit/962 (18B92)",
]
VERIFIES = "rclone/v1.60.1-DEV"


@pytest.mark.parametrize("agent", [*SYNC, VERIFIES])
def test_a_finding_in_a_sync_clients_upload_is_refused_with_advice(agent, gateway, upstream):
    answer = gateway.post(b"pay " + CANARY, f"User-Agent: {agent}", "Content-Type: text/plain")
    said = answer.body.decode()
    assert 400 == answer.status
    assert "1 × IBAN cannot be taken out here" in said
    assert "gateway watch" in said
    assert ("would overwrite your own file" in said) == (agent != VERIFIES)
    assert not upstream.requests
    assert not upstream.holds(CANARY)
    assert CANARY.decode() not in said


@pytest.mark.parametrize("agent", [*SYNC, VERIFIES])
def test_a_sync_clients_clean_upload_passes_byte_for_byte(agent, gateway, upstream):
    body = gzip.compress(b"nothing to see", mtime=0)
    answer = gateway.post(
        body,
        f"User-Agent: {agent}",
        "Content-Type: text/plain",
        "Content-Encoding: gzip",
        "Content-MD5: AAAAAAAAAAAAAAAAAAAAAA==",
    )
    (request,) = upstream.requests
    assert 200 == answer.status
    assert body == request.body
    assert "gzip" == request.header("content-encoding")
    assert "AAAAAAAAAAAAAAAAAAAAAA==" == request.header("content-md5")


def test_the_same_upload_of_another_program_is_redacted(gateway, upstream):
    gateway.post(b"pay " + CANARY, "User-Agent: curl/8.5.0", "Content-Type: text/plain")
    assert [b"pay [GONE]"] == [request.body for request in upstream.requests]


def test_a_refusal_of_a_sync_client_is_recorded(gateway):
    answer = gateway.post(CANARY, f"User-Agent: {SYNC[0]}", "Content-Type: text/plain")
    ((_, outcome),) = gateway.recorded
    assert answer.headers["x-gateway-reference"] == outcome.reference


def test_what_policy_blocks_is_blocked_for_its_own_reason(gateway):
    answer = gateway.post(b"BLOCKME", f"User-Agent: {SYNC[0]}", "Content-Type: text/plain")
    assert "1 × CODE_WORD" in answer.body.decode()
    assert "sync client" not in answer.body.decode()
