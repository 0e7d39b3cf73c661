"""The listener on the real intake: what was answered 250 is sealed in the store, and nothing else is."""

import asyncio
import threading

import pytest

from archive.intake.group_commit import GroupCommit
from muniment.seal.vault import Vault
from muniment.stores.filesystem import FilesystemStore
from muniment.stores.key_file import FileKeyProvider, make_key_file, read_key_file
from muniment.stores.port import StoreUnavailable
from tests.flow.smtp.rig import running, stuffed


class Failing:
    """A store that takes nothing while it is told to be away."""

    def __init__(self, store):
        self._store = store
        self.away = False

    def create(self, key, data, *, lock_until=None):
        if self.away:
            raise StoreUnavailable(f"{key}: the store is away")
        return self._store.create(key, data, lock_until=lock_until)

    def __getattr__(self, name):
        return getattr(self._store, name)


@pytest.fixture
def segments(tmp_path):
    return Failing(FilesystemStore(tmp_path / "vault"))


@pytest.fixture
def vault(tmp_path, segments):
    keyrings = FilesystemStore(tmp_path / "keyrings")
    path = tmp_path / "keys" / "master-key"
    make_key_file(path)
    return Vault(segments=segments, keyrings=keyrings, keys=FileKeyProvider(read_key_file(path), keyrings))


def sealed(vault):
    found = []
    for segment_id in vault.segment_ids():
        segment = vault.open(segment_id)
        found += [segment.open(entry) for entry in segment.footer.frames]
    return found


@pytest.fixture
def rig(vault):
    with running(make_intake=lambda: GroupCommit(vault, budget_bytes=50_000_000)) as rig:
        yield rig
        asyncio.run_coroutine_threadsafe(rig.intake.close(), rig._loop).result(10)


def test_a_message_is_in_the_store_when_it_is_answered(rig, vault):
    raw = b"Subject: x\r\n\r\n.\r\n\xff\x00\r\n" + b"y" * 100_000 + b"\r\n"
    client = rig.client()
    client.begin(b"b@y.test", b"c@y.test")
    assert client.data(stuffed(raw))[:3] == b"250"
    (sighting,) = sealed(vault)
    assert (sighting.raw, sighting.source, sighting.envelope.mail_from) == (raw, "test", b"a@x.test")
    assert [recipient.address for recipient in sighting.envelope.recipients] == [b"b@y.test", b"c@y.test"]


def test_a_store_that_is_away_gives_451_and_keeps_nothing_and_the_retry_is_kept(rig, vault, segments):
    client = rig.client()
    client.begin()
    segments.away = True
    assert client.data(b"x\r\n.\r\n")[:9] == b"451 4.3.0"
    assert sealed(vault) == []
    segments.away = False
    client.begin()
    assert client.data(b"x\r\n.\r\n")[:3] == b"250"
    assert [sighting.raw for sighting in sealed(vault)] == [b"x\r\n"]


def test_many_sessions_at_once_lose_nothing_and_share_segments(rig, vault):
    def deliver(session):
        client = rig.client()
        for number in range(5):
            client.begin()
            assert client.data(b"%d.%d\r\n.\r\n" % (session, number))[:3] == b"250"
        client.ask(b"QUIT")

    threads = [threading.Thread(target=deliver, args=(session,)) for session in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = sorted(b"%d.%d\r\n" % (session, number) for session in range(20) for number in range(5))
    assert sorted(sighting.raw for sighting in sealed(vault)) == expected
    assert len(list(vault.segment_ids())) < 100
