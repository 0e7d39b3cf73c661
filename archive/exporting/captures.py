"""Open the sightings of messages for an export, one after the other, with their proofs."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from django.db.models import Count

from archive.exporting.orders import Ports, Shown
from archive.models import Message, Sighting
from archive.queries.messages import within
from muniment.bundle.layout import MAX_SIGHTINGS, ExceptionCode
from muniment.bundle.model import Capture, Described, Missing
from muniment.bundle.proving import SegmentProver
from muniment.engines.port import Scope
from muniment.errors import Corrupt
from muniment.ids import SegmentId, SightingId
from muniment.seal.opening import Erased
from muniment.seal.vault import Vault
from muniment.stores.port import ObjectMissing

OPEN_SEGMENTS: Final = 64  # of 1,000 frames and some 1 MB each, at most


class Captures:
    """Reads what a bundle says of messages, within a scope, through the ports of the export."""

    def __init__(self, *, vault: Vault, scope: Scope, ports: Ports, checkpoint: bytes) -> None:
        """Prove in the log at `checkpoint`; with b"" there are no log proofs."""
        self._vault = vault
        self._scope = scope
        self._ports = ports
        self._log = ports.log(checkpoint) if ports.log and checkpoint else None
        self._provers: OrderedDict[UUID, SegmentProver] = OrderedDict()

    def read(self, ids: Sequence[UUID], *, first: int) -> Iterator[tuple[Described, Iterator[Capture | Missing]]]:
        """Yield some messages in order, numbered from `first`, each with its sightings to be opened."""
        messages = within(self._scope).filter(id__in=ids).annotate(seen=Count("sightings", distinct=True))
        rows = {message.id: message for message in messages}
        sightings = _sightings_of(rows)
        for number, identifier in enumerate(ids, start=first):
            message = rows.get(identifier)
            if message is None:
                gone = Missing(code=ExceptionCode.GONE, detail="the catalogue has no such message any more")
                yield Described(number=number, message_id=identifier), iter([gone])
            else:
                yield (
                    self._described(message, number, sightings[identifier]),
                    self._open(message, sightings[identifier]),
                )

    def _described(self, message: Message, number: int, sightings: Sequence[Sighting]) -> Described:
        custodians = {sighting.custodian for sighting in sightings} - {""}
        return Described(
            number=number,
            message_id=message.id,
            subject=message.subject,
            sender=message.sender,
            date=message.date,
            # The owner of a mailbox may be a blind recipient.
            custodians=tuple(sorted(custodians)) if self._scope.blind else (),
            holds=self._ports.holds(message) if self._ports.holds else None,
            sightings=message.seen,
        )

    def _open(self, message: Message, sightings: Sequence[Sighting]) -> Iterator[Capture | Missing]:
        for row in sightings:
            try:
                sighting, proof = self._prover(row.segment_id).open(SightingId(row.id))
            except (Erased, ObjectMissing) as error:
                yield Missing(sighting_id=row.id, code=ExceptionCode.GONE, detail=str(error))
                continue
            except Corrupt as error:
                yield Missing(sighting_id=row.id, code=ExceptionCode.CORRUPT, detail=str(error))
                continue
            shown = self._ports.sight(message, sighting) if self._ports.sight else Shown(sighting=sighting)
            if shown is None:
                yield Missing(sighting_id=row.id, code=ExceptionCode.DENIED, detail="it names a blind recipient")
            else:
                yield Capture(sighting=shown.sighting, proof=proof, recipients_hidden=shown.recipients_hidden)

    def _prover(self, segment_id: UUID) -> SegmentProver:
        if segment_id in self._provers:
            self._provers.move_to_end(segment_id)
            return self._provers[segment_id]
        opened = self._vault.glance(SegmentId(segment_id))
        prover = SegmentProver(opened, self._log.prove) if self._log else SegmentProver(opened)
        self._provers[segment_id] = prover
        if len(self._provers) > OPEN_SEGMENTS:
            self._provers.popitem(last=False)
        return prover


def _sightings_of(messages: dict[UUID, Message]) -> dict[UUID, list[Sighting]]:
    """Return the sightings of messages, oldest first, at most as many of each as a bundle lists."""
    found: dict[UUID, list[Sighting]] = {identifier: [] for identifier in messages}
    few = [identifier for identifier, message in messages.items() if message.seen <= MAX_SIGHTINGS]
    for sighting in Sighting.objects.filter(message_id__in=few).order_by("id"):
        found[sighting.message_id].append(sighting)
    for identifier in messages.keys() - set(few):
        found[identifier] = list(Sighting.objects.filter(message_id=identifier).order_by("id")[:MAX_SIGHTINGS])
    return found
