"""Kill, fill and damage a running archive, and look for what is missing.

    python -m benchmarks.faults [--rounds 30] [--only NAME,…] [--seed N]

    capture, import, worker, web, full, flipped     mail that comes in: one row each
    disposal, erasure, export, race                 mail that goes: a list of figures each

Each scenario works on an archive of its own in a temporary folder, with the commands of the project as processes. Rows
say how many messages were acknowledged, lost, twice, and what verify and reconcile say. Exit code 1 if anything
is wrong. tests/flow/crash runs the same scenarios with few rounds. docs/faults.md keeps the figures.
"""

import argparse
import sys
import time
from dataclasses import asdict

from benchmarks.faults.outcome import Outcome, Verdict
from benchmarks.faults.scenarios import COMING_IN, GOING_OUT, judge, run


def row(outcome: Outcome) -> str:
    """Return one row of the table."""
    values = [value for name, value in asdict(outcome).items() if name != "skipped"]
    return "| " + " | ".join(str(value or "-" if isinstance(value, dict) else value) for value in values) + " |"


def rows(verdict: Verdict) -> str:
    """Return the rows of a scenario of mail that goes."""
    figures = {"rounds": verdict.rounds} | verdict.figures | {"wrong": len(verdict.faults)}
    lines = [f"| {verdict.scenario} | {name} | {number} |" for name, number in figures.items()]
    return "\n".join(lines + [f"WRONG: {fault}" for fault in verdict.faults])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--only", default=",".join([*COMING_IN, *GOING_OUT]))
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    names, good = options.only.split(","), True
    print(f"seed {options.seed}, {options.rounds} rounds")
    if not COMING_IN.keys().isdisjoint(names):
        print("| fault | kills | answered 250 | lost | twice | damaged | differences | note |")
        print("|---|---|---|---|---|---|---|---|")
    for name in filter(COMING_IN.__contains__, names):
        outcome = run(name, rounds=options.rounds, seed=options.seed)
        good = good and outcome.good
        print(row(outcome), flush=True)
    if not GOING_OUT.keys().isdisjoint(names):
        print("\n| scenario | what | number |\n|---|---|---|")
    for name in filter(GOING_OUT.__contains__, names):
        verdict = judge(name, rounds=options.rounds, seed=options.seed)
        good = good and not verdict.faults
        print(rows(verdict), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
