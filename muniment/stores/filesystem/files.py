"""Durable file operations: what is named here survives power loss once the call returns."""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from muniment.stores.port import StoreUnavailable

READ_ONLY: Final = 0o400
_MOST_PIECES: Final = 1024  # of one writev: IOV_MAX on Linux
_SPENT: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def store_errors(key: str) -> Iterator[None]:
    """Turn what the operating system refuses into `StoreUnavailable`, with its reason."""
    try:
        yield
    except OSError as error:
        full = "the disk or its quota is full; make room, nothing was lost" if error.errno in _SPENT else "try again"
        raise StoreUnavailable(f"{key}: {error.strerror or error}: {full}") from error


def write_new(path: str, pieces: Sequence[bytes]) -> int:
    """Write a new read-only file and return its descriptor, not synced yet; nothing is left where it fails."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, READ_ONLY)
    try:
        for start in range(0, len(pieces), _MOST_PIECES):
            _write_all(descriptor, pieces[start : start + _MOST_PIECES])
    except BaseException:
        os.close(descriptor)
        Path(path).unlink()
        raise
    return descriptor


def write_durably(path: Path, pieces: Sequence[bytes]) -> None:
    """Write a new read-only file and sync it; nothing is left where it fails."""
    descriptor = write_new(str(path), pieces)
    try:
        os.fsync(descriptor)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def make_directories(path: Path, *, below: Path) -> None:
    """Make a directory and its parents below `below`, each durable in its parent."""
    missing: list[Path] = []
    at = path
    while at != below and not at.is_dir():
        missing.append(at)
        at = at.parent
    for directory in reversed(missing):
        directory.mkdir(exist_ok=True)
        sync_directory(directory.parent)


def sync_directory(path: Path | str) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, pieces: Sequence[bytes]) -> None:
    written = os.writev(descriptor, pieces)
    for piece in pieces:  # what one call did not take: a disk that fills up, or more than 2 GiB
        view = memoryview(piece)[written:]
        written = max(0, written - len(piece))
        while view:
            view = view[os.write(descriptor, view) :]
