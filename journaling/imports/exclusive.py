"""One import of a source at a time: two at once could both find an item missing and archive it twice."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from muniment.errors import Refused


class ImportRunning(Refused):
    """Another process imports the same source."""


@contextmanager
def only_import_of(source: str, *, folder: Path) -> Iterator[None]:
    """Hold the lock of a source while the block runs; the system frees it when the process ends in any way."""
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(source.encode()).hexdigest()[:32]
    with (folder / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ImportRunning(
                f'Another import of the source "{source}" is running; wait for its end, or name another --source.'
            ) from error
        yield
