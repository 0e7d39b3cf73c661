"""A sweep lists what was sealed since the last one that left nothing, and a little before; the first one an hour."""

from datetime import UTC, datetime, timedelta

import pytest

from archive import tasks
from archive.models import Sighting
from archive.services.sweep import SETTLED, SKEW, TAIL, Horizon, left_behind
from muniment.stores.memory import MemoryStore
from tests.flow.archive.builders import mail, memory_archive, seal

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_the_first_sweep_looks_an_hour_back_and_the_next_ones_to_the_last_that_left_nothing():
    horizon = Horizon()
    first = horizon.since(NOW)
    horizon.reach(NOW)

    assert (first, horizon.since(NOW + 10 * SECOND)) == (NOW - TAIL, NOW - SETTLED - SKEW)


class Listed(MemoryStore):
    """A store that knows from where on it was listed."""

    def __init__(self):
        super().__init__()
        self.begun = []

    def keys(self, prefix, *, after=""):
        if prefix == "segments/":
            self.begun.append(after)
        return super().keys(prefix, after=after)


@pytest.mark.django_db
def test_what_was_sealed_before_is_not_listed_again_until_the_whole_store_is(tmp_path):
    archive = memory_archive(tmp_path)
    archive.vault.segments = Listed()
    seal(archive, mail("1"))
    later = archive.vault.now() + SETTLED + SECOND
    found = list(left_behind(vault=archive.vault, since=later - SECOND))
    whole = list(left_behind(vault=Later(archive.vault, later)))

    assert (found, len(whole)) == ([], 1)


@pytest.mark.django_db
def test_sweeps_of_one_process_begin_where_the_last_one_ended(empty_archive):
    vault = empty_archive.vault
    store, vault.segments = vault.segments, Listed()
    try:
        for _ in range(3):
            tasks.sweep()
        tasks.sweep(whole=True)
        begun = vault.segments.begun
    finally:
        vault.segments = store

    assert begun[0] < begun[1] <= begun[2]
    assert begun[3] == ""
    assert not Sighting.objects.exists()


class Later:
    """A vault at a later time."""

    def __init__(self, vault, now):
        self._vault = vault
        self._now = now

    def __getattr__(self, name):
        return getattr(self._vault, name)

    def now(self):
        return self._now
