"""Stands between your documents and the cloud: finds, redacts or blocks what must not leave.

The public API is :func:`scan` and :func:`redact`. They work in the calling process, without the
memory and time limits that the command line, the proxy and the watcher lay on their workers;
they write no audit record, since nothing leaves through them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.model import Outcome

__version__ = "0.1.0"
__all__ = ["__version__", "redact", "scan"]


def scan(
    data: bytes | str,
    *,
    name: str = "",
    policy: str | Path = "default",
    values: Sequence[str] = (),
    to: str = "",
) -> Outcome:
    """Judge a document without making new bytes.

    Args:
        data: the document; a string is judged as UTF-8 text.
        name: its file name, which is text too.
        policy: a built-in name ("default", "strict", "observe") or a file.
        values: exact values that must go wherever they stand.
        to: the service it would go to, as in ``gateway services list``.

    Returns:
        the outcome; ``findings`` say what stands where, ``data`` is ``None`` unless the
        document may leave as it is.

    Raises:
        PolicyError: the policy cannot be used.
        UsageError: no such service.
    """
    from gateway.app import judge_here
    from gateway.model import Wanted

    return judge_here(data, name, policy, values, to, Wanted.VERDICT)


def redact(
    data: bytes | str,
    *,
    name: str = "",
    policy: str | Path = "default",
    values: Sequence[str] = (),
    to: str = "",
) -> Outcome:
    """Judge a document and redact it if policy says so.

    Arguments and errors are those of :func:`scan`.

    Returns:
        the outcome; ``data`` holds the bytes that may leave, or ``None`` when blocked, and
        ``reason`` then says why.
    """
    from gateway.app import judge_here
    from gateway.model import Wanted

    return judge_here(data, name, policy, values, to, Wanted.RESULT)
