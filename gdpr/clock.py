"""The clock of a request: its days, and how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from gdpr.models import Question, Request
from gdpr.models.requests import Calendar
from gdpr.states import State
from muniment.policy.calendar import Holidays, alsace_moselle_holidays, french_holidays
from muniment.policy.request_clock import Deadline, Extension, ExtensionGround, Pause, PauseKind, deadline

HOLIDAYS: Final[dict[str, Holidays]] = {
    Calendar.FRANCE: french_holidays,
    Calendar.ALSACE_MOSELLE: alsace_moselle_holidays,
}


class Standing(StrEnum):
    """How a request stands in time."""

    OVERDUE = "overdue"
    SOON = "soon"  # the safe day has come
    RUNNING = "running"
    PAUSED = "paused"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The days of a request, and how it stands on the day that was asked about."""

    deadline: Deadline
    standing: Standing
    days_left: int  # to the legal day; negative when it is past


def clock_of(request: Request, questions: Sequence[Question], *, today: date) -> Clock:
    """Return the clock of a request; raise `Refused` for days that cannot be."""
    days = deadline_of(request, questions)
    return Clock(deadline=days, standing=_standing(request, days, today), days_left=(days.legal_on - today).days)


def deadline_of(request: Request, questions: Sequence[Question]) -> Deadline:
    """Return the days of a request with its pauses and its extension; from the day of its opening again, if any."""
    holidays = HOLIDAYS[request.calendar]
    if request.reopened_on is not None:
        return deadline(request.reopened_on, holidays=holidays)
    return deadline(
        request.received_on,
        pauses=tuple(pause_of(question) for question in questions),
        extension=_extension(request),
        pauses_count=request.pauses_count,
        holidays=holidays,
    )


def pause_of(question: Question) -> Pause:
    """Return a question as the policy knows it."""
    return Pause(kind=PauseKind(question.kind), asked_on=question.asked_on, answered_on=question.answered_on)


def _extension(request: Request) -> Extension | None:
    if request.extension_told_on is None:
        return None
    return Extension(
        ground=ExtensionGround(request.extension_ground),
        told_on=request.extension_told_on,
        months=request.extension_months,
    )


def _standing(request: Request, days: Deadline, today: date) -> Standing:
    if request.state == State.CLOSED:
        return Standing.ANSWERED
    if days.paused:
        return Standing.PAUSED
    if days.overdue(today):
        return Standing.OVERDUE
    return Standing.SOON if days.alert(today) else Standing.RUNNING
