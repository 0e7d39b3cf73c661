"""Matters, people and holds for the tests of holds."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from accounts.actors import Operator
from accounts.models import Grant, GrantKind, Matter, MatterMember, Role, User
from accounts.services import approvals
from archive.models import DestroyedSighting, HeldSighting, HoldKind, Sighting
from archive.services import holds, sweep
from archive.services.stages import drain
from muniment.ids import SegmentId, UuidSequence
from muniment.seal.layout import segment_key
from tests.flow.archive.builders import PlainExtractor, seal

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OPERATOR = Operator(name="root")
_IDS = UuidSequence()


def person(name, role=Role.LEGAL, *grants):
    """Add a person, who may see `grants` as (kind, value)."""
    address = f"{name}@corp.example"
    user = User.objects.create(email=address, username=address, role=role)
    for kind, value in grants:
        Grant.objects.create(user=user, kind=kind, value=value, valid_from=NOW - timedelta(days=900))
    return user


def lawyer(name="lea"):
    """Add a lawyer who sees everything."""
    return person(name, Role.LEGAL, (GrantKind.EVERYTHING, ""))


def matter(*members, reference="M-1"):
    """Open a matter."""
    made = Matter.objects.create(id=_IDS.next(), reference=reference, name="the quarrel", opened_at=NOW)
    for member in members:
        MatterMember.objects.create(matter=made, user=member, added_at=NOW)
    return made


def place(archive, kind=HoldKind.CUSTODIANS, *, actor=OPERATOR, about=None, **fields):
    """Place a hold as an operator does, or as `actor`."""
    terms = {"name": "the hold", "reason": "a lawsuit is likely", "now": NOW} | fields
    return holds.place(actor=actor, matter=about or matter(), kind=kind, archive=archive, **terms)


def release(archive, hold, *, asker, approver, now=NOW):
    """Release a hold by two people."""
    approval = holds.ask_release(actor=asker, hold=hold, reason="the lawsuit has ended", now=now)
    approvals.approve(actor=approver, approval_id=approval.pk, now=now)
    return holds.release(actor=asker, hold=hold, archive=archive, now=now)


def arrive(archive, *raws, **fields):
    """Seal, catalogue and index mail; return the id of its segment."""
    segment_id = seal(archive, *raws, **fields)
    sweep.catalogue_missing(vault=archive.vault)
    drain(archive, PlainExtractor())
    return segment_id


def covered(hold):
    """Return the sightings that a hold covers."""
    return set(HeldSighting.objects.filter(hold=hold).values_list("sighting_id", flat=True))


def sightings(**filters):
    """Return ids of sightings."""
    return set(Sighting.objects.filter(**filters).values_list("id", flat=True))


def in_store(archive, segment_id):
    """Return whether the store keeps the segment under its legal hold."""
    return archive.vault.segments.info(segment_key(SegmentId(segment_id))).legal_hold


def bury(sighting_id, **fields):
    """Write a tombstone, as a destruction does."""
    row = Sighting.objects.filter(id=sighting_id).first()
    known = {"segment_id": row.segment_id, "message_id": row.message_id} if row else {}
    made = {"segment_id": UUID(int=1), "message_id": sighting_id, "disposal_id": UUID(int=2), "destroyed_at": NOW}
    return DestroyedSighting.objects.create(sighting_id=sighting_id, **made | known | fields)
