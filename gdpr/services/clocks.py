"""Questions that pause the clock, answers that start it again, and the extension of the time."""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from gdpr.clock import deadline_of
from gdpr.models import IdentityMethod, LetterKind, Question, Request, Right
from gdpr.services import letters
from gdpr.services.acting import Act, acting, move, record
from gdpr.states import NotAllowed, State
from muniment.policy.request_clock import ExtensionGround, PauseKind


def ask_identity(
    *, actor: User, request_id: UUID, reason: str, asked_on: date | None = None, now: datetime | None = None
) -> Request:
    """Ask the person to prove who they are, where there is reasonable doubt (Article 12(6)); `reason` says which."""
    at = now or timezone.now()
    if not reason.strip():
        raise NotAllowed(_("Say which doubt there is: without reasonable doubt nothing may be asked (Article 12(6))."))
    with acting(actor, request_id) as request:
        came_from = move(request, State.IDENTITY_AWAITED)
        _ask(request, PauseKind.IDENTITY, asked_on or timezone.localdate(at))
        letters.write(request, LetterKind.IDENTITY, actor=actor, at=at, reason=reason)
        record(actor, request, Act.ASKED, at=at, came_from=came_from, reason=reason, details={"kind": "identity"})
    return request


def qualify(
    *,
    actor: User,
    request_id: UUID,
    method: IdentityMethod,
    answered_on: date | None = None,
    now: datetime | None = None,
) -> Request:
    """Note how the person was identified; a question about it is answered with that. No document is kept."""
    at = now or timezone.now()
    if not method or method not in IdentityMethod.values:
        raise NotAllowed(_("Say how the person was identified."))
    with acting(actor, request_id) as request:
        _answer(request, answered_on or timezone.localdate(at))
        request.identity_method, request.identity_at = method, at
        came_from = move(request, State.QUALIFIED, fields=("identity_method", "identity_at"))
        record(actor, request, Act.IDENTIFIED, at=at, came_from=came_from, details={"method": str(method)})
    return request


def ask_clarification(
    *, actor: User, request_id: UUID, reason: str, asked_on: date | None = None, now: datetime | None = None
) -> Request:
    """Ask the person to say which data they mean, where there is a large quantity of it (recital 63)."""
    at = now or timezone.now()
    if not reason.strip():
        raise NotAllowed(_("Say how much there is: a clarification is for a large quantity of data (recital 63)."))
    with acting(actor, request_id) as request:
        if request.right != Right.ACCESS:
            raise NotAllowed(_("Only an access can wait for a clarification; an erasure says itself what goes."))
        came_from = move(request, State.CLARIFICATION_AWAITED)
        _ask(request, PauseKind.CLARIFICATION, asked_on or timezone.localdate(at))
        letters.write(request, LetterKind.CLARIFICATION, actor=actor, at=at, reason=reason)
        record(actor, request, Act.ASKED, at=at, came_from=came_from, reason=reason, details={"kind": "clarification"})
    return request


def start_scoping(
    *, actor: User, request_id: UUID, answered_on: date | None = None, now: datetime | None = None
) -> Request:
    """Begin to find out by what the person is known; an open question is answered with that."""
    at = now or timezone.now()
    with acting(actor, request_id, State.QUALIFIED, State.CLARIFICATION_AWAITED, State.REOPENED) as request:
        answered = _answer(request, answered_on or timezone.localdate(at))
        came_from = move(request, State.SCOPING)
        record(actor, request, Act.ANSWERED if answered else Act.MOVED, at=at, came_from=came_from)
    return request


def extend(
    *,
    actor: User,
    request_id: UUID,
    ground: ExtensionGround,
    months: int,
    reason: str,
    told_on: date | None = None,
    now: datetime | None = None,
) -> Request:
    """Take one or two months more, and write the notice. Raises `Refused` once the first deadline is past."""
    at = now or timezone.now()
    if not reason.strip():
        raise NotAllowed(_("Say why more time is needed: the notice to the person carries the reason."))
    with acting(actor, request_id) as request:
        if request.state in {State.RECEIVED, State.IDENTITY_AWAITED, State.CLOSED}:
            raise NotAllowed(_("The time can be extended once the request is qualified and until it is answered."))
        if request.extension_told_on is not None or request.reopened_on is not None:
            raise NotAllowed(_("The time can be extended once."))
        request.extension_ground, request.extension_months = ExtensionGround(ground).value, months
        request.extension_told_on = told_on or timezone.localdate(at)
        deadline_of(request, list(request.questions.all()))
        request.save(update_fields=["extension_ground", "extension_months", "extension_told_on"])
        letters.write(request, LetterKind.EXTENSION, actor=actor, at=at, reason=reason)
        record(actor, request, Act.EXTENDED, at=at, reason=reason, details={"months": months, "ground": str(ground)})
    return request


def _ask(request: Request, kind: PauseKind, asked_on: date) -> None:
    Question.objects.create(request=request, kind=kind.value, asked_on=asked_on)
    deadline_of(request, list(request.questions.all()))


def _answer(request: Request, answered_on: date) -> bool:
    """Close the open question, if there is one."""
    question = request.questions.filter(answered_on__isnull=True).first()
    if question is None:
        return False
    if answered_on < question.asked_on:
        raise NotAllowed(
            _("The question was sent on %(day)s: its answer cannot be older.") % {"day": question.asked_on}
        )
    question.answered_on = answered_on
    question.save(update_fields=["answered_on"])
    return True
