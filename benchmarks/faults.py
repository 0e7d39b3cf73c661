"""Kill, fill and damage a running archive, and look for what is missing.

    python -m benchmarks.faults [--rounds 30] [--only capture,import,worker,web,full,flipped] [--seed N]

Each scenario works on an archive of its own in a temporary folder, with the commands of the project as processes. It
prints one row a scenario: how many messages were acknowledged, lost, twice, and what verify and reconcile say. Exit
code 1 if anything acknowledged is lost, twice or damaged. tests/flow/crash runs the same scenarios with few rounds.
"""

import argparse
import json
import os
import random
import shutil
import signal
import smtplib
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SENDERS = 6
WAIT_SECONDS = 30
FINISH_SECONDS = 300
STEADY_PAUSE = 0.05  # seconds between a sender's messages, where not capture but what follows it is killed


@dataclass(slots=True)
class Outcome:
    """What one scenario found."""

    scenario: str
    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    twice: int = 0
    damaged: int = 0
    differences: dict = field(default_factory=dict)
    note: str = ""
    skipped: bool = False

    @property
    def good(self) -> bool:
        return not (self.lost or self.twice or self.damaged or self.differences)


class Place:
    """One archive in a folder, and the commands that work on it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.smtp_port, self.web_port = free_port(), free_port()
        self.environment = os.environ | {
            "MUNIMENT_DATA": str(data),
            "MUNIMENT_SMTP_PORT": str(self.smtp_port),
            "MUNIMENT_WEB_PORT": str(self.web_port),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *arguments]

    def start(self, *arguments: str, module: bool = False, **options) -> subprocess.Popen:
        command = [sys.executable, *arguments] if module else self.command(*arguments)
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **options,
        )

    def json(self, *arguments: str) -> dict:
        done = subprocess.run(
            self.command(*arguments, "--json"),
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if not done.stdout.strip():
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)

    def digests(self) -> Counter:
        """Return how many sightings the catalogue has of each raw digest."""
        with sqlite3.connect(self.data / "catalogue.sqlite3") as database:
            return Counter(row[0] for row in database.execute("select sha256 from archive_sighting"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int, *, seconds: float = WAIT_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"nothing listens on port {port}")


def message(number: int, chooser: random.Random) -> bytes:
    words = " ".join(chooser.choice(("invoice", "contract", "cargo", "été", "port", "délai")) for _ in range(40))
    return (
        f"From: ann@corp.example\r\nTo: bob@corp.example\r\nSubject: number {number}\r\n"
        f"Message-ID: <{number}.{chooser.getrandbits(64)}@corp.example>\r\nDate: Mon, 02 Feb 2026 10:00:00 +0100\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{words}\r\n"
    ).encode()


class Senders:
    """Threads that send distinct messages as fast as they are answered, and note which were answered 250."""

    def __init__(self, port: int, *, seed: int, pause: float = 0.0) -> None:
        self.port = port
        self._pause = pause
        self.acknowledged: list[str] = []
        self.sent: list[str] = []
        self._stop = threading.Event()
        self._numbers = iter(range(10**9))
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._run, args=(random.Random(f"{seed}/{place}"),)) for place in range(SENDERS)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, chooser: random.Random) -> None:
        while not self._stop.is_set():
            with suppress(OSError, smtplib.SMTPException), smtplib.SMTP("127.0.0.1", self.port, timeout=20) as client:
                while not self._stop.is_set():
                    with self._lock:
                        number = next(self._numbers)
                    raw = message(number, chooser)
                    digest = sha256(raw).hexdigest()
                    self.sent.append(digest)
                    client.sendmail("ann@corp.example", ["bob@corp.example"], raw, mail_options=["BODY=8BITMIME"])
                    self.acknowledged.append(digest)
                    time.sleep(self._pause)
            time.sleep(0.02)


def judge(outcome: Outcome, place: Place, expected: list[str]) -> Outcome:
    """Catalogue and index what is waiting, then compare what was promised with what is there."""
    place.json("reconcile", "--repair")
    found = place.digests()
    outcome.acknowledged = len(expected)
    outcome.lost = sum(found[digest] == 0 for digest in expected)
    outcome.twice = sum(count > 1 for count in found.values())
    outcome.damaged = len(place.json("verify")["damaged"])
    outcome.differences = place.json("reconcile")["differences"]
    return outcome


@contextmanager
def killed_at_random(start: Callable[[], subprocess.Popen], chooser: random.Random, rounds: int) -> Iterator[int]:
    """Start a process, kill it with SIGKILL after a random while, `rounds` times; the last one is left to run."""
    for _ in range(rounds):
        process = start()
        time.sleep(chooser.uniform(0.05, 0.8))
        process.send_signal(signal.SIGKILL)
        process.wait()
    process = start()
    try:
        yield rounds
    finally:
        process.terminate()
        process.wait(60)


def capture(place: Place, chooser: random.Random, rounds: int) -> Outcome:
    """SMTP capture is killed while six senders send without pause."""

    def start() -> subprocess.Popen:
        process = place.start("serve_smtp")
        wait_for(place.smtp_port)
        return process

    senders = Senders(place.smtp_port, seed=chooser.getrandbits(32))
    try:
        with killed_at_random(start, chooser, rounds) as kills:
            time.sleep(0.5)
            senders.stop()
    finally:
        senders.stop()
    return judge(Outcome("kill -9 of SMTP capture", kills=kills), place, senders.acknowledged)


def imports(place: Place, chooser: random.Random, rounds: int) -> Outcome:
    """An import is killed, and repeated until it ends by itself."""
    raws = [message(number, chooser) for number in range(800 * (rounds + 1))]
    mailbox = place.data.parent / "all.mbox"
    mailbox.write_bytes(b"".join(b"From ann@corp.example Mon Feb  2 10:00:00 2026\n" + raw + b"\n" for raw in raws))
    arguments = ("import_mail", str(mailbox), "--source", "crash")
    place.json("status")
    kills = 0
    for _ in range(rounds):
        process = place.start(*arguments)
        try:
            process.wait(chooser.uniform(0.6, 3.0))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
    last = place.json(*arguments)
    outcome = judge(Outcome("kill -9 of import", kills=kills), place, [sha256(raw).hexdigest() for raw in raws])
    outcome.note = f"the last run found {last['items']} items, {last['sightings']} of them not there yet"
    return outcome


def _workers(place: Place) -> subprocess.Popen:
    command = ["-m", "celery", "-A", "config", "worker", "--concurrency", "1", "--hostname", "worker@localhost"]
    command += ["--without-gossip", "--without-mingle", "--queues", "catalogue,index,text", "--beat"]
    return place.start(*command, module=True, start_new_session=True)


def worker(place: Place, chooser: random.Random, rounds: int) -> Outcome:
    """The workers are killed with their children while mail comes in; then they are left to finish by themselves."""
    capturing = place.start("serve_smtp")
    wait_for(place.smtp_port)
    senders = Senders(place.smtp_port, seed=chooser.getrandbits(32), pause=STEADY_PAUSE)
    try:
        for _ in range(rounds):
            process = _workers(place)
            time.sleep(chooser.uniform(2.5, 6.0))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        senders.stop()
    finally:
        senders.stop()
        capturing.terminate()
        capturing.wait(60)
    by_killed = sum(place.digests().values())
    seconds = _finished_after(place)
    outcome = judge(Outcome("kill -9 of workers", kills=rounds), place, senders.acknowledged)
    outcome.note = (
        f"{by_killed} catalogued by the killed workers, the rest by the next one and its sweep in {seconds:.0f} s"
    )
    return outcome


def _finished_after(place: Place) -> float:
    """Start workers that nobody kills; return the seconds until nothing waits any more."""
    started = time.monotonic()
    process = _workers(place)
    try:
        while time.monotonic() - started < FINISH_SECONDS:
            found = place.json("status")
            if not (found["segments_uncatalogued"] or found["waiting_for_index"]):
                return time.monotonic() - started
            time.sleep(0.5)
        raise RuntimeError(f"work was still waiting after {FINISH_SECONDS} s: {found}")
    finally:
        _end(process)


def _end(process: subprocess.Popen) -> None:
    """Stop workers as the supervisor does: ask the first process, and kill the group if it has not ended in time."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def web(place: Place, chooser: random.Random, rounds: int) -> Outcome:
    """The web is killed while it is asked, beside capture that goes on."""

    def start() -> subprocess.Popen:
        process = place.start(
            "-m", "gunicorn", "--workers", "1", "--bind", f"127.0.0.1:{place.web_port}", "config.wsgi:application",
            module=True, start_new_session=True,
        )  # fmt: skip
        wait_for(place.web_port)
        return process

    place.json("status")
    capturing = place.start("serve_smtp")
    wait_for(place.smtp_port)
    senders = Senders(place.smtp_port, seed=chooser.getrandbits(32), pause=STEADY_PAUSE)
    try:
        for _ in range(rounds):
            process = start()
            time.sleep(chooser.uniform(0.05, 0.3))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    finally:
        senders.stop()
        capturing.terminate()
        capturing.wait(60)
    return judge(Outcome("kill -9 of web", kills=rounds), place, senders.acknowledged)


