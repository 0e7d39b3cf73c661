"""Two objects made one after the other: the PairWriter port, and the way to do it that any two stores allow."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from muniment.stores.port import Data, ObjectStore


@dataclass(frozen=True, slots=True, kw_only=True)
class NewObject:
    """An object to create."""

    key: str
    data: Data
    lock_until: datetime | None = None


class PairWriter(Protocol):
    """Create one object in each of two stores, the first durable no later than the second. Thread-safe.

    When `create` returns, both are durable, as `ObjectStore.create` has it. When it raises, the second is not there
    without the first; the first may be there alone. Nothing is overwritten: `ObjectExists`. May raise
    `StoreUnavailable`: nothing may be taken as written.
    """

    def create(self, first: NewObject, second: NewObject) -> None:
        """Create both."""
        ...


class InTurn:
    """A `PairWriter` for any two stores: the second is begun when the first is durable."""

    def __init__(self, first: ObjectStore, second: ObjectStore) -> None:
        self._first = first
        self._second = second

    def create(self, first: NewObject, second: NewObject) -> None:
        self._first.create(first.key, first.data, lock_until=first.lock_until)
        self._second.create(second.key, second.data, lock_until=second.lock_until)
