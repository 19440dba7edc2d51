"""One durable record an item, in a chain that goes on whatever happened before."""

import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gateway.audit import AuditLog, entries, verify
from gateway.errors import AuditError
from gateway.model import Item, Outcome, Purpose, Unread, Verdict

KEY = b"k" * 32
ROOT = Path(__file__).parents[2]

posix = pytest.mark.skipif(os.name != "posix", reason="mode bits protect files on POSIX only")


def lines(path):
    return path.read_bytes().splitlines(keepends=True)


def test_a_record_says_what_happened(fill, path):
    (record,) = fill(1)
    assert (1, "item", "r0", "proxy", "redact", "people") == (
        record.sequence,
        record.kind,
        record.reference,
        record.surface,
        record.verdict,
        record.rule,
    )
    assert ("openai", "api.openai.com", Purpose.CHAT, "completions") == (
        record.destination.service,
        record.destination.host,
        record.destination.purpose,
        record.destination.step,
    )
    assert ({"EMAIL_ADDRESS": 2, "API_KEY": 1}, {"encrypted": 2}) == (record.counts, record.unread)
    assert ("docx", 16, "native", 12) == (
        record.format,
        record.size,
        record.rung,
        record.milliseconds,
    )
    assert ("default", "f" * 64) == (record.policy, record.policy_fingerprint)
    assert record.time.endswith("Z")
    assert [record] == list(entries(path))
    assert lines(path) == [record.to_json().encode() + b"\n"]


def test_each_record_names_the_hash_of_the_one_before(fill, path):
    records = fill(3)
    assert ["0" * 64, records[0].hash, records[1].hash] == [r.previous for r in records]
    assert [1, 2, 3] == [r.sequence for r in records]
    assert verify(path, KEY).ok
    assert 3 == verify(path, KEY).records


def test_the_hash_is_sha256_of_the_canonical_record_without_its_seal(fill, path):
    import hashlib

    fill(1)
    fields = json.loads(path.read_bytes())
    digest = fields.pop("hash")
    del fields["mac"]
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == digest


def test_the_same_content_has_the_same_digest_only_under_the_same_key(path, tmp_path, make):
    one = AuditLog(path, KEY).append(*make(), "p", "f")
    two = AuditLog(path, KEY).append(*make(), "p", "f")
    three = AuditLog(tmp_path / "b" / "audit.jsonl", b"x" * 32).append(*make(), "p", "f")
    assert one.item == two.item
    assert one.item != three.item
    assert one.item != one.output


def test_a_blocked_item_has_no_output(path, make):
    record = AuditLog(path, KEY).append(*make(verdict=Verdict.BLOCK), "p", "f")
    assert ("block", "") == (record.verdict, record.output)


def test_an_outcome_without_a_digest_of_its_item_gets_one(path, make):
    item, outcome = make()
    whole = AuditLog(path, KEY).append(item, outcome, "p", "f")
    bare = AuditLog(path, KEY).append(item, Outcome(Verdict.BLOCK), "p", "f")
    assert whole.item == bare.item


def test_no_text_of_a_document_is_in_any_file_of_the_log(fill, path):
    fill(5, max_file_bytes=1500)
    files = [file for file in path.parent.iterdir() if file.is_file()]
    assert len(files) > 3
    for file in files:
        assert b"canary" not in file.read_bytes().lower()
        assert "canary" not in file.name


def test_control_characters_and_lone_surrogates_cannot_break_a_line(path, make):
    item, outcome = make()
    odd = Outcome(
        Verdict.BLOCK,
        rule='a\n{"kind":"item"}\u2028',
        unread=(Unread("p", "why\ud800\n\x00" + "x" * 1000),),
        counts={"E\nX": 1},
        item_sha256=outcome.item_sha256,
    )
    AuditLog(path, KEY).append(item, odd, "p\r\n", "f")
    assert 1 == len(lines(path))
    assert verify(path, KEY).ok
    (record,) = entries(path)
    assert 200 == len(next(iter(record.unread)))


@posix
def test_all_files_are_for_the_owner_only(fill, path):
    before = os.umask(0)
    try:
        fill(3, max_file_bytes=500)
    finally:
        os.umask(before)
    assert 0o700 == stat.S_IMODE(path.parent.stat().st_mode)
    assert {0o600} == {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}


def test_a_full_file_gets_a_number_and_the_chain_goes_on(fill, path):
    fill(10, max_file_bytes=2000)
    names = sorted(file.name for file in path.parent.glob("*.jsonl"))
    assert ["audit-0001.jsonl", "audit-0002.jsonl", "audit-0003.jsonl", "audit.jsonl"] == names
    report = verify(path, KEY)
    assert (10, True, ()) == (report.records, report.ok, report.problems)
    assert list(range(1, 11)) == [record.sequence for record in entries(path)]


