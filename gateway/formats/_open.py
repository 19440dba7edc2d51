"""Choosing the format of some bytes, and opening them under one budget, children included."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import gateway.formats
from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._base import WRAPS, Document, Format
from gateway.formats._ledger import Ledger
from gateway.formats._raw import raw_layers
from gateway.formats._unknown import describe
from gateway.model import Hint
from gateway.settings import Limits


@cache
def _formats() -> tuple[Format, ...]:
    names = sorted(m.name for m in pkgutil.iter_modules(gateway.formats.__path__))
    modules = (importlib.import_module(f"gateway.formats.{n}") for n in names if n[0] != "_")
    return tuple(module.FORMAT for module in modules)


def format_names() -> tuple[str, ...]:
    """Names of all formats, sorted."""
    return tuple(sorted(f.name for f in _formats()))


def _choose(data: bytes, hint: Hint) -> Format:
    scored = [(f.score(data, hint), f.name, f) for f in _formats()]
    score, _, best = max(scored, key=lambda entry: entry[:2])
    sure = sorted(name for score, name, _ in scored if score >= 1.0)
    if len(sure) > 1 and score < WRAPS:  # another program may open it as the other kind
        raise Unreadable(f"polyglot: reads as {' and as '.join(sure)}")
    if score < 0:
        raise Unreadable(describe(data))
    return best


@dataclass(frozen=True, slots=True)
class _Opener:
    """Opens the children of a container of ``container`` bytes."""

    ledger: Ledger
    depth: int
    container: int

    def __call__(self, data: bytes, hint: Hint, /) -> Document:
        if self.depth:
            self.ledger.spend_child(len(data), self.depth, self.container)
        inner = _Opener(self.ledger, self.depth + 1, len(data))
        return _choose(data, hint).open(data, hint, inner)


@dataclass(frozen=True, slots=True)
class _Descend:
    """Yields the layers of what stands in a container of ``container`` bytes."""

    ledger: Ledger
    depth: int
    container: int

    def __call__(self, data: bytes, hint: Hint, /) -> Iterator[str]:
        if self.depth:
            self.ledger.spend_child(len(data), self.depth, self.container)
        inner = _Descend(self.ledger, self.depth + 1, len(data))
        try:
            yield from _choose(data, hint).layers(data, hint, inner)
        except LimitExceeded:
            raise
        except Unreadable:
            # A part that policy let pass unread is still searched, as raw bytes.
            yield from raw_layers(data)


def open_document(
    data: bytes, hint: Hint, limits: Limits | None = None, ledger: Ledger | None = None
) -> Document:
    """Open an item and everything in it.

    Args:
        data: the item.
        hint: what its sender says of it.
        limits: its budgets.
        ledger: keeps what was used and done, for who wants to know; in place of ``limits``.

    Raises:
        Unreadable: no format claims the bytes, or the one that does cannot read them.
        LimitExceeded: a budget ran out; the message names it.
    """
    ledger = ledger or Ledger(limits or Limits())
    if len(data) > ledger.limits.item_bytes:
        raise LimitExceeded(f"larger than {ledger.limits.item_bytes} bytes")
    return _Opener(ledger, 0, len(data))(data, hint)


def layers(data: bytes, hint: Hint, limits: Limits | None = None) -> Iterator[str]:
    """All text of some bytes in every decoded layer, for verification.

    A part that no format reads yields its raw bytes.

    Raises:
        LimitExceeded: a budget ran out.
    """
    return _Descend(Ledger(limits or Limits()), 0, len(data))(data, hint)
