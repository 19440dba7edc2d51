"""The ways to a cloud that the proxy's figures compare: straight, through us, through mitmproxy.

mitmproxy runs as it is installed (``mitmdump``) and inspects nothing; what we cost above it is
inspection, the audit record on disk and the second look at each request.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socketserver import StreamRequestHandler

from gateway.cli._demo.cloud import Handler, running_cloud

HOST = "api.openai.com"
CHAT = "/v1/chat/completions"
STREAM = "/v1/chat/completions?stream"
EVENTS = 200
_START_SECONDS = 60


class _Streaming(Handler):
    """The cloud of the demonstration, which can also stream an answer as events."""

    def _answer(self) -> None:
        if self.path != STREAM:
            super()._answer()
            return
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(EVENTS):
            event = b"data: %d\n\n" % time.perf_counter_ns()
            self.wfile.write(b"%x\r\n%b\r\n" % (len(event), event))
            self.wfile.flush()
            time.sleep(0.005)
        self.wfile.write(b"0\r\n\r\n")

    do_POST = _answer  # noqa: N815 - the base class looks for this name


@dataclass(frozen=True, slots=True)
class Way:
    """One way to the cloud.

    Args:
        name: for the table.
        connect: opens a connection that stays open.
        process: the proxy's process; ``None`` without a proxy.
    """

    name: str
    connect: Callable[[], http.client.HTTPSConnection]
    process: int | None = None


def chat(prose: str) -> bytes:
    """A chat request that says this."""
    return json.dumps({"messages": [{"role": "user", "content": prose}]}).encode()


def cpu_of(process: int | None) -> float:
    """CPU seconds of a running process; 0 where the system has no /proc."""
    if process is None:
        return 0.0
    try:
        threads = Path(f"/proc/{process}/task").iterdir()
        return sum(int((one / "schedstat").read_text().split()[0]) for one in threads) / 1e9
    except OSError:
        return 0.0


@contextmanager
def ways(folder: Path) -> Iterator[list[Way]]:
    """A cloud, our gateway and mitmdump, all running."""
    # Else Nagle's algorithm and delayed ACKs add 40 ms, to whichever way is asked soonest again.
    StreamRequestHandler.disable_nagle_algorithm = True
    with (
        running_cloud([HOST, "localhost"], folder, _Streaming) as cloud,
        contextlib.ExitStack() as stack,
    ):
        trust = ssl.create_default_context(cafile=str(cloud.ca_file))
        direct = Way(
            "direct", lambda: http.client.HTTPSConnection("localhost", cloud.port, context=trust)
        )
        ours, theirs = _free_port(), _free_port()
        gateway = [sys.executable, "-m", "gateway", "proxy", "--port", str(ours)]
        gateway += ["--connect-to", f"{HOST}:443:127.0.0.1:{cloud.port}"]
        gateway += ["--upstream-ca", str(cloud.ca_file)]
        rival = [str(Path(sys.executable).with_name("mitmdump")), "-q", "--listen-host"]
        rival += ["127.0.0.1", "-p", str(theirs), "--set", f"confdir={folder / 'mitmproxy'}"]
        rival += ["--set", "stream_large_bodies=1"]
        rival += ["--set", f"ssl_verify_upstream_trusted_ca={cloud.ca_file}"]
        home = folder / "home"
        ours_id = stack.enter_context(_running(gateway, ours, GATEWAY_HOME=str(home)))
        theirs_id = stack.enter_context(_running(rival, theirs))
        yield [
            direct,
            _through("gateway", ours, home / "ca" / "ca.pem", ours_id, HOST, 443),
            _through(
                "mitmproxy",
                theirs,
                folder / "mitmproxy" / "mitmproxy-ca-cert.pem",
                theirs_id,
                "localhost",
                cloud.port,
            ),
        ]


def _through(name: str, proxy: int, ca: Path, process: int, host: str, port: int) -> Way:
    trust = ssl.create_default_context(cafile=str(ca))

    def connect() -> http.client.HTTPSConnection:
        connection = http.client.HTTPSConnection("127.0.0.1", proxy, context=trust)
        connection.set_tunnel(host, port)
        return connection

    return Way(name, connect, process)


@contextmanager
def _running(command: list[str], port: int, **environment: str) -> Iterator[int]:
    """A proxy from when it listens until the end; its process id."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(process, port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(_START_SECONDS)


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"{process.args!r} did not start")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
