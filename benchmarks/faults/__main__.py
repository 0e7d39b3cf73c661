"""Kill, fill and damage a running archive, and look for what is missing.

    python -m benchmarks.faults [--rounds 30] [--only capture,import,worker,web,full,flipped] [--seed N]

Each scenario works on an archive of its own in a temporary folder, with the commands of the project as processes. It
prints one row a scenario: how many messages were acknowledged, lost, twice, and what verify and reconcile say. Exit
code 1 if anything acknowledged is lost, twice or damaged. tests/flow/crash runs the same scenarios with few rounds.
"""

import argparse
import sys
import time
from dataclasses import asdict

from benchmarks.faults.outcome import Outcome
from benchmarks.faults.scenarios import COMING_IN, run


def row(outcome: Outcome) -> str:
    """Return one row of the table."""
    values = [value for name, value in asdict(outcome).items() if name != "skipped"]
    return "| " + " | ".join(str(value or "-" if isinstance(value, dict) else value) for value in values) + " |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--only", default=",".join(COMING_IN))
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
