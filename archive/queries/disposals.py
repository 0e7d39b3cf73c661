"""Destructions of expired mail, as those who read retention see them; erasures on request have pages of their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Max, Min, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Approval, ApprovalState, User
from accounts.permissions import APPROVES_DESTRUCTION, MANAGES_RETENTION, may
from archive.models import Cause, DestroyedSighting, Disposal, DisposalState, ItemOutcome, Message
from archive.queries.messages import NotFound, visible
from archive.sparing import sentence
from muniment.errors import Refused

SAMPLES: Final = 5  # of the oldest and of the newest messages


class NoSuchDisposal(NotFound):
    """There is no such list."""

    def __init__(self) -> None:
        Refused.__init__(self, "There is no such list here.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A frozen list in counts, with samples of what the reader may see."""

    messages: int
    sightings: int
    size_bytes: int
    oldest_due: date | None
    newest_due: date | None
    by_outcome: dict[ItemOutcome, int]
    spared: tuple[tuple[Promise | str, int], ...]
    samples: tuple[Message, ...]
    rules: tuple[tuple[str, int], ...]
    sealed_bytes_left: int  # sightings whose sealed bytes, unreadable now, wait for the end of a lock


def disposals() -> QuerySet[Disposal]:
    """Return the destructions of expired mail, newest first."""
    rows = Disposal.objects.filter(cause=Cause.DISPOSAL).exclude(digest="")
    return rows.select_related("proposed_by", "approved_by", "executed_by").order_by("-id")


def get_disposal(disposal_id: UUID) -> Disposal:
    """Return one; raise `NoSuchDisposal`."""
    row = disposals().filter(id=disposal_id).first()
    if row is None:
        raise NoSuchDisposal
    return row


def summary(actor: User, row: Disposal) -> Summary:
    """Count a list; its samples are messages that `actor` sees."""
    sums = row.items.aggregate(
        messages=Count("id"),
        sightings=Sum("sighting_count"),
        size=Sum("size_bytes"),
        oldest=Min("due_on"),
        newest=Max("due_on"),
    )
    outcomes = dict(row.items.values_list("outcome").annotate(number=Count("id")))
    left = DestroyedSighting.objects.filter(disposal_id=row.id, ciphertext_gone_at__isnull=True).count()
    return Summary(
        messages=sums["messages"],
        sightings=sums["sightings"] or 0,
        size_bytes=sums["size"] or 0,
        oldest_due=sums["oldest"],
        newest_due=sums["newest"],
        by_outcome={outcome: outcomes.get(outcome.value, 0) for outcome in ItemOutcome},
        spared=_spared(row),
        samples=_samples(actor, row),
        rules=tuple(sorted(row.rules.items())),
        sealed_bytes_left=left,
    )


def approval_of(row: Disposal) -> Approval | None:
    """Return the last request for approval of a list."""
    return approvals_of([row.id]).get(row.id)


def approvals_of(disposal_ids: Iterable[UUID], *, kind: str = Cause.DISPOSAL) -> dict[UUID, Approval]:
    """Return the last request for approval of each of these subjects."""
    subjects = {str(one): one for one in disposal_ids}
    rows = Approval.objects.filter(kind=kind, subject__in=subjects).select_related("asked_by", "decided_by")
    return {subjects[row.subject]: row for row in rows.order_by("id")}


def stands(approval: Approval | None, digest: str, now: datetime) -> bool:
    """Return whether an approval was given for exactly this and can still be used."""
    return (
        approval is not None
        and approval.state == ApprovalState.GIVEN
        and approval.digest == digest
        and now < approval.expires_at
    )


def awaited(approval: Approval | None, now: datetime) -> bool:
    """Return whether the answer to a request is awaited."""
    return approval is not None and approval.state == ApprovalState.OPEN and now < approval.expires_at


def why_not_execute(actor: User, row: Disposal, approval: Approval | None, now: datetime) -> str:
    """Return why `actor` cannot execute the destruction now, "" when they can. `execute` asks everything again."""
    if row.state != DisposalState.PROPOSED:
        return _("It was begun or withdrawn already.")
    if not may(actor, MANAGES_RETENTION | APPROVES_DESTRUCTION):
        return _("Your role does not execute destructions.")
    if not stands(approval, row.digest, now):
        return _("It waits for the approval of a second person.")
    if approval.decided_by_id == actor.pk:
        return _("You approved it: somebody else has to execute it.")
    ready = approval.decided_at + timedelta(days=row.cooling_days)
    if now < ready:
        return _("The days in which it can still be stopped are not over.")
    return ""


def _spared(row: Disposal) -> tuple[tuple[Promise | str, int], ...]:
    counts: dict[str, int] = {}
    rows = row.items.filter(outcome=ItemOutcome.SPARED).values_list("why").annotate(number=Count("id"))
    for why, number in rows:
        code = why.partition(":")[0]
        counts[code] = counts.get(code, 0) + number
    return tuple((sentence(code), number) for code, number in sorted(counts.items()))


def _samples(actor: User, row: Disposal) -> tuple[Message, ...]:
    mine = row.items.filter(message_id__in=visible(actor).values("id")).order_by("due_on", "message_id")
    ids = [*mine.values_list("message_id", flat=True)[:SAMPLES]]
    ids += [one for one in mine.reverse().values_list("message_id", flat=True)[:SAMPLES] if one not in ids]
    found = visible(actor).in_bulk(ids)
    return tuple(sorted(found.values(), key=lambda message: (message.date or message.captured_at, message.id)))
