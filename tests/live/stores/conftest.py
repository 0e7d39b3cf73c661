"""Real S3 servers, each started once for the tests that ask for it; a server that is missing fails them with its log."""

import math
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.live.servers.minio import minio
from tests.live.servers.seaweedfs import seaweedfs

DAY_SECONDS = 4.0  # of the real clock: long enough for the calls of a test


class RealClock:
    """The clock of the contract, where time cannot be turned: its days are short."""

    def __init__(self):
        self.began = datetime.fromtimestamp(math.ceil(time.time()), UTC)

    def __call__(self):
        return datetime.now(UTC)

    def after(self, *, days):
        return self.began + timedelta(seconds=days * DAY_SECONDS)

    def wait(self, *, days):
        time.sleep(max(0.0, (self.after(days=days) - self()).total_seconds()) + 1.0)


@pytest.fixture
def clock():
    return RealClock()


@pytest.fixture(scope="session")
def minio_server():
    with minio() as server:
        yield server


@pytest.fixture(scope="session")
def seaweedfs_server():
    with seaweedfs() as server:
        yield server
