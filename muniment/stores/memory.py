"""An object store in memory, for tests: the contract and nothing else."""

import threading
from bisect import bisect_right, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256

from muniment.errors import Refused
from muniment.stores.keys import check_key
from muniment.stores.port import Data, ObjectChanged, ObjectExists, ObjectInfo, ObjectLocked, ObjectMissing, pieces_of


@dataclass(frozen=True, slots=True)
class _Entry:
    data: bytes
    info: ObjectInfo


class MemoryStore:
    """Keeps objects as long as the process lives."""

    def __init__(self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}
        self._sorted: list[str] = []

    def create(self, key: str, data: Data, *, lock_until: datetime | None = None) -> ObjectInfo:
        whole = b"".join(pieces_of(data))
        with self._lock:
            if check_key(key) in self._entries:
                raise ObjectExists(f"{key} is taken")
            entry = _Entry(whole, _info(key, whole, lock_until))
            self._entries[key] = entry
            insort(self._sorted, key)
            return entry.info

    def replace(self, key: str, data: bytes, *, etag: str) -> ObjectInfo:
        with self._lock:
            entry = self._entry(key)
            if entry.info.etag != etag:
                raise ObjectChanged(f"{key} has changed since it was read")
            self._refuse_if_locked(entry)
            self._entries[key] = _Entry(data, _info(key, data, None))
            return self._entries[key].info

    def get(self, key: str, *, offset: int = 0, length: int | None = None) -> bytes:
        with self._lock:
            data = self._entry(key).data
        end = len(data) if length is None else offset + length
        if offset < 0 or end > len(data) or end < offset:
            raise Refused(f"{key}: bytes {offset} to {end} are not all in its {len(data)}")
        return data[offset:end]

    def info(self, key: str) -> ObjectInfo:
        with self._lock:
            return self._entry(key).info

    def keys(self, prefix: str, *, after: str = "") -> Iterator[str]:
        with self._lock:
            found = [key for key in self._sorted[bisect_right(self._sorted, after) :] if key.startswith(prefix)]
        yield from found

    def delete(self, key: str) -> None:
        with self._lock:
            self._refuse_if_locked(self._entry(key))
            del self._entries[key]
            self._sorted.remove(key)

    def lock(self, key: str, *, until: datetime) -> None:
        with self._lock:
            entry = self._entry(key)
            if entry.info.locked_until is not None and until < entry.info.locked_until:
                raise Refused(f"{key} is locked until {entry.info.locked_until}: a lock never shortens")
            self._entries[key] = _Entry(entry.data, replace(entry.info, locked_until=until))

    def set_legal_hold(self, key: str, *, on: bool) -> None:
        with self._lock:
            entry = self._entry(key)
            self._entries[key] = _Entry(entry.data, replace(entry.info, legal_hold=on))

    def _entry(self, key: str) -> _Entry:
        try:
            return self._entries[check_key(key)]
        except KeyError:
            raise ObjectMissing(f"there is no object {key}") from None

    def _refuse_if_locked(self, entry: _Entry) -> None:
        info = entry.info
        if info.legal_hold or (info.locked_until is not None and info.locked_until > self._now()):
            raise ObjectLocked(f"{info.key} is locked until {info.locked_until} or under a legal hold")


def _info(key: str, data: bytes, lock_until: datetime | None) -> ObjectInfo:
    return ObjectInfo(key=key, size_bytes=len(data), etag=sha256(data).hexdigest(), locked_until=lock_until)
