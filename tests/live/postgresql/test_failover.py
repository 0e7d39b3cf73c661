"""kill -9 of PostgreSQL's primary under capture and import, and promotion of its replica: nothing answered is lost.

The settings name both servers and stay as they are. Capture goes on without a database; the workers, which are left to
themselves, catalogue what the promoted server lacks. With asynchronous replication it lacks something here: it is cut
off before the primary dies.
"""

import signal
import time
from hashlib import sha256

import pytest

from benchmarks.faults.outcome import Outcome, judge
from benchmarks.faults.place import Place, message, wait_for
from benchmarks.faults.sending import STEADY_PAUSE, Senders
from benchmarks.faults.workers import _end, _workers
from tests.live.servers.postgresql import USER, postgresql, replica_of

pytestmark = pytest.mark.timeout(900)
IMPORTED = 600
SECONDS = 180


def place_of(folder, primary, replica):
    place = Place(folder)
    hosts = f"127.0.0.1:{primary.port},127.0.0.1:{replica.port}"
    place.environment["DATABASE_URL"] = f"postgres://{USER}:{primary.password}@{hosts}/archive"
    place.environment["DATABASE_REPLICA_URL"] = replica.url("archive")
    return place


def cut(replica):
    """Make the replica stop following: what the primary writes from now on dies with it."""
    replica.sql("ALTER SYSTEM SET primary_conninfo = ''")
    replica.sql("SELECT pg_reload_conf()")


def all_done(place):
    """Wait for the workers to catalogue and index everything by themselves; return after how many seconds."""
    began = time.monotonic()
    while True:
        found = place.json("status")
        if not (found["segments_uncatalogued"] or found["waiting_for_index"]):
            return time.monotonic() - began
        assert time.monotonic() - began < SECONDS, found
        time.sleep(1)


def mbox(folder, chooser):
    raws = [message(10**6 + number, chooser) for number in range(IMPORTED)]
    file = folder / "all.mbox"
    file.write_bytes(b"".join(b"From ann@corp.example Mon Feb  2 10:00:00 2026\n" + raw + b"\n" for raw in raws))
    return file, [sha256(raw).hexdigest() for raw in raws]


@pytest.mark.parametrize("synchronous", [False, True], ids=["asynchronous, and behind", "synchronous"])
def test_every_answered_message_is_there_once(synchronous, tmp_path, random_numbers):
    with postgresql() as primary:
        primary.new_database("archive")
        with replica_of(primary, synchronous=synchronous) as replica:
            place = place_of(tmp_path / "archive", primary, replica)
            place.json("status")  # makes the tables
            file, imported = mbox(tmp_path, random_numbers)
            capture = place.start("serve_smtp")
            wait_for(place.smtp_port)
            senders = Senders(place.smtp_port, seed=1, pause=STEADY_PAUSE)
            workers = _workers(place)
            try:
                importing = place.start("import_mail", str(file), "--source", "box")
                time.sleep(3)
                if not synchronous:
                    cut(replica)
                    time.sleep(2)
                before = len(senders.acknowledged)
                primary.stop(signal.SIGKILL)
                time.sleep(1)
                meanwhile = len(senders.acknowledged) - before
                replica.promote()
                importing.wait(SECONDS)
                time.sleep(2)
                senders.stop()
                assert place.json("import_mail", str(file), "--source", "box")["items"] == IMPORTED
                seconds = all_done(place)
            finally:
                senders.stop()
                _end(workers)
                capture.terminate()
                capture.wait(60)
            outcome = judge(Outcome("kill -9 of the primary"), place, [*senders.acknowledged, *imported])
    assert meanwhile > 0
    assert seconds < SECONDS
    assert (outcome.lost, outcome.twice, outcome.damaged, outcome.differences) == (0, 0, 0, {})


@pytest.fixture
def random_numbers():
    import random

    return random.Random(20261125)
