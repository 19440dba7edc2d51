"""``python -m benchmarks.documents``: real files through the real workers, random words removed.

Each file is judged twice, in a warm worker with its limits: as it is, under the default policy,
and with three of its own words as exact values. What is released then must not hold them: their
absence is checked by other libraries (:mod:`benchmarks.excavate`), and a file that its own library
could open before must open after.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import random
import re
import statistics
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from benchmarks.excavate import survivors
from gateway.detect import catalogue
from gateway.model import Destination, Hint, Item, Outcome, Role, Rung, Surface, Verdict, Wanted
from gateway.policy import Policy, load_policy
from gateway.settings import Limits
from gateway.system.confine import ProcessLimits
from gateway.worker import Job, WorkerPool

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"

_KEY = bytes(32)
_WORDS = 3
# Two words, since one alone may be a word of the format ("header", "Times"), or a name in Chinese.
_WORD = re.compile(r"\b[A-Za-z]{2,15} [A-Za-z]{4,15}\b|[^\W\d_A-Za-z]{3,9}")
_FAILED = "could not be checked"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file.

    Args:
        path: the file.
        plain: the verdict under the default policy.
        edited: the verdict with words of its own as exact values; ``None`` where it has no words.
        leaked: which of the words other libraries still find.
        broken: its own library could open it before, and cannot now.
    """

    path: Path
    plain: Outcome
    edited: Outcome | None = None
    leaked: tuple[str, ...] = ()
    broken: bool = False

    @property
    def failed(self) -> bool:
        """The inspection itself failed: a crash, a hang, a bug."""
        outcomes = [o for o in (self.plain, self.edited) if o]
        return any(_FAILED in o.reason and "more than" not in o.reason for o in outcomes)


def run(paths: Sequence[Path], workers: int = 2) -> list[Result]:
    """Judge the files, some at a time.

    Args:
        paths: what to judge.
        workers: how many at a time, each with a child process of its own.
    """
    policy = load_policy("default", catalogue())
    waiting: SimpleQueue[Path] = SimpleQueue()
    for path in paths:
        waiting.put(path)
    results: list[Result] = []

    def serve() -> None:
        with WorkerPool(ProcessLimits(), count=1) as pool:
            while True:
                try:
                    results.append(_judge(pool, policy, waiting.get_nowait()))
                except Empty:
                    return

    threads = [threading.Thread(target=serve) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results, key=lambda result: result.path)


def _judge(pool: WorkerPool, policy: Policy, path: Path) -> Result:
    item = Item(path.read_bytes(), Hint(path.name), Destination(), Surface.CLI)

    def asked(wanted: Wanted, values: tuple[str, ...] = ()) -> Outcome:
        pool.configure(Job(policy, _KEY, Limits(), values))
        return pool.submit(item, wanted).result()

    plain = asked(Wanted.PREVIEW)
    words = words_of(plain, path)
    if plain.verdict is Verdict.BLOCK or not words:
        return Result(path, plain)
    edited = asked(Wanted.RESULT, words)
    if edited.data is None:
        return Result(path, plain, edited)
    new = edited.data
    leaked = tuple(sorted(survivors(new, words)))
    broken = _opens(path.suffix, item.data) and not _opens(Path(edited.name).suffix, new)
    return Result(path, plain, edited, leaked, broken)


def words_of(outcome: Outcome, path: Path) -> tuple[str, ...]:
    """Words of running text, the same ones at every run."""
    if outcome.preview is None:
        return ()
    texts = (p.before for p in outcome.preview.passages if p.role in (Role.BODY, Role.PICTURE))
    found = sorted({word for text in texts for word in _WORD.findall(text)})
    chooser = random.Random(hashlib.sha256(path.name.encode()).digest())
    return tuple(chooser.sample(found, min(_WORDS, len(found))))


def _opens(suffix: str, data: bytes) -> bool:
    """Whether a library of the kind reads the bytes; true for kinds that have none here."""
    opener = _OPENERS.get(suffix.lower())
    if opener is None:
        return True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            opener(io.BytesIO(data))
        except Exception:  # noqa: BLE001 - that is the question
            return False
    return True


def _docx(stream: io.BytesIO) -> object:
    import docx

    return docx.Document(stream)


def _pptx(stream: io.BytesIO) -> object:
    import pptx

    return pptx.Presentation(stream)


def _xlsx(stream: io.BytesIO) -> object:
    import openpyxl

    return openpyxl.load_workbook(stream)


def _xls(stream: io.BytesIO) -> object:
    import xlrd

    return xlrd.open_workbook(file_contents=stream.read(), logfile=io.StringIO())


def _odf(stream: io.BytesIO) -> object:
    import odfdo

    return odfdo.Document(stream).body


