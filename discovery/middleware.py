"""Errors of the core as pages in plain words, and no copy of any answer in caches."""

import logging
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.queries.matters import NoSuchMatter
from archive.queries.messages import NotFound
from discovery.auditing import refused, refused_thing
from discovery.kept import NotKept
from muniment.errors import Corrupt, Transient

log = logging.getLogger(__name__)


class PlainErrors:
    """Turn what is not there, `Transient` and `Corrupt` into 404, 503, 500; "not yours" and "not there" look alike."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        match error:
            case NotFound():
                if request.user.is_authenticated:
                    refused(request)
                raise Http404 from error
            case NoSuchMatter() | NotKept():
                if request.user.is_authenticated:
                    refused_thing(request)
                raise Http404 from error
            case Transient():
                log.warning("unavailable", extra={"kind": type(error).__name__})
                return render(request, "503.html", {"reason": str(error)}, status=503)
            case Corrupt():
                log.error("corrupt", extra={"kind": type(error).__name__})
                return render(request, "damaged.html", {"reason": str(error)}, status=500)
            case _:
                return None
