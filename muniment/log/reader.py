"""Read a log from its tiles. Nothing is believed: every tile and bundle is checked against the checkpoint.

The partial tiles of the right edge together give the root that the checkpoint signed; each full tile is one hash in
the tile above it. A proof reads a handful of tiles, whatever the size of the log.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Final, Self

from muniment.errors import Corrupt, Refused
from muniment.log import bundles, merkle, proofs
from muniment.log.checkpoint import Checkpoint, open_checkpoint
from muniment.log.edge import Edge, root_of_levels
from muniment.log.layout import CHECKPOINT_KEY, ENTRIES_LEVEL, TILE_WIDTH, Place, right_edge, width_at
from muniment.log.note import NoteVerifier
from muniment.log.proofs import NotInLog, Span
from muniment.stores.port import ObjectMissing, ObjectStore

CACHED_TILES: Final = 64  # of 8 KiB; a walk through the log needs one a level

Hashes = tuple[bytes, ...]


class LogEmpty(Refused):
    """The store holds no log."""


class LogCorrupt(Corrupt):
    """A tile or bundle is missing, or is not the one that the checkpoint proves."""


def read_tile(store: ObjectStore, place: Place) -> Hashes:
    """Return the hashes of a tile as stored, unproved; raise `LogCorrupt`."""
    data = _read(store, place)
    width = len(data) // merkle.HASH_BYTES
    if len(data) % merkle.HASH_BYTES or width not in {place.width, TILE_WIDTH}:
        raise LogCorrupt(f"{place.key}: {len(data)} bytes are no tile of {place.width} hashes")
    return tuple(data[at * merkle.HASH_BYTES : (at + 1) * merkle.HASH_BYTES] for at in range(place.width))


def read_bundle(store: ObjectStore, place: Place) -> list[bytes]:
    """Return the entries of a bundle as stored, unproved; raise `LogCorrupt`."""
    try:
        entries = bundles.decode(_read(store, place))
    except bundles.BundleCorrupt as error:
        raise LogCorrupt(f"{place.key}: {error}") from error
    if len(entries) not in {place.width, TILE_WIDTH}:
        raise LogCorrupt(f"{place.key}: it holds {len(entries)} entries; {place.width} are expected")
    return entries[: place.width]


def _read(store: ObjectStore, place: Place) -> bytes:
    """Return the stored bytes of a place. Where a partial one was tidied away, the full one begins with it."""
    try:
        return store.get(place.key)
    except ObjectMissing:
        try:
            return store.get(place.full().key)
        except ObjectMissing:
            raise LogCorrupt(f"{place.key} is missing, though the checkpoint needs it") from None


class LogReader:
    """The log as it was at one checkpoint, which the caller has verified. Not thread-safe."""

    def __init__(self, store: ObjectStore, checkpoint: Checkpoint) -> None:
        """Read the right edge; raise `LogCorrupt` when it does not give the root of the checkpoint."""
        self.checkpoint = checkpoint
        self._store = store
        self._cache: OrderedDict[Place, Hashes] = OrderedDict()
        self._edge = {place.level: read_tile(store, place) for place in right_edge(checkpoint.size)}
        if root_of_levels(self._levels()) != checkpoint.root:
            raise LogCorrupt(f"the right edge of {checkpoint.origin} at {checkpoint.size} entries has another root")

    @classmethod
    def latest(cls, store: ObjectStore, verifiers: Sequence[NoteVerifier]) -> Self:
        """Return a reader at the newest checkpoint; raise `LogEmpty`, `NoteCorrupt` or `LogCorrupt`."""
        try:
            data = store.get(CHECKPOINT_KEY)
        except ObjectMissing as error:
            raise LogEmpty("there is no log yet: nothing was logged in this store") from error
        return cls(store, open_checkpoint(data, verifiers))

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Yield the entries from `start` up to but not including `stop` (the end, if None), each proved."""
        stop = self.checkpoint.size if stop is None else stop
        if not 0 <= start <= stop <= self.checkpoint.size:
            raise NotInLog(f"entries {start} to {stop} are not all in a log of {self.checkpoint.size} entries")
        while start < stop:
            index, at = divmod(start, TILE_WIDTH)
            found = self.bundle(index)[at : at + stop - start]
            yield from found
            start += len(found)

    def entry(self, index: int) -> bytes:
        """Return entry `index` (from 0); raise `NotInLog` or `LogCorrupt`."""
        return next(self.entries(index, index + 1))

    def leaf_hash(self, index: int) -> bytes:
        """Return the hash of an entry, from its tile alone."""
        return self.span_hash(Span(index, index + 1))

    def inclusion_proof(self, index: int, size: int | None = None) -> Hashes:
        """Return the proof that entry `index` is in the log of `size` entries (now, if None)."""
        return tuple(self.span_hash(span) for span in proofs.inclusion(index, self._size(size)))

    def consistency_proof(self, old_size: int, size: int | None = None) -> Hashes:
        """Return the proof that the log of `old_size` entries is the beginning of that of `size` (now, if None)."""
        return tuple(self.span_hash(span) for span in proofs.consistency(old_size, self._size(size)))

    def root_at(self, size: int) -> bytes:
        """Return the root that the log had at an earlier size."""
        return self.span_hash(Span(0, self._size(size)))

    def span_hash(self, span: Span) -> bytes:
        """Return the root over a span of entries that is a subtree of the log at some size."""
        self._size(span.stop)
        hashed = b""
        for subtree in reversed(span.subtrees()):
            one = self._subtree(subtree)
            hashed = merkle.node_hash(one, hashed) if hashed else one
        return hashed or merkle.EMPTY_ROOT

    def edge(self) -> Edge:
        """Return what a writer needs to append."""
        size = self.checkpoint.size
        entries = self.bundle(size // TILE_WIDTH) if size % TILE_WIDTH else []
        return Edge(size=size, levels=self._levels(), entries=tuple(entries))

    def tile(self, level: int, index: int) -> Hashes:
        """Return the hashes of a tile, proved; raise `LogCorrupt`."""
        place = Place(level, index, width_at(level, index, self.checkpoint.size))
        if not place.width:
            raise NotInLog(f"tile {level}/{index} is not in a log of {self.checkpoint.size} entries")
        if not place.is_full:
            return self._edge[level]
        if place in self._cache:
            self._cache.move_to_end(place)
            return self._cache[place]
        hashes = read_tile(self._store, place)
        if merkle.fold(hashes) != self.tile(level + 1, index // TILE_WIDTH)[index % TILE_WIDTH]:
            raise LogCorrupt(f"{place.key} is not the tile that the checkpoint proves")
        self._cache[place] = hashes
        if len(self._cache) > CACHED_TILES:
            self._cache.popitem(last=False)
        return hashes

    def bundle(self, index: int) -> list[bytes]:
        """Return the entries of a bundle, proved; raise `LogCorrupt`."""
        place = Place(ENTRIES_LEVEL, index, width_at(0, index, self.checkpoint.size))
        entries = read_bundle(self._store, place)
        for at, (entry, hashed) in enumerate(zip(entries, self.tile(0, index), strict=True)):
            if merkle.leaf_hash(entry) != hashed:
                raise LogCorrupt(f"{place.key}: entry {index * TILE_WIDTH + at} is not the one that was logged")
        return entries

    def _subtree(self, span: Span) -> bytes:
        """Return the hash of a full subtree: it lies within one tile."""
        height = (span.stop - span.start).bit_length() - 1
        level, rows = divmod(height, 8)
        index, at = divmod(span.start >> (8 * level), TILE_WIDTH)
        return merkle.fold(self.tile(level, index)[at : at + (1 << rows)])

    def _size(self, size: int | None) -> int:
        if size is None:
            return self.checkpoint.size
        if not 0 <= size <= self.checkpoint.size:
            raise NotInLog(f"the log has {self.checkpoint.size} entries, not {size}")
        return size

    def _levels(self) -> tuple[Hashes, ...]:
        top = max(self._edge, default=-1)
        return tuple(self._edge.get(level, ()) for level in range(top + 1))
