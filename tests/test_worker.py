"""Workers that crash, hang or run out of something cost their own item only."""

import contextlib
import os
import signal
import sys
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass

import pytest

from gateway.detect import catalogue
from gateway.model import Item, Verdict, Wanted
from gateway.policy import load_policy
from gateway.settings import Limits
from gateway.system.confine import ProcessLimits, missing
from gateway.worker import Job, WorkerPool, _judged, _Task

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="other platform: POSIX signals")


@dataclass(frozen=True)
class Trouble:
    """A confinement that does to the child what a hostile document could do."""

    kind: str
    marker: str

    def enter(self, limits: Limits) -> None:
        if self.kind == "never starts":
            raise OSError("no resources")
        ProcessLimits().enter(limits)

    def give_way(self) -> None:
        ProcessLimits().give_way()

    def begin(self, limits: Limits) -> None:
        ProcessLimits().begin(limits)
        if os.path.exists(self.marker):
            return
        with open(self.marker, "w"):
            pass
        match self.kind:
            case "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "segfault":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "exit":
                os._exit(7)
            case "hang":
                time.sleep(600)
            case "spin":
                while True:
                    pass


@contextlib.contextmanager
def pool_of(job: Job, confinement, **arguments):
    with WorkerPool(confinement, count=1, **arguments) as pool:
        pool.configure(job)
        yield pool


def job(**limits) -> Job:
    return Job(load_policy("default", catalogue()), bytes(32), Limits(**limits))


@POSIX
@pytest.mark.parametrize(
    ("words", "kind", "limits"),
    [
        ("signal 9", "killed", {}),
        ("signal 11", "segfault", {}),
        ("exit 7", "exit", {}),
        ("longer than 1 seconds", "hang", {"wall_seconds": 1}),
        ("processor time", "spin", {"cpu_seconds": 1}),
    ],
)
def test_a_dying_worker_blocks_its_item_and_the_next_one_is_judged(tmp_path, words, kind, limits):
    trouble = Trouble(kind, str(tmp_path / "happened"))
    with pool_of(job(**limits), trouble) as pool:
        first, second = pool.submit(Item(b"one")), pool.submit(Item(b"two"))
        assert Verdict.BLOCK is first.result().verdict
        assert words in first.result().reason
        assert (Verdict.ALLOW, b"two") == (second.result().verdict, second.result().data)


@pytest.mark.skipif("memory" in missing(), reason="other platform: no memory limit here")
def test_an_item_that_needs_too_much_memory_is_blocked():
    data = b"[" + b'"x",' * 4_000_000 + b'"x"]'
    with pool_of(job(memory_bytes=1_000_000_000), ProcessLimits()) as pool:
        outcome = pool.submit(Item(data)).result()
    assert (Verdict.BLOCK, None) == (outcome.verdict, outcome.data)


def test_a_worker_that_cannot_start_blocks(tmp_path):
    with pool_of(job(), Trouble("never starts", str(tmp_path / "x"))) as pool:
        assert "could not start" in pool.submit(Item(b"one")).result().reason


def test_no_record_means_no_release():
    def broken(item, outcome, policy):
        raise OSError(28, "No space left on device")

    with pool_of(job(), ProcessLimits(), record=broken) as pool:
        outcome = pool.submit(Item(b"clean")).result()
    assert (Verdict.BLOCK, None) == (outcome.verdict, outcome.data)
    assert "audit log" in outcome.reason


def test_the_record_is_written_before_the_future_resolves():
    seen = []
    submitted = threading.Event()
    futures = []

    def record(_item, outcome, policy):
        submitted.wait(60)
        seen.append((outcome, policy.name, futures[0].done()))

    with pool_of(job(), ProcessLimits(), record=record) as pool:
        futures.append(pool.submit(Item(b"clean")))
        submitted.set()
        outcome = futures[0].result()
    assert [(outcome, "default", False)] == seen


def test_a_closed_pool_blocks():
    pool = WorkerPool(ProcessLimits(), count=1)
    pool.close()
    assert Verdict.BLOCK is pool.submit(Item(b"x")).result().verdict


def test_a_new_job_counts_from_the_next_item_on():
    with pool_of(job(), ProcessLimits()) as pool:
        assert Verdict.ALLOW is pool.submit(Item(b"Falcon")).result().verdict
        pool.configure(Job(job().policy, bytes(32), Limits(), ("Falcon",)))
        assert b"[EXACT_VALUE]" == pool.submit(Item(b"Falcon")).result().data


@POSIX
def test_closing_at_once_blocks_what_is_queued_and_under_way(tmp_path):
    trouble = Trouble("hang", str(tmp_path / "happened"))
    pool = WorkerPool(trouble, count=1)
    pool.configure(job(wall_seconds=600))
    futures = [pool.submit(Item(b"one")), pool.submit(Item(b"two"))]
    while not (tmp_path / "happened").exists():  # the child holds the first item now
        time.sleep(0.01)
    pool.close(at_once=True)
    assert ["shutting down"] * 2 == [f.result().reason.partition("is ")[2][:13] for f in futures]


def test_a_verdict_on_another_item_blocks():
    class Mistaken:
        def run(self, job, item, wanted):
            return job.build().process(Item(b"another"))

    task = _Task(Item(b"this one"), wanted=Wanted.RESULT, future=Future())
    outcome = _judged(Mistaken(), job(), task)
    assert (Verdict.BLOCK, None) == (outcome.verdict, outcome.data)
    assert "another item" in outcome.reason


def test_small_items_pass_while_a_large_one_is_under_way(tmp_path):
    """The large one hangs until its time is over; the small ones have their verdicts before."""
    large = Item(b"plain words\n" * 20_000)
    with WorkerPool(Trouble("hang", str(tmp_path / "happened")), count=2) as pool:
        pool.configure(job(wall_seconds=20))
        pool.warm()
        slow = pool.submit(large)
        while not (tmp_path / "happened").exists():
            time.sleep(0.01)
        verdicts = [pool.submit(Item(b"a word")).result().verdict for _ in range(5)]
        assert not slow.done()
        pool.close(at_once=True)
    assert [Verdict.ALLOW] * 5 == verdicts
    assert Verdict.BLOCK is slow.result().verdict
