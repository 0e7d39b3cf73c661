"""What of a sighting stands in an export for somebody who may not see blind recipients."""

from dataclasses import replace

from accounts.models import User
from accounts.permissions import may_see_bcc
from archive.exporting.orders import Shown, Sight
from archive.models import Message
from discovery.blindness import known_openly, may_see_bytes, open_recipients
from muniment.mail.parse import parse
from muniment.seal.sighting import Sighting


def sight_of(actor: User) -> Sight | None:
    """Return the sight of `actor`; None for those to whom everything is shown."""
    if may_see_bcc(actor):
        return None

    def shown(message: Message, sighting: Sighting, /) -> Shown | None:
        if not may_see_bytes(actor, message, parse(sighting.raw)):
            return None
        if sighting.custodian.lower() not in known_openly(actor, message):  # the owner of a mailbox may be blind
            sighting = replace(sighting, custodian="", item="")
        if sighting.envelope is None:
            return Shown(sighting=sighting)
        recipients = open_recipients(actor, message, sighting.envelope.recipients)
        hidden = len(recipients) < len(sighting.envelope.recipients)
        envelope = replace(sighting.envelope, recipients=recipients)
        return Shown(sighting=replace(sighting, envelope=envelope), recipients_hidden=hidden)

    return shown
