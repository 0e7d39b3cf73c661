"""The head of the audit trail leaves the database: it goes into the evidence log, and is compared with it later.

Whoever owns the database can write a whole new trail, or cut its end off. The log has told by then how many entries
there were, and the hash of the last, which covers all before it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.models import AuditEntry
from accounts.queries import audit
from archive.models import LogNote
from archive.services import notes
from muniment.log.entries import AuditHead, LoggedEntry, decode

HEAD_EVERY: Final = timedelta(
    seconds=60
)  # what is written in the last minute can be cut off unseen; 1,440 entries a day
SUBJECT: Final = "audit:head"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedHead:
    """A head as the log has it."""

    index: int
    records: int
    head: bytes


@dataclass(slots=True, kw_only=True)
class _Run:
    """Heads that follow each other in the log and are not the trail's."""

    after: int  # entries of the trail that the last head before them proves
    first: int  # index in the log
    last: int
    records: int  # the most that one of them names


def note_head(*, now: datetime, at_once: bool = False) -> LogNote | None:
    """Note the head for the log where it moved, once in `HEAD_EVERY` or `at_once`; return the row.

    One note is kept: those of earlier heads that are logged say nothing that the log does not.
    """
    number, digest = audit.head()
    current = AuditHead(records=number, head=bytes.fromhex(digest))
    row = LogNote.objects.filter(subject=SUBJECT).order_by("-id").first()
    last = decode(bytes(row.entry)) if row else None
    if not number or (isinstance(last, LoggedEntry) and _keeps(last, current, None if at_once else now)):
        return None
    with transaction.atomic():
        LogNote.objects.filter(subject=SUBJECT, log_index__isnull=False).delete()
        return notes.write_plain(current, subject=SUBJECT, at=now)


def _keeps(last: LoggedEntry, current: AuditHead, now: datetime | None) -> bool:
    """Tell whether nothing moved, or it is too early. A clock that was set back does not make it too early for long."""
    return last.entry == current or (now is not None and timedelta(0) <= now - last.at < HEAD_EVERY)


class TrailCheck:
    """Compares heads, handed in in the order of the log, with the trail as it is."""

    def __init__(self) -> None:
        self.heads = 0
        self._proved = 0
        self._runs: list[_Run] = []
        self._open = False

    def add(self, heads: Iterable[LoggedHead]) -> None:
        """Compare some heads, at most a few thousand at a time."""
        found = list(heads)
        numbers = {head.records for head in found}
        hashes = dict(AuditEntry.objects.filter(number__in=numbers).values_list("number", "hash"))
        for head in found:
            self.heads += 1
            if hashes.get(head.records) == head.head.hex():
                self._proved, self._open = head.records, False
            else:
                self._extend(head)

    def faults(self) -> list[str]:
        """Say what was cut or changed, one sentence for each time."""
        newest = AuditEntry.objects.order_by("-number").values_list("number", flat=True).first() or 0
        return [_sentence(run, newest) for run in self._runs]

    def _extend(self, head: LoggedHead) -> None:
        if not self._open:
            self._runs.append(_Run(after=self._proved, first=head.index, last=head.index, records=head.records))
            self._open = True
        run = self._runs[-1]
        run.last, run.records = head.index, max(run.records, head.records)


def _sentence(run: _Run, newest: int) -> str:
    heads = f"entry {run.first} of the evidence log says"
    if run.first != run.last:
        heads = f"entries {run.first} to {run.last} of the evidence log say"
    cut = f"the trail was cut or changed after {run.after} entries"
    if newest < run.records:
        return (
            f"{cut}: it has {newest}, and {heads} that it had {run.records}. Its end was cut off, or the database was "
            "put back from an older backup: look for the newest one"
        )
    return (
        f"{cut}: what follows, up to {run.records}, is not what {heads}. It was rewritten, or went on in a database "
        "that was put back from an older backup"
    )
