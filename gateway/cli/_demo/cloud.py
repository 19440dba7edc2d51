"""A stand-in cloud: one HTTPS server on loopback that is every host, and keeps what arrives.

Its certificate comes from its own throw-away CA, so the gateway verifies it like any other.
"""

from __future__ import annotations

import datetime as dt
import json
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request as the cloud saw it."""

    host: str
    method: str
    path: str
    head: bytes = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(slots=True)
class Cloud:
    """The running stand-in: its port, its CA and everything that arrived, in order."""

    port: int
    ca_file: Path
    arrivals: list[Arrival] = field(default_factory=list)


@contextmanager
def running_cloud(
    hosts: Sequence[str], folder: Path, handler: type[Handler] | None = None
) -> Iterator[Cloud]:
    """Serve all ``hosts`` on a free loopback port.

    Args:
        hosts: names that the certificate is for.
        folder: where the throw-away CA and key are kept.
        handler: answers the requests, if not as the demonstration does.
    """
    ca_file, chain = _certificates(hosts, folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    server = _Server(("127.0.0.1", 0), handler or Handler)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    cloud = Cloud(server.server_port, ca_file)
    server.arrivals = cloud.arrivals
    thread = threading.Thread(target=server.serve_forever, name="cloud", daemon=True)
    thread.start()
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    arrivals: list[Arrival]


class Handler(BaseHTTPRequestHandler):
    """Keeps what arrives and answers as the services do."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits for a delayed acknowledgement

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        assert isinstance(self.server, _Server)
        self.server.arrivals.append(
            Arrival(
                self.headers.get("Host", ""),
                self.command,
                self.path,
                f"{self.requestline}\n{self.headers}".encode(),
                body,
            )
        )
        reply = json.dumps(_reply(self.path, body)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    do_GET = do_POST = do_PUT = _answer  # noqa: N815 - the base class looks for these names

    def log_message(self, *_: object) -> None:
        """Say nothing: the demonstration speaks for itself."""


def _reply(path: str, body: bytes) -> dict[str, object]:
    if path.startswith("/v1/chat/completions"):
        message = {"role": "assistant", "content": "Understood."}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return {
            "id": "chatcmpl-demo",
            "object": "chat.completion",
            "created": 0,
            "model": "stand-in",
            "choices": [choice],
        }
    if path.startswith("/v1/files"):
        return {
            "id": "file-demo",
            "object": "file",
            "bytes": len(body),
            "created_at": 0,
            "filename": "file",
            "purpose": "assistants",
            "status": "processed",
        }
    return {"id": "item-demo", "result": "ok", "size": len(body)}


def _certificates(hosts: Sequence[str], folder: Path) -> tuple[Path, Path]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    may_sign = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    now = dt.datetime.now(dt.UTC)

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    def builder(subject: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name("Stand-in cloud CA"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(days=1))
        )

    ca_key, leaf_key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    ca_id = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    ca = (
        builder("Stand-in cloud CA", ca_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(ca_id, critical=False)
        .add_extension(may_sign, critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    leaf = (
        builder(hosts[0], leaf_key)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(h) for h in hosts]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ca_id), critical=False
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    key_pem = leaf_key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    ca_file, chain = folder / "cloud-ca.pem", folder / "cloud.pem"
    ca_file.write_bytes(ca.public_bytes(pem))
    chain.write_bytes(key_pem + leaf.public_bytes(pem))
    chain.chmod(0o600)
    return ca_file, chain
