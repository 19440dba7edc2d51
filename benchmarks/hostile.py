"""``python -m benchmarks.hostile``: bombs and damaged files through the real workers.

Each must get a definite verdict within the budgets, and what is released must not hold what was
to go. A mutant's values are words of the files it was made of, as their readers showed them
before; their absence is checked by other libraries (:mod:`benchmarks.excavate`).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.bombs import bombs, nested, zipped
from benchmarks.documents import CORPUS, sampled, words_of
from benchmarks.excavate import survivors
from gateway.detect import catalogue
from gateway.model import Destination, Hint, Item, Outcome, Surface, Verdict, Wanted
from gateway.policy import load_policy
from gateway.settings import Limits
from gateway.system.confine import ProcessLimits
from gateway.worker import Job, WorkerPool

PLANTED = "Quovadel Ystrimo"
"""What is added to a file from outside stands among the values that must go."""

STRUCTURE = frozenset({"New Roman"})
"""Words of files that are words of their formats too: a font in a theme is kept on purpose."""

_KEY = bytes(32)
# How a reason begins that tells of no decision: a bug, a crash, a hang.
_UNDECIDED = ("it failed while being inspected", "inspecting it took", "the inspector")
_SLOW = 20


@dataclass(frozen=True, slots=True)
class Case:
    """One hostile file.

    Args:
        kind: of file, by the ending of what it was made of.
        how: what was done to it.
        data: its bytes.
        name: its file name.
        words: what must not be in anything that is released.
    """

    kind: str
    how: str
    data: bytes = field(repr=False)
    name: str = field(repr=False)
    words: tuple[str, ...] = field(default=(PLANTED,), repr=False)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a case: the outcome, how long it took, and which words got out."""

    case: Case
    outcome: Outcome
    seconds: float
    leaked: frozenset[str] = frozenset()

    @property
    def undecided(self) -> bool:
        """Whether nobody decided: the inspection itself failed, or ran into the wall."""
        return any(sign in self.outcome.reason for sign in _UNDECIDED)


type Mutation = Callable[[bytes, bytes, random.Random], bytes]


def _flipped(data: bytes, chance: random.Random, count: int) -> bytes:
    new = bytearray(data)
    for _ in range(count if new else 0):
        new[chance.randrange(len(new))] ^= 1 << chance.randrange(8)
    return bytes(new)


def _without(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.randrange(1, 2000) :]


