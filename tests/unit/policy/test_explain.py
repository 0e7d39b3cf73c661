"""What a decision and a rule say in plain words, word for word."""

from datetime import date

from muniment.policy.calendar import YearEnd
from muniment.policy.decide import decide
from muniment.policy.describe import describe_rule, describe_scope, describe_term
from muniment.policy.explain import explain
from muniment.policy.facts import Event
from muniment.policy.predicates import AllOf, AnyOf, Fact, HasAttachment, Is, Not
from muniment.policy.rules import Action, Clock, Term
from tests.unit.policy.builders import TODAY, duty, hold, message, rule, sighting

NBSP = "\N{NO-BREAK SPACE}"


def spaced(text):
    """Tests write _ for a no-break space."""
    return text.replace("_", NBSP)


def test_a_kept_message_says_by_which_law_and_until_when():
    decision = decide(message(), [duty(term=Term(years=10, year_end=YearEnd()))], [], TODAY)
    assert explain(decision, "en") == (
        "Kept. It will come up on 1 January 2031.",
        (
            "The rule “Rule duty” (duty@1; C. com. L123-22, legal duty to keep) keeps it through 31 December 2030, counted "
            "from 15 March 2020."
        ),
    )


def test_a_kept_message_says_so_in_french():
    decision = decide(message(), [duty(term=Term(years=10, year_end=YearEnd()))], [], TODAY)
    assert explain(decision, "fr") == (
        "Conservé. L’échéance est le 1er janvier 2031.",
        spaced("La règle «_Règle duty_» (duty@1_; C. com. L123-22, obligation légale de conserver)")
        + " le conserve jusqu’au 31 décembre 2030 inclus, à compter du 15 mars 2020.",
    )


def test_a_held_message_names_the_matter_first():
    decision = decide(message(), [rule()], [hold()], TODAY)
    assert explain(decision, "fr")[:2] == (
        spaced("Gelé pour litige_: sa destruction est impossible. Sans le gel, l’échéance est le 16 mars 2025."),
        spaced("Le gel de l’affaire «_Exemple against Client_», posé le 2 janvier 2026, le couvre."),
    )


def test_the_same_sentence_is_not_said_for_each_sighting():
    facts = message(sightings=(sighting(), sighting(2)))
    assert len(explain(decide(facts, [rule()], [], TODAY), "en")) == 2


def test_a_rule_that_waits_names_its_event():
    waiting = rule(clock=Clock.EVENT, event=Event.DEPARTURE, cap=Term(years=10))
    assert explain(decide(message(), [waiting], [], TODAY), "en")[1] == (
        "The rule “Rule general” (general@1; Own policy, own policy) counts from the departure of the employee, which is "
        "not known yet; if it stays so, a person must look on 16 March 2030."
    )


def test_braces_in_what_people_wrote_stay_as_they_are():
    decision = decide(message(), [rule(action=Action.KEEP_FOR_EVER, definitive_ground="Fonds {A}")], [], TODAY)
    assert explain(decision, "fr")[1].endswith("le conserve sans limite de durée\N{NO-BREAK SPACE}: Fonds {A}.")


def test_a_rule_is_described_in_words():
    described = describe_rule(
        duty(scope=Is(fact=Fact.LABEL, value="tax"), term=Term(years=6), valid_from=date(2026, 1, 1)), "en"
    )
    assert described == (
        "Messages that carry the label “tax”.",
        "Kept for 6 years, counted from the date of the message; then they are put forward for disposal.",
        "Ground: C. com. L123-22 (legal duty to keep).",
    )


def test_and_and_or_cannot_be_read_two_ways():
    scope = AllOf(
        clauses=(
            HasAttachment(),
            AnyOf(clauses=(Is(fact=Fact.SOURCE, value="a"), Not(clause=Is(fact=Fact.LIST, value="b")))),
        )
    )
    assert describe_scope(scope, "en") == (
        "Messages that have an attachment and that (come from the source “a” or that are not among those that came "
        "through the mailing list “b”)."
    )


def test_terms_in_words():
    terms = [
        Term(years=1),
        Term(years=2, months=6, days=1),
        Term(years=10, year_end=YearEnd()),
        Term(years=10, year_end=YearEnd(month=6, day=30)),
        Term(),
    ]
    assert [describe_term(term, "fr") for term in terms] == [
        "1 an",
        "2 ans, 6 mois et 1 jour",
        "10 ans après la fin de l’année civile",
        "10 ans après la clôture de l’exercice (30/06)",
        "aucun délai",
    ]
