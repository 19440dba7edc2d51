"""Old kinds by LibreOffice: shut in, converted, and never passed on unconverted once redacted."""

import socket
import subprocess
from pathlib import Path

import pytest

from gateway.errors import Unreadable
from gateway.formats import Ledger, open_document
from gateway.formats._base import ending_after
from gateway.formats._convert import libreoffice
from gateway.formats._ole.cfb import ROOT, STREAM, Node
from gateway.formats._ole.cfb_write import write_compound
from gateway.model import Edit, Hint, Rung

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


@needs_office
def test_what_runs_shut_in_reaches_no_network():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        probe = f"exec 3<>/dev/tcp/127.0.0.1/{port}"
        subprocess.run(["bash", "-c", probe], check=True)
        shut = ["unshare", *libreoffice._UNSHARE, "bash", "-c", probe]
        assert 0 != subprocess.run(shut, capture_output=True, check=False).returncode


@needs_office
def test_the_folder_of_the_user_is_hidden_from_what_runs(tmp_path, monkeypatch):
    (tmp_path / "letter.txt").write_text("Emily")
    monkeypatch.setenv("HOME", str(tmp_path))
    look = ["sh", "-c", libreoffice._SCRIPT, "sh", "ls", str(tmp_path)]
    shut = ["unshare", *libreoffice._UNSHARE, *look]
    environment = {"HIDDEN": libreoffice._hidden(Path("/tmp/work")), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(shut, capture_output=True, env=environment, check=True)
    assert b"" == done.stdout


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
