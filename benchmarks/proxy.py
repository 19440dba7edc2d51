"""The proxy against bare mitmproxy, and against no proxy: chats over one kept connection.

All three are asked in turn in the same run, so that a machine that slows down slows them all.
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
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socketserver import StreamRequestHandler

from gateway.cli._demo.cloud import running_cloud

_HOST = "api.openai.com"
_START_SECONDS = 60
_WARM_UP = 20


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


def measure(text: Callable[[int], str], sizes: tuple[int, ...] = (1_000, 10_000)) -> None:
    """Print the medians of wall time, and the CPU time per request of each proxy's process.

    Args:
        text: prose of so many characters.
        sizes: how many characters a chat has.
    """
    with tempfile.TemporaryDirectory() as folder, _ways(Path(folder)) as ways:
        for size, runs in zip(sizes, (200, 100), strict=True):
            _compare(ways, text(size), runs)


def _compare(ways: list[Way], prose: str, runs: int) -> None:
    body = json.dumps({"messages": [{"role": "user", "content": prose}]}).encode()
    walls: dict[str, list[float]] = {way.name: [] for way in ways}
    cpu = {way.name: 0.0 for way in ways}
    with contextlib.ExitStack() as stack:
        open_ = [(way, stack.enter_context(contextlib.closing(way.connect()))) for way in ways]
        for turn in range(-_WARM_UP, runs):
            for way, connection in open_:
                before = _cpu_of(way.process)
                start = time.perf_counter()
                connection.request(
                    "POST", "/v1/chat/completions", body, {"Content-Type": "application/json"}
                )
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    raise SystemExit(f"{way.name} answered {answer.status}")
                if turn >= 0:
                    walls[way.name].append(time.perf_counter() - start)
                    cpu[way.name] += _cpu_of(way.process) - before
    p50 = {name: statistics.median(times) for name, times in walls.items()}
    line = ", ".join(f"{name} {seconds * 1000:.1f} ms" for name, seconds in p50.items())
    print(
        f"proxy {len(prose):>6} chars, wall p50: {line}; "
        f"x{p50['gateway'] / p50['mitmproxy']:.1f} of mitmproxy"
    )
    if cpu["mitmproxy"]:
        ours, theirs = (cpu[name] / runs * 1000 for name in ("gateway", "mitmproxy"))
        print(
            f"proxy {len(prose):>6} chars, CPU of the proxy process (workers apart): "
            f"{ours:.1f} ms, mitmproxy {theirs:.1f} ms, x{ours / theirs:.1f}"
        )


def _cpu_of(process: int | None) -> float:
    """CPU seconds of a running process; 0 where the system has no /proc."""
    if process is None:
        return 0.0
    try:
        threads = Path(f"/proc/{process}/task").iterdir()
        return sum(int((one / "schedstat").read_text().split()[0]) for one in threads) / 1e9
    except OSError:
        return 0.0


@contextmanager
def _ways(folder: Path) -> Iterator[list[Way]]:
    """A cloud, our gateway and mitmdump, all running."""
    # Else Nagle's algorithm and delayed ACKs add 40 ms, to whichever way is asked soonest again.
    StreamRequestHandler.disable_nagle_algorithm = True
    with running_cloud([_HOST, "localhost"], folder) as cloud, contextlib.ExitStack() as stack:
        trust = ssl.create_default_context(cafile=str(cloud.ca_file))
        direct = Way(
            "direct", lambda: http.client.HTTPSConnection("localhost", cloud.port, context=trust)
        )
        ours, theirs = _free_port(), _free_port()
        gateway = [sys.executable, "-m", "gateway", "proxy", "--port", str(ours)]
        gateway += ["--connect-to", f"{_HOST}:443:127.0.0.1:{cloud.port}"]
        gateway += ["--upstream-ca", str(cloud.ca_file)]
        rival = [str(Path(sys.executable).with_name("mitmdump")), "-q", "--listen-host"]
        rival += ["127.0.0.1", "-p", str(theirs), "--set", f"confdir={folder / 'mitmproxy'}"]
        rival += ["--set", f"ssl_verify_upstream_trusted_ca={cloud.ca_file}"]
        home = folder / "home"
        ours_id = stack.enter_context(_running(gateway, ours, GATEWAY_HOME=str(home)))
        theirs_id = stack.enter_context(_running(rival, theirs))
        yield [
            direct,
            _through("gateway", ours, home / "ca" / "ca.pem", ours_id, _HOST, 443),
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
