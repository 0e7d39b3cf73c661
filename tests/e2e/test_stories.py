"""The stories of the people of the demonstration: compliance, legal, data protection, audit, and an employee."""

import pytest

from tests.e2e import stories
from tests.e2e.addresses import IN_STORIES, NO_PAGE, PAGES, known
from tests.e2e.browsing import visit
from tests.e2e.looking import Looked, routes
from tests.e2e.product import demonstration


@pytest.fixture(scope="module")
def at_work(tmp_path_factory):
    """A demonstration of its own, since the stories destroy; an approved erasure need not wait for days."""
    with demonstration(tmp_path_factory.mktemp("stories"), MUNIMENT_ERASURE_COOLING_DAYS="0") as running:
        yield running


@pytest.fixture
def seat(at_work, browser):
    return lambda role: visit(browser, at_work, role, language="fr")


@pytest.fixture(scope="module")
def look():
    """Look at the pages at which a story stops, and remember which they were."""
    return Looked()


def test_what_is_due_goes_by_two_people_with_a_certificate(seat, look):
    told = stories.expiry(seat, look)
    assert (told.facts["found before"], told.facts["found after"]) == (1, 0)
    assert "Messages détruits\n2" in told.facts["certificate"]
    assert (told.complaints, look.wrong) == ([], [])


def test_a_case_is_opened_held_and_handed_over_with_its_proof(seat, look):
    told = stories.case(seat, look)
    assert "Ce gel tient" in told.facts["hold"]
    assert told.facts["verified"].startswith("0 "), told.facts["verified"]
    assert (told.complaints, look.wrong) == ([], [])


def test_a_person_is_erased_with_proof_and_what_is_held_or_owed_stays(seat, look):
    told = stories.erasure(seat, look)
    assert (told.facts["cards before"], told.facts["cards after"]) == (2, 0)
    assert told.facts["left for others"] == 1  # the invoice that a law keeps; what is held is restricted
    assert "Attestation" in told.facts["certificate"]
    assert (told.complaints, look.wrong) == ([], [])


def test_an_auditor_reads_acts_and_no_mail(seat, look):
    told = stories.control(seat, look)
    assert told.facts["chain"] == 1
    assert "Gel posé" in told.facts["acts"]
    assert (told.facts["found"], told.facts["by id"]) == (0, 404)
    assert "thomas.vasseur@" not in told.facts["matter"]  # a custodian of it: not told to who does not work on it
    assert (told.complaints, look.wrong) == ([], [])


def test_an_employee_sees_nothing_of_colleagues(seat, look):
    told = stories.employee(seat, look)
    assert told.facts["own"] > 0
    assert told.facts["colleagues'"] == 0
    assert "thiriet" not in told.facts["page"].lower()
    assert set(told.facts["statuses"].values()) == {404}
    assert (told.complaints, look.wrong) == ([], [])


def test_every_page_of_the_product_is_accessible_and_fits(seat, look):
    """A new route needs its line in `tests/e2e/addresses.py`. This runs last: the stories leave something on each page."""
    for role, pages in PAGES.items():
        with seat(role) as at:
            ids = known(at, role)
            for name, address in pages.items():
                at.go(address.format(**ids))
                look(at, name)
            assert [text for text in at.complaints if "404" not in text] == []
    assert look.wrong == []
    assert routes() - NO_PAGE - look.routes == set()
    assert look.routes >= IN_STORIES
