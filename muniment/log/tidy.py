"""Delete what the log no longer needs: the only deletions in the log but that of a finished batch.

C2SP tlog-tiles lets a partial tile go once its full tile is there (it begins with the same hashes). Partial tiles of
the right edge stay: they prove earlier checkpoints.
"""

from collections.abc import Sequence
from contextlib import suppress

from muniment.log.layout import ENTRIES_LEVEL, PENDING, TILES, Place, number_of, place_of, width_at
from muniment.log.note import NoteVerifier
from muniment.log.reader import LogReader
from muniment.stores.port import ObjectMissing, ObjectStore


def tidy(store: ObjectStore, verifiers: Sequence[NoteVerifier]) -> int:
    """Delete partial tiles and bundles whose full ones are proved, and finished batches; return how many objects went.

    May run beside writers and readers, be stopped and be repeated. Raises `LogEmpty`, and `Corrupt` where a full tile
    is not what the checkpoint proves: then nothing under it goes.
    """
    reader = LogReader.latest(store, verifiers)
    size = reader.checkpoint.size
    gone = 0
    for key in store.keys(TILES):
        place = place_of(key)
        if place is not None and not place.is_full and _is_proved_full(reader, place, size):
            gone += _delete(store, key)
    for key in store.keys(PENDING):
        index = number_of(key, PENDING)
        if index is not None and index < size:
            gone += _delete(store, key)
    return gone


def _is_proved_full(reader: LogReader, place: Place, size: int) -> bool:
    if not Place(place.level, place.index, width_at(place.level, place.index, size)).is_full:
        return False
    if place.level == ENTRIES_LEVEL:
        reader.bundle(place.index)
    else:
        reader.tile(place.level, place.index)
    return True


def _delete(store: ObjectStore, key: str) -> int:
    with suppress(ObjectMissing):
        store.delete(key)
        return 1
    return 0
