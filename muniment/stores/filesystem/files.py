"""Durable file operations: what is named here survives power loss once the call returns."""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from muniment.stores.port import StoreUnavailable

READ_ONLY: Final = 0o400
_SPENT: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def store_errors(key: str) -> Iterator[None]:
    """Turn what the operating system refuses into `StoreUnavailable`, with its reason."""
    try:
        yield
    except OSError as error:
        full = "the disk or its quota is full; make room, nothing was lost" if error.errno in _SPENT else "try again"
        raise StoreUnavailable(f"{key}: {error.strerror or error}: {full}") from error


def write_durably(path: Path, pieces: Sequence[bytes]) -> None:
    """Write a new read-only file and sync it; nothing is left where it fails."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, READ_ONLY)
    try:
        try:
            for piece in pieces:
                _write_all(descriptor, piece)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


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


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
