"""The contract of ObjectStore on the stores that need no server."""

from datetime import UTC, datetime, timedelta

import pytest

from muniment.stores.filesystem import FilesystemStore
from muniment.stores.memory import MemoryStore
from tests.contract.stores.object_store import LockContract, ObjectStoreContract


class Clock:
    def __init__(self):
        self.began = self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self):
        return self.now

    def after(self, *, days):
        return self.began + timedelta(days=days)

    def wait(self, *, days):
        self.now += timedelta(days=days)


@pytest.fixture
def clock():
    return Clock()


class TestMemory(ObjectStoreContract, LockContract):
    @pytest.fixture
    def store(self, clock):
        return MemoryStore(now=clock)


class TestFilesystem(ObjectStoreContract, LockContract):
    @pytest.fixture
    def store(self, tmp_path, clock):
        return FilesystemStore(tmp_path / "store", now=clock)
