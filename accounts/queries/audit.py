"""Read the audit trail: filtered and by pages, and as one chain that proves itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts import chain
from accounts.models import Action, AuditEntry, AuditHead, AuditText

PAGE_SIZE: Final = 50
MAX_BROKEN: Final = 1_000  # listed; one broken link says enough
_CHUNK: Final = 2_000
_EVERYWHERE: Final = frozenset(
    {"audit_entries_follow_each_other", "audit_entries_stay_unchanged", "audit_entries_stay"}
)
TRIGGERS: Final = {"sqlite": _EVERYWHERE, "postgresql": _EVERYWHERE | {"audit_entries_stay_whole"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries are wanted; days are in the zone of the settings, both included."""

    actor: str = ""
    action: Action | None = None
    first: date | None = None
    last: date | None = None
    matter_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Entries, newest first; `older` is the number to ask for those before them, None at the end."""

    entries: tuple[AuditEntry, ...]
    older: int | None


@dataclass(slots=True, kw_only=True)
class ChainReport:
    """What a check of the chain found; `broken` names entry and reason."""

    entries: int = 0
    broken: list[dict[str, int | str | None]] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.broken

    def add(self, number: int | None, reason: str) -> None:
        """Note a fault, up to `MAX_BROKEN`."""
        if len(self.broken) < MAX_BROKEN:
            self.broken.append({"entry": number, "reason": reason})


def entries(wanted: AuditFilter) -> QuerySet[AuditEntry]:
    """Return the entries that `wanted` names, newest first. Who may read them is `permissions.may_read_audit`."""
    rows = AuditEntry.objects.order_by("-number")
    if wanted.actor:
        rows = rows.filter(actor__iexact=wanted.actor)
    if wanted.action:
        rows = rows.filter(action=wanted.action.value)
    if wanted.first:
        rows = rows.filter(at__gte=_midnight(wanted.first))
    if wanted.last:
        rows = rows.filter(at__lt=_midnight(wanted.last + timedelta(days=1)))
    if wanted.matter_id:
        rows = rows.filter(matter_id=wanted.matter_id)
    return rows


def page(wanted: AuditFilter, *, before: int | None = None, size: int = PAGE_SIZE) -> AuditPage:
    """Return `size` entries older than number `before`, or the newest: no page costs more than the first."""
    rows = entries(wanted).prefetch_related("texts")
    found = list(rows.filter(number__lt=before)[: size + 1] if before else rows[: size + 1])
    shown = found[:size]
    return AuditPage(entries=tuple(shown), older=shown[-1].number if len(found) > size else None)


def head() -> tuple[int, str]:
    """Return number and hash of the last entry, (0, GENESIS) while there is none: what has to leave the database."""
    row = AuditHead.objects.filter(id=1).first()
    return (row.number, row.hash) if row else (0, chain.GENESIS)


def since(number: int, action: Action) -> QuerySet[AuditEntry]:
    """Return the entries of an action after entry `number`, oldest first: for whoever may have been cut short."""
    return AuditEntry.objects.filter(number__gt=number, action=action.value).order_by("number")


def last_check() -> AuditEntry | None:
    """Return the entry of the last check of the whole chain."""
    return AuditEntry.objects.filter(action=Action.VERIFY).order_by("-number").first()


def verify_chain() -> ChainReport:
    """Compute the whole chain anew, compare every text that is left with its digest, and look for the triggers.

    Entries that are written meanwhile are checked as far as they are seen.
    """
    report = ChainReport()
    for name in sorted(TRIGGERS[connection.vendor] - _triggers()):
        report.add(None, f"the database no longer guards the entries: its trigger {name} is missing")
    last, last_hash = head()
    expected, previous, reached = 1, chain.GENESIS, chain.GENESIS
    for entry in AuditEntry.objects.order_by("number").iterator(chunk_size=_CHUNK):
        report.entries += 1
        if entry.number != expected:
            report.add(expected, f"entries {expected} to {entry.number - 1} are missing")
        elif entry.previous != previous:
            report.add(entry.number, "it does not continue the entry before it")
        if chain.entry_hash(entry) != entry.hash:
            report.add(entry.number, "its fields are not what was hashed")
        if entry.number == last:
            reached = entry.hash
        expected, previous = entry.number + 1, entry.hash
    if reached != last_hash or (report.entries and not last):
        report.add(last or None, "the head names another last entry: entries at the end are missing")
    for number, kind in _changed_texts():
        report.add(number, f"its text ({kind}) is not what was hashed")
    return report


def _changed_texts() -> Iterator[tuple[int, str]]:
    """Yield entry and kind of each text that is not the text of its digest."""
    rows = AuditText.objects.order_by("entry_id", "kind").values_list(
        "entry_id", "kind", "salt", "text", "entry__text_digests"
    )
    for number, kind, salt, text, digests in rows.iterator(chunk_size=_CHUNK):
        if chain.text_digest(salt, text) != digests.get(kind):
            yield number, kind


def _triggers() -> frozenset[str]:
    """Return the names of the triggers that stand on the table of entries."""
    statement = (
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'accounts_auditentry'::regclass AND tgenabled IN ('O', 'A')"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'accounts_auditentry'"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return frozenset(name for (name,) in cursor.fetchall())


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
