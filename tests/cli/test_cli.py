"""The command line as its user meets it: results on stdout, messages on stderr, exit codes."""

import io
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from gateway.cli.main import run
from gateway.errors import ExitCode

MAIL = "emily.carter@northwind-demo.com"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
JSON_KEYS = [
    "path", "output", "verdict", "format", "rung", "reason", "findings", "counts", "unread", "ms",
]  # fmt: skip


@pytest.fixture
def stdin(monkeypatch):
    def give(data: bytes):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))

    return give


def test_a_redacted_copy_stands_beside_its_original(tmp_path, capsys):
    original = tmp_path / "note.txt"
    original.write_text(f"to {MAIL}")
    assert ExitCode.DONE == run(["redact", str(original)])
    assert "to [EMAIL_ADDRESS]" == (tmp_path / "note.redacted.txt").read_text()
    assert f"to {MAIL}" == original.read_text()
    assert MAIL not in "".join(capsys.readouterr())


def test_a_blocked_file_gets_no_copy_and_exit_3(tmp_path, capsys):
    (tmp_path / "scan.png").write_bytes(PNG)
    assert ExitCode.BLOCKED == run(["redact", str(tmp_path / "scan.png")])
    assert ["scan.png"] == [p.name for p in tmp_path.iterdir()]
    assert "Blocked by Redaction Gateway" in capsys.readouterr().err


def test_a_tree_is_mirrored_and_one_blocked_file_does_not_stop_the_others(tmp_path, capsys):
    tree, out = tmp_path / "tree", tmp_path / "out"
    (tree / "a").mkdir(parents=True)
    (tree / "a" / "one.txt").write_text(MAIL)
    (tree / "scan.png").write_bytes(PNG)
    (tree / "二.txt").write_text("clean")
    (tree / f"for {MAIL}").mkdir()
    (tree / f"for {MAIL}" / "three.txt").write_text("clean")
    assert ExitCode.BLOCKED == run(["redact", str(tree), "--out-dir", str(out)])
    made = {p.relative_to(out).as_posix(): p.read_text() for p in out.rglob("*") if p.is_file()}
    assert {
        "a/one.txt": "[EMAIL_ADDRESS]",
        "for [EMAIL_ADDRESS]/three.txt": "clean",
        "二.txt": "clean",
    } == made


def test_json_is_one_object_a_file_without_values(tmp_path, capsys):
    (tmp_path / "a.txt").write_text(MAIL)
    assert ExitCode.DONE == run(["redact", str(tmp_path / "a.txt"), "--json"])
    printed = capsys.readouterr().out
    record = json.loads(printed)
    assert JSON_KEYS == list(record)
    assert {"EMAIL_ADDRESS": 1} == record["counts"]
    assert MAIL not in printed


def test_standard_input_goes_to_standard_output(tmp_path, capfdbinary, stdin):
    stdin(f"to {MAIL}".encode())
    assert ExitCode.DONE == run(["redact", "-"])
    assert b"to [EMAIL_ADDRESS]" == capfdbinary.readouterr().out


def test_values_from_a_file_go_wherever_they_stand(tmp_path, capsys):
    values = tmp_path / "values.txt"
    values.write_text("张伟\nProject Falcon\n", "utf-8")
    (tmp_path / "a.txt").write_text("联系张伟 about project FALCON.", "utf-8")
    run(["redact", str(tmp_path / "a.txt"), "--values", str(values)])
    made = (tmp_path / "a.redacted.txt").read_text("utf-8")
    assert "联系[EXACT_VALUE] about [EXACT_VALUE]." == made


@pytest.mark.parametrize(
    ("code", "name", "data"),
    [
        (ExitCode.DONE, "a.txt", b"nothing"),
        (ExitCode.FINDINGS, "a.txt", MAIL.encode()),
        (ExitCode.BLOCKED, "a.png", PNG),
    ],
)
def test_scan_tells_by_its_exit_code(tmp_path, capsys, code, name, data):
    (tmp_path / name).write_bytes(data)
    assert code == run(["scan", str(tmp_path / name)])
    assert [name] == [p.name for p in tmp_path.iterdir()]


@pytest.mark.parametrize(
    "arguments",
    [
        ["redact", "no-such-file"],
        ["redact", "-", "-"],
        ["redact", "-", "--to", "no-such-service"],
        ["redact", "-", "-o", "x", "--out-dir", "y"],
        ["redact", "-", "--values", "no-such-file"],
        ["redact"],
        ["no-such-command"],
    ],
)
def test_a_wrong_call_is_exit_2(arguments, capsys, stdin):
    stdin(b"")
    assert ExitCode.USAGE == run(arguments)


def test_an_input_is_never_overwritten(tmp_path, capsys):
    original = tmp_path / "a.txt"
    original.write_text(MAIL)
    assert ExitCode.USAGE == run(["redact", str(original), "-o", str(original)])
    assert ExitCode.USAGE == run(["redact", str(original), "--out-dir", str(tmp_path)])
    assert MAIL == original.read_text()


def test_a_bad_policy_is_exit_4_and_names_the_line(tmp_path, capsys):
    policy = tmp_path / "p.yaml"
    policy.write_text("version: 1\nname: mine\nrulez: []\n")
    assert ExitCode.POLICY == run(["policy", "check", str(policy)])
    assert "3" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["default", "strict", "observe"])
def test_the_built_in_policies_pass_their_own_tests(name, capsys):
    assert ExitCode.DONE == run(["policy", "test", name]), capsys.readouterr().out


def test_the_audit_log_has_a_record_of_each_item_and_verifies(tmp_path, capsys):
    for name, data in {"a.txt": MAIL.encode(), "b.png": PNG}.items():
        (tmp_path / name).write_bytes(data)
    run(["redact", str(tmp_path), "--out-dir", str(tmp_path / "out")])
    assert ExitCode.DONE == run(["audit", "verify"])
    assert "2 records" in capsys.readouterr().out
    assert ExitCode.DONE == run(["audit", "list", "--json"])
    lines = capsys.readouterr().out.splitlines()
    # In the order of the verdicts, and two workers judge at once.
    assert {"redact", "block"} == {json.loads(line)["verdict"] for line in lines}


@pytest.mark.parametrize("shell", ["sh", "powershell", "cmd"])
def test_env_names_the_variables_of_each_client_family(shell, capsys):
    assert ExitCode.DONE == run(["env", "--shell", shell])
    printed = capsys.readouterr().out
    wanted = ["HTTPS_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]
    assert wanted == [name for name in wanted if name in printed]


def test_help_imports_nothing_heavy():
    script = (
        "import sys; from gateway.cli.main import run; run(['--help']);"
        "print([m for m in ('presidio_analyzer', 'spacy', 'mitmproxy', 'pydantic', 'lxml', 'rich',"
        " 'pikepdf', 'cryptography') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "[]" == done.stderr.strip()


def test_an_unforeseen_error_shows_its_type_only(monkeypatch, capsys):
    import gateway.cli.main

    def fail(*_args, **_kwargs):
        raise RuntimeError(MAIL)

    monkeypatch.setattr(gateway.cli.main, "app", fail)
    assert ExitCode.INTERNAL == run(["redact", "x"])
    assert MAIL not in capsys.readouterr().err


def test_the_public_api_redacts_and_scans():
    from gateway import redact, scan

    assert b"to [EMAIL_ADDRESS]" == redact(f"to {MAIL}").data
    assert ["EMAIL_ADDRESS"] == [f.entity for f in scan(f"to {MAIL}", name="a.txt").findings]
