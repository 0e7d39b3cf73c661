"""Exports that people ask for on the pages: asked, made by a worker, fetched, and removed after their time.

    queued ──run──▶ running ──▶ done ──▶ expired      after `KEPT_DAYS`
      └──cancel──────┴─▶ cancelled └──▶ erased       a message in it was erased
                     └─▶ failed

A worker may be killed at any moment: the sweep queues the job again, and it goes on to the same bytes. It is made
within what the asker may see *when it runs*; where that has changed since it began, it begins again.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zipfile import ZipFile

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Action, Matter, MatterState, Outcome, TextKind, User
from accounts.permissions import EXPORTS, matter_scope, may, scope_of
from accounts.queries.matters import named_to, worked_on
from accounts.services import audit
from archive.exporting import ready
from archive.exporting.evidence_log import log_at
from archive.exporting.folder import BeingMade, JobFolder
from archive.exporting.holds import holds_in
from archive.exporting.orders import Order, Ports
from archive.services import exports
from archive.wiring import Archive
from discovery.forms import SearchForm
from discovery.kept import scope_as_saved
from discovery.models import LIVE_STATES, MAX_NAME_CHARS, ExportJob, ExportState
from discovery.services.saved_searches import NOT_SAVED
from discovery.showing import sight_of
from muniment.bundle.model import Copies
from muniment.engines.port import Scope
from muniment.errors import Corrupt, Refused, Transient
from muniment.ids import UuidSequence
from muniment.query.parser import parse

KEPT_DAYS: Final = 14  # a bundle holds mail in the clear: it is fetched soon, or asked for again
MAX_CHOSEN: Final = 1_000  # messages chosen one by one; more are found by a search
MAX_PURPOSE_CHARS: Final = 200
LOST_AFTER: Final = timedelta(minutes=2)  # without a sign of life, a job is queued again
MAX_RUNS: Final = 50  # after that a job that never ends is given up: of what does not answer, after some two hours
TICK_SECONDS: Final = 1.0  # between signs of life
_IDS: Final = UuidSequence()

log = logging.getLogger(__name__)


class ExportRefused(Refused):
    """The export is not made; the message says why."""


class _NotAllowed(Exception):
    """The asker may no longer have what was asked for; the code says why."""


class _Cancelled(Exception):
    """Somebody cancelled the job while it was being made."""


def ask(
    *,
    actor: User,
    name: str,
    parameters: Mapping[str, str] | None = None,
    message_ids: Sequence[UUID] = (),
    matter: Matter | None = None,
    purpose: str = "",
    all_copies: bool = False,
    now: datetime | None = None,
) -> ExportJob:
    """Ask for an export of a search or of messages; `run` makes it. Raises `ExportRefused`, `QueryError`."""
    at, name = now or timezone.now(), name.strip()
    if not may(actor, EXPORTS):
        raise ExportRefused(_("Your role does not export."))
    if matter is not None and not worked_on(actor).filter(pk=matter.pk, state=MatterState.OPEN).exists():
        raise ExportRefused(_("Only members export in a matter, while it is open."))
    if not name or len(name) > MAX_NAME_CHARS:
        raise ExportRefused(_("Give the export a name of at most %(count)s characters.") % {"count": MAX_NAME_CHARS})
    if len(message_ids) > MAX_CHOSEN:
        raise ExportRefused(_("At most %(count)s messages can be chosen one by one.") % {"count": MAX_CHOSEN})
    kept = {key: str(value) for key, value in (parameters or {}).items() if key not in NOT_SAVED}
    SearchForm(kept).criteria().tree(today=timezone.localdate(at))
    with transaction.atomic():
        job = ExportJob.objects.create(
            id=_IDS.next(),
            matter=matter,
            asked_by=actor,
            name=name,
            purpose=purpose.strip()[:MAX_PURPOSE_CHARS],
            parameters={} if message_ids else kept,
            message_ids=[str(one) for one in message_ids],
            all_copies=all_copies,
            asked_at=at,
            touched_at=at,
        )
        _record(actor, job, "asked", at=at, texts={TextKind.QUERY: _typed(job)}, purpose=job.purpose)
    return job


def again(*, actor: User, job: ExportJob, now: datetime | None = None) -> ExportJob:
    """Ask for the same once more, of what is found now. Raises `ExportRefused`."""
    return ask(
        actor=actor,
        name=job.name,
        parameters=job.parameters,
        message_ids=[UUID(one) for one in job.message_ids],
        matter=job.matter,
        purpose=job.purpose,
        all_copies=job.all_copies,
        now=now,
    )


def cancel(*, actor: User, job: ExportJob, archive: Archive, now: datetime | None = None) -> ExportJob:
    """Stop a job that is not done; what was made of it is removed. Raises `ExportRefused`."""
    at = now or timezone.now()
    with transaction.atomic():
        row = ExportJob.objects.select_for_update().get(pk=job.pk)
        if row.asked_by_id != actor.pk:
            raise ExportRefused(_("Only whoever asked for an export cancels it."))
        if row.state not in LIVE_STATES:
            raise ExportRefused(_("This export is not being made."))
        row.state, row.finished_at = ExportState.CANCELLED, at
        row.save(update_fields=["state", "finished_at"])
        _record(actor, row, "cancelled", at=at)
    _clean(row, archive)
    return row


def run(job_id: UUID, *, archive: Archive, tick_seconds: float = TICK_SECONDS) -> ExportJob | None:
    """Make an export, or go on with it; return the job. Safe to run twice at once, and to be killed.

    None where there is no such job, where it has ended, where another process is at it, and where the store or the
    index does not answer: then the sweep has it run again.
    """
    job = _begun(job_id)
    if job is None:
        return None
    if job.runs > MAX_RUNS:
        return _fail(job, "unavailable", "", archive)
    try:
        scope = _scope_of(job)
        order = _order(job, scope, archive)
        _take_folder(job, scope, order, archive)
        ports = _ports(job, archive)
        made = exports.export(
            job.asked_by, order, archive, ports=ports, progress=_Progress(job.pk, tick_seconds=tick_seconds)
        )
    except _Cancelled:
        return _clean(job, archive)
    except BeingMade:
        return None
    except Transient as error:
        log.warning("export waits", extra={"job_id": str(job.pk), "kind": type(error).__name__})
        return None
    except _NotAllowed as error:
        return _fail(job, str(error), "", archive)
    except Refused as error:
        return _fail(job, "refused", str(error), archive)
    except Corrupt as error:
        return _fail(job, "corrupt", str(error), archive)
    return _finish(job, made, archive)


def fetched(*, actor: User, job: ExportJob) -> None:
    """Write down that a bundle left the archive."""
    audit.record(
        actor=actor,
        action=Action.DOWNLOAD,
        matter_id=job.matter_id,
        purpose=job.purpose,
        objects=[f"export:{job.pk}"],
        details={"what": "export", "bytes": job.size_bytes, "digest": job.digest},
    )


def settle(job: ExportJob, *, archive: Archive, now: datetime | None = None) -> ExportJob:
    """Note what became of a bundle: removed by an erasure, after its time, or lost. Return the job as it is."""
    if job.state != ExportState.DONE:
        return job
    name, at = str(job.pk), now or timezone.now()
    if ready.was_purged(archive.data, name):
        state = ExportState.ERASED
    elif job.expires_at <= at or not ready.place(archive.data, name).exists():
        state = ExportState.EXPIRED
    else:
        return job
    with transaction.atomic():
        row = ExportJob.objects.select_for_update().get(pk=job.pk)
        if row.state == ExportState.DONE:
            row.state = state
            row.save(update_fields=["state"])
            _record(None, row, str(state.value), at=at)
    ready.remove(archive.data, name)
    _clean(row, archive)
    return row


def sweep(*, archive: Archive, now: datetime | None = None) -> list[UUID]:
    """Remove bundles whose time is over or that nobody knows, and what ended jobs left behind.

    Return the jobs that somebody has to `run`.
    """
    at = now or timezone.now()
    for job in ExportJob.objects.filter(state=ExportState.DONE):
        settle(job, archive=archive, now=at)
    kept = {
        str(key)
        for key in ExportJob.objects.filter(state__in=(*LIVE_STATES, ExportState.DONE)).values_list("pk", flat=True)
    }
    for name in ready.names(archive.data):
        if name not in kept and not name.startswith(ready.OF_REQUEST):
            ready.remove(archive.data, name)
    folders = [path.name for path in (archive.data / "exports").glob("*")]
    ended = ExportJob.objects.filter(folder_key__in=folders).exclude(state__in=LIVE_STATES)
    for key in set(ended.values_list("folder_key", flat=True)):
        _forget(key, archive)
    lost = ExportJob.objects.filter(state__in=LIVE_STATES, touched_at__lt=at - LOST_AFTER).order_by("asked_at", "id")
    found = list(lost.values_list("pk", flat=True))
    ExportJob.objects.filter(pk__in=found).update(touched_at=at)
    return found


class _Progress:
    """Notes now and then how far a job is, and ends it when it was cancelled."""

    def __init__(self, job_id: UUID, *, tick_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._job_id = job_id
        self._tick = tick_seconds
        self._clock = clock
        self._next = clock()

    def __call__(self, done: int, total: int) -> None:
        if self._clock() < self._next:
            return
        self._next = self._clock() + self._tick
        rows = ExportJob.objects.filter(pk=self._job_id, state=ExportState.RUNNING)
        if not rows.update(done=done, total=total, touched_at=timezone.now()):
            raise _Cancelled


def _begun(job_id: UUID) -> ExportJob | None:
    with transaction.atomic():
        job = ExportJob.objects.select_for_update().filter(pk=job_id, state__in=LIVE_STATES).first()
        if job is None:
            return None
        job.state, job.touched_at, job.runs = ExportState.RUNNING, timezone.now(), job.runs + 1
        job.save(update_fields=["state", "touched_at", "runs"])
    return ExportJob.objects.select_related("matter", "asked_by").get(pk=job_id)


def _scope_of(job: ExportJob) -> Scope:
    """Return what the asker may see now of what was asked for; raise `_NotAllowed`."""
    asker = job.asked_by
    if not may(asker, EXPORTS):
        raise _NotAllowed("role")
    if job.matter is None:
        scope = scope_of(asker)
    elif job.matter.state != MatterState.OPEN or not worked_on(asker).filter(pk=job.matter_id).exists():
        raise _NotAllowed("matter")
    else:
        scope = matter_scope(asker, job.matter)
    if not (scope.everything or scope.addresses or scope.domains):
        raise _NotAllowed("scope")
    return scope


def _order(job: ExportJob, scope: Scope, archive: Archive) -> Order:
    today = timezone.localdate(job.asked_at)
    criteria = SearchForm(job.parameters).criteria()
    return Order(
        typed=_typed(job),
        query=parse("", today=today) if job.message_ids else criteria.tree(today=today),
        chosen=tuple(UUID(one) for one in job.message_ids),
        scope=scope,
        asked_by=job.asked_by.email,
        destination=ready.place(archive.data, str(job.pk)),
        purpose=job.purpose,
        matter=job.matter.reference if job.matter else "",
        matter_id=job.matter_id,
        copies=Copies.ALL if job.all_copies else Copies.FIRST,
    )


def _take_folder(job: ExportJob, scope: Scope, order: Order, archive: Archive) -> None:
    """Note the folder of the job; one that was begun within another scope is removed with all that is in it.

    Raises `BeingMade` while another process is at that one.
    """
    if job.folder_key and job.folder_key != order.key:
        folder = JobFolder(archive.data, job.folder_key)
        with folder.turn():
            folder.forget()
            ready.remove(archive.data, str(job.pk))
    if ready.was_purged(archive.data, str(job.pk)):  # before anybody knew that it was ready
        ready.remove(archive.data, str(job.pk))
    job.folder_key, job.scope = order.key, scope_as_saved(scope)
    job.save(update_fields=["folder_key", "scope"])


def _ports(job: ExportJob, archive: Archive) -> Ports:
    matters = {job.matter_id} if job.matter_id else set(named_to(job.asked_by).values_list("pk", flat=True))
    return Ports(
        sight=sight_of(job.asked_by),
        holds=holds_in(matters, at=job.asked_at),
        log=log_at(archive),
        log_key=archive.signer.verifier.encode(),
    )


def _finish(job: ExportJob, made: exports.Made, archive: Archive) -> ExportJob:
    with ZipFile(made.path) as bundle:
        counts = json.loads(bundle.read("manifest.json"))["counts"]
    at = timezone.now()
    with transaction.atomic():
        row = ExportJob.objects.select_for_update().get(pk=job.pk)
        if row.state == ExportState.RUNNING:
            row.state, row.done, row.total = ExportState.DONE, made.taken, made.taken
            row.result = {"found": made.found, **counts}
            row.size_bytes, row.sha256, row.digest = made.size_bytes, made.sha256, made.digest
            row.finished_at, row.expires_at = at, at + timedelta(days=KEPT_DAYS)
            row.save()
    return settle(_clean(row, archive), archive=archive)  # an erasure may have come just now


def _fail(job: ExportJob, why: str, detail: str, archive: Archive) -> ExportJob:
    at = timezone.now()
    with transaction.atomic():
        row = ExportJob.objects.select_for_update().get(pk=job.pk)
        if row.state == ExportState.RUNNING:
            row.state, row.why, row.detail, row.finished_at = ExportState.FAILED, why, detail[:500], at
            row.save(update_fields=["state", "why", "detail", "finished_at"])
            outcome = Outcome.FAILED if why in {"corrupt", "unavailable"} else Outcome.REFUSED
            _record(row.asked_by, row, why, at=at, outcome=outcome)
    return _clean(row, archive)


def _clean(job: ExportJob, archive: Archive) -> ExportJob:
    """Remove what a job that has ended left on the disk; a worker that is still at it removes it itself."""
    if job.folder_key:
        _forget(job.folder_key, archive)
    if job.state != ExportState.DONE:
        ready.remove(archive.data, str(job.pk))
    return ExportJob.objects.get(pk=job.pk)


def _forget(key: str, archive: Archive) -> None:
    folder = JobFolder(archive.data, key)
    with suppress(BeingMade), folder.turn():
        folder.forget()


def _typed(job: ExportJob) -> str:
    query = job.parameters.get("q", "")
    filters = "&".join(f"{name}={value}" for name, value in job.parameters.items() if name not in {"q", "per", "sort"})
    return " ".join(part for part in (query, filters) if part)


def _record(
    actor: User | None,
    job: ExportJob,
    what: str,
    *,
    at: datetime,
    outcome: Outcome = Outcome.DONE,
    purpose: str = "",
    texts: Mapping[TextKind, str] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=Action.EXPORT,
        outcome=outcome,
        purpose=purpose,
        matter_id=job.matter_id,
        objects=[f"export:{job.pk}"],
        details={"what": what},
        texts=texts,
        now=at,
    )
