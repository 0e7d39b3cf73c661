"""What the catalogue keeps of one sighting: facts drawn from its bytes, values only, no database."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from archive.models import Known, ParticipantRole
from muniment.ids import SightingId
from muniment.mail import fingerprint, threads
from muniment.mail.flags import flags_of
from muniment.mail.model import Disposition, ParsedMessage, Part
from muniment.mail.parse import parse
from muniment.mail.text import body_text, preview
from muniment.seal.sighting import Sighting

MAX_SUBJECT_CHARS: Final = 2_000  # a page shows less; the index reads the message itself
MAX_NAME_CHARS: Final = 500
MAX_DOMAIN_CHARS: Final = 255  # RFC 5321 section 4.5.3.1.2
MAX_MESSAGE_ID_BYTES: Final = 998  # RFC 5322 section 2.1.1: a line
MAX_NAME_BYTES: Final = 1_000  # an entry of an index of PostgreSQL takes 2,704 bytes: here an address and a name
MAX_DEFECTS: Final = 50
MAX_PATH_CHARS: Final = 300
_SEARCHABLE_PARTS: Final = frozenset({Disposition.ATTACHMENT, Disposition.INLINE})


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantFact:
    """One participation."""

    address: str
    name: str
    role: ParticipantRole
    known: Known


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFact:
    """One part that a reader may open."""

    path: str
    content_type: str
    real_type: str
    disposition: str
    filename: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """What is the same for all sightings of a message, or is taken from its first."""

    fingerprint: bytes
    rfc_message_id: str
    subject: str
    sender: str
    preview: str
    date: datetime | None
    date_offset_minutes: int | None
    size_bytes: int
    attachment_count: int
    flags: tuple[str, ...]
    defects: tuple[dict[str, str], ...]
    parts: tuple[PartFact, ...]
    thread_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingFacts:
    """A sighting without its bytes, and what its bytes say."""

    sighting_id: SightingId
    message: MessageFacts
    participants: tuple[ParticipantFact, ...]


def facts_of(sighting: Sighting) -> SightingFacts:
    """Parse a sighting's bytes and say what the catalogue keeps."""
    parsed = parse(sighting.raw)
    return SightingFacts(
        sighting_id=sighting.id,
        message=_message_facts(parsed),
        participants=tuple(dict.fromkeys(_participants(sighting, parsed))),
    )


def opens(part: Part) -> bool:
    """Tell whether a part is listed: an attachment, an inline picture, or a nested message."""
    return part.nested_message or part.disposition in _SEARCHABLE_PARTS


def text_of_wire(value: bytes) -> str:
    """Return an address of the envelope as text, lower-cased: UTF-8 (RFC 6531), else byte for byte."""
    try:
        return value.decode().lower()
    except UnicodeDecodeError:
        return value.decode("latin-1").lower()


def _message_facts(parsed: ParsedMessage) -> MessageFacts:
    shown = [part for part in parsed.parts if opens(part)]
    offset = parsed.date.utcoffset() if parsed.date else None
    return MessageFacts(
        fingerprint=fingerprint.fingerprint(parsed),
        rfc_message_id=_cut(parsed.message_id, MAX_MESSAGE_ID_BYTES),
        subject=parsed.subject[:MAX_SUBJECT_CHARS],
        sender=_shown_sender(parsed),
        preview=preview(body_text(parsed))[:300],
        date=parsed.date.astimezone(UTC) if parsed.date else None,
        date_offset_minutes=None if offset is None else int(offset.total_seconds() // 60),
        size_bytes=parsed.size_bytes,
        attachment_count=sum(part.nested_message or part.disposition is Disposition.ATTACHMENT for part in shown),
        flags=flags_of(parsed),
        defects=tuple(
            {"kind": defect.kind.value, "part": defect.part, "detail": defect.detail}
            for defect in parsed.defects[:MAX_DEFECTS]
        ),
        parts=tuple(_part_fact(part) for part in shown),
        thread_keys=threads.thread_keys(parsed),
    )


def _shown_sender(parsed: ParsedMessage) -> str:
    for address in (*parsed.from_, *parsed.sender):
        return (f"{address.name} <{address.address}>" if address.name else address.address)[:MAX_NAME_CHARS]
    return ""


def _part_fact(part: Part) -> PartFact:
    return PartFact(
        path=part.path[:MAX_PATH_CHARS],
        content_type=part.content_type[:MAX_DOMAIN_CHARS],
        real_type=part.real_type[:MAX_DOMAIN_CHARS],
        disposition=part.disposition.value,
        filename=part.filename[:MAX_NAME_CHARS],
        size_bytes=part.size_bytes,
        sha256=part.sha256,
    )


def _participants(sighting: Sighting, parsed: ParsedMessage) -> list[ParticipantFact]:
    fields = {
        ParticipantRole.FROM: parsed.from_,
        ParticipantRole.SENDER: parsed.sender,
        ParticipantRole.REPLY_TO: parsed.reply_to,
        ParticipantRole.TO: parsed.to,
        ParticipantRole.CC: parsed.cc,
        ParticipantRole.BCC: parsed.bcc,
    }
    found = [
        _fact(address.address, address.name, role, Known.HEADER)
        for role, addresses in fields.items()
        for address in addresses
    ]
    if sighting.envelope is not None:
        found.extend(
            _fact(text_of_wire(recipient.address), "", ParticipantRole.DELIVERED, Known.ENVELOPE)
            for recipient in sighting.envelope.recipients
        )
    if sighting.custodian:
        found.append(_fact(sighting.custodian.lower(), "", ParticipantRole.DELIVERED, Known.CUSTODIAN))
    return found


def _fact(address: str, name: str, role: ParticipantRole, known: Known) -> ParticipantFact:
    return ParticipantFact(
        address=_cut(address[:MAX_NAME_CHARS], MAX_NAME_BYTES),
        name=_cut(name[:MAX_NAME_CHARS], MAX_NAME_BYTES),
        role=role,
        known=known,
    )


def _cut(text: str, most: int) -> str:
    """Return what of a text takes at most so many bytes."""
    return text if len(text) * 4 <= most else text.encode()[:most].decode(errors="ignore")
