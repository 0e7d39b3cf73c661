"""From catalogue rows and a parsed message to the document that the index keeps."""

from typing import Final

from archive.models import Known, Message, Part, Participant, ParticipantRole
from muniment.engines.port import Document
from muniment.mail.flags import list_ids
from muniment.mail.model import ParsedMessage
from muniment.mail.text import body_text

MAX_BODY_CHARS: Final = 4_000_000  # a body of 4 million characters is a dump; the limit is noted in the coverage
MAX_ATTACHMENT_CHARS: Final = 20_000_000
_OPEN_ROLES: Final = frozenset(
    {
        ParticipantRole.FROM,
        ParticipantRole.SENDER,
        ParticipantRole.REPLY_TO,
        ParticipantRole.TO,
        ParticipantRole.CC,
    }
)


def document_of(message: Message, parsed: ParsedMessage) -> Document:
    """Build a document. `message` has participants, sightings and parts with their texts prefetched."""
    rows = list(message.participants.all())
    named = {row.address for row in rows if row.role in _OPEN_ROLES and row.address}
    blind = [row for row in rows if row.role not in _OPEN_ROLES and row.address not in named]
    sightings = list(message.sightings.all())
    parts = list(message.parts.all())
    texts = [part.text.text for part in parts if hasattr(part, "text") and part.text.text]
    return Document(
        message_id=message.id,
        subject=parsed.subject,
        body=body_text(parsed)[:MAX_BODY_CHARS],
        from_=_shown(rows, ParticipantRole.FROM, ParticipantRole.SENDER),
        to=_shown(rows, ParticipantRole.TO),
        cc=_shown(rows, ParticipantRole.CC),
        bcc=tuple(dict.fromkeys(_text_of(row) for row in blind)),
        participants=tuple(sorted(named)),
        access=tuple(sorted({row.address for row in rows if row.address})),
        attachment_names=tuple(part.filename for part in parts if part.filename),
        attachment_types=tuple(sorted({kind for part in parts for kind in _types_of(part)})),
        attachment_text="\n".join(texts)[:MAX_ATTACHMENT_CHARS],
        date=message.date,
        captured_at=message.captured_at,
        size_bytes=message.size_bytes,
        has_attachment=message.attachment_count > 0,
        sources=tuple(sorted({sighting.source for sighting in sightings})),
        custodians=tuple(sorted({sighting.custodian for sighting in sightings if sighting.custodian})),
        lists=list_ids(parsed),
        rfc_message_id=message.rfc_message_id,
        thread_id=str(message.thread_id),
        flags=tuple(message.flags),
    )


def _shown(rows: list[Participant], *roles: ParticipantRole) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_text_of(row) for row in rows if row.role in roles and row.known == Known.HEADER))


def _text_of(row: Participant) -> str:
    if row.name and row.address:
        return f"{row.name} <{row.address}>"
    return row.address or row.name


def _types_of(part: Part) -> set[str]:
    kinds = {part.content_type, part.real_type}
    stem, dot, extension = part.filename.rpartition(".")
    if dot and stem:
        kinds.add(extension.lower())
    return kinds - {""}
