"""Measure Tantivy and OpenSearch side by side: the same made-up mail, the same queries, the same machine, in turn.

    python -m benchmarks.search_engines [--messages 15000] [--rounds 40] [--json]

One node of OpenSearch with 1 GiB of heap is started for it on loopback (`tests.live.servers.opensearch`), one shard, no
replica. CPU of OpenSearch is of its process; ours is of this one, for both. The hits of both are compared.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from benchmarks.search import Mail, kinds, measure
from muniment.engines.opensearch import Connection, Layout, OpenSearchEngine
from muniment.engines.port import SearchEngine
from muniment.engines.tantivy import TantivyEngine
from tests.live.servers.opensearch import Cluster, opensearch

JVM = "-Xms1g -Xmx1g"
TICKS = os.sysconf("SC_CLK_TCK")
KINDS = (
    "rare word",
    "middling word",
    "common word",
    "common word, by relevance",
    "two words",
    "without a word",
    "phrase",
    "w/5",
    "prefix*",
    "*suffix",
    "fuzzy~2",
    "from:domain",
    "everything",
    "everything, by sender",
    "everything, middle page",
    "a scope of 20 people",
    "result page: middling word",
    "result page: everything",
)


def cpu_of(pid: int) -> float:
    """Return the seconds of processor that a process has taken, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def build(engine: SearchEngine, messages: int, batch: int, server: int) -> dict[str, float]:
    """Index the messages; making them is not counted."""
    engine.clear()
    mail = iter(Mail(messages))
    wall = ours = theirs = 0.0
    for start in range(0, messages, batch):
        documents = list(islice(mail, min(batch, messages - start)))
        before = time.perf_counter(), time.process_time(), cpu_of(server)
        engine.put(documents)
        wall += time.perf_counter() - before[0]
        ours += time.process_time() - before[1]
        theirs += cpu_of(server) - before[2]
    return {
        "messages_per_second": messages / wall,
        "our_cpu_ms_per_message": ours / messages * 1000,
        "server_cpu_ms_per_message": theirs / messages * 1000,
    }


def size_mib(folder: Path) -> float:
    """Return the size of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / (1 << 20)


def compare(cluster: Cluster, folder: Path, messages: int, rounds: int) -> dict[str, object]:
    """Build both, then ask each kind of query of one and of the other."""
    node = cluster.nodes[0]
    remote = OpenSearchEngine(Connection(urls=(node.url,)), Layout(name="bench"))
    remote.check()
    engines: dict[str, SearchEngine] = {"tantivy": TantivyEngine(folder / "index"), "opensearch": remote}
    report: dict[str, object] = {"messages": messages, "load": os.getloadavg(), "queries": {}}
    for name, engine in engines.items():
        report[name] = build(engine, messages, 1000, node.pid)
    report["mib"] = {
        "tantivy": size_mib(folder / "index"),
        "opensearch": size_mib(node.data / "nodes" / "0" / "indices"),
    }
    mail = Mail(messages)
    for kind, (queries, options) in kinds(mail, messages).items():
        if kind in KINDS:
            found = {name: measure(engine, queries, options, rounds) for name, engine in engines.items()}
            if found["tantivy"]["hits"] != found["opensearch"]["hits"]:
                raise SystemExit(f"{kind}: the engines do not agree: {found}")
            report["queries"][kind] = found
    return report


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--messages", type=int, default=15_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, opensearch(jvm=JVM) as cluster:
        report = compare(cluster, Path(scratch), arguments.messages, arguments.rounds)
    if arguments.json:
        print(json.dumps(report))
        return
    print(f"{arguments.messages} messages, {datetime.now(UTC):%Y-%m-%d}, load {report['load'][0]:.0f}")
    for name in ("tantivy", "opensearch"):
        figures = "  ".join(f"{key} {value:.2f}" for key, value in report[name].items())
        print(f"{name:12} {figures}  {report['mib'][name]:.0f} MiB")
    for kind, found in report["queries"].items():
        times = " | ".join(f"{one['p50_ms']:.2f} / {one['p99_ms']:.2f}" for one in found.values())
        print(f"| {kind} | {found['tantivy']['hits']:.0f} | {times} |")


if __name__ == "__main__":
    sys.exit(main())
