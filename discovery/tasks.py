"""The queue's tasks of this app: exports, on a queue of their own, since one may take minutes."""

from uuid import UUID

from celery import shared_task

from archive import wiring
from archive.queueing import hint
from discovery.services import export_jobs


def queue_export(job_id: UUID) -> None:
    """Have a worker make an export; where the queue does not answer, the sweep finds the job in a few minutes."""
    hint(make_export, str(job_id))


@shared_task
def make_export(job_id: str) -> None:
    """Make an export that somebody asked for; run again, it goes on."""
    export_jobs.run(UUID(job_id), archive=wiring.archive())


@shared_task
def sweep_exports() -> None:
    """Remove exports whose time is over, and queue again those whose worker is gone."""
    for job_id in export_jobs.sweep(archive=wiring.archive()):
        queue_export(job_id)
