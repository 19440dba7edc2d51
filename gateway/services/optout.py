"""``gateway services optout``: a vendor's own switches against reading along and training.

What an application never sends need not be inspected. The texts are the vendors' documented
settings, one file for each in ``optouts/``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML


class System(StrEnum):
    """Where a setting is made."""

    WINDOWS = "windows"
    MACOS = "macos"
    ADMIN = "admin"
    PERSON = "person"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Way(_Strict):
    """One place in which the settings can be made.

    Args:
        system: where.
        how: what to do with ``text``, in a sentence or two.
        text: the settings; a file for the system to read, where it reads one.
    """

    system: System
    how: str
    text: str


class OptOut(_Strict):
    """A vendor's settings.

    Args:
        optout: short name.
        title: name for people.
        source: the vendor's page that documents them.
        ways: at least one.
    """

    optout: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    title: str
    source: str
    ways: tuple[Way, ...] = Field(min_length=1)

    def way(self, system: System) -> Way | None:
        """The way for a system, if there is one."""
        return next((way for way in self.ways if way.system is system), None)


@cache
def optouts() -> Mapping[str, OptOut]:
    """All vendors whose settings are known, by short name."""
    folder = resources.files("gateway.services") / "optouts"
    texts = [one.read_text("utf-8") for one in folder.iterdir() if one.name.endswith(".yaml")]
    # By way of JSON: strict there means strict types, yet lists and enums as YAML has them.
    plain = [json.dumps(YAML(typ="safe", pure=True).load(text)) for text in texts]
    known = [OptOut.model_validate_json(one) for one in plain]
    return {one.optout: one for one in sorted(known, key=lambda one: one.optout)}
