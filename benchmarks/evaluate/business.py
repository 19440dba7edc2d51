"""Dates, ages, titles, groups, labelled numbers and marks: how many are found, how few wrongly.

On sentences of our own (what is marked with « » must be found), on Phileas' cases, and on ordinary
text and code, where only dates and the like may be found.
"""

from __future__ import annotations

import json
import sysconfig
from collections import Counter
from pathlib import Path

from benchmarks.evaluate import SHARED, Row
from benchmarks.evaluate.scoring import Marked, Score
from gateway.detect import Detector, catalogue
from gateway.detect.definitions import load_definitions
from gateway.model import DetectionOptions, Segment

_SENTENCES = Path(__file__).with_name("business.txt")
_FILES = frozenset(
    {"business.yaml", "dates.yaml", "devices.yaml", "health.yaml", "indirect.yaml"}
    | {"markings.yaml", "network.yaml", "vehicles.yaml", "wallets.yaml"}
)
_CASES = {
    "Age": "AGE", "Date": "DATE_TIME", "IpAddress": "IP", "MacAddress": "MAC_ADDRESS", "Url": "URL",
    "Vin": "VIN", "ZipCode": "ADDRESS", "BitcoinAddress": "CRYPTO",
}  # fmt: skip
_TEXTS = ("wikigold", "gum_open", "sec_fin5_clean", "uner_zhs_train", "uner_zht_train")
_SIZE = 200_000


def rows() -> list[Row]:
    """The figures of this area."""
    mine = {entity for d in load_definitions() if d.source in _FILES for entity in d.entities}
    detector = _detector(mine)
    figures = [
        _sentences("en", detector, recall=0.93, floor=0.9),
        _sentences("zh", detector, recall=0.93, floor=0.9),
        _phileas(_detector(mine | {"ADDRESS"})),
    ]
    loose = {entity for entity, groups in catalogue().items() if "INDIRECT" in groups}
    # Birth dates of people in encyclopaedias and links are what they are.
    strict = _detector(mine - loose - {"DATE_OF_BIRTH", "URL"})
    return [*figures, _quiet("ordinary text", _ordinary(), strict), _quiet("code", _code(), strict)]


def _detector(entities: set[str]) -> Detector:
    return Detector(DetectionOptions(ignore=frozenset(catalogue()) - entities - {"EXACT_VALUE"}))


def _find(detector: Detector, text: str) -> list[Marked]:
    return [(f.start, f.end, f.entity) for f in detector.find([Segment(text, "x")])]


def _sentences(language: str, detector: Detector, *, recall: float, floor: float) -> Row:
    total, missed, wrong = Score(), Counter[str](), Counter[str]()
    for line in _SENTENCES.read_text("utf-8").splitlines():
        if not line.startswith(f"{language}|"):
            continue
        text, marked = _marked(line.partition("|")[2])
        found = _find(detector, text)
        total.add(marked, found)
        missed.update(label for _, _, label in set(marked) - set(found))
        wrong.update(label for _, _, label in set(found) - set(marked))
    worst = [f"not found whole: {label} {count}" for label, count in missed.most_common(5)]
    worst += [f"found otherwise: {label} {count}" for label, count in wrong.most_common(5)]
    return Row(
        f"own sentences ({language}, {total.marked} marked): strict F1",
        total.strict_f1, reach=recall, floor=floor, worst=tuple(worst),
    )  # fmt: skip


def _marked(line: str) -> tuple[str, list[Marked]]:
    """The text and its marks: «TYPE=value» in the line."""
    text, marked = "", []
    for place, piece in enumerate(line.replace("»", "«").split("«")):
        label, _, value = piece.partition("=") if place % 2 else ("", "", piece)
        if label:
            marked.append((len(text), len(text) + len(value), label))
        text += value
    return text, marked


def _phileas(detector: Detector) -> Row:
    """Cases with spans, each beside the label that Phileas' filter stands for."""
    wanted = hits = 0
    missed = Counter[str]()
    path = SHARED / "data" / "cases" / "phileas_cases.jsonl"
    for line in path.read_text("utf-8").splitlines():
        case = json.loads(line)
        label = _CASES.get(case["filter"])
        if label is None:
            continue
        found = _find(detector, case["text"])
        for start, end in case["spans"]:
            wanted += 1
            if any(f[0] < end and start < f[1] and label in f[2] for f in found):
                hits += 1
            else:
                missed[case["filter"]] += 1
    return Row(
        f"Phileas' cases of these types with spans ({wanted}): found",
        hits / wanted, reach=0.95, floor=0.9,
        worst=tuple(f"missed: {label} {count}" for label, count in missed.most_common(5)),
    )  # fmt: skip


def _ordinary() -> list[str]:
    texts: list[str] = []
    for name in _TEXTS:
        size = 0
        path = SHARED / "data" / "train" / f"{name}.jsonl"
        for line in path.read_text("utf-8").splitlines():
            texts.append(json.loads(line)["text"])
            size += len(texts[-1])
            if size > _SIZE:
                break
    return texts


def _code() -> list[str]:
    folder = Path(sysconfig.get_paths()["stdlib"])
    return [path.read_text("utf-8", "replace") for path in sorted(folder.glob("[a-h]*.py"))]


def _quiet(name: str, texts: list[str], detector: Detector) -> Row:
    found = Counter(f.entity for f in detector.find([Segment(text, "x") for text in texts]))
    size = sum(map(len, texts))
    return Row(
        f"hits per 100k characters of {name} ({size // 1000}k), without INDIRECT",
        100_000 * sum(found.values()) / size, reach=1.0, floor=1.0, lower_is_better=True,
        worst=tuple(f"{entity}: {count}" for entity, count in found.most_common(5)),
    )  # fmt: skip
