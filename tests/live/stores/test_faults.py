"""MinIO behind a bad network, and killed: what was acknowledged is there, whole, and once."""

import os
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from muniment.seal.sighting import Sighting
from muniment.seal.vault import Vault
from muniment.stores.key_file import FileKeyProvider
from muniment.stores.port import ObjectExists, ObjectMissing, StoreUnavailable
from muniment.stores.s3 import Patience, S3Store
from tests.live.servers.minio import minio
from tests.live.stores.proxy import NONE, Fault, proxy

QUICK = Patience(seconds=20, first_wait=0.02, longest_wait=0.2)
DATA = os.urandom(300_000)


class Rig:
    """A bucket of each kind behind one proxy, and the same buckets without it."""

    def __init__(self, server, bad):
        self.server, self.bad = server, bad
        self.vault, self.keys = server.new_bucket(locks=True), server.new_bucket(locks=False)
        self.admin = server.admin()

    def store(self, *, locks=True, patience=QUICK, **changes):
        client = self.server.client(port=self.bad.port, **({"read_seconds": 2} | changes))
        return S3Store(client, self.vault if locks else self.keys, versioned=locks, patience=patience)

    def straight(self):
        return S3Store(self.server.client(), self.vault, versioned=True)

    def versions(self):
        """Return the keys of all versions, each as often as it has versions."""
        pages = self.admin.get_paginator("list_object_versions").paginate(Bucket=self.vault)
        return [one["Key"] for page in pages for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))]


@pytest.fixture
def rig(minio_server):
    with proxy(minio_server.port) as bad:
        yield Rig(minio_server, bad)


def soon():
    return datetime.now(UTC) + timedelta(minutes=5)


@pytest.mark.parametrize("cut", [0, 1, 24, 25, 26, 33, 45, 60, 90, 120, 200, 300, 400])
def test_an_answer_that_was_cut_anywhere_leaves_one_object(rig, cut):
    store = rig.store()
    rig.bad.set(Fault(answer_bytes=cut, times=1))
    info = store.create("k", DATA, lock_until=soon())
    assert (store.info("k"), store.get("k"), rig.versions()) == (info, DATA, ["k"])


@pytest.mark.parametrize("cut", [0, 100, 500, 1_000, 100_000, 299_000])
def test_a_request_that_was_cut_anywhere_leaves_one_object(rig, cut):
    store = rig.store()
    rig.bad.set(Fault(request_bytes=cut, times=2))
    store.create("k", [DATA[:1000], DATA[1000:]])
    assert (store.get("k"), rig.versions()) == (DATA, ["k"])


@pytest.mark.parametrize("locks", [True, False])
def test_a_large_object_whose_key_is_taken_is_told_so(rig, locks):
    store = rig.store(locks=locks)
    store.create("k", b"1")
    with pytest.raises(ObjectExists):
        store.create("k", [DATA] * 70)
    assert store.get("k") == b"1"


@pytest.mark.parametrize("cut", [0, 26, 60, 120, 300])
def test_a_swap_whose_answer_was_cut_is_done_once(rig, cut):
    store = rig.store(locks=False)
    etag = store.create("k", b"1").etag
    rig.bad.set(Fault(answer_bytes=cut, times=1))
    info = store.replace("k", b"2", etag=etag)
    assert (store.get("k"), store.info("k")) == (b"2", info)


@pytest.mark.parametrize("fault", [Fault(answer_bytes=26), Fault(answer_bytes=60), Fault(is_silent=True)])
def test_where_answers_never_come_whole_nothing_is_acknowledged_and_a_second_call_makes_no_second_object(rig, fault):
    rig.bad.set(fault)
    with pytest.raises(StoreUnavailable):
        rig.store(patience=Patience(tries=3, seconds=8, first_wait=0.02), read_seconds=1).create("k", DATA)
    rig.bad.set(NONE)
    with pytest.raises(ObjectExists):  # the first call's bytes: the caller compares, as the port says
        rig.store().create("k", DATA)
    assert (rig.straight().get("k"), rig.versions()) == (DATA, ["k"])


