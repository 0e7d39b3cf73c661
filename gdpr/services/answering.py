"""Answer: the letter that says what was done, a refusal with its remedies, and the end of the request."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Action, User
from archive.queries.restrictions import standing
from archive.services import restrictions
from gdpr import letters as texts
from gdpr.models import CarriedOut, Code, LetterKind, Outcome, RefusalGround, Request, Right
from gdpr.services import letters
from gdpr.services.acting import Act, Actor, acting, move, record
from gdpr.states import NotAllowed, State

_FINAL = {
    State.REPLYING: LetterKind.CLOSING,
    State.REFUSED: LetterKind.REFUSAL,
    State.WITHDRAWN: LetterKind.CLOSING,
}
_GROUNDS = {
    State.IDENTITY_AWAITED: {RefusalGround.NOT_IDENTIFIED},
    State.QUALIFIED: {RefusalGround.NOT_IDENTIFIED, RefusalGround.UNFOUNDED, RefusalGround.EXCESSIVE},
    State.SCOPING: {RefusalGround.NOT_IDENTIFIED, RefusalGround.UNFOUNDED, RefusalGround.EXCESSIVE},
    State.LEGAL_CHECK: {RefusalGround.EXEMPT},
}
_POSITIVE = ("release", "erase")


def grounds_in(state: str) -> set[RefusalGround]:
    """Return on which grounds a request can be refused as a whole in this state."""
    return _GROUNDS.get(State(state), set())


def refuse(*, actor: User, request_id: UUID, ground: RefusalGround, text: str, now: datetime | None = None) -> Request:
    """Refuse the request as a whole, with the reasons; the letter names the remedies."""
    at = now or timezone.now()
    if not text.strip():
        raise NotAllowed(_("A refusal needs its reasons: the person is told, and the controller bears the proof."))
    with acting(actor, request_id, *_GROUNDS) as request:
        if ground not in grounds_in(request.state):
            raise NotAllowed(_("In this state the request cannot be refused on this ground."))
        if request.state == State.LEGAL_CHECK and request.items.filter(choice__in=_POSITIVE, carried_out="").exists():
            raise NotAllowed(_("Some messages are to be handed over or erased: then it is no refusal as a whole."))
        request.refusal_ground, request.refusal_text = ground, text
        request.outcome, request.decided_at = Outcome.REFUSED, at
        request.questions.filter(answered_on__isnull=True).update(answered_on=timezone.localdate(at))
        fields = ("refusal_ground", "refusal_text", "outcome", "decided_at")
        came_from = move(request, State.REFUSED, fields=fields)
        letters.write(request, LetterKind.REFUSAL, actor=actor, at=at, reason=text)
        record(
            actor,
            request,
            Act.REFUSED,
            at=at,
            came_from=came_from,
            reason=text,
            action=Action.REQUEST_DECIDED,
            details={"ground": str(ground)},
        )
    return request


def reply(request: Request, *, actor: Actor, at: datetime) -> None:
    """Write the letter that says what was done, and how the request ended; in the transaction of the act before."""
    result = result_of(request)
    request.outcome = _outcome(result)
    request.save(update_fields=["outcome"])
    letters.write(request, LetterKind.CLOSING, actor=actor, at=at, result=result)


def result_of(request: Request) -> texts.Result:
    """Return what a request came to, over all its rounds; reasons in the language of the letter."""
    items = request.items.values_list("carried_out", "code")
    counts = Counter(carried_out for carried_out, _code in items)
    with translation.override(letters.language_of(request)):
        kept = Counter(
            str(Code(code).label)
            for carried_out, code in items
            if carried_out in {CarriedOut.KEPT, CarriedOut.WITHHELD} and code
        )
    return texts.Result(
        released=counts[CarriedOut.RELEASED],
        erased=counts[CarriedOut.ERASED],
        restricted=counts[CarriedOut.RESTRICTED],
        missing=counts[CarriedOut.MISSING],
        refused=dict(kept),
        certificate=str(request.disposal_id) if request.disposal_id and counts[CarriedOut.ERASED] else "",
    )


def close(*, actor: User, request_id: UUID, now: datetime | None = None) -> Request:
    """Note that the answer was sent, and end the request. What is no longer kept apart is freed with it."""
    at = now or timezone.now()
    with acting(actor, request_id, *_FINAL) as request:
        if not request.letters.filter(kind=_FINAL[State(request.state)]).exists():
            raise NotAllowed(_("The letter that answers the request has not been written."))
        request.closed_at = at
        came_from = move(request, State.CLOSED, fields=("closed_at",))
        freed = _freed(request)
        details = {"outcome": request.outcome}
        record(actor, request, Act.CLOSED, at=at, came_from=came_from, action=Action.REQUEST_CLOSED, details=details)
    if freed:
        restrictions.lift(actor=actor, request_id=request_id, sighting_ids=freed, now=at)
    return request


def _freed(request: Request) -> list[UUID]:
    """Return the sightings that this request restricted in an earlier round and does not any more."""
    if request.right != Right.ERASURE:
        return []
    kept = set(request.items.filter(carried_out=CarriedOut.RESTRICTED).values_list("sighting_id", flat=True))
    ended = set(request.items.exclude(carried_out=CarriedOut.RESTRICTED).values_list("sighting_id", flat=True))
    placed = set(standing().filter(request_id=request.id).values_list("sighting_id", flat=True))
    return sorted((placed & ended) - kept)


def _outcome(result: texts.Result) -> Outcome:
    granted = result.released + result.erased
    refused = result.restricted + result.missing + sum(result.refused.values())
    if not granted and not refused:
        return Outcome.NOTHING
    if not refused:
        return Outcome.GRANTED
    return Outcome.PARTIAL if granted else Outcome.REFUSED
