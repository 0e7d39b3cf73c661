"""Compare store, catalogue and index by sets of ids: no flag is believed (what-users-ask, finding 1)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from archive.models import DestroyedSighting, Message, PackedSegment, Segment, SegmentStage, Sighting, Stage, StageState
from archive.services import hold_check
from archive.services.catalogue import catalogue_segment
from archive.services.integrity import good_copies
from archive.services.rebuild import rebuild_index
from archive.services.stages import index_all
from archive.wiring import Archive
from muniment.engines.port import IndexUnavailable
from muniment.errors import Corrupt, MunimentError
from muniment.ids import SegmentId
from muniment.seal.layout import KEYRINGS, id_of
from muniment.seal.vault import Vault

MAX_LISTED: Final = 1_000  # ids of one kind in a report; the counts are always whole
_CHUNK: Final = 500


@dataclass(slots=True, kw_only=True)
class Difference:
    """One kind of disagreement: how many, and which (up to `MAX_LISTED`)."""

    count: int = 0
    ids: list[str] = field(default_factory=list)

    def add(self, identifier: UUID) -> None:
        """Note one id."""
        self.count += 1
        if len(self.ids) < MAX_LISTED:
            self.ids.append(str(identifier))


@dataclass(slots=True, kw_only=True)
class Reconciliation:
    """What was compared and where the three disagree."""

    segments: int = 0
    sightings: int = 0
    messages: int = 0
    documents: int = 0
    uncatalogued_segments: Difference = field(default_factory=Difference)
    segments_gone_from_store: Difference = field(default_factory=Difference)
    unreadable_segments: Difference = field(default_factory=Difference)
    sightings_missing_from_catalogue: Difference = field(default_factory=Difference)
    sightings_only_in_catalogue: Difference = field(default_factory=Difference)
    messages_missing_from_index: Difference = field(default_factory=Difference)
    documents_without_message: Difference = field(default_factory=Difference)
    messages_waiting_for_index: Difference = field(default_factory=Difference)
    keyrings_without_segment: Difference = field(default_factory=Difference)  # harmless: a PUT that failed half-way
    segments_without_keyring: Difference = field(default_factory=Difference)
    good_copies: dict[str, str] = field(default_factory=dict)  # of segments gone from the store: where they still are

    @property
    def differences(self) -> dict[str, int]:
        """Return the count of each kind that is a fault; orphan keyrings are harmless and not counted."""
        found = {
            one.name: value.count for one in fields(self) if isinstance(value := getattr(self, one.name), Difference)
        }
        del found["keyrings_without_segment"]
        return {name: count for name, count in found.items() if count}


def reconcile(archive: Archive) -> Reconciliation:
    """Compare and report; nothing is changed. Damage is listed, never raised."""
    report = Reconciliation()
    _compare_segments(archive.vault, report)
    _compare_index(archive, report)
    for gone in report.segments_gone_from_store.ids:
        if good := good_copies(SegmentId(UUID(gone)), archive.copies):
            report.good_copies[gone] = "; ".join(good)
    return report


def repair(archive: Archive) -> None:
    """Mend what the store can mend: catalogue what it lacks, drop documents of no message, index what the index lacks.

    Then cover again what holds should cover. Rows whose segment is gone from the store are left for a person: they are
    the only witness of a loss.
    """
    for segment_id in archive.vault.segment_ids():
        if _lacks(segment_id, archive.vault):
            _catalogue_again(segment_id, archive.vault)
    try:
        archive.engine.delete(list(_documents_without_message(archive)))
        _mark_unindexed(archive)
    except IndexUnavailable:
        rebuild_index(archive)
    index_all(archive)
    hold_check.mend(archive)


def _compare_segments(vault: Vault, report: Reconciliation) -> None:
    catalogued = dict(SegmentStage.objects.filter(stage=Stage.CATALOGUE).values_list("segment_id", "state"))
    keyrings = {id_of(key) for key in vault.keyrings.keys(KEYRINGS)}
    in_store: set[UUID] = set()
    for segment_id in vault.segment_ids():
        in_store.add(segment_id)
        report.segments += 1
        if segment_id not in keyrings:
            report.segments_without_keyring.add(segment_id)
        if catalogued.get(segment_id) != StageState.DONE:
            report.uncatalogued_segments.add(segment_id)
            continue
        _compare_sightings(segment_id, vault, report)
    gone = [segment_id for segment_id in Segment.objects.values_list("id", flat=True) if segment_id not in in_store]
    for segment_id in sorted(set(gone) - _let_go(gone)):
        report.segments_gone_from_store.add(segment_id)
    for segment_id in sorted(keyrings - in_store):
        report.keyrings_without_segment.add(segment_id)


def _let_go(segment_ids: Sequence[UUID]) -> set[UUID]:
    """Return the packed segments among these in which no sighting lies: a packer was stopped as it let them go."""
    packed = _there(PackedSegment.objects.values_list("source_id", flat=True), "source_id", segment_ids)
    return packed - _there(Sighting.objects.values_list("segment_id", flat=True), "segment_id", packed)


def _compare_sightings(segment_id: SegmentId, vault: Vault, report: Reconciliation) -> None:
    try:
        sealed = {entry.sighting_id for entry in vault.footer(segment_id).frames}
    except MunimentError:
        report.unreadable_segments.add(segment_id)
        return
    known = set(Sighting.objects.filter(segment_id=segment_id).values_list("id", flat=True))
    sealed -= _there(DestroyedSighting.objects.values_list("sighting_id", flat=True), "sighting_id", sealed)
    packed = _there(Sighting.objects.values_list("id", flat=True), "id", sealed - known)
    sealed -= packed  # they lie in a newer segment, and are counted there
    report.sightings += len(sealed)
    for sighting_id in sorted(sealed - known):
        report.sightings_missing_from_catalogue.add(sighting_id)
    for sighting_id in sorted(known - sealed):
        report.sightings_only_in_catalogue.add(sighting_id)


def _there(rows: QuerySet, name: str, ids: Collection[UUID]) -> set[UUID]:
    """Return those of `ids` that the column `name` of rows holds."""
    wanted = sorted(ids)
    found: set[UUID] = set()
    for start in range(0, len(wanted), _CHUNK):
        found.update(rows.filter(**{f"{name}__in": wanted[start : start + _CHUNK]}))
    return found


def _compare_index(archive: Archive, report: Reconciliation) -> None:
    documents = set(archive.engine.message_ids())
    report.documents = len(documents)
    for message_id, waits in _message_rows():
        report.messages += 1
        if waits:
            report.messages_waiting_for_index.add(message_id)
        elif message_id not in documents:
            report.messages_missing_from_index.add(message_id)
        documents.discard(message_id)
    for message_id in sorted(documents):
        report.documents_without_message.add(message_id)


def _message_rows() -> Iterator[tuple[UUID, bool]]:
    rows = Message.objects.order_by("id").values_list("id", "revision", "indexed_revision")
    for message_id, revision, indexed in rows.iterator(chunk_size=5_000):
        yield message_id, indexed < revision


def _lacks(segment_id: SegmentId, vault: Vault) -> bool:
    """Tell whether the catalogue lacks a segment or one of its sightings."""
    if not SegmentStage.objects.filter(segment_id=segment_id, stage=Stage.CATALOGUE, state=StageState.DONE).exists():
        return True
    try:
        sealed = {entry.sighting_id for entry in vault.footer(segment_id).frames}
    except MunimentError:
        return False  # listed as unreadable; nothing can be drawn from it
    sealed -= _there(Sighting.objects.values_list("id", flat=True), "id", sealed)
    return bool(sealed - _there(DestroyedSighting.objects.values_list("sighting_id", flat=True), "sighting_id", sealed))


def _catalogue_again(segment_id: SegmentId, vault: Vault) -> None:
    SegmentStage.objects.filter(segment_id=segment_id, stage=Stage.CATALOGUE).update(state=StageState.PENDING)
    try:
        catalogue_segment(segment_id, vault=vault)
    except Corrupt:
        return  # noted by the stage, and listed


def _documents_without_message(archive: Archive) -> Iterator[UUID]:
    chunk: list[UUID] = []
    for message_id in archive.engine.message_ids():
        chunk.append(message_id)
        if len(chunk) == _CHUNK:
            yield from _unknown(chunk)
            chunk = []
    yield from _unknown(chunk)


def _unknown(chunk: Iterable[UUID]) -> set[UUID]:
    wanted = set(chunk)
    return wanted - set(Message.objects.filter(id__in=wanted).values_list("id", flat=True))


def _mark_unindexed(archive: Archive) -> None:
    """Make every message that the index lacks wait for it again."""
    documents = set(archive.engine.message_ids())
    missing = [message_id for message_id, waits in _message_rows() if not waits and message_id not in documents]
    for start in range(0, len(missing), _CHUNK):
        Message.objects.filter(id__in=missing[start : start + _CHUNK]).update(indexed_revision=0)
