"""No page and no answer of the API is made from a database that took another's place and is not in order yet."""

import logging
from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.api.problems import RETRY_SECONDS, UNAVAILABLE, answer
from archive.services.continuity import DatabaseReturned, settled

_API = "/api/"
_HEALTH = frozenset({"/health/live", "/health/ready", "/healthz", "/readyz"})  # these say so themselves, in two words

log = logging.getLogger(__name__)


class OnlyInOrder:
    """Answer 503 until the database is in order: it may show mail that was erased (`archive.services.continuity`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in _HEALTH or _in_order():
            return self._get_response(request)
        error = DatabaseReturned()
        log.warning("unavailable", extra={"kind": type(error).__name__})
        if request.path.startswith(_API):
            response = answer(UNAVAILABLE, str(error))
        else:
            response = render(request, "503.html", {"reason": str(error)}, status=UNAVAILABLE.status)
        response["Retry-After"] = str(RETRY_SECONDS)
        return response


def _in_order() -> bool:
    """Return whether the database is in order; of one that does not answer, what is asked of it next tells."""
    try:
        return settled()
    except Error:
        return True
