"""Requests for approval on behalf of somebody: what waits for the actor, and what the actor asked for."""

from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from accounts.models import Approval, ApprovalState, User

SHOWN: Final = 100  # of one's own requests, the newest


def waiting_for(actor: User, *, now: datetime) -> list[Approval]:
    """Return the open requests of others that `actor` may decide, the most urgent first."""
    if not (actor.is_authenticated and actor.is_active):
        return []
    rows = Approval.objects.filter(state=ApprovalState.OPEN, expires_at__gt=now).exclude(asked_by=actor)
    found = rows.select_related("asked_by").order_by("expires_at", "id")
    return [row for row in found if actor.role in row.may_approve]  # JSON lists are not searched by every database


def asked_by(actor: User) -> list[Approval]:
    """Return what `actor` asked for, newest first."""
    return list(_related().filter(asked_by=actor).order_by("-id")[:SHOWN])


def decided_by(actor: User) -> list[Approval]:
    """Return what `actor` decided, newest first."""
    return list(_related().filter(decided_by=actor).order_by("-decided_at", "-id")[:SHOWN])


def get_shown(actor: User, approval_id: int) -> Approval | None:
    """Return a request that `actor` asked for, decided or may decide; None where it is not there or not theirs."""
    row = _related().filter(pk=approval_id).first()
    if row is None or not (actor.is_authenticated and actor.is_active):
        return None
    is_theirs = actor.pk in {row.asked_by_id, row.decided_by_id} or actor.role in row.may_approve
    return row if is_theirs else None


def has_any(actor: User) -> bool:
    """Return whether `actor` asked for anything or decided anything."""
    return Approval.objects.filter(Q(asked_by=actor) | Q(decided_by=actor)).exists()


def _related() -> QuerySet[Approval]:
    return Approval.objects.select_related("asked_by", "decided_by")
