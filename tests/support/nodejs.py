"""Clients and servers of others that run on Node, installed once per machine from the registry.

``node/package.json`` (and what else lies beside it) names them with their versions. They are put into the user's cache folder
(``GATEWAY_TESTS_NODE`` says another), never into the checkout. Without Node or without the
registry the tests that need them are skipped, which fails in continuous integration.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest

_SOURCES = Path(__file__).parent / "node"
_INSTALL = ("install", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund")
_SECONDS = 300


@functools.cache
def _problem_or_folder(packages: str) -> tuple[str, Path]:
    npm = shutil.which("npm")
    if not shutil.which("node") or not npm:
        return "node and npm are not installed", Path()
    wanted = hashlib.sha256((_SOURCES / packages).read_bytes()).hexdigest()[:16]
    cache = os.environ.get("GATEWAY_TESTS_NODE")
    root = Path(cache) if cache else platformdirs.user_cache_path("redaction-gateway-tests")
    folder = root / wanted
    if not (folder / "node_modules").is_dir():
        root.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=root))
        shutil.copy(_SOURCES / packages, fresh / "package.json")
        try:
            subprocess.run(
                [npm, *_INSTALL], cwd=fresh, capture_output=True, timeout=_SECONDS, check=True
            )
            with contextlib.suppress(OSError):  # another process was faster
                fresh.rename(folder)
        except subprocess.SubprocessError:
            return "npm could not install the packages of tests/support/node", Path()
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return "", folder


def script(name: str, packages: str = "package.json") -> Path:
    """A script of ``node/`` beside the packages it imports; skips the test if they are not to be had."""
    problem, folder = _problem_or_folder(packages)
    if problem:
        pytest.skip(problem)
    source = _SOURCES / name
    fresh = folder / f"{os.getpid()}-{name}"
    fresh.write_bytes(source.read_bytes())
    fresh.replace(folder / name)
    return folder / name


@contextlib.contextmanager
def serving(name: str, *arguments: str, packages: str = "package.json") -> Iterator[int]:
    """A server script that prints its port and ends with its standard input."""
    with subprocess.Popen(
        ["node", str(script(name, packages)), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.communicate(timeout=20)
