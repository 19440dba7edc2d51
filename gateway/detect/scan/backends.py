"""Engines that search for many expressions in one pass: hyperscan, else RE2, else none.

All take the same expressions, over bytes, and answer which of them are found in some data; an
engine may say too much, never too little. Where neither engine is installed, everything counts as
found: the recognisers then search by themselves, with the same findings, only slower.
"""

from __future__ import annotations

import hashlib
import platform
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, Protocol

from gateway.detect.scan.cache import Cache

type Finder = Callable[[bytes], Iterable[tuple[int, int]]]
"""Tells which expressions of a group are found, by their places in it, and behind which bytes.

:data:`SOMEWHERE` in place of a number of bytes means that it is found, and not known where.
"""
SOMEWHERE = -1

_RE2_MEMORY = 256 << 20  # a limit, most of which is never used
_MARK = b"\xff"  # no byte of UTF-8
_MOST = 500  # places that are told for one piece of data
_AS_DENSE = 8  # pieces that are taken to be as dense as one that had more


class Backend(Protocol):
    """An engine."""

    name: str

    def compile(self, expressions: tuple[str, ...], *, once: bool = False) -> Finder:
        """Make a group of expressions ready to be searched for.

        Args:
            expressions: of bytes.
            once: it does not matter where they are.
        """


def best_backend() -> Backend:
    """The fastest engine that is installed."""
    if find_spec("hyperscan"):
        return Hyperscan()
    return Re2() if find_spec("re2") else NoEngine()


class NoEngine:
    """Takes everything for found."""

    name = "none"

    def compile(self, expressions: tuple[str, ...], *, once: bool = False) -> Finder:
        """As in :class:`Backend`."""
        del once
        everything = _everything(expressions)
        return lambda _: everything


class Re2:
    """Google's RE2: sets of expressions."""

    name = "re2"

    def compile(self, expressions: tuple[str, ...], *, once: bool = False) -> Finder:
        """As in :class:`Backend`."""
        import re2

        del once
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.log_errors = False
        options.max_mem = _RE2_MEMORY
        group = re2.Set.SearchSet(options)
        for expression in expressions:
            group.Add(expression)
        # A search for which memory does not suffice finds nothing, not even the mark at the end.
        mark = group.Add(r"\xff")
        group.Compile()
        everything = _everything(expressions)

        def find(data: bytes) -> Iterable[tuple[int, int]]:
            found: list[int] = group.Match(data + _MARK)
            if mark not in found:
                return everything
            return [(place, SOMEWHERE) for place in found if place != mark]

        return find


class Hyperscan:
    """Intel's hyperscan, or Vectorscan; databases are kept in a :class:`Cache`."""

    name = "hyperscan"

    def __init__(self, cache: Cache | None = None) -> None:
        self._cache = cache or Cache()

    def compile(self, expressions: tuple[str, ...], *, once: bool = False) -> Finder:
        """As in :class:`Backend`."""
        return _Searched(expressions, self._cache, once=once)


class _Searched:
    """A group of expressions, with working memory for each thread.

    Where expressions are found is told as long as there are not too many places: all-digit data has
    each expression for digits at each of its bytes. Then it has to do that they are there.
    """

    def __init__(self, expressions: tuple[str, ...], stored: Cache, *, once: bool) -> None:
        self._database = _database(expressions, stored, once=once)
        self._local = threading.local()
        self._note = _note_once if once else _note
        self._briefly = cache(partial(_Searched, expressions, stored, once=True))

    def __call__(self, data: bytes) -> Iterable[tuple[int, int]]:
        import hyperscan

        found: list[tuple[int, int]] = []
        local = self._local
        try:
            scratch = local.scratch
        except AttributeError:
            scratch = local.scratch = hyperscan.Scratch(self._database)
            local.brief = 0
        if local.brief:
            local.brief -= 1
            return self._briefly()(data)
        try:
            self._database.scan(
                data, match_event_handler=self._note, context=found, scratch=scratch
            )
        except hyperscan.ScanTerminated:
            local.brief = _AS_DENSE
            return self._briefly()(data)
        return found


def _note_once(place: int, _start: int, _end: int, _flags: int, found: list[Any]) -> None:
    found.append((place, SOMEWHERE))


def _note(place: int, _start: int, end: int, _flags: int, found: list[Any]) -> bool:
    found.append((place, end))
    return len(found) > _MOST


def _everything(expressions: Sequence[str]) -> list[tuple[int, int]]:
    return [(place, SOMEWHERE) for place in range(len(expressions))]


@cache
def _database(expressions: tuple[str, ...], stored: Cache, *, once: bool) -> Any:
    import hyperscan

    key = hashlib.sha256(repr((_engine(), expressions, once)).encode()).hexdigest()
    known = stored.get(key)
    if known is not None:
        try:
            return hyperscan.loadb(known, mode=hyperscan.HS_MODE_BLOCK)
        except hyperscan.HyperscanError:
            pass  # of another version or processor, in spite of the key: compiled anew
    database = _compiled(expressions, once=once)
    stored.put(key, hyperscan.dumpb(database))
    if not once:
        _database(expressions, stored, once=True)  # so that it is there when it is needed
    return database


def _compiled(expressions: Sequence[str], *, once: bool) -> Any:
    import hyperscan

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[expression.encode() for expression in expressions],
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=[hyperscan.HS_FLAG_SINGLEMATCH if once else 0] * len(expressions),
    )
    return database


@cache
def _engine() -> tuple[str, ...]:
    """What a compiled database depends on besides its expressions: engine and processor."""
    info = _compiled(["x"], once=True).info()
    return (version("hyperscan"), str(info), platform.system(), platform.machine())
