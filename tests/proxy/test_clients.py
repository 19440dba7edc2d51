"""Real clients through the proxy."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import ssl
import subprocess
import tempfile

import httpx
import pytest
import requests
import websockets.sync.client
from support.proxyharness import CANARY, HOST

_TEXT = CANARY.decode()
_CHAT = {
    "id": "1",
    "object": "chat.completion",
    "created": 0,
    "model": "m",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hi"}}
    ],
}


def chat(_):
    body = json.dumps(_CHAT).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


@contextlib.contextmanager
def openai_client(gateway):
    import openai

    trust = ssl.create_default_context(cafile=str(gateway.ca.bundle_path))
    with httpx.Client(proxy=gateway.url, verify=trust, trust_env=False) as transport:
        yield openai.OpenAI(api_key="sk-test", http_client=transport, max_retries=0)


def test_the_openai_sdk_sends_what_was_redacted(gateway, upstream):
    upstream.answer = chat
    with openai_client(gateway) as client:
        answer = client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": f"你好 {_TEXT}"}]
        )
    assert "hi" == answer.choices[0].message.content
    sent = json.loads(upstream.requests[0].body)
    assert "你好 [GONE]" == sent["messages"][0]["content"]
    assert not upstream.holds(CANARY)


def test_the_openai_sdk_shows_our_sentence(gateway, upstream):
    import openai

    with openai_client(gateway) as client, pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": f"BLOCKME {_TEXT}"}]
        )
    assert "Blocked by Redaction Gateway: 1 × CODE_WORD" in str(caught.value)
    assert 0 == upstream.connections


def test_the_openai_sdk_uploads_a_file(gateway, upstream):
    upstream.answer = lambda _: (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n"
        b'{"id":"f1"}'
    )
    with openai_client(gateway) as client:
        client.files.create(file=("notes.txt", b"a " + CANARY), purpose="assistants")
    assert b"a [GONE]" in upstream.requests[0].body
    assert not upstream.holds(CANARY)


def test_requests_posts_multipart(gateway, upstream):
    answer = requests.post(
        f"https://{HOST}/v1/files",
        files={"file": ("a.txt", CANARY)},
        proxies={"https": gateway.url},
        verify=str(gateway.ca.bundle_path),
        timeout=15,
    )
    assert 200 == answer.status_code
    assert b"[GONE]" in upstream.requests[0].body
    assert not upstream.holds(CANARY)


def _curl(gateway):
    return ["curl", "-sS", "--proxy", gateway.url, "--cacert", str(gateway.ca.cert_path)]


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_trusts_the_constrained_authority(gateway, upstream, tmp_path, version):
    body = tmp_path / "body"
    body.write_bytes(CANARY)
    done = subprocess.run(
        [
            *_curl(gateway),
            version,
            "--data-binary",
            f"@{body}",
            "-w",
            "%{http_code} %{http_version}",
            f"https://{HOST}/v1/x",
        ],
        capture_output=True,
        timeout=30,
        check=True,
    )
    assert b"{}200 " + (b"2" if version == "--http2" else b"1.1") == done.stdout
    assert [b"[GONE]"] == [request.body for request in upstream.requests]


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_shows_a_refusal_of_a_large_upload(gateway, upstream, tmp_path):
    body = tmp_path / "body"
    body.write_bytes(bytes(20_000_000))
    done = subprocess.run(
        [*_curl(gateway), "-T", str(body), f"https://{HOST}/v1/x"],
        capture_output=True,
        timeout=30,
        check=True,
    )
    assert b"is larger than 8 MiB" in done.stdout
    assert 0 == upstream.connections


def _careless(open_gateway, upstream, authority, monkeypatch):
    """A gateway whose code would sign for anybody: the authority's constraints must hold."""
    gateway = open_gateway({"other.example:443": upstream.port})
    monkeypatch.setattr(gateway.server.gate, "_covers", lambda host: True)
    monkeypatch.setattr(gateway.server._addons[2], "_covers", lambda host: True)
    monkeypatch.setattr(type(authority), "names", ("example",))
    return gateway


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_refuses_a_certificate_outside_the_constraints(
    open_gateway, upstream, gateway_ca, monkeypatch
):
    gateway = _careless(open_gateway, upstream, gateway_ca, monkeypatch)
    done = subprocess.run(
        [*_curl(gateway), "https://other.example/"],
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert 60 == done.returncode  # CURLE_PEER_FAILED_VERIFICATION
    assert b"permitted subtree violation" in done.stderr


def test_a_websocket_client_is_told_why(gateway, upstream):
    trust = ssl.create_default_context(cafile=str(gateway.ca.cert_path))
    with (
        pytest.raises(websockets.exceptions.InvalidStatus) as caught,
        websockets.sync.client.connect(
            f"wss://{HOST}/v1/files", proxy=gateway.url, ssl=trust, open_timeout=15
        ),
    ):
        pass
    assert 400 == caught.value.response.status_code
    assert b"WebSocket" in caught.value.response.body
    assert 0 == upstream.connections


_CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)


def _chromium_dump(gateway, url):
    """The page as Chromium shows it, the authority added to an NSS store as a user would."""
    with tempfile.TemporaryDirectory() as home:
        store = f"{home}/.pki/nssdb"
        os.makedirs(store)
        certutil = ["certutil", "-d", f"sql:{store}"]
        trust = ["-A", "-n", "gateway", "-t", "C,,", "-i", str(gateway.ca.cert_path)]
        subprocess.run([*certutil, "-N", "--empty-password"], check=True, timeout=30)
        subprocess.run([*certutil, *trust], check=True, timeout=30)
        done = subprocess.run(
            [
                str(_CHROMIUM),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-background-networking",
                "--no-first-run",
                f"--proxy-server={gateway.url}",
                f"--user-data-dir={home}/profile",
                "--dump-dom",
                url,
            ],
            capture_output=True,
            timeout=100,
            check=False,
            env={**os.environ, "HOME": home},
        )
    return done.stdout + done.stderr


_needs_chromium = pytest.mark.skipif(
    not (_CHROMIUM and shutil.which("certutil")),
    reason="Chromium or certutil (libnss3-tools) is not installed",
)


@_needs_chromium
def test_chromium_trusts_the_constrained_authority(gateway, upstream):
    page = b"<html><body>it arrived</body></html>"
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s"
    upstream.answer = lambda _: answer % (len(page), page)
    assert b"it arrived" in _chromium_dump(gateway, f"https://{HOST}/page")


@_needs_chromium
def test_chromium_refuses_a_certificate_outside_the_constraints(
    open_gateway, upstream, gateway_ca, monkeypatch
):
    gateway = _careless(open_gateway, upstream, gateway_ca, monkeypatch)
    assert b"ERR_CERT_INVALID" in _chromium_dump(gateway, "https://other.example/page")
    assert [] == upstream.requests
