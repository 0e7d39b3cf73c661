"""The API: what each app offers, as one; its OpenAPI document; and errors outside of any route."""

import re
from collections.abc import Callable
from functools import lru_cache, wraps
from http import HTTPStatus
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views import defaults
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Router

from accounts.api import approvals, audit, matters, people
from accounts.api.approvals import NoSuchApproval
from accounts.api.door import DOORS
from accounts.api.problems import (
    FAILED,
    KINDS,
    MEDIA_TYPE,
    NOT_UNDERSTOOD,
    add_handlers,
    answer,
    no_such_method,
    not_there,
)
from accounts.api.shapes import Problem
from accounts.queries.matters import NoSuchMatter
from archive.api import disposals, evidence, holds, retention, rules
from archive.api.evidence import NoSuchEntry
from archive.api.holds import NoSuchHold
from archive.queries.messages import NotFound
from archive.queries.rules import NoSuchRule
from discovery.api import exports, messages, search, searches, state
from discovery.auditing import refused, refused_thing
from discovery.kept import NotKept
from gdpr.api import decisions, register, steps
from gdpr.services.acting import NoSuchRequest
from muniment.log.reader import LogEmpty

VERSION: Final = "1"
ROOT: Final = "/api/v1/"
_CONVERTER: Final = re.compile(r"<(?:\w+:)?(\w+)>")
_DESCRIPTION: Final = (
    "Search, read, hold, retain, erase and hand over: the acts of the web pages, by the same rules. Send an access"
    " token as `Authorization: Bearer mun_…`; people make theirs on /account/tokens. Errors are problem details"
    " (RFC 9457). Whatever is not there and whatever is not yours answer alike: 404."
)
_ROUTERS: Final[tuple[Router, ...]] = (
    people.router,
    search.router,
    messages.router,
    searches.router,
    matters.router,
    holds.router,
    exports.router,
    retention.router,
    rules.router,
    disposals.router,
    register.router,
    steps.router,
    decisions.router,
    approvals.router,
    audit.router,
    evidence.router,
    state.router,
)
# What is not there, or not the caller's, and how the attempt is recorded.
_NOT_THERE: Final = {
    NotFound: refused,
    NotKept: refused_thing,
    NoSuchMatter: refused_thing,
    NoSuchApproval: refused_thing,
    NoSuchHold: refused_thing,
    NoSuchRule: refused_thing,
    NoSuchRequest: refused_thing,
    NoSuchEntry: refused_thing,
    LogEmpty: refused_thing,
}


def make() -> NinjaAPI:
    """Put the API together."""
    api = NinjaAPI(
        title="Muniment",
        version=VERSION,
        description=_DESCRIPTION,
        auth=DOORS,
        openapi_url=None,
        docs_url=None,
        urls_namespace="api-v1",
    )
    for router in _ROUTERS:
        api.add_router("", router)
    add_handlers(api)
    for error, record in _NOT_THERE.items():
        api.add_exception_handler(error, _recorded_as_not_there(record))
    return api


def _recorded_as_not_there(record: Callable[[HttpRequest], None]) -> Callable[[HttpRequest, Exception], HttpResponse]:
    def handle(request: HttpRequest, _error: Exception) -> HttpResponse:
        record(request)
        return not_there()

    return handle


API: Final = make()


def routes() -> tuple[list[URLPattern], str, str]:
    """Return the addresses of the API, open to all: each route asks for a token or a session itself."""
    patterns, app, namespace = API.urls
    kept = [pattern for pattern in patterns if pattern.name != "api-root"]
    for pattern in kept:
        pattern.callback = _answered(pattern.callback, path=ROOT + _CONVERTER.sub(r"{\1}", str(pattern.pattern)))
    return kept, app, namespace


def _answered(view: Callable[..., HttpResponse], *, path: str) -> Callable[..., HttpResponse]:
    """Open a route to all, and say as a problem what the library says in its own way, or not at all.

    A parameter that the operation does not have is an error: a filter that is misspelt must not find more.
    """

    @login_not_required
    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        unknown = sorted(request.GET.keys() - _parameters(path, str(request.method)))
        if unknown:
            return answer(NOT_UNDERSTOOD, _("This address has no such parameter."), errors=unknown)
        response = view(request, *args, **kwargs)
        is_not_allowed = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        return no_such_method(response["Allow"]) if is_not_allowed else response

    return answered


def _parameters(path: str, method: str) -> set[str]:
    operation = document()["paths"][path].get(method.lower(), {})
    return {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the OpenAPI document, with the errors that every operation may answer."""
    with override(None):
        made = dict(API.get_openapi_schema(path_prefix=ROOT))
    made["components"]["schemas"]["Problem"] = Problem.json_schema()
    for path in made["paths"].values():
        for method, operation in path.items():
            operation["description"] = " ".join(operation.get("description", "").split())
            for status in _errors(method, operation):
                operation["responses"][str(status)] = {
                    "description": _said(status),
                    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            operation["responses"] = {str(status): said for status, said in operation["responses"].items()}
    return made


def _errors(method: str, operation: dict[str, Any]) -> list[int]:
    found = {401, 429, 500, 503}
    if method != "get":
        found |= {409, 422}
    if operation.get("parameters"):
        found |= {422}
    if "security" in operation:
        found |= {404}
    return sorted(found)


def _said(status: int) -> str:
    return "; ".join(str(kind.title) for kind in KINDS if kind.status == status)


@login_not_required
@require_safe
def openapi(_request: HttpRequest) -> JsonResponse:
    """Give the OpenAPI document: it says nothing of what is archived."""
    return JsonResponse(document())


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 as the page does, or as the API does under its address."""
    return not_there() if request.path.startswith(ROOT) else defaults.page_not_found(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer 500 as the page does, or as the API does under its address."""
    if request.path.startswith(ROOT):
        return answer(FAILED, _("An error of the program: it was noted for whoever runs the archive."))
    return defaults.server_error(request)
