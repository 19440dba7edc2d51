"""The hosts of a recording, as a profile that is there only while it runs.

It stands in the user's services folder, so that other commands know it too: ``gateway env`` must
hand out a certificate that vouches for these hosts.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from gateway.errors import UsageError
from gateway.services._hosts import check_pattern, normalise
from gateway.services.catalog import Catalog

FILE_NAME = "recording-now.yaml"
_SERVICE = "recording-now"


@contextlib.contextmanager
def recorded_hosts(services_dir: Path, hosts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Have hosts outside the profiles covered for a while.

    Requests to them are inspected like all others; the profile only brings them into scope.

    Args:
        services_dir: the user's profiles.
        hosts: ``host.example`` or ``*.host.example``; such as profiles cover already are passed
            over.

    Yields:
        the patterns that are new.

    Raises:
        UsageError: one is no host name, or a recording is running.
        PolicyError: a profile is wrong.
    """
    path = services_dir / FILE_NAME
    if path.exists():
        raise UsageError(
            f"{path} is there already: another recording runs, or one ended unexpectedly",
            "end it, or delete the file",
        )
    known = Catalog.load(services_dir)
    wanted = dict.fromkeys(map(_pattern, hosts))
    new = tuple(one for one in wanted if not known.covers(one.replace("*", "any")))
    if not new:
        yield ()
        return
    services_dir.mkdir(parents=True, exist_ok=True)
    lines = [
        '# Made by "gateway services record" and removed when it ends.',
        f"service: {_SERVICE}",
        "title: Hosts that are being recorded",
        "hosts:",
        *(f'  - "{host}"' for host in new),
    ]
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write("\n".join([*lines, ""]))
        yield new
    finally:
        path.unlink(missing_ok=True)


def _pattern(host: str) -> str:
    wildcard = "*." if host.startswith("*.") else ""
    pattern = wildcard + normalise(host.removeprefix("*."))
    try:
        check_pattern(pattern)
    except ValueError as error:
        raise UsageError(f"--host: {error}", "for example --host upload.example.com") from None
    return pattern
