"""Append to the log: safe to kill at any moment, and for any number of writers at a time.

1. read the checkpoint (size n) and check it
2. create log/pending/<n>: whoever creates it has entries n and following; one who comes second finishes the first's
   batch and begins again
3. create the new tiles and bundles, which follow from the tiles that stand and the batch alone
4. replace the checkpoint by compare-and-swap
5. delete log/pending/<n>

Between 2 and 3 the checkpoint is read again. It only grows, and a batch is deleted only after the checkpoint has passed
it; so a batch that is seen at n before a checkpoint that still says n is the only one there ever was at n. Where it
says more, another writer may have finished our batch, or have been first: the entries from n on tell.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from muniment.errors import Corrupt, Refused, Transient
from muniment.log import checkpoint as checkpoints
from muniment.log import entries as log_entries
from muniment.log import merkle, pending
from muniment.log.checkpoint import Checkpoint
from muniment.log.edge import Edge, Growth, NewObject
from muniment.log.entries import Entry
from muniment.log.layout import CHECKPOINT_KEY, TILES, pending_key
from muniment.log.note import NoteSigner, NoteVerifier
from muniment.log.pending import Batch
from muniment.log.reader import LogReader
from muniment.stores.port import ObjectChanged, ObjectExists, ObjectMissing, ObjectStore

MAX_BATCH_ENTRIES: Final = 65_536  # a batch waits in one object: some 10 MB of our entries
MAX_ROUNDS: Final = 100  # each round that we lose, another writer's batch got in


class LogBusy(Transient):
    """Other writers were faster every time. Nothing was logged."""


class BatchTooLarge(Refused):
    """More entries than one batch holds."""


class LogForked(Corrupt):
    """The log in the store does not continue what it was known to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """Where a batch stands in the log, and the checkpoint that proves it."""

    first_index: int
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """The checkpoint as it stands, and the ETag to replace it by."""

    checkpoint: Checkpoint
    etag: str


