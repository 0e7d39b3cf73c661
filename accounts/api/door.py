"""Who calls the API: the person of an access token, or, for reading alone, the person who is signed in.

An act needs a token: a cookie comes along with whatever a foreign page sends, a token does not.
"""

from typing import Final

from django.core.cache import cache
from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.security.base import AuthBase

from accounts.guessing import is_blocked, is_first_wait, note_failure
from accounts.models import Action, Outcome, User
from accounts.services import audit
from accounts.services.tokens import person_of
from muniment.errors import Refused

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})  # RFC 9110 section 9.2.1
_WHAT: Final = "access token"  # what is guessed, in place of an address


class TokenNotKnown(Refused):
    """The token is none, has expired or was ended, or its account is closed: all are one answer."""


class TooManyFailures(Refused):
    """From this place too many tokens that are none were tried."""


class AccessTokenDoor(HttpBearer):
    """`Authorization: Bearer mun_…`."""

    def authenticate(self, request: HttpRequest, token: str) -> User:
        """Return the person; raise `TokenNotKnown` or `TooManyFailures`.

        A token that counts is let in however often others failed: it cannot be guessed, and whoever shares the place
        of a guesser (a proxy, an office) is not shut out.
        """
        person = person_of(token.strip())
        if person is None:
            _note_failure(request)
            raise TokenNotKnown
        request.user = person
        return person


class SignedInDoor(AuthBase):
    """The cookie of a person who is signed in: reads, and does nothing."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = "sessionid"

    def __call__(self, request: HttpRequest) -> User | None:
        is_person = request.user.is_authenticated and request.user.is_active
        return request.user if is_person and request.method in _SAFE else None


DOORS: Final = (AccessTokenDoor(), SignedInDoor())


def _note_failure(request: HttpRequest) -> None:
    """Count a failure; raise `TooManyFailures` after some, with one entry in the audit trail for all that follow."""
    place = {"address": _WHAT, "client": request.META.get("REMOTE_ADDR", "")}
    if is_blocked(cache, **place):
        if is_first_wait(cache, **place):
            _record("too many wrong tokens")
        raise TooManyFailures
    note_failure(cache, **place)
    _record("wrong token")


def _record(why: str) -> None:
    audit.record(actor=None, action=Action.SIGN_IN_REFUSED, outcome=Outcome.REFUSED, details={"why": why, "of": "api"})
