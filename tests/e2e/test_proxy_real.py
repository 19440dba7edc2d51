"""The proxy with everything real behind it: workers, Presidio, policy, audit."""

from __future__ import annotations

import contextlib
import io
import json
import ssl
import zipfile

import pytest
from support.proxyharness import Running
from support.upstream import TestAuthority, Upstream

from gateway.app import Gateway
from gateway.proxy import ConnectTo, ProxyServer
from gateway.proxy.ca import CertificateAuthority
from gateway.services import Catalog
from gateway.settings import Settings

IBAN = "DE89370400440532013000"
MOBILE = "13800138000"
HOSTS = ("api.openai.com", "graph.microsoft.com", "api.anthropic.com")


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """A proxy, its services on loopback, and its audit log."""
    folder = tmp_path_factory.mktemp("real")
    root = TestAuthority(folder)
    settings = Settings(home=folder / "home", workers=2)
    catalog = Catalog.load()
    with contextlib.ExitStack() as stack:
        services = {host: stack.enter_context(Upstream(root.issue(host))) for host in HOSTS}
        gateway = stack.enter_context(Gateway(settings))
        gateway.warm()
        authority = CertificateAuthority.load_or_create(settings.ca_dir, catalog.hosts())
        server = ProxyServer(
            gateway,
            catalog,
            authority,
            port=0,
            upstream_ca=root.path,
            limits=settings.limits,
            record=gateway.record,
            connect_to=[
                ConnectTo.parse(f"{host}:443:127.0.0.1:{service.port}")
                for host, service in services.items()
            ],
        )
        stack.enter_context(server.running())
        yield Running(server, authority, gateway, []), services, settings.audit_log


def audited(log):
    return log.read_text().count("\n") if log.exists() else 0


def test_a_chinese_chat_leaves_without_its_phone_number(real):
    running, services, log = real
    before = audited(log)
    body = {"messages": [{"role": "user", "content": f"请打电话给我:{MOBILE},账号 {IBAN}"}]}
    answer = running.post(
        json.dumps(body, ensure_ascii=False).encode(), "Content-Type: application/json"
    )
    service = services["api.openai.com"]
    assert 200 == answer.status
    assert "请打电话给我" in json.loads(service.requests[-1].body)["messages"][0]["content"]
    assert not service.holds(MOBILE.encode())
    assert not service.holds(IBAN.encode())
    assert before < audited(log)


def test_a_clean_chat_is_untouched(real):
    running, services, _ = real
    body = b'{ "messages":[ {"role":"user", "content":"what is a proxy\\u003f"} ] }'
    assert 200 == running.post(body, "Content-Type: application/json").status
    assert body == services["api.openai.com"].requests[-1].body


def test_a_zip_in_a_multipart_upload_is_redacted(real):
    import requests

    running, services, _ = real
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("notes.txt", f"IBAN: {IBAN}\n")
    answer = requests.post(
        "https://api.openai.com/v1/files",
        files={"file": ("notes.zip", packed.getvalue())},
        data={"purpose": "assistants"},
        proxies={"https": running.url},
        verify=str(running.ca.bundle_path),
        timeout=180,
    )
    assert 200 == answer.status_code, answer.text
    body = services["api.openai.com"].requests[-1].body
    start = body.index(b"PK\x03\x04")
    with zipfile.ZipFile(io.BytesIO(body[start : body.rindex(b"\r\n--")])) as archive:
        text = archive.read("notes.txt")
    assert IBAN.encode() not in text
    assert text.startswith(b"IBAN: ")


def test_a_raw_put_to_onedrive_is_redacted(real):
    running, services, _ = real
    head = (
        "PUT /v1.0/me/drive/root:/plan.txt:/content HTTP/1.1\r\nHost: graph.microsoft.com\r\n"
        "Content-Type: text/plain\r\n"
    )
    body = f"pay to {IBAN} please\n".encode()
    answer = running.send(
        f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body, "graph.microsoft.com"
    )
    service = services["graph.microsoft.com"]
    assert 200 == answer.status
    assert service.requests[-1].body.startswith(b"pay to ")
    assert not service.holds(IBAN.encode())


