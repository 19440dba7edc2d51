"""``gateway services record`` as its user meets it: start, work, Ctrl-C, look."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading

import pytest
import requests
from support.upstream import TestAuthority, Upstream

from gateway.cli.main import run
from gateway.errors import ExitCode
from gateway.services import Catalog

HOST = "up.acme.example"
IBAN = "DE89370400440532013000"
DOCUMENT = f"Invoice for Emily Carter\nIBAN {IBAN}\n".encode()


def answer(request):
    made = {"id": "f-71e0c2aa9d", "upload_url": f"https://{HOST}/put/9f8a7c6b5d4e3f2a"}
    body = json.dumps(made).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


class Recording:
    """The command in a process of its own."""

    def __init__(self, home, *arguments):
        environ = {**os.environ, "GATEWAY_HOME": str(home), "GATEWAY_WORKERS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gateway", "services", "record", *arguments],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.said = []
        self._listening = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.said.append(line)
            if "Ctrl-C ends" in line:
                self._listening.set()
        self._listening.set()

    @property
    def port(self):
        assert self._listening.wait(90)
        found = re.search(r"Recording on 127\.0\.0\.1:(\d+)", "".join(self.said))
        assert found, self.said
        return int(found[1])

    def end(self):
        self.process.send_signal(signal.SIGINT)
        out = self.process.stdout.read()
        self._reader.join(30)
        return self.process.wait(30), out

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(30)
        self._reader.join(30)
        self.process.stdout.close()
        self.process.stderr.close()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process on Windows")
def test_a_session_is_recorded_redacted_as_always_and_written_without_a_value(
    tmp_path, monkeypatch, capsys
):
    authority = TestAuthority(tmp_path)
    home, out = tmp_path / "home", tmp_path / "acme.yaml"
    with contextlib.ExitStack() as stack:
        service = stack.enter_context(Upstream(authority.issue(HOST), answer=answer))
        recording = Recording(
            home, "--out", str(out), "--host", HOST, "--port", "0",
            "--connect-to", f"{HOST}:443:127.0.0.1:{service.port}",
            "--upstream-ca", str(authority.path),
        )  # fmt: skip
        stack.callback(recording.close)
        monkeypatch.setenv("GATEWAY_PROXY_PORT", str(recording.port))
        session = stack.enter_context(requests.Session())
        session.trust_env = False
        session.proxies = {"https": f"http://127.0.0.1:{recording.port}"}
        session.verify = str(home / "ca" / "bundle.pem")
        ticket = session.post(
            f"https://{HOST}/v2/people/emily/files",
            json={"name": "figures.pdf", "size": len(DOCUMENT), "owner": "emily"},
            timeout=60,
        ).json()
        text = {"Content-Type": "text/plain"}
        put = session.put(ticket["upload_url"], data=DOCUMENT, headers=text, timeout=60)
        assert 200 == put.status_code
        refused = session.post(
            f"https://{HOST}/v2/notes", data=b"CONFIDENTIAL\n\nplan", headers=text, timeout=60
        )
        assert 403 == refused.status_code
        # While it runs, other commands vouch for the host too, so that clients can be set up.
        monkeypatch.setenv("GATEWAY_HOME", str(home))
        assert ExitCode.DONE == run(["ca", "show"])
        assert HOST in capsys.readouterr().out
        code, printed = recording.end()
    assert ExitCode.DONE == code
    assert not service.holds(IBAN.encode())
    made = out.read_text("utf-8")
    for value in (IBAN, "emily", "Emily", "Carter", "figures", "f-71e0c2aa9d", "9f8a7c6b5d4e3f2a"):
        assert value not in made + printed + "".join(recording.said), value
    assert 'match: ["POST /v2/people/*/files"]' in made
    assert 'match: ["PUT /put/*"]' in made
    assert "url is what post-people-files was answered at json.upload_url" in made
    assert "refused by the gateway: 1" in made
    assert f"4 × PUT /put/* at {HOST}" not in printed
    assert f"1 × PUT /put/* at {HOST} (raw): 200" in printed
    assert ExitCode.DONE == run(["services", "check", str(out)])
    assert f"acme: {HOST}; 3 steps, no mistakes" in capsys.readouterr().out
    assert not Catalog.load(home / "services").covers(HOST)


def test_a_file_that_is_there_is_not_overwritten(tmp_path, capsys):
    out = tmp_path / "mine.yaml"
    out.write_text("mine")
    assert ExitCode.USAGE == run(["services", "record", "--out", str(out)])
    assert "exists already" in capsys.readouterr().err
    assert "mine" == out.read_text()


def test_a_folder_that_is_not_there_is_told_before_anything_starts(tmp_path, capsys):
    assert ExitCode.USAGE == run(["services", "record", "--out", str(tmp_path / "no" / "a.yaml")])
    assert "there is no folder" in capsys.readouterr().err


def test_checking_names_the_mistake_with_its_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GATEWAY_HOME", str(tmp_path / "home"))
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("service: a\ntitle: A\nhosts: [a.example]\npurpos: chat\n")
    assert ExitCode.POLICY == run(["services", "check", str(wrong)])
    assert "wrong.yaml:4: purpos" in capsys.readouterr().err


def test_without_profiles_of_ones_own_the_built_in_ones_are_checked(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GATEWAY_HOME", str(tmp_path / "home"))
    assert ExitCode.DONE == run(["services", "check"])
    assert "no profiles of yours" in capsys.readouterr().out
