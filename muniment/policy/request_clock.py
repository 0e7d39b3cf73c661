"""When a data subject's request must be answered: GDPR Article 12(3), Regulation (EEC, Euratom) No 1182/71 Article 3.

    raw     the same day one month after the receipt (three months when extended), or the last day of that month;
            moved by the days of the pauses
    legal   raw, or the next working day when it is a Saturday, Sunday or public holiday
    safe    three working days before raw: what alerts run on

The month is counted from the day of the receipt itself: no authority's way of counting ends earlier.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from muniment.policy.calendar import (
    Holidays,
    add_days,
    add_months,
    french_holidays,
    working_day_from,
    working_days_before,
    working_days_between,
)
from muniment.policy.words import SaidNo, Text

FIRST_MONTHS = 1  # Article 12(3), first sentence
MOST_EXTENSION_MONTHS = 2  # Article 12(3), second sentence
SAFETY_WORKING_DAYS = 3
LATE_QUESTION_WORKING_DAYS = 3  # a question sent later looks like playing for time (EDPB 01/2022 section 5.3)


class PauseKind(StrEnum):
    """What the controller waits for. Nothing else can pause the clock."""

    IDENTITY = "identity"  # Article 12(6): reasonable doubt
    CLARIFICATION = "clarification"  # recital 63: a large quantity of data


class ExtensionGround(StrEnum):
    """Why more time is taken (Article 12(3))."""

    COMPLEXITY = "complexity"
    NUMBER = "number"  # of requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """From the day the question was sent to the day of the answer; None while it is awaited."""

    kind: PauseKind
    asked_on: date
    answered_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """More time, with the day on which the person was told of it and why."""

    ground: ExtensionGround
    told_on: date
    months: int = MOST_EXTENSION_MONTHS

    def __post_init__(self) -> None:
        if not 1 <= self.months <= MOST_EXTENSION_MONTHS:
            raise SaidNo(
                Text(
                    en="A request can be extended by 1 or {most} months (GDPR Article 12(3)).",
                    fr="Une demande peut être prolongée de 1 ou {most} mois (RGPD, article 12, paragraphe 3).",
                ),
                most=MOST_EXTENSION_MONTHS,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The days of a request. While `paused`, those that an answer on the day of the question would have given."""

    received_on: date
    raw_on: date
    legal_on: date
    safe_on: date
    paused: bool
    paused_days: int
    extended: bool
    late_questions: tuple[Pause, ...]  # sent more than three working days after the receipt: explain them in the file

    def overdue(self, today: date) -> bool:
        """Say whether the legal day has passed; a paused clock does not run out."""
        return not self.paused and today > self.legal_on

    def alert(self, today: date) -> bool:
        """Say whether the safe day has come."""
        return not self.paused and today >= self.safe_on


def deadline(
    received_on: date,
    *,
    pauses: tuple[Pause, ...] = (),
    extension: Extension | None = None,
    pauses_count: bool = True,
    holidays: Holidays = french_holidays,
) -> Deadline:
    """Compute the days of a request that arrived at the controller on `received_on`.

    `pauses_count` is False where the authority does not accept that a clock pauses. Refused for a pause that begins
    before the receipt, ends before it begins or begins after the deadline, and for an extension told after the first
    deadline.
    """
    for pause in pauses:
        _check_pause(pause, received_on)
    counting = pauses if pauses_count else ()
    if extension is not None:
        _check_extension(extension, received_on, _shifted(received_on, counting, FIRST_MONTHS, holidays))
    months = FIRST_MONTHS + (extension.months if extension else 0)
    end = _shifted(received_on, counting, months, holidays)
    if end.unused:
        raise SaidNo(
            Text(
                en="The question of {asked} was sent after the deadline of {deadline}: "
                "it cannot pause a clock that has run out.",
                fr="La question du {asked} a été envoyée après l’échéance du {deadline} : elle ne peut suspendre un "
                "délai expiré.",
            ),
            asked=end.unused[0].asked_on,
            deadline=end.legal_on,
        )
    return Deadline(
        received_on=received_on,
        raw_on=end.raw_on,
        legal_on=end.legal_on,
        safe_on=working_days_before(end.raw_on, SAFETY_WORKING_DAYS, holidays),
        paused=any(pause.answered_on is None for pause in counting),
        paused_days=end.paused_days,
        extended=extension is not None,
        late_questions=tuple(pause for pause in pauses if _is_late(pause, received_on, holidays)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    raw_on: date
    legal_on: date
    paused_days: int
    unused: tuple[Pause, ...]  # asked after that end


def _shifted(received_on: date, pauses: tuple[Pause, ...], months: int, holidays: Holidays) -> _End:
    """Move the end by the days from each question to its answer; days on which two questions were open count once."""
    raw_on = add_months(received_on, months)
    paused_days = 0
    open_to = received_on
    unused: list[Pause] = []
    for pause in sorted(pauses, key=lambda found: found.asked_on):
        if pause.asked_on > working_day_from(add_days(raw_on, paused_days), holidays):
            unused.append(pause)
            continue
        answered_on = pause.answered_on or pause.asked_on
        paused_days += max((answered_on - max(pause.asked_on, open_to)).days, 0)
        open_to = max(open_to, answered_on)
    raw_on = add_days(raw_on, paused_days)
    return _End(
        raw_on=raw_on, legal_on=working_day_from(raw_on, holidays), paused_days=paused_days, unused=tuple(unused)
    )


def _check_pause(pause: Pause, received_on: date) -> None:
    if pause.asked_on < received_on:
        raise SaidNo(
            Text(
                en="The question of {asked} is older than the request of {received}: correct the dates.",
                fr="La question du {asked} est antérieure à la demande du {received} : corrigez les dates.",
            ),
            asked=pause.asked_on,
            received=received_on,
        )
    if pause.answered_on is not None and pause.answered_on < pause.asked_on:
        raise SaidNo(
            Text(
                en="The answer of {answered} is older than its question of {asked}: correct the dates.",
                fr="La réponse du {answered} est antérieure à sa question du {asked} : corrigez les dates.",
            ),
            answered=pause.answered_on,
            asked=pause.asked_on,
        )


def _check_extension(extension: Extension, received_on: date, first: _End) -> None:
    if not received_on <= extension.told_on <= first.legal_on:
        raise SaidNo(
            Text(
                en="The person was told of the extension on {told}; it counts only when told from the receipt "
                "({received}) to the first deadline ({deadline}).",
                fr="La personne a été informée de la prolongation le {told} ; elle ne vaut que si elle l’est entre la "
                "réception ({received}) et la première échéance ({deadline}).",
            ),
            told=extension.told_on,
            received=received_on,
            deadline=first.legal_on,
        )


def _is_late(pause: Pause, received_on: date, holidays: Holidays) -> bool:
    return working_days_between(received_on, pause.asked_on, holidays) > LATE_QUESTION_WORKING_DAYS
