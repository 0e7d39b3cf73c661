"""Which messages belong to one conversation: those that share a message id, their own or one they refer to.

A thread's id is the smallest id of its messages, so that it is the same after a rebuild, in whatever order.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from django.db.models import F

from archive.models import Message, ThreadKey
from archive.services.inserting import insert

MAX_KEYS_PER_LOOKUP = 500  # SQLite takes 32,766 variables in a statement, PostgreSQL 65,535


def key_hash(message_id: str) -> str:
    """Return the stored form of a Message-ID."""
    return sha256(message_id.encode("utf-8", "surrogateescape")).hexdigest()


def assign(keys_of: Mapping[UUID, Sequence[str]]) -> dict[UUID, UUID]:
    """Return the thread of each new message, joining threads that turn out to be one. Call in a transaction.

    `keys_of` maps message ids to their Message-IDs (own, In-Reply-To, References).
    """
    hashes = {message: {key_hash(key) for key in keys} for message, keys in keys_of.items()}
    stored = _stored({key for keys in hashes.values() for key in keys})
    union = _Union()
    for message, keys in hashes.items():
        union.join(message, *(stored[key] for key in keys if key in stored))
    first_with: dict[str, UUID] = {}
    for message, keys in hashes.items():
        for key in keys:
            union.join(first_with.setdefault(key, message), message)
    _move({old: union.root(old) for old in set(stored.values()) if union.root(old) != old})
    insert(
        ThreadKey,
        ("key", "thread_id"),
        ((key, union.root(message)) for message, keys in hashes.items() for key in sorted(keys) if key not in stored),
        ignore_conflicts=True,
    )
    return {message: union.root(message) for message in hashes}


class _Union:
    """Sets of ids that are one thread; the root of a set is its smallest id."""

    def __init__(self) -> None:
        self._parent: dict[UUID, UUID] = {}

    def root(self, identifier: UUID) -> UUID:
        path = []
        while (parent := self._parent.setdefault(identifier, identifier)) != identifier:
            path.append(identifier)
            identifier = parent
        for step in path:
            self._parent[step] = identifier
        return identifier

    def join(self, *identifiers: UUID) -> None:
        roots = {self.root(identifier) for identifier in identifiers}
        smallest = min(roots)
        for root in roots:
            self._parent[root] = smallest


def _stored(keys: Iterable[str]) -> dict[str, UUID]:
    wanted = sorted(keys)
    found: dict[str, UUID] = {}
    for start in range(0, len(wanted), MAX_KEYS_PER_LOOKUP):
        chunk = wanted[start : start + MAX_KEYS_PER_LOOKUP]
        found.update(ThreadKey.objects.filter(key__in=chunk).values_list("key", "thread_id"))
    return found


def _move(threads: Mapping[UUID, UUID]) -> None:
    for old, new in threads.items():
        ThreadKey.objects.filter(thread_id=old).update(thread_id=new)
        Message.objects.filter(thread_id=old).update(thread_id=new, revision=F("revision") + 1)
