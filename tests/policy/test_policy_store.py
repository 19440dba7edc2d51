"""Reloading swaps whole policies, and only good ones."""

import os
import threading

import pytest

from gateway.errors import PolicyError
from gateway.model import Destination, Finding, Surface, Verdict
from gateway.policy import PolicyStore, decide

GOOD = "version: 1\nname: p\nrules:\n  - {name: a, entities: [URL], action: block}\n"


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text(GOOD, encoding="utf-8")
    return file


@pytest.fixture
def store(path, entities):
    return PolicyStore(path, entities, settle=0.0)


def test_an_unchanged_file_changes_nothing(store):
    before = store.current
    assert not store.reload_if_changed()
    assert before is store.current


def test_a_changed_file_is_taken_even_if_its_time_and_size_are_the_same(store, path):
    status = path.stat()
    path.write_text(GOOD.replace("action: block", "action: allow"), encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert status.st_size == path.stat().st_size
    assert store.reload_if_changed()
    assert "looser: URL anywhere: block → allow (rule a)" == store.last_change


@pytest.mark.parametrize("bad", ["", "version: 1\nname: [", GOOD.replace("URL", "URLL")])
def test_a_bad_file_keeps_the_last_good_policy_and_says_why(store, path, bad):
    before = store.current
    path.write_text(bad, encoding="utf-8")
    assert not store.reload_if_changed()
    assert before is store.current
    assert str(path) in str(store.last_error)
    assert not store.reload_if_changed()
    assert store.last_error is not None
    path.write_text(GOOD, encoding="utf-8")
    assert not store.reload_if_changed()
    assert store.last_error is None
    assert before.fingerprint == store.current.fingerprint


def test_a_missing_file_keeps_the_last_good_policy_until_it_is_back(store, path):
    before = store.current
    path.rename(path.with_suffix(".away"))
    assert not store.reload_if_changed()
    assert before is store.current
    assert "cannot read the policy" in str(store.last_error)
    path.with_suffix(".away").rename(path)
    assert not store.reload_if_changed()
    assert store.last_error is None


def test_a_bad_first_policy_is_refused(tmp_path, entities):
    with pytest.raises(PolicyError):
        PolicyStore(tmp_path / "none.yaml", entities)


def test_a_change_of_comments_is_no_change(store, path):
    path.write_text("# words\n" + GOOD, encoding="utf-8")
    assert not store.reload_if_changed()
    assert "" == store.last_change


def test_readers_see_the_old_or_the_new_policy_and_never_an_unprotected_moment(store, path):
    """Two policies that both block URL, by different rules, a hundred bad files in between."""
    finding = Finding("URL", 1.0, 0, 0, 1)
    done = threading.Event()
    wrong = []

    def read():
        while not done.wait(0.001):
            decision = decide(store.current, [finding], [], Destination(), Surface.PROXY)
            if decision.verdict is not Verdict.BLOCK or decision.rule not in {"a", "b"}:
                wrong.append(decision)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    swaps = 0
    for number in range(100):
        path.write_text("version: 1\nname: p\nrules: 5\n", encoding="utf-8")
        store.reload_if_changed()
        name = "ab"[(number + 1) % 2]
        path.write_text(GOOD.replace("name: a", f"name: {name}"), encoding="utf-8")
        swaps += store.reload_if_changed()
    done.set()
    for reader in readers:
        reader.join()
    assert [] == wrong
    assert 100 == swaps
