"""What the archive says of itself: coverage, counts, personal data in counts, health."""

from datetime import date, datetime
from uuid import UUID

from django.db import Error
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from accounts.api.shapes import Slice
from accounts.permissions import may_read_personal_figures
from accounts.views.refusals import only_for
from archive.models import Message
from archive.queries.coverage import coverage, not_searched
from archive.queries.personal import looked_through, messages_by_kind
from archive.queries.status import status
from archive.wiring import archive
from discovery import auditing
from discovery.api.search import Coverage, covered_shape
from discovery.permissions import may_see_status
from discovery.reasons import shown
from muniment.errors import MunimentError

router = Router(tags=["state"])


class Unsearched(Schema):
    """Something that searches leave out."""

    message: UUID | None
    what: str
    name: str
    reason: str
    detail: str


class Gaps(Schema):
    coverage: Coverage
    items: list[Unsearched]


class Source(Schema):
    source: str
    sightings: int
    last_captured_at: datetime


class StatusOut(Schema):
    """Counts and ages of the whole archive; ages in seconds."""

    segments: int
    segments_uncatalogued: int
    segments_failed: int
    segments_not_logged: int
    sightings: int
    messages: int
    searchable: int
    waiting_for_index: int
    not_searchable: int
    oldest_unindexed_seconds: float | None
    documents: int | None
    index_error: str
    parts: int
    parts_without_text_yet: int
    raw_bytes: int
    stored_bytes: int
    free_bytes: int
    sources: list[Source]


class PersonalFigures(Schema):
    """Personal data in what you may see, in counts."""

    counted_on: date
    messages: int
    looked_through: int
    waiting: int
    by_kind: dict[str, int] = Field(description=gettext_noop("In how many messages each kind was found."))


class Health(Schema):
    ready: bool
    error: str


@router.get("/coverage", response=Gaps, summary=gettext_noop("What searches leave out"), operation_id="get_coverage")
def get_coverage(request: HttpRequest, wanted: Query[Slice]):
    """Counts, and a list with the reason of each."""
    counts = coverage(request.user)
    rows = not_searched(request.user, offset=wanted.offset, limit=wanted.limit)
    if rows:
        total = counts.waiting + counts.failed + counts.attachments_unread + counts.segments_unread
        auditing.listed(request, page="coverage", total=total)
    return Gaps(coverage=covered_shape(counts), items=[_unsearched(row) for row in rows])


@router.get("/status", response=StatusOut, summary=gettext_noop("The state of the archive"), operation_id="get_status")
@only_for(may_see_status)
def get_status(request: HttpRequest):  # noqa: ARG001 - handed over by place and name
    """For those who run the archive or answer for it."""
    now = status(archive())
    names = [name for name in StatusOut.model_fields if name != "sources"]
    return StatusOut(
        **{name: getattr(now, name) for name in names},
        sources=[
            Source(source=one.source, sightings=one.sightings, last_captured_at=one.last_captured_at)
            for one in now.sources
        ],
    )


@router.get(
    "/personal-data",
    response=PersonalFigures,
    summary=gettext_noop("Personal data in counts"),
    operation_id="get_personal_data",
)
@only_for(may_read_personal_figures)
def get_personal_data(request: HttpRequest):
    """In how much of your scope personal data was looked for and found."""
    looked, by_kind = looked_through(request.user), messages_by_kind(request.user)
    auditing.listed(request, page="personal-data", total=looked.messages)
    return PersonalFigures(
        counted_on=timezone.localdate(),
        messages=looked.messages,
        looked_through=looked.looked_through,
        waiting=looked.waiting,
        by_kind=by_kind,
    )


@router.get(
    "/health",
    response={200: Health, 503: Health},
    auth=None,
    summary=gettext_noop("Whether searches can be served"),
    operation_id="get_health",
)
def get_health(request: HttpRequest):  # noqa: ARG001 - handed over by place and name
    """Needs no token."""
    try:
        if Message.objects.exists():
            archive().engine.count()
    except (Error, MunimentError) as error:
        return Status(503, Health(ready=False, error=type(error).__name__))
    return Status(200, Health(ready=True, error=""))


def _unsearched(row) -> Unsearched:
    said = shown(row)
    return Unsearched(message=row.message_id, what=row.what, name=row.name, reason=str(said.reason), detail=row.detail)
