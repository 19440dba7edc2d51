"""What stands in the command line's way: odd names, closed files, full disks, impatient users."""

import contextlib
import io
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gateway.cli._common import sources
from gateway.cli.main import run
from gateway.errors import ExitCode

MAIL = "emily.carter@northwind-demo.com"
POSIX = pytest.mark.skipif(os.name == "nt", reason="other platform: POSIX only")


def gateway(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        check=False,
        capture_output=options.pop("capture_output", True),
        text=True,
        encoding="utf-8",
        timeout=120,
        **options,
    )


def test_results_that_want_one_name_are_numbered_and_nothing_is_lost(tmp_path, capsys):
    for folder, text in {"one": "first", "two": "second"}.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").write_text(text)
    # Alike once redacted, and alike where case does not count.
    (tmp_path / "one" / "13912345678.txt").write_text("third")
    (tmp_path / "two" / "13700001234.txt").write_text("fourth")
    out = tmp_path / "out"
    folders = [str(tmp_path / "one"), str(tmp_path / "two")]
    assert ExitCode.DONE == run(["redact", *folders, "--out-dir", str(out)])
    made = {path.name: path.read_text() for path in out.iterdir()}
    assert {
        "x.txt": "first",
        "x (2).txt": "second",
        "[PHONE_NUMBER].txt": "third",
        "[PHONE_NUMBER] (2).txt": "fourth",
    } == made


def test_a_folder_of_results_inside_the_tree_is_not_read_again(tmp_path, capsys):
    (tmp_path / "a.txt").write_text("clean")
    for _ in range(2):
        assert ExitCode.DONE == run(["redact", str(tmp_path), "--out-dir", str(tmp_path / "out")])
    assert ["out/a.txt"] == [
        p.relative_to(tmp_path).as_posix() for p in (tmp_path / "out").iterdir()
    ]
    assert "results go there" in capsys.readouterr().err


def test_a_file_that_is_gone_is_named_and_the_others_go_on(tmp_path, capsys, monkeypatch):
    import gateway.cli.redact

    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("clean")

    def found_then_gone(paths, left_out=None):
        found = sources(paths, left_out)
        (tmp_path / "a.txt").unlink()
        return found

    monkeypatch.setattr(gateway.cli.redact, "sources", found_then_gone)
    assert ExitCode.BLOCKED == run(["redact", str(tmp_path), "--json"])
    gone, done = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert ("block", None) == (gone["verdict"], gone["output"])
    assert [{"part": "", "why": "no such file or directory"}] == gone["unread"]
    assert ("allow", str(tmp_path / "b.redacted.txt")) == (done["verdict"], done["output"])


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="other platform: root reads everything"
)
def test_a_closed_folder_is_exit_3_and_not_silence(tmp_path, capsys):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o000)
    assert ExitCode.BLOCKED == run(["scan", str(tmp_path)])
    assert f"{closed}: not read" in capsys.readouterr().err


@POSIX
def test_links_and_pipes_in_a_folder_are_named_and_left_out(tmp_path, capsys):
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert [] == sources([str(tmp_path)])
    told = capsys.readouterr().err
    assert ["loop: left out" in told, "pipe: left out" in told] == [True, True]


@POSIX
def test_a_device_or_pipe_given_as_output_stays_what_it_is(tmp_path, capsys):
    (tmp_path / "a.txt").write_text(MAIL)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert ExitCode.DONE == run(["redact", str(tmp_path / "a.txt"), "-o", str(pipe)])
        assert b"[EMAIL_ADDRESS]" == os.read(reader, 100)
    finally:
        os.close(reader)
    assert pipe.is_fifo()


@POSIX
def test_a_copy_has_the_rights_that_any_new_file_has(tmp_path, capsys):
    (tmp_path / "a.txt").write_text("clean")
    run(["redact", str(tmp_path / "a.txt")])
    (tmp_path / "plain").touch()
    assert (tmp_path / "plain").stat().st_mode == (tmp_path / "a.redacted.txt").stat().st_mode


def test_names_that_an_encoding_cannot_write_are_escaped_and_json_stays_json(tmp_path):
    (tmp_path / "客户.txt").write_text("clean")
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252:strict", "PYTHONUTF8": "0"}
    done = gateway("scan", str(tmp_path), "--json", env=environment)
    assert ExitCode.DONE == done.returncode, done.stderr
    assert str(tmp_path / "客户.txt") == json.loads(done.stdout)["path"]


