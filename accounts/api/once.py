"""Requests that are done once, however often they are sent: the Idempotency-Key header, kept for 24 hours.

Kept is the id of what was made, not the answer: a repetition reads it anew, with the rights of then, and nothing of
mail or people lies here. The key is claimed before the act and settled after it, each in a transaction of its own,
because acts commit by themselves; a key whose act was cut short by a kill stays claimed and says so.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import OnceKey
from muniment.errors import Refused

HEADER: Final = "Idempotency-Key"
KEPT: Final = timedelta(hours=24)
_TAKEN: Final = gettext_lazy(
    "A request of this Idempotency-Key has begun and not ended: look whether it was done, before you send it again."
)
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
# What an operation that makes something says of this header in the OpenAPI document.
ONCE: Final[dict[str, Any]] = {
    "parameters": [
        {
            "in": "header",
            "name": HEADER,
            "required": False,
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            "description": gettext_noop(
                "A word of your choice for this request. Sent again with the same body within 24 hours, the request"
                " makes nothing new, and answers with what it made."
            ),
        }
    ]
}


class KeyNotUsable(Refused):
    """The key is none, or stood for another request."""


class KeyTaken(Refused):
    """The request of this key has begun, and its end is not known."""


def once(request: HttpRequest, make: Callable[[], object], *, now: datetime | None = None) -> str:
    """Return the id of what `make` makes; for a key that was used before, of what it made then.

    Raises `KeyNotUsable`, `KeyTaken`, and whatever `make` raises; then the key is free again.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return str(make())
    row, is_new = _claim(request, key, now or timezone.now())
    if not is_new:
        return _made_before(request, row)
    try:
        made = str(make())
    except Exception:
        row.delete()
        raise
    OnceKey.objects.filter(pk=row.pk).update(made=made)
    return made


def _claim(request: HttpRequest, key: str, at: datetime) -> tuple[OnceKey, bool]:
    if not _KEY.fullmatch(key):
        raise KeyNotUsable(_("An Idempotency-Key has 1 to 255 visible ASCII characters."))
    OnceKey.objects.filter(begun_at__lte=at - KEPT).delete()
    fields = {"person": request.user, "key": key}
    try:
        with transaction.atomic():
            return OnceKey.objects.create(**fields, request_digest=_digest(request), begun_at=at), True
    except IntegrityError:
        row = OnceKey.objects.filter(**fields).first()
    if row is None:  # the act of the other request failed just now
        raise KeyTaken(str(_TAKEN))
    return row, False


def _made_before(request: HttpRequest, row: OnceKey) -> str:
    if row.request_digest != _digest(request):
        raise KeyNotUsable(_("This Idempotency-Key stood for another request: choose a new one."))
    if not row.made:
        raise KeyTaken(str(_TAKEN))
    return row.made


def _digest(request: HttpRequest) -> str:
    """Return what names the request: keyed, so that what was in it cannot be tried out."""
    said = f"{request.method} {request.path}\n".encode() + request.body
    return salted_hmac("accounts.api.once", said, algorithm="sha256").hexdigest()
