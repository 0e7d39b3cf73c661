"""Faults under live capture on the servers of a company, all as processes of this machine.

    python -m benchmarks.stack [--messages 20000] [--only NAME,…] [--seed N] [--search-nodes 3]

    none, capture, worker, web, redis, opensearch, minio, s3-cut, s3-slow, s3-reset, disk, postgresql, loss

PostgreSQL with a streaming replica, MinIO (Object Lock) on a disk of its own behind Toxiproxy, Redis, OpenSearch,
HAProxy, two capture nodes, a worker for each queue, beat, web. One archive for all; the faults strike one after the
other, each at a random moment while so many messages are sent through HAProxy, the next when all are searchable. At the
end each answered message is looked for, and `verify` and `reconcile` run. `loss`: then database, index and queue are
lost, and `rebuild all` must bring back the same. Exit code 1 if anything is wrong. Needs root, for the disk.
docs/faults.md keeps the figures.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.stack.faults import FAULTS
from benchmarks.stack.judging import HEADINGS, check, compare, endure
from benchmarks.stack.loss import lose_all
from benchmarks.stack.mail import mail
from benchmarks.stack.servers import servers
from benchmarks.stack.site import site

DISK_MEBIBYTES = 4096


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--only", default=",".join([*FAULTS, "loss"]))
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--search-nodes", type=int, default=3)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that servers and disk are gone afterwards
    names = options.only.split(",")
    say(f"seed {options.seed}, {options.messages} messages for each fault, {options.search_nodes} OpenSearch nodes")
    with tempfile.TemporaryDirectory(prefix="muniment-stack-") as name:
        Path(name).chmod(0o755)
        return run(Path(name), names, options)


def run(folder: Path, names: list[str], options: argparse.Namespace) -> int:
    """Run the faults; print a row for each."""
    messages, chooser = mail(options.seed), random.Random(options.seed)
    began = time.monotonic()
    with servers(folder, search_nodes=options.search_nodes, disk_mebibytes=DISK_MEBIBYTES) as running:
        say(f"servers are up after {time.monotonic() - began:.0f} s")
        with site(folder / "archive", running.settings()) as made:
            say(f"the archive is up after {time.monotonic() - began:.0f} s")
            rows = []
            for name in filter(FAULTS.__contains__, names):
                rows.append(endure(FAULTS[name], running, made, messages, count=options.messages, chooser=chooser))
                say(f"{time.monotonic() - began:.0f} s: {name}, {len(rows[-1].answered)} messages answered")
            compare(rows, made, chooser)
            faults = check(made)
            say(f"\n| {HEADINGS} |\n|{'---|' * (HEADINGS.count('|') + 1)}")
            say("\n".join(row.text() for row in rows))
            say(f"\nverify and reconcile after all of them: {'; '.join(faults) or 'nothing'}")
            if "loss" in names:
                load, mails = os.getloadavg()[0], [one for row in rows for one in row.made]
                loss = lose_all(running, made, mails=mails, chooser=chooser)
                faults += loss.faults
                say(f"\n{loss.text()}; load {load:.0f} to {os.getloadavg()[0]:.0f}")
            faults += [fault for row in rows for fault in row.faults]
            if faults:
                sys.stderr.write(made.logs())
    return 1 if faults else 0


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
