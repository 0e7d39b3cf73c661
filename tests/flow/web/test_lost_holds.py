"""The page of lost holds says what is missing and takes two people to the end of it."""

import pytest

from accounts.models import Approval
from accounts.services import approvals
from archive.models import LostHold
from archive.services import lost_holds
from muniment.ids import UuidSequence
from tests.flow.accounts.conftest import NOW, browser_of, person

__all__ = ["browser_of", "person"]  # fixtures
pytestmark = pytest.mark.django_db


@pytest.fixture
def lost():
    return LostHold.objects.create(hold_id=UuidSequence().next(), placed_at=NOW, found_at=NOW)


def test_the_list_of_matters_tells_of_it_and_the_page_names_it(lost, person, browser_of):
    browser = browser_of(person("legal"))

    assert b"/holds/lost/" in browser.get("/matters/").content
    assert str(lost.hold_id).encode() in browser.get("/holds/lost/").content


def test_without_one_nobody_is_alarmed(person, browser_of):
    browser = browser_of(person("legal"))

    assert b"/holds/lost/" not in browser.get("/matters/").content
    assert b"None: every hold" in browser.get("/holds/lost/").content


def test_one_asks_another_agrees_and_it_is_let_go(lost, person, browser_of):
    asker, second = person("legal"), person("compliance")
    page = f"/holds/lost/{lost.hold_id}"
    browser = browser_of(asker)
    browser.post(page, {"act": "ask", "reason": "Placed again as 2026-4."})
    told = browser_of(second).get("/approvals/").content

    browser.post(page, {"act": "let-go"})
    before = lost_holds.standing().count()
    (asked,) = Approval.objects.all()
    approvals.approve(actor=second, approval_id=asked.pk)
    browser.post(page, {"act": "let-go"})

    assert str(lost.hold_id).encode() in told
    assert (before, lost_holds.standing().count()) == (1, 0)


def test_others_get_the_answer_of_a_page_that_is_not_there(lost, person, browser_of):
    for role in ("employee", "dpo", "auditor", "administrator"):
        browser = browser_of(person(role))
        assert browser.get("/holds/lost/").status_code == 404
        assert browser.post(f"/holds/lost/{lost.hold_id}", {"act": "ask", "reason": "x"}).status_code == 404
