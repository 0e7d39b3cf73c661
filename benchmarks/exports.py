"""Exports: seconds and memory, killed at random moments, and one bit flipped in each of a hundred places.

    python -m benchmarks.exports MAIL… [--messages 10000] [--kills 30] [--flips 100] [--seed 1]

Archives the mail in a folder of its own, exports a tenth of the messages and then all, verifies each with the core
alone, kills the export KILLS times and compares the bytes in the end, and flips FLIPS bits of the bundle, one at a
time: each must be found, and the file that it lies in named.
"""

import argparse
import io
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from bisect import bisect_right
from hashlib import sha256
from pathlib import Path
from typing import Any

from muniment.verify.check import check

ROOT = Path(__file__).resolve().parents[1]
LOCAL_HEADER_BYTES = 30


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
            verified = measured(["-m", "muniment.verify", str(bundle)])
            figures[str(count)] = {"bytes": bundle.stat().st_size, "export": made, "verify": verified}
        figures["killed"] = killed(place, options.messages, options.kills, chooser)
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


def flipped(content: bytes, flips: int, chooser: random.Random) -> dict[str, int]:
    """Flip one bit at a time; count how often that was found, and how often the right file was named."""
    data = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        files = opened.infolist()
    starts = [file.header_offset for file in files]
    counts = {"flips": flips, "found": 0, "named": 0, "most_findings": 0}
    for _ in range(flips):
        bit = chooser.randrange(8 * len(data))
        data[bit // 8] ^= 1 << bit % 8
        report = check(io.BytesIO(data))
        data[bit // 8] ^= 1 << bit % 8
        file = files[bisect_right(starts, bit // 8) - 1]
        end = file.header_offset + LOCAL_HEADER_BYTES + len(file.filename) + file.file_size
        names = {finding.file for finding in report.findings}
        in_directory = bit // 8 >= end  # an entry of any file, or the end records
        counts["found"] += not report.sound
        counts["named"] += file.filename in names or (in_directory and bool(names))
        counts["most_findings"] = max(counts["most_findings"], len(report.findings) + report.findings_left_out)
    return counts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mail", nargs="+")
    for name, default in (("messages", 10_000), ("kills", 30), ("flips", 100), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    json.dump(main(parser.parse_args()), sys.stdout, indent=1)
