"""Requests in the words of the pages: the clock, the steps, located messages. Templates compute nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from archive.queries.messages import visible_rows
from gdpr.clock import Clock, Standing
from gdpr.models import CarriedOut, Choice, Code, Concern, LocatedItem, Request, SubjectTerm
from gdpr.queries.located import messages_of
from gdpr.states import State
from muniment.policy.erasure import ErasureOutcome
from muniment.policy.words import Language
from muniment.policy.words import day as in_words

STANDINGS: Final[dict[Standing, Promise | str]] = {
    Standing.OVERDUE: _lazy("overdue"),
    Standing.SOON: _lazy("due soon"),
    Standing.RUNNING: _lazy("in time"),
    Standing.PAUSED: _lazy("paused"),
    Standing.ANSWERED: _lazy("answered"),
}
LOOKS: Final[dict[Standing, str]] = {
    Standing.OVERDUE: "bad",
    Standing.SOON: "warn",
    Standing.RUNNING: "good",
    Standing.PAUSED: "plain",
    Standing.ANSWERED: "plain",
}
PROPOSALS: Final[dict[str, Promise | str]] = {
    ErasureOutcome.ERASE: _lazy("erase"),
    ErasureOutcome.PARTIAL: _lazy("erase in part"),
    ErasureOutcome.RESTRICT: _lazy("restrict: it cannot be erased now"),
    ErasureOutcome.REFUSE: _lazy("keep: a ground stands against it"),
    ErasureOutcome.WEIGH: _lazy("a person must weigh it"),
    ErasureOutcome.NOT_CONCERNED: _lazy("not about this person"),
}
_STEPS: Final = (
    (_lazy("Identity"), (State.RECEIVED, State.IDENTITY_AWAITED)),
    (_lazy("Person"), (State.QUALIFIED, State.CLARIFICATION_AWAITED, State.SCOPING, State.REOPENED)),
    (_lazy("Messages"), (State.SEARCHING,)),
    (_lazy("Decisions"), (State.REVIEW, State.LEGAL_CHECK)),
    (_lazy("Approval"), (State.APPROVAL,)),
    (_lazy("Carrying out"), (State.EXECUTING, State.EXECUTION_FAILED)),
    (_lazy("Answer"), (State.REPLYING, State.REFUSED, State.WITHDRAWN)),
    (_lazy("End"), (State.CLOSED,)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the way, and where it lies."""

    title: Promise | str
    is_done: bool
    is_now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockShown:
    """The clock in words and a colour that repeats them."""

    standing: Promise | str
    look: str
    sentence: str
    legal_on: str
    safe_on: str
    paused_days: int
    late_question: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShown:
    """A located message as a row. What the reader may not see has no subject."""

    item: LocatedItem
    subject: str
    sender: str
    sent: str
    is_visible: bool
    concern: Promise | str
    terms: tuple[str, ...]
    proposal: Promise | str
    reasons: tuple[str, ...]
    choice: Promise | str
    code: Promise | str
    carried_out: Promise | str


def day(value: date | None) -> str:
    """Return a day in the words of the page."""
    return in_words(value, language()) if value else ""


def moment(value: datetime | None) -> str:
    """Return a moment in the words of the page, in the archive's zone."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{day(local.date())}, {local:%H:%M}"


def language() -> Language:
    """Return the language of the page, as the policy's sentences have it."""
    return "fr" if get_language() == "fr" else "en"


def clock(found: Clock) -> ClockShown:
    """Return a clock in words."""
    days = found.deadline
    return ClockShown(
        standing=STANDINGS[found.standing],
        look=LOOKS[found.standing],
        sentence=_sentence(found),
        legal_on=day(days.legal_on),
        safe_on=day(days.safe_on),
        paused_days=days.paused_days,
        late_question=bool(days.late_questions),
    )


def steps(request: Request) -> tuple[Step, ...]:
    """Return the way of a request with where it is now."""
    now = next(number for number, (_title, states) in enumerate(_STEPS) if request.state in states)
    return tuple(
        Step(title=title, is_done=number < now, is_now=number == now) for number, (title, _states) in enumerate(_STEPS)
    )


def items(actor: User, request: Request, rows: list[LocatedItem]) -> list[ItemShown]:
    """Return located messages as rows, with what `actor` may see of each."""
    belongs = messages_of([row.sighting_id for row in rows])
    seen = visible_rows(actor, set(belongs.values()))
    terms = {term.pk: term.value for term in SubjectTerm.objects.filter(request=request)}
    return [_item(row, seen.get(belongs.get(row.sighting_id)), terms) for row in rows]


def _item(row: LocatedItem, message: Any, terms: Mapping[int, str]) -> ItemShown:
    return ItemShown(
        item=row,
        subject=message.subject or _("(no subject)") if message else "",
        sender=message.sender if message else "",
        sent=day(timezone.localtime(row.sent_at).date()) if row.sent_at else "",
        is_visible=message is not None,
        concern=Concern(row.concern).label,
        terms=tuple(terms[one] for one in row.term_ids if one in terms),
        proposal=PROPOSALS.get(row.proposal, ""),
        reasons=tuple(row.reasons.get(language(), ())),
        choice=Choice(row.choice).label if row.choice else "",
        code=Code(row.code).label if row.code else "",
        carried_out=CarriedOut(row.carried_out).label if row.carried_out else "",
    )


def _sentence(found: Clock) -> str:
    left, legal = found.days_left, day(found.deadline.legal_on)
    match found.standing:
        case Standing.ANSWERED:
            return _("This request is closed.")
        case Standing.PAUSED:
            return _("The clock is paused until the person answers.")
        case Standing.OVERDUE:
            text = ngettext(
                "The answer was due on %(day)s, %(count)d day ago.",
                "The answer was due on %(day)s, %(count)d days ago.",
                -left,
            )
            return text % {"day": legal, "count": -left}
        case Standing.SOON | Standing.RUNNING:
            text = ngettext(
                "The answer is due on %(day)s: %(count)d day is left.",
                "The answer is due on %(day)s: %(count)d days are left.",
                left,
            )
            return text % {"day": legal, "count": left}
