"""Mail over Redis: found soon; found once whatever is killed; live mail before any import; and kept out in time."""

import json
import mailbox
import os
import signal
import smtplib
import sys
import time
from email import message_from_bytes

import pytest

from tests.live.work.site import WORKERS, Sender, message, send, site, wait_until

IMPORTED = 2_000
BULK = int(os.environ.get("BULK_SEGMENTS", "4000"))
LIVE_SECONDS = 15  # the sweep leaves what is younger than that to the queue


@pytest.fixture
def mbox(tmp_path):
    """Return a mailbox of some thousand messages."""
    path = tmp_path / "mail.mbox"
    box = mailbox.mbox(path)
    for number in range(IMPORTED):
        box.add(message_from_bytes(message(number, subject="imported")))
    box.close()
    return path


def test_imported_mail_is_found_once_though_workers_are_killed_at_it(site, mbox):
    site.start(*WORKERS)
    site.run("import_mail", str(mbox), "--source", "old", "--no-wait")
    wait_until(lambda: site.searchable() > 0, what="the first message", site=site)
    site.kill("worker", "sweep", "bulk")
    left = IMPORTED - site.searchable()
    site.start("worker", "sweep", "bulk")
    wait_until(lambda: site.searchable() == IMPORTED, what="all messages", site=site)
    found = json.loads(site.run("search_mail", "subject:imported", "--json"))

    assert left > 0
    assert (found["total"], site.status()["documents"]) == (IMPORTED, IMPORTED)
    assert set(site.digests().values()) == {1}


def test_nothing_is_lost_and_nobody_needed_when_redis_dies_with_its_data_while_mail_comes_in(site, queue):
    site.start("capture", *WORKERS)
    sender = Sender(site.port, subject="steady")
    wait_until(lambda: site.searchable() > 20, what="mail before the fault", site=site)
    queue.stop(signal.SIGKILL)
    queue.forget()
    before = len(sender.kept)
    time.sleep(8)
    during = len(sender.kept) - before
    queue.start()
    time.sleep(3)
    sender.stop()
    wait_until(lambda: site.searchable() >= len(sender.kept), what="what was sent", site=site)
    send(site.port, [message(1, subject="afterwards")])
    seconds = wait_until(lambda: site.is_searchable("afterwards 1"), what="mail afterwards", site=site)
    digests = site.digests()

    assert sender.refusals == []
    assert during > before / 10  # capture did not wait for the queue
    assert sender.slowest < 5
    assert {digest: digests[digest] for digest in sender.kept} == dict.fromkeys(sender.kept, 1)
    assert site.status()["documents"] == len(sender.kept) + 1
    assert seconds < LIVE_SECONDS  # workers listen to the new server by themselves


def test_live_mail_is_found_soon_while_an_import_of_any_size_waits(site, capsys):
    site.run("tests.live.work.prepare", "bulk", str(BULK), module=True)
    site.start("capture", *WORKERS)
    wait_until(lambda: site.searchable() > 0, what="the first of the import", site=site)
    seconds, left = [], []
    for number in range(3):
        send(site.port, [message(number, subject="live")])
        seconds.append(wait_until(lambda: site.is_searchable(f"live {number}"), what="live mail", site=site))  # noqa: B023
        left.append(BULK + number + 1 - site.searchable())
    with capsys.disabled():
        sys.stdout.write(f"\nlive mail was searchable after {seconds} s while {left} of {BULK} segments waited\n")

    assert left[0] > 0  # on a fast machine the import may be done before the last of them
    assert max(seconds) < LIVE_SECONDS


def test_another_beat_takes_over_from_one_that_was_killed(site, queue):
    site.start("beat")
    wait_until(lambda: queue.ask("LLEN", "sweep"), what="the first beat", site=site)
    first = site.processes.pop("beat")
    site.start("beat")
    time.sleep(5)
    queue.ask("FLUSHALL")
    site.processes["first"] = first
    site.kill("first")

    wait_until(lambda: queue.ask("LLEN", "sweep"), what="the second beat", site=site)


def test_senders_wait_while_too_much_waits_and_nothing_of_theirs_is_lost(queue, empty):
    with site(queue.url, like=empty, MUNIMENT_BACKLOG_SEGMENTS="20") as slow:
        slow.start("capture")
        sender = Sender(slow.port, subject="patient")
        wait_until(lambda: sender.refusals, what="451", site=slow)
        kept_before = len(sender.kept)
        slow.start(*WORKERS)
        wait_until(lambda: len(sender.kept) > kept_before + 5, what="mail that is taken again", site=slow)
        sender.stop()
        wait_until(lambda: slow.searchable() >= len(sender.kept), what="all that was taken", site=slow)
        digests = slow.digests()

    assert kept_before > 20
    assert {refusal[:9] for refusal in sender.refusals} == {b"451 4.3.2"}
    assert digests == dict.fromkeys(sender.kept, 1)


def test_a_disk_that_is_nearly_full_keeps_mail_out_until_there_is_room(queue, empty):
    with site(queue.url, like=empty, MUNIMENT_FREE_BYTES=str(2**50)) as full:
        full.start("capture")
        wait_until(lambda: refusal_of(full), what="452", site=full)
        refusal = refusal_of(full)
        full.stop("capture")
        full.settings.clear()
        full.start("capture")

        send(full.port, [message(1, subject="again")])

    assert refusal[:9] == b"452 4.3.1"


def refusal_of(one):
    """Return the answer to MAIL, b"" where it is taken."""
    with smtplib.SMTP("127.0.0.1", one.port, timeout=10) as client:
        client.ehlo()
        code, text = client.mail("ann@corp.example")
        return b"%d %s" % (code, text) if code != 250 else b""
