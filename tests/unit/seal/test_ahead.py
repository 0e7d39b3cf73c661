"""Segments that are opened in turn come in order, each with its own end, and some of the next are fetched meanwhile."""

import threading
from contextlib import closing

import pytest

from muniment.errors import Corrupt
from muniment.seal import ahead
from muniment.seal.layout import segment_key
from muniment.stores.port import StoreUnavailable
from tests.unit.seal.builders import memory_vault, sighting

PATIENCE_SECONDS = 20


class Watched:
    """A store that tells how it is read: what each size that is asked for waits for, and by which threads."""

    def __init__(self, store, *, together=1):
        self._store = store
        self._barrier = threading.Barrier(together, timeout=PATIENCE_SECONDS)
        self.asked = []
        self.threads = set()

    def __getattr__(self, name):
        return getattr(self._store, name)

    def info(self, key):
        self.asked.append(key)
        self.threads.add(threading.current_thread())
        self._barrier.wait()
        return self._store.info(key)


def filled(count, *, at_once, together=1):
    """Return a vault that fetches some at once, its segments, and what each holds."""
    vault = memory_vault()
    raws = [f"Subject: {number}\r\n\r\n".encode() for number in range(count)]
    segment_ids = [vault.seal([sighting(raw=raw)]).segment_id for raw in raws]
    vault.ahead = at_once
    vault.segments = Watched(vault.segments, together=together)
    return vault, segment_ids, raws


def raws_of(opened):
    return [one.open(one.footer.frames[0]).raw for one in opened]


@pytest.mark.parametrize("at_once", [1, 2, 3, 20])
@pytest.mark.parametrize("count", [0, 1, 2, 10])
def test_every_segment_comes_once_and_in_order(at_once, count):
    vault, segment_ids, raws = filled(count, at_once=at_once)
    found = [(segment_id, opening()) for segment_id, opening in ahead.opened(vault, segment_ids)]
    assert [segment_id for segment_id, _ in found] == segment_ids
    assert raws_of(one for _, one in found) == raws


def test_as_many_as_were_allowed_are_fetched_at_once():
    vault, segment_ids, raws = filled(9, at_once=3, together=3)
    assert raws_of(opening() for _, opening in ahead.opened(vault, segment_ids)) == raws


def test_a_store_at_hand_is_read_in_the_thread_of_the_caller_when_it_is_asked():
    vault, segment_ids, _ = filled(5, at_once=1)
    with closing(ahead.opened(vault, segment_ids)) as opened:
        next(opened)
        assert vault.segments.asked == []
        next(opened)[1]()
    assert vault.segments.asked == [segment_key(segment_ids[1])]
    assert vault.segments.threads == {threading.current_thread()}


@pytest.mark.parametrize("at_once", [1, 4])
def test_what_does_not_open_fails_in_its_place_and_the_others_come(at_once):
    vault, segment_ids, raws = filled(6, at_once=at_once)
    store = vault.segments
    key = segment_key(segment_ids[2])
    vault.segments = Watched(Damaged(store, key))
    good, bad = [], []
    for segment_id, opening in ahead.opened(vault, segment_ids):
        try:
            good.extend(raws_of([opening()]))
        except Corrupt:
            bad.append(segment_id)
    assert (good, bad) == ([raw for raw in raws if raw != raws[2]], [segment_ids[2]])


def test_a_store_that_does_not_answer_is_told_as_it_is():
    vault, segment_ids, _ = filled(3, at_once=2)
    vault.segments = Silent()
    with closing(ahead.opened(vault, segment_ids)) as opened, pytest.raises(StoreUnavailable):
        next(opened)[1]()


def test_what_was_not_begun_is_not_fetched_after_the_end():
    vault, segment_ids, _ = filled(50, at_once=2)
    with closing(ahead.opened(vault, segment_ids)) as opened:
        next(opened)[1]()
    asked = len(vault.segments.asked)
    assert asked <= 3
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("open")]


class Damaged:
    """A store that gives one object with a bit flipped."""

    def __init__(self, store, key):
        self._store = store
        self._key = key

    def __getattr__(self, name):
        return getattr(self._store, name)

    def get(self, key, **how):
        data = bytes(self._store.get(key, **how))
        return data[:80] + bytes([data[80] ^ 1]) + data[81:] if key == self._key else data


class Silent:
    """A store that does not answer."""

    def info(self, key):
        raise StoreUnavailable(key)
