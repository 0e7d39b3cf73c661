"""What goes into a pack: messages opened from the vault, and what is said of them, as the person may know it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext as _

from archive.models import Known, Message, Participant, ParticipantRole
from archive.wiring import Archive
from gdpr.models import Choice, Code, Concern, Information, LocatedItem, Request, TermKind, TermState
from gdpr.packs.hiding import without_blind
from gdpr.packs.model import Copied, Head, Withheld
from muniment.errors import Corrupt
from muniment.ids import SegmentId, SightingId

_AUTHOR: Final = frozenset({ParticipantRole.FROM, ParticipantRole.SENDER})
_OPEN: Final = frozenset(
    {
        ParticipantRole.FROM,
        ParticipantRole.SENDER,
        ParticipantRole.REPLY_TO,
        ParticipantRole.TO,
        ParticipantRole.CC,
    }
)
_INFORMATION: Final = (
    "controller",
    "purposes",
    "categories",
    "recipients",
    "retention",
    "rights",
    "complaint",
    "source",
    "automated",
)


class NotThere(Corrupt):
    """No sighting of the message opens."""


class Reader:
    """Opens the messages of one pack."""

    def __init__(self, request: Request, archive: Archive) -> None:
        self._vault = archive.vault
        addresses = request.terms.filter(kind=TermKind.ADDRESS, state=TermState.CONFIRMED)
        self._own = frozenset(addresses.values_list("value", flat=True))
        self._last = None  # the segment read last, by its id: messages come in the order of their sealing

    def copy(self, item: LocatedItem) -> Copied:
        """Return a message as it is handed over; raise `Corrupt` when none of its sightings opens."""
        message = Message.objects.filter(sightings__id=item.sighting_id).prefetch_related("participants").first()
        if message is None:
            raise NotThere(f"message of sighting {item.sighting_id} is not in the catalogue")
        people = sorted(message.participants.all(), key=lambda row: (row.position, row.pk))
        is_author = any(row.role in _AUTHOR and row.address in self._own for row in people)
        known = self._own | {row.address for row in people if row.role in _OPEN}
        raw, left_out = self._open(message, None if is_author else known)
        return Copied(
            id=item.sighting_id,
            raw=raw,
            message_id=message.rfc_message_id,
            date=_moment(message.date),
            from_=message.sender,
            to=_named(people, ParticipantRole.TO),
            cc=_named(people, ParticipantRole.CC),
            bcc=tuple(
                name for name, address in _pairs(people, ParticipantRole.BCC) if is_author or address in self._own
            ),
            subject=message.subject,
            concern=str(Concern(item.concern).label),
            left_out=left_out,
        )

    def _open(self, message: Message, known: frozenset[str] | None) -> tuple[bytes, int]:
        """Return the copy of which the least is left out, the first of those that open."""
        best: tuple[bytes, int] | None = None
        for row in message.sightings.order_by("id"):
            try:
                raw = self._raw(SegmentId(row.segment_id), SightingId(row.id))
                found = (raw, 0) if known is None else without_blind(raw, known)
            except Corrupt:
                continue
            if best is None or found[1] < best[1]:
                best = found
            if best[1] == 0:
                break
        if best is None:
            raise NotThere(f"no sighting of message {message.id} opens")
        return best

    def _raw(self, segment_id: SegmentId, sighting_id: SightingId) -> bytes:
        if self._last is None or self._last[0] != segment_id:
            self._last = segment_id, self._vault.glance(segment_id)
        opened = self._last[1]
        return opened.open(opened.entry_of(sighting_id)).raw


def head_of(request: Request) -> Head:
    """Return what a pack says of its request, in the language that is active."""
    told = Information.objects.get(language=request.language, version=request.pack.information_version)
    report = request.reports.order_by("-pk").first()
    terms = request.terms.filter(state=TermState.CONFIRMED).order_by("kind", "value")
    return Head(
        number=request.number,
        name=request.person_name,
        language="fr" if request.language == "fr" else "en",
        received_on=request.received_on.isoformat(),
        sealed_at=request.sealed_at.astimezone(UTC),
        terms=tuple(terms.values_list("value", flat=True)),
        information=tuple((_heading(told, name), getattr(told, name)) for name in _INFORMATION),
        coverage=report.coverage if report else {},
    )


def withheld_of(item: LocatedItem) -> Withheld:
    """Return what the person is told of a message that is not handed over."""
    released = item.choice == Choice.RELEASE
    return Withheld(
        date=item.sent_at.date().isoformat() if item.sent_at else "",
        concern=str(Concern(item.concern).label),
        ground=_("It could not be opened.") if released else str(Code(item.code).label),
        reason="" if released else item.reason,
    )


def _heading(told: Information, name: str) -> str:
    return str(told._meta.get_field(name).verbose_name)  # noqa: SLF001 - Django's own name for it


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def _pairs(people: Iterable[Participant], role: ParticipantRole) -> list[tuple[str, str]]:
    rows = [row for row in people if row.role == role and row.known == Known.HEADER]
    return [
        (f"{row.name} <{row.address}>" if row.name and row.address else row.name or row.address, row.address)
        for row in rows
    ]


def _named(people: Iterable[Participant], role: ParticipantRole) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name, _ in _pairs(people, role)))
