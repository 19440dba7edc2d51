"""Results on stdout, messages on stderr, and nothing lost between the two."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gateway.errors import GatewayError, UsageError

READER_GONE = 141
"""Exit code when the reader of stdout went away (``| head``): 128 + SIGPIPE, as shells say it."""


def result(text: str) -> None:
    """Print one result on stdout, at once."""
    with _stdout_errors():
        print(text, flush=True)


def result_bytes(data: bytes) -> None:
    """Write a document to stdout.

    Raises:
        UsageError: stdout is closed.
    """
    if sys.stdout is None:
        raise UsageError("standard output is closed", "give -o a file name")
    with _stdout_errors():
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def message(text: str) -> None:
    """Say something on stderr; stdout is for results."""
    if sys.stderr is not None:
        print(text, file=sys.stderr, flush=True)


def shown(name: object) -> str:
    """A file name for people: what could drive their terminal is escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(name))


def tolerant_streams() -> None:
    """Let no file name break the output: what an encoding has no sign for is escaped."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def speaks_unicode() -> bool:
    """Whether stdout can hold every character."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return str(encoding).lower().replace("-", "").startswith("utf")


@contextmanager
def _stdout_errors() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        # What is still buffered has no reader; without this the interpreter would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(READER_GONE) from None
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise GatewayError(
            f"cannot write to standard output: {error.strerror}",
            "make room, or send the output elsewhere",
        ) from None
