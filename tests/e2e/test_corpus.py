"""Real files of every kind, many broken or hostile: a verdict for each, and nothing of what went.

A fixed sample; ``GATEWAY_CORPUS=all`` takes every file (``python -m benchmarks.documents`` prints
the same as a table).
"""

import os

import pytest

from benchmarks import documents

EVERY = 1 if os.environ.get("GATEWAY_CORPUS") == "all" else 6

# Words of the files that are words of their formats too: names of fonts, destinations of links.
STRUCTURE = {"New Roman", "XYZ null", "null null"}


@pytest.fixture(scope="module")
def results():
    corpus = documents.CORPUS
    if not corpus.is_dir():
        pytest.skip("the shared corpus is not beside the checkout")
    return documents.run(documents.sampled(corpus, EVERY))


@pytest.mark.timeout(900)
def test_every_file_gets_a_definite_verdict(results):
    assert [] == [r.path.name for r in results if r.failed]


def test_nothing_that_was_removed_is_found_by_other_libraries(results):
    found = {r.path.name: set(r.leaked) - STRUCTURE for r in results}
    assert {} == {name: words for name, words in found.items() if words}


def test_what_a_library_could_open_it_can_open_still(results):
    assert [] == [r.path.name for r in results if r.broken]
