"""``python -m recognizers.names.training [name …]``: trains the models named, or all.

Every module beside this one that has a function ``train()`` makes one or more models.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

import recognizers.names.training as here


def main(wanted: list[str]) -> int:
    """Train; unknown names are refused before anything is begun."""
    names = {module.name for module in pkgutil.iter_modules(here.__path__)} - {"__main__"}
    modules = {
        name: module
        for name in sorted(names)
        if hasattr(module := importlib.import_module(f"{here.__name__}.{name}"), "train")
    }
    unknown = [name for name in wanted if name not in modules]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are: {', '.join(modules)}")  # noqa: T201
        return 2
    for name in wanted or modules:
        modules[name].train()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
