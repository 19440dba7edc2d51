"""A service on loopback that keeps every byte it is sent, and certificates for it."""

from __future__ import annotations

import datetime as dt
import gzip
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import h2.config
import h2.connection
import h2.events
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    trailers: tuple[tuple[str, str], ...] = ()

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


type Answer = Callable[[Request], bytes | Iterable[bytes]]


def ok(_: Request) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


_CA_USAGE = x509.KeyUsage(
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


class TestAuthority:
    """A certificate authority of the test's own."""

    __test__ = False

    def __init__(self, folder: Path, name: str = "Test Root") -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = dt.datetime.now(dt.UTC)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(self.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_CA_USAGE, critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )
        self.path = folder / f"{name.replace(' ', '-')}.pem"
        self.path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def issue(
        self,
        host: str,
        *,
        begins: int = -1,
        ends: int = 20,
        self_signed: bool = False,
        rsa_bits: int = 0,
        ca: bool = False,
        signer: TestAuthority | None = None,
        common_name_only: bool = False,
        client_only: bool = False,
    ) -> Path:
        """A PEM file with certificate and key; ``begins`` and ``ends`` in days from now."""
        signer = signer or self
        key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = (
            rsa.generate_private_key(65537, rsa_bits)
            if rsa_bits
            else ec.generate_private_key(ec.SECP256R1())
        )
        now = dt.datetime.now(dt.UTC)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if self_signed else signer.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + dt.timedelta(days=begins))
            .not_valid_after(now + dt.timedelta(days=ends))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if not common_name_only:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False
            )
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()),
            critical=False,
        )
        usage = ExtendedKeyUsageOID.CLIENT_AUTH if client_only else ExtendedKeyUsageOID.SERVER_AUTH
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        certificate = builder.sign(key if self_signed else signer.key, hashes.SHA256())
        path = self.folder / f"{certificate.serial_number:x}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        return path


@dataclass
class Upstream:
    """Listens on loopback in threads; ``with Upstream(...) as upstream``.

    ``received`` holds what came over each connection, TLS removed; ``requests`` what it meant.
    """

    certificate: Path | None = None
    answer: Answer = ok
    alpn: tuple[str, ...] = ("http/1.1",)
    highest: ssl.TLSVersion | None = None
    received: list[bytearray] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Self:
        self._open = True
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._context: ssl.SSLContext | None = None
        if self.certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.set_ciphers("ALL:@SECLEVEL=0")  # a service may be as weak as it likes
            if self.highest:
                with _deprecated_allowed():
                    self._context.minimum_version = ssl.TLSVersion.TLSv1
                    self._context.maximum_version = self.highest
            self._context.load_cert_chain(self.certificate)
            self._context.set_alpn_protocols(list(self.alpn))
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False
        with socket.socket() as wake:
            wake.settimeout(2)
            wake.connect_ex(self._listener.getsockname())
        self._accepting.join(5)
        self._listener.close()
        for one in self._sockets:
            one.close()
        for thread in self._threads:
            thread.join(5)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def holds(self, canary: bytes) -> bool:
        """Whether a value arrived: raw, or under an encoding that we can undo."""
        texts = [bytes(raw) for raw in self.received]
        for request in self.requests:
            head = f"{request.method} {request.target} {request.headers} {request.trailers}"
            texts += [head.encode("utf-8", "replace"), request.body, *unpacked(request.body)]
        return any(canary in text for text in texts)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if not self._open:
                client.close()
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        raw = bytearray()
        self.received.append(raw)
        try:
            client.settimeout(20)
            if self._context:
                client = self._context.wrap_socket(client, server_side=True)
            self._sockets.append(client)
            if isinstance(client, ssl.SSLSocket) and client.selected_alpn_protocol() == "h2":
                self._serve_h2(client, raw)
            else:
                self._serve_h1(client, raw)
        except (OSError, ValueError, h2.exceptions.ProtocolError):
            pass  # the other side went away, which is often the point
        finally:
            client.close()

    def _serve_h1(self, client: socket.socket, raw: bytearray) -> None:
        buffer = bytearray()

        def more() -> None:
            data = client.recv(65536)
            if not data:
                raise OSError
            raw.extend(data)
            buffer.extend(data)

        while True:
            while b"\r\n\r\n" not in buffer:
                more()
            head, _, rest = bytes(buffer).partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            method, target, _ = lines[0].split(" ", 2)
            headers = tuple(
                (name, value.strip())
                for name, _, value in (line.partition(":") for line in lines[1:])
            )
            lookup = {name.lower(): value for name, value in headers}
            buffer[:] = rest
            if lookup.get("transfer-encoding", "").lower() == "chunked":
                body = bytearray()
                while True:
                    while b"\r\n" not in buffer:
                        more()
                    size = int(bytes(buffer).split(b"\r\n", 1)[0], 16)
                    start = buffer.index(b"\r\n") + 2
                    while len(buffer) < start + size + 2:
                        more()
                    body += buffer[start : start + size]
                    del buffer[: start + size + 2]
                    if not size:
                        break
            else:
                length = int(lookup.get("content-length", "0"))
                while len(buffer) < length:
                    more()
                body = buffer[:length]
                del buffer[:length]
            request = Request(method, target, headers, bytes(body))
            self.requests.append(request)
            answer = self.answer(request)
            for part in [answer] if isinstance(answer, bytes) else answer:
                client.sendall(part)

    def _serve_h2(self, client: ssl.SSLSocket, raw: bytearray) -> None:
        connection = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        )
        connection.initiate_connection()
        client.sendall(connection.data_to_send())
        heads: dict[int, list[tuple[str, str]]] = {}
        bodies: dict[int, bytearray] = {}
        trailers: dict[int, list[tuple[str, str]]] = {}
        while data := client.recv(65536):
            raw.extend(data)
            for event in connection.receive_data(data):
                match event:
                    case h2.events.RequestReceived():
                        heads[event.stream_id] = list(event.headers)
                        bodies[event.stream_id] = bytearray()
                    case h2.events.DataReceived():
                        bodies[event.stream_id] += event.data
                        connection.acknowledge_received_data(
                            event.flow_controlled_length, event.stream_id
                        )
                    case h2.events.TrailersReceived():
                        trailers[event.stream_id] = list(event.headers)
                    case h2.events.StreamEnded():
                        stream = event.stream_id
                        fields = dict(heads[stream])
                        self.requests.append(
                            Request(
                                fields[":method"],
                                fields[":path"],
                                tuple(heads[stream]),
                                bytes(bodies[stream]),
                                tuple(trailers.get(stream, ())),
                            )
                        )
                        connection.send_headers(
                            stream, [(":status", "200"), ("content-type", "application/json")]
                        )
                        connection.send_data(stream, b"{}", end_stream=True)
            client.sendall(connection.data_to_send())


def unpacked(body: bytes) -> list[bytes]:
    """The body under each encoding that can be undone."""
    import brotli
    import zstandard

    found = []
    for undo in (
        gzip.decompress,
        zlib.decompress,
        lambda data: zlib.decompress(data, -15),
        brotli.decompress,
        lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
    ):
        try:
            found.append(undo(body))
        except Exception:
            continue
    return found


class _deprecated_allowed:
    """TLS 1.0 and 1.1 are deprecated, which is why they are tested."""

    def __enter__(self) -> None:
        import warnings

        self._catch = warnings.catch_warnings()
        self._catch.__enter__()
        warnings.simplefilter("ignore", DeprecationWarning)

    def __exit__(self, *_: object) -> None:
        self._catch.__exit__(None, None, None)
