"""Check that holds keep what they say: the database's guards, the covers, the store's legal holds, the evidence log.

A database that was restored from an older backup shows here: the store and the log know of holds that it does not.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from accounts import guards
from archive.models import DestroyedSighting, HeldSighting, Hold, Sighting
from archive.queries.holds import standing_holds
from archive.services import store_holds
from archive.services.covering import candidates, cover_hold
from archive.services.holds import unfinished
from archive.wiring import Archive
from muniment.engines.port import IndexUnavailable
from muniment.errors import Corrupt
from muniment.ids import SegmentId
from muniment.log.entries import HoldPlaced, HoldReleased, LoggedEntry, decode
from muniment.log.reader import LogEmpty, LogReader
from muniment.seal.layout import segment_key
from muniment.stores.port import ObjectMissing

_CHUNK: Final = 500
Fault = tuple[str, str]  # what is wrong, and why


@dataclass(slots=True, kw_only=True)
class HoldReport:
    """What a check of the holds found: standing holds, sightings under them, and faults by object."""

    standing: int = 0
    sightings: int = 0
    unfinished: bool = False  # a hold is being placed or released now; the store's holds are not compared then
    faults: list[dict[str, str]] = field(default_factory=list)


def check_holds(archive: Archive, *, progress: Callable[[int], None] = lambda _segments: None) -> HoldReport:
    """Compare; nothing is changed. Damage is listed, never raised."""
    covers = HeldSighting.objects.filter(hold__released_at__isnull=True)
    report = HoldReport(
        standing=standing_holds().count(),
        sightings=covers.values("sighting_id").distinct().count(),
        unfinished=unfinished(),
    )
    found: list[Fault] = [
        *_missing_guards(),
        *_destroyed_though_held(),
        *(fault for hold in standing_holds() for fault in _uncovered(hold, archive)),
        *_unprotected(archive),
        *_strange_in_log(archive),
    ]
    if not report.unfinished:
        found.extend(_strange_in_store(archive, progress))
    report.faults.extend({"object": name, "reason": reason} for name, reason in found)
    return report


def mend(archive: Archive) -> None:
    """Cover again what standing holds should cover, and set the store's legal hold on all of it.

    What only the store or the log knows is left for a person: it may be the last witness of a hold.
    """
    for hold in standing_holds():
        cover_hold(hold, archive=archive, again=True)
        store_holds.protect(archive.vault.segments, store_holds.segments_of(hold))


def _missing_guards() -> Iterator[Fault]:
    for protects, name in guards.missing():
        yield "database", f"it no longer guards {protects}: its trigger {name} is missing"


def _destroyed_though_held() -> Iterator[Fault]:
    covers = HeldSighting.objects.filter(hold__released_at__isnull=True)
    both = DestroyedSighting.objects.filter(sighting_id__in=covers.values("sighting_id"))
    for sighting_id in both.order_by("sighting_id").values_list("sighting_id", flat=True):
        yield f"sighting {sighting_id}", "it is destroyed, and a hold that stands covers it"


def _uncovered(hold: Hold, archive: Archive) -> Iterator[Fault]:
    """Name sightings within the terms of a hold, or of a message that it covers, that it does not cover."""
    if hold.covered_at is None:
        return
    owners = Sighting.objects.filter(id__in=hold.covered.values("sighting_id"))
    message_ids = set(owners.values_list("message_id", flat=True))
    try:
        message_ids.update(candidates(hold, archive.engine))
    except IndexUnavailable as error:
        yield f"hold {hold.id}", f"what it covers cannot be compared: {error}"
    wanted = sorted(message_ids)
    for start in range(0, len(wanted), _CHUNK):
        rows = Sighting.objects.filter(message_id__in=wanted[start : start + _CHUNK]).values_list("id", flat=True)
        missing = set(rows) - set(hold.covered.filter(sighting_id__in=list(rows)).values_list("sighting_id", flat=True))
        gone = DestroyedSighting.objects.filter(sighting_id__in=missing).values_list("sighting_id", flat=True)
        for sighting_id in sorted(missing - set(gone)):
            yield f"sighting {sighting_id}", f"hold {hold.id} should cover it and does not: run reconcile --repair"


def _unprotected(archive: Archive) -> Iterator[Fault]:
    covers = HeldSighting.objects.filter(hold__released_at__isnull=True)
    now_in = Sighting.objects.filter(id__in=covers.values("sighting_id")).values_list("segment_id", flat=True)
    for segment_id in sorted({*covers.values_list("segment_id", flat=True).distinct(), *now_in.distinct()}):
        name = f"segment {segment_id}"
        try:
            if not _is_protected(archive, segment_id):
                yield name, "it holds mail under a hold, and the store does not hold it: run reconcile --repair"
        except ObjectMissing:
            yield name, "it holds mail under a hold, and the store has lost it"


def _strange_in_store(archive: Archive, progress: Callable[[int], None]) -> Iterator[Fault]:
    chunk: list[UUID] = []
    for number, segment_id in enumerate(archive.vault.segment_ids(), 1):
        with suppress(ObjectMissing):  # let go since it was listed
            if _is_protected(archive, segment_id):
                chunk.append(segment_id)
        if len(chunk) == _CHUNK:
            yield from _unexplained(chunk)
            chunk = []
        progress(number)
    yield from _unexplained(chunk)


def _unexplained(segment_ids: list[UUID]) -> Iterator[Fault]:
    for segment_id in sorted(set(segment_ids) - store_holds.explained(segment_ids)):
        yield (
            f"segment {segment_id}",
            (
                "the store keeps it under a legal hold that no standing hold explains: was the database restored from "
                "before the hold was placed?"
            ),
        )


def _is_protected(archive: Archive, segment_id: UUID) -> bool:
    """Raise `ObjectMissing` where the segment is gone."""
    return archive.vault.segments.info(segment_key(SegmentId(segment_id))).legal_hold


def _strange_in_log(archive: Archive) -> Iterator[Fault]:
    """Compare the holds of the log with the rows; a log that is damaged is told by its own check."""
    placed: set[UUID] = set()
    released: set[UUID] = set()
    try:
        for data in LogReader.latest(archive.vault.segments, [archive.signer.verifier]).entries():
            entry = decode(data)
            match entry.entry if isinstance(entry, LoggedEntry) else None:
                case HoldPlaced(hold_id=hold_id):
                    placed.add(hold_id)
                case HoldReleased(hold_id=hold_id):
                    released.add(hold_id)
                case _:
                    continue
    except (LogEmpty, Corrupt):
        return
    rows = dict(Hold.objects.values_list("id", "released_at"))
    for hold_id in sorted(placed - released - rows.keys()):
        yield f"hold {hold_id}", "the log says that it stands, and the database does not know it: place it again"
    for hold_id in sorted(hold_id for hold_id in released & rows.keys() if rows[hold_id] is None):
        yield f"hold {hold_id}", "the log says that it was released, and in the database it stands: release it again"
