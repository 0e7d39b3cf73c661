"""Make the catalogue and the index again from the object store and the keys (DESIGN.md section 1)."""

import logging
from collections.abc import Callable
from typing import Final

from django.db.models import F

from archive.models import (
    Message,
    PackedSegment,
    Part,
    Participant,
    PartText,
    PersonalFinding,
    PersonalScan,
    Searchable,
    Segment,
    SegmentStage,
    Sighting,
    StaleDocument,
    ThreadKey,
)
from archive.services import sweep
from archive.services.governing import governing
from archive.services.stages import index_all, turn
from archive.wiring import Archive
from muniment.engines.port import IndexUnavailable, RemoteIndex

log = logging.getLogger(__name__)

# What the store can give again, in the order in which rows may go.
_CATALOGUE: Final = (
    PersonalFinding,
    PersonalScan,
    PartText,
    Part,
    Participant,
    Sighting,
    Message,
    SegmentStage,
    Segment,
    PackedSegment,
    ThreadKey,
    StaleDocument,
)


def rebuild_catalogue(archive: Archive, *, progress: Callable[[int], None] = lambda _sightings: None) -> int:
    """Drop every row of the catalogue and write it again; return how many sightings were catalogued.

    A rebuild that is cut short is completed by the sweep, or by running it again.
    """
    with governing():  # nothing is catalogued or destroyed meanwhile
        for model in _CATALOGUE:
            model.objects.all().delete()
    done = sweep.catalogue_missing(vault=archive.vault, progress=progress)
    _drop_strange_documents(archive)
    return done


def rebuild_index(archive: Archive, *, progress: Callable[[int], None] = lambda _messages: None) -> int:
    """Empty the index and fill it from the catalogue and the vault; return how many messages were indexed.

    An index in a server is made anew beside the one that is searched, which it replaces at the end.
    """
    if isinstance(archive.engine, RemoteIndex):
        return _renewed(archive, archive.engine, progress)
    with turn(archive.data, "indexing", wait=True):
        # Marked first: a hold on a query that is placed now must not take an empty index for the whole of the mail.
        Message.objects.update(indexed_revision=0, searchable=Searchable.WAITING, not_searchable_reason="")
        archive.engine.clear()
    return index_all(archive, progress=lambda _stage, done: progress(done))


def _renewed(archive: Archive, engine: RemoteIndex, progress: Callable[[int], None]) -> int:
    """Fill a new index while the old one answers. A renewal that is cut short is begun again by the next."""
    with turn(archive.data, "indexing", wait=True):
        engine.make()
        engine.begin_renewal()
        # Mail that no search finds yet still comes first; what was not searchable stays told as such until it is.
        Message.objects.filter(indexed_revision__gt=0).update(revision=F("revision") + 1)
    done = index_all(archive, progress=lambda _stage, count: progress(count))
    with turn(archive.data, "indexing", wait=True):
        engine.finish_renewal()
    return done


def _drop_strange_documents(archive: Archive) -> None:
    """Take out of the index what no row stands for any more. One that was lost as well is made again after this."""
    known = set(Message.objects.values_list("id", flat=True))
    try:
        strange = [message_id for message_id in archive.engine.message_ids() if message_id not in known]
        if strange:
            archive.engine.delete(strange)
    except IndexUnavailable as error:
        log.warning("the index was not compared with the catalogue: %s", error)
