"""Carry an erasure out: a second person approves the list, for some days it can be stopped, then it is destroyed.

The destruction is that of `archive.services.disposal`, which reads holds again under lock and may spare messages; those
come back as restricted or kept, and the person is told.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Operator
from accounts.models import Action, Approval, ApprovalState, User
from accounts.services import approvals
from archive.models import Cause, Disposal, DisposalItem, DisposalState, ItemOutcome
from archive.services import disposal as disposing
from archive.services import proposals, restrictions, traces
from archive.services.database_files import purge_database
from archive.sparing import Spared
from archive.wiring import Archive
from gdpr.models import CarriedOut, Choice, Code, LocatedItem, Request, RequestEvent, Right, TermState
from gdpr.services import answering
from gdpr.services.acting import Act, Actor, acting, move, record
from gdpr.services.deciding import seal_of
from gdpr.services.storing import save_alike
from gdpr.states import NotAllowed, State
from gdpr.waits import noted
from muniment.errors import MunimentError

log = logging.getLogger(__name__)

LOST_AFTER: Final = timedelta(minutes=5)  # a queue that was lost is told from one that is slow
_OPEN: Final = (State.APPROVAL, State.EXECUTION_FAILED)
_FIELDS: Final = ("choice", "code", "reason", "carried_out")
_DONE: Final = {
    Choice.KEEP: CarriedOut.KEPT,
    Choice.UNRELATED: CarriedOut.UNRELATED,
    Choice.RESTRICT: CarriedOut.RESTRICTED,
}


def ask_approval(*, actor: User, request_id: UUID, reason: str, now: datetime | None = None) -> Disposal:
    """Propose the frozen list for destruction, and ask a second person to approve it.

    Raises `NotProposed` when something stands against a message since the list was frozen, `ApprovalRefused`.
    """
    at = now or timezone.now()
    with acting(actor, request_id, State.APPROVAL) as request:
        _check_frozen(request)
        if request.disposal_id is not None:
            raise NotAllowed(_("The approval of this list has been asked for already."))
        message_ids = [item.message_id for item in _to_erase(request)]
        if not message_ids:
            raise NotAllowed(_("Nothing is to be erased: the decisions can be carried out without an approval."))
    _withdraw_orphans(actor, request, at)
    proposed = proposals.propose(
        actor=actor,
        cause=Cause.ERASURE,
        message_ids=message_ids,
        reason=reason.strip() or f"Request {request.number}",
        request_id=request.id,
        cooling_days=settings.MUNIMENT_ERASURE_COOLING_DAYS,
        now=at,
    )
    with acting(actor, request_id, State.APPROVAL) as request:
        request.disposal_id = proposed.id
        request.save(update_fields=["disposal_id"])
        record(actor, request, Act.SEALED, at=at, reason=reason, details={"messages": len(message_ids)})
    proposals.ask_approval(actor=actor, disposal=proposed, reason=reason, now=at)
    return proposed


def _withdraw_orphans(actor: User, request: Request, at: datetime) -> None:
    """Take back lists that were proposed for the request and that it never learnt of: a process was killed between."""
    for lost in Disposal.objects.filter(request_id=request.id, state=DisposalState.PROPOSED):
        proposals.withdraw(actor=actor, disposal=lost, reason=f"Request {request.number} proposes anew.", now=at)


def approval_of(request: Request) -> Approval | None:
    """Return the latest approval that was asked for the erasure of a request."""
    if request.disposal_id is None:
        return None
    return Approval.objects.filter(kind=Cause.ERASURE, subject=str(request.disposal_id)).order_by("-pk").first()


def may_begin_at(request: Request, *, now: datetime | None = None) -> datetime | None:
    """Return from when on an approved erasure can be carried out; None while nobody has approved it."""
    approval = approval_of(request)
    if approval is None or not _stands(approval, now or timezone.now()):
        return None
    days = Disposal.objects.values_list("cooling_days", flat=True).get(id=request.disposal_id)
    return approval.decided_at + timedelta(days=days)


def _stands(approval: Approval, at: datetime) -> bool:
    return approval.state == ApprovalState.USED or (approval.state == ApprovalState.GIVEN and at < approval.expires_at)


def stop(*, actor: User, request_id: UUID, reason: str, now: datetime | None = None) -> Request:
    """Take the list back before it is carried out, and open the decisions again."""
    at = now or timezone.now()
    if not reason.strip():
        raise NotAllowed(_("Say why it is stopped."))
    with acting(actor, request_id, *_OPEN) as request:
        proposed = Disposal.objects.filter(id=request.disposal_id).first() if request.disposal_id else None
        if proposed is not None and proposed.state == DisposalState.PROPOSED:
            proposals.withdraw(actor=actor, disposal=proposed, reason=reason, now=at)
            approval = approval_of(request)
            if approval is not None and approval.state == ApprovalState.OPEN and approval.asked_by_id == actor.pk:
                approvals.withdraw(actor=actor, approval_id=approval.pk, reason=reason, now=at)
        elif proposed is not None and proposed.state != DisposalState.WITHDRAWN:
            raise NotAllowed(_("It was begun already: what was destroyed stays destroyed, and the rest follows."))
        request.disposal_id, request.seal, request.sealed_at = None, "", None
        came_from = move(request, State.REVIEW, fields=("disposal_id", "seal", "sealed_at"))
        record(actor, request, Act.STOPPED, at=at, came_from=came_from, reason=reason)
    return request


def begin(*, actor: Actor, request_id: UUID, now: datetime | None = None) -> Request:
    """Note that the approved list is being carried out; `carry_out` does it. Refused before it may be."""
    at = now or timezone.now()
    with acting(actor, request_id, *_OPEN) as request:
        if request.right != Right.ERASURE:
            raise NotAllowed(_("Only an erasure is carried out so."))
        if request.state == State.APPROVAL:
            _check_frozen(request)
            _check_ready(request, at)
        came_from = move(request, State.EXECUTING)
        record(actor, request, Act.BEGUN, at=at, came_from=came_from)
    return request


def carry_out(*, actor: Actor, request_id: UUID, archive: Archive, now: datetime | None = None) -> Request:
    """Destroy what was approved, restrict what must stay, and write the answer. Safe to repeat until it is whole.

    What fails leaves the request as not carried out whole, with the reason, and is raised.
    """
    request = Request.objects.get(id=request_id)
    try:
        if request.disposal_id is not None and actor is not None:
            disposing.execute(actor=actor, disposal_id=request.disposal_id, archive=archive, now=now)
        _erase_traces(actor, request, archive, now or timezone.now())
        return _finish(actor, request_id, archive, now or timezone.now())
    except MunimentError as error:
        _fail(actor, request_id, noted(error), now or timezone.now())
        raise


def finish_interrupted(archive: Archive, *, now: datetime | None = None) -> int:
    """Finish erasures whose destruction is done while the request was not told; return how many. For the sweep."""
    finished = 0
    states = (State.EXECUTING, State.EXECUTION_FAILED)
    for request in Request.objects.filter(right=Right.ERASURE, state__in=states):
        ended = (
            not request.disposal_id
            or Disposal.objects.filter(id=request.disposal_id, state=DisposalState.DONE).exists()
        )
        if not ended:
            continue
        try:
            if request.state == State.EXECUTION_FAILED:
                begin(actor=None, request_id=request.id, now=now)
            carry_out(actor=None, request_id=request.id, archive=archive, now=now)
        except MunimentError as error:
            log.warning("erasure waits", extra={"request_id": str(request.id), "kind": type(error).__name__})
        else:
            finished += 1
    return finished


def left_behind(*, now: datetime) -> list[tuple[UUID, int | None]]:
    """Return erasures that were begun a while ago and are not done, with whoever began them: what the sweep queues.

    Nobody stands for the command line, which is the only one to begin a destruction without being signed in.
    """
    found = []
    for request_id in Request.objects.filter(state=State.EXECUTING, right=Right.ERASURE).values_list("id", flat=True):
        begun = RequestEvent.objects.filter(request=request_id, act=Act.BEGUN).order_by("-pk").first()
        if begun is not None and begun.at < now - LOST_AFTER:
            found.append((request_id, begun.actor_id))
    return found


def _check_frozen(request: Request) -> None:
    if request.seal != seal_of(request):
        raise NotAllowed(_("The list is not the one that was frozen: stop, and decide again."))


def _check_ready(request: Request, at: datetime) -> None:
    if request.disposal_id is None:
        if _to_erase(request):
            raise NotAllowed(_("A second person has to approve the list first."))
        return
    begin_at = may_begin_at(request, now=at)
    if begin_at is None:
        raise NotAllowed(_("A second person has not approved the list."))
    if at < begin_at:
        until = timezone.localtime(begin_at).strftime("%Y-%m-%d %H:%M")
        text = _("It can be stopped until %(until)s, and be carried out from then on.")
        raise NotAllowed(text % {"until": until})


def _to_erase(request: Request) -> list[LocatedItem]:
    return list(request.items.filter(carried_out="", choice=Choice.ERASE).order_by("sighting_id"))


def _finish(actor: Actor, request_id: UUID, archive: Archive, at: datetime) -> Request:
    """Write what became of each message, place the restrictions, and move on to the answer."""
    with acting(actor, request_id, State.EXECUTING) as request:
        outcomes = _outcomes(request)
        items = list(request.items.filter(carried_out="").exclude(choice=""))
        for item in items:
            _note(item, outcomes)
        save_alike(items, _FIELDS)
        restricted = list(request.items.filter(carried_out=CarriedOut.RESTRICTED).values_list("sighting_id", flat=True))
    restrictions.place(actor=actor, request_id=request_id, sighting_ids=restricted, archive=archive, now=at)
    with acting(actor, request_id, State.EXECUTING) as request:
        came_from = move(request, State.REPLYING)
        answering.reply(request, actor=actor, at=at)
        record(
            actor,
            request,
            Act.DONE,
            at=at,
            came_from=came_from,
            action=Action.REQUEST_DECIDED,
            details={"erased": sum(item.carried_out == CarriedOut.ERASED for item in items), "items": len(items)},
        )
    return request


def _erase_traces(actor: Actor, request: Request, archive: Archive, at: datetime) -> None:
    """Erase what people typed when they searched for the person: the audit trail keeps that they searched."""
    if request.disposal_id is None:
        return
    terms = request.terms.filter(state=TermState.CONFIRMED).values_list("value", flat=True)
    erased = traces.erase_texts(
        actor=actor or Operator(name="muniment"),
        numbers=traces.entries_naming(set(terms)),
        reason=f"Request {request.number}",
        disposal_id=request.disposal_id,
        archive=archive,
        now=at,
    )
    if erased:
        purge_database()


def _outcomes(request: Request) -> Mapping[UUID, DisposalItem]:
    if request.disposal_id is None:
        return {}
    return {row.message_id: row for row in DisposalItem.objects.filter(disposal=request.disposal_id)}


def _note(item: LocatedItem, outcomes: Mapping[UUID, DisposalItem]) -> None:
    """Set what became of a message. One that was spared becomes kept by law, or restricted until it can be decided."""
    if item.choice != Choice.ERASE:
        item.carried_out = _DONE[Choice(item.choice)]
        return
    row = outcomes.get(item.message_id)
    why = row.why.partition(":")[0] if row else ""
    if row is None or row.outcome == ItemOutcome.WAITING:
        raise NotAllowed(_("The destruction has not come to every message yet: carry it out again."))
    if row.outcome == ItemOutcome.DESTROYED or why == Spared.GONE:
        item.carried_out = CarriedOut.ERASED
    elif why == Spared.DUTY:
        item.choice, item.code, item.carried_out = Choice.KEEP, Code.DUTY, CarriedOut.KEPT
    else:
        item.choice, item.carried_out = Choice.RESTRICT, CarriedOut.RESTRICTED


def _fail(actor: Actor, request_id: UUID, reason: str, at: datetime) -> None:
    with acting(actor, request_id) as request:
        if request.state == State.EXECUTING:
            came_from = move(request, State.EXECUTION_FAILED)
            record(actor, request, Act.FAILED, at=at, came_from=came_from, reason=reason)
