"""Matters on behalf of somebody: who works on them, and who may know their names."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from accounts.actors import Operator
from accounts.models import Approval, ApprovalState, CustodianProposal, Matter, MatterState, Role, User
from accounts.permissions import MANAGES_MATTERS, may
from muniment.errors import Refused

KNOWS_NAMES: Final = frozenset({Role.COMPLIANCE, Role.AUDITOR})  # of every matter: they watch over all of them


class NoSuchMatter(Refused):
    """There is no such matter, or it is not the actor's to see."""

    def __init__(self) -> None:
        super().__init__("There is no such matter here.")


def named_to(actor: User) -> QuerySet[Matter]:
    """Return the matters whose reference and name `actor` may know, newest first."""
    if not (actor.is_authenticated and actor.is_active):
        return Matter.objects.none()
    rows = Matter.objects.order_by("-opened_at", "-id")
    return rows if actor.role in KNOWS_NAMES else rows.filter(id__in=_of_member(actor))


def worked_on(actor: User) -> QuerySet[Matter]:
    """Return the matters of which `actor` is a standing member, closed ones too, newest first."""
    if not (actor.is_authenticated and actor.is_active):
        return Matter.objects.none()
    return Matter.objects.filter(id__in=_of_member(actor)).order_by("-opened_at", "-id")


def get_named(actor: User, identifier: UUID) -> Matter:
    """Return a matter whose name `actor` may know; raise `NoSuchMatter`."""
    return _first(named_to(actor), identifier)


def get_worked_on(actor: User, identifier: UUID) -> Matter:
    """Return a matter that `actor` works on; raise `NoSuchMatter`."""
    return _first(worked_on(actor), identifier)


def is_member(actor: User | Operator, matter: Matter) -> bool:
    """Return whether `actor` works on the matter; an operator may do whatever a member may."""
    return isinstance(actor, Operator) or worked_on(actor).filter(pk=matter.pk).exists()


def may_change(actor: User | Operator, matter: Matter) -> bool:
    """Return whether `actor` may act in the matter: a member whose role manages matters, while it is open."""
    return matter.state == MatterState.OPEN and may(actor, MANAGES_MATTERS) and is_member(actor, matter)


def standing_addresses(matter: Matter) -> frozenset[str]:
    """Return the addresses of the standing custodians."""
    return frozenset(matter.custodians.filter(removed_at__isnull=True).values_list("address", flat=True))


def awaited(matter: Matter, *, now: datetime) -> list[CustodianProposal]:
    """Return the custodians who were asked for and can still be approved or added, oldest first."""
    live = Approval.objects.filter(state__in=(ApprovalState.OPEN, ApprovalState.GIVEN), expires_at__gt=now)
    rows = matter.proposals.filter(approval__in=live).select_related("approval", "proposed_by", "approval__decided_by")
    return list(rows.order_by("id"))


def _of_member(actor: User) -> QuerySet[Matter]:
    return Matter.objects.filter(members__user=actor, members__removed_at__isnull=True).values("id")


def _first(rows: QuerySet[Matter], identifier: UUID) -> Matter:
    matter = rows.filter(pk=identifier).first()
    if matter is None:
        raise NoSuchMatter
    return matter
