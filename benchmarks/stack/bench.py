"""What the production system does in a second, beside the embedded default in the same run.

    python -m benchmarks.stack.bench [--messages 2000] [--documents 200000] [--only NAME,…] [--seed N]

    embedded, servers, captures (two in place of one), workers (two of live mail and of bulk), queries

Capture: messages over SMTP until each is answered 250, then until each is searchable. Import: `import_mail --no-wait`
of an mbox until the workers have made everything searchable. CPU is of each part and its children. `queries`: both
engines are filled with made-up documents (benchmarks/search.py) and asked. Nothing goes through Toxiproxy; OpenSearch
has one node.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.search import Mail as Documents
from benchmarks.search import build, kinds, measure
from benchmarks.stack.catalogue import searchable
from benchmarks.stack.components import cpu_seconds, pids, since
from benchmarks.stack.mail import Mail, mail
from benchmarks.stack.sending import Senders
from benchmarks.stack.servers import Servers, servers
from benchmarks.stack.site import Site, site, wait_until
from muniment.engines.opensearch import Connection, Layout, OpenSearchEngine
from muniment.engines.tantivy import TantivyEngine

SYSTEMS = {  # captures, workers
    "embedded": (1, 1),
    "servers": (1, 1),
    "captures": (2, 1),
    "workers": (1, 2),
}
SECONDS = 1800
WARM_UP = 50
CLIENTS = 16  # of SMTP at once
ASKED = (
    "rare word", "common word", "two words", "phrase", "prefix*", "from:domain", "everything", "a scope of 20 people",
    "result page: common word", "result page: everything",
)  # fmt: skip
JVM = "-Xms1g -Xmx1g -XX:-AlwaysPreTouch"  # both compilers, unlike the tests


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One measured stretch: `first` until each message was durable, `whole` until each was searchable."""

    count: int
    first_seconds: float
    whole_seconds: float
    cpu: dict[str, float]  # seconds

    def text(self) -> str:
        per_thousand = {name: used / self.count * 1000 for name, used in self.cpu.items()}
        largest = sorted(per_thousand.items(), key=lambda one: -one[1])
        parts = ", ".join(f"{name} {used:.1f}" for name, used in largest if used >= 0.05)
        return (
            f"{self.count / self.first_seconds:.0f} | {self.count / self.whole_seconds:.0f} | "
            f"{sum(per_thousand.values()):.1f} | {parts}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--only", default=",".join([*SYSTEMS, "queries"]))
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    names = options.only.split(",")
    messages = mail(options.seed)
    say(f"seed {options.seed}, {options.messages} messages, load {os.getloadavg()[0]:.0f}\n")
    say("| system | stage | load | durable/s | searchable/s | CPU s per 1,000 | by part |")
    say(f"|{'---|' * 7}")
    with tempfile.TemporaryDirectory(prefix="muniment-bench-stack-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if "embedded" in names:
            with site(folder / "embedded", {}, captures=1, embedded=True) as made:
                row("embedded", made, None, messages, options.messages)
        with servers(folder, search_nodes=1, jvm=JVM) as running:
            for one in [one for one in SYSTEMS if one in names and one != "embedded"]:
                running.queue.ask("FLUSHALL")
                captures, workers = SYSTEMS[one]
                settings = running.settings(straight=True, database=f"bench_{one}")
                with site(folder / one, settings, captures=captures, workers=workers) as made:
                    row(one, made, running, messages, options.messages)
            if "queries" in names:
                queries(folder, running, options.documents)
    return 0


def row(name: str, made: Site, running: Servers | None, messages: Iterator[Mail], count: int) -> None:
    """Measure capture and import; print a row for each."""
    capture(made, running, messages, WARM_UP)
    for stage, act in (("capture", capture), ("import", imported)):
        load = os.getloadavg()[0]
        say(f"| {name} | {stage} | {load:.0f} | {act(made, running, messages, count).text()} |")


def capture(made: Site, running: Servers | None, messages: Iterator[Mail], count: int) -> Stage:
    """Send messages; wait until each is searchable."""
    port = made.balancer.smtp_port if made.balancer else made.processes["capture1"].port
    senders = Senders(port=port, messages=messages, wanted=count, clients=CLIENTS)
    there, parts = searchable(made), pids(made, running)
    before, began = cpu_seconds(parts), time.monotonic()
    senders.start()
    wait_until(senders.is_done, what="the senders", seconds=SECONDS, every=0.02)
    durable = time.monotonic() - began
    wait_until(lambda: searchable(made) >= there + count, what="everything searchable", seconds=SECONDS)
    return Stage(
        count=count,
        first_seconds=durable,
        whole_seconds=time.monotonic() - began,
        cpu=since(before, cpu_seconds(parts)),
    )


def imported(made: Site, running: Servers | None, messages: Iterator[Mail], count: int) -> Stage:
    """Import an mbox without waiting; wait until the workers have made each message searchable."""
    box = made.folder / "import.mbox"
    with box.open("wb") as file:
        for one in islice(messages, count):
            quoted = one.raw.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ")
            file.write(b"From sender@sender.test Mon Feb  2 10:00:00 2026\n" + quoted + b"\n")
    there, parts = searchable(made), pids(made, running)
    before, own, began = cpu_seconds(parts), os.times(), time.monotonic()
    done = made.json("import_mail", str(box), "--source", "bench", "--no-wait")
    durable = time.monotonic() - began
    command = os.times().children_user + os.times().children_system - own.children_user - own.children_system
    wait_until(lambda: searchable(made) >= there + done["sightings"], what="everything searchable", seconds=SECONDS)
    return Stage(
        count=done["sightings"],
        first_seconds=durable,
        whole_seconds=time.monotonic() - began,
        cpu=since(before, cpu_seconds(parts)) | {"import_mail": command},
    )


def queries(folder: Path, running: Servers, count: int) -> None:
    """Fill both engines with the same documents; print p50 and p99 of each kind of query."""
    remote = OpenSearchEngine(
        Connection(urls=tuple(node.url for node in running.search.nodes)), Layout(name="bench", replicas=0)
    )
    remote.check()
    remote.make()
    engines = {"Tantivy": TantivyEngine(folder / "index"), "OpenSearch": remote}
    asked = kinds(Documents(count), count)
    found: dict[str, Mapping[str, Mapping[str, float]]] = {}
    for name, engine in engines.items():
        load, made = os.getloadavg()[0], build(engine, Documents(count), count, 1_000)
        found[name] = {kind: measure(engine, *asked[kind], 50) for kind in ASKED}
        rate, now = made["messages_per_second"], os.getloadavg()[0]
        say(f"\n{name}: {count} documents, {rate:.0f}/s, load {load:.0f} to {now:.0f}")
    say(f"\n| query | hits | {' | '.join(f'{name} p50 ms | p99 ms' for name in found)} |")
    say(f"|{'---|' * (2 + 2 * len(found))}")
    for kind in ASKED:
        cells = [f"{found[name][kind]['p50_ms']:.0f} | {found[name][kind]['p99_ms']:.0f}" for name in found]
        say(f"| {kind} | {found['Tantivy'][kind]['hits']:.0f} | {' | '.join(cells)} |")


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
