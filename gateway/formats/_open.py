"""Choosing the format of some bytes, and opening them under one budget, children included."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import gateway.formats
from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._base import Document, Format
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


@dataclass(slots=True)
class _Budget:
    """What one item and everything inside it may still use."""

    limits: Limits
    entries: int = field(init=False, default=0)
    opened: int = field(init=False, default=0)

    def spend(self, data: bytes, depth: int, container: int) -> None:
        self.entries += 1
        self.opened += len(data)
        limits = self.limits
        if depth > limits.depth:
            raise LimitExceeded(f"nested more than {limits.depth} deep")
        if self.entries > limits.entries:
            raise LimitExceeded(f"more than {limits.entries} parts")
        if self.opened > limits.opened_bytes:
            raise LimitExceeded(f"opens into more than {limits.opened_bytes} bytes")
        if len(data) > 1_000_000 and len(data) > limits.ratio * max(container, 1):
            raise LimitExceeded(f"a part expands more than {limits.ratio} times")


def _choose(data: bytes, hint: Hint) -> Format:
    scored = [(f.score(data, hint), f.name, f) for f in _formats()]
    score, _, best = max(scored, key=lambda entry: entry[:2])
    if score < 0:
        raise Unreadable(describe(data))
    return best


def open_document(data: bytes, hint: Hint, limits: Limits | None = None) -> Document:
    """Open an item and everything in it.

    Raises:
        Unreadable: no format claims the bytes, or the one that does cannot read them.
        LimitExceeded: a budget ran out; the message names it.
    """
    limits = limits or Limits()
    if len(data) > limits.item_bytes:
        raise LimitExceeded(f"larger than {limits.item_bytes} bytes")
    budget = _Budget(limits)

    def opener(depth: int, container: int, data: bytes, hint: Hint) -> Document:
        if depth:
            budget.spend(data, depth, container)
        return _choose(data, hint).open(
            data, hint, lambda child, child_hint: opener(depth + 1, len(data), child, child_hint)
        )

    return opener(0, len(data), data, hint)


def layers(data: bytes, hint: Hint, limits: Limits | None = None) -> Iterator[str]:
    """All text of some bytes in every decoded layer, for verification.

    A part that no format reads yields its raw bytes.

    Raises:
        LimitExceeded: a budget ran out.
    """
    limits = limits or Limits()
    budget = _Budget(limits)

    def descend(depth: int, container: int, data: bytes, hint: Hint) -> Iterator[str]:
        if depth:
            budget.spend(data, depth, container)
        try:
            yield from _choose(data, hint).layers(
                data, hint, lambda child, inner: descend(depth + 1, len(data), child, inner)
            )
        except LimitExceeded:
            raise
        except Unreadable:
            # A part that policy let pass unread is still searched, as raw bytes.
            yield from raw_layers(data)

    return descend(0, len(data), data, hint)
