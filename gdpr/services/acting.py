"""Act on a request: who may, under the lock of its row, with its entry in the history and in the audit trail."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Operator
from accounts.models import Action, TextKind, User
from accounts.permissions import HANDLES_REQUESTS, may
from accounts.services import audit
from gdpr.models import Request, RequestEvent, RequestState
from gdpr.states import MOVES, NotAllowed, State
from muniment.errors import Refused

Actor = User | Operator | None  # None: the system, for what becomes due


class Act(models.TextChoices):
    """What an entry of the history is about."""

    RECEIVED = "received", _("Request registered")
    CORRECTED = "corrected", _("Day of receipt corrected")
    ASKED = "asked", _("Question sent")
    ANSWERED = "answered", _("Answer received")
    EXTENDED = "extended", _("Time extended")
    IDENTIFIED = "identified", _("Identity noted")
    TERMS = "terms", _("Terms of the person decided")
    MENTIONS = "mentions", _("Proportionality of a search for mentions decided")
    LOCATED = "located", _("Messages located")
    DECIDED = "decided", _("Messages decided")
    SEALED = "sealed", _("List frozen")
    STOPPED = "stopped", _("Stopped before it was carried out")
    BEGUN = "begun", _("Carrying out begun")
    FAILED = "failed", _("Carrying out interrupted")
    DONE = "done", _("Carried out")
    DOWNLOADED = "downloaded", _("Copy downloaded")
    REFUSED = "refused", _("Request refused")
    WITHDRAWN = "withdrawn", _("Request withdrawn")
    CLOSED = "closed", _("Request closed")
    REOPENED = "reopened", _("Request opened again")
    FORGOTTEN = "forgotten", _("Person forgotten")
    MOVED = "moved", _("Next step")


class NoSuchRequest(Refused):
    """There is no such request, or it is not the actor's to act on."""

    def __init__(self) -> None:
        super().__init__(_now("There is no such request here."))


@contextmanager
def acting(actor: Actor, request_id: UUID, *states: State) -> Iterator[Request]:
    """Open the transaction of one act on a request, its row locked.

    Raises `NoSuchRequest` for whoever does not handle requests, and `NotAllowed` in any other state than `states`.
    """
    if actor is not None and not may(actor, HANDLES_REQUESTS):
        raise NoSuchRequest
    with transaction.atomic():
        request = Request.objects.select_for_update().filter(id=request_id).first()
        if request is None:
            raise NoSuchRequest
        if request.forgotten_at is not None:
            raise NotAllowed(_now("The person of this request was forgotten: nothing can be done with it any more."))
        if states and request.state not in states:
            text = _now("The request is “%(state)s”; this can be done while it is %(possible)s.")
            raise NotAllowed(text % {"state": request.get_state_display(), "possible": _listed(states)})
        yield request


def person_of(actor: Actor) -> User | None:
    """Return the person behind an act: none for a command and for the system."""
    return actor if isinstance(actor, User) else None


def move(request: Request, to: State, *, fields: tuple[str, ...] = ()) -> State:
    """Move a request, if the table allows it, and save it; return where it came from."""
    came_from = State(request.state)
    if to not in MOVES[came_from]:
        text = _now("A request that is “%(at)s” cannot become “%(to)s”. What may follow: %(following)s.")
        known = {"at": request.get_state_display(), "to": RequestState(to).label}
        raise NotAllowed(text % {**known, "following": _listed(MOVES[came_from])})
    request.state = to.value
    request.save(update_fields=["state", *fields])
    return came_from


def _listed(states: Iterable[State]) -> str:
    return ", ".join(f"“{RequestState(state).label}”" for state in sorted(states))


def record(
    actor: Actor,
    request: Request,
    act: Act,
    *,
    at: datetime,
    came_from: State | None = None,
    reason: str = "",
    action: Action = Action.REQUEST_CHANGED,
    details: Mapping[str, int | bool | str] | None = None,
    texts: Mapping[TextKind, str] | None = None,
) -> None:
    """Write the entry of the history and that of the audit trail. The last thing that an act does."""
    RequestEvent.objects.create(
        request=request,
        at=at,
        actor=person_of(actor),
        act=act,
        from_state=came_from or request.state,
        to_state=request.state,
        reason=reason,
    )
    audit.record(
        actor=actor,
        action=action,
        objects=[f"request:{request.id}"],
        details={"act": act.value, "state": str(request.state), **(details or {})},
        texts={TextKind.REASON: reason, **(texts or {})},
        now=at,
    )
