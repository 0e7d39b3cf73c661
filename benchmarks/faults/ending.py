"""How a destruction must have ended, and where one that was killed stood; judged from a `Reading` alone."""

import json
from collections import Counter

from benchmarks.faults.reading import Reading
from muniment.log import merkle

BEFORE, AFTER = "before it was begun", "after it was done"


def step_of(found: Reading) -> str:
    """Return the step that a killed destruction had not finished."""
    if found.disposal["state"] == "proposed":
        return BEFORE
    if found.disposal["state"] == "done":
        return AFTER
    if found.certificates:
        return "certificate: its object stands, its row does not"
    tombstones = found.tombstones.values()
    if unshredded := {one["sighting_id"] for one in tombstones if one["shredded_at"] is None}:
        if not unshredded <= found.intents:
            return "intent: tombstones stand, the ledger does not name them all"
        return "shred: keys are going" if unshredded & found.keys else "remove: keys are gone, rows and texts are going"
    if any(outcome == "waiting" for outcome, _ in found.items.values()):
        return "decide: between batches" if found.tombstones else "decide: nothing decided yet"
    if any(one["purged_at"] is None for one in tombstones):
        return "purge: the database is written anew" if found.index_purged else "purge: the index is written anew"
    return "certificate: not there yet"


def faults_of(before: Reading, found: Reading, checked: dict, *, held: set[str]) -> list[str]:
    """Return what is wrong with the end of a destruction. `before` is the archive as it was, `held` what must stay."""
    faults = _of_certificate(found) + _of_gone(before, found) + _of_kept(before, found, held)
    for name, report in (("verify", checked["verify"]), ("log", checked["verify"]["log"])):
        faults += [f"{name}: {item}" for item in report["damaged"]]
    faults += [f"holds: {item}" for item in checked["verify"]["holds"]["faults"]]
    faults += [f"audit: {item}" for item in checked["verify"]["audit"]["broken"]]
    faults += [f"reconcile: {item}" for item in checked["reconcile"]["differences"].items()]
    if not checked["verify"]["log"]["whole"] or checked["verify"]["log"]["not_logged"]:
        faults.append("log: not whole")
    return faults


def _of_certificate(found: Reading) -> list[str]:
    numbers = {
        "objects": len(found.certificates),
        "log entries": found.logged,
        "begun": found.audited.get("destruction-begun", 0),
        "done": found.audited.get("destruction-done", 0),
    }
    faults = [f"{number} {name} of one certificate" for name, number in numbers.items() if number != 1]
    if found.disposal["state"] != "done" or found.certificates != [found.disposal["certificate"]]:
        return [*faults, f"the row is {found.disposal['state']}, or not what the vault keeps"]
    told = json.loads(found.disposal["certificate"])
    gone = sorted(bytes.fromhex(one) for one in _tombstones(found))
    outcomes = Counter(outcome for outcome, _ in found.items.values())
    if (told["destroyed"]["sightings"], told["destroyed"]["merkle_root"]) != (len(gone), merkle.root(gone).hex()):
        faults.append("the certificate does not name what is gone")
    if (told["destroyed"]["messages"], sum(told["spared"].values())) != (outcomes["destroyed"], outcomes["spared"]):
        faults.append("the certificate does not count the items")
    return faults


def _tombstones(found: Reading) -> set[str]:
    return {key for key, row in found.tombstones.items() if row["disposal_id"] == found.disposal["id"]}


def _of_gone(before: Reading, found: Reading) -> list[str]:
    """Nothing that was destroyed is left: no key, no row, no document; all that was listed is destroyed or spared."""
    destroyed = {message for message, (outcome, _) in found.items.items() if outcome == "destroyed"}
    gone = {sighting for sighting, message in before.rows.items() if message in destroyed}
    wrong = {
        "listed, and neither destroyed nor spared": sum(one[0] == "waiting" for one in found.items.values()),
        "destroyed without a tombstone, or the reverse": len(gone ^ _tombstones(found)),
        "destroyed, and the ledger does not name it": len(gone - found.intents),
        "destroyed, and its key is there": len(gone & found.keys),
        "destroyed, and it opens": len(gone & found.opens.keys()),
        "destroyed, and it has a row": len(gone & found.rows.keys()) + len(destroyed & found.messages),
        "destroyed, and it is in the index": len((gone | destroyed) & found.documents),
        "destroyed, and not noted as purged": sum(
            not (row["shredded_at"] and row["purged_at"]) for row in found.tombstones.values()
        ),
    }
    return [f"{number} {name}" for name, number in wrong.items() if number]


def _of_kept(before: Reading, found: Reading, held: set[str]) -> list[str]:
    """All else is whole: it opens byte for byte, is catalogued and indexed; what is held is among it."""
    kept = before.rows.keys() - _tombstones(found)
    messages = {before.rows[one] for one in kept}
    wrong = {
        "held, and destroyed": len((held | found.held) & found.tombstones.keys()),
        "kept, and it does not open as before": sum(found.opens.get(one) != before.opens[one] for one in kept),
        "kept, and it has no row": len(kept - found.rows.keys()) + len(messages - found.messages),
        "kept, and it is not in the index": len(messages - found.documents),
        "in the index, and nowhere else": len(found.documents - messages),
    }
    return [f"{number} {name}" for name, number in wrong.items() if number]
