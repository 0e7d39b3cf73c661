"""The queue's tasks of requests: short, idempotent, safe to lose and to run twice."""

import logging
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from accounts.actors import Operator
from accounts.models import User
from archive import wiring
from archive.queueing import hint
from archive.services.postgresql_files import DatabaseBusy
from gdpr.services import erasing, forgetting, packs, reopening
from muniment.errors import Refused, Transient

log = logging.getLogger(__name__)

_RETRY = {"autoretry_for": (Transient,), "retry_backoff": True, "retry_backoff_max": 60, "max_retries": 5}


def queue_erasure(request_id: UUID, person_id: int | None) -> None:
    """Have a worker carry an erasure out; where the queue does not answer, the sweep finds it in a few minutes."""
    hint(carry_out, str(request_id), person_id)


def queue_pack(request_id: UUID) -> None:
    """Have a worker make the copy of an access; as `queue_erasure`."""
    hint(make_pack, str(request_id))


@shared_task
def carry_out(request_id: str, person_id: int | None) -> None:
    """Carry an approved erasure out on behalf of whoever began it: no person for a command. What fails is noted."""
    actor = Operator(name="muniment") if person_id is None else User.objects.get(pk=person_id)
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
    now = timezone.now()
    for request_id in packs.waiting(now=now):
        queue_pack(request_id)
    for request_id, person_id in erasing.left_behind(now=now):
        queue_erasure(request_id, person_id)
    try:
        forgetting.leave_files()
    except DatabaseBusy as error:
        log.warning("who was forgotten has not left the files of the database yet", extra={"reason": str(error)})
