"""Exports: seconds and memory, the same bytes again, killed at random moments, one bit flipped in each of many places.

    python -m benchmarks.exports MAIL… [--messages 10000] [--kills 30] [--flips 100] [--seed 1]

Archives the mail in a folder of its own, exports a tenth of the messages and then all, verifies each in a process in
which neither Django nor the archive can be imported, makes the same job again, kills it KILLS times and compares the
bytes in the end, and flips FLIPS bits of the bundle, one at a time and in each kind of place: each must be found, and
the file that it lies in named.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.faults.exporting import alone
from benchmarks.flips import flipped

ROOT = Path(__file__).resolve().parents[1]


def main(options: argparse.Namespace) -> dict[str, Any]:
    chooser = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="muniment-exports-") as folder:
        place = Path(folder)
        os.environ["MUNIMENT_DATA"] = str(place / "data")
        measured(["manage.py", "import_mail", *options.mail, "--source", "benchmark"])
        figures: dict[str, Any] = {}
        for count in (options.messages // 10, options.messages):
            bundle = place / f"{count}.zip"
            made = measured(exporting(bundle, count))
            verified = measured(["-I", "-c", alone(bundle)])
            figures[str(count)] = {"bytes": bundle.stat().st_size, "export": made, "verify": verified}
        figures["killed"] = killed(place, options.messages, options.kills, chooser)
        figures["load"] = os.getloadavg()
        figures["flipped"] = flipped(bundle.read_bytes(), options.flips, chooser)
    return figures


def exporting(bundle: Path, count: int) -> list[str]:
    return ["manage.py", "export_mail", "*", "--limit", str(count), "--to", str(bundle), "--purpose", "benchmark"]


def start(arguments: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)


def measured(arguments: list[str]) -> dict[str, float]:
    begun = time.monotonic()
    process = start(arguments)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{arguments}: exit code {os.waitstatus_to_exitcode(status)}")
    seconds = time.monotonic() - begun
    processor = usage.ru_utime + usage.ru_stime
    return {"seconds": round(seconds, 1), "cpu": round(processor, 1), "peak_mib": usage.ru_maxrss // 1024}


def killed(place: Path, count: int, kills: int, chooser: random.Random) -> dict[str, Any]:
    """Kill an export at random moments, go on to the end, and make it once more without a kill."""
    bundle = place / "killed.zip"
    usual = measured(exporting(bundle, count))["seconds"]
    whole = sha256(bundle.read_bytes()).hexdigest()
    ends = set[str]()
    done = 0
    while done < kills:
        bundle.unlink(missing_ok=True)
        process = start(exporting(bundle, count))
        try:
            process.wait(timeout=chooser.uniform(0, usual))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            done += 1
        if bundle.exists():
            ends.add(sha256(bundle.read_bytes()).hexdigest())
    bundle.unlink(missing_ok=True)
    measured(exporting(bundle, count))
    ends.add(sha256(bundle.read_bytes()).hexdigest())
    return {"kills": done, "same_bytes": ends == {whole}}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mail", nargs="+")
    for name, default in (("messages", 10_000), ("kills", 30), ("flips", 100), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    json.dump(main(parser.parse_args()), sys.stdout, indent=1)
