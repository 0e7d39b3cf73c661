"""The page of approvals: what waits for whom, what it says will happen, and the decision."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Approval, ApprovalState
from accounts.services import approvals, matters

BOB = "bob@corp.example"


@pytest.fixture
def lawyer(person):
    return person("legal", "lawyer@corp.example")


@pytest.fixture
def second(person):
    return person("compliance", "second@corp.example")


@pytest.fixture
def asked(lawyer):
    """Return a request that a person's mail be opened to a matter."""
    matter = matters.open_matter(actor=lawyer, reference="2026-014", name="Supplier dispute")
    return matters.ask_custodian(
        actor=lawyer, matter=matter, address=BOB, name="Bob Roy", reason="he wrote the offer"
    ).approval


def text(response):
    return response.content.decode()


def test_an_empty_page_says_what_will_stand_there(browser_of, second):
    assert "Nothing waits for you." in text(browser_of(second).get("/approvals/"))


def test_a_request_waits_for_others_of_the_role_and_not_for_who_asked(browser_of, person, lawyer, second, asked):
    title = "Open the mail of Bob Roy &lt;bob@corp.example&gt; to the matter 2026-014, Supplier dispute"
    assert title in text(browser_of(second).get("/approvals/")).split("What you asked for")[0]
    assert title not in text(browser_of(lawyer).get("/approvals/")).split("What you asked for")[0]
    assert title in text(browser_of(lawyer).get("/approvals/"))
    assert title not in text(browser_of(person("dpo")).get("/approvals/"))


def test_the_sections_tell_how_many_wait(browser_of, second, asked):
    assert '<span class="badge">1' in text(browser_of(second).get("/"))


def test_the_page_of_a_request_says_what_will_happen(browser_of, second, asked):
    page = text(browser_of(second).get(f"/approvals/{asked.pk}/"))
    assert "he wrote the offer" in page
    assert "(now: lawyer@corp.example)" in page
    assert 'value="approve"' in page


def test_who_asked_can_only_withdraw(browser_of, lawyer, asked):
    browser = browser_of(lawyer)
    page = text(browser.get(f"/approvals/{asked.pk}/"))
    assert ('value="approve"' in page, 'value="withdraw"' in page) == (False, True)
    assert browser.post(f"/approvals/{asked.pk}/decide", {"decision": "approve"}).status_code == 409
    assert browser.post(f"/approvals/{asked.pk}/decide", {"decision": "withdraw"}).status_code == 302
    assert Approval.objects.get().state == ApprovalState.WITHDRAWN


def test_a_second_person_approves(browser_of, second, asked):
    response = browser_of(second).post(f"/approvals/{asked.pk}/decide", {"decision": "approve", "reason": "agreed"})
    row = Approval.objects.get()
    assert (response.status_code, row.state, row.decided_by, row.decision_reason) == (302, "given", second, "agreed")


def test_a_refusal_needs_a_reason_and_keeps_what_was_typed(browser_of, second, asked):
    browser = browser_of(second)
    without = browser.post(f"/approvals/{asked.pk}/decide", {"decision": "refuse"})
    assert (without.status_code, "Say why it is refused" in text(without)) == (409, True)
    assert browser.post(f"/approvals/{asked.pk}/decide", {"decision": "refuse", "reason": "no"}).status_code == 302
    assert Approval.objects.get().state == ApprovalState.REFUSED


def test_two_who_decide_one_after_the_other_are_told(browser_of, person, second, asked):
    browser_of(second).post(f"/approvals/{asked.pk}/decide", {"decision": "approve"})
    late = browser_of(person("legal", "third@corp.example")).post(
        f"/approvals/{asked.pk}/decide", {"decision": "refuse", "reason": "no"}
    )
    assert (late.status_code, "It has been approved already." in text(late)) == (409, True)


def test_a_decision_that_is_none_changes_nothing(browser_of, second, asked):
    assert browser_of(second).post(f"/approvals/{asked.pk}/decide", {"decision": "maybe"}).status_code == 400
    assert Approval.objects.get().state == ApprovalState.OPEN


@pytest.mark.parametrize("role", ["employee", "dpo", "auditor", "administrator"])
def test_others_find_nothing(browser_of, person, asked, role):
    browser = browser_of(person(role, "other@corp.example"))
    assert browser.get(f"/approvals/{asked.pk}/").status_code == 404
    assert browser.post(f"/approvals/{asked.pk}/decide", {"decision": "approve"}).status_code == 404


def test_a_kind_that_nobody_described_is_shown_by_its_name(browser_of, lawyer, second):
    row = approvals.ask(
        actor=lawyer,
        kind="odd",
        subject="<b>1</b>",
        reason="why",
        may_approve=["compliance"],
        expires_at=timezone.now() + timedelta(days=1),
    )
    assert "odd: &lt;b&gt;1&lt;/b&gt;" in text(browser_of(second).get(f"/approvals/{row.pk}/"))


def test_the_page_is_in_french(browser_of, second, asked):
    page = text(browser_of(second, "fr").get(f"/approvals/{asked.pk}/"))
    assert "Ce qui se passera" in page
    assert "Ouvrir la messagerie de Bob Roy" in page