def test_a_mail_goes_to_whom_it_is_addressed_without_what_it_must_not_say(real):
    """Mailbox in the address, header and envelope: the protocol's, not the document's."""
    running, services, _ = real
    said = {
        "message": {
            "toRecipients": [{"emailAddress": {"address": "li.na@contoso.com"}}],
            "body": {"contentType": "Text", "content": f"pay to {IBAN}, ask ann@example.org"},
        }
    }
    body = json.dumps(said).encode()
    head = (
        "POST /v1.0/users/wang.wei@contoso.com/sendMail HTTP/1.1\r\nHost: graph.microsoft.com\r\n"
        "Content-Type: application/json\r\nX-AnchorMailbox: wang.wei@contoso.com\r\n"
    )
    answer = running.send(
        f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body, "graph.microsoft.com"
    )
    service = services["graph.microsoft.com"]
    assert 200 == answer.status, answer.body
    arrived = json.loads(service.requests[-1].body)["message"]
    assert said["message"]["toRecipients"] == arrived["toRecipients"]
    assert "/v1.0/users/wang.wei@contoso.com/sendMail" == service.requests[-1].target
    assert IBAN not in arrived["body"]["content"]
    assert "ann@example.org" not in arrived["body"]["content"]


def test_a_finding_in_the_address_is_refused(real):
    running, services, log = real
    before = audited(log)
    service = services["graph.microsoft.com"]
    asked = len(service.requests)
    answer = running.send(
        f"GET /v1.0/me/drive/root/search(q='{IBAN}') HTTP/1.1\r\nHost: graph.microsoft.com\r\n"
        "\r\n".encode(),
        "graph.microsoft.com",
    )
    assert 400 <= answer.status < 500
    assert "in the address or a header" in answer.body.decode()
    assert IBAN.encode() not in answer.body
    assert asked == len(service.requests)
    assert before < audited(log)


def test_an_encrypted_zip_is_refused_with_a_reason(real):
    running, services, _ = real
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "secret")
    locked = bytearray(packed.getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1  # "encrypted" in both headers
    asked = len(services["graph.microsoft.com"].requests)
    answer = running.send(
        b"PUT /v1.0/me/drive/root:/a.zip:/content HTTP/1.1\r\nHost: graph.microsoft.com\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(locked), locked),
        "graph.microsoft.com",
    )
    assert 400 <= answer.status < 500
    assert "Blocked by Redaction Gateway" in answer.body.decode()
    assert asked == len(services["graph.microsoft.com"].requests)


def refusal(running, body, target="/v1/chat/completions", kind="application/json"):
    answer = running.post(body, f"Content-Type: {kind}", target=target)
    assert 400 == answer.status
    return json.loads(answer.body)["error"]["message"]


def test_a_refusal_says_where_in_a_chat_and_in_a_form(real):
    running, services, _ = real
    asked = len(services["api.openai.com"].requests)
    chat = {"messages": [{"role": "user", "content": "hi"}, {"role": "user", "content": "机密"}]}
    said = refusal(running, json.dumps(chat).encode())
    assert "1 × CONFIDENTIALITY_MARKING (rule marked-documents) at $.messages[1].content" in said
    form = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        b"\x89PNG\r\n\x1a\n\0\0\r\n--b--\r\n"
    )
    said = refusal(running, form, "/v1/files", "multipart/form-data; boundary=b")
    assert "image" in said
    assert " at file 1 " in said
    assert asked == len(services["api.openai.com"].requests)


def test_where_it_stood_is_told_without_values(real):
    running, _, _ = real
    body = {IBAN: "机密", "x": {"call " + MOBILE: "CONFIDENTIAL"}}
    said = refusal(running, json.dumps(body).encode())
    assert IBAN not in said
    assert MOBILE not in said


def test_a_raw_gb18030_address_is_judged(real):
    running, services, _ = real
    service = services["graph.microsoft.com"]
    asked = len(service.requests)
    for word, status in (("报告", 200), ("电话" + MOBILE, 403)):
        target = b"/v1.0/me/drive/root:/" + word.encode("gb18030") + b".txt"
        head = b"GET " + target + b" HTTP/1.1\r\nHost: graph.microsoft.com\r\n\r\n"
        assert status == running.send(head, "graph.microsoft.com").status
    assert asked + 1 == len(service.requests)


def test_the_anthropic_sdk_shows_our_sentence(real):
    import anthropic

    running, _, _ = real
    trust = ssl.create_default_context(cafile=str(running.ca.bundle_path))
    with anthropic.DefaultHttpxClient(proxy=running.url, verify=trust) as transport:
        client = anthropic.Anthropic(api_key="x", http_client=transport, max_retries=0)
        with pytest.raises(anthropic.APIStatusError, match="Blocked by Redaction Gateway"):
            client.messages.create(
                model="m",
                max_tokens=9,
                messages=[{"role": "user", "content": "hi"}],
                extra_headers={"X-Note": IBAN},
            )


def test_the_audit_log_holds_no_value(real):
    _, _, log = real
    text = log.read_text()
    assert IBAN not in text
    assert MOBILE not in text
