"""Every change of a log is found, and the right records are read from a good one."""

import json
import random

import pytest

from gateway.audit import AuditRecord, entries, verify
from gateway.audit.record import seal
from gateway.errors import AuditError

KEY = b"k" * 32
COUNT = 12


def split(data):
    return data.splitlines(keepends=True)


def edit_byte(rows, chance):
    at = chance.randrange(len(rows))
    place = chance.randrange(len(rows[at]) - 1)
    new = chance.choice([b for b in b'0a"}, \xff' if b != rows[at][place]])
    rows[at] = rows[at][:place] + bytes([new]) + rows[at][place + 1 :]


def insert_byte(rows, chance):
    at = chance.randrange(len(rows))
    place = chance.randrange(len(rows[at]))
    rows[at] = rows[at][:place] + chance.choice([b" ", b"0", b"\n", b"x"]) + rows[at][place:]


def delete_byte(rows, chance):
    at = chance.randrange(len(rows))
    place = chance.randrange(len(rows[at]))
    rows[at] = rows[at][:place] + rows[at][place + 1 :]


def delete_line(rows, chance):
    del rows[chance.randrange(len(rows))]


def swap_lines(rows, chance):
    one, two = chance.sample(range(len(rows)), 2)
    rows[one], rows[two] = rows[two], rows[one]


def repeat_line(rows, chance):
    rows.insert(chance.randrange(len(rows) + 1), chance.choice(rows))


def truncate_lines(rows, chance):
    del rows[chance.randrange(len(rows)) :]


def truncate_bytes(rows, chance):
    data = b"".join(rows)
    rows[:] = [data[: chance.randrange(len(data))]]


def rewrite_without_key(rows, chance):
    """A record is changed and all hashes after it are made anew, with another key's macs."""
    at = chance.randrange(len(rows))
    records = [json.loads(row) for row in rows]
    previous = records[at]["previous"]
    records[at]["verdict"] = "allow" if records[at]["verdict"] != "allow" else "block"
    for index in range(at, len(records)):
        fields = {k: v for k, v in records[index].items() if k not in {"hash", "mac"}}
        sealed, line = seal(fields, fields["sequence"], previous, b"guessed" * 5)
        previous = sealed["hash"]
        rows[index] = line + b"\n"


def append_without_key(rows, chance):
    last = json.loads(rows[-1])
    fields = {k: v for k, v in last.items() if k not in {"hash", "mac"}}
    _, line = seal(fields, last["sequence"] + 1, last["hash"], b"guessed" * 5)
    rows.append(line + b"\n")


def same_meaning_other_text(rows, chance):
    at = chance.randrange(len(rows))
    fields = json.loads(rows[at])
    other = dict(reversed(fields.items()))
    rows[at] = json.dumps(other, separators=(",", ":")).encode() + b"\n"


MUTATIONS = [
    edit_byte, insert_byte, delete_byte, delete_line, swap_lines, repeat_line, truncate_lines,
    truncate_bytes, rewrite_without_key, append_without_key, same_meaning_other_text,
]  # fmt: skip


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda m: m.__name__)
def test_every_mutation_is_found(mutate, fill, path):
    fill(COUNT)
    good = path.read_bytes()
    assert verify(path, KEY).ok
    chance = random.Random(mutate.__name__)
    tried = 0
    while tried < 100:
        rows = split(good)
        mutate(rows, chance)
        data = b"".join(rows)
        if data == good:
            continue
        tried += 1
        path.write_bytes(data)
        report = verify(path, KEY)
        assert not report.ok, (mutate.__name__, tried)


def test_each_edited_line_is_named(fill, path):
    fill(COUNT)
    good = split(path.read_bytes())
    for at in range(COUNT):
        rows = list(good)
        rows[at] = rows[at].replace(b'"verdict":"redact"', b'"verdict":"allow"')
        path.write_bytes(b"".join(rows))
        problems = verify(path, KEY).problems
        assert [f"audit.jsonl:{at + 1}: changed: it does not carry its own hash and mac"] == [
            str(problem) for problem in problems
        ]


@pytest.mark.parametrize("value", ['"x"', "null", "1.5", "-1", "[]", "1e999", "NaN"])
def test_a_line_with_odd_numbers_is_a_problem_and_no_crash(fill, path, value):
    fill(3)
    rows = split(path.read_bytes())
    rows[1] = rows[1].replace(b'"sequence":2', f'"sequence":{value}'.encode())
    path.write_bytes(b"".join(rows))
    assert not verify(path, KEY).ok
    assert len(list(entries(path))) >= 2


@pytest.mark.parametrize("line", [b"\n", b"[]\n", b"{}\n", b"[" * 100_000 + b"\n", b"x" * 10**6])
def test_a_line_that_is_no_record_is_a_problem_and_no_crash(fill, path, line):
    fill(2)
    rows = split(path.read_bytes())
    path.write_bytes(rows[0] + line + b"\n" + rows[1])
    assert not verify(path, KEY).ok
    assert [1, 2] == [record.sequence for record in entries(path)]


def test_another_key_does_not_verify(fill, path):
    fill(2)
    assert not verify(path, b"x" * 32).ok


def test_the_head_shows_a_rollback_to_who_noted_it(fill, path):
    """An older copy of log and head verifies; only the noted head differs."""
    fill(3)
    files = {file: file.read_bytes() for file in path.parent.iterdir()}
    fill(2)
    noted = verify(path, KEY).head
    for file, data in files.items():
        file.write_bytes(data)
    assert verify(path, KEY).ok
    assert noted != verify(path, KEY).head
    assert "5:" == noted[:2]


def test_no_log_at_all_is_an_empty_log(path):
    report = verify(path, KEY)
    assert (0, True) == (report.records, report.ok)
    assert [] == list(entries(path))


def test_a_log_that_cannot_be_read_is_an_error(fill, path):
    fill(1)
    path.unlink()
    path.mkdir()
    with pytest.raises(AuditError):
        verify(path, KEY)


def test_many_problems_are_cut_at_a_hundred(fill, path):
    fill(130)
    assert 100 == len(verify(path, b"x" * 32).problems)


def test_entries_are_chosen_and_the_newest_are_kept_in_order(fill, path):
    fill(10)
    assert [9, 10] == [r.sequence for r in entries(path, 2)]
    assert [4] == [r.sequence for r in entries(path, reference="r3")]
    assert 10 == len(list(entries(path, verdict="redact", service="openai", entity="API_KEY")))
    assert [] == list(entries(path, verdict="block"))
    assert [] == list(entries(path, service="zoom"))
    assert [] == list(entries(path, entity="URL"))
    assert [] == list(entries(path, surface="cli"))
    assert [] == list(entries(path, since="9999"))
    assert 10 == len(list(entries(path, since="2020")))


def test_a_record_is_read_as_it_was_written(fill, path):
    records = fill(2)
    assert records == [AuditRecord.from_fields(json.loads(row)) for row in split(path.read_bytes())]
    assert split(path.read_bytes()) == [record.to_json().encode() + b"\n" for record in records]
