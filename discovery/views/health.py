"""What load balancers ask: whether the process lives, and whether it can serve. Anybody may; no more is told."""

import logging
from functools import lru_cache

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from archive.models import Message
from archive.queries.readiness import INDEX, Readiness, of_ports
from archive.services.continuity import settled
from archive.wiring import archive
from muniment.engines.port import SearchEngine
from muniment.errors import MunimentError
from muniment.seal.vault import Vault

log = logging.getLogger(__name__)


@login_not_required
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """Answer that the process runs."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """Answer whether pages can be served: database, store and index answer, and the database is in order."""
    if _database_in_order() and _others_answer():
        return HttpResponse("ok\n", content_type="text/plain")
    return HttpResponse("not ready\n", content_type="text/plain", status=503)


def _database_in_order() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        in_order = settled()
    except Error as error:
        log.warning("not-ready part=database reason=%s", type(error).__name__)
        return False
    if not in_order:
        log.warning("not-ready part=database reason=not-in-order")
    return in_order


def _others_answer() -> bool:
    try:
        found = archive()
        failing = _asking(found.vault, found.engine).failing()
        return not failing or (failing == (INDEX,) and not Message.objects.exists())  # nothing is in it yet
    except (MunimentError, ImproperlyConfigured, OSError) as error:  # a key, or a bucket, that is not there
        log.warning("not-ready part=archive reason=%s", type(error).__name__)
        return False


@lru_cache(maxsize=1)
def _asking(vault: Vault, engine: SearchEngine) -> Readiness:
    return of_ports(vault, engine)
