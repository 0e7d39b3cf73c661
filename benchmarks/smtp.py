"""SMTP capture beside Postfix's smtp-sink, in one run: messages a second, and CPU of the server process a message.

    .venv/bin/python benchmarks/smtp.py            all rows, median of three
    .venv/bin/python benchmarks/smtp.py --quick    a few messages, once: does it run?

Servers: `durable` is `manage.py serve_smtp` on a fresh archive (sealed, compressed, encrypted, fsynced before 250, and
a task queued for each segment); `null` is the listener with an intake that keeps nothing; `smtp-sink` speaks SMTP and
throws the mail away. smtp-source sends to each in turn. Server and client are pinned to one core each. Needs Debian's
package postfix for the two programs; its service may stay off.
"""

import argparse
import asyncio
import base64
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from journaling.smtp.options import Limits, Listener, Options
from journaling.smtp.service import serve

ROOT = Path(__file__).resolve().parent.parent
SERVERS = ("durable", "null", "smtp-sink")
SESSIONS = (1, 20, 200)
SIZES = {"8 KiB": 8 * 1024, "100 KiB": 100 * 1024}
MESSAGES = {"8 KiB": {1: 300, 20: 4_000, 200: 4_000}, "100 KiB": {1: 150, 20: 1_200, 200: 1_200}}
SERVER_CORE, CLIENT_CORE = 0, os.cpu_count() - 1
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    per_second: float
    cpu_ms: float


class NullIntake:
    """Keeps nothing: shows what the listener itself costs."""

    failing = False

    def begin(self):
        pass

    def abandon(self):
        pass

    def reserve(self, _size_bytes):
        return True

    def release(self, _size_bytes):
        pass

    async def accept(self, _captured):
        await asyncio.sleep(0)

    async def close(self):
        pass


def serve_null():
    """Be the listener without an archive: print the port and serve until SIGTERM."""
    limits = Limits(connections=1_000, connections_per_client=1_000)
    serve(
        options=Options(hostname="bench.test", networks=(ip_network("127.0.0.0/8"),), limits=limits),
        listeners=(Listener(host="127.0.0.1", port=0),),
        make_intake=NullIntake,
        announce=lambda addresses: print(json.dumps({"listening": [{"port": addresses[0][2]}]}), flush=True),
    )


def start(name, data):
    """Start a server and return it with its port."""
    pin = ["taskset", "-c", str(SERVER_CORE)]
    if name == "smtp-sink":
        port = random.randint(20_000, 30_000)
        user = ["-u", "nobody"] if os.geteuid() == 0 else []  # it refuses to run as root
        process = subprocess.Popen([*pin, find("smtp-sink"), *user, f"127.0.0.1:{port}", "1024"])
        time.sleep(0.5)
        return process, port
    durable = [str(ROOT / "manage.py"), "serve_smtp", "--port", "0", "--json"]
    command = [*pin, sys.executable, *(durable if name == "durable" else [__file__, "--serve-null"])]
    settings = {"MUNIMENT_DATA": str(data), "MUNIMENT_SMTP_CONNECTIONS_PER_CLIENT": "1000"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ | settings
    )
    return process, json.loads(process.stdout.readline())["listening"][0]["port"]


def find(program):
    for folder in (None, "/usr/sbin"):
        found = shutil.which(program, path=folder)
        if found:
            return found
    sys.exit(
        f"{program} is missing. It comes with Debian's package postfix: apt-get install postfix (leave it stopped)."
    )


