"""What a change of rules would do: counts, changes, samples."""

from muniment.policy.decide import Outcome
from muniment.policy.predicates import Fact, Is
from muniment.policy.rules import Term
from muniment.policy.simulate import SAMPLES, Change, Simulation, Tally, simulate
from tests.unit.policy.builders import TODAY, duty, hold, message, message_id, rule

LABELLED = Is(fact=Fact.LABEL, value="tax")
NONE = dict.fromkeys(Outcome, 0)


def test_a_simulation_counts_by_outcome_and_by_rule_and_says_what_changes():
    mail = [message(1), message(2), message(3, labels=frozenset({"tax"}))]
    now = [rule(term=Term(years=8)), duty(scope=LABELLED, term=Term(years=10))]
    proposed = [rule(version=2), duty(scope=LABELLED, term=Term(years=10))]
    assert simulate(mail, now, proposed, TODAY, holds=[hold()]) == Simulation(
        messages=3,
        now=Tally(
            by_outcome=NONE | {Outcome.KEEP: 2, Outcome.HELD: 1},
            by_rule={"duty@1": 1, "general@1": 3},
        ),
        proposed=Tally(
            by_outcome=NONE | {Outcome.KEEP: 1, Outcome.HELD: 1, Outcome.DUE: 1},
            by_rule={"duty@1": 1, "general@2": 3},
        ),
        changes=(Change(before=Outcome.KEEP, after=Outcome.DUE, count=1, samples=(message_id(2),)),),
        sooner=2,
        later=0,
    )


def test_a_longer_term_is_counted_as_later():
    found = simulate([message()], [rule()], [rule(term=Term(years=8))], TODAY)
    assert (found.sooner, found.later, found.newly_due) == (0, 1, 0)


def test_taking_away_the_only_rule_lets_nothing_go():
    found = simulate([message()], [rule()], [], TODAY)
    assert (found.newly_due, found.later) == (0, 1)


def test_of_many_changes_only_the_first_ids_are_shown():
    mail = [message(number) for number in range(1, SAMPLES + 5)]
    found = simulate(mail, [], [rule()], TODAY)
    assert found.newly_due == SAMPLES + 4
    assert found.changes[0].samples == tuple(message_id(number) for number in range(1, SAMPLES + 1))