def full(place: Place, chooser: random.Random, _rounds: int) -> Outcome:
    """The disk fills up under capture: a tmpfs where that can be mounted, else a limit on the size of files."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place.data)], capture_output=True, check=False
    )
    if mounted.returncode:
        note = "no tmpfs can be mounted here; tests/contract/stores covers a file size limit"
        return Outcome("full disk", skipped=True, note=note)
    try:
        capturing = place.start("serve_smtp")
        wait_for(place.smtp_port)
        senders = Senders(place.smtp_port, seed=chooser.getrandbits(32))
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and shutil.disk_usage(place.data).free > 64 * 1024:
            time.sleep(0.2)
        time.sleep(1)
        reached = len(senders.acknowledged)
        subprocess.run(["mount", "-o", "remount,size=256m", str(place.data)], check=True)
        time.sleep(2)
        senders.stop()
        capturing.terminate()
        capturing.wait(60)
        outcome = judge(Outcome("full disk (tmpfs)"), place, senders.acknowledged)
        outcome.note = (
            f"{reached} answered 250 until it was full, {len(senders.acknowledged) - reached} after room was made"
        )
    finally:
        subprocess.run(["umount", "-l", str(place.data)], check=False)
    return outcome


def flipped(place: Place, chooser: random.Random, _rounds: int) -> Outcome:
    """One bit of a segment is flipped on the disk: verify must name it."""
    raws = [message(number, chooser) for number in range(200)]
    folder = place.data.parent / "mail"
    folder.mkdir()
    for number, raw in enumerate(raws):
        (folder / f"{number}.eml").write_bytes(raw)
    place.json("import_mail", str(folder), "--source", "flip")
    segment = next(path for path in (place.data / "vault" / "objects").rglob("*") if path.is_file())
    content = bytearray(segment.read_bytes())
    place_of_bit = chooser.randrange(1_000, len(content) // 2)
    content[place_of_bit] ^= 1 << chooser.randrange(8)
    segment.chmod(0o600)
    segment.write_bytes(content)
    report = place.json("verify")
    named = [item for item in report["damaged"] if item.get("sighting")]
    outcome = Outcome("one flipped bit", acknowledged=200)
    outcome.lost = (
        0 if any(item.get("segment", "").replace("-", "") == segment.name for item in report["damaged"]) else 1
    )
    outcome.note = f"verify named the segment and {len(named)} sighting; {report['sightings']} others proved unchanged"
    return outcome


SCENARIOS = {
    "capture": capture, "import": imports, "worker": worker, "web": web, "full": full, "flipped": flipped,
}  # fmt: skip


def run(name: str, *, rounds: int, seed: int) -> Outcome:
    """Run one scenario on a fresh archive."""
    folder = Path(tempfile.mkdtemp(prefix="muniment-faults-"))
    data = folder / "var"
    data.mkdir()
    try:
        return SCENARIOS[name](Place(data), random.Random(seed), rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def row(outcome: Outcome) -> str:
    """Return one row of the table."""
    values = [value for name, value in asdict(outcome).items() if name != "skipped"]
    return "| " + " | ".join(str(value or "-" if isinstance(value, dict) else value) for value in values) + " |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--only", default=",".join(SCENARIOS))
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.rounds} rounds")
    print("| fault | kills | answered 250 | lost | twice | damaged | differences | note |")
    print("|---|---|---|---|---|---|---|---|")
    good = True
    for name in options.only.split(","):
        outcome = run(name, rounds=options.rounds, seed=options.seed)
        good = good and outcome.good
        print(row(outcome), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
