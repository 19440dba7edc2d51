"""Tables: hits where nobody is named, and odd cells in columns of somebody's numbers."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from benchmarks.evaluate import Row
from benchmarks.evaluate._quiet_tables import Table, tables
from benchmarks.evaluate._quiet_texts import texts
from gateway.detect import Detector
from gateway.formats import open_document
from gateway.model import DetectionOptions, Finding, Hint, Segment
from recognizers.checksums import luhn

INDIRECT = frozenset({"DATE_TIME", "AGE", "NRP", "TITLE", "LOCATION"})
"""What tells a person only together with other things, and is no alarm."""


def as_csv(table: Table) -> str:
    """A table as a spreadsheet program exports it."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([table.header, *table.rows])
    return buffer.getvalue()


WRITTEN: dict[str, Callable[[Table], str]] = {
    "t.csv": as_csv,
    "t.tsv": lambda table: table.written("\t"),
    "t.md": lambda table: table.piped(),
    "t.txt": lambda table: table.aligned(),
}


NAMES = frozenset({"PERSON", "ORGANIZATION", "ADDRESS"})
"""What models find."""


def alarms(detector: Detector, segments: Sequence[Segment]) -> list[Finding]:
    """Findings in text in which nothing is to be found."""
    return [finding for finding in detector.find(segments) if finding.entity not in INDIRECT]


def segments_of(text: str, name: str) -> Sequence[Segment]:
    """A file's segments."""
    return tuple(open_document(text.encode(), Hint(name)).segments())


def rows() -> list[Row]:
    """The figures of this area: all findings, and those that no model of names made."""
    everything = Detector(DetectionOptions())
    numbers = Detector(DetectionOptions(ignore=NAMES | INDIRECT))
    made = tables()
    measured: list[Row] = []
    for name in WRITTEN:
        measured.append(_table_row(numbers, made, name, "names apart", 5))
        measured.append(_table_row(everything, made, name, "all", 160))
    lines = [Segment(line, "x") for table in made for line in table.written("\t").splitlines()]
    worst = Counter(finding.entity for finding in alarms(numbers, lines))
    measured.append(_row(f"tables, {len(lines)} lines as segments, names apart", worst, 5))
    some = texts()
    kinds = list(some)
    segments = [Segment(text, "x") for text in some.values()]
    size = sum(map(len, some.values()))
    for detector, what, floor in ((numbers, "names apart", 5), (everything, "all", 200)):
        worst = Counter(f"{kinds[f.segment]}: {f.entity}" for f in alarms(detector, segments))
        measured.append(_row(f"ordinary text, {size:,} characters, {what}", worst, floor))
    return [*measured, _odd_row(numbers)]


def _table_row(
    detector: Detector, made: Sequence[Table], name: str, what: str, floor: float
) -> Row:
    worst: Counter[str] = Counter()
    for table in made:
        found = alarms(detector, segments_of(WRITTEN[name](table), name))
        worst.update(f"{table.name}: {finding.entity}" for finding in found)
    count = sum(len(table.rows) + 1 for table in made)
    return _row(f"tables, {count} lines, {name[2:]}, {what}", worst, floor)


def _row(what: str, worst: Counter[str], floor: float) -> Row:
    return Row(
        f"{what}: hits without personal data",
        worst.total(),
        5,
        floor,
        lower_is_better=True,
        worst=_told(worst),
    )


def _told(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(f"{count} x {what}" for what, count in counts.most_common(6))


def _odd_row(detector: Detector) -> Row:
    """Mistyped values in columns of their kind."""
    found = count = 0
    missed: Counter[str] = Counter()
    for header, good, odd in _columns():
        for context in ((header,), ()):
            values = [*good, *odd]
            segments = [Segment(value, "x", context=context, column="A") for value in values]
            covered = {
                finding.segment
                for finding in detector.find(segments)
                if finding.end - finding.start == len(values[finding.segment])
            }
            count += len(odd)
            hits = sum(position in covered for position in range(len(good), len(values)))
            found += hits
            if hits < len(odd):
                missed[f"{header}, {'with' if context else 'without'} header"] += len(odd) - hits
    return Row(
        "mistyped cells of a column that are found", found / count, 0.95, 0.9, worst=_told(missed)
    )


def _columns() -> Iterator[tuple[str, list[str], list[str]]]:
    """Header, right values, and values with a digit too many, too few or wrong."""
    rng = random.Random(6)

    def slips(values: Sequence[str]) -> list[str]:
        odd: list[str] = []
        for value in values[:3]:
            digits = [at for at, char in enumerate(value) if char.isdecimal()]
            at = rng.choice(digits[-6:])
            odd.append(value[:at] + value[at + 1 :])
            odd.append(value[:at] + str((int(value[at]) + 1) % 10) + value[at + 1 :])
        return odd

    def with_luhn(body: str) -> str:
        return next(body + digit for digit in "0123456789" if luhn(body + digit))

    def number(count: int) -> str:
        return f"{rng.randrange(10**count):0{count}}"

    for header, make in {
        "手机号": lambda: f"13{number(9)}",
        "SSN": lambda: f"5{number(2)}-4{number(1)}-7{number(3)}",
        "Card number": lambda: with_luhn(f"4{number(14)}"),
        "银行卡号": lambda: with_luhn(f"622202{number(12)}"),
        "Phone": lambda: f"(212) 555-0{number(3)}",
    }.items():
        values = [make() for _ in range(40)]
        yield header, values[3:], slips(values)
