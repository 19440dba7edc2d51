"""The pipeline in warm child processes with limits of memory, processor time and wall time.

A child that crashes, hangs or runs out of anything costs its own item only: that item is
blocked with a reason and a fresh child takes the next one. The verdict is in the audit log
before the future resolves.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol, Self

from gateway.errors import GatewayError
from gateway.lanes import Lanes, Takes
from gateway.model import AS_POLICY_SAYS, Item, Outcome, Rung, Tuning, Wanted
from gateway.outcomes import blocked_outcome, failed_outcome
from gateway.pipeline import Pipeline, build, preload
from gateway.policy import Policy
from gateway.settings import Limits

_START_SECONDS = 120
_ITEMS_PER_CHILD = 2000
_LARGE = 128 * 1024
"""Bytes from which on an item may take long enough for others to notice."""

_SHUTTING_DOWN = "the gateway is shutting down"


class Confinement(Protocol):
    """Limits that a child lays on itself; supplied per operating system, and picklable."""

    def enter(self, limits: Limits) -> None:
        """Once, when the child starts."""
        ...

    def begin(self, limits: Limits) -> None:
        """Before each item."""
        ...

    def give_way(self) -> None:
        """Once, in a child that may work on something for long: let others have the processor."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """Everything a child needs to build its pipeline.

    Args:
        policy: what may leave.
        key: for hash placeholders.
        limits: budgets for one item.
        values: exact values that must go.
        recognizers: a folder with recognisers of the user's own.
        indexes: files of hashes of values that must go as well.
        tuning: what is asked of detection over what the policy says.
    """

    policy: Policy
    key: bytes = field(repr=False)
    limits: Limits
    values: tuple[str, ...] = field(default=(), repr=False)
    recognizers: Path | None = None
    indexes: tuple[Path, ...] = ()
    tuning: Tuning = AS_POLICY_SAYS

    def build(self) -> Pipeline:
        """The pipeline of this job."""
        return build(
            self.policy,
            self.key,
            self.limits,
            self.values,
            self.recognizers,
            self.indexes,
            self.tuning,
        )


type Recorder = Callable[[Item, Outcome, Policy | None], None]


@dataclass(slots=True)
class _Task:
    item: Item
    wanted: Wanted
    future: Future[Outcome]


class _Died(Exception):
    """The child is gone; the message says how, for people."""


class WorkerPool:
    """Children that run the pipeline, one item each at a time.

    They start at once and load what takes time; items wait for :meth:`configure`. Where there are
    several, one takes small items only, so that a large document keeps nobody waiting.

    Args:
        confinement: limits of the operating system, laid on by the child itself.
        count: how many children.
        record: called with each outcome, and the policy it was judged by, before anybody else
            sees it; if it fails, the item is blocked.
    """

    def __init__(
        self,
        confinement: Confinement,
        *,
        count: int = 2,
        record: Recorder = lambda _item, _outcome, _policy: None,
    ) -> None:
        self._job: Job | None = None
        self._configured = threading.Event()
        self._confinement = confinement
        self._record = record
        self._tasks: Lanes[_Task] = Lanes()
        self._threads = [
            threading.Thread(
                target=self._serve,
                args=(Takes.of(n, count),),
                name=f"worker-{n}",
                daemon=True,
            )
            for n in range(count)
        ]
        self._warm = threading.Semaphore(0)
        self._children: list[_Child] = []
        self._closed = False
        self._gate = threading.Lock()
        for thread in self._threads:
            thread.start()

    def submit(self, item: Item, wanted: Wanted = Wanted.RESULT) -> Future[Outcome]:
        """Queue an item. The future never raises."""
        future: Future[Outcome] = Future()
        with self._gate:
            if not self._closed:
                self._tasks.put(_Task(item, wanted, future), large=len(item.data) >= _LARGE)
                return future
        future.set_result(blocked_outcome(item, _SHUTTING_DOWN))
        return future

    def configure(self, job: Job) -> None:
        """Use this job from the next item on; items under way finish with the old one."""
        self._job = job
        self._configured.set()

    def warm(self) -> None:
        """Wait until all children are ready, or have failed to be."""
        for _ in self._threads:
            self._warm.acquire()
        self._warm.release(len(self._threads))

    def close(self, *, at_once: bool = False) -> None:
        """End the children.

        Args:
            at_once: block what is queued or under way instead of finishing it.
        """
        with self._gate:  # nothing is queued behind the end
            self._closed = True
        if at_once:
            for task in self._tasks.clear():
                task.future.set_result(blocked_outcome(task.item, _SHUTTING_DOWN))
            for child in self._children:
                child.stop()
        self._configured.set()
        self._tasks.end()
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close(at_once=kind is not None)

    def _serve(self, takes: Takes) -> None:
        child = _Child(self._confinement, takes)
        self._children.append(child)
        try:
            with contextlib.suppress(Exception):  # each item tries again, and is told why
                child.launch()
            self._configured.wait()
            with contextlib.suppress(Exception):
                if self._job is not None:
                    child.prepare(self._job)
            self._warm.release()
            while (task := self._tasks.take(takes)) is not None:
                if not task.future.set_running_or_notify_cancel():
                    continue
                job = self._job  # it may be another by the time the verdict is there
                outcome = _judged(child, job, task)
                task.future.set_result(self._recorded(task.item, outcome, job))
        finally:
            child.end()

    def _recorded(self, item: Item, outcome: Outcome, job: Job | None) -> Outcome:
        try:
            self._record(item, outcome, job.policy if job else None)
        except Exception as error:  # noqa: BLE001 - no record, no release
            why = str(error) if isinstance(error, GatewayError) else type(error).__name__
            return blocked_outcome(
                item,
                f"the audit log could not be written ({why})",
                reference=outcome.reference,
            )
        return outcome


def _judged(child: _Child, job: Job | None, task: _Task) -> Outcome:
    """The child's answer, if it belongs to the item; else what policy says of failures."""
    item = task.item
    if job is None:
        return blocked_outcome(item, _SHUTTING_DOWN)
    try:
        outcome = child.run(job, item, task.wanted)
    except _Died as error:
        return failed_outcome(job.policy, item, str(error))
    except Exception as error:  # noqa: BLE001 - undecided is not sent
        why = f"it failed while being inspected ({type(error).__name__})"
        return failed_outcome(job.policy, item, why)
    if outcome.item_sha256 != hashlib.sha256(item.data).hexdigest():
        return blocked_outcome(item, "the verdict belonged to another item")
    if outcome.rung is Rung.UNTOUCHED and outcome.sha256:
        return replace(outcome, data=item.data)
    return outcome


