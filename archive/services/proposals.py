"""Propose what is to be destroyed: a frozen list, decided about message by message, for a second person to approve."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Operator
from accounts.models import Action, Approval, TextKind, User
from accounts.permissions import APPROVES_DESTRUCTION, HANDLES_REQUESTS, MANAGES_RETENTION, may, scope_of
from accounts.services import approvals, audit
from archive import sparing
from archive.models import Cause, Disposal, DisposalItem, DisposalState
from archive.queries.facts import day_of, facts_of, policy_on
from archive.queries.messages import within
from muniment.engines.port import Scope
from muniment.errors import Refused
from muniment.ids import UuidSequence
from muniment.policy.decide import Decision, Policy
from muniment.policy.reasons import Ended

APPROVAL_DAYS: Final = 30  # within which an approval must be given and used, besides the days of cooling off
MAX_REASON_CHARS: Final = 2_000
_CHUNK: Final = 500
_NOT_THERE: Final = "not there"
_LISTED: Final = "in another list"
_NOT_LISTED: Final = {
    _NOT_THERE: gettext_lazy("It is not there, or you may not see it."),
    _LISTED: gettext_lazy("Another list names it already."),
}
_IDS: Final = UuidSequence()


class NotProposed(Refused):
    """The list cannot be proposed as it is; the message says why and how many messages it concerns."""


def propose(
    *,
    actor: User | Operator,
    cause: Cause,
    message_ids: Iterable[UUID],
    reason: str,
    as_of: date | None = None,
    request_id: UUID | None = None,
    cooling_days: int = 0,
    now: datetime | None = None,
) -> Disposal:
    """Freeze a list of messages to destroy. Nothing is destroyed before somebody else approves and `execute` runs.

    Each message must be visible to `actor` and, for a disposal, due on `as_of` (today) under the rules and holds of
    now; for an erasure, free of holds, other restrictions and legal duties. Raises `NotProposed` for an empty list, and
    when messages are not so: then nothing is kept of the proposal. The list is written in parts; until it is whole its
    `digest` is "" and it can only be withdrawn.
    """
    at = now or timezone.now()
    _check(actor, Cause(cause), reason, request_id)
    disposal = Disposal.objects.create(
        id=_IDS.next(),
        cause=cause,
        request_id=request_id,
        reason=reason[:MAX_REASON_CHARS],
        as_of=as_of or day_of(at),
        cooling_days=cooling_days,
        proposed_by=actor if isinstance(actor, User) else None,
        proposed_at=at,
    )
    try:
        _freeze(disposal, message_ids, _scope(actor))
    except Exception:
        with transaction.atomic():
            disposal.items.all().delete()
            disposal.delete()
        raise
    return _close(actor, disposal, at)


def ask_approval(*, actor: User, disposal: Disposal, reason: str = "", now: datetime | None = None) -> Approval:
    """Ask that a second person approve the list as it stands. Raises `ApprovalRefused`, `NotProposed`."""
    at = now or timezone.now()
    _check_role(actor, disposal.cause)
    if disposal.state != DisposalState.PROPOSED or not disposal.digest:
        raise NotProposed(_("Only a whole list that was not begun yet can be approved."))
    return approvals.ask(
        actor=actor,
        kind=disposal.cause,
        subject=str(disposal.id),
        digest=disposal.digest,
        reason=reason or disposal.reason,
        may_approve=APPROVES_DESTRUCTION,
        expires_at=at + timedelta(days=APPROVAL_DAYS + disposal.cooling_days),
        now=at,
    )


def withdraw(*, actor: User | Operator, disposal: Disposal, reason: str, now: datetime | None = None) -> Disposal:
    """Take a proposal back before it is begun; an approval of it can then no longer be used."""
    _check_role(actor, disposal.cause)
    at = now or timezone.now()
    with transaction.atomic():
        row = Disposal.objects.select_for_update().get(id=disposal.id)
        if row.state != DisposalState.PROPOSED:
            raise NotProposed(_("It was begun already: what was destroyed stays destroyed, and the rest follows."))
        row.state, row.finished_at = DisposalState.WITHDRAWN, at
        row.save(update_fields=["state", "finished_at"])
        audit.record(
            actor=actor,
            action=Action.DESTRUCTION_WITHDRAWN,
            objects=[f"disposal:{row.id}"],
            texts={TextKind.REASON: reason},
            now=at,
        )
    return row


def _check(actor: User | Operator, cause: Cause, reason: str, request_id: UUID | None) -> None:
    _check_role(actor, cause)
    if not reason.strip():
        raise NotProposed(_("Say why: the person who approves has to know, and the certificate carries it."))
    if (cause is Cause.ERASURE) != (request_id is not None):
        raise NotProposed(_("An erasure names the request that it answers, and a disposal names none."))


def _check_role(actor: User | Operator, cause: str) -> None:
    roles = HANDLES_REQUESTS if cause == Cause.ERASURE else MANAGES_RETENTION
    if not may(actor, roles):
        raise Refused(_("Your role may not propose what is destroyed."))


def _scope(actor: User | Operator) -> Scope:
    return (
        scope_of(actor)
        if isinstance(actor, User)
        else Scope(everything=True, blind=True, personal=True, restricted=True)
    )


def _freeze(disposal: Disposal, message_ids: Iterable[UUID], scope: Scope) -> None:
    policy = policy_on(disposal.as_of)
    wanted = iter(dict.fromkeys(message_ids))
    refused: dict[str, int] = {}
    while chunk := list(islice(wanted, _CHUNK)):
        for why, count in _freeze_chunk(disposal, chunk, policy, scope).items():
            refused[why] = refused.get(why, 0) + count
    if refused:
        listed = " ".join(f"{count} × {_said(why)}" for why, count in sorted(refused.items()))
        raise NotProposed(
            _("%(count)d of these messages cannot be destroyed: leave them out. %(why)s")
            % {"count": sum(refused.values()), "why": listed}
        )


def _said(why: str) -> str:
    return str(_NOT_LISTED[why] if why in _NOT_LISTED else sparing.sentence(why))


def _freeze_chunk(disposal: Disposal, chunk: Sequence[UUID], policy: Policy, scope: Scope) -> dict[str, int]:
    sizes = dict(
        within(scope).filter(id__in=chunk).annotate(total=Sum("sightings__size_bytes")).values_list("id", "total")
    )
    listed = set(
        DisposalItem.objects.filter(
            message_id__in=chunk, disposal__state__in=(DisposalState.PROPOSED, DisposalState.EXECUTING)
        )
        .exclude(disposal=disposal)
        .values_list("message_id", flat=True)
    )
    refused = {_NOT_THERE: len(chunk) - len(sizes), _LISTED: len(listed & sizes.keys())}
    items = []
    for facts in facts_of(message_id for message_id in chunk if message_id in sizes and message_id not in listed):
        decision = policy.decide(facts)
        why = spared(disposal, decision)
        if why:
            refused[why] = refused.get(why, 0) + 1
            continue
        items.append(
            DisposalItem(
                disposal=disposal,
                message_id=facts.id,
                due_on=decision.due_on,
                size_bytes=sizes[facts.id] or 0,
                sighting_count=len(facts.sightings),
                rules=rules_of(decision),
            )
        )
    DisposalItem.objects.bulk_create(items)
    return {why: count for why, count in refused.items() if count}


def spared(disposal: Disposal, decision: Decision) -> str:
    """Return why a message is spared under the decision; "" when it may be destroyed."""
    if disposal.cause == Cause.ERASURE and disposal.request_id is not None:
        return sparing.from_erasure(decision, disposal.request_id)
    return sparing.from_disposal(decision)


def rules_of(decision: Decision) -> list[str]:
    """Return the rules whose term has ended, as "rule@version"."""
    return sorted({reason.rule.label for reason in decision.reasons if isinstance(reason, Ended)})


def _close(actor: User | Operator, disposal: Disposal, at: datetime) -> Disposal:
    """Write the digest and the counts, which make the list whole."""
    digest = sha256(f"{disposal.cause}|{disposal.request_id or ''}|{disposal.as_of}|{disposal.cooling_days}".encode())
    counts: dict[str, int] = {}
    messages = 0
    rows = disposal.items.order_by("message_id").values_list("message_id", "rules")
    for message_id, rules in rows.iterator(chunk_size=_CHUNK):
        digest.update(message_id.bytes)
        messages += 1
        for rule in rules:
            counts[rule] = counts.get(rule, 0) + 1
    if not messages:
        disposal.delete()
        raise NotProposed(_("The list is empty: there is nothing to destroy."))
    with transaction.atomic():
        disposal.digest, disposal.rules = digest.hexdigest(), counts
        disposal.save(update_fields=["digest", "rules"])
        audit.record(
            actor=actor,
            action=Action.DESTRUCTION_PROPOSED,
            objects=[f"disposal:{disposal.id}"],
            details={"messages": messages, "cause": disposal.cause},
            texts={TextKind.REASON: disposal.reason},
            now=at,
        )
    return disposal
