"""Erasures on their way from the frozen list to the answer, for whoever carries them out."""

from dataclasses import dataclass
from datetime import datetime

from gdpr.models import Choice, Request, Right
from gdpr.services.acting import NoSuchRequest
from gdpr.services.erasing import may_begin_at
from gdpr.states import State

_ON_THEIR_WAY = (State.APPROVAL, State.EXECUTING, State.EXECUTION_FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One erasure, and from when on it may be carried out: None while nobody has approved it."""

    request: Request
    messages: int
    begin_at: datetime | None
    is_ready: bool


def approved(now: datetime) -> list[Erasure]:
    """Return the erasures that are frozen and not carried out, the oldest first."""
    rows = Request.objects.filter(right=Right.ERASURE, state__in=_ON_THEIR_WAY).order_by("number")
    return [_erasure(row, now) for row in rows]


def find(number: str) -> Request:
    """Return the erasure of a number; raise `NoSuchRequest`."""
    row = Request.objects.filter(number=number.strip(), right=Right.ERASURE).first()
    if row is None:
        raise NoSuchRequest
    return row


def _erasure(row: Request, now: datetime) -> Erasure:
    messages = row.items.filter(carried_out="", choice=Choice.ERASE).count()
    begin_at = may_begin_at(row, now=now)
    ready = not messages if row.disposal_id is None else begin_at is not None and begin_at <= now
    return Erasure(
        request=row,
        messages=messages,
        begin_at=begin_at,
        is_ready=ready or row.state in {State.EXECUTING, State.EXECUTION_FAILED},
    )
