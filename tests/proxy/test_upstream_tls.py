"""Services with bad certificates get nothing, and the client is told why."""

from __future__ import annotations

import socket
import ssl
import threading

import pytest
from support.proxyharness import CANARY, HOST
from support.upstream import TestAuthority, Upstream

from gateway.errors import UsageError

BAD = {
    "wrong host": {"host": "other.example"},
    "parent domain": {"host": "openai.com"},
    "wildcard of another level": {"host": "*.example"},
    "wildcard too high": {"host": "*.com"},
    "partial wildcard": {"host": "a*.openai.com"},
    "expired": {"begins": -9, "ends": -1},
    "not yet valid": {"begins": 2},
    "self-signed": {"self_signed": True},
    "name in the common name only": {"common_name_only": True},
    "for clients only": {"client_only": True},
    "RSA with 1024 bits": {"rsa_bits": 1024},
}


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    """An authority that nobody trusts."""
    return TestAuthority(tmp_path_factory.mktemp("stranger"), "Stranger")


@pytest.mark.parametrize("case", [*BAD, "untrusted", "signed by a leaf", "the gateway's own"])
def test_bad_certificates_are_refused_before_any_byte(
    open_gateway, test_authority, stranger, gateway_ca, tmp_path, case
):
    options = dict(BAD.get(case, {}))
    host = options.pop("host", HOST)
    certificate = test_authority.issue(host, **options)
    if case == "untrusted":
        certificate = stranger.issue(HOST)
    if case == "signed by a leaf":
        leaf = test_authority.issue("leaf.example")
        certificate = _signed_by(leaf, test_authority)
    if case == "the gateway's own":
        certificate = _own(gateway_ca, tmp_path)
    with Upstream(certificate) as service:
        gateway = open_gateway({f"{HOST}:443": service.port})
        answer = gateway.post(CANARY)
        assert 502 == answer.status
        assert b"could not be verified" in answer.body or b"could not be reached" in answer.body
        assert b"nothing was sent" in answer.body
        assert b"" == b"".join(map(bytes, service.received))


def _signed_by(leaf, authority):
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    pem = leaf.read_bytes()

    class Leaf:
        key = load_pem_private_key(pem, None)
        name = x509.load_pem_x509_certificate(pem).subject

    path = authority.issue(HOST, signer=Leaf)
    path.write_bytes(path.read_bytes() + pem[pem.index(b"-----BEGIN CERTIFICATE") :])
    return path


def _own(authority, folder):
    """What somebody who stole the gateway's key could show."""
    from cryptography.hazmat.primitives import serialization as form

    leaf = authority.leaf(HOST)
    path = folder / "own.pem"
    path.write_bytes(
        leaf.key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
        + leaf.certificate.public_bytes(form.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls_is_refused(open_gateway, test_authority, version):
    with Upstream(test_authority.issue(HOST), highest=version) as service:
        gateway = open_gateway({f"{HOST}:443": service.port})
        assert 502 == gateway.post(CANARY).status
        assert b"" == b"".join(map(bytes, service.received))


def test_a_service_without_tls_is_refused(open_gateway):
    got = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            client, _ = listener.accept()
            with client:
                got.append(client.recv(65536))
                client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        gateway = open_gateway({f"{HOST}:443": listener.getsockname()[1]})
        assert 502 == gateway.post(CANARY).status
        thread.join()
    assert CANARY not in b"".join(got)


def test_a_good_wildcard_is_accepted(open_gateway, test_authority):
    with Upstream(test_authority.issue("*.openai.com")) as service:
        gateway = open_gateway({f"{HOST}:443": service.port})
        assert 200 == gateway.post(b"hello").status


def test_without_upstream_ca_the_tests_own_root_is_not_trusted(open_gateway, test_authority):
    with Upstream(test_authority.issue(HOST)) as service:
        gateway = open_gateway({f"{HOST}:443": service.port}, upstream_ca=None)
        answer = gateway.post(CANARY)
        assert 502 == answer.status
        assert b"--upstream-ca" in answer.body


@pytest.mark.parametrize("text", [None, "", "no certificate in here"])
def test_an_unusable_upstream_ca_is_explained(open_gateway, tmp_path, text):
    path = tmp_path / "roots.pem"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UsageError, match="certificate file"):
        open_gateway(upstream_ca=path)


def test_there_is_no_switch_that_turns_verification_off():
    from pathlib import Path

    import gateway.proxy

    for file in Path(gateway.proxy.__path__[0]).glob("*.py"):
        text = file.read_text()
        assert "ssl_insecure" not in text
        assert "VERIFY_NONE" not in text
