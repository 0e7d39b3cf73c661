"""kill -9 of what mail comes in by: SMTP capture, an import, and the web beside them."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256

from benchmarks.faults.outcome import Outcome, judge
from benchmarks.faults.place import Place, message, wait_for
from benchmarks.faults.sending import STEADY_PAUSE, Senders


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
