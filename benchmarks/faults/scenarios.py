"""The scenarios by name, each on an archive of its own in a temporary folder."""

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.faults.coming_in import capture, imports, web
from benchmarks.faults.destroying import killed
from benchmarks.faults.disks import flipped, full
from benchmarks.faults.exporting import killed_export
from benchmarks.faults.outcome import Outcome, Verdict
from benchmarks.faults.place import Place
from benchmarks.faults.racing import raced
from benchmarks.faults.workers import worker

COMING_IN = {
    "capture": capture, "import": imports, "worker": worker, "web": web, "full": full, "flipped": flipped,
}  # fmt: skip
GOING_OUT: dict[str, Callable[..., Verdict]] = {
    "disposal": partial(killed, "disposal"),
    "erasure": partial(killed, "erasure"),
    "export": killed_export,
    "race": raced,
}


def run(name: str, *, rounds: int, seed: int) -> Outcome:
    """Run a scenario of mail that comes in on a fresh archive."""
    with _folder() as folder:
        data = folder / "var"
        data.mkdir()
        return COMING_IN[name](Place(data), random.Random(seed), rounds)


def judge(name: str, *, rounds: int, seed: int, **sizes: int) -> Verdict:
    """Run a scenario of mail that goes: destroyed, held, or handed over."""
    with _folder() as folder:
        return GOING_OUT[name](folder, random.Random(seed), rounds, **sizes)


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="muniment-faults-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
