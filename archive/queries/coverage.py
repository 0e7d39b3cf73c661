"""How much of what somebody may see can be searched, and what cannot, with the reason (DESIGN.md section 6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet

from accounts.models import User
from accounts.permissions import scope_of
from archive.models import Message, Part, PartText, Searchable, SegmentStage, Stage, StageState
from archive.queries.messages import belonging, within
from archive.queries.replica import on_primary, read
from muniment.engines.port import Scope
from muniment.extract.model import Outcome

READ: Final = frozenset({Outcome.TEXT, Outcome.EMPTY})
# A picture has no text to miss; it is counted apart from what could not be read.
WITHOUT_TEXT: Final = frozenset({Outcome.UNSUPPORTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Counts over what the searcher may see; segments only for those who see everything."""

    total: int
    searchable: int
    waiting: int
    failed: int
    attachments_waiting: int
    attachments_unread: int  # encrypted, corrupt, too large, timed out
    attachments_without_text: int  # a type that holds no text we read
    segments_unread: int  # sealed, not catalogued yet or not readable: the number of messages in them is not known

    @property
    def complete(self) -> bool:
        """Whether nothing at all was left out of a search."""
        return not (
            self.waiting or self.failed or self.attachments_waiting or self.attachments_unread or self.segments_unread
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSearched:
    """One thing that a search leaves out."""

    message_id: UUID | None
    what: str  # "message", "attachment" or "segment"
    name: str  # subject, file name or segment id
    reason: str
    detail: str


def coverage(actor: User) -> Coverage:
    """Count what of the actor's scope can be searched."""
    return coverage_within(scope_of(actor))


def coverage_within(scope: Scope, *, exact: bool = False) -> Coverage:
    """Count what of a scope can be searched. What cannot be is always counted on the primary, and is little.

    `exact` counts the rest there as well, for what is kept as evidence.
    """
    count = on_primary if exact else read
    messages = within(scope)
    missing = messages.exclude(searchable=Searchable.YES).order_by()
    states = dict(missing.values_list("searchable").annotate(Count("id")))
    unfound = sum(states.values())
    total = max(unfound, count(lambda alias: messages.using(alias).count()))
    by_outcome = _texts(scope).order_by().values_list("outcome").annotate(Count("part_id"))
    outcomes = count(lambda alias: dict(by_outcome.using(alias)))
    parts = _parts_waiting(scope)
    return Coverage(
        total=total,
        searchable=total - unfound,
        waiting=states.get(Searchable.WAITING, 0),
        failed=states.get(Searchable.FAILED, 0),
        attachments_waiting=parts,
        attachments_unread=sum(count for outcome, count in outcomes.items() if outcome not in READ | WITHOUT_TEXT),
        attachments_without_text=sum(outcomes.get(outcome, 0) for outcome in WITHOUT_TEXT),
        segments_unread=_segments_unread().count() if scope.everything else 0,
    )


def not_searched(actor: User, *, offset: int = 0, limit: int = 100) -> list[NotSearched]:
    """List what a search leaves out, messages first, then segments, then attachments; `limit` 1 to 1,000."""
    found: list[NotSearched] = []
    skip = offset
    for rows, make in _sources(scope_of(actor)):
        count = rows.count()
        if skip < count and len(found) < limit:
            found.extend(make(row) for row in rows[skip : skip + limit - len(found)])
        skip = max(0, skip - count)
    return found


def _sources(scope) -> Iterator[tuple[QuerySet, object]]:
    messages = within(scope)
    yield messages.exclude(searchable=Searchable.YES).order_by("id"), _of_message
    if scope.everything:
        yield _segments_unread().order_by("segment_id"), _of_segment
    texts = _texts(scope).exclude(outcome__in=READ | WITHOUT_TEXT)
    yield texts.select_related("part").order_by("part_id"), _of_text
    if scope.everything:
        rows = SegmentStage.objects.filter(stage=Stage.TEXT).exclude(state=StageState.DONE)
        yield rows.order_by("segment_id"), _of_text_stage


def _of_message(message: Message) -> NotSearched:
    return NotSearched(
        message_id=message.id,
        what="message",
        name=message.subject,
        reason=message.searchable,
        detail=message.not_searchable_reason,
    )


def _of_segment(stage: SegmentStage) -> NotSearched:
    return NotSearched(
        message_id=None, what="segment", name=str(stage.segment_id), reason=stage.state, detail=stage.reason
    )


def _of_text(text: PartText) -> NotSearched:
    return NotSearched(
        message_id=text.part.message_id,
        what="attachment",
        name=text.part.filename or text.part.content_type,
        reason=text.outcome,
        detail=text.detail,
    )


def _of_text_stage(stage: SegmentStage) -> NotSearched:
    return NotSearched(
        message_id=None, what="attachments", name=str(stage.segment_id), reason=stage.state, detail=stage.reason
    )


def _texts(scope: Scope) -> QuerySet[PartText]:
    texts = PartText.objects.all()
    return texts if scope.everything else belonging(texts, scope, "part__message_id")


def _parts_waiting(scope: Scope) -> int:
    waiting = Part.objects.filter(text__isnull=True)
    return (waiting if scope.everything else belonging(waiting, scope)).count()


def _segments_unread() -> QuerySet[SegmentStage]:
    return SegmentStage.objects.filter(stage=Stage.CATALOGUE).exclude(state=StageState.DONE)
