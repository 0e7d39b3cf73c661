"""Search: what the search page asks and shows, with its figures and its coverage."""

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from accounts.api.shapes import MAX_OFFSET, In
from accounts.permissions import matter_scope, scope_of
from accounts.queries.matters import get_worked_on
from archive.models import Message, Sighting
from archive.queries.coverage import coverage_within
from archive.wiring import archive
from discovery import auditing
from discovery.criteria import Attachment, Criteria
from discovery.forms import MAX_PURPOSE_CHARS
from discovery.queries import Found, search
from muniment.engines.port import Highlight, Interval, Sort
from muniment.query.explain import explain

MAX_PER_PAGE = 100
MAX_QUERY_CHARS = 10_000

router = Router(tags=["search"])


class Filters(In):
    """What can be saved and exported of a search."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)  # positions in the query are as it was sent

    q: str = Field("", max_length=MAX_QUERY_CHARS, description=gettext_noop("The query, in the query language."))
    after: date | None = Field(None, description=gettext_noop("The first day."))
    before: date | None = Field(None, description=gettext_noop("The last day."))
    sender: str = Field("", max_length=500)
    source: str = Field("", max_length=200)
    filetype: str = Field("", max_length=200)
    personal: str = Field(
        "", max_length=200, description=gettext_noop("A kind of personal data, for roles that may ask.")
    )
    attachment: Attachment = Attachment.ANY
    sort: Sort = Sort.DATE_DESC

    def criteria(self, **more: object) -> Criteria:
        """Return the search that the pages would read from their address."""
        names = ("q", "after", "before", "sender", "source", "filetype", "personal", "attachment", "sort")
        return Criteria(**{name: getattr(self, name) for name in names}, **more)


class SearchIn(Filters):
    """A search, and which page of it."""

    per: int = Field(25, ge=1, le=MAX_PER_PAGE, description=gettext_noop("How many messages to a page, at most 100."))
    page: int = Field(1, ge=1, le=MAX_OFFSET, description=gettext_noop("Which page, from 1; any depth."))
    matter: UUID | None = Field(None, description=gettext_noop("Look only in the mail of this matter’s custodians."))
    purpose: str = Field("", max_length=MAX_PURPOSE_CHARS, description=gettext_noop("Why, for the audit trail."))


class Marked(Schema):
    """A fragment in which what was looked for is marked."""

    field: str
    text: str
    marks: list[tuple[int, int]] = Field(description=gettext_noop("Where in the text, from and up to."))


class Summary(Schema):
    """A message in a list."""

    id: UUID
    subject: str
    sender: str
    date: datetime | None
    captured_at: datetime
    size_bytes: int
    attachments: int
    flags: list[str]
    thread: UUID
    message_id: str = Field(description=gettext_noop("The Message-ID that its sender gave it."))
    sha256: list[str] = Field(description=gettext_noop("Of each of its captures, as received."))


class Hit(Summary):
    highlights: list[Marked]


class Value(Schema):
    value: str
    count: int


class Bar(Schema):
    start: date
    count: int


class Histogram(Schema):
    """Found messages over time."""

    interval: Interval
    undated: int
    bars: list[Bar]


class Coverage(Schema):
    """How much of what you may see was searched."""

    total: int
    searchable: int
    waiting: int
    failed: int
    attachments_waiting: int
    attachments_unread: int
    attachments_without_text: int
    segments_unread: int
    complete: bool


class Results(Schema):
    """One page, and the figures of the whole search."""

    total: int = Field(description=gettext_noop("Exactly how many are found."))
    page: int
    pages: int
    per: int
    items: list[Hit]
    facets: dict[str, list[Value]]
    histogram: Histogram
    coverage: Coverage
    explanation: str = Field(description=gettext_noop("The query in plain words."))


@router.get("/search", response=Results, summary=gettext_noop("Search"), operation_id="search")
def search_mail(request: HttpRequest, asked: Query[SearchIn]):
    """Search in what you may see. The total is exact, and any page may be asked for."""
    return found_by(request, asked)


@router.post("/search", response=Results, summary=gettext_noop("Search, with a long query"), operation_id="search_long")
def search_long(request: HttpRequest, asked: SearchIn):
    """As the search by address, for queries that are too long for one."""
    return found_by(request, asked)


def found_by(request: HttpRequest, asked: SearchIn) -> Results:
    """Search, record it, and give what was found. Raises `NoSuchMatter`, `QueryError`, `IndexUnavailable`."""
    actor = request.user
    criteria = asked.criteria(per=asked.per, page=asked.page, matter=asked.matter, purpose=asked.purpose)
    matter = None if asked.matter is None else get_worked_on(actor, asked.matter)
    scope = scope_of(actor) if matter is None else matter_scope(actor, matter)
    today = timezone.localdate()
    found = search(actor, criteria, engine=archive().engine, today=today, scope=scope)
    auditing.searched(request, criteria, total=found.result.total, scope=scope)
    covered = coverage_within(scope)
    words = explain(criteria.words(today=today), language="fr" if get_language() == "fr" else "en")
    return Results(
        total=found.result.total,
        page=criteria.page,
        pages=found.pages.count,
        per=criteria.per,
        items=_items(found) if found.pages.number == criteria.page else [],
        facets={
            name: [Value(value=value, count=count) for value, count in values]
            for name, values in found.result.facets.items()
        },
        histogram=Histogram(
            interval=found.result.interval,
            undated=found.result.undated,
            bars=[Bar(start=one.start, count=one.count) for one in found.result.histogram],
        ),
        coverage=covered_shape(covered),
        explanation=words if criteria.q.strip() else "",
    )


def covered_shape(covered) -> Coverage:
    """Return coverage as the API gives it."""
    return Coverage(**{name: getattr(covered, name) for name in Coverage.model_fields})


def summaries(messages: list[Message]) -> list[dict[str, object]]:
    """Return the fields of messages in a list."""
    digests: dict[UUID, list[str]] = {message.id: [] for message in messages}
    rows = Sighting.objects.filter(message_id__in=digests).order_by("id")
    for message_id, digest in rows.values_list("message_id", "sha256"):
        digests[message_id].append(digest)
    return [
        {
            "id": message.id,
            "subject": message.subject,
            "sender": message.sender,
            "date": message.date,
            "captured_at": message.captured_at,
            "size_bytes": message.size_bytes,
            "attachments": message.attachment_count,
            "flags": message.flags,
            "thread": message.thread_id,
            "message_id": message.rfc_message_id,
            "sha256": digests[message.id],
        }
        for message in messages
    ]


def _items(found: Found) -> list[Hit]:
    fields = summaries([one.message for one in found.messages])
    return [
        Hit(**row, highlights=[_marked(mark) for mark in one.highlights])
        for row, one in zip(fields, found.messages, strict=True)
    ]


def _marked(highlight: Highlight) -> Marked:
    text, marks = "", []
    for piece, is_marked in highlight.fragments:
        if is_marked:
            marks.append((len(text), len(text) + len(piece)))
        text += piece
    return Marked(field=highlight.field, text=text, marks=marks)
