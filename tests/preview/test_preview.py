"""The page that shows before and after: true to the result, self-contained, escaped."""

import re
import stat
import sys
from html.parser import HTMLParser

import pytest

from gateway import redact
from gateway.app import judge_here
from gateway.cli._demo import plants
from gateway.cli.main import run
from gateway.errors import ExitCode
from gateway.formats import open_document
from gateway.model import Hint, Verdict, Wanted
from gateway.preview import Shown, page

MAIL = "emily.carter@northwind-demo.com"
PRIVATE_KEY = (
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\n"
    "-----END RSA PRIVATE KEY-----\n"
)


def preview_of(data, name, values=(), policy="default"):
    return judge_here(data, name, policy, values, "", Wanted.PREVIEW)


class Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs


def test_after_is_what_stands_in_the_new_bytes():
    outcome = preview_of(plants.docx(), "a.docx", ("northwind",))
    shown = [p.after for p in outcome.preview.passages if p.part.startswith("word/")]
    result = [s.text for s in open_document(outcome.data, Hint("a.docx")).segments()]
    assert [t for t in result if t.strip()] == [t for t in shown if t is not None]


def test_a_finding_is_marked_where_it_stood_with_what_it_becomes():
    outcome = preview_of(f"to {MAIL}!", "a.txt")
    (passage,) = [p for p in outcome.preview.passages if p.marks]
    (mark,) = passage.marks
    assert MAIL == passage.before[mark.start : mark.end]
    assert ("EMAIL_ADDRESS", "[EMAIL_ADDRESS]", False) == (
        mark.entity, mark.replacement, mark.kept,
    )  # fmt: skip
    assert "to [EMAIL_ADDRESS]!" == passage.after


def test_a_name_is_shown_too():
    outcome = preview_of("clean", f"{MAIL}.txt")
    first = outcome.preview.passages[0]
    assert (MAIL, "[EMAIL_ADDRESS]") == (first.before, first.after)


def test_a_blocked_document_shows_what_was_found_and_no_after():
    outcome = preview_of(PRIVATE_KEY, "a.txt", policy="strict")
    assert Verdict.BLOCK is outcome.verdict
    assert {None} == {p.after for p in outcome.preview.passages}
    assert any(p.marks for p in outcome.preview.passages)
    assert "Nothing leaves" in page([Shown("a.txt", outcome)])


def test_an_unreadable_document_is_shown_by_its_reason():
    outcome = preview_of(b"\x00\x01\x02\xff" * 40, "a.bin")
    assert outcome.preview is None
    assert "Blocked by Redaction Gateway" in page([Shown("a.bin", outcome)])


def test_only_a_preview_carries_values():
    outcome = redact(f"to {MAIL}", name="a.txt")
    assert outcome.preview is None
    assert MAIL not in repr(preview_of(f"to {MAIL}", "a.txt"))


def test_pages_and_pictures_are_drawn_before_and_after():
    outcome = preview_of(plants.pdf(), "a.pdf")
    assert 1 == len(outcome.preview.pictures)
    before, after = outcome.preview.pictures[0]
    assert (True, True) == (before.startswith(b"\xff\xd8"), after.startswith(b"\xff\xd8"))
    assert before != after


def test_what_a_document_holds_adds_nothing_to_the_page():
    evil = f"<script>alert(1)</script><img src=x onerror=alert(2)> {MAIL} </pre><b>"
    outcome = preview_of(evil, "<i>a.txt")
    elements = Elements(page([Shown("<u>a.txt", outcome)]))
    assert set() == elements.tags & {"script", "img", "b", "i", "u"}
    assert [] == [name for name, _ in elements.attributes if name.startswith("on")]


def test_the_page_is_self_contained_and_forbids_all_else():
    text = page([Shown("a.pdf", preview_of(plants.pdf(), "a.pdf"))])
    links = [v for n, v in Elements(text).attributes if n in ("src", "href", "action")]
    assert {"data:image/jpeg;base64"} == {link.split(",")[0] for link in links}
    assert "default-src 'none'" in text
    assert [] == re.findall(r"url\(|@import|https?://", text)


def test_unchanged_passages_are_folded_away():
    lines = "\n\n".join(f"paragraph {n}" for n in range(3))
    text = page([Shown("a.txt", preview_of(f"{lines}", "a.txt"))])
    assert "unchanged</summary>" in text


def test_redact_preview_writes_a_page_for_its_user_alone(tmp_path, capsys):
    (tmp_path / "note.txt").write_text(f"to {MAIL}")
    assert ExitCode.DONE == run(["redact", str(tmp_path / "note.txt"), "--preview"])
    shown = tmp_path / "note.preview.html"
    assert MAIL in shown.read_text("utf-8")
    assert "to [EMAIL_ADDRESS]" == (tmp_path / "note.redacted.txt").read_text()
    if sys.platform != "win32":
        assert 0o600 == stat.S_IMODE(shown.stat().st_mode)
    assert MAIL not in "".join(capsys.readouterr())


def test_a_page_found_in_a_folder_is_not_an_input(tmp_path, capsys):
    (tmp_path / "note.txt").write_text("clean")
    (tmp_path / "note.preview.html").write_text(MAIL)
    assert ExitCode.DONE == run(["redact", str(tmp_path)])
    names = sorted(path.name for path in tmp_path.iterdir())
    assert ["note.preview.html", "note.redacted.txt", "note.txt"] == names


def test_the_page_never_stands_among_the_results(tmp_path, capsys):
    tree, out = tmp_path / "tree", tmp_path / "out"
    (tree / "a").mkdir(parents=True)
    (tree / "a" / "note.txt").write_text(f"to {MAIL}")
    (tree / "old.preview.html").write_text(MAIL)
    assert ExitCode.DONE == run(["redact", str(tree), "--out-dir", str(out), "--preview"])
    assert ["a/note.txt"] == [p.relative_to(out).as_posix() for p in out.rglob("*.*")]
    assert MAIL in (tree / "note.preview.html").read_text("utf-8")


def test_the_page_is_written_over_no_input(tmp_path, capsys):
    for name in ("gateway.preview.html", "b.txt"):
        (tmp_path / name).write_text("mine")
    files = [str(tmp_path / name) for name in ("b.txt", "gateway.preview.html")]
    assert ExitCode.DONE == run(["redact", *files, "--preview"])
    assert "mine" == (tmp_path / "gateway.preview.html").read_text()
    assert (tmp_path / "gateway (2).preview.html").exists()


def test_what_cannot_be_shown_changes_no_verdict(monkeypatch):
    def broken(*_):
        raise OSError

    monkeypatch.setattr("gateway.pipeline.look", broken)
    outcome = preview_of(f"to {MAIL}", "a.txt")
    assert (b"to [EMAIL_ADDRESS]", None) == (outcome.data, outcome.preview)


@pytest.mark.parametrize("folder", [True, False])
def test_several_files_share_one_page(tmp_path, folder, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(f"{name}: {MAIL}")
    options = ["--out-dir", "out"] if folder else []
    assert ExitCode.DONE == run(["redact", "a.txt", "b.txt", "--preview", *options])
    text = (tmp_path / "gateway.preview.html").read_text("utf-8")
    assert 2 == text.count("<section>")
