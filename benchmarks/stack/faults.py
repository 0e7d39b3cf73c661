"""What strikes a running system, and what mends it: an operator or a supervisor would do the same.

A fault that names no `mend` mends itself with what `strike` did.
"""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.stack.servers import Servers
from benchmarks.stack.site import Site

Act = Callable[[Servers, Site], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`seconds`: how long it lasts until it is mended."""

    what: str
    strike: Act
    mend: Act
    seconds: float


def _nothing(_servers: Servers, _site: Site) -> None:
    pass


def _kill(name: str) -> Act:
    return lambda _servers, site: site.processes[name].kill()


def _start(name: str) -> Act:
    return lambda _servers, site: site.processes[name].start()


def _kill_workers(_servers: Servers, site: Site) -> None:
    for name in ("worker1", "sweep1"):
        site.processes[name].kill()


def _start_workers(_servers: Servers, site: Site) -> None:
    for name in ("worker1", "sweep1"):
        site.processes[name].start()


def _forget_queue(servers: Servers, _site: Site) -> None:
    servers.queue.stop(signal.SIGKILL)
    servers.queue.forget()


def _kill_primary(servers: Servers, _site: Site) -> None:
    servers.database.stop(signal.SIGKILL)


def _promote(servers: Servers, _site: Site) -> None:
    servers.replica.promote()


def _kill_search(servers: Servers, _site: Site) -> None:
    servers.search.nodes[0].kill()


def _start_search(servers: Servers, _site: Site) -> None:
    servers.search.nodes[0].start()


def _fill(servers: Servers, _site: Site) -> None:
    assert servers.disk is not None
    servers.disk.fill()


def _make_room(servers: Servers, _site: Site) -> None:
    assert servers.disk is not None
    servers.disk.empty()


def _mend_way(servers: Servers, _site: Site) -> None:
    servers.way_to_store.mend()


FAULTS = {
    "none": Fault(what="nothing", strike=_nothing, mend=_nothing, seconds=0),
    "capture": Fault(
        what="kill -9 of a capture node of two", strike=_kill("capture1"), mend=_start("capture1"), seconds=5
    ),
    "worker": Fault(
        what="kill -9 of the workers of live mail and of the sweep",
        strike=_kill_workers,
        mend=_start_workers,
        seconds=5,
    ),
    "web": Fault(what="kill -9 of the web", strike=_kill("web1"), mend=_start("web1"), seconds=5),
    "redis": Fault(
        what="kill -9 of Redis, its data deleted",
        strike=_forget_queue,
        mend=lambda servers, _site: servers.queue.start(),
        seconds=5,
    ),
    "opensearch": Fault(what="kill -9 of an OpenSearch node", strike=_kill_search, mend=_start_search, seconds=15),
    "minio": Fault(
        what="kill -9 of MinIO",
        strike=lambda servers, _site: servers.store.kill(),
        mend=lambda servers, _site: servers.store.start(),
        seconds=5,
    ),
    "s3-cut": Fault(
        what="Toxiproxy cuts S3",
        strike=lambda servers, _site: servers.way_to_store.cut(),
        mend=_mend_way,
        seconds=10,
    ),
    "s3-slow": Fault(
        what="Toxiproxy slows S3 to 1 KB/s",
        strike=lambda servers, _site: servers.way_to_store.slow(1),
        mend=_mend_way,
        seconds=40,
    ),
    "s3-reset": Fault(
        what="Toxiproxy resets S3",
        strike=lambda servers, _site: servers.way_to_store.reset(),
        mend=_mend_way,
        seconds=10,
    ),
    "disk": Fault(what="disk full under MinIO", strike=_fill, mend=_make_room, seconds=15),
    "postgresql": Fault(
        what="kill -9 of PostgreSQL's primary, its replica promoted",
        strike=_kill_primary,
        mend=_promote,
        seconds=3,
    ),
}


def suffer(fault: Fault, servers: Servers, site: Site) -> float:
    """Strike, wait, mend; return when it struck, by time.monotonic."""
    struck = time.monotonic()
    fault.strike(servers, site)
    time.sleep(fault.seconds)
    fault.mend(servers, site)
    return struck
