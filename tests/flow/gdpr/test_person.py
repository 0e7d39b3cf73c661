"""Who a person may be: proposals from the archive, each confirmed or refused by a person."""

import pytest

from gdpr.models import SubjectTerm, TermState
from gdpr.queries.located import written_numbers
from gdpr.queries.people import folded
from gdpr.services import terms
from gdpr.states import NotAllowed
from muniment.errors import Refused
from tests.flow.gdpr.desk import ANN, HOME, NOW, confirm_all, scoped


def proposed(request):
    return {
        (term.kind, term.value, term.origin, term.seen)
        for term in SubjectTerm.objects.filter(request=request, state=TermState.PROPOSED).exclude(origin="given")
    }


def test_other_addresses_with_the_name_and_other_names_of_the_address_are_proposed_with_counts(archive, dpo):
    request = scoped(dpo, person_name="ann léé")

    count = terms.propose(actor=dpo, request_id=request.id, now=NOW)

    assert proposed(request) == {
        ("address", HOME, "same-name", 1),
        ("address", "lee@else.example", "same-name", 1),
    }
    assert count == 2


def test_names_seen_with_the_address_are_proposed(archive, dpo):
    request = scoped(dpo, person_name="A. Nonymous")

    terms.propose(actor=dpo, request_id=request.id, now=NOW)

    assert proposed(request) == {("name", "Ann Lee", "same-address", 2)}


def test_proposing_again_brings_back_nothing_that_was_refused(archive, dpo):
    request = scoped(dpo)
    terms.propose(actor=dpo, request_id=request.id, now=NOW)
    namesake = request.terms.get(value="lee@else.example")
    terms.decide(actor=dpo, request_id=request.id, refused=[namesake.pk], now=NOW)

    again = terms.propose(actor=dpo, request_id=request.id, now=NOW)

    namesake.refresh_from_db()
    assert (again, namesake.state) == (0, TermState.REFUSED)


def test_proposals_come_from_what_the_officer_may_see_only(archive, person):
    dpo = person("dpo", None, ("address", ANN))
    request = scoped(dpo)

    terms.propose(actor=dpo, request_id=request.id, now=NOW)

    assert proposed(request) == set()


def test_terms_are_confirmed_while_the_person_is_found_out_and_not_later(archive, dpo):
    request = scoped(dpo)
    confirm_all(dpo, request)
    terms.approve(actor=dpo, request_id=request.id, now=NOW)

    with pytest.raises(NotAllowed):
        terms.add(actor=dpo, request_id=request.id, kind="alias", value="Annie", now=NOW)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("address", "ann"), ("address", "a b@c"), ("address", "@x"), ("name", "A"), ("phone", "12"), ("name", " - ")],
)
def test_what_is_no_term_is_refused(db, kind, text):
    with pytest.raises(Refused):
        terms.clean_term(kind, text)


@pytest.mark.parametrize(
    ("one", "other"), [("Lee, Ann", "ann LEE"), ("Géraldine Œuf", "geraldine œuf"), ("Jean-Luc  Roy", "Roy Jean Luc")]
)
def test_names_are_the_same_whatever_their_order_case_and_accents(one, other):
    assert folded(one) == folded(other)


@pytest.mark.parametrize("given", ["06 12 34 56 78", "+33 6 12 34 56 78", "0612345678", "06.12.34.56.78"])
def test_a_french_number_is_looked_for_as_people_write_it(given):
    forms = set(written_numbers(given))

    assert {"0612345678", "06 12 34 56 78", "33 6 12 34 56 78", "33612345678"} <= forms
