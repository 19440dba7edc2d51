"""Profiles from YAML files, with the file and line of whatever is wrong in them.

There are about a hundred files, and they are read whenever the program starts. PyYAML composes
them with libyaml in a few milliseconds (a parser in Python takes over a second); what its scalars
mean is decided here, as YAML 1.2 has it, so that ``no`` stays a word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from gateway.errors import PolicyError
from gateway.services.schema import GENERIC, Profile

_REMEDY = "correct the file, or move it away; gateway services show NAME prints a working example"

# It gives every scalar as text; in Python only where PyYAML was built without libyaml.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# YAML 1.2.2 §10.2, the JSON schema and the empty value.
_CONSTANTS = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?")
_TEXT, _MAPPING, _SEQUENCE = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq"))

type Source = tuple[str, str]
"""Label of a file and its text."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A profile and where it stands."""

    label: str
    profile: Profile
    node: yaml.Node | None = field(repr=False)

    def error(self, what: str, *location: int | str) -> PolicyError:
        """An error about one place in the file."""
        return PolicyError(f"{self.label}:{_line(self.node, location)}: {what}", _REMEDY)


def built_in() -> Iterator[Source]:
    """The profiles that come with the program."""
    folder = resources.files("gateway.services") / "profiles"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            yield file.name, file.read_text("utf-8")


def from_folder(folder: Path) -> Iterator[Source]:
    """The profiles of a user; none when there is no such folder.

    Raises:
        PolicyError: a file cannot be read as UTF-8 text.
    """
    if not folder.is_dir():
        return
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() not in {".yaml", ".yml"} or file.name.startswith("."):
            continue
        try:
            yield str(file), file.read_text("utf-8")
        except (OSError, UnicodeError) as error:
            raise PolicyError(f"{file}:1: cannot be read as UTF-8 text", _REMEDY) from error


def parse(source: Source) -> Parsed:
    """One profile.

    Raises:
        PolicyError: not YAML, or not a profile; names file and line.
    """
    label, text = source
    try:
        node = yaml.compose(text, Loader=_LOADER)
        data = _plain(node, set()) if node else None
        # By way of JSON: strict there means strict types, yet lists and enums as YAML has them.
        return Parsed(label, Profile.model_validate_json(json.dumps(data)), node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = (error.problem or "not YAML").splitlines()[0]
        raise PolicyError(f"{label}:{line}: {problem}", _REMEDY) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        message = f"{label}:{_line(node, first['loc'])}: {where + ': ' if where else ''}{what}"
        raise PolicyError(message, _REMEDY) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise PolicyError(f"{label}:1: not YAML", _REMEDY) from error


def _plain(node: yaml.Node, seen: set[int]) -> Any:
    """The value of a node.

    Raises:
        yaml.MarkedYAMLError: a tag, an alias, or a key that is no text or stands there twice.
    """
    if id(node) in seen:
        raise _fault("an alias; write it out", node)
    seen.add(id(node))
    if node.tag not in (_TEXT, _MAPPING, _SEQUENCE):
        raise _fault("a tag; profiles have none", node)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, seen) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        values: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _fault("a key that is no word", key)
            if key.value in values:
                raise _fault(f"duplicate key {key.value}", key)
            values[key.value] = _plain(value, seen)
        return values
    assert isinstance(node, yaml.ScalarNode)
    # The style of a plain scalar is None or "", by the loader.
    return node.value if node.style else _scalar(node.value)


def _scalar(text: str) -> Any:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _fault(problem: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def _line(node: yaml.Node | None, location: Sequence[int | str]) -> int:
    """The line, from 1, of the deepest node on the way to ``location``."""
    if node is None:
        return 1
    line: int = node.start_mark.line
    for step in location:
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == step), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line
        else:
            break
    return line + 1


def resolve(parsed: Sequence[Parsed]) -> dict[str, Profile]:
    """Profiles by name with ``like`` filled in.

    Raises:
        PolicyError: a name or host is claimed twice, or ``like`` names none.
    """
    by_name: dict[str, Parsed] = {}
    by_host: dict[str, Parsed] = {}
    for one in parsed:
        name = one.profile.service
        if other := by_name.get(name):
            raise one.error(f"service: {name} is already in {other.label}", "service")
        by_name[name] = one
        for at, host in enumerate(one.profile.hosts):
            if other := by_host.get(host):
                raise one.error(f"hosts: {host} is already in {other.label}", "hosts", at)
            by_host[host] = one
    return {name: _inherit(one, by_name) for name, one in by_name.items()}


def _inherit(one: Parsed, by_name: Mapping[str, Parsed]) -> Profile:
    profile, generic = one.profile, by_name[GENERIC].profile
    if profile.like is None:
        return profile.model_copy(update={"refusal": profile.refusal or generic.refusal})
    if profile.like not in by_name or by_name[profile.like].profile.like is not None:
        raise one.error(f"like: {profile.like} is not a profile to be like", "like")
    model = by_name[profile.like].profile
    own = {step.name for step in profile.steps}
    given = profile.model_fields_set
    return profile.model_copy(
        update={
            "purpose": profile.purpose if "purpose" in given else model.purpose,
            "keeps": profile.keeps + model.keeps,
            "case": profile.case if "case" in given else model.case,
            "steps": profile.steps + tuple(step for step in model.steps if step.name not in own),
            "refusal": profile.refusal or model.refusal or generic.refusal,
        }
    )
