"""How much waits behind capture: each listener counts it itself, from the store and the catalogue.

The store is listed from a little before the oldest segment that the catalogue lacked at the last look: a look costs
little while workers keep up. Counting ends just above the bound, beyond which it changes nothing.
"""

import logging
import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db import DatabaseError, close_old_connections

from archive.intake.pressure import Bounds, Reading
from archive.models import Pack, Segment
from archive.services.index import out_of_date
from archive.services.sweep import SKEW, TAIL, missing
from archive.wiring import Archive
from muniment.errors import Transient
from muniment.ids import SegmentId, unix_ms_of, uuid7
from muniment.seal.layout import SEGMENTS, id_of, segment_key

log = logging.getLogger(__name__)

_CHUNK: Final = 500


class Backlog:
    """Reads what waits; remembers from where on there is anything to count."""

    def __init__(self, archive: Archive, bounds: Bounds) -> None:
        self._archive = archive
        self._bounds = bounds
        self._since_ms: int | None = None  # nothing older than this is looked at

    def read(self) -> Reading:
        """Count; what cannot be counted, because database or store do not answer, is None."""
        close_old_connections()
        try:
            segments, messages = self._segments(), self._messages()
        except (DatabaseError, Transient) as error:
            log.info("backlog not counted", extra={"kind": type(error).__name__})
            segments = messages = None
        finally:
            close_old_connections()
        return Reading(segments=segments, messages=messages, free_bytes=shutil.disk_usage(self._archive.data).free)

    def _segments(self) -> int | None:
        if not self._bounds.segments:
            return None
        if self._since_ms is None:
            self._since_ms = self._first_look_ms()
        count, oldest_ms = 0, self._now_ms()
        for chunk in self._chunks(self._since_ms):
            if lacking := missing(chunk):
                oldest_ms = min(oldest_ms, unix_ms_of(lacking[0]))
                count += len(lacking)
            if count > self._bounds.segments:
                break
        self._since_ms = max(0, oldest_ms - _ms(SKEW))
        return count

    def _messages(self) -> int | None:
        most = self._bounds.messages
        return out_of_date().order_by()[: most + 1].count() if most else None

    def _chunks(self, since_ms: int) -> Iterator[list[SegmentId]]:
        first = SegmentId(uuid7(unix_ms=since_ms, rand_a=0, rand_b=0))
        chunk: list[SegmentId] = []
        for key in self._archive.vault.segments.keys(SEGMENTS, after=segment_key(first)):
            chunk.append(SegmentId(id_of(key)))
            if len(chunk) == _CHUNK:
                yield chunk
                chunk = []
        yield chunk

    def _first_look_ms(self) -> int:
        """Return when workers were at work last: what they left since then is counted, however long ago it was."""
        captured = Segment.objects.exclude(id__in=Pack.objects.values("id"))  # a pack may be newer than what waits
        newest = captured.order_by("-id").values_list("id", flat=True).first()
        return 0 if newest is None else max(0, unix_ms_of(newest) - _ms(TAIL))

    def _now_ms(self) -> int:
        return int(self._archive.vault.now().timestamp() * 1000)


def _ms(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)
