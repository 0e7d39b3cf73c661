"""Errors of the API as problem details (RFC 9457): one shape, with the sentence that a page would say.

Refused      a rule says no                          409, or 404 where "not there" and "not yours" are one answer
Transient    nothing was changed                     503
Corrupt      stored bytes are not what they must be  500
"""

import json
import logging
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from accounts.api.door import TokenNotKnown, TooManyFailures
from accounts.guessing import WAIT_SECONDS
from accounts.saying import said
from accounts.services.approvals import ApprovalRefused
from accounts.services.once_keys import KeyNotUsable, KeyTaken
from muniment.errors import Corrupt, Refused, Transient
from muniment.query.refusals import QueryError

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 10  # after which a store or an index that did not answer is asked again
_MAX_ERRORS: Final = 20

log = logging.getLogger(__name__)


class NotUnderstood(Refused):
    """What was sent has the right shape and yet no meaning; the message says which part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of error: its name is where `/api/v1/#problem-NAME` explains it."""

    name: str
    status: int
    title: object  # lazily translated
    remedy: object


NOT_SIGNED_IN: Final = Kind(
    name="not-signed-in",
    status=401,
    title=gettext_lazy("Not signed in"),
    remedy=gettext_lazy(
        "Send an access token that counts, as “Authorization: Bearer mun_…”. A cookie of the web pages reads, and does"
        " nothing."
    ),
)
NOT_THERE: Final = Kind(
    name="not-there",
    status=404,
    title=gettext_lazy("Not there"),
    remedy=gettext_lazy("There is no such thing, or it is not yours to see: both answer alike."),
)
NOT_ALLOWED: Final = Kind(
    name="refused",
    status=409,
    title=gettext_lazy("A rule says no"),
    remedy=gettext_lazy("The same request will fail again until what the sentence names has changed."),
)
NEEDS_APPROVAL: Final = Kind(
    name="approval",
    status=409,
    title=gettext_lazy("A second person is needed"),
    remedy=gettext_lazy("Ask for the approval, let somebody else give it, then do the act."),
)
NOT_UNDERSTOOD: Final = Kind(
    name="not-understood",
    status=422,
    title=gettext_lazy("Not understood"),
    remedy=gettext_lazy("Correct the request: the answer says which part, and in a query where."),
)
NO_SUCH_METHOD: Final = Kind(
    name="method",
    status=405,
    title=gettext_lazy("No such method"),
    remedy=gettext_lazy("Use one of the methods that Allow names."),
)
TOO_MANY: Final = Kind(
    name="too-many-failures",
    status=429,
    title=gettext_lazy("Too many failures"),
    remedy=gettext_lazy("Wait as long as Retry-After says. A token that counts is let in meanwhile."),
)
DAMAGED: Final = Kind(
    name="damaged",
    status=500,
    title=gettext_lazy("Damaged"),
    remedy=gettext_lazy("Stored bytes fail their check: tell whoever runs the archive."),
)
FAILED: Final = Kind(
    name="failed",
    status=500,
    title=gettext_lazy("An error of the program"),
    remedy=gettext_lazy("Whether something was done is not known: look, before you send it again."),
)
UNAVAILABLE: Final = Kind(
    name="unavailable",
    status=503,
    title=gettext_lazy("Does not answer now"),
    remedy=gettext_lazy("Nothing was changed: send the same again after Retry-After."),
)
KINDS: Final = (
    NOT_SIGNED_IN,
    NOT_THERE,
    NO_SUCH_METHOD,
    NOT_ALLOWED,
    NEEDS_APPROVAL,
    NOT_UNDERSTOOD,
    TOO_MANY,
    DAMAGED,
    FAILED,
    UNAVAILABLE,
)


