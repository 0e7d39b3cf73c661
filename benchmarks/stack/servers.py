"""The servers of a production system, all on loopback and free ports, in folders of their own; gone afterwards.

PostgreSQL and a replica that streams from it, MinIO on a disk of its own with Toxiproxy before it, Redis, OpenSearch.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stack.disk import Disk, disk
from tests.live.servers.minio import minio
from tests.live.servers.opensearch import JVM, Cluster, opensearch
from tests.live.servers.postgresql import USER, PostgreSQL, postgresql, replica_of
from tests.live.servers.redis import Redis, redis
from tests.live.servers.s3 import REGION, S3Server
from tests.live.servers.toxiproxy import Toxiproxy, toxiproxy

DATABASE = "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """What an archive stands on. `disk`: under the object store; none where the store's folder is a plain one."""

    database: PostgreSQL
    replica: PostgreSQL
    store: S3Server
    way_to_store: Toxiproxy
    queue: Redis
    search: Cluster
    disk: Disk | None

    def settings(self, *, database: str = DATABASE, straight: bool = False) -> dict[str, str]:
        """Return the settings of a new archive: an empty database, empty buckets. `straight`: past Toxiproxy."""
        self.database.new_database(database)
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in (self.database, self.replica))
        port = self.store.port if straight else self.way_to_store.port
        vault = self.store.new_bucket(locks=True)
        return {
            "DATABASE_URL": f"postgres://{USER}:{self.database.password}@{hosts}/{database}",
            "DATABASE_REPLICA_URL": self.replica.url(database),
            "MUNIMENT_BROKER_URL": self.queue.url,
            "MUNIMENT_STORE": "s3",
            "MUNIMENT_S3_ENDPOINT": f"http://127.0.0.1:{port}",
            "MUNIMENT_S3_REGION": REGION,
            "MUNIMENT_S3_VAULT": vault,
            "MUNIMENT_S3_KEYS": self.store.new_bucket(locks=False),
            "MUNIMENT_S3_ACCESS_KEY": self.store.access_key,
            "MUNIMENT_S3_SECRET_KEY": self.store.secret_key,
            "MUNIMENT_SEARCH_URL": self.search.url,
            "MUNIMENT_SEARCH_NAME": vault,
            "MUNIMENT_SEARCH_REPLICAS": "1" if len(self.search.nodes) > 1 else "0",
        }


@contextmanager
def servers(folder: Path, *, search_nodes: int, disk_mebibytes: int = 0, jvm: str = JVM) -> Iterator[Servers]:
    """Give all of them, running."""
    with ExitStack() as stack:
        database = stack.enter_context(postgresql())
        under = stack.enter_context(disk(folder, mebibytes=disk_mebibytes)) if disk_mebibytes else None
        store = stack.enter_context(minio(under.data if under else None))
        yield Servers(
            database=database,
            replica=stack.enter_context(replica_of(database)),
            store=store,
            way_to_store=stack.enter_context(toxiproxy(store.port)),
            queue=stack.enter_context(redis()),
            search=stack.enter_context(opensearch(nodes=search_nodes, jvm=jvm)),
            disk=under,
        )
