"""Prints how good detection is, area by area; exits with 1 when a figure fell below its floor."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks.evaluate as areas
from benchmarks.evaluate import SHARED, Row


def main(wanted: list[str]) -> int:
    """Measure the areas named, or all."""
    if not SHARED.is_dir():
        print(f"the development data is not there: {SHARED}")
        return 5
    names = [
        module.name
        for module in pkgutil.iter_modules(areas.__path__)
        if module.name not in {"__main__", "scoring"} and not module.name.startswith("_")
    ]
    held = True
    for name in names:
        if wanted and name not in wanted:
            continue
        rows: list[Row] = importlib.import_module(f"benchmarks.evaluate.{name}").rows()
        print(f"\n{name}")
        for row in rows:
            held = held and row.held
            sign = "≤" if row.lower_is_better else "≥"
            mark = "reached" if row.reached else "below" if row.held else "FELL BELOW ITS FLOOR"
            print(f"  {row.measure:<70} {row.value:8.3f}  {sign} {row.reach:<6g} {mark}")
            for line in row.worst:
                print(f"      {line}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