def answer(kind: Kind, detail: str, **more: object) -> HttpResponse:
    """Return an error of a kind with its sentence."""
    fields = {
        "type": f"/api/v1/#problem-{kind.name}",
        "title": str(kind.title),
        "status": kind.status,
        "detail": detail,
        **more,
    }
    return HttpResponse(json.dumps(fields, ensure_ascii=False), status=kind.status, content_type=MEDIA_TYPE)


def not_there() -> HttpResponse:
    """Answer that it is not there."""
    return answer(NOT_THERE, _("There is no such thing here."))


def no_such_method(allowed: str) -> HttpResponse:
    """Answer that the address takes other methods: those of `allowed`, as the Allow header lists them."""
    response = answer(NO_SUCH_METHOD, _("This address takes: %(methods)s.") % {"methods": allowed})
    response["Allow"] = allowed
    return response


def add_handlers(api: NinjaAPI) -> None:
    """Say what each error of the core and of the web becomes. Apps add what is "not there" of theirs."""
    api.add_exception_handler(TokenNotKnown, _not_known)
    api.add_exception_handler(TooManyFailures, _too_many)
    api.add_exception_handler(AuthenticationError, _not_signed_in)
    api.add_exception_handler(Http404, lambda _request, _error: not_there())
    api.add_exception_handler(HttpError, lambda _request, _error: answer(NOT_UNDERSTOOD, _("The body is no JSON.")))
    api.add_exception_handler(ValidationError, _not_valid)
    api.add_exception_handler(QueryError, _query_error)
    api.add_exception_handler(NotUnderstood, lambda _request, error: answer(NOT_UNDERSTOOD, str(error)))
    api.add_exception_handler(KeyNotUsable, lambda _request, error: answer(NOT_UNDERSTOOD, str(error)))
    api.add_exception_handler(KeyTaken, lambda _request, error: answer(NOT_ALLOWED, str(error)))
    api.add_exception_handler(ApprovalRefused, lambda _request, error: answer(NEEDS_APPROVAL, str(error)))
    api.add_exception_handler(Refused, lambda _request, error: answer(NOT_ALLOWED, said(error)))
    api.add_exception_handler(Transient, _unavailable)
    api.add_exception_handler(Corrupt, _damaged)


def _not_signed_in(_request: HttpRequest, _error: Exception) -> HttpResponse:
    response = answer(NOT_SIGNED_IN, str(NOT_SIGNED_IN.remedy))
    response["WWW-Authenticate"] = "Bearer"  # RFC 6750 section 3
    return response


def _not_known(_request: HttpRequest, _error: Exception) -> HttpResponse:
    response = answer(NOT_SIGNED_IN, _("This token does not count: it is none, has expired, or was ended."))
    response["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return response


def _too_many(_request: HttpRequest, _error: Exception) -> HttpResponse:
    minutes = WAIT_SECONDS // 60
    sentence = ngettext(
        "Too many tokens that do not count. Wait %(minutes)d minute.",
        "Too many tokens that do not count. Wait %(minutes)d minutes.",
        minutes,
    )
    response = answer(TOO_MANY, sentence % {"minutes": minutes})
    response["Retry-After"] = str(WAIT_SECONDS)
    return response


def _not_valid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        f"{'.'.join(str(step) for step in one.get('loc', ())[1:])}: {one.get('msg', '')}".lstrip(": ")
        for one in error.errors[:_MAX_ERRORS]
    ]
    return answer(NOT_UNDERSTOOD, _("The request is not of the shape that this address takes."), errors=errors)


def _query_error(_request: HttpRequest, error: QueryError) -> HttpResponse:
    language = "fr" if get_language() == "fr" else "en"
    return answer(NOT_UNDERSTOOD, error.sentence(language), position=error.start + 1)


def _unavailable(_request: HttpRequest, error: Exception) -> HttpResponse:
    log.warning("unavailable", extra={"kind": type(error).__name__})
    response = answer(UNAVAILABLE, str(error))
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _damaged(_request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("corrupt", extra={"kind": type(error).__name__})
    return answer(DAMAGED, str(error))
