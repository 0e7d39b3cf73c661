"""Where the log's objects lie: C2SP tlog-tiles paths under `log/`. `docs/log.md` fixes it.

    log/checkpoint                          signed note, the one object that is replaced
    log/tile/<level>/<index>[.p/<width>]    256 hashes, or fewer at the right edge
    log/tile/entries/<index>[.p/<width>]    the entries that a tile of level 0 covers
    log/pending/<first index>               a batch that was promised and is not yet all in its tiles
    log/timestamp/<size>                    an authority's time-stamp of the checkpoint of that size

A tile of level L and index N holds the roots of the subtrees of 256**L entries from entry N * 256**(L+1) on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

PREFIX: Final = "log/"
CHECKPOINT_KEY: Final = f"{PREFIX}checkpoint"
TILES: Final = f"{PREFIX}tile/"
PENDING: Final = f"{PREFIX}pending/"
TIMESTAMPS: Final = f"{PREFIX}timestamp/"

TILE_WIDTH: Final = 256  # C2SP tlog-tiles, "Merkle Tree": full tiles are exactly 256 hashes wide
ENTRIES_LEVEL: Final = -1  # our number for entry bundles, which lie below the tiles of level 0

_KEY: Final = re.compile(r"log/tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([0-9]{1,3}))?", re.ASCII)
_INDEX_DIGITS: Final = 20  # any 64-bit size, so that keys sort by number


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One tile (or, at `ENTRIES_LEVEL`, one entry bundle) as it stands at some size: partial if narrower than 256."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def is_full(self) -> bool:
        return self.width == TILE_WIDTH

    @property
    def key(self) -> str:
        level = "entries" if self.level == ENTRIES_LEVEL else str(self.level)
        partial = "" if self.is_full else f".p/{self.width}"
        return f"{TILES}{level}/{_index_path(self.index)}{partial}"

    def full(self) -> "Place":
        """Return the place that this tile has once it is full."""
        return Place(self.level, self.index)


def place_of(key: str) -> Place | None:
    """Return the place that a key names, or None if the log never writes such a key."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    level = ENTRIES_LEVEL if match[1] == "entries" else int(match[1])
    place = Place(level, int(match[2].replace("x", "").replace("/", "")), int(match[3] or TILE_WIDTH))
    return place if 0 < place.width <= TILE_WIDTH and place.key == key else None


def width_at(level: int, index: int, size: int) -> int:
    """Return how many hashes or entries stand in a tile when the log has `size` entries: 0 to 256."""
    below = size >> (8 * max(level, 0))
    return max(0, min(TILE_WIDTH, below - index * TILE_WIDTH))


def right_edge(size: int) -> Iterator[Place]:
    """Yield the partial tiles of a log of `size` entries, lowest level first, entry bundle left out."""
    level = 0
    while size >> (8 * level):
        count = size >> (8 * level)
        if count % TILE_WIDTH:
            yield Place(level, count // TILE_WIDTH, count % TILE_WIDTH)
        level += 1


def pending_key(first_index: int) -> str:
    """Return where the batch that starts at an entry waits."""
    return f"{PENDING}{first_index:0{_INDEX_DIGITS}}"


def timestamp_key(size: int) -> str:
    """Return where the time-stamp of a checkpoint lies."""
    return f"{TIMESTAMPS}{size:0{_INDEX_DIGITS}}"


def number_of(key: str, prefix: str) -> int | None:
    """Return the index or size that a key of `PENDING` or `TIMESTAMPS` names, or None."""
    name = key.removeprefix(prefix)
    return int(name) if len(name) == _INDEX_DIGITS and name.isascii() and name.isdigit() else None


def _index_path(index: int) -> str:
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    return "/".join(reversed(groups))
