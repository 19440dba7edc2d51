"""The Responses API's objects and events.

Source: the OpenAI API reference (Responses, streaming events).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from support.standins.events import event, pieces


def response_object(name: str, answer: str, status: str = "completed") -> dict[str, Any]:
    """A response as the API describes it."""
    part = {"type": "output_text", "text": answer, "annotations": []}
    item = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": [part],
    }
    return {
        "id": name,
        "object": "response",
        "created_at": int(time.time()),
        "status": status,
        "model": "m",
        "output": [item] if status == "completed" else [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "temperature": 1.0,
        "top_p": 1.0,
    }


def response_events(whole: dict[str, Any], answer: str) -> Iterator[bytes]:
    """The events of a streamed response, numbered, with the full text in the closing ones."""
    begun = response_object(whole["id"], "", "in_progress")
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    item = whole["output"][0]
    empty = {**item, "status": "in_progress", "content": []}
    part = item["content"][0]
    told: list[tuple[str, dict[str, Any]]] = [
        ("response.created", {"response": begun}),
        ("response.in_progress", {"response": begun}),
        ("response.output_item.added", {"output_index": 0, "item": empty}),
        ("response.content_part.added", {**place, "part": {**part, "text": ""}}),
        *(
            ("response.output_text.delta", {**place, "delta": piece, "logprobs": []})
            for piece in pieces(answer)
        ),
        ("response.output_text.done", {**place, "text": answer, "logprobs": []}),
        ("response.content_part.done", {**place, "part": part}),
        ("response.output_item.done", {"output_index": 0, "item": item}),
        ("response.completed", {"response": whole}),
    ]
    for number, (kind, value) in enumerate(told):
        yield event({"type": kind, "sequence_number": number, **value}, kind)