class LogWriter:
    """Appends to the one log of a store. Holds no state between calls; thread-safe as its store is."""

    def __init__(
        self,
        store: ObjectStore,
        signer: NoteSigner,
        *,
        old_keys: Sequence[NoteVerifier] = (),
        lock_for: timedelta | None = None,
    ) -> None:
        """Write as `signer`. `old_keys` signed earlier checkpoints; full tiles are locked for `lock_for`."""
        self._store = store
        self._signer = signer
        self._verifiers = (signer.verifier, *old_keys)
        self._lock_for = lock_for

    def append(self, new: Sequence[Entry], now: datetime, *, known: Checkpoint | None = None) -> Appended:
        """Log entries, in order and next to each other, as of `now` (aware); return when they are durable and signed.

        `known` is a checkpoint that the caller keeps elsewhere: `LogForked` is raised where the log does not continue
        it (an old copy of the store was put back, say). Raises `BadEntry`, `BatchTooLarge`, `LogBusy`,
        `StoreUnavailable`; `Corrupt` where what stands in the store is not what was signed.

        After `StoreUnavailable`, or when killed, the batch may still get in, whole, with the next call of anybody.
        To log a thing once, look for it in `LogReader.entries` from the last index you know, after `repair`.
        """
        return self.append_encoded([log_entries.encode(entry, at=now) for entry in new], now, known=known)

    def append_encoded(self, new: Sequence[bytes], now: datetime, *, known: Checkpoint | None = None) -> Appended:
        """Log entries as `append` does, from the bytes that `entries.encode` made of them at times of their own.

        Whoever keeps the bytes finds them again in the log. Raises `EntryTooLong` beside the errors of `append`.
        """
        if len(new) > MAX_BATCH_ENTRIES:
            raise BatchTooLarge(f"{len(new)} log entries in one batch; at most {MAX_BATCH_ENTRIES}: append in parts")
        encoded = tuple(new)
        for _ in range(MAX_ROUNDS):
            head = self._head()
            self._check_known(head.checkpoint, known)
            size = head.checkpoint.size
            if not encoded:
                reached = self.repair(now)
                return Appended(first_index=reached.size, checkpoint=reached)
            ours = Batch(first_index=size, base=head.checkpoint.root, entries=encoded)
            standing = self._claim(ours)
            if standing is not None:
                self._finish(head, standing, now)
            if standing == ours or (standing is None and self._has(ours)):
                return Appended(first_index=size, checkpoint=self._head().checkpoint)
        raise LogBusy(f"{MAX_ROUNDS} other batches were logged first; try again")

    def repair(self, now: datetime) -> Checkpoint:
        """Finish the batch of a writer that was killed, if there is one; return the newest checkpoint."""
        head = self._head()
        standing = self._standing(head.checkpoint.size, head.checkpoint.root)
        if standing is None or not self._is_still_at(head.checkpoint.size):
            return self._head().checkpoint
        return self._finish(head, standing, now)

    def _head(self) -> _Head:
        """Read the checkpoint. Its ETag is read first: one that is older than the bytes only costs a round."""
        try:
            etag = self._store.info(CHECKPOINT_KEY).etag
        except ObjectMissing:
            self._begin()
            etag = self._store.info(CHECKPOINT_KEY).etag
        found = checkpoints.open_checkpoint(self._store.get(CHECKPOINT_KEY), self._verifiers)
        return _Head(checkpoint=found, etag=etag)

    def _begin(self) -> None:
        """Create the checkpoint of an empty log, unless tiles tell that there was one."""
        tiles_stand = next(iter(self._store.keys(TILES)), None) is not None
        empty = checkpoints.sign(self._signer, size=0, root=merkle.EMPTY_ROOT)
        if not tiles_stand:
            with suppress(ObjectExists):
                self._store.create(CHECKPOINT_KEY, empty.note)
        elif next(iter(self._store.keys(CHECKPOINT_KEY)), None) is None:
            raise LogForked(f"{CHECKPOINT_KEY} is gone though tiles stand: put the last checkpoint back")

    def _check_known(self, found: Checkpoint, known: Checkpoint | None) -> None:
        if known is None or known.says_the_same_as(found):
            return
        if (
            known.origin != found.origin
            or known.size > found.size
            or LogReader(self._store, found).root_at(known.size) != known.root
        ):
            raise LogForked(
                f"{found.origin} at {found.size} entries does not continue what it was known to be at {known.size}: "
                "an old or another copy of the log stands in the store"
            )

    def _claim(self, ours: Batch) -> Batch | None:
        """Return the batch that waits at this place, ours or another's; None if the log has passed the place."""
        created = True
        try:
            self._store.create(pending_key(ours.first_index), pending.encode(ours, self._signer))
        except ObjectExists:
            created = False
        standing = ours if created else self._standing(ours.first_index, ours.base)
        if self._is_still_at(ours.first_index):
            return standing
        if created:
            self._forget(ours.first_index)
        return None

    def _has(self, ours: Batch) -> bool:
        """Return whether a batch is in its place in the log."""
        found, stop = self._head().checkpoint, ours.first_index + len(ours.entries)
        if stop > found.size:
            return False
        return tuple(LogReader(self._store, found).entries(ours.first_index, stop)) == ours.entries

    def _standing(self, first_index: int, base: bytes) -> Batch | None:
        """Return the batch that waits at a place. Only a checkpoint read after this tells whether it counts."""
        try:
            data = self._store.get(pending_key(first_index))
        except ObjectMissing:
            return None
        return pending.decode(data, self._verifiers, first_index=first_index, base=base)

    def _is_still_at(self, size: int) -> bool:
        return self._head().checkpoint.size == size

    def _finish(self, head: _Head, batch: Batch, now: datetime) -> Checkpoint:
        """Write what a batch makes, and the checkpoint after it. Several may do so at once: all write the same."""
        growth = Growth(self._edge(head.checkpoint))
        for entry in batch.entries:
            for made in growth.add(entry):
                self._create(made, now)
        for made in growth.partials():
            self._create(made, now)
        edge = growth.edge()
        reached = checkpoints.sign(self._signer, size=edge.size, root=edge.root())
        self._publish(head, reached)
        self._forget(batch.first_index)
        return reached

    def _edge(self, found: Checkpoint) -> Edge:
        return LogReader(self._store, found).edge()

    def _create(self, made: NewObject, now: datetime) -> None:
        """Create an object, or find that it stands. Partial ones give way to full ones, so only these are locked."""
        lock_until = now + self._lock_for if self._lock_for is not None and made.place.is_full else None
        try:
            self._store.create(made.place.key, made.data, lock_until=lock_until)
        except ObjectExists:
            if self._stands_otherwise(made):
                raise LogForked(
                    f"{made.place.key} stands with other bytes than the checkpoint and the waiting batch make: "
                    "it was changed, or the log was continued from an older checkpoint"
                ) from None

    def _stands_otherwise(self, made: NewObject) -> bool:
        try:
            return self._store.get(made.place.key) != made.data
        except ObjectMissing:  # tidied away meanwhile: the log has passed this batch
            return False

    def _publish(self, head: _Head, reached: Checkpoint) -> None:
        while head.checkpoint.size < reached.size:
            try:
                self._store.replace(CHECKPOINT_KEY, reached.note, etag=head.etag)
            except ObjectChanged:
                head = self._head()
            else:
                return

    def _forget(self, first_index: int) -> None:
        with suppress(ObjectMissing):
            self._store.delete(pending_key(first_index))
