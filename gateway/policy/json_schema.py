"""The JSON Schema of a policy file, for editors; ``policies/schema.json`` holds it."""

from __future__ import annotations

from typing import Any

from gateway.policy.schema import PolicyFile


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a policy file, in the part that draft-07 and 2020-12 share."""
    schema = PolicyFile.model_json_schema(by_alias=True, ref_template="#/definitions/{model}")
    schema["definitions"] = schema.pop("$defs")
    return {"$schema": "http://json-schema.org/draft-07/schema#", **_writable(schema)}


def _writable(schema: Any) -> Any:
    """What helps someone who writes a file: no ``null``, no empty defaults, no titles."""
    if isinstance(schema, list):
        return [_writable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    noise = {"title"} if isinstance(schema.get("title"), str) else set()
    if schema.get("default", 0) is None or isinstance(schema.get("default"), list | dict):
        noise.add("default")
    schema = {key: _writable(value) for key, value in schema.items() if key not in noise}
    options = schema.get("anyOf", [])
    if {"type": "null"} in options:
        (only,) = (option for option in options if option != {"type": "null"})
        del schema["anyOf"]
        schema |= only
    return schema
