"""Requests that are done once, however often they are sent: the Idempotency-Key header, kept for 24 hours.

Kept is the id of what was made, not the answer: a repetition reads it anew, with the rights of then, and nothing of
mail or people lies here. The key is claimed before the act and settled after it, each in a transaction of its own,
because acts commit by themselves; a key whose act was cut short by a kill stays claimed and says so.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.services import once_keys
from accounts.services.once_keys import KeyNotUsable

HEADER: Final = "Idempotency-Key"
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


def once(request: HttpRequest, make: Callable[[], object], *, now: datetime | None = None) -> str:
    """Return the id of what `make` makes; for a key that was used before, of what it made then.

    Raises `KeyNotUsable`, `KeyTaken`, and whatever `make` raises; then the key is free again.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return str(make())
    if not _KEY.fullmatch(key):
        raise KeyNotUsable(_("An Idempotency-Key has 1 to 255 visible ASCII characters."))
    row = once_keys.claim(actor=request.user, key=key, request_digest=_digest(request), now=now)
    if row.made:
        return row.made
    try:
        made = str(make())
    except Exception:
        once_keys.release(row)
        raise
    once_keys.settle(row, made=made)
    return made


def _digest(request: HttpRequest) -> str:
    """Return what names the request: keyed, so that what was in it cannot be tried out."""
    said = f"{request.method} {request.path}\n".encode() + request.body
    return salted_hmac("accounts.api.once", said, algorithm="sha256").hexdigest()
