"""kill -9 of a disposal and of an erasure at random moments; then it is run again, or the workers' sweep goes on.

The archive is made once and copied for each round, so each must end as the copy that nobody disturbed, besides the mail
on which another process places a hold in the middle: that is held and whole, or gone and was not yet held.
"""

import random
import shutil
import signal
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults import ending
from benchmarks.faults.acts_of import Holder, act, begun_by, place_of, request_of, state_of
from benchmarks.faults.outcome import Verdict
from benchmarks.faults.place import Place
from benchmarks.faults.reading import Reading, read

MESSAGES = 2_000
MAX_RUNS = 20  # of what is run again; a hold that is being placed makes it wait
BEFORE_SHARE = 0.1  # of kills that may strike before the act is begun
LATE = {"disposal": "p6@corp.example", "erasure": "p7@corp.example"}  # whose mail somebody holds in the middle


@dataclass(slots=True)
class Act:
    """A destruction that is ready to be executed, in a folder to be copied."""

    kind: str
    template: Path
    disposal: str
    arguments: tuple[str, ...]  # of manage.py
    before: Reading
    late: set[str]  # sightings that the hold in the middle is on


def prepared(kind: str, data: Path, messages: int) -> Act:
    place = place_of(data)
    act(place, "fill", str(messages))
    told = act(place, kind)
    before = read(data, told["disposal"])
    arguments = (
        ("dispose", "--execute", told["disposal"]) if kind == "disposal" else ("erase", "--execute", told["request"])
    )
    with sqlite3.connect(data / "catalogue.sqlite3") as database:
        rows = database.execute("select message_id from archive_participant where address = ?", (LATE[kind],))
        messages_of = {row[0] for row in rows}
    late = {sighting for sighting, message in before.rows.items() if message in messages_of}
    return Act(kind, data, told["disposal"], arguments, before, late)


def killed(kind: str, folder: Path, chooser: random.Random, rounds: int, *, messages: int = MESSAGES) -> Verdict:
    """Kill the destruction `rounds` times, each on a copy of the same archive."""
    verdict = Verdict(f"kill -9 of {'a disposal' if kind == 'disposal' else 'an erasure'}", rounds)
    killing = Killing(prepared(kind, folder / "template", messages), chooser, verdict)
    killing.leave_undisturbed(folder / "undisturbed")
    done = 0
    while done < rounds:
        data = folder / "copy"
        shutil.copytree(killing.wanted.template, data)
        done += killing.round(data, by_sweep=bool(done % 2))
        shutil.rmtree(data)
    return verdict


class Killing:
    """Rounds of one destruction that is killed and gone on with."""

    def __init__(self, wanted: Act, chooser: random.Random, verdict: Verdict) -> None:
        self.wanted = wanted
        self._chooser = chooser
        self._verdict = verdict
        self._usual = 0.0

    def leave_undisturbed(self, data: Path) -> None:
        """Let one run end by itself: its end is what every other is compared with."""
        shutil.copytree(self.wanted.template, data)
        place = place_of(data)
        process = place.start(*self.wanted.arguments)
        begun_by(process, data, self.wanted.disposal)
        begun = time.monotonic()
        process.wait()
        self._usual = time.monotonic() - begun
        found, faults = self._judged(place)
        self._undisturbed = found
        self._verdict.faults += [f"undisturbed: {fault}" for fault in faults]
        outcomes = [outcome for outcome, _ in found.items.values()]
        self._verdict.figures |= {name: outcomes.count(name) for name in ("destroyed", "spared")}

    def round(self, data: Path, *, by_sweep: bool) -> int:
        """Kill one run, go on, and judge; return 0 where it ended before the kill."""
        place = place_of(data)
        holder = Holder(place, "hold", LATE[self.wanted.kind], after=self._chooser.uniform(0, 1.5 * self._usual))
        process = place.start(*self.wanted.arguments)
        if self._chooser.random() >= BEFORE_SHARE:
            begun_by(process, data, self.wanted.disposal)
        holder.start()
        time.sleep(self._chooser.uniform(0, self._usual))
        struck = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        step = ending.step_of(read(data, self.wanted.disposal, contents=False))
        if struck:
            self._verdict.count(step)
            self._go_on(place, by_sweep=by_sweep)
        told = holder.told()
        if not struck:
            return 0
        found, faults = self._judged(place)
        faults += _differences(self.wanted, self._undisturbed, found)
        faults += _of_late_hold(self.wanted, found, told, self._verdict)
        self._verdict.faults += [f"killed in {step!r}: {fault}" for fault in faults]
        return 1

    def _judged(self, place: Place) -> tuple[Reading, list[str]]:
        checked = act(place, "check")
        found = read(place.data, self.wanted.disposal)
        return found, ending.faults_of(self.wanted.before, found, checked, held=self.wanted.before.held)

    def _go_on(self, place: Place, *, by_sweep: bool) -> None:
        """Let the sweep go on; what it leaves, and what was not begun, is run again as people would."""
        if by_sweep:
            act(place, "sweep")
            if self._is_done(place.data):
                self._verdict.count("gone on with by the sweep")
                return
        for _ in range(MAX_RUNS):
            again = place.finished(*self.wanted.arguments)
            if self._is_done(place.data):
                self._verdict.count("run again")
                return
            self._verdict.count("told to wait for a hold", "is being placed" in again.stderr)
        self._verdict.faults.append(f"it never ends: {again.stderr}")

    def _is_done(self, data: Path) -> bool:
        if state_of(data, self.wanted.disposal) != "done":
            return False
        return self.wanted.kind == "disposal" or request_of(data) == "replying"


def _differences(wanted: Act, undisturbed: Reading, found: Reading) -> list[str]:
    """Compare the end with that of the copy that nobody disturbed, besides what was held in the middle."""
    late = {wanted.before.rows[one] for one in wanted.late}
    ends = [
        (
            {one: end for one, end in reading.items.items() if one not in late},
            {one: digest for one, digest in reading.opens.items() if one not in wanted.late},
            reading.tombstones.keys() - wanted.late,
            reading.request,
        )
        for reading in (undisturbed, found)
    ]
    names = ("items", "opened bytes", "tombstones", "request")
    return [f"another end: {name}" for name, one, other in zip(names, *ends, strict=True) if one != other]


def _of_late_hold(wanted: Act, found: Reading, told: dict, verdict: Verdict) -> list[str]:
    """Judge the mail that was put on hold in the middle: held or gone, and then whoever held it was told."""
    hold = found.holds[told["hold"].replace("-", "")]
    gone = wanted.late & found.tombstones.keys()
    verdict.count("held in the middle in time", len(wanted.late - gone))
    verdict.count("held in the middle too late", len(gone))
    told_of = {one.replace("-", "") for one in told["told"]}
    before = {one for one in gone if found.tombstones[one]["destroyed_at"] < hold["placed_at"]}
    wrong = {
        "held in the middle, both held and gone": len(hold["covers"] & gone),
        "held in the middle, neither held nor gone": len(wanted.late - gone - hold["covers"]),
        "destroyed while the hold was being placed, and nobody was told": len(gone - before - told_of),
        "told of what is not gone": len(told_of - gone),
    }
    return [f"{number} {name}" for name, number in wrong.items() if number]
