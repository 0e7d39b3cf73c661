"""Other bytes that a store keeps of an object: older versions, and copies in a replica. Only ever read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from muniment.errors import Corrupt, MunimentError
from muniment.stores.port import ObjectMissing, ObjectStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Bytes that may be those that were written. `read` raises as `ObjectStore.get`."""

    name: str  # for a person: where to find it
    read: Callable[[], bytes]


class KeepsCopies(Protocol):
    """Something that keeps other bytes of an object."""

    def copies(self, key: str) -> Iterator[Copy]:
        """Yield what there is beside the object itself, the newest first. May raise `StoreUnavailable`."""
        ...


class Replica:
    """A store that is kept equal to the archive's by other means, such as the replication of a bucket."""

    def __init__(self, name: str, store: ObjectStore) -> None:
        self._name = name
        self._store = store

    def copies(self, key: str) -> Iterator[Copy]:
        yield Copy(name=self._name, read=lambda: self._store.get(key))


def good_copies(key: str, places: tuple[KeepsCopies, ...], *, is_good: Callable[[bytes], bool]) -> list[str]:
    """Return the names of copies that are good; a place that does not answer is named as such."""
    found: list[str] = []
    for place in places:
        try:
            found.extend(copy.name for copy in place.copies(key) if _is_good(copy, is_good))
        except MunimentError as error:
            found.append(f"(not looked at: {error})")
    return found


def _is_good(copy: Copy, is_good: Callable[[bytes], bool]) -> bool:
    try:
        return is_good(copy.read())
    except (ObjectMissing, Corrupt):
        return False
