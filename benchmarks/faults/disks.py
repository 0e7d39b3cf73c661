"""A disk that fills up, and one that changes a bit."""

import random
import shutil
import subprocess
import time

from benchmarks.faults.outcome import Outcome, judge
from benchmarks.faults.place import Place, message, wait_for
from benchmarks.faults.sending import Senders


def full(place: Place, chooser: random.Random, _rounds: int) -> Outcome:
    """The disk fills up under capture: a tmpfs where that can be mounted, else a limit on the size of files."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place.data)], capture_output=True, check=False
    )
    if mounted.returncode:
        note = "no tmpfs can be mounted here; tests/contract/stores covers a file size limit"
        return Outcome("full disk", skipped=True, note=note)
    try:
        capturing = place.start("serve_smtp")
        wait_for(place.smtp_port)
        senders = Senders(place.smtp_port, seed=chooser.getrandbits(32))
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and shutil.disk_usage(place.data).free > 64 * 1024:
            time.sleep(0.2)
        time.sleep(1)
        reached = len(senders.acknowledged)
        subprocess.run(["mount", "-o", "remount,size=256m", str(place.data)], check=True)
        time.sleep(2)
        senders.stop()
        capturing.terminate()
        capturing.wait(60)
        outcome = judge(Outcome("full disk (tmpfs)"), place, senders.acknowledged)
        outcome.note = (
            f"{reached} answered 250 until it was full, {len(senders.acknowledged) - reached} after room was made"
        )
    finally:
        subprocess.run(["umount", "-l", str(place.data)], check=False)
    return outcome


def flipped(place: Place, chooser: random.Random, _rounds: int) -> Outcome:
    """One bit of a segment is flipped on the disk: verify must name it."""
    raws = [message(number, chooser) for number in range(200)]
    folder = place.data.parent / "mail"
    folder.mkdir()
    for number, raw in enumerate(raws):
        (folder / f"{number}.eml").write_bytes(raw)
    place.json("import_mail", str(folder), "--source", "flip")
    segment = next(path for path in (place.data / "vault" / "objects").rglob("*") if path.is_file())
    content = bytearray(segment.read_bytes())
    place_of_bit = chooser.randrange(1_000, len(content) // 2)
    content[place_of_bit] ^= 1 << chooser.randrange(8)
    segment.chmod(0o600)
    segment.write_bytes(content)
    report = place.json("verify")
    named = [item for item in report["damaged"] if item.get("sighting")]
    outcome = Outcome("one flipped bit", acknowledged=200)
    outcome.lost = (
        0 if any(item.get("segment", "").replace("-", "") == segment.name for item in report["damaged"]) else 1
    )
    outcome.note = f"verify named the segment and {len(named)} sighting; {report['sightings']} others proved unchanged"
    return outcome
