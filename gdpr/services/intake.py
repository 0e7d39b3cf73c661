"""Take a request in: whichever way it came, the clock counts from the day on which it reached the controller."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Action, TextKind, User
from accounts.permissions import HANDLES_REQUESTS, may
from gdpr.clock import deadline_of
from gdpr.letters import Result
from gdpr.models import Channel, LetterKind, Outcome, Request, RequestNumber, Right, SubjectTerm, TermKind
from gdpr.models.requests import Calendar
from gdpr.services import letters
from gdpr.services.acting import Act, NoSuchRequest, acting, move, person_of, record
from gdpr.services.terms import clean_term
from gdpr.states import NotAllowed, State
from muniment.errors import Refused
from muniment.ids import UuidSequence
from muniment.policy.erasure_request import Ground

MAX_NAME_CHARS: Final = 200
_IDS: Final = UuidSequence()


def register(
    *,
    actor: User,
    right: Right,
    channel: Channel,
    received_on: date,
    person_name: str,
    addresses: Sequence[str] = (),
    grounds: Sequence[str] = (),
    language: str = "fr",
    calendar: Calendar = Calendar.FRANCE,
    pauses_count: bool = True,
    now: datetime | None = None,
) -> Request:
    """Register a request with the addresses that it gives, and write its acknowledgement.

    An erasure names its grounds of Article 17(1). Raises `Refused` for a day to come and for what is missing.
    """
    at = now or timezone.now()
    if not may(actor, HANDLES_REQUESTS):
        raise NoSuchRequest
    name = " ".join(person_name.split())[:MAX_NAME_CHARS]
    named_grounds = sorted({Ground(ground).value for ground in grounds})
    _check(right, name, named_grounds, received_on, timezone.localdate(at))
    given = sorted({clean_term(TermKind.ADDRESS, address) for address in addresses if address.strip()})
    with transaction.atomic():
        request = Request.objects.create(
            id=_IDS.next(),
            number=_next_number(timezone.localdate(at).year),
            right=right,
            channel=channel,
            language=language,
            person_name=name,
            received_on=received_on,
            registered_at=at,
            registered_by=person_of(actor),
            handler=person_of(actor),
            grounds=named_grounds,
            calendar=calendar,
            pauses_count=pauses_count,
        )
        terms = [SubjectTerm(request=request, kind=TermKind.ADDRESS, value=value) for value in given]
        SubjectTerm.objects.bulk_create([*terms, SubjectTerm(request=request, kind=TermKind.NAME, value=name)])
        letters.write(request, LetterKind.ACKNOWLEDGEMENT, actor=actor, at=at)
        record(
            actor,
            request,
            Act.RECEIVED,
            at=at,
            action=Action.REQUEST_RECEIVED,
            details={"right": str(right), "channel": str(channel), "addresses": len(given)},
            texts={TextKind.ADDRESS: ", ".join([name, *given])},
        )
    return request


def correct_receipt(
    *, actor: User, request_id: UUID, received_on: date, reason: str, now: datetime | None = None
) -> Request:
    """Set the day of receipt to an earlier one, with the reason: a clock is never put forward."""
    at = now or timezone.now()
    if not reason.strip():
        raise NotAllowed(_("Say how the earlier day is known."))
    with acting(actor, request_id) as request:
        if request.closed_at is not None:
            raise NotAllowed(_("The request was answered already."))
        if received_on >= request.received_on:
            text = _("The request was received on %(day)s; a correction can only name an earlier day.")
            raise NotAllowed(text % {"day": request.received_on})
        request.received_on = received_on
        deadline_of(request, list(request.questions.all()))
        request.save(update_fields=["received_on"])
        record(actor, request, Act.CORRECTED, at=at, reason=reason)
    return request


def withdraw(*, actor: User, request_id: UUID, reason: str, now: datetime | None = None) -> Request:
    """Note that the person took the request back; `reason` says how that is known."""
    at = now or timezone.now()
    if not reason.strip():
        raise NotAllowed(_("Say how the withdrawal is known: by which letter or message, of which day."))
    with acting(actor, request_id) as request:
        if request.disposal_id is not None:
            raise NotAllowed(_("An erasure waits for approval or was begun: stop it first."))
        request.questions.filter(answered_on__isnull=True).update(answered_on=timezone.localdate(at))
        request.outcome, request.decided_at = Outcome.WITHDRAWN, at
        came_from = move(request, State.WITHDRAWN, fields=("outcome", "decided_at"))
        letters.write(request, LetterKind.CLOSING, actor=actor, at=at, result=Result(withdrawn=True))
        record(actor, request, Act.WITHDRAWN, at=at, came_from=came_from, reason=reason, action=Action.REQUEST_DECIDED)
    return request


def _check(right: Right, name: str, grounds: list[str], received_on: date, today: date) -> None:
    if not name:
        raise Refused(_("Name the person, as they name themselves."))
    if received_on > today:
        text = _("A request cannot have been received on %(day)s: that day is still to come.")
        raise Refused(text % {"day": received_on})
    if right == Right.ERASURE and not grounds:
        raise Refused(_("An erasure names at least one ground of Article 17(1)."))
    if right == Right.ACCESS and grounds:
        raise Refused(_("Grounds of Article 17(1) belong to an erasure; an access needs none."))


def _next_number(year: int) -> str:
    """Return the next number of the year. The row is locked until the transaction ends, so none is given twice."""
    row, _made = RequestNumber.objects.select_for_update().get_or_create(year=year)
    row.last += 1
    row.save(update_fields=["last"])
    return f"{year}-{row.last:04}"