def _blanked(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return (data[:at] + bytes(512) + data[at + 512 :])[: len(data)]


def _doubled(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[: at + 1000] + data[at:]


def _extreme(data: bytes, chance: random.Random) -> bytes:
    """A number somewhere becomes as large as it can be."""
    at = chance.randrange(max(len(data) - 4, 1))
    return (
        data[:at]
        + chance.choice((b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", bytes(4)))
        + data[at + 4 :]
    )


MUTATIONS: dict[str, Mutation] = {
    "truncated": lambda a, _, r: a[: r.randrange(len(a) + 1)],
    "tail cut": lambda a, _, r: a[: len(a) - r.randrange(1, 200)],
    "head cut": lambda a, _, r: a[r.randrange(1, 600) :],
    "bit flipped": lambda a, _, r: _flipped(a, r, 1),
    "bits flipped": lambda a, _, r: _flipped(a, r, 40),
    "chunk gone": lambda a, _, r: _without(a, r),
    "chunk blank": lambda a, _, r: _blanked(a, r),
    "chunk doubled": lambda a, _, r: _doubled(a, r),
    "number extreme": lambda a, _, r: _extreme(a, r),
    "spliced": lambda a, b, r: a[: len(a) * r.randrange(1, 10) // 10] + b[len(b) // 2 :],
    "two in a row": lambda a, b, _: a + b,
    "prefix": lambda a, *_: PLANTED.encode() + b"\n" + a,
    "suffix": lambda a, *_: a + b"\n" + PLANTED.encode(),
    "zip behind": lambda a, *_: a + zipped({"a.txt": PLANTED.encode()}),
    "seven deep": lambda a, *_: nested("a.bin", a, 7),
    "in gzip, cut": lambda a, *_: gzip.compress(a, mtime=0)[:-9],
    "in zip": lambda a, *_: nested("a.bin", a, 1),
    "as it is": lambda a, *_: a,
}
_ENDINGS = (".txt", ".pdf", ".docx", ".jpg", ".csv", ".json", ".html", ".eml", "", ".zip", ".xls")


def mutants(sources: Sequence[tuple[Path, tuple[str, ...]]], each: int) -> Iterator[Case]:
    """Damaged files, the same ones at every run.

    Args:
        sources: files, and words in each.
        each: how many mutants to make of one.
    """
    for index, (path, words) in enumerate(sources):
        chance = random.Random(hashlib.sha256(path.name.encode()).digest())
        other, others = sources[(index * 7 + 3) % len(sources)]
        for how in chance.sample(sorted(MUTATIONS), min(each, len(MUTATIONS))):
            data = MUTATIONS[how](path.read_bytes(), other.read_bytes(), chance)
            ending = chance.choice(_ENDINGS) if chance.random() < 0.3 else path.suffix
            wanted = tuple(dict.fromkeys((*words, *others, PLANTED)))
            yield Case(path.suffix.lower(), how, data, f"a{ending}", wanted)


def run(cases: Iterable[Case], workers: int = 2, keep: Path | None = None) -> list[Result]:
    """Judge the cases, some at a time.

    Args:
        cases: what to judge; made one by one, since they are large together.
        workers: how many at a time, each with a child process of its own.
        keep: a folder for the bytes of cases that went wrong.
    """
    policy = load_policy("default", catalogue())
    waiting, gate = iter(cases), threading.Lock()
    results: list[Result] = []

    def serve() -> None:
        with WorkerPool(ProcessLimits(), count=1) as pool:
            while True:
                with gate:
                    case = next(waiting, None)
                if case is None:
                    return
                pool.configure(Job(policy, _KEY, Limits(), case.words))
                results.append(_judged(pool, case, keep))

    threads = [threading.Thread(target=serve) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def _judged(pool: WorkerPool, case: Case, keep: Path | None) -> Result:
    item = Item(case.data, Hint(case.name), Destination(), Surface.CLI)
    start = time.perf_counter()
    outcome = pool.submit(item).result()
    seconds = time.perf_counter() - start
    released = outcome.data if outcome.data is not None else b""
    leaked = frozenset(survivors(released, case.words)) if released else frozenset()
    result = Result(case, outcome, seconds, leaked)
    if keep and (result.undecided or leaked or seconds > _SLOW):
        _keep(result, keep)
    small = replace(outcome, data=None, findings=())
    return replace(result, case=replace(case, data=b""), outcome=small)


def _keep(result: Result, folder: Path) -> None:
    """Save the bytes, and a line that says what went wrong."""
    case, outcome = result.case, result.outcome
    digest = hashlib.sha256(case.data).hexdigest()[:8]
    (folder / f"{digest}{Path(case.name).suffix}").write_bytes(case.data)
    told = (digest, case.kind, case.how, f"{result.seconds:.1f}", outcome.verdict, outcome.reason)
    with (folder / "log.txt").open("a") as log:
        print(*told, sorted(result.leaked), file=log)


def words(paths: Sequence[Path]) -> list[tuple[Path, tuple[str, ...]]]:
    """Files with words of each, as the workers read them."""
    policy = load_policy("default", catalogue())
    found: list[tuple[Path, tuple[str, ...]]] = []
    with WorkerPool(ProcessLimits(), count=1) as pool:
        pool.configure(Job(policy, _KEY, Limits()))
        for path in paths:
            item = Item(path.read_bytes(), Hint(path.name), Destination(), Surface.CLI)
            shown = words_of(pool.submit(item, Wanted.PREVIEW).result(), path)
            found.append((path, tuple(word for word in shown if word not in STRUCTURE)))
    return found


def table(results: Sequence[Result]) -> Iterator[str]:
    """The figures by kind, as a Markdown table."""
    yield "| kind | cases | as it was | redacted | blocked | undecided | leaks | over 20 s | slowest s |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    for kind in [*sorted({r.case.kind for r in results}), ""]:
        group = [r for r in results if r.case.kind == kind or not kind]
        verdicts = Counter(r.outcome.verdict for r in group)
        figures = (
            len(group),
            *(verdicts[verdict] for verdict in (Verdict.ALLOW, Verdict.REDACT, Verdict.BLOCK)),
            sum(r.undecided for r in group),
            sum(bool(r.leaked) for r in group),
            sum(r.seconds > _SLOW for r in group),
            f"{max(r.seconds for r in group):.1f}",
        )
        yield f"| {kind or '**all**'} | " + " | ".join(map(str, figures)) + " |"


def main() -> None:
    """Run, and print the table, and a line for each case that went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=10, help="a sample: each N-th file")
    parser.add_argument("--each", type=int, default=3, help="mutants of each file")
    parser.add_argument("--kinds", default="", help="endings, such as docx,pdf; none: no mutants")
    parser.add_argument("--bombs", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    kinds = tuple(kind for kind in arguments.kinds.split(",") if kind)
    cases: list[Iterable[Case]] = []
    if arguments.bombs:
        cases.append(Case("bombs", name, data, name) for name, data in bombs())
    if kinds != ("none",):
        cases.append(mutants(words(sampled(CORPUS, arguments.every, kinds)), arguments.each))
    start = time.perf_counter()
    results = run((case for some in cases for case in some), arguments.workers, arguments.keep)
    print("\n".join(table(results)))
    print(f"\n{len(results)} cases in {time.perf_counter() - start:.0f} s\n")
    for result in sorted(results, key=lambda r: -r.seconds):
        if result.undecided or result.leaked or result.seconds > 8:
            told = (result.case.kind, result.case.how, result.outcome.verdict)
            print(f"{result.seconds:.1f}", *told, result.outcome.reason, sorted(result.leaked))


if __name__ == "__main__":
    main()
