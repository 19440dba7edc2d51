"""What is given to an engine in another language comes from this user or is made anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.detect.scan import Hyperscan
from gateway.detect.scan.backends import SOMEWHERE
from gateway.detect.scan.cache import Cache

EXPRESSIONS = ("[0-9]{7}", "foo")
posix = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "made" / "scan"


def test_what_was_stored_is_there_again(folder: Path) -> None:
    Cache(folder).put("key", b"data")
    assert Cache(folder).get("key") == b"data"
    assert Cache(folder).get("other") is None


def test_what_was_damaged_or_renamed_is_not_used(folder: Path) -> None:
    cache = Cache(folder)
    cache.put("key", b"some data")
    stored = (folder / "key").read_bytes()
    (folder / "other").write_bytes(stored)
    (folder / "key").write_bytes(stored[:-1] + b"?")
    assert cache.get("key") is None
    assert cache.get("other") is None


@posix
@pytest.mark.parametrize("what", ["key", "."])
def test_what_others_may_write_is_not_used(folder: Path, what: str) -> None:
    cache = Cache(folder)
    cache.put("key", b"data")
    (folder / what).chmod(0o777)
    assert cache.get("key") is None


@posix
def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    cache = Cache(folder)
    cache.put("key", b"data")
    (folder / "key").rename(tmp_path / "elsewhere")
    (folder / "key").symlink_to(tmp_path / "elsewhere")
    assert cache.get("key") is None


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    find = Hyperscan(Cache(tmp_path / "file" / "scan")).compile(EXPRESSIONS, once=True)
    assert [(1, SOMEWHERE)] == list(find(b"a foo"))


def test_a_database_is_read_from_the_cache_and_finds_the_same(folder: Path) -> None:
    first = Hyperscan(Cache(folder)).compile(EXPRESSIONS, once=True)
    (stored,) = folder.iterdir()
    written = stored.stat().st_mtime_ns
    again = Hyperscan(Cache(folder)).compile(EXPRESSIONS, once=True)
    expected = {(0, SOMEWHERE), (1, SOMEWHERE)}
    assert expected == set(first(b"foo 1234567")) == set(again(b"foo 1234567"))
    assert written == stored.stat().st_mtime_ns


def test_a_file_that_is_no_database_is_compiled_anew(folder: Path) -> None:
    Hyperscan(Cache(folder)).compile(EXPRESSIONS, once=True)
    (stored,) = folder.iterdir()
    Cache(folder).put(stored.name, b"no database")
    assert [(1, SOMEWHERE)] == list(
        Hyperscan(Cache(folder)).compile(EXPRESSIONS, once=True)(b"a foo")
    )
