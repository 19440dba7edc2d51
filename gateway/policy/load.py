"""From a YAML file to a :class:`Policy`, or to a message that says which line to correct."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from gateway.errors import PolicyError
from gateway.policy._policy import Policy, fingerprint
from gateway.policy._yaml import Location, Tree, read_yaml
from gateway.policy.check import Problem, find_problems
from gateway.policy.schema import (
    Deny,
    FailureChoice,
    PolicyFile,
    PolicyTest,
    Rule,
    To,
    UnreadableChoice,
    With,
)

MAX_BYTES = 1_000_000
MAX_PROBLEMS = 10

_PARTS: dict[tuple[str, ...], type[BaseModel]] = {
    (): PolicyFile,
    ("deny",): Deny,
    ("unreadable",): UnreadableChoice,
    ("failures",): FailureChoice,
    ("rules",): Rule,
    ("rules", "with"): With,
    ("tests",): PolicyTest,
    ("tests", "to"): To,
}

_TYPES = {
    "string_type": "must be text; put it in quotes",
    "tuple_type": "must be a list, such as [a, b]",
    "dict_type": "must be 'key: value' lines",
    "model_type": "must be 'key: value' lines",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "finite_number": "must be a number",
}


def builtin_names() -> tuple[str, ...]:
    """Names of the policies that come with the program, sorted."""
    found = (entry.name for entry in files("policies").iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in found if name.endswith(".yaml")))


def read_source(source: str | Path) -> tuple[str, bytes]:
    """The display name and the bytes of a policy.

    Args:
        source: the name of a built-in policy, or the path of a file.

    Raises:
        PolicyError: there is no such policy, or it cannot be read.
    """
    if isinstance(source, str) and source in builtin_names():
        name = f"{source}.yaml"
        return name, files("policies").joinpath(name).read_bytes()
    path = Path(source)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PolicyError(
            f"cannot read the policy {path}: {error.strerror or 'not a file'}",
            f"give the path of a file, or one of: {', '.join(builtin_names())}",
        ) from None
    if len(data) > MAX_BYTES:
        raise PolicyError(f"{path}: larger than {MAX_BYTES} bytes", "shorten it")
    return str(path), data


def load_policy(
    source: str | Path,
    entities: Mapping[str, frozenset[str]],
    *,
    services: Collection[str] = (),
) -> Policy:
    """Load a policy and check every word of it.

    Args:
        source: the name of a built-in policy, or the path of a YAML file.
        entities: the groups of each entity that detection knows.
        services: names of the known services; when empty, service names are not checked.

    Raises:
        PolicyError: it cannot be used; names the file, the line and what to do.
    """
    name, data = read_source(source)
    return parse_policy(data, name, entities, services)


def parse_policy(
    data: bytes,
    source: str,
    entities: Mapping[str, frozenset[str]],
    services: Collection[str] = (),
) -> Policy:
    """Check the bytes of a policy file; as :func:`load_policy`.

    Raises:
        PolicyError: it cannot be used; names the file, the line and what to do.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PolicyError(f"{source}:{line}: not UTF-8 text", "save it as UTF-8") from None
    tree = read_yaml(text, source)
    if tree.value is None:
        raise PolicyError(
            f"{source}:1: the policy is empty",
            "begin with 'version: 1' and a 'name:', or copy a built-in policy",
        )
    try:
        content = PolicyFile.model_validate(tree.value)
    except ValidationError as error:
        raise _refusal(source, tree, _explain(error, tree)) from None
    problems = find_problems(content, entities, services)
    if problems:
        raise _refusal(source, tree, problems)
    groups = {entity: frozenset(names) for entity, names in entities.items()}
    return Policy(source, content, groups, fingerprint(content), tree.lines)


def _refusal(source: str, tree: Tree, problems: Iterable[Problem]) -> PolicyError:
    ordered = sorted(problems, key=lambda problem: tree.line(problem.location))
    lines = [f"{source}:{tree.line(p.location)}: {p.what}" for p in ordered[:MAX_PROBLEMS]]
    if len(ordered) > MAX_PROBLEMS:
        lines.append(f"{source}: and {len(ordered) - MAX_PROBLEMS} more")
    return PolicyError("\n".join(lines), ordered[0].remedy)


def _explain(error: ValidationError, tree: Tree) -> list[Problem]:
    found = [(detail["type"], detail["loc"], detail) for detail in error.errors()]
    # A list whose entries are wrong is also reported as too short; the entries say it better.
    inner = {loc[:-1] for _, loc, _ in found}
    return [
        _problem(kind, loc, detail, tree)
        for kind, loc, detail in found
        if not (kind == "too_short" and loc in inner)
    ]


def _problem(kind: str, location: Location, detail: Any, tree: Tree) -> Problem:
    key = str(location[-1]) if location else "the file"
    if isinstance(location[-1] if location else "", int) and len(location) > 1:
        key = f"an entry of '{location[-2]}'"
    elif location:
        key = f"'{key}'"
    if kind == "extra_forbidden":
        known = _keys(location[:-1])
        hint = closest(str(location[-1]), known)
        return Problem(
            location, f"unknown key {key}{hint}", f"the keys here are: {', '.join(known)}"
        )
    if kind == "missing":
        return Problem(location[:-1], f"{key} is missing here", f"add {key}")
    if kind in {"enum", "literal_error"}:
        choices = re.findall(r"'([^']*)'", detail["ctx"]["expected"]) or ["1"]
        given = _value(tree.value, location)
        shown = f" '{given}'" if isinstance(given, str) and len(given) <= 40 else ""
        what = f"unknown value{shown} for {key}{closest(str(given), choices)}"
        return Problem(location, what, f"use one of: {', '.join(choices)}")
    if kind == "value_error":
        what = str(detail["ctx"]["error"])
        return Problem(location, f"{key}: {what}", "correct it, or remove it")
    if kind in _TYPES:
        return Problem(location, f"{key} {_TYPES[kind]}", "correct it, or remove it")
    what = "must not be an empty list" if kind == "too_short" else _lower(detail["msg"])
    return Problem(location, f"{key}: {what}", "correct it, or remove the key")


def _keys(location: Location) -> list[str]:
    model = _PARTS.get(tuple(part for part in location if isinstance(part, str)))
    if model is None:
        return []
    return [info.alias or name for name, info in model.model_fields.items()]


def closest(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` when a known word is near, else an empty string."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


def _value(value: Any, location: Location) -> object:
    for step in location:
        # A single word stands for a list of one choice ("unreadable: block").
        if isinstance(value, str):
            return value
        value = value[step]
    return value


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]
