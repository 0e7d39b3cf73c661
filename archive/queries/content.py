"""Opening sealed mail for somebody who may see it."""

from accounts.models import User
from archive.models import Message, Sighting
from archive.queries.messages import NotFound, visible
from muniment.ids import SegmentId, SightingId
from muniment.seal.sighting import Sighting as SealedSighting
from muniment.seal.vault import Vault


def open_sighting(actor: User, message: Message, sighting: Sighting, *, vault: Vault) -> SealedSighting:
    """Return a sighting as it was captured: raw bytes, envelope, all checked against its commitment.

    Raises `NotFound` when the message is not the actor's to see or the sighting is of another message, `Corrupt` when
    the sealed bytes are not what was sealed.
    """
    if sighting.message_id != message.id or not visible(actor).filter(id=message.id).exists():
        raise NotFound
    return vault.read(SegmentId(sighting.segment_id), SightingId(sighting.id))


def first_sighting(message: Message) -> Sighting:
    """Return the sighting that gave the message its id."""
    return min(message.sightings.all(), key=lambda sighting: sighting.id)
