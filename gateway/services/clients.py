"""Programs that must not have their uploads changed, told by what they say of themselves.

A two-way sync client takes the server's copy for the newer one: give the server a redacted copy,
and the next run overwrites the user's own file with it (seen with OneDrive's Linux client: a
same-length change was accepted, and after one remote edit the local original was gone). Other
programs compare size and hash of what was stored with their own file, call a difference
corruption and delete the copy. Clean uploads of both pass as they are; where something would have
to be taken out, the upload is refused and the user told what to do instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from ruamel.yaml import YAML

Phrase = Annotated[str, Field(min_length=4, pattern=r"^[!-~][ -~]*$")]


class Kind(StrEnum):
    """What a program does with the answer of the service."""

    SYNC = "sync"
    VERIFIES = "verifies"


_ADVICE = {
    Kind.SYNC: (
        "the sync client {title} would overwrite your own file with the redacted copy; put the "
        "file into the watched folder instead (gateway watch)"
    ),
    Kind.VERIFIES: (
        "{title} compares what was stored with your own file and would take the redacted copy for "
        "a damaged one; send it a redacted copy (gateway redact), or put the file into the watched "
        "folder instead (gateway watch)"
    ),
}


class Client(BaseModel):
    """One program.

    Args:
        client: short name.
        title: name for people.
        kind: what it would do with a changed upload.
        match: by header name in lower case, phrases of which one stands in the header's value;
            case does not count, and a phrase begins where a word begins.
        known: how the phrases are known: ``run`` (the program was driven through the proxy),
            ``source`` (its source or recorded traffic was read), ``documentation``, or
            ``assumed`` (its product name; the vendor publishes nothing).
        source: what was read or run.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    client: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
    title: str
    kind: Kind
    match: dict[str, tuple[Phrase, ...]] = Field(min_length=1)
    known: Literal["run", "source", "documentation", "assumed"]
    source: str

    @field_validator("match")
    @classmethod
    def _header_names(cls, match: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for name, phrases in match.items():
            if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
                raise ValueError(f"{name!r} is not a header name in lower case")
            if not phrases:
                raise ValueError(f"{name} names no phrase")
        return match

    def why_refused(self, found: str) -> str:
        """The sentence about an upload that would have to be changed.

        Args:
            found: what would have to be taken out, such as ``2 × IBAN (rule accounts)``.
        """
        return f"{found} cannot be taken out here: {_ADVICE[self.kind].format(title=self.title)}"


@cache
def clients() -> tuple[Client, ...]:
    """All programs that are known."""
    text = (resources.files("gateway.services") / "clients.yaml").read_text("utf-8")
    # By way of JSON: strict there means strict types, yet lists and enums as YAML has them.
    plain = YAML(typ="safe", pure=True).load(text)["clients"]
    return tuple(Client.model_validate_json(json.dumps(one)) for one in plain)


def recognise(headers: Iterable[tuple[str, str]]) -> Client | None:
    """The program that sends a request, if it is one of those.

    Args:
        headers: names and values of the request's headers.
    """
    said: dict[str, list[str]] = {}
    patterns = _patterns()
    for name, value in headers:
        if (lower := name.lower()) in patterns:
            said.setdefault(lower, []).append(value)
    for name, values in said.items():
        for pattern, client in patterns[name]:
            if any(pattern.search(value) for value in values):
                return client
    return None


@cache
def _patterns() -> Mapping[str, Sequence[tuple[re.Pattern[str], Client]]]:
    """By header: what to look for and whom it tells."""
    found: dict[str, list[tuple[re.Pattern[str], Client]]] = {}
    for client in clients():
        for name, phrases in client.match.items():
            choice = "|".join(re.escape(phrase) for phrase in phrases)
            pattern = re.compile(f"(?<![A-Za-z0-9])(?:{choice})", re.IGNORECASE)
            found.setdefault(name, []).append((pattern, client))
    return found
