"""Time the evidence log: appending, proving, and checking the whole of it.

    python -m benchmarks.log [--leaves 1000000] [--batch 50000] [--flips 100] [--folder DIR]

Builds a log of so many entries in an object store on disk (a temporary folder unless one is given), then measures
fsck, proofs and small appends. In a log of 5,000 entries one bit is flipped in each of so many places, in every kind of
object in turn: each must be found, and its object named. Prints one figure a line.
"""

import argparse
import os
import random
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from muniment.ids import SegmentId
from muniment.log import checkpoint as checkpoints
from muniment.log import verify
from muniment.log.entries import Entry, SegmentSealed
from muniment.log.fsck import fsck
from muniment.log.layout import CHECKPOINT_KEY, PREFIX
from muniment.log.note import NoteCorrupt, NoteSigner
from muniment.log.reader import LogReader
from muniment.log.tidy import tidy
from muniment.log.writer import LogWriter
from muniment.stores.filesystem import FilesystemStore
from muniment.stores.memory import MemoryStore

SIGNER = NoteSigner("benchmark.example/log", seed=bytes(32))
VERIFIERS = (SIGNER.verifier,)
PROOFS = 1000
SMALL_APPENDS = 100
FLIPPED_ENTRIES = 5_000  # twenty bundles, tiles of two levels


def entries(start: int, stop: int) -> list[Entry]:
    return [
        SegmentSealed(
            segment_id=SegmentId(UUID(int=number)), root=sha256(b"%d" % number).digest(), frames=number % 1000
        )
        for number in range(start, stop)
    ]


def timed(name: str, act: Callable[[], object], *, count: int) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name}: {wall:.2f} s ({cpu:.2f} s CPU), {count / wall:,.0f} a second, {wall / count * 1e6:.1f} us each")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--leaves", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=50_000)
    parser.add_argument("--flips", type=int, default=100)
    parser.add_argument("--folder", type=Path)
    wanted = parser.parse_args()
    print(f"load: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(dir=wanted.folder) as folder:
        measure(FilesystemStore(Path(folder) / "store"), wanted.leaves, wanted.batch)
    flip(wanted.flips)
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def measure(store: FilesystemStore, leaves: int, batch: int) -> None:
    writer, now = LogWriter(store, SIGNER), datetime.now(UTC)

    def build() -> None:
        for start in range(0, leaves, batch):
            writer.append(entries(start, min(start + batch, leaves)), now)

    timed(f"append {leaves} in batches of {batch}", build, count=leaves)
    timed("fsck", lambda: check(store), count=leaves)
    timed(f"{PROOFS} inclusion proofs, made and checked", lambda: prove_entries(store, leaves), count=PROOFS)
    timed(f"{PROOFS} consistency proofs, made and checked", lambda: prove_growth(store, leaves), count=PROOFS)

    def small() -> None:
        for number in range(SMALL_APPENDS):
            writer.append(entries(leaves + number, leaves + number + 1), now)

    timed(f"{SMALL_APPENDS} appends of one entry", small, count=SMALL_APPENDS)
    timed("tidy", lambda: tidy(store, VERIFIERS), count=1)


class ChangedStore(MemoryStore):
    """Gives one object with one bit changed. (The store on disk would find that by its own checksums.)"""

    key, bit = "", 0

    def get(self, key: str) -> bytes:
        content = super().get(key)
        if key != self.key:
            return content
        at = self.bit // 8
        return content[:at] + bytes([content[at] ^ 1 << self.bit % 8]) + content[at + 1 :]


def flip(flips: int) -> None:
    store, pick, kinds, right = ChangedStore(), random.Random(3), defaultdict(list), 0
    LogWriter(store, SIGNER).append(entries(0, FLIPPED_ENTRIES), datetime.now(UTC))
    for key in store.keys(PREFIX):
        kinds["/".join(key.split("/")[:3])].append(key)
    for number in range(flips):
        store.key = ""
        key = pick.choice(kinds[sorted(kinds)[number % len(kinds)]])
        store.bit = pick.randrange(8 * len(store.get(key)))
        store.key = key
        right += named(store, key)
    print(f"{flips} flipped bits in {', '.join(sorted(kinds))}: {right} found, and the object named")


def named(store: MemoryStore, key: str) -> bool:
    """Return whether the check of the log names that object, and no sound one."""
    try:
        return list(fsck(store, VERIFIERS).damaged) == [key]
    except NoteCorrupt:
        return key == CHECKPOINT_KEY


def check(store: FilesystemStore) -> None:
    report = fsck(store, VERIFIERS)
    assert report.is_sound, report.damaged


def prove_entries(store: FilesystemStore, leaves: int) -> None:
    pick = random.Random(1)
    reader = LogReader.latest(store, VERIFIERS)
    for _ in range(PROOFS):
        index = pick.randrange(leaves)
        proof = reader.inclusion_proof(index)
        verify.check_inclusion(reader.entry(index), index=index, checkpoint=reader.checkpoint, proof=proof)


def prove_growth(store: FilesystemStore, leaves: int) -> None:
    pick = random.Random(2)
    reader = LogReader.latest(store, VERIFIERS)
    for _ in range(PROOFS):
        old = checkpoints.sign(SIGNER, size=(size := pick.randrange(1, leaves)), root=reader.root_at(size))
        verify.check_consistency(old, reader.checkpoint, reader.consistency_proof(size))


if __name__ == "__main__":
    main()
