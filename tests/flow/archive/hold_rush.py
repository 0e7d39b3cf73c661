"""Processes over the 1,000 messages of a new archive. Each act prints one JSON document.

    python -m tests.flow.archive.hold_rush rush SEED    one places holds, one writes tombstones: who won, who was told
    python -m tests.flow.archive.hold_rush kill SEED    one places a hold on all and is killed; then it is completed

Each of the two takes the messages in an order of its own. The destroyer asks first whether a message is held, as a
disposal does, or, for every other batch, does not ask at all: then the database must refuse.
"""

import json
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import django

MESSAGES, BATCH = 1_000, 10
PLACING_SECONDS = 0.01  # about what one hold takes
WHOLE_SECONDS = 0.3  # about what a hold on everything takes


def main(act, seed):
    match act:
        case "rush":
            prepare()
            both = [start(one, seed) for one in ("hold", "destroy")]
            for process in both:
                process.stdout.readline()  # it is ready
            for process in both:
                process.stdin.write("go\n")
                process.stdin.flush()
            told = [json.loads(process.communicate()[0]) for process in both]
            sys.stdout.write(json.dumps(outcome() | {"placer_told": told[0], "destroyer_told": told[1]}))
        case "kill":
            prepare()
            sys.stdout.write(json.dumps(killed(random.Random(seed).uniform(0, WHOLE_SECONDS))))
        case "hold-one":
            wait()
            hold_everything()
        case "hold":
            wait()
            sys.stdout.write(json.dumps(hold_all(seed)))
        case "destroy":
            wait()
            sys.stdout.write(json.dumps(destroy_all(seed + 1)))


def start(act, seed):
    command = [sys.executable, "-m", "tests.flow.archive.hold_rush", act, str(seed)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def wait():
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()


def prepare():
    from archive.services import setup, sweep
    from archive.wiring import archive
    from tests.flow.archive.builders import mail, seal

    setup.prepare()
    for first in range(0, MESSAGES, 50):
        seal(archive(), *(mail(str(number)) for number in range(first, first + 50)))
    sweep.catalogue_missing(vault=archive().vault)


def killed(after):
    """Kill whoever places a hold on everything; return what stands then, and when it was completed."""
    from archive.models import HeldSighting, Hold
    from archive.services.hold_check import check_holds
    from archive.services.holds import complete
    from archive.wiring import archive

    process = start("hold-one", 0)
    process.stdout.readline()
    process.stdin.write("go\n")
    process.stdin.flush()
    time.sleep(after)
    process.kill()
    process.wait()
    found = {"holds": Hold.objects.count(), "covered_when_killed": HeldSighting.objects.count()}
    complete(archive(), abandoned_after=timedelta(0))
    report = check_holds(archive())
    return found | {
        "covered": HeldSighting.objects.count(),
        "unfinished": report.unfinished,
        "faults": [fault["reason"] for fault in report.faults],
    }


def hold_everything():
    from archive.models import HoldKind
    from archive.wiring import archive
    from tests.flow.archive.holding import matter, place

    place(archive(), HoldKind.CUSTODIANS, about=matter(), addresses=["ann@corp.example"])


def batches(seed):
    from archive.models import Sighting

    ids = sorted(Sighting.objects.values_list("id", flat=True))
    random.Random(seed).shuffle(ids)
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]


def hold_all(seed):
    """Place a hold on each batch; return the sightings of which it was told that they are gone."""
    from archive.models import HoldKind
    from archive.services.hold_terms import HoldRefused
    from archive.wiring import archive
    from tests.flow.archive.holding import matter, place

    about, told = matter(), set()
    for chosen in batches(seed):
        try:
            hold = place(archive(), HoldKind.MESSAGES, about=about, message_ids=chosen)
            told.update(hold.too_late_for)
        except HoldRefused:
            told.update(map(str, chosen))
    return sorted(told)


def destroy_all(seed):
    """Write a tombstone for all that is free; return the sightings of which it was told that they are held."""
    from django.db import IntegrityError

    from archive.queries.holds import is_held
    from archive.services.governing import governing

    told, pauses = set(), random.Random(seed)
    for number, chosen in enumerate(batches(seed)):
        time.sleep(pauses.uniform(0, 2 * PLACING_SECONDS))  # else it would be done before the first hold is placed
        try:
            with governing():
                held = is_held(chosen) if number % 2 else set()
                bury_all(set(chosen) - held)
                told.update(map(str, held))
        except IntegrityError:
            with governing():
                held = is_held(chosen)
                bury_all(set(chosen) - held)
                told.update(map(str, held))
    return sorted(told)


def bury_all(sighting_ids):
    from archive.models import DestroyedSighting, Sighting

    now = datetime.now(UTC)
    DestroyedSighting.objects.bulk_create(
        DestroyedSighting(
            sighting_id=one.id, segment_id=one.segment_id, message_id=one.id, disposal_id=one.id, destroyed_at=now
        )
        for one in Sighting.objects.filter(id__in=sighting_ids)
    )


def outcome():
    from archive.models import DestroyedSighting, HeldSighting

    return {
        "held": sorted(map(str, HeldSighting.objects.values_list("sighting_id", flat=True))),
        "destroyed": sorted(map(str, DestroyedSighting.objects.values_list("sighting_id", flat=True))),
    }


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], int(sys.argv[2]))
