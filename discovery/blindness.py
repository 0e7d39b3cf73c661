"""What blind copies may show to whom: one rule for participants, headers, envelopes and the bytes themselves.

Whoever may not see blind recipients sees those named openly (From, Sender, Reply-To, To, Cc) and themselves. The same
holds for messages inside a message, with those whom they name openly.
"""

import re
from collections.abc import Sequence

from accounts.models import User
from accounts.permissions import may_see_bcc, own_addresses
from archive.models import Message, Participant, ParticipantRole
from muniment.mail.embedded import Embedded, embedded
from muniment.mail.model import Header, ParsedMessage, Part
from muniment.seal.sighting import Recipient

_BLIND_ROLES = frozenset({ParticipantRole.BCC, ParticipantRole.DELIVERED})
_OPEN_FIELDS = frozenset("from sender reply-to to cc".split())
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


def may_see_bytes(actor: User, message: Message, parsed: ParsedMessage) -> bool:
    """Return whether the message as received may be shown: no header in it names a blind recipient."""
    shown = open_headers(actor, message, parsed.headers)
    return len(shown) == len(parsed.headers) and not blind_parts(actor, message, parsed)


def blind_parts(actor: User, message: Message, parsed: ParsedMessage) -> frozenset[str]:
    """Return the paths of the parts that hold a message which names a blind recipient, or may name one."""
    if may_see_bcc(actor):
        return frozenset()
    inside = embedded(parsed)
    known = known_openly(actor, message) if inside else frozenset()
    found = {one.path for one in inside if not one.is_read or _names_some(one, known)}
    return frozenset(part.path for part in parsed.parts if any(_holds(part, path) for path in found))


def names_blind(actor: User, message: Message, received: str) -> bool:
    """Return whether the value of a Received field names somebody whom `actor` may not see."""
    return not may_see_bcc(actor) and _for_blind(received, known_openly(actor, message))


def named_openly(headers: Sequence[Header]) -> frozenset[str]:
    """Return the addresses that a header names for everybody to see."""
    return frozenset(
        found.lower()
        for header in headers
        if header.name.lower() in _OPEN_FIELDS
        for found in _ADDRESS.findall(header.value)
    )


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


def _names_some(one: Embedded, known: frozenset[str]) -> bool:
    known |= named_openly(one.headers)
    return any(header_names_blind(header, known) for header in one.headers)


def _holds(part: Part, path: str) -> bool:
    return bool(part.content) and (part.path == path or path.startswith(f"{part.path}."))


def _for_blind(received: str, known: frozenset[str]) -> bool:
    return any(found.lower() not in known for found in _FOR.findall(received))
