"""The folder of an export job: what it is, how far it is, and the bundle while it is made.

    job.json     the request, fixed when the job was made, and the result once there is one
    selection    ids of the messages, in order
    checkpoint   of the evidence log, where there is one
    journal      a line of JSON for each state that is durable, newest last
    bundle directory items exceptions sums     the streams of the bundle
    ending       the last entry of the audit trail when the bundle was whole: its end is told after that one

A line of the journal is written when all that it speaks of is on the disk. Whoever goes on cuts the streams there.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import UUID

from archive.exporting.orders import request_from
from archive.exporting.selecting import ID_LINE_BYTES
from muniment.bundle import records
from muniment.bundle.archive_file import Place
from muniment.bundle.model import Counts, Request
from muniment.bundle.writer import State, Streams
from muniment.errors import Corrupt, Transient

STREAMS: Final = ("bundle", "directory", "items", "exceptions", "sums")
_PRIVATE: Final = 0o700


class BeingMade(Transient):
    """Another process makes this export."""


class JobUnreadable(Corrupt):
    """The file that says what a job is cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A finished bundle."""

    size_bytes: int
    sha256: str  # of the ZIP
    digest: str  # of its SHA256SUMS


class JobFolder:
    """One job. Everything here is private to whoever runs the archive: it holds mail in the clear."""

    def __init__(self, data: Path, key: str) -> None:
        self.key = key
        self.path = data / "exports" / key

    def prepare(self) -> None:
        """Make the folder."""
        self.path.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Keep other processes from this job; raise `BeingMade`."""
        self.prepare()
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BeingMade("this export is being made by another process; wait for it") from None
            yield

    def exists(self) -> bool:
        """Return whether the job was made whole."""
        return (self.path / "job.json").exists()

    def save(self, request: Request, *, result: Result | None = None) -> None:
        """Write what the job is; with this it exists."""
        job = {
            "request": records.manifest_record(request, Counts()),
            "log_key": request.log_key,
            "result": None if result is None else asdict(result),
        }
        _replace(self.path / "checkpoint", request.checkpoint)
        _replace(self.path / "job.json", records.canonical(job))

    def load(self) -> tuple[Request, Result | None]:
        """Return what the job is; raise `JobUnreadable`."""
        try:
            job: dict[str, Any] = json.loads((self.path / "job.json").read_bytes())
            checkpoint = (self.path / "checkpoint").read_bytes()
            request = request_from(job["request"], checkpoint=checkpoint, log_key=job["log_key"])
            return request, None if job["result"] is None else Result(**job["result"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise JobUnreadable(
                f"{self.path / 'job.json'} cannot be read ({error!r}): run the command with --new to begin again"
            ) from error

    def ids(self, start: int) -> Iterator[UUID]:
        """Yield the ids of the selection from place `start` (from 0) on."""
        with (self.path / "selection").open("rb") as lines:
            lines.seek(start * ID_LINE_BYTES)
            for line in lines:
                yield UUID(line.decode().strip())

    @contextmanager
    def selection(self) -> Iterator[BinaryIO]:
        """Open the selection to be written; it is durable at the end."""
        with (self.path / "selection").open("w+b") as out:
            yield out
            _sync(out)

    @contextmanager
    def streams(self, state: State) -> Iterator[Streams]:
        """Open the streams, cut to where a state says that they end."""
        lengths = _lengths(state)
        opened: dict[str, BinaryIO] = {}
        try:
            for name in STREAMS:
                opened[name] = os.fdopen(os.open(self.path / name, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
                opened[name].truncate(lengths[name])
                opened[name].seek(lengths[name])
            yield Streams(**opened)
        finally:
            for stream in opened.values():
                stream.close()

    def note(self, streams: Streams, state: State) -> None:
        """Make what is written durable, and note it."""
        for name in STREAMS:
            _sync(getattr(streams, name))
        with (self.path / "journal").open("ab") as journal:
            journal.write(records.line(asdict(state)))
            _sync(journal)

    def state(self) -> State:
        """Return the newest state that is whole on the disk; the first one where there is none."""
        try:
            lines = (self.path / "journal").read_bytes().split(b"\n")
        except FileNotFoundError:
            return State()
        for line in reversed(lines):
            state = _state_of(line)
            if state is not None and all(self._size(name) >= size for name, size in _lengths(state).items()):
                return state
        return State()

    def ending(self, *, number: int) -> int:
        """Return the last entry of the audit trail when the bundle was first whole: `number`, unless one is noted."""
        path = self.path / "ending"
        if not path.exists():
            _replace(path, b"%d" % number)
        return int(path.read_bytes())

    def clear(self) -> None:
        """Remove the mail and the journal; what the job is and its selection stay."""
        for name in ("journal", "ending", *STREAMS):
            (self.path / name).unlink(missing_ok=True)

    def forget(self) -> None:
        """Remove the whole job."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _size(self, name: str) -> int:
        path = self.path / name
        return path.stat().st_size if path.exists() else -1


def _state_of(line: bytes) -> State | None:
    try:
        found = json.loads(line)
        return State(**found | {"place": Place(**found["place"]), "counts": Counts(**found["counts"])})
    except (ValueError, KeyError, TypeError):  # a line that a crash cut short
        return None


def _lengths(state: State) -> dict[str, int]:
    return {
        "bundle": state.place.offset,
        "directory": state.place.directory_bytes,
        "items": state.items_bytes,
        "exceptions": state.exceptions_bytes,
        "sums": state.sums_bytes,
    }


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".draft")
    with draft.open("wb") as out:
        out.write(content)
        _sync(out)
    draft.replace(path)


def _sync(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())
