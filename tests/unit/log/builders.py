"""Logs for the tests: entries that differ, a key, stores that fail or lie, and the naive oracle."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from muniment.ids import SegmentId
from muniment.log.entries import SegmentSealed
from muniment.log.note import NoteSigner
from muniment.log.writer import LogWriter
from muniment.stores.memory import MemoryStore
from muniment.stores.port import StoreUnavailable

NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
SIGNER = NoteSigner("muniment.example/log", seed=bytes(range(32)))
VERIFIERS = (SIGNER.verifier,)


def sealed(number):
    return SegmentSealed(segment_id=SegmentId(UUID(int=number)), root=sha256(b"%d" % number).digest(), frames=number)


def filled(*sizes):
    """Return a store whose log grew to each of the sizes, one batch each."""
    store = MemoryStore()
    before = 0
    for size in sizes:
        LogWriter(store, SIGNER).append([sealed(number) for number in range(before, size)], NOW)
        before = size
    return store


def naive_root(hashes):
    """RFC 9162 section 2.1.1, word for word, over leaf hashes."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = naive_split(len(hashes))
    return sha256(b"\x01" + naive_root(hashes[:split]) + naive_root(hashes[split:])).digest()


def naive_inclusion(index, hashes):
    """RFC 9162 section 2.1.3.1, word for word."""
    if len(hashes) == 1:
        return []
    split = naive_split(len(hashes))
    if index < split:
        return [*naive_inclusion(index, hashes[:split]), naive_root(hashes[split:])]
    return [*naive_inclusion(index - split, hashes[split:]), naive_root(hashes[:split])]


def naive_consistency(old, hashes, *, whole=True):
    """RFC 9162 section 2.1.4.1, word for word."""
    if old == len(hashes):
        return [] if whole else [naive_root(hashes)]
    split = naive_split(len(hashes))
    if old <= split:
        return [*naive_consistency(old, hashes[:split], whole=whole), naive_root(hashes[split:])]
    return [*naive_consistency(old - split, hashes[split:], whole=False), naive_root(hashes[:split])]


def naive_split(size):
    split = 1
    while split * 2 < size:
        split *= 2
    return split


class Killed(BaseException):
    """Stands for the end of the process."""


@dataclass
class FragileStore:
    """Passes on to another store until so many changes were made; then the process is gone, or the answer is lost."""

    inner: MemoryStore
    changes_left: int | None = None
    error: type = Killed
    after_change: bool = False
    changes: list = field(default_factory=list)

    def _change(self, verb, key, *args, **kwargs):
        dies = self.changes_left == 0
        if dies and not self.after_change:
            raise self.error("before")
        self.changes_left = None if self.changes_left is None else self.changes_left - 1
        self.changes.append((verb, key))
        result = getattr(self.inner, verb)(key, *args, **kwargs)
        if dies:
            raise self.error("after")
        return result

    def create(self, key, data, *, lock_until=None):
        return self._change("create", key, data, lock_until=lock_until)

    def replace(self, key, data, *, etag):
        return self._change("replace", key, data, etag=etag)

    def delete(self, key):
        return self._change("delete", key)

    def __getattr__(self, name):
        return getattr(self.inner, name)


@dataclass
class LyingStore:
    """Answers with one bit flipped in one object, or without it."""

    inner: MemoryStore
    key: str
    bit: int = 0

    def get(self, key, **kwargs):
        data = self.inner.get(key, **kwargs)
        if key != self.key:
            return data
        at = self.bit % (8 * len(data))
        return data[: at // 8] + bytes((data[at // 8] ^ 1 << at % 8,)) + data[at // 8 + 1 :]

    def __getattr__(self, name):
        return getattr(self.inner, name)


@dataclass
class MeddlingStore(FragileStore):
    """Lets `meddle` happen once, before or after one of the changes."""

    meddle: Callable[[], object] = lambda: None

    def _change(self, verb, key, *args, **kwargs):
        now, self.changes_left = self.changes_left == 0, None if self.changes_left is None else self.changes_left - 1
        if now and not self.after_change:
            self.meddle()
        result = getattr(self.inner, verb)(key, *args, **kwargs)
        if now and self.after_change:
            self.meddle()
        return result


def unavailable_after(store, changes):
    return FragileStore(store, changes, StoreUnavailable, after_change=True)
