"""Detection is no worse than it was: every figure of ``make eval`` holds its floor."""

import importlib
import pkgutil

import pytest

import benchmarks.evaluate as areas
from benchmarks.evaluate import SHARED, Row
from benchmarks.evaluate.letters import letters

AREAS = sorted(
    module.name
    for module in pkgutil.iter_modules(areas.__path__)
    if not module.name.startswith("_") and module.name != "scoring"
)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("area", AREAS)
def test_an_area_holds_its_floors(area: str) -> None:
    if not SHARED.is_dir():
        pytest.skip("the development data (../shared) is not here")
    rows = importlib.import_module(f"benchmarks.evaluate.{area}").rows()
    assert rows
    assert [] == [f"{row.measure}: {row.value:.3f}" for row in rows if not row.held]


def test_a_row_knows_which_way_is_better() -> None:
    assert Row("recall", 0.9, reach=0.8, floor=0.7).reached
    assert not Row("leak", 0.9, reach=0.8, floor=0.7, lower_is_better=True).held


def test_marks_of_the_letters_lie_where_the_values_stand() -> None:
    for language in ("en", "zh"):
        for letter in letters(language):
            assert "{" not in "".join(letter.text[start:end] for start, end, _ in letter.marks)
            assert all(letter.text[start:end].strip() for start, end, _ in letter.marks)
