"""The scenarios by name, each on an archive of its own in a temporary folder."""

import random
import shutil
import tempfile
from pathlib import Path

from benchmarks.faults.coming_in import capture, imports, web
from benchmarks.faults.disks import flipped, full
from benchmarks.faults.outcome import Outcome
from benchmarks.faults.place import Place
from benchmarks.faults.workers import worker

COMING_IN = {
    "capture": capture, "import": imports, "worker": worker, "web": web, "full": full, "flipped": flipped,
}  # fmt: skip


def run(name: str, *, rounds: int, seed: int) -> Outcome:
    """Run one scenario on a fresh archive."""
    folder = Path(tempfile.mkdtemp(prefix="muniment-faults-"))
    data = folder / "var"
    data.mkdir()
    try:
        return COMING_IN[name](Place(data), random.Random(seed), rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