def make_message(path, size):
    """Write a message: text of 2,000 words, then an attachment in base64, half and half."""
    source = random.Random(20)
    words = ["".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=source.randint(2, 10))) for _ in range(2_000)]
    lines = ["From: <a@bench.test>", "To: <b@bench.test>", "Subject: bench", "Message-ID: <1@bench.test>", ""]
    length = 0
    while length < size // 2:
        lines.append(" ".join(source.choices(words, k=11)))
        length += len(lines[-1]) + 2
    while length < size - 200:
        lines.append(base64.b64encode(source.randbytes(57)).decode())
        length += 78
    path.write_text("\n".join(lines) + "\n")


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def send(port, message, *, sessions, messages, reused):
    command = ["taskset", "-c", str(CLIENT_CORE), find("smtp-source"), "-s", str(sessions), "-m", str(messages)]
    reuse = ["-d"] if reused else []
    subprocess.run([*command, *reuse, "-F", str(message), f"127.0.0.1:{port}"], check=True, timeout=600)


def measure(name, message, folder, *, sessions, messages, reused):
    data = Path(tempfile.mkdtemp(dir=folder))
    process, port = start(name, data)
    try:
        send(port, message, sessions=min(sessions, 20), messages=100, reused=reused)  # warm up
        before, began = cpu_seconds(process.pid), time.perf_counter()
        send(port, message, sessions=sessions, messages=messages, reused=reused)
        taken, cpu = time.perf_counter() - began, cpu_seconds(process.pid) - before
    finally:
        process.terminate()
        process.wait(60)
    # The data stay until the end, and a second run wants another --folder at the root of the disk: ext4 passes over
    # inodes that were deleted in the last minutes one by one, so that a file made where thousands were just removed
    # costs 0.8 ms instead of 0.02 (our measurement).
    return Result(per_second=messages / taken, cpu_ms=cpu * 1000 / messages)


def sync_ms(folder):
    """Return what it takes the disk, right now, to make 8 KiB in a new file durable: the median of 50, in ms."""
    taken = []
    for number in range(50):
        began = time.perf_counter()
        descriptor = os.open(folder / f"probe-{random.getrandbits(64)}-{number}", os.O_WRONLY | os.O_CREAT)
        os.write(descriptor, bytes(8192))
        os.fsync(descriptor)
        os.close(descriptor)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000


def median(results):
    return Result(
        per_second=statistics.median(result.per_second for result in results),
        cpu_ms=statistics.median(result.cpu_ms for result in results),
    )


def row(folder, size, sessions, *, reused, quick, runs):
    """Measure the servers in turn, so that a slower moment of the machine meets all of them."""
    message = folder / "message"
    make_message(message, SIZES[size])
    messages = 200 if quick else MESSAGES[size][sessions]
    found = [
        [measure(name, message, folder, sessions=sessions, messages=messages, reused=reused) for name in SERVERS]
        for _ in range(runs)
    ]
    return dict(zip(SERVERS, map(median, zip(*found, strict=True)), strict=True))


def run(*, folder, quick, runs):
    print("| size | sessions | connections | durable msg/s (CPU ms) | null | smtp-sink | durable / sink | one sync |")
    print("|---|---|---|---|---|---|---|---|")
    for size in SIZES:
        for sessions in SESSIONS:
            for reused in (False, True):
                sync = sync_ms(folder)
                found = row(folder, size, sessions, reused=reused, quick=quick, runs=runs)
                cells = [f"{found[name].per_second:.0f} ({found[name].cpu_ms:.2f})" for name in SERVERS]
                ratio = found["durable"].per_second / found["smtp-sink"].per_second
                kind = "reused" if reused else "new"
                print(
                    f"| {size} | {sessions} | {kind} | {' | '.join(cells)} | {ratio:.2f} | {sync:.2f} ms |", flush=True
                )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few messages, once")
    parser.add_argument("--runs", type=int, default=3, help="runs of each row; the median is printed (default: 3)")
    parser.add_argument("--folder", type=Path, default=None, help="disk to measure on (default: the temporary folder)")
    parser.add_argument("--serve-null", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve_null:
        serve_null()
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        run(folder=Path(folder), quick=arguments.quick, runs=1 if arguments.quick else arguments.runs)


if __name__ == "__main__":
    main()
