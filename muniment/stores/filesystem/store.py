"""The embedded object store: a directory on one machine.

root/objects/<key>   data ‖ trailer, read-only, linked to its name once it is whole and synced
root/locks/<key>     extended lock and legal hold
root/tmp/            files not finished; swept when a store is opened
root/mutex           flock for compare-and-swap and deletion across processes
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from muniment.errors import Refused
from muniment.stores.filesystem import locks, trailer
from muniment.stores.filesystem.draft import Draft, Nursery
from muniment.stores.filesystem.files import store_errors, sync_directory, write_durably
from muniment.stores.keys import check_key
from muniment.stores.port import Data, ObjectChanged, ObjectInfo, ObjectLocked, ObjectMissing

STALE_SECONDS: Final = 24 * 3600  # an unfinished file of that age has no writer: the longest PUT is minutes


class FilesystemStore:
    """Keeps objects as files below `root`; see `ObjectStore` for the contract."""

    def __init__(
        self,
        root: Path,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        draft_class: type[Draft] = Draft,
    ) -> None:
        self._draft_class = draft_class
        self._root = root
        self._objects, self._locks, self._scratch = root / "objects", root / "locks", root / "tmp"
        self._now = now
        self._nursery = Nursery(self._scratch, self._objects)
        with store_errors(str(root)):
            for directory in (self._objects, self._locks, self._scratch):
                directory.mkdir(parents=True, exist_ok=True)
            _sweep(self._scratch)

    def create(self, key: str, data: Data, *, lock_until: datetime | None = None) -> ObjectInfo:
        with store_errors(key):
            draft = self.draft(key, data, lock_until=lock_until)
            try:
                draft.sync()
                draft.link()
            finally:
                draft.discard()
            draft.settle()
        return draft.info

    def draft(self, key: str, data: Data, *, lock_until: datetime | None = None) -> Draft:
        """Write an object that has no name yet; see `Draft` for its next steps. May raise `OSError`."""
        return self._draft_class(self._nursery, f"{self._objects}/{check_key(key)}", key, data, lock_until)

    @property
    def device(self) -> int:
        """Return the number of the device that keeps the objects."""
        return self._objects.stat().st_dev

    def replace(self, key: str, data: bytes, *, etag: str) -> ObjectInfo:
        target = self._path(key)
        with store_errors(key), self._mutex():
            info = self.info(key)
            if info.etag != etag:
                raise ObjectChanged(f"{key} has changed since it was read")
            self._refuse_if_locked(info)
            tail = trailer.make([data], None)
            fresh = self._scratch / uuid4().hex
            write_durably(fresh, [data, tail])
            fresh.replace(target)
            sync_directory(target.parent)
        return ObjectInfo(key=key, size_bytes=len(data), etag=tail[16:48].hex())

    def get(self, key: str, *, offset: int = 0, length: int | None = None) -> bytes:
        with store_errors(key), self._open(key) as descriptor:
            found = _trailer_of(descriptor, key)
            end = found.data_bytes if length is None else offset + length
            if offset < 0 or end > found.data_bytes or end < offset:
                raise Refused(f"{key}: bytes {offset} to {end} are not all in its {found.data_bytes}")
            if offset == 0 and end == found.data_bytes:
                data = _read_at(descriptor, 0, found.data_bytes)
                trailer.check(data, found, key=key)
                return data
            return _read_at(descriptor, offset, end - offset)

    def info(self, key: str) -> ObjectInfo:
        with store_errors(key), self._open(key) as descriptor:
            found = _trailer_of(descriptor, key)
            state = locks.read(self._locks / key)
        ends = [until for until in (found.lock_until, state.until) if until is not None]
        return ObjectInfo(
            key=key,
            size_bytes=found.data_bytes,
            etag=found.digest.hex(),
            locked_until=max(ends, default=None),
            legal_hold=state.legal_hold,
        )

    def keys(self, prefix: str, *, after: str = "") -> Iterator[str]:
        with store_errors(prefix):
            yield from _walk(self._objects, "", prefix, after)

    def delete(self, key: str) -> None:
        target = self._path(key)
        with store_errors(key), self._mutex():
            self._refuse_if_locked(self.info(key))
            target.unlink()
            sync_directory(target.parent)
            (self._locks / key).unlink(missing_ok=True)

    def lock(self, key: str, *, until: datetime) -> None:
        with store_errors(key), self._mutex():
            info = self.info(key)
            if info.locked_until is not None and until < info.locked_until:
                raise Refused(f"{key} is locked until {info.locked_until}: a lock never shortens")
            self._keep(key, locks.LockState(until=until, legal_hold=info.legal_hold))

    def set_legal_hold(self, key: str, *, on: bool) -> None:
        with store_errors(key), self._mutex():
            self._keep(key, locks.LockState(until=self.info(key).locked_until, legal_hold=on))

    def _keep(self, key: str, state: locks.LockState) -> None:
        locks.write(self._locks / key, state, root=self._locks, scratch=self._scratch)

    def _path(self, key: str) -> Path:
        return self._objects / check_key(key)

    @contextmanager
    def _open(self, key: str) -> Iterator[int]:
        try:
            descriptor = os.open(self._path(key), os.O_RDONLY | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            raise ObjectMissing(f"there is no object {key}") from None
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def _mutex(self) -> Iterator[None]:
        descriptor = os.open(self._root / "mutex", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _refuse_if_locked(self, info: ObjectInfo) -> None:
        if info.legal_hold:
            raise ObjectLocked(f"{info.key} is under a legal hold")
        if info.locked_until is not None and info.locked_until > self._now():
            raise ObjectLocked(f"{info.key} is locked until {info.locked_until}")


def _trailer_of(descriptor: int, key: str) -> trailer.Trailer:
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, trailer.BYTES, max(0, size - trailer.BYTES))
    return trailer.parse(tail, file_bytes=size, key=key)


def _read_at(descriptor: int, offset: int, length: int) -> bytes:
    pieces: list[bytes] = []
    while length:
        piece = os.pread(descriptor, length, offset)
        if not piece:
            break
        pieces.append(piece)
        offset += len(piece)
        length -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _walk(directory: Path, base: str, prefix: str, after: str) -> Iterator[str]:
    """Yield keys below a directory in ascending order; branches that hold none of them are not entered."""
    try:
        with os.scandir(directory) as entries:
            found = sorted(
                (entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name) for entry in entries
            )
    except FileNotFoundError:
        return
    for name in found:
        key = base + name
        if name.endswith("/"):
            within = key.startswith(prefix) or prefix.startswith(key)
            if within and (key > after or after.startswith(key)):
                yield from _walk(directory / name, key, prefix, after)
        elif key.startswith(prefix) and key > after:
            yield key


def _sweep(scratch: Path) -> None:
    oldest = time.time() - STALE_SECONDS
    for path in scratch.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
