"""Limits that a worker process lays on itself.

POSIX gives address space and processor time by ``setrlimit`` (POSIX.1-2017). macOS accepts but
does not enforce the address-space limit; Windows has neither here: there only the wall limit,
which the parent keeps, holds. :func:`missing` says what this machine lacks.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from dataclasses import dataclass
from typing import Any

from gateway.settings import Limits

resource: Any = None  # Windows has none
if importlib.util.find_spec("resource"):
    import resource


_BEHIND = 5


def missing() -> tuple[str, ...]:
    """Limits that this operating system does not enforce."""
    if resource is None:
        return ("memory", "processor time")
    return ("memory",) if sys.platform == "darwin" else ()


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """Memory for the whole process, processor time for each item."""

    def enter(self, limits: Limits) -> None:
        """Limit memory, forbid core dumps (they would hold documents)."""
        if resource is None:
            return
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if "memory" not in missing():
            _, hard = resource.getrlimit(resource.RLIMIT_AS)
            wanted = limits.memory_bytes
            if hard not in (resource.RLIM_INFINITY, -1):
                wanted = min(wanted, hard)
            resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))

    def begin(self, limits: Limits) -> None:
        """Give the next item its processor time; the kernel ends the process beyond it."""
        if resource is None:
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        budget = int(used.ru_utime + used.ru_stime) + 1 + limits.cpu_seconds
        resource.setrlimit(resource.RLIMIT_CPU, (budget, hard))

    def give_way(self) -> None:
        """Run behind whatever else wants the processor; Windows is not asked."""
        if hasattr(os, "nice"):
            os.nice(_BEHIND)
