"""Which entities there are, and the groups they belong to.

Read from the recognisers' data alone, so that a policy can be checked in milliseconds without
loading Presidio.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from gateway.errors import PolicyError
from gateway.model import GROUPS

_ENTITY = re.compile(r"[A-Z][A-Z0-9_]*")
_FILE = "entities.yaml"


def catalogue(extra: Path | None = None) -> Mapping[str, frozenset[str]]:
    """Entity names and the groups each belongs to.

    Args:
        extra: a folder with recognisers of the user's own; its ``entities.yaml`` adds names.

    Raises:
        PolicyError: an ``entities.yaml`` cannot be read or names an unknown group.
    """
    entities = dict(_shipped())
    if extra is not None and (extra / _FILE).exists():
        text = (extra / _FILE).read_text("utf-8")
        entities |= _entities(text, str(extra / _FILE))
    return entities


@cache
def _shipped() -> Mapping[str, frozenset[str]]:
    return _entities((files("recognizers") / _FILE).read_text("utf-8"), _FILE)


def _entities(text: str, source: str) -> dict[str, frozenset[str]]:
    data = load_yaml(text, source)
    if not isinstance(data, dict):
        raise PolicyError(f"{source}: expected a mapping of entity to groups")
    entities: dict[str, frozenset[str]] = {}
    for entity, groups in data.items():
        if not isinstance(entity, str) or not _ENTITY.fullmatch(entity):
            raise PolicyError(f"{source}: {entity!r} is no entity name (CAPITALS_AND_DIGITS)")
        if not isinstance(groups, list) or not groups or not set(groups) <= set(GROUPS):
            raise PolicyError(
                f"{source}: {entity} must belong to one or more of {', '.join(GROUPS)}"
            )
        entities[entity] = frozenset(groups)
    return entities


def load_yaml(text: str, source: str) -> Any:
    """Parse one YAML document; what was parsed once is kept as JSON, which is read much faster.

    Raises:
        PolicyError: it is not well formed; the message names the file and the line.
    """
    from gateway.detect.scan.cache import Cache

    kept = Cache()
    key = hashlib.sha256(text.encode()).hexdigest()
    if (known := kept.get(key)) is not None:
        return json.loads(known)
    data = _parsed(text, source)
    with contextlib.suppress(TypeError, ValueError):  # what JSON has no words for is not kept
        written = json.dumps(data)
        if json.loads(written) == data:
            kept.put(key, written.encode())
    return data


def _parsed(text: str, source: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise PolicyError(f"{source}{line}: {error.problem or 'not YAML'}") from error
    except YAMLError as error:
        raise PolicyError(f"{source}: not YAML") from error
