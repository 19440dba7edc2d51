"""Running many files through the workers, in order, with progress on the terminal."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gateway.cli._common import Source, plainly
from gateway.model import Destination, Hint, Item, Outcome, Rung, Surface, Unread, Verdict, Wanted

if TYPE_CHECKING:
    from gateway.app import Gateway


def judge(
    gateway: Gateway,
    sources: Sequence[Source],
    destination: Destination,
    *,
    wanted: Wanted = Wanted.RESULT,
    quiet: bool = False,
) -> Iterator[tuple[Source, Outcome]]:
    """Outcomes in the order of the sources; only a few files are in memory at a time.

    Args:
        gateway: what judges.
        sources: what to read.
        destination: where it would go.
        wanted: how much of the work.
        quiet: show no progress bar.
    """
    limit = gateway.settings.limits.item_bytes
    ahead: deque[tuple[Source, Future[Outcome]]] = deque()
    waiting = iter(sources)
    with _progress(len(sources), quiet=quiet) as advance:
        while True:
            while len(ahead) < gateway.settings.workers + 1:
                source = next(waiting, None)
                if source is None:
                    break
                ahead.append((source, _submitted(gateway, source, destination, limit, wanted)))
            if not ahead:
                return
            source, future = ahead.popleft()
            yield source, future.result()
            advance()


def _submitted(
    gateway: Gateway,
    source: Source,
    destination: Destination,
    limit: int,
    wanted: Wanted,
) -> Future[Outcome]:
    """A verdict to come; what cannot be read has one already."""
    problem = source.problem
    if not problem:
        try:
            name = source.path.name if source.path else ""
            item = Item(source.read(limit), Hint(name), destination, Surface.CLI)
            return gateway.submit(item, wanted)
        except OSError as error:
            problem = plainly(error)
    future: Future[Outcome] = Future()
    future.set_result(
        Outcome(
            Verdict.BLOCK,
            reason=f"could not be read: {problem}",
            unread=(Unread("", problem),),
            rung=Rung.BLOCKED,
        )
    )
    return future


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[_Advance]:
    if quiet or total < 2 or sys.stderr is None or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    # The bar may take stdout over only where both are the terminal: a file must get the results.
    with Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=sys.stdout is not None and sys.stdout.isatty(),
    ) as bar:
        task = bar.add_task("Reading files", total=total)
        yield lambda: bar.advance(task)


if TYPE_CHECKING:
    from collections.abc import Callable

    type _Advance = Callable[[], None]
