"""The watcher with the real pipeline in real worker processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.app import Gateway
from gateway.settings import Settings
from gateway.watch import Watcher

RESIDENT_ID = "11010519491231002X"
EMAIL = "emily.carter@example.com"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    settings = Settings.from_environ({"GATEWAY_HOME": str(tmp_path / "home")})
    with Gateway(settings, "default", ("Project Falcon",), workers=1) as running:
        yield running


def test_documents_in_both_languages_are_published_without_what_was_planted(gateway, tmp_path):
    import openpyxl

    outbox, synced = tmp_path / "outbox", tmp_path / "synced"
    (outbox / "Project Falcon").mkdir(parents=True)
    synced.mkdir()
    book = openpyxl.Workbook()
    book.active.append(["身份证号", "项目"])
    book.active.append([RESIDENT_ID, "Project Falcon"])
    book.save(outbox / "Project Falcon" / "合同.xlsx")
    (outbox / f"letter {EMAIL}.txt").write_text(f"Dear Emily, write to {EMAIL}.", "utf-8")
    (outbox / "clean.md").write_text("# 你好\n", "utf-8")
    (outbox / "damaged.docx").write_bytes(b"PK\x03\x04 this is no document")

    report = Watcher(outbox, synced, gateway, gateway.settings.home, settle_seconds=0.05).run_once()

    assert (3, 1) == (report.published, report.blocked)
    assert 1 == len(list(synced.rglob("合同.xlsx")))
    names = [p.relative_to(synced).as_posix() for p in synced.rglob("*")]
    assert not [name for name in names if EMAIL in name or "Falcon" in name]
    assert b"# \xe4\xbd\xa0\xe5\xa5\xbd\n" == (synced / "clean.md").read_bytes()
    for path in synced.rglob("*"):
        if path.suffix == ".xlsx":
            rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
            assert ("身份证号", "项目") == rows[0]
            assert RESIDENT_ID not in str(rows)
            assert "Falcon" not in str(rows)
        elif path.suffix == ".txt":
            assert EMAIL not in path.read_text("utf-8")
    assert (outbox / "damaged.docx.blocked.txt").is_file()
    assert (outbox / f"letter {EMAIL}.txt").read_text("utf-8").count(EMAIL) == 1
