"""Held documents: in memory while there is room, else enciphered in a file without a name."""

import gc
import os
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import GatewayError
from gateway.services.uploads.spool import Spool
from gateway.services.uploads.store import Store

KIB = 1 << 10


@given(st.lists(st.tuples(st.integers(0, 60), st.binary(max_size=20)), max_size=12))
def test_pieces_in_any_order_are_what_a_plain_buffer_would_hold(pieces):
    spool, plain, here = Spool(KIB, Store(in_memory=64)), bytearray(), set()
    for start, data in pieces:
        spool.put(start, data)
        plain.extend(bytes(max(0, start + len(data) - len(plain))))
        plain[start : start + len(data)] = data
        here |= set(range(start, start + len(data)))
        gap = next(at for at in range(len(plain) + 1) if at not in here)
        assert gap == spool.received()
    if len(here) == len(plain):
        assert plain == spool.whole()
    else:
        with pytest.raises(GatewayError, match="missing"):
            spool.whole()


@given(st.lists(st.tuples(st.integers(1, 6), st.binary(max_size=9)), min_size=1, max_size=12))
def test_numbered_parts_are_counted_without_a_gap(parts):
    spool, here = Spool(KIB), {}
    for number, data in parts:
        spool.put_number(number, data)
        here[number] = data
    whole = max(here) - min(here) + 1 == len(here)
    assert (sum(map(len, here.values())) if whole else 0) == spool.received()
    assert b"".join(here[number] for number in sorted(here)) == spool.whole()


@given(st.lists(st.tuples(st.booleans(), st.binary(min_size=1, max_size=300)), max_size=30))
def test_room_that_became_free_is_used_again_and_nothing_is_overwritten(steps):
    store, held, most = Store(in_memory=100), [], 0
    for add, data in steps:
        if add or not held:
            held.append((store.keep(data, small=len(data) < 50), data))
        else:
            store.forget(held.pop(len(data) % len(held))[0])
        assert [data for _, data in held] == [store.read(kept) for kept, _ in held]
        most = max(most, sum(len(data) + 16 for _, data in held))
    for kept, _ in held:
        store.forget(kept)
    assert (None, 0, {}) == (store._file, store._end, store._free)
    assert 100 == store._room


def test_all_uploads_together_stay_within_memory_and_one_file(tmp_path):
    store = Store(tmp_path / "spool", in_memory=100 * KIB)
    spools = [Spool(1 << 20, store) for _ in range(50)]
    for spool in spools:
        spool.put(0, b"SECRET-4711 " * KIB)
    assert 0 <= store._room < 12 * KIB
    assert [] == os.listdir(tmp_path / "spool") or sys.platform == "win32"
    store._file.seek(0)
    assert b"SECRET-4711" not in store._file.read()
    assert {b"SECRET-4711 " * KIB} == {spool.whole() for spool in spools}


def test_a_closed_document_is_none_and_not_an_empty_one():
    spool = Spool(KIB)
    spool.put(0, b"data")
    spool.close()
    for asked in (spool.whole, lambda: spool.put(0, b"x"), lambda: spool.number(1)):
        with pytest.raises(GatewayError, match="not held any longer"):
            asked()


def test_what_nobody_can_ask_for_makes_room():
    store = Store(in_memory=10)
    Spool(KIB, store).put(0, b"0123456789")
    gc.collect()
    assert store.keep(b"0123456789", small=True).data is not None


def test_threads_do_not_get_each_others_bytes():
    store, wrong = Store(in_memory=0), []

    def work(letter):
        for size in range(1, 60):
            kept = store.keep(letter * size, small=False)
            if store.read(kept) != letter * size:
                wrong.append(letter)
            if size % 3:
                store.forget(kept)

    threads = [threading.Thread(target=work, args=(one,)) for one in (b"a", b"b", b"c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [] == wrong
