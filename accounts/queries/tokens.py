"""Access tokens on behalf of somebody: one's own, and for an administrator everybody's. Never what they say."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import AccessToken, User
from accounts.permissions import may_manage_people


def standing(at: datetime) -> QuerySet[AccessToken]:
    """Return the tokens that count at `at`, whoever has them."""
    return AccessToken.objects.filter(ended_at__isnull=True, expires_at__gt=at)


def own(actor: User, *, now: datetime) -> list[AccessToken]:
    """Return the actor's tokens that count, the newest first."""
    return list(standing(now).filter(person=actor).order_by("-id"))


def of_others(actor: User, *, now: datetime) -> list[AccessToken]:
    """Return the tokens of all others that count, for who manages people; none for anybody else."""
    if not may_manage_people(actor):
        return []
    return list(standing(now).exclude(person=actor).select_related("person").order_by("person__email", "-id"))


def get(actor: User, token_id: UUID, *, now: datetime) -> AccessToken | None:
    """Return a token that counts and that `actor` may end; None where it is not there or not theirs."""
    rows = standing(now).filter(pk=token_id)
    return (rows if may_manage_people(actor) else rows.filter(person=actor)).first()