def test_a_crash_between_giving_the_number_and_the_next_record_loses_nothing(fill, path):
    fill(2)
    path.rename(path.with_name("audit-0001.jsonl"))
    assert verify(path, KEY).ok
    (record,) = fill(1)
    assert 3 == record.sequence
    assert verify(path, KEY).ok


def test_a_missing_full_file_is_found(fill, path):
    fill(10, max_file_bytes=2500)
    path.with_name("audit-0002.jsonl").unlink()
    assert not verify(path, KEY).ok


def test_threads_and_two_logs_on_one_file_keep_the_chain(path, make):
    logs = [AuditLog(path, KEY), AuditLog(path, KEY)]

    def work(log):
        for number in range(25):
            log.append(*make(number), "p", "f")

    threads = [threading.Thread(target=work, args=(logs[n % 2],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = verify(path, KEY)
    assert (100, ()) == (report.records, report.problems)


WRITER = """
import sys
from pathlib import Path
from gateway.audit import AuditLog
from gateway.model import Item, Outcome, Verdict
log = AuditLog(Path(sys.argv[1]), b"k" * 32, max_file_bytes=int(sys.argv[3]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    outcome = Outcome(Verdict.BLOCK, rule="r", reference=str(number))
    print(log.append(Item(b"x"), outcome, "p", "f").sequence, flush=True)
"""


def writer(path, count, size=10**9):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(count), str(size)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip


def start(process):
    process.stdin.write("\n")
    process.stdin.flush()


def test_four_processes_keep_the_chain_over_rotations(path):
    processes = [writer(path, 50, 20_000) for _ in range(4)]
    for process in processes:
        assert "ready\n" == process.stdout.readline()
    for process in processes:
        start(process)
    sequences = [int(n) for p in processes for n in p.communicate()[0].split()]
    assert list(range(1, 201)) == sorted(sequences)
    report = verify(path, KEY)
    assert (200, (), ()) == (report.records, report.problems, report.notes)
    assert len(list(path.parent.glob("audit-*.jsonl"))) >= 3


def test_killed_writers_lose_no_acknowledged_record_and_the_log_verifies(path):
    """Twenty writers, each killed at another moment while it appends."""
    acknowledged = []
    for turn in range(20):
        process = writer(path, 100_000)
        assert "ready\n" == process.stdout.readline()
        start(process)
        seen = [process.stdout.readline() for _ in range(1 + turn * 3)]
        process.kill()
        rest = process.communicate()[0].splitlines(keepends=True)
        acknowledged += [int(n) for n in [*seen, *rest] if n.endswith("\n")]
        assert () == verify(path, KEY).problems
    assert len(acknowledged) == len(set(acknowledged))
    kept = {record.sequence for record in entries(path)}
    assert set(acknowledged) <= kept
    report = verify(path, KEY)
    assert report.ok
    assert list(range(1, report.records + 1)) == sorted(kept)


def test_a_torn_last_line_is_noted_then_removed_and_the_chain_goes_on(fill, path):
    fill(2)
    whole = path.read_bytes()
    path.write_bytes(whole + lines(path)[0][:100])
    before = verify(path, KEY)
    assert (True, 2, ["an unfinished line"]) == (
        before.ok,
        before.records,
        [note.what for note in before.notes],
    )
    fill(1)
    assert path.read_bytes().startswith(whole)
    kinds = [(record.kind, record.why, record.sequence) for record in entries(path)]
    assert [("item", "", 1), ("item", "", 2), ("repair", "torn", 3), ("item", "", 4)] == kinds
    after = verify(path, KEY)
    assert (True, ["100 bytes of an unfinished record were removed"]) == (
        after.ok,
        [note.what for note in after.notes],
    )


def test_a_first_record_that_was_torn_is_no_hindrance(path, fill):
    fill(1)
    path.write_bytes(path.read_bytes()[:50])
    (path.with_suffix(".head")).unlink()
    fill(1)
    assert ["repair", "repair", "item"] == [record.kind for record in entries(path)]


def test_records_cut_off_stay_reported_after_the_log_went_on(fill, path):
    fill(5)
    path.write_bytes(b"".join(lines(path)[:3]))
    assert not verify(path, KEY).ok
    fill(2)
    report = verify(path, KEY)
    assert not report.ok
    assert any("records 4 to 5 were missing" in problem.what for problem in report.problems)
    assert [1, 2, 3, 6, 7, 8] == [record.sequence for record in entries(path)]


@pytest.mark.parametrize("damage", [None, b"", b"{}", b"[" * 300, b'{"sequence":"x"}'])
def test_a_lost_or_damaged_head_stays_reported_after_the_log_went_on(fill, path, damage):
    fill(3)
    head = path.with_suffix(".head")
    head.unlink() if damage is None else head.write_bytes(damage)
    assert not verify(path, KEY).ok
    fill(1)
    report = verify(path, KEY)
    assert ["the head of the log was " + ("missing" if damage is None else "damaged")] == [
        problem.what for problem in report.problems
    ]


def test_a_removed_log_stays_reported_after_a_new_one_began(fill, path):
    fill(3)
    path.unlink()
    assert not verify(path, KEY).ok
    fill(1)
    assert not verify(path, KEY).ok
    assert ["repair", "item"] == [record.kind for record in entries(path)]


def test_a_head_one_record_behind_is_what_a_crash_leaves_and_no_problem(fill, path):
    fill(2)
    old = path.with_suffix(".head").read_bytes()
    fill(1)
    path.with_suffix(".head").write_bytes(old)
    assert verify(path, KEY).ok
    fill(1)
    assert [1, 2, 3, 4] == [record.sequence for record in entries(path)]
    assert verify(path, KEY).ok


def test_a_damaged_last_record_is_not_built_upon_in_silence(fill, path):
    fill(3)
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"reference":"r2"', b'"reference":"r9"'))
    (record,) = fill(1)
    assert "damaged" == list(entries(path))[3].why
    assert not verify(path, KEY).ok
    assert 5 == record.sequence


LIMITED = """
import resource, sys
from pathlib import Path
from gateway.audit import AuditLog
from gateway.errors import AuditError
from gateway.model import Item, Outcome, Verdict
log = AuditLog(Path(sys.argv[1]), b"k" * 32)
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
for number in range(20):
    try:
        log.append(Item(b"x"), Outcome(Verdict.BLOCK), "p", "f")
    except AuditError as error:
        print(number, error, "|", error.remedy)
        break
"""


@posix
def test_a_full_disk_is_an_error_and_leaves_a_log_that_verifies(path, fill):
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    number = int(done.stdout.split()[0])
    assert 2 <= number <= 8
    assert "the audit log cannot be written: " in done.stdout
    report = verify(path, KEY)
    assert (number, True, ()) == (report.records, report.ok, report.notes)
    fill(1)
    assert verify(path, KEY).ok


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_device_without_room_is_an_error(tmp_path, make):
    path = tmp_path / "audit.jsonl"
    path.symlink_to("/dev/full")
    with pytest.raises(AuditError):
        AuditLog(path, KEY).append(*make(), "p", "f")


@posix
def test_a_folder_that_cannot_be_made_is_an_error_with_a_remedy(tmp_path, make):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(AuditError) as caught:
        AuditLog(tmp_path / "file" / "audit.jsonl", KEY).append(*make(), "p", "f")
    assert caught.value.remedy


def test_a_lock_that_cannot_be_taken_is_an_error(path, make, monkeypatch):
    import sqlite3

    monkeypatch.setattr("gateway.audit._files.LOCK_SECONDS", 0.05)
    log = AuditLog(path, KEY)
    log.append(*make(), "p", "f")
    other = sqlite3.connect(path.with_suffix(".lock"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    blocked = AuditLog(path, KEY)
    with pytest.raises(AuditError, match="lock cannot be taken"):
        blocked.append(*make(), "p", "f")
    other.execute("ROLLBACK")
    other.close()
    assert 2 == blocked.append(*make(), "p", "f").sequence


def test_a_record_for_people_is_one_line(fill, path):
    fill(1)
    path.write_bytes(path.read_bytes() + b"torn")
    fill(1)
    texts = [record.to_line() for record in entries(path)]
    assert "redact" in texts[0]
    assert (
        "→ openai (chat)  docx  2 × EMAIL_ADDRESS, 1 × API_KEY, 2 × unread: encrypted" in texts[0]
    )
    assert texts[0].endswith("[people]  r0")
    assert "log repaired: 4 bytes of an unfinished record were removed" in texts[1]
    assert not any("\n" in text for text in texts)


def test_an_item_to_nowhere_known_has_a_line_too(path):
    record = AuditLog(path, KEY).append(Item(b""), Outcome(Verdict.ALLOW), "p", "f")
    assert "→ - (other)  -  nothing found" in record.to_line()
