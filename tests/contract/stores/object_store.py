"""The contract of ObjectStore, for every implementation to inherit: `ObjectStoreContract` and, with locks, `LockContract`.

A class that inherits gives the fixtures `store` (empty) and `clock`: `clock.after(days=n)` is the moment of n days after
the test began, on a whole second; `clock.wait(days=n)` lets n days pass. A day may be short.
"""

import threading

import pytest

from muniment.errors import Refused
from muniment.stores.port import ObjectChanged, ObjectExists, ObjectLocked, ObjectMissing


class ObjectStoreContract:
    """What every store does."""

    @pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 1000])
    def test_what_was_created_is_read_back_whole(self, store, data):
        store.create("a/b/c", data)
        assert (store.get("a/b/c"), store.info("a/b/c").size_bytes) == (data, len(data))

    @pytest.mark.parametrize("pieces", [[], [b""], [b"a", b"", b"bc"], [bytes([n % 256]) for n in range(3000)]])
    def test_pieces_are_kept_as_one_object(self, store, pieces):
        info = store.create("k", pieces)
        whole = b"".join(pieces)
        assert (store.get("k"), store.info("k"), info.size_bytes) == (whole, info, len(whole))

    @pytest.mark.parametrize(("offset", "length"), [(0, 3), (3, 4), (7, 3), (10, 0), (0, 10), (4, None)])
    def test_a_range_is_read_as_a_slice(self, store, offset, length):
        store.create("k", b"0123456789")
        assert store.get("k", offset=offset, length=length) == b"0123456789"[offset:][:length]

    @pytest.mark.parametrize(("offset", "length"), [(0, 11), (11, None), (-1, 2), (5, 6), (2, -1)])
    def test_a_range_outside_of_the_object_is_refused(self, store, offset, length):
        store.create("k", b"0123456789")
        with pytest.raises(Refused):
            store.get("k", offset=offset, length=length)

    def test_a_create_never_overwrites(self, store):
        store.create("k", b"first")
        with pytest.raises(ObjectExists):
            store.create("k", b"second")
        assert store.get("k") == b"first"

    @pytest.mark.parametrize("verb", ["get", "info", "delete"])
    def test_an_absent_object_is_missing(self, store, verb):
        store.create("k/a", b"1")
        with pytest.raises(ObjectMissing):
            getattr(store, verb)("k/b")

    @pytest.mark.parametrize(
        "key", ["", "/", "a//b", "a/", "/a", "../a", "a/../b", "a/./b", "A", "a b", "é", "a\n", "x" * 513]
    )
    def test_a_bad_key_is_refused(self, store, key):
        with pytest.raises(Refused):
            store.create(key, b"")

    def test_replace_swaps_only_what_is_still_the_same(self, store):
        first = store.create("k", b"1")
        second = store.replace("k", b"2", etag=first.etag)
        with pytest.raises(ObjectChanged):
            store.replace("k", b"3", etag=first.etag)
        assert (store.get("k"), store.info("k").etag) == (b"2", second.etag)

    def test_replacing_an_absent_object_is_missing(self, store):
        with pytest.raises(ObjectMissing):
            store.replace("k", b"1", etag="x")

    def test_keys_come_in_ascending_order_below_a_prefix_and_after_a_key(self, store):
        keys = ["a/1", "a/10", "a/2", "a-b/1", "a.c", "b/x/y", "b/x/z"]
        for key in keys:
            store.create(key, b"")
        assert list(store.keys("")) == sorted(keys)
        assert list(store.keys("a/")) == ["a/1", "a/10", "a/2"]
        assert list(store.keys("a/1")) == ["a/1", "a/10"]
        assert list(store.keys("", after="a/10")) == ["a/2", "b/x/y", "b/x/z"]
        assert list(store.keys("b/", after="b/x/y")) == ["b/x/z"]
        assert list(store.keys("b/", after="b/x/")) == ["b/x/y", "b/x/z"]
        assert list(store.keys("c")) == []

    def test_delete_removes_exactly_this_key(self, store):
        store.create("a/1", b"")
        store.create("a/10", b"")
        store.delete("a/1")
        assert list(store.keys("")) == ["a/10"]

    def test_of_many_creates_of_one_key_exactly_one_wins(self, store):
        won = []

        def race(number):
            try:
                store.create("k", str(number).encode())
            except ObjectExists:
                return
            won.append(str(number).encode())

        threads = [threading.Thread(target=race, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert won == [store.get("k")]

    def test_of_many_swaps_from_one_etag_exactly_one_wins(self, store):
        etag = store.create("k", b"start").etag
        won = []

        def race(number):
            try:
                store.replace("k", str(number).encode(), etag=etag)
            except ObjectChanged:
                return
            won.append(str(number).encode())

        threads = [threading.Thread(target=race, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert won == [store.get("k")]


class LockContract:
    """What a store does that keeps locks and holds."""

    def test_a_locked_object_stays_until_its_time(self, store, clock):
        store.create("k", b"1", lock_until=clock.after(days=3))
        with pytest.raises(ObjectLocked):
            store.delete("k")
        with pytest.raises(ObjectLocked):
            store.replace("k", b"2", etag=store.info("k").etag)
        clock.wait(days=3)
        store.delete("k")
        assert list(store.keys("")) == []

    def test_a_lock_is_extended_and_never_shortened(self, store, clock):
        until = clock.after(days=3)
        store.create("k", b"1", lock_until=until)
        store.lock("k", until=clock.after(days=4))
        with pytest.raises(Refused):
            store.lock("k", until=until)
        assert store.info("k").locked_until == clock.after(days=4)

    def test_a_legal_hold_has_no_end(self, store, clock):
        store.create("k", b"1", lock_until=clock.after(days=1))
        store.set_legal_hold("k", on=True)
        clock.wait(days=10)
        with pytest.raises(ObjectLocked):
            store.delete("k")
        store.set_legal_hold("k", on=False)
        store.delete("k")
        assert list(store.keys("")) == []

    def test_a_hold_leaves_the_lock_as_it_was(self, store, clock):
        until = clock.after(days=1)
        store.create("k", b"1", lock_until=until)
        store.set_legal_hold("k", on=True)
        store.set_legal_hold("k", on=False)
        assert (store.info("k").locked_until, store.info("k").legal_hold) == (until, False)
