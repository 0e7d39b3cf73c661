"""Database, index and queue are lost together; buckets and keys stay. `rebuild all` must bring back the same."""

import json
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.request import Request, urlopen

from benchmarks.stack.catalogue import messages_by_digest
from benchmarks.stack.judging import check
from benchmarks.stack.mail import Mail
from benchmarks.stack.servers import DATABASE, Servers
from benchmarks.stack.site import Site

SEARCHED = 200


@dataclass(slots=True, kw_only=True)
class Loss:
    """What a rebuild found. `faults`: what is not as it was, in words."""

    messages: int
    sightings: int
    segments: int
    seconds: float
    faults: list[str] = field(default_factory=list)

    def text(self) -> str:
        rate = self.seconds / max(1, self.sightings) * 100_000
        wrong = (
            "; ".join(self.faults)
            or "nothing: the same ids of messages and sightings, searched, verified; the audit trail is told as lost"
        )
        return (
            f"rebuild all: {self.sightings} sightings of {self.messages} messages in {self.segments} segments, "
            f"{self.seconds:.0f} s, which is {rate:.0f} s for 100,000; wrong: {wrong}"
        )


def lose_all(servers: Servers, site: Site, *, mails: Sequence[Mail], chooser: random.Random) -> Loss:
    """Lose everything but the buckets, rebuild, compare. Some of `mails` are searched for."""
    before = site.reads("catalogue")
    for process in site.processes.values():
        process.kill()
    _forget(servers, site)
    began = time.monotonic()
    site.prepare()
    counts = site.json("rebuild", "all")
    seconds = time.monotonic() - began
    after = site.reads("catalogue")
    found = Loss(
        messages=len(after["Message"]), sightings=len(after["Sighting"]), segments=counts["segments"], seconds=seconds
    )
    for kind, ids in before.items():
        if ids != after[kind]:
            found.faults.append(f"{kind}: {len(ids)} before, {len(after[kind])} now, other ids")
    asked = chooser.sample(mails, min(SEARCHED, len(mails)))
    hits, by_digest = site.reads("found", given=json.dumps([one.word for one in asked])), messages_by_digest(site)
    wrong = sum(hits[one.word] != list(dict.fromkeys(by_digest.get(one.digest, ()))) for one in asked)
    if wrong:
        found.faults.append(f"{wrong} of {len(asked)} words do not find their message alone")
    found.faults += check(site, trail_was_lost=True)
    return found


def _forget(servers: Servers, site: Site) -> None:
    """Drop the database, every index, and what Redis holds."""
    database = servers.database if servers.database.pid else servers.replica
    database.sql(f'DROP DATABASE "{DATABASE}" WITH (FORCE)')
    database.new_database(DATABASE)
    node = next(node for node in servers.search.nodes if node.pid)
    names = ",".join(node.get(f"/{site.shared['MUNIMENT_SEARCH_NAME']}*/_settings"))
    with urlopen(Request(f"{node.url}/{names}", method="DELETE"), timeout=60):
        pass
    servers.queue.stop(signal.SIGKILL)
    servers.queue.forget()
    servers.queue.start()
