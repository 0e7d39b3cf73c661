"""The queue's tasks of this app: exports, on a queue of their own, since one may take minutes."""

import logging
from uuid import UUID

from celery import shared_task
from kombu.exceptions import OperationalError

from archive import wiring
from discovery.services import export_jobs

log = logging.getLogger(__name__)


def queue_export(job_id: UUID) -> None:
    """Have a worker make an export; where the queue does not answer, the sweep finds the job in a few minutes."""
    try:
        make_export.delay(str(job_id))
    except (OSError, OperationalError):
        log.warning("export not queued: it waits for the sweep", extra={"job_id": str(job_id)}, exc_info=True)


@shared_task
def make_export(job_id: str) -> None:
    """Make an export that somebody asked for; run again, it goes on."""
    export_jobs.run(UUID(job_id), archive=wiring.archive())


@shared_task
def sweep_exports() -> None:
    """Remove exports whose time is over, and queue again those whose worker is gone."""
    for job_id in export_jobs.sweep(archive=wiring.archive()):
        make_export.delay(str(job_id))
