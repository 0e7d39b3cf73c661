"""Open a closed request again: when what stood against an erasure has ended, or when a person has a reason."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from gdpr.models import CarriedOut, LocatedItem, Outcome, Request, Right
from gdpr.services.acting import Act, Actor, acting, move, record
from gdpr.services.proposing import Proposer, propose_all, review_for
from gdpr.states import NotAllowed, State
from muniment.policy.erasure import ErasureOutcome

_RELEASED: Final = "What stood against the erasure of %d messages has ended."
_FIELDS: Final = ("state", "outcome", "disposal_id", "seal", "sealed_at", "decided_at", "closed_at", "reopened_on")


def reopen(*, actor: User, request_id: UUID, reason: str, now: datetime | None = None) -> Request:
    """Open a closed request again, such as after a complaint; its clock counts from today."""
    at = now or timezone.now()
    if not reason.strip():
        raise NotAllowed(_("Say why it is opened again: a complaint, a letter of the authority."))
    with acting(actor, request_id, State.CLOSED) as request:
        if request.outcome == Outcome.WITHDRAWN:
            raise NotAllowed(_("The person took this request back: register a new one."))
        _reopen(actor, request, _freed(request, timezone.localdate(at)), reason, at)
    return request


def reopen_released(*, now: datetime | None = None) -> int:
    """Open again the closed erasures of which something restricted can be decided now; return how many.

    What the sweep calls: the release of a hold, or the end of another request's restriction, shows in the decision.
    """
    at = now or timezone.now()
    waiting = Request.objects.filter(
        right=Right.ERASURE, state=State.CLOSED, items__carried_out=CarriedOut.RESTRICTED
    ).distinct()
    opened = 0
    for request_id in list(waiting.values_list("id", flat=True)):
        with acting(None, request_id) as request:
            freed = _freed(request, timezone.localdate(at)) if request.state == State.CLOSED else []
            if freed:
                _reopen(None, request, freed, _RELEASED % len(freed), at)
                opened += 1
    return opened


def decide_again(*, actor: User, request_id: UUID, now: datetime | None = None) -> Request:
    """Take what can be decided now to the review."""
    at = now or timezone.now()
    with acting(actor, request_id, State.REOPENED) as request:
        move(request, State.LEGAL_CHECK)
        came_from = move(request, State.REVIEW)
        if request.right == Right.ERASURE:
            propose_all(request, today=timezone.localdate(at))
        record(actor, request, Act.MOVED, at=at, came_from=came_from)
    return request


def _freed(request: Request, today) -> list[LocatedItem]:
    """Return the restricted messages against whose erasure no hold and no other request stands any more."""
    if request.right != Right.ERASURE:
        return []
    items = list(request.items.filter(carried_out=CarriedOut.RESTRICTED))
    decisions = Proposer(request, today=today).decisions(items, lambda item: review_for(item, None, None))
    return [item for item, decision in decisions if decision.outcome is not ErasureOutcome.RESTRICT]


def _reopen(actor: Actor, request: Request, freed: list[LocatedItem], reason: str, at: datetime) -> None:
    LocatedItem.objects.filter(pk__in=[item.pk for item in freed]).update(
        carried_out="", choice="", code="", reason="", chosen_by=None, chosen_at=None
    )
    request.outcome, request.disposal_id, request.seal, request.sealed_at = "", None, "", None
    request.decided_at, request.closed_at, request.reopened_on = None, None, timezone.localdate(at)
    came_from = move(request, State.REOPENED, fields=_FIELDS)
    record(actor, request, Act.REOPENED, at=at, came_from=came_from, reason=reason, details={"messages": len(freed)})
