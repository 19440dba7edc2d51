"""Chromium without a window, behind the gateway, that trusts the gateway's authority as a user's would."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator

import pytest

from support.proxyharness import Running

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

needs_chromium = pytest.mark.skipif(
    not (CHROMIUM and shutil.which("certutil")),
    reason="Chromium or certutil (libnss3-tools) is not installed",
)


@contextlib.contextmanager
def browsing(gateway: Running, url: str) -> Iterator[None]:
    """While it runs, the page at ``url`` is open."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        store = f"{home}/.pki/nssdb"
        os.makedirs(store)
        certutil = ["certutil", "-d", f"sql:{store}"]
        trust = ["-A", "-n", "gateway", "-t", "C,,", "-i", str(gateway.ca.cert_path)]
        subprocess.run([*certutil, "-N", "--empty-password"], check=True, timeout=30)
        subprocess.run([*certutil, *trust], check=True, timeout=30)
        with subprocess.Popen(
            [
                str(CHROMIUM),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-background-networking",
                "--no-first-run",
                f"--proxy-server={gateway.url}",
                f"--user-data-dir={home}/profile",
                "--remote-debugging-port=0",
                url,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": home},
        ) as process:
            try:
                yield
            finally:
                process.terminate()
                process.wait(20)
