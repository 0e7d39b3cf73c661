"""One Redis for all tests of this folder, empty at the beginning of each; an archive of its own for each."""

import pytest

from tests.live.servers.redis import redis
from tests.live.work import site as sites


@pytest.fixture(scope="session")
def redis_server():
    with redis() as server:
        yield server


@pytest.fixture
def queue(redis_server):
    redis_server.ask("FLUSHALL")
    return redis_server


@pytest.fixture(scope="session")
def empty(redis_server, tmp_path_factory):
    """Return the folder of an archive that is prepared and holds nothing."""
    folder = tmp_path_factory.mktemp("archive")
    sites.Site(folder=folder, broker_url=redis_server.url, settings={}).run("tests.live.work.prepare", module=True)
    return folder


@pytest.fixture
def site(queue, empty):
    with sites.site(queue.url, like=empty) as made:
        yield made
