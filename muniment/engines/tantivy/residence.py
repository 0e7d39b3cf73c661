"""Keep the mapped files of an index out of the memory that a writing process holds.

Tantivy maps its files; a merge reads all of the segments that it joins, so the process would hold the whole index for a
while. The pages are the system's cache and can be read again: they are given back as they pile up. MADV_PAGEOUT
(Linux 5.4) never loses a page, whatever lies at the address by the time of the call.
"""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LIMIT_BYTES: Final = 96 << 20  # of mapped files in memory before pages are given back
PAUSE_SECONDS: Final = 0.05  # a merge reads some 20 MB in that time: our measurement
_MADV_PAGEOUT: Final = 21
_MAPS: Final = Path("/proc/self/maps")
_STATUS: Final = Path("/proc/self/status")


@contextmanager
def given_back(folder: Path) -> Iterator[None]:
    """Give pages of files below `folder` back while the body runs; where the system cannot, do nothing."""
    if not _MAPS.exists():
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_watch, args=(str(folder), done), name="pages", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def mapped_bytes() -> int:
    """Return how many bytes of mapped files this process holds in memory."""
    for line in _STATUS.read_text().splitlines():
        if line.startswith("RssFile:"):
            return int(line.split()[1]) * 1024
    return 0


def give_back(folder: str) -> None:
    """Ask the system to drop the pages of files below `folder` from this process."""
    libc = ctypes.CDLL(None)
    for line in _MAPS.read_text().splitlines():
        head, _, path = line.partition("/")
        if f"/{path}".startswith(folder):
            start, end = (int(part, 16) for part in head.split(maxsplit=1)[0].split("-"))
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_PAGEOUT)


def _watch(folder: str, done: threading.Event) -> None:
    while not done.wait(PAUSE_SECONDS):
        if mapped_bytes() > LIMIT_BYTES:
            give_back(folder)