@POSIX
@pytest.mark.parametrize("home", ["plain", 'it\'s "my" $(false) 100% home'])
def test_what_env_prints_is_one_value_for_the_shell(tmp_path, monkeypatch, capsys, home):
    monkeypatch.setenv("GATEWAY_HOME", str(tmp_path / home))
    assert ExitCode.DONE == run(["env", "--shell", "sh"])
    set_to = dict(
        shlex.split(line)[1].split("=", 1)
        for line in capsys.readouterr().out.splitlines()
        if line.startswith("export ")
    )
    assert str(tmp_path / home / "ca" / "bundle.pem") == set_to["SSL_CERT_FILE"]
    run(["env", "--shell", "powershell"])
    quoted = str(tmp_path / home / "ca" / "ca.pem").replace("'", "''")
    assert f"$env:NODE_EXTRA_CA_CERTS = '{quoted}'" in capsys.readouterr().out.splitlines()


def _read_all(terminal):
    with contextlib.suppress(OSError):  # so the other end says that it is closed
        while os.read(terminal, 4096):
            pass
    os.close(terminal)


@POSIX
def test_results_go_to_the_file_they_are_sent_to_while_the_bar_is_on_the_terminal(tmp_path):
    import pty

    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("clean")
    terminal, seen_as_stderr = pty.openpty()
    # A terminal that nobody reads is full after a while, and then whoever writes waits.
    threading.Thread(target=_read_all, args=(terminal,), daemon=True).start()
    try:
        with (tmp_path / "results").open("w") as results:
            gateway(
                "scan",
                str(tmp_path / "a.txt"),
                str(tmp_path / "b.txt"),
                capture_output=False,
                stdout=results,
                stderr=seen_as_stderr,
            )
    finally:
        os.close(seen_as_stderr)
    assert 2 == len((tmp_path / "results").read_text().splitlines())


@POSIX
def test_a_reader_that_goes_away_ends_the_command_quietly():
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = gateway(
            "services", "list", capture_output=False, stdout=writer, stderr=subprocess.PIPE
        )
    finally:
        os.close(writer)
    assert (128 + signal.SIGPIPE, "") == (done.returncode, done.stderr)


@POSIX
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, ExitCode.INTERRUPTED), (signal.SIGTERM, 143)]
)
def test_an_interrupted_run_leaves_no_worker_no_half_file_and_no_traceback(tmp_path, number, code):
    tree, out = tmp_path / "tree", tmp_path / "out"
    tree.mkdir()
    for n in range(2000):
        (tree / f"{n}.txt").write_text(MAIL)
    with subprocess.Popen(
        [sys.executable, "-m", "gateway", "redact", str(tree), "--out-dir", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()  # the first result: it is in the middle of its work
        os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
        _, told = process.communicate(timeout=60)
        assert (code, b"") == (process.returncode, told)
        assert {len("[EMAIL_ADDRESS]")} == {path.stat().st_size for path in out.iterdir()}
        assert not _alive(process.pid)


def _alive(group: int) -> list[str]:
    """Processes of a group that still run, after a moment in which they may end."""
    for _ in range(50):
        listed = subprocess.run(
            ["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True
        ).stdout.splitlines()
        alive = [line for line in listed if line.split()[0] == str(group) and "Z" not in line[:20]]
        if not alive:
            break
        time.sleep(0.1)
    return alive


@pytest.mark.parametrize(
    ("stream", "arguments", "says"),
    [
        ("stdin", ["redact", "-"], "standard input is closed"),
        ("stdout", ["redact", "FILE", "-o", "-"], "standard output is closed"),
    ],
)
def test_a_closed_stream_is_a_wrong_call(tmp_path, monkeypatch, capsys, stream, arguments, says):
    (tmp_path / "a.txt").write_text("clean")
    monkeypatch.setattr(sys, stream, None)
    called = [str(tmp_path / "a.txt") if word == "FILE" else word for word in arguments]
    assert ExitCode.USAGE == run(called)
    assert says in capsys.readouterr().err


def test_a_full_disk_behind_stdout_is_said_in_words(monkeypatch, capsys):
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

        def fileno(self) -> int:
            return os.open(os.devnull, os.O_WRONLY)

    monkeypatch.setattr(sys, "stdout", Full())
    assert ExitCode.INTERNAL == run(["services", "list"])
    assert "cannot write to standard output: No space left" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_cannot_be_is_a_wrong_call(capsys, port):
    assert ExitCode.USAGE == run(["proxy", "--port", port])


def test_nothing_to_do_is_said(tmp_path, capsys):
    assert ExitCode.DONE == run(["scan", str(tmp_path)])
    assert "no files were found" in capsys.readouterr().err


def test_the_api_works_in_a_script_without_a_main_guard(tmp_path):
    script = Path(tmp_path, "script.py")
    script.write_text(f"from gateway import redact\nprint(redact({MAIL!r}).data)\n")
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=True, timeout=120
    )
    assert ("b'[EMAIL_ADDRESS]'\n", "") == (done.stdout, done.stderr)
