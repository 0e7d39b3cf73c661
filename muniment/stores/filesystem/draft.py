"""An object on its way to its name, in steps: written → synced → linked → settled.

An object gets its name only when it is whole and synced, and a name that is taken stays as it is. Once settled, it
survives power loss.
"""

import os
import threading
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final
from uuid import uuid4

from muniment.stores.filesystem import trailer
from muniment.stores.filesystem.files import make_directories, sync_directory, write_new
from muniment.stores.port import Data, ObjectExists, ObjectInfo, pieces_of

MAX_KNOWN: Final = 1_000  # directories: one an hour, so those of six weeks


class Nursery:
    """Where a store's drafts are made: the scratch directory, and what is known of the directories they go to."""

    def __init__(self, scratch: Path, objects: Path) -> None:
        self._scratch = f"{scratch}/{uuid4().hex}-"  # no other process, nor another store in this one, has that name
        self._numbers = count()
        self._objects = objects
        self._known: set[str] = set()
        self._lock = threading.Lock()

    def fresh(self) -> str:
        """Return the path of a file that does not exist."""
        return f"{self._scratch}{next(self._numbers)}"

    def make(self, directory: str) -> None:
        """Make a directory durably, unless it was seen before."""
        if directory in self._known:
            return
        make_directories(Path(directory), below=self._objects)
        with self._lock:
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            self._known.add(directory)

    def forget(self, directory: str) -> None:
        """Look again the next time: somebody took it away."""
        with self._lock:
            self._known.discard(directory)


class Draft:
    """One object being created. Each step may raise `OSError`; then `discard` leaves nothing behind."""

    __slots__ = ("_descriptor", "_directory", "_fresh", "_nursery", "_target", "info")

    def __init__(self, nursery: Nursery, target: str, key: str, data: Data, lock_until: datetime | None) -> None:
        """Write the object to a file without its name."""
        self._nursery = nursery
        self._target = target
        self._directory = target.rpartition("/")[0]
        pieces = pieces_of(data)
        tail = trailer.make(pieces, lock_until)
        self._fresh = nursery.fresh()
        self._descriptor = write_new(self._fresh, [*pieces, tail])
        size_bytes = sum(map(len, pieces))
        self.info = ObjectInfo(key=key, size_bytes=size_bytes, etag=tail[16:48].hex(), locked_until=lock_until)

    def sync(self) -> None:
        """Make the bytes durable."""
        os.fsync(self._descriptor)

    def link(self) -> None:
        """Give the object its name; raise `ObjectExists` if that is taken."""
        self._nursery.make(self._directory)
        try:
            os.link(self._fresh, self._target)
        except FileExistsError:
            raise ObjectExists(f"{self.info.key} is taken") from None
        except FileNotFoundError:
            self._nursery.forget(self._directory)
            raise

    def settle(self) -> None:
        """Make the name durable."""
        sync_directory(self._directory)

    def discard(self) -> None:
        """Take away what only the draft needed; the object, if it was linked, stays."""
        os.close(self._descriptor)
        Path(self._fresh).unlink(missing_ok=True)