def _pdf(stream: io.BytesIO) -> object:
    import pypdf

    return [page.extract_text() for page in pypdf.PdfReader(stream).pages]


def _image(stream: io.BytesIO) -> object:
    from PIL import Image

    return Image.open(stream).load()


def _ole(stream: io.BytesIO) -> object:
    import olefile

    return olefile.OleFileIO(stream).listdir()


_OPENERS: dict[str, Callable[[io.BytesIO], object]] = {
    **dict.fromkeys((".docx", ".docm"), _docx),
    **dict.fromkeys((".pptx", ".pptm"), _pptx),
    **dict.fromkeys((".xlsx", ".xlsm"), _xlsx),
    ".xls": _xls,
    **dict.fromkeys((".odt", ".ods", ".odp"), _odf),
    ".pdf": _pdf,
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp", ".webp"), _image),
    **dict.fromkeys((".doc", ".ppt", ".msg"), _ole),
}


def table(results: Sequence[Result]) -> Iterator[str]:
    """The figures by kind, as a Markdown table."""
    yield "| kind | files | read | redacted | native | part dropped | rastered | converted | blocked then | leaks | broken | failed | median ms | slowest s |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    kinds = sorted({r.path.suffix.lower() for r in results})
    for kind in [*kinds, ""]:
        of_kind = [r for r in results if r.path.suffix.lower() == kind or not kind]
        edited = [r.edited for r in of_kind if r.edited]
        rungs = Counter(o.rung for o in edited)
        times = [o.milliseconds for r in of_kind for o in (r.plain, r.edited) if o]
        figures = (
            len(of_kind),
            sum(r.plain.verdict is not Verdict.BLOCK for r in of_kind),
            len(edited),
            *(rungs[rung] for rung in (Rung.NATIVE, Rung.DROPPED, Rung.RASTERED, Rung.CONVERTED)),
            rungs[Rung.BLOCKED],
            sum(bool(r.leaked) for r in of_kind),
            sum(r.broken for r in of_kind),
            sum(r.failed for r in of_kind),
            round(statistics.median(times)),
            f"{max(times) / 1000:.1f}",
        )
        yield f"| {kind or '**all**'} | " + " | ".join(map(str, figures)) + " |"


def reasons(results: Sequence[Result]) -> Iterator[str]:
    """Why files were blocked, most frequent first, by kind."""
    whys: Counter[tuple[str, str]] = Counter()
    for result in results:
        for outcome in (result.plain, result.edited):
            if outcome and outcome.verdict is Verdict.BLOCK:
                why = re.sub(r" \([^()]*ref [^()]*\)$", "", outcome.reason)
                why = why.partition(f"{result.path.name}: ")[2] or why
                whys[result.path.suffix.lower(), re.sub(r"\d+ (×|parts?)", r"… \1", why)] += 1
    for (kind, why), count in whys.most_common():
        yield f"{count:4} {kind} {why}"


def sampled(folder: Path, every: int, kinds: Sequence[str] = ()) -> list[Path]:
    """Each ``every``-th file by the hash in its name, so that the choice stays the same.

    Args:
        folder: the corpus; each kind has a folder of its own.
        every: 1 takes all.
        kinds: endings without the dot; all when empty.
    """
    paths = sorted(path for path in folder.glob("*/*") if path.is_file())
    wanted = [p for p in paths if not kinds or p.suffix.lower().lstrip(".") in kinds]
    digests = {p: int(hashlib.sha256(p.name.encode()).hexdigest(), 16) for p in wanted}
    return [p for p in wanted if digests[p] % every == 0]


def main() -> None:
    """Run, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, nargs="?", default=CORPUS)
    parser.add_argument("--every", type=int, default=1, help="a sample: each N-th file")
    parser.add_argument("--kinds", default="", help="endings, such as docx,pdf")
    parser.add_argument("--each", action="store_true", help="a line for each file with trouble")
    arguments = parser.parse_args()
    kinds = tuple(kind for kind in arguments.kinds.split(",") if kind)
    start = time.perf_counter()
    results = run(sampled(arguments.corpus, arguments.every, kinds))
    print("\n".join(table(results)))
    print(f"\n{len(results)} files in {time.perf_counter() - start:.0f} s\n")
    print("\n".join(reasons(results)))
    if arguments.each:
        for result in results:
            slow = max(o.milliseconds for o in (result.plain, result.edited) if o) > 10_000
            if result.leaked or result.broken or result.failed or slow:
                print(result.path, result.leaked, result.broken, result.failed, slow)
                print("   ", result.edited.reason if result.edited else result.plain.reason)


if __name__ == "__main__":
    main()
