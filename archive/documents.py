"""From catalogue rows and a parsed message to the document that the index keeps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from archive.models import Known, ParticipantRole
from muniment.engines.port import RESTRICTED, Document
from muniment.mail.addresses import parse_addresses
from muniment.mail.embedded import embedded
from muniment.mail.flags import list_ids
from muniment.mail.model import ParsedMessage
from muniment.mail.text import body_text

MAX_BODY_CHARS: Final = 4_000_000  # a body of 4 million characters is a dump; the limit is noted in the coverage
MAX_ATTACHMENT_CHARS: Final = 20_000_000
_OPEN_ROLES: Final = frozenset(
    role.value
    for role in (
        ParticipantRole.FROM,
        ParticipantRole.SENDER,
        ParticipantRole.REPLY_TO,
        ParticipantRole.TO,
        ParticipantRole.CC,
    )
)
_BLIND_FIELDS: Final = frozenset({"bcc", "resent-bcc"})
_HEADER: Final = Known.HEADER.value


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """What the catalogue knows of a message that its document needs."""

    id: UUID
    thread_id: UUID
    rfc_message_id: str
    date: datetime | None
    captured_at: datetime
    size_bytes: int
    attachment_count: int
    flags: Sequence[str]


class PersonRow(NamedTuple):
    """One participation, in the order in which they were written."""

    message_id: UUID
    address: str
    name: str
    role: str
    known: str


class PartRow(NamedTuple):
    """One part, and the text drawn from it: None before it was tried."""

    message_id: UUID
    content_type: str
    real_type: str
    filename: str
    text: str | None


class SightingRow(NamedTuple):
    """One sighting."""

    message_id: UUID
    id: UUID
    segment_id: UUID
    source: str
    custodian: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguedMessage:
    """A message with the rows that belong to it."""

    message: MessageRow
    people: Sequence[PersonRow]
    parts: Sequence[PartRow]
    sightings: Sequence[SightingRow]
    personal: Sequence[str] = ()  # kinds that were found
    restricted: bool = False  # GDPR Article 18: only a scope with `restricted` finds it


def document_of(catalogued: CataloguedMessage, parsed: ParsedMessage) -> Document:
    """Build the document of a message from its rows and the bytes of its first sighting."""
    message, people, parts = catalogued.message, catalogued.people, catalogued.parts
    named = {row.address for row in people if row.role in _OPEN_ROLES and row.address}
    blind = [row for row in people if row.role not in _OPEN_ROLES and row.address not in named]
    return Document(
        message_id=message.id,
        subject=parsed.subject,
        body=body_text(parsed)[:MAX_BODY_CHARS],
        from_=_shown(people, ParticipantRole.FROM.value, ParticipantRole.SENDER.value),
        to=_shown(people, ParticipantRole.TO.value),
        cc=_shown(people, ParticipantRole.CC.value),
        bcc=tuple(dict.fromkeys([*(_text_of(row) for row in blind), *_blind_inside(parsed, named)])),
        participants=tuple(sorted(named)),
        access=tuple(sorted({row.address for row in people if row.address})),
        attachment_names=tuple(part.filename for part in parts if part.filename),
        attachment_types=tuple(sorted({kind for part in parts for kind in _types_of(part)})),
        attachment_text="\n".join(part.text for part in parts if part.text)[:MAX_ATTACHMENT_CHARS],
        date=message.date,
        captured_at=message.captured_at,
        size_bytes=message.size_bytes,
        has_attachment=message.attachment_count > 0,
        sources=tuple(sorted({sighting.source for sighting in catalogued.sightings})),
        custodians=tuple(sorted({sighting.custodian for sighting in catalogued.sightings if sighting.custodian})),
        lists=list_ids(parsed),
        rfc_message_id=message.rfc_message_id,
        thread_id=str(message.thread_id),
        personal=tuple(catalogued.personal),
        flags=(*message.flags, RESTRICTED) if catalogued.restricted else tuple(message.flags),
    )


def _blind_inside(parsed: ParsedMessage, named: set[str]) -> Iterator[str]:
    """Yield the blind recipients of messages inside the message: their text names none, so they are found here only."""
    headers = (header for one in embedded(parsed) for header in one.headers if header.name.lower() in _BLIND_FIELDS)
    for found in (one for header in headers for one in parse_addresses(header.value)[0]):
        if found.address not in named:
            yield f"{found.name} <{found.address}>" if found.name and found.address else found.address or found.name


def _shown(people: Sequence[PersonRow], *roles: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_text_of(row) for row in people if row.role in roles and row.known == _HEADER))


def _text_of(row: PersonRow) -> str:
    if row.name and row.address:
        return f"{row.name} <{row.address}>"
    return row.address or row.name


def _types_of(part: PartRow) -> set[str]:
    kinds = {part.content_type, part.real_type}
    stem, dot, extension = part.filename.rpartition(".")
    if dot and stem:
        kinds.add(extension.lower())
    return kinds - {""}
