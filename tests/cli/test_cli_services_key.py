"""``gateway services key``: secrets come in by standard input and never out again."""

import io
import sys

import pytest

from gateway.cli.main import run
from gateway.errors import ExitCode

KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.fixture
def key(tmp_path, monkeypatch, capsys):
    """Runs a sub-command; gives exit code, stdout and stderr."""
    monkeypatch.setenv("GATEWAY_HOME", str(tmp_path))

    def command(*arguments, stdin=""):
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = run(["services", "key", *arguments])
        out = capsys.readouterr()
        assert SECRET not in out.out + out.err
        return code, out.out, out.err

    return command


def test_a_key_is_added_listed_and_removed(key, tmp_path):
    code, out, err = key("add", KEY_ID, stdin=f"{SECRET}\n")
    assert (ExitCode.DONE, f"{KEY_ID}: added.\n") == (code, out)
    assert "signed again" in err
    assert SECRET in (tmp_path / "signing-keys.yaml").read_text()
    code, out, _ = key("list")
    assert out.startswith(f"{KEY_ID}  added 2")
    assert f"{KEY_ID}: replaced.\n" == key("add", KEY_ID, stdin=f"  {SECRET}\r\n")[1]
    assert (ExitCode.DONE, f"{KEY_ID}: removed.\n") == key("remove", KEY_ID)[:2]
    assert "no signing keys" in key("list")[2]


def test_the_secret_is_no_argument(key):
    assert ExitCode.USAGE == key("add", KEY_ID, SECRET[:20])[0]


def test_no_secret_is_a_usage_error(key, tmp_path):
    code, _, err = key("add", KEY_ID, stdin="")
    assert ExitCode.USAGE == code
    assert "secret" in err
    assert not (tmp_path / "signing-keys.yaml").exists()


def test_removing_what_is_not_there_is_a_usage_error(key):
    assert ExitCode.USAGE == key("remove", KEY_ID)[0]
