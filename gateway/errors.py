"""All exceptions of the program.

* GatewayError                  exit 70
  - UsageError                  exit 2    the command was called wrongly
  - PolicyError                 exit 4    a policy or profile cannot be used; names file and line
  - MissingDependency           exit 5    something optional is needed and absent
  - NotReleasable               exit 3    somebody asked for bytes that may not leave
  - CannotEdit                  exit 3    a finding stands where the format cannot change it
  - Unreadable                  exit 3    bytes that nobody could inspect
    + LimitExceeded             exit 3    … because a budget ran out; names the limit
  - AuditError                  exit 70   the audit log cannot be written or does not verify

Each carries an exit code and, where there is one, a remedy. Messages name types, parts and
limits, never text from a document.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the process tells its caller."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    BLOCKED = 3
    POLICY = 4
    MISSING = 5
    INTERNAL = 70
    INTERRUPTED = 130


class GatewayError(Exception):
    """Anything the program raises on purpose.

    Args:
        message: what happened, for people, without values.
        remedy: what they can do about it.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


class UsageError(GatewayError):
    """The command was called wrongly."""

    exit_code = ExitCode.USAGE


class PolicyError(GatewayError):
    """A policy or service profile that cannot be used."""

    exit_code = ExitCode.POLICY


class MissingDependency(GatewayError):
    """Something optional that this call needs is not installed."""

    exit_code = ExitCode.MISSING


class NotReleasable(GatewayError):
    """Bytes were asked for that have no verdict to leave."""

    exit_code = ExitCode.BLOCKED


class CannotEdit(GatewayError):
    """A finding stands where this format cannot change the text."""

    exit_code = ExitCode.BLOCKED


class Unreadable(GatewayError):
    """Bytes that nobody could inspect."""

    exit_code = ExitCode.BLOCKED


class LimitExceeded(Unreadable):
    """A budget ran out; the message names the limit and its figure."""


class AuditError(GatewayError):
    """The audit log cannot be written, or was changed."""
