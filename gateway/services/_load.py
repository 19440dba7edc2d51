"""Profiles from YAML files, with the file and line of whatever is wrong in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from gateway.errors import PolicyError
from gateway.services.schema import GENERIC, Profile

_REMEDY = "correct the file, or move it away; gateway services show NAME prints a working example"

type Source = tuple[str, str]
"""Label of a file and its text."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A profile and where it stands."""

    label: str
    profile: Profile
    data: Any

    def error(self, what: str, *location: int | str) -> PolicyError:
        """An error about one place in the file."""
        return PolicyError(f"{self.label}:{_line(self.data, location)}: {what}", _REMEDY)


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
    data = _yaml(label, text)
    try:
        # By way of JSON: strict there means strict types, yet lists and enums as YAML has them.
        return Parsed(label, Profile.model_validate_json(json.dumps(data)), data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        message = f"{label}:{_line(data, first['loc'])}: {where + ': ' if where else ''}{what}"
        raise PolicyError(message, _REMEDY) from error
    except (TypeError, ValueError, RecursionError) as error:
        raise PolicyError(f"{label}:1: holds something that JSON cannot hold", _REMEDY) from error


def _yaml(label: str, text: str) -> Any:
    try:
        return YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = (error.problem or "not YAML").splitlines()[0]
        raise PolicyError(f"{label}:{line}: {problem}", _REMEDY) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise PolicyError(f"{label}:1: not YAML", _REMEDY) from error


def _line(data: Any, location: Sequence[int | str]) -> int:
    """The line, from 1, of the deepest node on the way to ``location``."""
    line = int(getattr(getattr(data, "lc", None), "line", 0) or 0)
    for step in location:
        try:
            line = data.lc.key(step)[0] if isinstance(step, str) else data.lc.item(step)[0]
            data = data[step]
        except (AttributeError, KeyError, IndexError, TypeError):
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
            "case": profile.case if "case" in given else model.case,
            "steps": profile.steps + tuple(step for step in model.steps if step.name not in own),
            "refusal": profile.refusal or model.refusal or generic.refusal,
        }
    )
