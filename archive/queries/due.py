"""What is due, what waits for a person, what is kept: counts and lists of the last run, within the actor's scope.

`decisions` decides anew, message by message, and is what a list to destroy is made from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from accounts.actors import Operator
from accounts.models import User
from accounts.permissions import scope_of
from archive.models import (
    CustodianEvent,
    DisposalItem,
    DisposalState,
    Evaluation,
    Hold,
    Message,
    MessageStanding,
    Restriction,
    RuleVersion,
    Sighting,
)
from archive.queries.facts import facts_of, policy_on
from archive.queries.messages import belonging
from archive.queries.reach import ids_in_order, reach
from archive.queries.replica import read
from muniment.ids import uuid7
from muniment.policy.decide import Decision, Outcome

PAGE: Final = 100
_UNDER_WAY: Final = (DisposalState.PROPOSED, DisposalState.EXECUTING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which messages of an outcome are listed: covered by a rule ("id" or "id@version"), due up to a day."""

    outcome: Outcome
    rule: str = ""
    through: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallied:
    """Counts of the last run within a scope. A message that two rules cover counts for both."""

    by_outcome: dict[Outcome, int]
    by_rule: dict[str, int]
    oldest_due: date | None
    newest_due: date | None

    @property
    def messages(self) -> int:
        return sum(self.by_outcome.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What has changed since a run began, and is not in its counts."""

    sightings: int  # captured
    rules: int
    holds: int  # placed or released
    events: int
    restrictions: int  # placed or lifted

    @property
    def total(self) -> int:
        return self.sightings + self.rules + self.holds + self.events + self.restrictions


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One message of a list."""

    message: Message
    due_on: date | None
    rules: tuple[str, ...]
    in_disposal: UUID | None  # a list to destroy that it is on already


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a list; `following` is what the next one begins after, None on the last."""

    rows: tuple[Listed, ...]
    total: int
    free: int  # of the total, those that are on no list to destroy yet
    following: UUID | None


def last_run() -> Evaluation | None:
    """Return the last finished run."""
    return Evaluation.objects.filter(finished_at__isnull=False).order_by("-id").first()


def run_under_way() -> Evaluation | None:
    """Return the run that is not finished."""
    return Evaluation.objects.filter(finished_at__isnull=True).order_by("-id").first()


def tally(actor: User | Operator) -> Tallied:
    """Count the messages that the actor reaches by outcome and by rule, as of the last run; on the replica, if any."""
    rows = _within(actor)
    return read(lambda alias: _tallied(rows.using(alias)))


def _tallied(rows: QuerySet[MessageStanding]) -> Tallied:
    by_outcome = dict.fromkeys(Outcome, 0)
    by_rule: dict[str, int] = {}
    for outcome, rules, number in rows.values_list("outcome", "rules").annotate(number=Count("message_id")):
        by_outcome[Outcome(outcome)] += number
        for rule in rules.split():
            by_rule[rule] = by_rule.get(rule, 0) + number
    span = rows.filter(outcome=Outcome.DUE.value).aggregate(oldest=Min("due_on"), newest=Max("due_on"))
    return Tallied(
        by_outcome=by_outcome,
        by_rule=dict(sorted(by_rule.items())),
        oldest_due=span["oldest"],
        newest_due=span["newest"],
    )


def changed_since(run: Evaluation) -> Since:
    """Count what changed since the run began. Labels and verdicts are not among it: they are looked at at once."""
    began = run.started_at
    first = uuid7(unix_ms=int(began.timestamp() * 1000), rand_a=0, rand_b=0)
    return Since(
        sightings=Sighting.objects.filter(id__gte=first).count(),
        rules=RuleVersion.objects.filter(made_at__gte=began).count(),
        holds=Hold.objects.filter(
            Q(placed_at__gte=began) | Q(covered_at__gte=began) | Q(released_at__gte=began)
        ).count(),
        events=CustodianEvent.objects.filter(noted_at__gte=began).count(),
        restrictions=Restriction.objects.filter(Q(placed_at__gte=began) | Q(lifted_at__gte=began)).count(),
    )


def page(actor: User | Operator, wanted: Wanted, *, after: UUID | None = None) -> Page:
    """Return the messages of an outcome, those first that are longest due."""
    rows = _wanted(actor, wanted)
    total = rows.count()
    chosen = list(_after(rows, after).order_by("due_on", "message_id")[: PAGE + 1])
    shown = chosen[:PAGE]
    ids = [row.message_id for row in shown]
    messages = {found.id: found for found in reach(actor).filter(id__in=ids)}
    listed = dict(
        DisposalItem.objects.filter(message_id__in=ids, disposal__state__in=_UNDER_WAY).values_list(
            "message_id", "disposal_id"
        )
    )
    return Page(
        rows=tuple(
            Listed(
                message=messages[row.message_id],
                due_on=row.due_on,
                rules=tuple(row.rules.split()),
                in_disposal=listed.get(row.message_id),
            )
            for row in shown
            if row.message_id in messages
        ),
        total=total,
        free=_free(rows).count(),
        following=shown[-1].message_id if len(chosen) > PAGE else None,
    )


def listed_ids(actor: User | Operator, wanted: Wanted, *, most: int) -> list[UUID]:
    """Return up to `most` ids of a list, those first that are longest due, without what is on another list already."""
    rows = _free(_wanted(actor, wanted)).order_by("due_on", "message_id")
    return list(rows.values_list("message_id", flat=True)[:most])


def decisions(actor: User | Operator, today: date) -> Iterator[Decision]:
    """Decide anew about every message that the actor reaches, in the order of ids."""
    policy = policy_on(today)
    for chunk in ids_in_order(reach(actor)):
        for facts in facts_of(chunk):
            yield policy.decide(facts)


def unlisted(message_ids: Iterator[UUID]) -> Iterator[UUID]:
    """Leave out what is on a list to destroy already."""
    taken = set(
        DisposalItem.objects.filter(disposal__state__in=_UNDER_WAY).values_list("message_id", flat=True).iterator()
    )
    return (message_id for message_id in message_ids if message_id not in taken)


def _free(rows: QuerySet[MessageStanding]) -> QuerySet[MessageStanding]:
    taken = DisposalItem.objects.filter(disposal__state__in=_UNDER_WAY).values("message_id")
    return rows.exclude(message_id__in=taken)


def _within(actor: User | Operator) -> QuerySet[MessageStanding]:
    """Return the standings of messages that are there and that the actor reaches."""
    scope = None if isinstance(actor, Operator) else scope_of(actor)
    if scope is None or scope.everything:
        return MessageStanding.objects.filter(message_id__in=reach(actor).values("id"))
    return belonging(MessageStanding.objects.all(), scope)


def _wanted(actor: User | Operator, wanted: Wanted) -> QuerySet[MessageStanding]:
    rows = _within(actor).filter(outcome=wanted.outcome.value)
    if wanted.rule:
        rows = rows.filter(rules__in=_combinations(wanted))
    return rows.filter(due_on__lte=wanted.through) if wanted.through else rows


def _combinations(wanted: Wanted) -> list[str]:
    """Return the sets of rules, as they are stored, that the wanted rule is among: there are few."""
    stored = MessageStanding.objects.filter(outcome=wanted.outcome.value).values_list("rules", flat=True).distinct()
    return [
        rules
        for rules in stored
        if any(one == wanted.rule or one.rpartition("@")[0] == wanted.rule for one in rules.split())
    ]


def _after(rows: QuerySet[MessageStanding], after: UUID | None) -> QuerySet[MessageStanding]:
    """Go on after a row in the order of (due_on, message_id); SQLite and PostgreSQL differ on where NULL stands."""
    last = MessageStanding.objects.filter(message_id=after).first() if after else None
    if last is None:
        return rows
    if last.due_on is None:
        return rows.filter(due_on__isnull=True, message_id__gt=last.message_id)
    return rows.filter(Q(due_on__gt=last.due_on) | Q(due_on=last.due_on, message_id__gt=last.message_id))
