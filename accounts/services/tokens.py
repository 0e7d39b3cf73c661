"""Give and end access tokens, and find whose a token is. A token is shown once; its SHA-256 is all that is kept."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Operator
from accounts.models import AccessToken, Action, User
from accounts.models.tokens import MAX_TOKEN_NAME_CHARS
from accounts.permissions import may_manage_people
from accounts.queries.tokens import standing
from accounts.services import audit
from muniment.errors import Refused
from muniment.ids import UuidSequence

PREFIX: Final = "mun_"  # lets scanners of source code find a token that was left there
SECRET_BYTES: Final = 32  # 256 bits: nobody guesses it, so SHA-256 without salt or stretching keeps it (decision 18)
MAX_DAYS: Final = 366
MAX_STANDING: Final = 20  # of one person: more is no longer looked after
_USE_NOTED_EVERY: Final = timedelta(minutes=5)  # one write for many requests
_IDS: Final = UuidSequence()


class TokenRefused(Refused):
    """The token cannot be given or ended; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A new token: its row, and the text that is shown this once."""

    token: AccessToken
    secret: str


def give(*, actor: User, name: str, days: int, now: datetime | None = None) -> Given:
    """Give `actor` a token of their own that counts for `days` (1 to 366). Raises `TokenRefused`."""
    at, name = now or timezone.now(), " ".join(name.split())
    if not actor.is_active:
        raise TokenRefused(_("This account is closed."))
    if not name or len(name) > MAX_TOKEN_NAME_CHARS:
        raise TokenRefused(
            _("A token needs a name of at most %(count)s characters: say which program uses it.")
            % {"count": MAX_TOKEN_NAME_CHARS}
        )
    if not 1 <= days <= MAX_DAYS:
        raise TokenRefused(
            _("A token counts for at most a year: choose between 1 and %(count)s days.") % {"count": MAX_DAYS}
        )
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=actor.pk)
        if standing(at).filter(person=actor).count() >= MAX_STANDING:
            raise TokenRefused(
                _("You have %(count)s tokens: end one that is no longer used.") % {"count": MAX_STANDING}
            )
        token = AccessToken.objects.create(
            id=_IDS.next(),
            person=actor,
            name=name,
            digest=digest_of(secret),
            given_at=at,
            expires_at=at + timedelta(days=days),
        )
        audit.record(
            actor=actor,
            action=Action.TOKEN_GIVEN,
            objects=[f"token:{token.pk}", f"person:{actor.pk}"],
            details={"days": days},
            now=at,
        )
    return Given(token=token, secret=secret)


def end(*, actor: User | Operator, token: AccessToken, now: datetime | None = None) -> AccessToken:
    """End a token at once: one's own, or anybody's for who manages people. Raises `TokenRefused`."""
    at = now or timezone.now()
    is_own = isinstance(actor, User) and token.person_id == actor.pk
    if not is_own and not may_manage_people(actor):
        raise TokenRefused(_("A token is ended by its person or by an administrator."))
    with transaction.atomic():
        row = AccessToken.objects.select_for_update().get(pk=token.pk)
        if row.ended_at is not None:
            raise TokenRefused(_("This token has been ended already."))
        return _end(actor, row, at)


def end_all(*, actor: User | Operator, person: User, now: datetime | None = None) -> int:
    """End every token of a person whose account closes; return how many."""
    at = now or timezone.now()
    with transaction.atomic():
        rows = list(standing(at).select_for_update().filter(person=person))
        for row in rows:
            _end(actor, row, at)
    return len(rows)


def _end(actor: User | Operator, row: AccessToken, at: datetime) -> AccessToken:
    row.ended_at, row.ended_by = at, actor if isinstance(actor, User) else None
    row.save(update_fields=["ended_at", "ended_by"])
    audit.record(
        actor=actor,
        action=Action.TOKEN_ENDED,
        objects=[f"token:{row.pk}", f"person:{row.person_id}"],
        details={"own": row.ended_by_id == row.person_id},
        now=at,
    )
    return row


def person_of(secret: str, *, now: datetime | None = None) -> User | None:
    """Return the person whose token this is, acting through it; None where it does not count (any more).

    Role, grants and account are those of now: a token never opens more than its person may open, and that of a closed
    account opens nothing.
    """
    at = now or timezone.now()
    if not secret.startswith(PREFIX):
        return None
    token = standing(at).filter(digest=digest_of(secret), person__is_active=True).select_related("person").first()
    if token is None:
        return None
    if token.last_used_at is None or at - token.last_used_at >= _USE_NOTED_EVERY:
        AccessToken.objects.filter(pk=token.pk).update(last_used_at=at)
    token.person.through_token = token.pk
    return token.person


def digest_of(secret: str) -> str:
    """Return what is kept of a token."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
