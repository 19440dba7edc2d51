"""The scan changes what detection costs, never what is found.

The judge is Presidio's own ``AnalyzerEngine``, run the slow way: every recogniser over the whole
text, over the very recognisers of ours. There is no deliberate difference: spans, types and scores
are the same. (Words near a hit that are cut by the window in which they are looked for count
neither here nor there: that is the context enhancer's rule, which both share.)
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from presidio_analyzer import AnalyzerEngine, RecognizerResult

from gateway.detect.artifacts import LANGUAGE, NoTokens, Surrounded
from gateway.detect.context import Scope, spread
from gateway.detect.definitions import load_definitions
from gateway.detect.engine import GatewayEngine, build_engine
from gateway.detect.enhancer import WindowContext
from gateway.detect.scan import Backend, Hyperscan, NoEngine, Re2, scanner
from gateway.detect.text import fold
from gateway.errors import Unreadable
from gateway.formats import open_document
from gateway.model import DetectionOptions, Hint

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
NAMES = frozenset(
    {"PERSON", "LOCATION", "ORGANIZATION", "ADDRESS", "NRP", "TITLE", "AGE", "DATE_TIME"}
)
SEPARATOR = "\n\0\n"
NOISE = [
    *("\n", " ", "   ", "\t", "\n\n", "。", "，", "的", "客户", "é", "ß", "😀", "\u212a", "\ud800"),
    *("-", ".", "@", "/", ":", "_", "#", '"', "12", "id", "no.", "http://", "userName", "Ssn"),
    *("x" * 40, "0" * 30, "345678901234567890", "1.1.", "a.a.", "a@b.b", "=" * 20),
]
LABELS = ["", "", "passport", "id number | phone", "ssn", "账号", "password"]


def definitions_text() -> list[str]:
    definitions = load_definitions()
    examples = chain.from_iterable((*d.positive, *d.negative) for d in definitions)
    words = chain.from_iterable(d.context for d in definitions)
    return [*(example.text for example in examples), *words]


PIECES = definitions_text()


@pytest.fixture(scope="module")
def fast() -> GatewayEngine:
    return build_engine(DetectionOptions(ignore=NAMES))


@pytest.fixture(scope="module")
def slow(fast: GatewayEngine) -> AnalyzerEngine:
    return AnalyzerEngine(
        registry=fast.registry,
        nlp_engine=NoTokens(),
        supported_languages=[LANGUAGE],
        context_aware_enhancer=WindowContext(),
    )


@pytest.fixture(scope="module", params=[Hyperscan, Re2, NoEngine])
def engine(request: pytest.FixtureRequest, fast: GatewayEngine) -> GatewayEngine:
    backend: Backend = request.param()
    return GatewayEngine(fast.registry, backend)


@pytest.fixture(autouse=True, scope="module", params=[48, scanner.BLOCK], ids="blocks of {}".format)
def block(request: pytest.FixtureRequest) -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanner, "BLOCK", request.param)
        yield request.param


def results(
    engine: AnalyzerEngine, segments: Sequence[tuple[str, str]]
) -> list[tuple[int, int, str, float]]:
    scopes: list[Scope] = []
    at = 0
    for text, labels in segments:
        scopes.append(Scope(at, at + len(text), labels))
        at += len(text) + len(SEPARATOR)
    whole = SEPARATOR.join(text for text, _ in segments)
    found: list[RecognizerResult] = engine.analyze(
        whole, LANGUAGE, nlp_artifacts=Surrounded(whole, scopes)
    )
    return sorted((r.start, r.end, r.entity_type, r.score) for r in found)


pieces = st.one_of(st.sampled_from(PIECES), st.sampled_from(NOISE), st.text(max_size=6))
texts = st.lists(pieces, max_size=25).map("".join)


@given(segments=st.lists(st.tuples(texts, st.sampled_from(LABELS)), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_the_findings_are_those_of_the_slow_way(
    engine: GatewayEngine, slow: AnalyzerEngine, segments: list[tuple[str, str]]
) -> None:
    assert results(slow, segments) == results(engine, segments)


@pytest.mark.parametrize("seed", range(3))
def test_long_texts_are_searched_as_closely_as_short_ones(
    engine: GatewayEngine, slow: AnalyzerEngine, seed: int
) -> None:
    rng = random.Random(seed)
    text = "".join(rng.choice(PIECES) + rng.choice(NOISE) for _ in range(250))
    assert results(slow, [(text, "")]) == results(engine, [(text, "")])


@pytest.mark.parametrize(
    "text",
    [
        "1.1" * 1500,
        "1" * 4000,
        "a.a." * 1000,
        "a@b.b." * 700,
        "4111 " * 800,
        "@" * 3000,
        "QUJD" * 1000,
        "Tel" + "86" * 1000 + " 13812345678",
        "CONFIDENTIAL" + " " * 3000 + "INTERNAL ONLY",
        "-----BEGIN PRIVATE KEY-----\n" + "MIIE" * 600 + "\n-----END PRIVATE KEY-----",
    ],
    ids=lambda text: text[:12],
)
def test_texts_made_to_be_slow_give_the_same_findings(
    engine: GatewayEngine, slow: AnalyzerEngine, text: str
) -> None:
    assert results(slow, [(text, "")]) == results(engine, [(text, "")])


@pytest.mark.skipif(not CORPUS.exists(), reason="the shared corpus is not here")
@pytest.mark.parametrize("kind", ["docx", "xlsx", "eml"])
def test_findings_in_real_files_are_those_of_the_slow_way(
    engine: GatewayEngine, slow: AnalyzerEngine, kind: str
) -> None:
    files = sorted((CORPUS / kind).iterdir(), key=lambda file: file.stat().st_size)[:4]
    assert files
    for file in files:
        segments = texts_of(file)[:300]
        assert results(slow, segments) == results(engine, segments), file.name


def texts_of(file: Path) -> list[tuple[str, str]]:
    try:
        document = open_document(file.read_bytes(), Hint(file.name))
    except Unreadable:
        return []
    return [(fold(s.text), " | ".join(map(spread, s.context))) for s in document.segments()]


def test_windows_give_each_example_what_the_whole_text_gives(
    fast: GatewayEngine, slow: AnalyzerEngine
) -> None:
    texts = sorted({fold(text) for text in PIECES})
    for text in texts[:: 1 if _blocks_are_small() else 4]:
        artifacts = Surrounded(text, [Scope(0, len(text))])
        assert _shown(slow.analyze(text, LANGUAGE, nlp_artifacts=artifacts)) == _shown(
            fast.analyze(text, LANGUAGE, nlp_artifacts=Surrounded(text, [Scope(0, len(text))]))
        )


def _blocks_are_small() -> bool:
    return scanner.BLOCK < 100


def _shown(results: Sequence[RecognizerResult]) -> set[tuple[str, int, int, float]]:
    return {(one.entity_type, one.start, one.end, round(one.score, 6)) for one in results}
