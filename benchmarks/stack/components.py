"""CPU seconds of each part of a system, its processes and all below them, from /proc. Linux only."""

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.stack.servers import Servers
from benchmarks.stack.site import Site

TICKS = os.sysconf("SC_CLK_TCK")


def pids(site: Site, servers: Servers | None) -> dict[str, list[int]]:
    """Return the processes of each part."""
    found: dict[str, list[int]] = defaultdict(list)
    for process in site.processes.values():
        found[process.name.rstrip("0123456789")].append(process.pid)
    if site.balancer is not None:
        found["HAProxy"].append(site.balancer.pid)
    if servers is not None:
        found["PostgreSQL"] += [servers.database.pid, servers.replica.pid]
        found["MinIO"].append(servers.store.pid)
        found["Redis"].append(servers.queue.pid)
        found["OpenSearch"] += [node.pid for node in servers.search.nodes]
    return found


def cpu_seconds(parts: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """Return what each part has used until now, children that ended included."""
    children: dict[int, list[int]] = defaultdict(list)
    used: dict[int, float] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended
        children[int(fields[1])].append(int(folder.name))
        used[int(folder.name)] = sum(map(int, fields[11:15])) / TICKS
    return {name: sum(_tree(pid, children, used) for pid in roots) for name, roots in parts.items()}


def since(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Return what was used between two looks."""
    return {name: after[name] - before[name] for name in after}


def _tree(root: int, children: Mapping[int, list[int]], used: Mapping[int, float]) -> float:
    total, waiting = 0.0, [root]
    while waiting:
        pid = waiting.pop()
        total += used.get(pid, 0.0)
        waiting += children.get(pid, ())
    return total
