"""The ObjectStore port: what Muniment asks of the place that holds the truth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from muniment.errors import Corrupt, Refused, Transient

Data = bytes | Sequence[bytes]  # what is written: in one piece, or in pieces that need not be joined first


class ObjectExists(Refused):
    """A create met an object of that key. The object that stands is unchanged."""


class ObjectMissing(Refused):
    """No object has that key."""


class ObjectChanged(Refused):
    """A replace named an ETag that is no longer the object's. Read again, decide again."""


class ObjectLocked(Refused):
    """The object is under a lock or a legal hold and stays."""


class StoreUnavailable(Transient):
    """The store did not answer, or is full. Nothing may be taken as written."""


class ObjectCorrupt(Corrupt):
    """The bytes read are not the bytes written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectInfo:
    """What a store knows of one object."""

    key: str
    size_bytes: int
    etag: str
    locked_until: datetime | None = None
    legal_hold: bool = False


class ObjectStore(Protocol):
    """Keep whole objects under keys, durably.

    Keys are `/`-separated segments of `[a-z0-9.-]`, at most 512 characters, none a path prefix of another,
    no empty, `.` or `..` segment; a bad key is `Refused`.

    Durability: when `create` or `replace` returns, the object survives power loss, whole. When either raises
    `StoreUnavailable`, the object is there whole or not at all; the caller must not assume which.
    Idempotence: `create` may be repeated with the same bytes after `StoreUnavailable`; an `ObjectExists` then
    means either that the first try succeeded or that another writer won: compare with `get`.
    Every method may raise `StoreUnavailable`. Methods are thread-safe.
    """

    def create(self, key: str, data: Data, *, lock_until: datetime | None = None) -> ObjectInfo:
        """Write a new object; raise `ObjectExists` if the key is taken (a create never overwrites)."""
        ...

    def replace(self, key: str, data: bytes, *, etag: str) -> ObjectInfo:
        """Compare-and-swap: write `data` if the object still has `etag`; else `ObjectChanged` or `ObjectMissing`."""
        ...

    def get(self, key: str, *, offset: int = 0, length: int | None = None) -> bytes:
        """Read an object, or `length` bytes from `offset`. A range past the end is `Refused`.

        A full read is compared with the checksum stored at writing: `ObjectCorrupt` if it differs.
        """
        ...

    def info(self, key: str) -> ObjectInfo:
        """Return what is known of the object; raise `ObjectMissing`."""
        ...

    def keys(self, prefix: str, *, after: str = "") -> Iterator[str]:
        """Yield keys that start with `prefix` and sort after `after`, in ascending order."""
        ...

    def delete(self, key: str) -> None:
        """Remove exactly this key; `ObjectLocked` while a lock or hold stands, `ObjectMissing` if absent.

        Where bytes are recoverable (versions), all versions of exactly this key go.
        """
        ...

    def lock(self, key: str, *, until: datetime) -> None:
        """Extend the lock to `until`. A time before the present lock is `Refused`: a lock never shortens."""
        ...

    def set_legal_hold(self, key: str, *, on: bool) -> None:
        """Set or lift the legal hold of the object."""
        ...


def pieces_of(data: Data) -> Sequence[bytes]:
    """Return data as pieces."""
    return (data,) if isinstance(data, bytes) else data
