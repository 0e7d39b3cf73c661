"""The folder of a Tantivy index: which generation is current, its version, and who may write.

    current      {"version": 1, "generation": "…"}   replaced whole, never changed in place
    writer.lock  held with flock by the one process that writes; the kernel lets go of it when that process dies
    <generation>/   Tantivy's own files

`clear` and `expunge` make a new generation and point `current` at it, so a reader has either the old index or the new
one, and a process killed in between leaves the old one.
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from tantivy import Index

from muniment.engines.port import IndexUnavailable
from muniment.engines.tantivy.schema import TOKENIZER, VERSION, build_schema, tokenizer
from muniment.engines.tantivy.segments import META, sync

REBUILD = "Run `manage.py rebuild index` to make it again from the archive; no message is lost."
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What changes when another process commits or clears: the generation, and its `meta.json` on disk."""

    generation: str
    meta: tuple[int, int, int]


class Folder:
    """One index folder. `wait_seconds` bounds the wait for another writer."""

    def __init__(self, path: Path, *, wait_seconds: float) -> None:
        self.path = path
        self._wait_seconds = wait_seconds

    def stamp(self) -> Stamp:
        """Return the present state of the index; raise `IndexUnavailable` if there is none of this version."""
        generation = self._current()
        while True:
            try:
                meta = (self.path / generation / META).stat()
            except OSError as error:
                gone, generation = generation, self._current()
                if gone != generation:  # another one became current just now, and this one was removed
                    continue
                raise IndexUnavailable(f"The search index in {self.path} is damaged: {error}. {REBUILD}") from error
            return Stamp(generation=generation, meta=(meta.st_ino, meta.st_mtime_ns, meta.st_size))

    def open(self, generation: str) -> Index:
        """Open a generation for reading by hand: it sees new commits when `reload` is called."""
        return self.open_at(self.path / generation)

    def open_at(self, path: Path) -> Index:
        """Open the index in a folder that is no generation."""
        with reporting(self.path):
            index = Index.open(str(path))
            index.register_tokenizer(TOKENIZER, tokenizer())
            index.config_reader("manual")
            index.reload()
        return index

    def exists(self) -> bool:
        """Tell whether an index was made here."""
        return (self.path / "current").exists()

    def create(self) -> None:
        """Make an empty generation current and remove the others. The caller holds the writer's lock."""
        generation = uuid4().hex
        with reporting(self.path):
            (self.path / generation).mkdir(parents=True)
            Index(build_schema(), path=str(self.path / generation), reuse=False)
        self.adopt(generation)

    def adopt(self, generation: str) -> None:
        """Make a generation current that is whole on the disk, and remove the others. The caller holds the lock."""
        with reporting(self.path):
            self._point_at(generation)
        self.sweep()

    def sweep(self) -> None:
        """Remove every folder but the current generation's. The caller holds the writer's lock."""
        generation = self._current()
        for other in self.path.iterdir():
            if other.is_dir() and other.name != generation:
                shutil.rmtree(other, ignore_errors=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock; raise `IndexUnavailable` if another process keeps it for too long."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.path / "writer.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise IndexUnavailable(f"The search index in {self.path} cannot be written: {error}.") from error
        try:
            self._wait_for(lambda: _locked(lock))
            yield
        finally:
            os.close(lock)

    def _wait_for(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + self._wait_seconds
        while not done():
            if time.monotonic() > deadline:
                raise IndexUnavailable(
                    f"Another process has been writing to the search index in {self.path} for more than "
                    f"{self._wait_seconds:g} seconds: try again later."
                )
            time.sleep(_POLL_SECONDS)

    def _current(self) -> str:
        try:
            written = json.loads((self.path / "current").read_bytes())
            version, generation = int(written["version"]), str(written["generation"])
        except FileNotFoundError:
            raise IndexUnavailable(f"There is no search index in {self.path}. {REBUILD}") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexUnavailable(f"The search index in {self.path} is damaged: {error!r}. {REBUILD}") from error
        if version != VERSION:
            raise IndexUnavailable(
                f"The search index in {self.path} is of version {version}; this program reads version {VERSION}. "
                f"{REBUILD}"
            )
        return generation

    def _point_at(self, generation: str) -> None:
        fresh = self.path / "current.new"
        with fresh.open("w") as file:
            json.dump({"version": VERSION, "generation": generation}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path / "current")
        sync(self.path)


@contextmanager
def reporting(path: Path) -> Iterator[None]:
    """Turn what Tantivy raises, and its panics on damaged files, into `IndexUnavailable`."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        raise IndexUnavailable(f"The search index in {path} does not answer: {error}. {REBUILD}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise IndexUnavailable(f"The search index in {path} is damaged: {error}. {REBUILD}") from error


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
