"""The queue before the workers."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from gateway.lanes import Lanes, Takes

TASKS = st.lists(st.booleans(), max_size=40)


def filled(tasks):
    lanes = Lanes()
    for number, large in enumerate(tasks):
        lanes.put(number, large=large)
    return lanes


@given(TASKS)
def test_who_takes_any_takes_in_order_of_arrival(tasks):
    lanes = filled(tasks)
    assert list(range(len(tasks))) == [lanes.take(Takes.ANY) for _ in tasks]


@given(TASKS)
def test_who_takes_small_ones_never_gets_a_large_one(tasks):
    lanes = filled(tasks)
    lanes.end()
    small = [number for number, large in enumerate(tasks) if not large]
    assert [*small, None] == [lanes.take(Takes.SMALL) for _ in range(len(small) + 1)]
    large = [number for number, large in enumerate(tasks) if large]
    assert [*large, None] == [lanes.take(Takes.LARGE) for _ in range(len(large) + 1)]


@given(TASKS, st.lists(st.sampled_from(Takes), max_size=40))
def test_every_task_is_taken_once(tasks, takers):
    lanes = filled(tasks)
    lanes.end()
    taken = [task for takes in takers if (task := lanes.take(takes)) is not None]
    assert list(range(len(tasks))) == sorted([*taken, *lanes.clear()])


def test_of_several_takers_one_keeps_clear_of_large_tasks():
    assert [Takes.ANY] == [Takes.of(0, 1)]
    assert [Takes.SMALL, Takes.LARGE, Takes.LARGE] == [Takes.of(n, 3) for n in range(3)]


def test_a_large_task_wakes_somebody_who_takes_it():
    lanes = Lanes()
    taken = []
    takers = [
        threading.Thread(target=lambda takes=takes: taken.append((takes, lanes.take(takes))))
        for takes in (Takes.SMALL, Takes.LARGE)
    ]
    for taker in takers:
        taker.start()
    lanes.put("large", large=True)
    takers[1].join(20)
    lanes.end()
    takers[0].join(20)
    assert [(Takes.LARGE, "large"), (Takes.SMALL, None)] == taken
