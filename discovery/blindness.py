"""What blind copies may show to whom: one rule for participants, headers, envelopes and the bytes themselves.

Whoever may not see blind recipients sees those named openly (From, Sender, Reply-To, To, Cc) and themselves.
"""

import re
from collections.abc import Sequence

from accounts.models import User
from accounts.permissions import may_see_bcc, own_addresses
from archive.models import Message, Participant, ParticipantRole
from muniment.mail.model import Header
from muniment.seal.sighting import Recipient

_BLIND_ROLES = frozenset({ParticipantRole.BCC, ParticipantRole.DELIVERED})
# Fields that name who a copy went to: RFC 5322 sections 3.6.3 and 3.6.6, and what delivery agents add.
_BLIND_FIELDS = frozenset(
    "bcc resent-bcc delivered-to envelope-to x-envelope-to x-original-to x-rcpt-to x-receiver x-real-to"
    " x-delivered-to x-forwarded-to x-forwarded-for apparently-to".split()
)
_FOR = re.compile(r"\bfor\s+<?([^\s<>;]{1,400}@[^\s<>;]{1,400})>?", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>,;:\"()]{1,400}@[^\s<>,;:\"()]{1,400}")


def known_openly(actor: User, message: Message) -> frozenset[str]:
    """Return the addresses that `actor` may connect with the message."""
    rows = message.participants.all()
    known = {actor.email.lower(), *(row.address for row in rows if row.role not in _BLIND_ROLES)}
    if any(row.address not in known for row in rows):  # only then an alias of the actor's may matter
        known |= own_addresses(actor)
    return frozenset(known - {""})


def open_participants(actor: User, message: Message) -> list[Participant]:
    """Return the participants that `actor` may see, in their order."""
    rows = sorted(message.participants.all(), key=lambda row: (row.position, row.id))
    if may_see_bcc(actor):
        return rows
    known = known_openly(actor, message)
    return [row for row in rows if row.role not in _BLIND_ROLES or row.address in known]


def open_headers(actor: User, message: Message, headers: Sequence[Header]) -> tuple[Header, ...]:
    """Return the header fields without those that name a blind recipient."""
    if may_see_bcc(actor):
        return tuple(headers)
    known = known_openly(actor, message)
    return tuple(header for header in headers if not header_names_blind(header, known))


def open_recipients(actor: User, message: Message, recipients: Sequence[Recipient]) -> tuple[Recipient, ...]:
    """Return the recipients of an envelope that `actor` may see."""
    if may_see_bcc(actor):
        return tuple(recipients)
    known = known_openly(actor, message)
    return tuple(one for one in recipients if one.address.decode("utf-8", "replace").lower() in known)


def may_see_bytes(actor: User, message: Message, headers: Sequence[Header]) -> bool:
    """Return whether the message as received may be shown: nothing in its header names a blind recipient."""
    return len(open_headers(actor, message, headers)) == len(headers)


def names_blind(actor: User, message: Message, received: str) -> bool:
    """Return whether the value of a Received field names somebody whom `actor` may not see."""
    return not may_see_bcc(actor) and _for_blind(received, known_openly(actor, message))


def header_names_blind(header: Header, known: frozenset[str]) -> bool:
    """Return whether a header field names somebody who is not among `known`."""
    name = header.name.lower()
    if name in {"bcc", "resent-bcc"} and not header.value.strip():
        return False
    if name in _BLIND_FIELDS:
        addresses = [found.lower() for found in _ADDRESS.findall(header.value)]
        return not addresses or any(address not in known for address in addresses)
    if name == "received":
        return _for_blind(header.value, known)
    return False


def _for_blind(received: str, known: frozenset[str]) -> bool:
    return any(found.lower() not in known for found in _FOR.findall(received))
