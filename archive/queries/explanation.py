"""“Why is this mail still here, and when will it go?”: the decision about one message, in sentences, for one reader."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from accounts.queries.matters import named_to
from archive.models import Hold, Message, SightingLabel
from archive.queries.facts import day_of, facts_of, policy_on
from archive.queries.messages import NotFound
from muniment.policy.decide import Decision, Outcome
from muniment.policy.describe import describe_rule
from muniment.policy.explain import explain, say
from muniment.policy.reasons import Held, NotInForce, NotMatched, Phase
from muniment.policy.rules import Rule
from muniment.policy.simulate import rules_applied
from muniment.policy.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSaid:
    """A rule that had a say, in sentences."""

    rule: Rule
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSaid:
    """A hold that covers the message; `matter_id` and `reference` only for those who may know the matter."""

    placed_on: date
    matter_id: UUID | None
    reference: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The decision of today about one message, as one reader may know it."""

    outcome: Outcome
    due_on: date | None
    phase: Phase
    decided_on: date
    headline: str
    reasons: tuple[str, ...]  # what applied
    others: tuple[str, ...]  # the rules that did not, and why
    rules: tuple[RuleSaid, ...]
    holds: tuple[HoldSaid, ...]
    labels: tuple[str, ...]


def explained(actor: User, message: Message, *, language: Language, now: datetime | None = None) -> Explained:
    """Decide about a message that `actor` sees and say why. Raises `NotFound` when it is gone meanwhile."""
    today = day_of(now or timezone.now())
    facts = next(facts_of([message.id]), None)
    if facts is None:
        raise NotFound
    policy = policy_on(today)
    decision = policy.decide(facts)
    holds = _holds(actor, decision)
    applied = rules_applied(decision)
    told = [reason for reason in decision.reasons if not isinstance(reason, Held)]
    others = [reason for reason in told if isinstance(reason, NotMatched | NotInForce)]
    return Explained(
        outcome=decision.outcome,
        due_on=decision.due_on,
        phase=decision.phase,
        decided_on=today,
        headline=explain(replace(decision, reasons=()), language)[0],
        reasons=tuple(dict.fromkeys(say(reason, language, today=today) for reason in told if reason not in others)),
        others=tuple(dict.fromkeys(say(reason, language, today=today) for reason in others)),
        rules=tuple(
            RuleSaid(rule=rule, sentences=describe_rule(rule, language))
            for rule in policy.rules.rules
            if rule.label in applied
        ),
        holds=holds,
        labels=tuple(sorted(facts.labels)),
    )


def labels_in_use() -> list[str]:
    """Return the labels that messages carry, to offer them."""
    return list(SightingLabel.objects.order_by("label").values_list("label", flat=True).distinct())


def _holds(actor: User, decision: Decision) -> tuple[HoldSaid, ...]:
    """Say a hold's matter only to those who may know it: others learn that a hold stands, and since when."""
    found = [reason for reason in decision.reasons if isinstance(reason, Held)]
    rows = Hold.objects.in_bulk([UUID(reason.hold_id) for reason in found])
    known = set(named_to(actor).filter(id__in=[row.matter_id for row in rows.values()]).values_list("id", flat=True))
    said = []
    for reason in found:
        row = rows.get(UUID(reason.hold_id))
        is_known = row is not None and row.matter_id in known
        said.append(
            HoldSaid(
                placed_on=reason.placed_on,
                matter_id=row.matter_id if is_known else None,
                reference=reason.matter if is_known else "",
                name=row.name if is_known else "",
            )
        )
    return tuple(said)
