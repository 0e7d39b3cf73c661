"""The right edge of the tree: the little that must be known of a log to append to it.

The edge of a log of `size` entries is its partial tile at each level and its partial entry bundle; everything to the
left of it is full tiles that never change again. Growing it is a computation: what objects the new entries make.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from muniment.log import bundles, merkle
from muniment.log.layout import ENTRIES_LEVEL, TILE_WIDTH, Place, right_edge

_NOTHING: Final[tuple[bytes, ...]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The right edge at one size: `levels[l]` are the hashes of the partial tile of level l, empty when it is full."""

    size: int = 0
    levels: tuple[tuple[bytes, ...], ...] = ()
    entries: tuple[bytes, ...] = ()

    def root(self) -> bytes:
        """Return the root of the log."""
        return root_of_levels(self.levels)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewObject:
    """One tile or bundle to write."""

    place: Place
    data: bytes


def root_of_levels(levels: Iterable[tuple[bytes, ...]]) -> bytes:
    """Return the root over the partial tiles of every level, lowest first.

    What a level covers is an incomplete subtree that stands after the hashes of the level above it.
    """
    below = _NOTHING
    for hashes in levels:
        whole = hashes + below
        below = (merkle.fold(whole),) if whole else _NOTHING
    return merkle.fold(below)


class Growth:
    """The edge while entries are added to it."""

    def __init__(self, edge: Edge) -> None:
        self._size = edge.size
        self._levels = [list(hashes) for hashes in edge.levels]
        self._entries = list(edge.entries)
        self._before = edge.size

    def add(self, entry: bytes) -> Iterator[NewObject]:
        """Add an entry; yield the tiles and the bundle that it fills. Exhaust the iterator before the next call."""
        self._size += 1
        self._entries.append(entry)
        if len(self._entries) == TILE_WIDTH:
            yield self._bundle(TILE_WIDTH)
            self._entries.clear()
        yield from self._push(merkle.leaf_hash(entry))

    def partials(self) -> Iterator[NewObject]:
        """Yield the partial tiles and the partial bundle that changed since the edge that growth began with."""
        if self._entries:
            yield self._bundle(len(self._entries))
        known = set(right_edge(self._before))
        for place in right_edge(self._size):
            if place not in known:
                yield NewObject(place=place, data=b"".join(self._levels[place.level]))

    def edge(self) -> Edge:
        """Return the edge as it is now."""
        levels = tuple(tuple(hashes) for hashes in self._levels)
        return Edge(size=self._size, levels=levels, entries=tuple(self._entries))

    def _push(self, hashed: bytes) -> Iterator[NewObject]:
        for level in range(len(self._levels) + 1):
            if level == len(self._levels):
                self._levels.append([])
            tile = self._levels[level]
            tile.append(hashed)
            if len(tile) < TILE_WIDTH:
                return
            index = (self._size >> (8 * (level + 1))) - 1
            yield NewObject(place=Place(level, index), data=b"".join(tile))
            hashed = merkle.fold(tile)
            tile.clear()

    def _bundle(self, width: int) -> NewObject:
        index = (self._size - 1) // TILE_WIDTH
        return NewObject(place=Place(ENTRIES_LEVEL, index, width), data=bundles.encode(self._entries))
