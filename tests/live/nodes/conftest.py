"""One archive on PostgreSQL and MinIO, two capture nodes and two web processes, HAProxy before them."""

import pytest

from tests.live.nodes.place import archive
from tests.live.servers.haproxy import haproxy
from tests.live.servers.minio import minio
from tests.live.servers.postgresql import postgresql


@pytest.fixture(scope="package")
def store():
    with minio() as running:
        yield running


@pytest.fixture(scope="package")
def database():
    with postgresql() as running:
        yield running


@pytest.fixture(scope="package")
def place(tmp_path_factory, database, store):
    with archive(tmp_path_factory.mktemp("nodes"), database, store) as made:
        yield made


@pytest.fixture(scope="package")
def captures(place):
    return place.started(place.capture("capture1"), place.capture("capture2"))


@pytest.fixture(scope="package")
def webs(place):
    return place.started(place.web("web1"), place.web("web2"))


@pytest.fixture(scope="package")
def balancer(captures, webs):
    ports = {"capture": tuple(node.port for node in captures), "web": tuple(node.port for node in webs)}
    with haproxy(**ports) as running:
        running.wait_for("capture1", "capture2", "web1", "web2")
        yield running
