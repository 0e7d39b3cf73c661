"""A key that was taken out of its keyring is gone; the others stay."""

import pytest

from muniment.ids import SegmentId
from muniment.seal.layout import keyring_key
from muniment.seal.opening import Erased
from muniment.seal.shredding import KeyringBusy, shred
from muniment.stores.port import ObjectChanged
from tests.unit.seal.builders import IDS, memory_vault, sighting


def sealed(count=3):
    vault = memory_vault(seed=1)
    found = [sighting(raw=f"Subject: {number}\r\n\r\n".encode()) for number in range(count)]
    return vault, vault.seal(found).segment_id, found


def test_what_is_shredded_never_opens_again_and_the_rest_does():
    vault, segment_id, found = sealed()

    gone = shred(vault.keyrings, segment_id, [found[1].id])

    assert gone == 1
    with pytest.raises(Erased):
        vault.read(segment_id, found[1].id)
    assert [vault.read(segment_id, found[place].id).raw for place in (0, 2)] == [found[0].raw, found[2].raw]


def test_shredding_again_changes_nothing():
    vault, segment_id, found = sealed()
    shred(vault.keyrings, segment_id, [found[1].id])
    before = vault.keyrings.get(keyring_key(segment_id))

    assert shred(vault.keyrings, segment_id, [found[1].id]) == 0
    assert vault.keyrings.get(keyring_key(segment_id)) == before


def test_a_keyring_that_is_gone_holds_no_key():
    vault, segment_id, found = sealed()
    vault.keyrings.delete(keyring_key(segment_id))

    assert shred(vault.keyrings, segment_id, [found[0].id]) == 0
    assert shred(vault.keyrings, SegmentId(IDS.next()), [found[0].id]) == 0


class Rival:
    """A keyring store in which another erasure comes first, a number of times."""

    def __init__(self, store, times, act):
        self._store, self._times, self._act = store, times, act

    def __getattr__(self, name):
        return getattr(self._store, name)

    def replace(self, key, data, *, etag):
        if self._times:
            self._times -= 1
            self._act()
            raise ObjectChanged(key)
        return self._store.replace(key, data, etag=etag)


def test_of_two_that_shred_at_once_neither_brings_a_key_back():
    vault, segment_id, found = sealed()
    rival = Rival(vault.keyrings, 1, lambda: shred(vault.keyrings, segment_id, [found[0].id]))

    shred(rival, segment_id, [found[1].id])

    for place in (0, 1):
        with pytest.raises(Erased):
            vault.read(segment_id, found[place].id)
    assert vault.read(segment_id, found[2].id).raw == found[2].raw


def test_a_keyring_that_never_rests_is_told_as_busy():
    vault, segment_id, found = sealed()
    rival = Rival(vault.keyrings, 10_000, lambda: None)

    with pytest.raises(KeyringBusy):
        shred(rival, segment_id, [found[1].id])
