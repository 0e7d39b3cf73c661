"""Two processes over the same mail: one places holds, the other executes an approved disposal.

Every message is held and whole, or gone and was not yet held; whoever came too late is told: the hold by its list, the
disposal by the message that it spared and why.
"""

import random
import shutil
import sqlite3
import time
from collections import Counter, defaultdict
from pathlib import Path

from benchmarks.faults import ending
from benchmarks.faults.acts_of import Holder, act, begun_by, place_of, state_of
from benchmarks.faults.outcome import Verdict
from benchmarks.faults.reading import Reading, read

MESSAGES = 2_000  # of which half are due: what the two race for
USUAL_SECONDS = 6.0
HOLD_FIRST_SHARE = 0.3


def raced(folder: Path, chooser: random.Random, rounds: int, *, messages: int = MESSAGES) -> Verdict:
    """Let the two race `rounds` times, each on a copy of the same archive."""
    verdict = Verdict("holds and a disposal race", rounds)
    template = folder / "template"
    place = place_of(template)
    act(place, "fill", str(messages))
    disposal = act(place, "disposal", "")["disposal"]
    before = read(template, disposal)
    numbers = _numbers(template)
    for _ in range(rounds):
        data = folder / "copy"
        shutil.copytree(template, data)
        told = _race(data, disposal, chooser, verdict)
        checked = act(place_of(data), "check")
        found = read(data, disposal)
        faults = ending.faults_of(before, found, checked, held=set())
        faults += _of_messages(before, found, verdict)
        for hold in told["holds"]:
            faults += _of_hold(hold, before, found, numbers, verdict)
        verdict.faults += faults
        shutil.rmtree(data)
    return verdict


def _race(data: Path, disposal: str, chooser: random.Random, verdict: Verdict) -> dict:
    place, execute = place_of(data), ("dispose", "--execute", disposal)
    holder = Holder(place, "rush", str(chooser.getrandbits(32)), after=0)
    process = place.start(*execute)
    if chooser.random() >= HOLD_FIRST_SHARE:
        begun_by(process, data, disposal)
        time.sleep(chooser.uniform(0, USUAL_SECONDS / 2))
    holder.start()
    process.wait()
    while state_of(data, disposal) != "done":
        verdict.count("times that the disposal had to wait for a hold")
        again = place.finished(*execute)
        if state_of(data, disposal) != "done" and "is being placed" not in again.stderr:
            raise RuntimeError(again.stderr)
    return holder.told()


def _numbers(data: Path) -> dict[str, int]:
    with sqlite3.connect(data / "catalogue.sqlite3") as database:
        rows = database.execute("select id, subject from archive_message")
        return {row[0]: int(row[1].rpartition(" ")[2]) for row in rows}


def _of_messages(before: Reading, found: Reading, verdict: Verdict) -> list[str]:
    """Each listed message is held or gone, and the disposal says which."""
    both = neither = 0
    untold: Counter[str] = Counter()
    sightings_of = defaultdict(set)
    for sighting, message in before.rows.items():
        sightings_of[message].add(sighting)
    for message, (outcome, why) in found.items.items():
        mine = sightings_of[message]
        held, gone = bool(mine & found.held), mine <= found.tombstones.keys()
        both += held and bool(mine & found.tombstones.keys())
        neither += not held and not gone
        told = f"{outcome} {why.partition(':')[0]}".strip()
        if told != ("spared held" if held else "destroyed"):
            untold[f"{'held' if held else 'free'}, and the disposal was told {told!r}"] += 1
        verdict.count("held and whole" if held else "gone")
    wrong = {"both held and gone": both, "neither held nor gone": neither} | untold
    return [f"{number} {name}" for name, number in wrong.items() if number]


def _of_hold(told: dict, before: Reading, found: Reading, numbers: dict[str, int], verdict: Verdict) -> list[str]:
    """What a hold names is covered, or gone; and of that, it was told what went while it was being placed."""
    wanted = {sighting for sighting, message in before.rows.items() if _is_within(told, message, numbers[message])}
    gone, named = wanted & found.tombstones.keys(), {one.replace("-", "") for one in told["told"]}
    if not told["hold"]:
        verdict.count("holds refused, all being gone")
        return ["a hold was refused, and its mail is there"] if wanted - gone else []
    hold = found.holds[told["hold"]]
    verdict.count(f"holds placed on {told['kind']}")
    verdict.count("sightings that holds were told to be too late for", len(named))
    earlier = {one for one in gone if found.tombstones[one]["destroyed_at"] < hold["placed_at"]}
    must = gone if told["kind"] == "messages" else gone - earlier
    wrong = {
        "held and gone": len(hold["covers"] & gone),
        "neither covered nor gone": len(wanted - gone - hold["covers"]),
        "gone, and the hold was not told": len(must - named),
        "told to be gone, and there": len(named - gone),
    }
    return [f"{number} {name} ({told['kind']})" for name, number in wrong.items() if number]


def _is_within(told: dict, message: str, number: int) -> bool:
    match told["kind"]:
        case "custodians":
            return told["addresses"] == [f"p{number % 20}@corp.example"]
        case "query":
            return told["query"] == f"body:w{number % 25}x"
        case _:
            return message in {one.replace("-", "") for one in told["message_ids"]}
