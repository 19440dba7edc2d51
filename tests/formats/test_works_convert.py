"""Old kinds by LibreOffice: shut in, converted, and never passed on unconverted once redacted."""

import os
import random
import socket
import struct
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from gateway.errors import Unreadable
from gateway.formats import Ledger, open_document
from gateway.formats._base import ending_after
from gateway.formats._convert import libreoffice
from gateway.formats._ole.cfb import ROOT, STREAM, Node, read_compound
from gateway.formats._ole.cfb_write import write_compound
from gateway.model import Edit, Hint, Role, Rung

SHARED = Path(__file__).parents[2].parent / "shared"
OLD = next(iter(sorted((SHARED / "corpus" / "wps").glob("*.wps"))), None)

needs_office = pytest.mark.skipif(
    not libreoffice.can_convert(), reason="LibreOffice is not here, or cannot be shut in"
)
needs_corpus = pytest.mark.skipif(
    OLD is None, reason="the shared corpus is not beside the checkout"
)


@needs_office
@needs_corpus
def test_a_works_document_is_read_as_its_conversion_and_leaves_redacted_as_docx():
    data = OLD.read_bytes()
    ledger = Ledger()
    document = open_document(data, Hint("a.wps"), ledger=ledger)
    assert "oleobject" == document.format
    assert data == document.apply([])
    segments = document.segments()
    index, segment = next(
        (i, s) for i, s in enumerate(segments) if s.role == "body" and len(s.text) > 5
    )
    new = document.apply([Edit(index, 0, len(segment.text), "[GONE]")])
    assert (".docx", Rung.CONVERTED) == (ending_after(document), ledger.rung)
    again = open_document(new, Hint("a.docx"))
    assert "docx" == again.format
    assert "[GONE]" in [s.text for s in again.segments()]
    assert "hidden" in {s.role for s in segments}  # what the conversion may have lost is searched


def shut_in(command, data=b""):
    """What a shell command prints that runs where LibreOffice would."""
    script = ["sh", "-c", f"({command}) > out/printed 2>&1"]
    return libreoffice._shut_in(script, data, "/usr/bin/soffice").decode()


@needs_office
def test_what_runs_shut_in_gets_the_file_and_nothing_else():
    assert (
        "Emily document"
        == shut_in("cat document; echo; ls document", b"Emily").replace("\n", " ").strip()
    )


@needs_office
def test_what_runs_shut_in_reaches_no_network():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        probe = f"exec 3<>/dev/tcp/127.0.0.1/{port} && echo through"
        assert 0 == subprocess.run(["bash", "-c", probe], check=True).returncode
        assert "through" not in shut_in(f"bash -c '{probe}'")


@needs_office
def test_the_folder_of_the_user_cannot_be_seen_nor_uncovered(tmp_path, monkeypatch):
    (tmp_path / "letter.txt").write_text("Emily")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "letter" not in shut_in(f"umount {tmp_path}; umount /tmp; ls {tmp_path} /tmp")


@needs_office
def test_what_runs_shut_in_sees_no_other_process_and_none_of_our_environment(monkeypatch):
    monkeypatch.setenv("GATEWAY_SECRET", "Emily")
    seen = shut_in(f"env; cat /proc/*/environ; ls /proc/{os.getpid()}/root")
    assert "Emily" not in seen
    assert "No such file" in seen


@needs_office
def test_without_a_home_it_still_converts(monkeypatch):
    monkeypatch.delenv("HOME")
    assert "yes" == shut_in("echo yes").strip()


@needs_office
def test_when_time_is_up_all_that_was_started_ends(monkeypatch):
    monkeypatch.setattr(libreoffice, "SECONDS", 0.5)
    with pytest.raises(subprocess.TimeoutExpired):
        shut_in("sleep 4711 & setsid sleep 4711 & sleep 4711")
    for _ in range(200):  # the kernel ends them one by one
        if not (left := running(b"4711")):
            break
        time.sleep(0.05)
    assert [] == left


def running(word):
    """Processes with a word in their command."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found += [path] if word in path.read_bytes() else []
    return found


def test_where_nothing_can_be_shut_in_nothing_is_converted(monkeypatch):
    monkeypatch.setattr(libreoffice, "_UNSHARE", ("--no-such-option",))
    libreoffice._office.cache_clear()
    try:
        assert not libreoffice.can_convert()
    finally:
        libreoffice._office.cache_clear()


@needs_office
@needs_corpus
def test_a_document_that_is_partly_packed_leaves_as_what_was_read_of_it(monkeypatch):
    """Nothing is found in it, but what nobody could see into must not leave."""
    nodes = [*read_compound(OLD.read_bytes()).nodes]
    nodes.append(Node(("Stuff",), STREAM, data=b"text " * 900 + random.Random(3).randbytes(9000)))
    document = open_document(write_compound(nodes), Hint("a.wps"))
    (index,) = [i for i, s in enumerate(document.segments()) if s.role is Role.DISPENSABLE]
    new = document.apply([Edit(index, 0, 0, "")])
    assert "docx" == open_document(new, Hint("a.docx")).format


def test_without_libreoffice_the_advice_is_to_save_as_a_newer_kind(monkeypatch):
    monkeypatch.setattr(libreoffice, "_office", str)
    data = write_compound([Node((), ROOT), Node(("MatOST",), STREAM, data=b"x" * 99)])
    with pytest.raises(Unreadable, match=r"save it as \.docx, \.xlsx or \.pptx"):
        open_document(data, Hint("a.wps"))


@needs_office
def test_what_libreoffice_cannot_read_is_unreadable():
    data = write_compound([Node((), ROOT), Node(("VisioDocument",), STREAM, data=b"x" * 99)])
    with pytest.raises(Unreadable, match="old Office file"):
        open_document(data, Hint("a.vsd"))


@pytest.mark.parametrize("name", ["EncryptedPackage", "EncryptionInfo", "\tDRMContent"])
def test_a_package_behind_a_password_is_named_so(name):
    data = write_compound([Node((), ROOT), Node((name,), STREAM, data=b"x" * 99)])
    with pytest.raises(Unreadable, match="encrypted: take its password off first"):
        open_document(data, Hint("a.docx"))


def test_an_old_workbook_behind_a_password_is_named_so():
    book = struct.pack("<2H8x2H4x", 0x0809, 8, 0x002F, 4)
    data = write_compound([Node((), ROOT), Node(("Book",), STREAM, data=book)])
    with pytest.raises(Unreadable, match="encrypted: take its password off first"):
        open_document(data, Hint("a.xls"))
