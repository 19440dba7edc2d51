"""Streamed answers: server-sent events, cut where a model's tokens would be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from support.standins.base import Reply


def pieces(text: str) -> list[str]:
    """Text cut as tokens cut it: anywhere."""
    return [text[at : at + 5] for at in range(0, len(text), 5)]


def event(value: Any, name: str = "") -> bytes:
    """One server-sent event with JSON in it (WHATWG HTML §9.2.6)."""
    named = f"event: {name}\n" if name else ""
    return f"{named}data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def events(stream: Iterator[bytes]) -> Reply:
    """An answer of events, sent one by one."""
    return Reply(200, {"content-type": "text/event-stream; charset=utf-8"}, stream)
