"""Keys of requests that are done once: claimed before the act, settled after it, forgotten after a day."""

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import OnceKey, User
from muniment.errors import Refused

KEPT: Final = timedelta(hours=24)
_TAKEN: Final = gettext_lazy(
    "A request of this Idempotency-Key has begun and not ended: look whether it was done, before you send it again."
)


class KeyNotUsable(Refused):
    """The key is none, or stood for another request."""


class KeyTaken(Refused):
    """The request of this key has begun, and its end is not known."""


def claim(*, actor: User, key: str, request_digest: str, now: datetime | None = None) -> OnceKey:
    """Claim a key for a request; a row that has `made` says that it was done before, and what came of it.

    Raises `KeyNotUsable` for a key that stood for another request, and `KeyTaken` for one whose act has not ended.
    """
    at = now or timezone.now()
    forget_old(now=at)
    try:
        with transaction.atomic():
            return OnceKey.objects.create(person=actor, key=key, request_digest=request_digest, begun_at=at)
    except IntegrityError:
        row = OnceKey.objects.filter(person=actor, key=key).first()
    if row is not None and row.request_digest != request_digest:
        raise KeyNotUsable(_("This Idempotency-Key stood for another request: choose a new one."))
    if row is None or not row.made:  # the act of the other request has just failed, or goes on
        raise KeyTaken(str(_TAKEN))
    return row


def settle(row: OnceKey, *, made: str) -> None:
    """Note what came of the request: the id of what was made."""
    OnceKey.objects.filter(pk=row.pk).update(made=made)


def release(row: OnceKey) -> None:
    """Free the key of a request that was refused or failed."""
    OnceKey.objects.filter(pk=row.pk).delete()


def forget_old(*, now: datetime | None = None) -> int:
    """Forget keys after a day; return how many."""
    rows = OnceKey.objects.filter(begun_at__lte=(now or timezone.now()) - KEPT)
    if not rows.exists():  # a look costs no write
        return 0
    count, _rows = rows.delete()
    return count
