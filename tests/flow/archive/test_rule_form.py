"""The form of a rule gives back what it was given: nobody changes a rule by opening it."""

from dataclasses import replace
from datetime import date

import pytest

from archive.rule_form import RuleForm, initial_of
from muniment.policy import france
from muniment.policy.calendar import YearEnd
from muniment.policy.predicates import AllOf, AnyOf, Everything, Fact, HasAttachment, Is, Not
from muniment.policy.rules import Action, Term

DAY = date(2026, 1, 1)
RULES = {rule.id: rule for rule in france.library(valid_from=DAY, year_end=YearEnd(month=6, day=30))}
TAX = RULES["fr-tax"]
LABEL = Is(fact=Fact.LABEL, value="tax")
SHAPES = (
    Everything(),
    HasAttachment(),
    AllOf(clauses=(LABEL, HasAttachment())),
    AnyOf(clauses=(LABEL, Is(fact=Fact.FOLDER, value="Inbox/Tax"))),
    Not(clause=LABEL),
    Is(fact=Fact.LIST, value="taxes.example"),
    AllOf(clauses=(LABEL, AnyOf(clauses=(LABEL, HasAttachment())))),
    AllOf(clauses=(LABEL,) * 5),
)


def given_back(rule):
    """Return what the form makes of a rule that is opened and sent as it is."""
    initial = initial_of(rule, valid_from=DAY)
    form = RuleForm(
        {name: "" if value is None else value for name, value in initial.items()} | {"reason": "x"}, before=rule
    )
    assert form.errors == {}
    return form.cleaned_data["rule"]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_each_rule_of_the_library_comes_back_as_its_next_version(rule):
    assert given_back(rule) == replace(rule, version=2)


@pytest.mark.parametrize("scope", SHAPES, ids=str)
def test_conditions_that_the_form_cannot_show_stay_as_they_are(scope):
    assert given_back(replace(TAX, scope=scope)).scope == scope


@pytest.mark.parametrize(
    "change",
    [
        {"term": Term(years=6, year_end=YearEnd(month=2, day=28))},
        {"term": Term(months=18, days=3)},
        {"active": Term(months=6)},
        {"action": Action.KEEP_FOR_EVER, "definitive_ground": "history"},
        {"priority": -5},
    ],
    ids=str,
)
def test_terms_and_ends_come_back(change):
    rule = replace(TAX, **change)
    assert given_back(rule) == replace(rule, version=2)


def test_a_rule_that_had_ended_begins_again_without_an_end():
    assert given_back(replace(TAX, valid_until=date(2026, 5, 1))).valid_until is None


def test_addresses_and_labels_are_compared_in_lower_case():
    initial = initial_of(TAX, valid_from=DAY) | {"fact1": "sender", "value1": " Ann@Corp.Example", "reason": "x"}
    form = RuleForm({name: "" if value is None else value for name, value in initial.items()}, before=TAX)
    assert form.is_valid()
    assert form.cleaned_data["rule"].scope == Is(fact=Fact.SENDER, value="ann@corp.example")
