"""What a change of rules would do, counted before anybody approves it. Nothing is changed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from muniment.ids import MessageId
from muniment.policy.decide import Decision, Outcome, policy
from muniment.policy.facts import MessageFacts
from muniment.policy.holds import Hold
from muniment.policy.reasons import Ended, Keeps, KeepsForEver, WaitedTooLong, Waits
from muniment.policy.rules import Rule

SAMPLES = 20  # message ids shown for each kind of change


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts under one set of rules. A message that two rules cover counts for both."""

    by_outcome: Mapping[Outcome, int]  # every outcome, 0 where there is none
    by_rule: Mapping[str, int]  # "id@version" → messages to which the rule applies


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Messages whose outcome would change in the same way, with the first few ids."""

    before: Outcome
    after: Outcome
    count: int
    samples: tuple[MessageId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """The two tallies and what lies between them."""

    messages: int
    now: Tally
    proposed: Tally
    changes: tuple[Change, ...]  # the largest first
    sooner: int  # messages that the rules would let go on an earlier day than now
    later: int  # … on a later day, or no longer on any day

    @property
    def newly_due(self) -> int:
        """Return how many messages would become due for disposal."""
        return sum(change.count for change in self.changes if change.after is Outcome.DUE)


def simulate(
    facts: Iterable[MessageFacts],
    rules_now: Iterable[Rule],
    rules_proposed: Iterable[Rule],
    today: date,
    *,
    holds: Iterable[Hold] = (),
) -> Simulation:
    """Decide about each message under both sets of rules, as of `today`, with the same holds.

    `facts` is read once. `rules_proposed` is the whole set as it would be, not the difference.
    """
    standing = tuple(holds)
    now = policy(rules=rules_now, holds=standing, today=today)
    proposed = policy(rules=rules_proposed, holds=standing, today=today)
    tallies = _Counting(), _Counting()
    changed: Counter[tuple[Outcome, Outcome]] = Counter()
    samples: dict[tuple[Outcome, Outcome], list[MessageId]] = {}
    sooner = later = 0
    for message in facts:
        before, after = now.decide(message), proposed.decide(message)
        tallies[0].add(before)
        tallies[1].add(after)
        sooner += _day(after) < _day(before)
        later += _day(after) > _day(before)
        if before.outcome is not after.outcome:
            kind = before.outcome, after.outcome
            changed[kind] += 1
            if changed[kind] <= SAMPLES:
                samples.setdefault(kind, []).append(message.id)
    return Simulation(
        messages=tallies[0].outcomes.total(),
        now=tallies[0].tally(),
        proposed=tallies[1].tally(),
        changes=tuple(
            Change(before=kind[0], after=kind[1], count=count, samples=tuple(samples[kind]))
            for kind, count in changed.most_common()
        ),
        sooner=sooner,
        later=later,
    )


class _Counting:
    def __init__(self) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self.rules: Counter[str] = Counter()

    def add(self, decision: Decision) -> None:
        self.outcomes[decision.outcome] += 1
        self.rules.update(rules_applied(decision))

    def tally(self) -> Tally:
        return Tally(
            by_outcome={outcome: self.outcomes[outcome] for outcome in Outcome},
            by_rule=dict(sorted(self.rules.items())),
        )


def rules_applied(decision: Decision) -> frozenset[str]:
    """Return "id@version" of each rule that had a say in the decision."""
    return frozenset(
        reason.rule.label
        for reason in decision.reasons
        if isinstance(reason, Keeps | KeepsForEver | Ended | Waits | WaitedTooLong)
    )


def _day(decision: Decision) -> date:
    return decision.due_on or date.max