def test_answers_cut_in_the_middle_of_reading_are_read_again(rig):
    rig.straight().create("k", DATA)
    rig.bad.set(Fault(answer_bytes=100_000, times=3))
    assert rig.store().get("k") == DATA


@pytest.mark.parametrize("verb", ["create", "get"])
def test_a_store_that_crawls_is_given_up_in_time(rig, verb):
    rig.straight().create("there", DATA)
    store = rig.store(patience=Patience(tries=2, seconds=3))
    rig.bad.set(Fault(rate=4_000))
    began = time.monotonic()
    with pytest.raises(StoreUnavailable):
        _ = store.create("k", DATA) if verb == "create" else store.get("there")
    assert time.monotonic() - began < 30  # 32 KiB at 4 KB/s are begun before the clock is looked at
    rig.bad.set(NONE)
    with pytest.raises(ObjectMissing):
        rig.straight().get("k")


def test_a_delete_whose_answer_was_lost_is_done(rig):
    store = rig.store()
    store.create("k", DATA)
    store.create("k1", DATA)
    rig.bad.set(Fault(answer_bytes=30, times=2))
    store.delete("k")
    assert rig.versions() == ["k1"]


def test_kill_9_in_the_middle_of_writing_loses_nothing_acknowledged_and_doubles_nothing():
    with minio() as server:
        bucket = server.new_bucket(locks=True)
        store = S3Store(server.client(read_seconds=5), bucket, versioned=True, patience=QUICK)
        writers = [Writer(store, name) for name in range(8)]
        for _ in range(3):
            time.sleep(1.0)
            server.kill()
            server.start()
        acknowledged = {key: data for writer in writers for key, data in writer.end().items()}
        assert {key: store.get(key) for key in acknowledged} == acknowledged
        assert len(acknowledged) > 20
        versions = [len(store.versions(key)) for key in store.keys("")]
        assert set(versions) == {1}


class Writer(threading.Thread):
    """Creates objects one after the other and remembers those that were acknowledged."""

    def __init__(self, store, name):
        super().__init__(daemon=True)
        self._store, self._name, self._ended, self._acknowledged = store, name, threading.Event(), {}
        self.start()

    def run(self):
        number = 0
        while not self._ended.is_set():
            key, data = f"w{self._name}/{number:06}", os.urandom(4_000)
            number += 1
            try:
                self._store.create(key, data, lock_until=soon())
            except StoreUnavailable:
                continue
            self._acknowledged[key] = data

    def end(self):
        self._ended.set()
        self.join()
        return self._acknowledged


def test_every_sealed_message_opens_after_the_store_was_killed():
    with minio() as server:
        keys = S3Store(server.client(), server.new_bucket(locks=False), versioned=False, patience=QUICK)
        segments = S3Store(server.client(), server.new_bucket(locks=True), versioned=True, patience=QUICK)
        vault = Vault(segments=segments, keyrings=keys, keys=FileKeyProvider(bytes(32), keys))
        vault.seal([sighting(vault, b"first")])
        killer = threading.Thread(target=lambda: (time.sleep(0.5), server.kill(), server.start()))
        killer.start()
        sealed, number = {}, 0
        while killer.is_alive() or number < 100:
            one = sighting(vault, b"%d" % number)
            number += 1
            try:
                sealed[one.id] = (vault.seal([one]).segment_id, one)
            except StoreUnavailable:
                continue
        assert [vault.read(segment_id, one.id) for segment_id, one in sealed.values()] == [
            one for _, one in sealed.values()
        ]
        found = [entry.sighting_id for segment_id in vault.segment_ids() for entry in vault.footer(segment_id).frames]
        assert (len(found), set(found) >= set(sealed)) == (len(set(found)), True)


def sighting(vault, raw):
    return Sighting(id=vault.new_sighting_id(), source="test", captured_at=datetime.now(UTC), raw=raw)
