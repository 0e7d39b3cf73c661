"""Forget the person of a closed request: the register keeps what was done, and no longer about whom.

Names and addresses become digests under a salt that nobody keeps: the terms of one request stay apart, and nothing can
be looked up by them. Free texts of the request, its letters and its audit entries go.
"""

import secrets
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Operator
from accounts.models import AuditEntry, User
from accounts.services import audit
from archive.exporting import ready
from archive.queries.restrictions import standing
from archive.services.database_files import purge_database
from archive.wiring import Archive
from gdpr.models import AccessPack, PackState, Request
from gdpr.packs.naming import pack_name
from gdpr.services.acting import Act, Actor, acting, record
from gdpr.states import NotAllowed, State
from muniment.policy.calendar import add_months

KEPT_MONTHS: Final = 60  # five years: the limitation of a personal action (Code civil, article 2224)
_SALT_BYTES: Final = 32
_SHOWN: Final = 32  # hex digits of a digest that stand for a name
_CHUNK: Final = 500


def due_on(request: Request) -> date | None:
    """Return the day on which the person of a closed request is forgotten; None while it is not closed."""
    if request.closed_at is None:
        return None
    return add_months(timezone.localdate(request.closed_at), KEPT_MONTHS)


def forget_person(
    *, actor: User | Operator, request_id: UUID, reason: str, archive: Archive, now: datetime | None = None
) -> Request:
    """Forget the person before the term ends, for a reason. It cannot be undone."""
    if not reason.strip():
        raise NotAllowed(_("Say why the person is forgotten before the term ends."))
    return _forget(actor, request_id, archive, now or timezone.now(), reason)


def forget_due(archive: Archive, *, now: datetime | None = None) -> int:
    """Forget the people of requests whose term has ended; return how many. What the sweep calls."""
    at = now or timezone.now()
    closed = Request.objects.filter(state=State.CLOSED, forgotten_at__isnull=True, closed_at__isnull=False)
    count = 0
    for request in closed.order_by("closed_at"):
        due = due_on(request)
        if due is None or due > timezone.localdate(at):
            break
        if not standing().filter(request_id=request.id).exists():
            _forget(None, request.id, archive, at, "")
            count += 1
    return count


def leave_files(*, now: datetime | None = None) -> int:
    """Write the database's files anew where people were forgotten since; return how many. What the sweep calls.

    A value that was replaced cannot be read any more, but its bytes stay until then. Raises `DatabaseBusy`: the next
    call tries again.
    """
    waiting = Request.objects.filter(forgotten_at__isnull=False, left_files_at__isnull=True)
    request_ids = list(waiting.values_list("id", flat=True))
    if request_ids:
        purge_database()
        Request.objects.filter(id__in=request_ids).update(left_files_at=now or timezone.now())
    return len(request_ids)


def _forget(actor: Actor, request_id: UUID, archive: Archive, at: datetime, reason: str) -> Request:
    with acting(actor, request_id, State.CLOSED) as request:
        if standing().filter(request_id=request.id).exists():
            raise NotAllowed(
                _("Messages are still restricted because of this request: the person is needed to decide about them.")
            )
        request.forgotten_at = at
        request.save(update_fields=["forgotten_at"])  # from here on the database lets the reasons of the history go
        salt = secrets.token_bytes(_SALT_BYTES)
        _replace(request, lambda text: sha256(salt + text.encode()).hexdigest()[:_SHOWN])
        request.save()
        numbers = _entries(request)
        record(actor, request, Act.FORGOTTEN, at=at)
        texts = audit.erase_texts(
            actor=actor or Operator(name="muniment"),
            numbers=numbers,
            reason=reason or f"The term of request {request.number} has ended.",
            now=at,
        )
    if texts or AccessPack.objects.filter(request=request).exists():
        ready.remove(archive.data, pack_name(request.id))
    return request


def _replace(request: Request, digest: Callable[[str], str]) -> None:
    request.person_name = digest(request.person_name)
    request.mentions_reason = digest(request.mentions_reason) if request.mentions_reason else ""
    request.refusal_text = ""
    for term in request.terms.all():
        term.value = digest(term.value)
        term.save(update_fields=["value"])
    request.letters.update(text="")
    request.events.update(reason="")
    request.items.exclude(choice="").update(reason=digest(str(request.id)), reasons={})
    request.items.filter(choice="").update(reasons={})
    AccessPack.objects.filter(request=request).update(state=PackState.EXPIRED)


def _entries(request: Request) -> list[int]:
    """Return the numbers of the audit entries whose texts speak of the person."""
    named = AuditEntry.objects.filter(objects_named__icontains=f"request:{request.id}")
    return sorted(named.filter(texts__isnull=False).values_list("number", flat=True).distinct())
