"""Read the whole log once, compute every hash again from the entries, and name each object that is not as it must be.

Entries are hashed upwards and compared with every stored tile. Where two objects disagree, the hash above them (in the
end the signed root) tells which of them was changed. Memory does not grow with the log.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from muniment.errors import Corrupt
from muniment.log import merkle
from muniment.log.checkpoint import Checkpoint, open_checkpoint
from muniment.log.edge import root_of_levels
from muniment.log.layout import (
    CHECKPOINT_KEY,
    ENTRIES_LEVEL,
    PENDING,
    PREFIX,
    TILE_WIDTH,
    TIMESTAMPS,
    Place,
    number_of,
    place_of,
    right_edge,
    width_at,
)
from muniment.log.note import NoteVerifier
from muniment.log.reader import Hashes, LogEmpty, read_bundle, read_tile
from muniment.stores.port import ObjectMissing, ObjectStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a check of the log found. `damaged` gives the reason for each key, in the order of finding."""

    checkpoint: Checkpoint
    root: bytes
    damaged: dict[str, str]
    unfinished: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        return not self.damaged and self.root == self.checkpoint.root


def fsck(
    store: ObjectStore, verifiers: Sequence[NoteVerifier], *, progress: Callable[[int], None] = lambda _entries: None
) -> Report:
    """Check every object of the log; call `progress` with the number of entries read, 256 at a time.

    Objects beyond the checkpoint (a writer is at work, or was killed) are `unfinished`: nothing proves them yet.
    Raises `LogEmpty`, and `NoteCorrupt` when the checkpoint itself is bad: then nothing can be proved.
    """
    try:
        checkpoint = open_checkpoint(store.get(CHECKPOINT_KEY), verifiers)
    except ObjectMissing as error:
        raise LogEmpty("there is no log yet: nothing was logged in this store") from error
    walk = _Walk(store=store, checkpoint=checkpoint)
    for index in range((checkpoint.size + TILE_WIDTH - 1) // TILE_WIDTH):
        walk.add_bundle(index)
        progress(min((index + 1) * TILE_WIDTH, checkpoint.size))
    root = walk.close()
    unfinished = tuple(key for key in store.keys(PREFIX) if not walk.is_accounted_for(key))
    return Report(checkpoint=checkpoint, root=root, damaged=walk.damaged, unfinished=unfinished)


@dataclass(slots=True, kw_only=True)
class _Walk:
    """Hashes on their way up: for each level, those of the tile that is being filled."""

    store: ObjectStore
    checkpoint: Checkpoint
    damaged: dict[str, str] = field(default_factory=dict)
    _rows: dict[int, list[bytes]] = field(default_factory=dict)
    _parents: dict[int, tuple[Place, Hashes | None]] = field(default_factory=dict)

    def add_bundle(self, index: int) -> None:
        place = self._place(ENTRIES_LEVEL, index)
        try:
            computed = tuple(merkle.leaf_hash(entry) for entry in read_bundle(self.store, place))
        except Corrupt as error:
            self._blame(place, str(error))
            computed = self._stored(self._place(0, index)) or (merkle.EMPTY_ROOT,) * place.width
        if place.is_full:
            self._settle(0, index, computed)
        else:
            self._rows[0] = list(computed)

    def close(self) -> bytes:
        """Compare the right edge; return the root that the entries give."""
        places = {place.level: place for place in right_edge(self.checkpoint.size)}
        stored = {level: self._stored(place) for level, place in places.items()}
        computed = {level: tuple(self._rows.get(level, ())) for level in places}
        root = self._root(computed)
        for level, place in places.items():
            found = stored[level]
            if found is not None and found != computed[level]:
                self._judge(
                    place,
                    found,
                    computed[level],
                    stored_holds=self._is(self._root(stored)),
                    computed_holds=self._is(root),
                )
        if not self.damaged and not self._is(root):
            self.damaged[CHECKPOINT_KEY] = "the entries of the log do not give the root that it signs"
        return root

    def is_accounted_for(self, key: str) -> bool:
        """Return whether the checkpoint covers a key. A partial object is compared with what it became."""
        place = place_of(key)
        if key == CHECKPOINT_KEY:
            return True
        if place is None:
            done, stamped = number_of(key, PENDING), number_of(key, TIMESTAMPS)
            return (done is not None and done < self.checkpoint.size) or (
                stamped is not None and stamped <= self.checkpoint.size
            )
        now = self._place(place.level, place.index)
        if place.width > now.width:
            return False
        if place.width < now.width and key not in self.damaged and now.key not in self.damaged:
            self._compare_earlier(place, now)
        return True

    def _compare_earlier(self, place: Place, now: Place) -> None:
        read = read_bundle if place.level == ENTRIES_LEVEL else read_tile
        try:
            same = tuple(read(self.store, place)) == tuple(read(self.store, now))[: place.width]
        except Corrupt as error:
            self._blame(place, str(error))
        else:
            if not same:
                self._blame(place, f"it is not how {now.key} begins")

    def _settle(self, level: int, index: int, computed: Hashes) -> None:
        """Compare a full tile, and hand its root to the tile above, as often as that makes one full."""
        while True:
            place = self._place(level, index)
            stored = self._stored(place)
            chosen = computed
            if stored is not None and stored != computed:
                above = self._above(place)
                stored_holds = merkle.fold(stored) == above
                computed_holds = merkle.fold(computed) == above
                self._judge(place, stored, computed, stored_holds=stored_holds, computed_holds=computed_holds)
                chosen = stored if stored_holds else computed
            row = self._rows.setdefault(level + 1, [])
            row.append(merkle.fold(chosen))
            if len(row) < TILE_WIDTH:
                return
            level, index, computed = level + 1, index // TILE_WIDTH, tuple(row)
            row.clear()

    def _judge(
        self, place: Place, stored: Hashes, computed: Hashes, *, stored_holds: bool, computed_holds: bool
    ) -> None:
        """Blame the tile, or what lies below it, or both where nothing above tells."""
        if not stored_holds:
            self._blame(place, "it is not what the entries hash to")
        if stored_holds or not computed_holds:
            for at, (one, other) in enumerate(zip(stored, computed, strict=True)):
                if one != other:
                    self._blame_below(place, place.index * TILE_WIDTH + at)

    def _blame_below(self, place: Place, number: int) -> None:
        """Blame what gave a wrong hash: a bundle, or a tile (and its bundle, which agreed with it)."""
        reason = f"it does not give number {number} of level {place.level}, which stands in {place.key}"
        if place.level:
            self._blame(self._place(place.level - 1, number), reason)
        if place.level <= 1:
            self._blame(self._place(ENTRIES_LEVEL, number if place.level else place.index), reason)

    def _above(self, place: Place) -> bytes | None:
        """Return the stored hash of a full tile in the tile above it."""
        parent = self._place(place.level + 1, place.index // TILE_WIDTH)
        known = self._parents.get(parent.level)
        if known is None or known[0] != parent:
            known = self._parents[parent.level] = (parent, self._stored(parent))
        return known[1][place.index % TILE_WIDTH] if known[1] is not None else None

    def _stored(self, place: Place) -> Hashes | None:
        try:
            return read_tile(self.store, place)
        except Corrupt as error:
            self._blame(place, str(error))
            return None

    def _root(self, tiles: dict[int, Hashes] | dict[int, Hashes | None]) -> bytes:
        top = max(tiles, default=-1)
        return root_of_levels(tiles.get(level) or () for level in range(top + 1))

    def _is(self, root: bytes) -> bool:
        return root == self.checkpoint.root

    def _place(self, level: int, index: int) -> Place:
        return Place(level, index, width_at(level, index, self.checkpoint.size))

    def _blame(self, place: Place, reason: str) -> None:
        self.damaged.setdefault(place.key, reason)
