"""The KeyProvider port: who holds the key-encryption keys, and what they are asked to do."""

from typing import NewType, Protocol
from uuid import UUID

from muniment.errors import Corrupt, Refused

KekId = NewType("KekId", UUID)


class KeyMissing(Refused):
    """No key-encryption key has that id, or there is no master key."""


class KeyWrong(Corrupt):
    """A wrapped key does not unwrap: another master key is in place, or the bytes were changed."""


class KeyProvider(Protocol):
    """Wrap and unwrap data keys under the key-encryption key (KEK) of a retention class. Thread-safe.

    A data key is 32 bytes; wrapped (RFC 3394) it is 40. `current` makes the first key of a class when there is none;
    when it returns, the key is durable. Any method may raise `StoreUnavailable` where keys live in a store.
    """

    def current(self, retention_class: str) -> KekId:
        """Return the KEK that new segments of a class use."""
        ...

    def rotate(self, retention_class: str) -> KekId:
        """Make a new KEK the current one of a class. Older ones still unwrap."""
        ...

    def wrap(self, kek_id: KekId, data_key: bytes) -> bytes:
        """Return a data key wrapped; raise `KeyMissing`."""
        ...

    def unwrap(self, kek_id: KekId, wrapped: bytes) -> bytes:
        """Return the data key; raise `KeyMissing` or `KeyWrong`."""
        ...
