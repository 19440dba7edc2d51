"""The road of an item, with the real detector, policies and formats."""

import io
import itertools
import json
import tarfile

import pytest
from support import pictures

from gateway import pipeline as pipeline_module
from gateway.detect import Removed, catalogue
from gateway.errors import CannotEdit, Unreadable
from gateway.model import Destination, Hint, Item, Purpose, Rung, Surface, Unread, Verdict, Wanted
from gateway.pipeline import Pipeline, build
from gateway.policy import load_policy
from gateway.settings import Limits

MAIL = "emily.carter@northwind-demo.com"
RESIDENT_ID = "11010519491231002X"


@pytest.fixture(scope="module")
def pipe() -> Pipeline:
    policy = load_policy("default", catalogue())
    return build(policy, bytes(32), Limits(), ("Project Falcon",))


def test_a_clean_item_leaves_byte_identical(pipe):
    data = b"\xef\xbb\xbfNothing here.\r\n\tReally  nothing.\r\n"
    outcome = pipe.process(Item(data, Hint("note.txt")))
    assert (Verdict.ALLOW, data) == (outcome.verdict, outcome.data)


def test_findings_are_replaced_and_all_other_bytes_stay(pipe):
    outcome = pipe.process(Item(f"a {MAIL} b\r\n".encode(), Hint("note.txt")))
    assert b"a [EMAIL_ADDRESS] b\r\n" == outcome.data


def test_what_is_found_once_is_removed_everywhere(pipe):
    alone = pipe.process(Item(b'{"note": "see 536228726 there"}', Hint("a.json")))
    assert () == alone.findings  # nine bare digits are nothing by themselves
    data = b'{"ssn": "536228726", "note": "see 536228726 there"}'
    outcome = pipe.process(Item(data, Hint("a.json")))
    assert {"ssn": "[US_SSN]", "note": "see [US_SSN] there"} == json.loads(outcome.data)
    assert [f.recognizer == "propagated" for f in outcome.findings] == [False, True]


def test_the_file_name_is_text_too(pipe):
    outcome = pipe.process(Item(b"hello", Hint(f"{MAIL}.txt")))
    assert "[EMAIL_ADDRESS].txt" == outcome.name


def test_exact_values_go_whatever_their_case(pipe):
    outcome = pipe.process(Item(b"About PROJECT falcon and Falconry.", Hint("a.txt")))
    assert b"About [EXACT_VALUE] and Falconry." == outcome.data


def test_unknown_bytes_are_blocked_with_a_reason(pipe):
    outcome = pipe.process(Item(b"\x89PNG\r\n\x1a\n" + bytes(100), Hint("scan.png")))
    assert (Verdict.BLOCK, None) == (outcome.verdict, outcome.data)
    assert "Blocked by Redaction Gateway" in outcome.reason
    assert outcome.reference in outcome.reason


def test_a_reason_never_holds_the_value(pipe):
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow" + "A" * 60 + "\n-----END RSA PRIVATE KEY-----"
    strict = build(load_policy("strict", catalogue()), bytes(32), Limits())
    chat = Destination("openai", "api.openai.com", Purpose.CHAT)
    outcome = strict.process(Item(f"{key}\n{MAIL}".encode(), Hint(f"{MAIL}.txt"), chat))
    assert Verdict.BLOCK is outcome.verdict
    assert MAIL not in outcome.reason + outcome.name


def test_a_scan_makes_no_new_bytes(pipe):
    outcome = pipe.process(Item(MAIL.encode(), Hint("a.txt")), Wanted.VERDICT)
    assert (Verdict.REDACT, None, 1) == (outcome.verdict, outcome.data, len(outcome.findings))


def test_the_same_plaintext_always_gives_the_same_bytes(pipe):
    item = Item(f"{MAIL} and {RESIDENT_ID}".encode(), Hint("a.txt"))
    assert pipe.process(item).data == pipe.process(item).data


FAILURES = [
    ValueError("boom"),
    KeyError("boom"),
    MemoryError(),
    RecursionError(),
    UnicodeDecodeError("utf-8", b"x", 0, 1, "boom"),
    AssertionError(),
    StopIteration(),
    TimeoutError(),
    OSError(28, "No space left on device"),
    Unreadable("boom"),
    CannotEdit("boom"),
    ZeroDivisionError(),
]
STAGES = [
    "open_document",
    "_check_size",
    "decide",
    "edit_text",
    "ValueMatcher",
    "removed",
    "layers",
    "stands_in",
    "count_entities",
]


