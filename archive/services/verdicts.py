"""What a person decides about messages whose term has ended: keep them through a day, or let them go."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Action, TextKind
from accounts.services import audit
from archive.models import ReviewVerdict
from archive.queries.facts import day_of, facts_of, policy_on
from archive.queries.messages import NotFound
from archive.queries.reach import within_reach
from archive.services import evaluation
from archive.services.governing import beside_governing
from archive.services.permitted import Actor, person, require_retention
from muniment.errors import Refused
from muniment.policy.calendar import MONTHS_A_YEAR, add_months
from muniment.policy.decide import Outcome

MAX_BATCH: Final = 1_000  # messages that one person can be said to have looked at together
MAX_KEEP_YEARS: Final = 10  # then it comes up again: nothing is kept for ever by the way
_NAMED: Final = 20


def give(
    *,
    actor: Actor,
    message_ids: Iterable[UUID],
    keep_through: date | None,
    reason: str,
    now: datetime | None = None,
) -> int:
    """Keep messages through a day, or (None) let them go; return how many.

    Only what has come up is decided about: a message to be reviewed may be kept or let go, one that is due may be
    kept. Raises `NotFound` when none is there for the actor, and `Refused`, then about all of them.
    """
    require_retention(actor)
    at = now or timezone.now()
    today = day_of(at)
    with transaction.atomic():
        beside_governing()
        found = within_reach(actor, list(dict.fromkeys(message_ids)))
        if not found:
            raise NotFound
        _check(keep_through, reason, len(found), today)
        _check_come_up(found, keep_through, today)
        rows = [
            ReviewVerdict(
                sighting_id=one,
                decided_on=today,
                keep_through=keep_through,
                decided_by=person(actor),
                decided_at=at,
                reason=reason,
            )
            for one in found
        ]
        ReviewVerdict.objects.bulk_create(rows, batch_size=500)
        audit.record(
            actor=actor,
            action=Action.REVIEWED,
            objects=[f"message:{one}" for one in found[:_NAMED]],
            details={"messages": len(found), "keep_through": keep_through.isoformat() if keep_through else ""},
            texts={TextKind.REASON: reason},
            now=at,
        )
    evaluation.refresh(found, now=now)
    return len(found)


def _check(keep_through: date | None, reason: str, number: int, today: date) -> None:
    if number > MAX_BATCH:
        raise Refused(
            _("At most %(most)d messages at once: narrow the choice, or go on in parts.") % {"most": MAX_BATCH}
        )
    if not reason.strip():
        raise Refused(_("Say why: the reason stands with the decision."))
    if keep_through is None:
        return
    if keep_through < today:
        raise Refused(_("Keep it through a day that is still to come."))
    if keep_through > add_months(today, MAX_KEEP_YEARS * MONTHS_A_YEAR):
        raise Refused(_("Keep it for at most %(years)d years; then it comes up again.") % {"years": MAX_KEEP_YEARS})


def _check_come_up(found: list[UUID], keep_through: date | None, today: date) -> None:
    allowed = {Outcome.REVIEW} if keep_through is None else {Outcome.REVIEW, Outcome.DUE}
    policy = policy_on(today)
    others = sum(policy.decide(facts).outcome not in allowed for facts in facts_of(found))
    if others:
        text = _(
            "Of these messages %(others)d have not come up: a rule, a hold, a restriction or an earlier decision keeps"
            " them. Leave them out."
        )
        raise Refused(text % {"others": others})
