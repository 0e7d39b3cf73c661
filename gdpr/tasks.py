"""The queue's tasks of requests: short, idempotent, safe to lose and to run twice."""

from uuid import UUID

from celery import shared_task

from accounts.models import User
from archive import wiring
from gdpr.models import Request, RequestEvent, Right
from gdpr.services import erasing, forgetting, packs, reopening
from gdpr.services.acting import Act
from gdpr.states import State
from muniment.errors import Refused, Transient

_RETRY = {"autoretry_for": (Transient,), "retry_backoff": True, "retry_backoff_max": 60, "max_retries": 5}


@shared_task
def carry_out(request_id: str, person_id: int) -> None:
    """Carry an approved erasure out on behalf of whoever began it. What fails is noted on the request."""
    actor = User.objects.get(pk=person_id)
    try:
        erasing.carry_out(actor=actor, request_id=UUID(request_id), archive=wiring.archive())
    except (Refused, Transient):
        return


@shared_task(**_RETRY)
def make_pack(request_id: str) -> None:
    """Make the copy of an access."""
    packs.make(request_id=UUID(request_id), archive=wiring.archive())


@shared_task
def sweep() -> None:
    """Do what has become due: open again, expire, forget; and queue what a lost queue or a crash left behind."""
    archive = wiring.archive()
    erasing.finish_interrupted(archive)
    reopening.reopen_released()
    packs.expire(archive)
    forgetting.forget_due(archive)
    for request_id in packs.waiting():
        make_pack.delay(str(request_id))
    for request in Request.objects.filter(state=State.EXECUTING, right=Right.ERASURE):
        begun = RequestEvent.objects.filter(request=request, act=Act.BEGUN).order_by("-pk").first()
        if begun is not None and begun.actor_id is not None:
            carry_out.delay(str(request.id), begun.actor_id)