@pytest.mark.parametrize(
    ("stage", "failure"),
    list(itertools.product(STAGES, FAILURES)),
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_failure_at_any_stage_is_a_block(pipe, monkeypatch, stage, failure):
    def fail(*_args, **_kwargs):
        raise failure

    monkeypatch.setattr(pipeline_module, stage, fail)
    outcome = pipe.process(Item(MAIL.encode(), Hint("a.txt")))
    assert (Verdict.BLOCK, None) == (outcome.verdict, outcome.data)
    assert outcome.reason


def test_a_survivor_blocks_the_item(pipe, monkeypatch):
    # The second reader still sees what the writer believes it removed.
    monkeypatch.setattr(pipeline_module, "layers", lambda *_: iter([MAIL]))
    outcome = pipe.process(Item(MAIL.encode(), Hint("a.txt")))
    assert Verdict.BLOCK is outcome.verdict
    assert "still there" in outcome.reason


def test_a_refusal_shows_the_name_of_an_unreadable_file_without_what_is_found_in_it(pipe):
    outcome = pipe.process(Item(b"\x89PNG\r\n\x1a\n" + bytes(64), Hint(f"scan {MAIL}.png")))
    expected = "Blocked by Redaction Gateway: scan [EMAIL_ADDRESS].png: could not be read: image"
    assert outcome.reason.startswith(expected)


def test_a_value_that_stands_free_only_after_another_went_is_removed_too(pipe):
    gone = Removed({"Project Falcon": "[EXACT_VALUE]", "EXACT VALUE": "[X]"})
    again = pipe._once_more(b"[EXACT_VALUE]Project Falcon here", Hint("a.txt"), gone)
    assert b"[EXACT_VALUE][EXACT_VALUE] here" == again


def test_what_stands_in_a_name_for_a_finding_is_no_path(tmp_path):
    policy = tmp_path / "p.yaml"
    policy.write_text(
        "version: 1\nname: p\nrules:\n"
        "  - {name: r, entities: [EMAIL_ADDRESS], action: replace, with: {label: '../<x>'}}\n"
    )
    pipe = build(load_policy(policy, catalogue()), bytes(32), Limits())
    assert "..__x_.txt" == pipe.process(Item(b"hi", Hint(f"{MAIL}.txt"))).name


@pytest.fixture(scope="module")
def lenient(tmp_path_factory) -> Pipeline:
    """A policy that lets pass what nobody can read."""
    file = tmp_path_factory.mktemp("policy") / "p.yaml"
    file.write_text("version: 1\nname: p\nunreadable: allow\n")
    return build(load_policy(file, catalogue()), bytes(32), Limits())


def test_what_passes_unread_leaves_under_a_judged_name(lenient):
    picture = b"\x89PNG\r\n\x1a\n" + bytes(64)
    outcome = lenient.process(Item(picture, Hint(f"{MAIL}.png")))
    assert (picture, "[EMAIL_ADDRESS].png") == (outcome.data, outcome.name)


def test_a_part_that_can_no_longer_be_read_afterwards_blocks(pipe, monkeypatch):
    real = pipeline_module.open_document
    opened = []

    def second_time_unread(data, hint, limits=None, ledger=None):
        document = real(data, hint, limits, ledger)
        opened.append(document)
        if len(opened) > 1:
            document.unread = [Unread("part", "broken")]
        return document

    monkeypatch.setattr(pipeline_module, "open_document", second_time_unread)
    outcome = pipe.process(Item(MAIL.encode(), Hint("a.txt")))
    assert Verdict.BLOCK is outcome.verdict
    assert "could not be read again" in outcome.reason


def test_an_address_that_is_a_value_is_not_told():
    policy = load_policy("default", catalogue())
    pipe = build(policy, bytes(32), Limits(), ("falcon",))
    outcome = pipe.process(Item(b'{"falcon": {"to": "a falcon"}}', Hint("a.json")))
    assert outcome.findings
    assert [] == [f.part for f in outcome.findings if "falcon" in f.part]


def test_the_first_reader_alone_would_see_a_survivor(pipe, monkeypatch):
    monkeypatch.setattr(pipeline_module, "layers", lambda *_: iter([]))
    monkeypatch.setattr(pipeline_module, "stands_in", lambda *_: False)
    said = pipe._verify(MAIL.encode(), Hint("a.txt"), Removed({MAIL: "[EMAIL_ADDRESS]"}), ())
    assert "first reader" in said


def test_more_text_than_the_limit_blocks_and_names_it():
    policy = load_policy("default", catalogue())
    small = build(policy, bytes(32), Limits(characters=10))
    outcome = small.process(Item(b"eleven signs and more", Hint("a.txt")))
    assert Verdict.BLOCK is outcome.verdict
    assert "more than 10 characters" in outcome.reason


def test_a_picture_that_only_another_kind_can_hold_is_converted_or_at_the_proxy_blocked(pipe):
    data, _ = pictures.samples("Falconry")["heic"]
    matched = build(pipe.policy, bytes(32), Limits(), ("Falconry",))
    outcome = matched.process(Item(data, Hint("a.heic"), surface=Surface.CLI))
    assert ("a.jpg", Rung.CONVERTED, b"\xff\xd8") == (outcome.name, outcome.rung, outcome.data[:2])
    refused = matched.process(Item(data, Hint("a.heic"), surface=Surface.PROXY))
    assert (Verdict.BLOCK, None) == (refused.verdict, refused.data)
    assert "can only be redacted as .jpg" in refused.reason


def test_something_unread_behind_a_picture_does_not_leave_with_it(pipe):
    picture = pictures.packed(pictures.drawn(["hello"]), "JPEG")
    hidden = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    behind = io.BytesIO()
    with tarfile.open(fileobj=behind, mode="w") as archive:
        member = tarfile.TarInfo("a.png")
        member.size = len(hidden)
        archive.addfile(member, io.BytesIO(hidden))
    outcome = pipe.process(Item(picture + behind.getvalue(), Hint("a.jpg")))
    assert (Verdict.REDACT, Rung.DROPPED) == (outcome.verdict, outcome.rung)
    assert hidden not in outcome.data


def test_a_value_that_is_still_in_the_pixels_blocks_even_if_it_is_misread_now(pipe, monkeypatch):
    misread = pictures.drawn(["Fa1conry"], size=20)  # a one for an l
    monkeypatch.setattr("gateway.formats._images.document.paint", lambda *_: misread)
    matched = build(pipe.policy, bytes(32), Limits(), ("Falconry",))
    outcome = matched.process(Item(*pictures.samples("Falconry")["png"]))
    assert (Verdict.BLOCK, None) == (outcome.verdict, outcome.data)
    assert "still there" in outcome.reason