class _Child:
    """One child process and the pipe to it; restarted when it dies."""

    def __init__(self, confinement: Confinement, takes: Takes) -> None:
        self._confinement = confinement
        self._takes = takes
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._job: Job | None = None
        self._items = 0
        self._stopped = False

    def run(self, job: Job, item: Item, wanted: Wanted) -> Outcome:
        """Judge one item in the child.

        Raises:
            _Died: the child crashed or was killed at a limit.
        """
        if self._items >= _ITEMS_PER_CHILD:
            self.end()
        pipe = self.prepare(job)
        self._items += 1
        try:
            pipe.send((item, wanted))
            if not pipe.poll(job.limits.wall_seconds):
                self._kill()
                raise _Died(f"inspecting it took longer than {job.limits.wall_seconds} seconds")
            outcome = pipe.recv()
        except (EOFError, OSError) as error:
            raise _Died(self._obituary()) from error
        assert isinstance(outcome, Outcome)
        return outcome

    def end(self) -> None:
        """End the child in good order."""
        if self._pipe is not None:
            with contextlib.suppress(OSError):
                self._pipe.send(None)
        if self._process is not None:
            self._process.join(5)
        self._kill()

    def stop(self) -> None:
        """Kill the child from another thread; whoever waits for it is told, and starts no other."""
        self._stopped = True
        process = self._process
        if process is not None:
            process.kill()

    def launch(self) -> Connection:
        """Start the child if there is none.

        Raises:
            _Died: it was stopped for good.
        """
        if self._stopped:
            raise _Died(_SHUTTING_DOWN)
        if self._process is None or not self._process.is_alive() or self._pipe is None:
            self._kill()
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            process = context.Process(
                target=_main,
                args=(theirs, self._confinement, self._takes),
                name="gateway-worker",
                daemon=True,
            )
            process.start()
            self._process = process
            theirs.close()
        return self._pipe

    def prepare(self, job: Job) -> Connection:
        """Have the child build its pipeline, unless it has it already.

        Raises:
            _Died: it could not.
        """
        pipe = self.launch()
        if self._job is job:
            return pipe
        try:
            pipe.send(job)
            if not pipe.poll(_START_SECONDS):
                self._kill()
                raise _Died("the inspector did not start in time")
            problem = pipe.recv()
        except (EOFError, OSError) as error:
            raise _Died(self._obituary()) from error
        if problem:
            self._kill()
            raise _Died(f"the inspector could not start: {problem}")
        self._job = job
        return pipe

    def _obituary(self) -> str:
        if self._stopped:
            return _SHUTTING_DOWN
        assert self._process is not None
        self._process.join(5)
        code = self._process.exitcode
        self._kill()
        if code == -getattr(signal, "SIGXCPU", 24):
            return "inspecting it took too much processor time"
        if code is not None and code < 0:
            return f"the inspector crashed on it (signal {-code})"
        return f"the inspector ended on it (exit {code})"

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join(5)
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = self._job = None
        self._items = 0


def _main(pipe: Connection, confinement: Confinement, takes: Takes) -> None:
    """The child: build the pipeline for each job, judge each item."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Libraries log text; the parent speaks for the child. (Not logging.disable: a filter of ours
    # listens for Presidio saying that it skipped something.)
    logging.getLogger().addHandler(logging.NullHandler())
    pipeline: Pipeline | None = None
    with contextlib.suppress(EOFError):
        gc.disable()  # what is loaded now stays: looking through it for garbage only costs time
        preload()
        gc.freeze()
        gc.enable()
        if takes is Takes.LARGE:
            confinement.give_way()
        while (message := pipe.recv()) is not None:
            if isinstance(message, Job):
                try:
                    if pipeline is None:
                        confinement.enter(message.limits)
                    pipeline = message.build()
                except Exception as error:  # noqa: BLE001 - told to the parent, which blocks
                    pipe.send(str(error) if isinstance(error, GatewayError) else repr(type(error)))
                else:
                    pipe.send("")
                continue
            assert pipeline is not None
            item, wanted = message
            confinement.begin(pipeline.limits)
            outcome = pipeline.process(item, wanted)
            # The parent has the original bytes already: a clean item is not copied back.
            pipe.send(replace(outcome, data=None) if outcome.rung is Rung.UNTOUCHED else outcome)
    os._exit(0)  # taking the libraries down again would take a tenth of a second
