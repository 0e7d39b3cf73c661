"""Two objects in two directory stores, made durable in the time of one (docs/decisions/0009-flush.md).

    write A, write B ─► sync A ∥ sync B ─► link A, link B ─► sync A's directory ∥ sync B's directory

Where both stores lie on one filesystem whose journal keeps the order of all changes of names, B's name survives no
crash that A's does not. Elsewhere A's directory is synced before B is linked.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from muniment.stores.filesystem.draft import Draft
from muniment.stores.filesystem.files import store_errors
from muniment.stores.filesystem.store import FilesystemStore
from muniment.stores.pair import NewObject

# One journal, committed in order, for the names in all directories. Not btrfs: it logs directories one by one.
ORDERED: Final = frozenset({"ext4", "ext3", "xfs"})
MOUNTS: Final = Path("/proc/self/mountinfo")
_HELPERS: Final = 2  # threads that wait for the disk; two flushes may be under way


def keeps_order(device: int, *, mounts: Path = MOUNTS) -> bool:
    """Say whether the filesystem on a device is one of `ORDERED`; False where that cannot be told."""
    number = f"{os.major(device)}:{os.minor(device)}"
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    kinds = {line.partition(" - ")[2].split()[0] for line in lines if line.split()[2] == number}
    return bool(kinds) and kinds <= ORDERED


class Together:
    """A `PairWriter` for two directory stores."""

    def __init__(self, first: FilesystemStore, second: FilesystemStore) -> None:
        self._first = first
        self._second = second
        self._in_order = first.device == second.device and keeps_order(first.device)
        self._helpers = ThreadPoolExecutor(max_workers=_HELPERS, thread_name_prefix="sync")

    def create(self, first: NewObject, second: NewObject) -> None:
        with store_errors(second.key):
            one = self._first.draft(first.key, first.data, lock_until=first.lock_until)
            try:
                other = self._second.draft(second.key, second.data, lock_until=second.lock_until)
                try:
                    self._finish(one, other)
                finally:
                    other.discard()
            finally:
                one.discard()

    def _finish(self, one: Draft, other: Draft) -> None:
        self._both(one.sync, other.sync)
        one.link()
        if self._in_order:
            other.link()
            self._both(one.settle, other.settle)
        else:
            one.settle()
            other.link()
            other.settle()

    def _both(self, one: Callable[[], None], other: Callable[[], None]) -> None:
        """Run both at once and wait for both, whatever becomes of either."""
        pending = self._helpers.submit(one)
        try:
            other()
        finally:
            failure = pending.exception()
        if failure is not None:
            raise failure
