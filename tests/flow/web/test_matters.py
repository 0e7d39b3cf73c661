"""The pages of matters and holds, as the people who work on them go through them."""

import re

import pytest

from accounts.models import Approval, AuditEntry, Matter, MatterState, Role, User
from accounts.services import matters
from archive.models import Hold, Message, Participant
from discovery.criteria import Attachment, Criteria
from muniment.engines.port import Scope, SearchRequest
from muniment.query.parser import parse
from tests.flow.accounts.conftest import NOW, OPERATOR, browser_of, person

__all__ = ["browser_of", "person"]  # fixtures
BOB = "bob@corp.example"


@pytest.fixture
def lawyer(filled, person):
    return person("legal", "lawyer@corp.example")


@pytest.fixture
def second(person):
    return person("compliance", "second@corp.example")


@pytest.fixture
def matter(lawyer):
    """Return a matter about Bob on which the lawyer works."""
    opened = matters.open_matter(actor=lawyer, reference="2026-014", name="Supplier dispute")
    matters.add_custodian_by_command(actor=OPERATOR, matter=opened, address=BOB)
    return opened


def text(response):
    return response.content.decode()


def told(browser, response):
    """Return the page that a form leads to, and whether it was led anywhere."""
    assert response.status_code == 302, text(response)
    return text(browser.get(response["Location"]))


def test_an_empty_list_says_what_to_do(lawyer, browser_of):
    page = text(browser_of(lawyer).get("/matters/"))
    assert "You work on no matter yet. Open one" in page
    assert 'href="/matters/new"' in page


def test_a_matter_from_its_opening_to_the_mail_of_a_custodian(lawyer, second, browser_of):
    browser, other = browser_of(lawyer), browser_of(second)
    page = told(browser, browser.post("/matters/new", {"reference": "M-7", "name": "Dispute", "description": "x"}))
    assert "None yet: the matter opens no mail." in page
    address = f"/matters/{Matter.objects.get().pk}"

    page = told(
        browser,
        browser.post(f"{address}/custodians", {"act": "ask", "address": BOB, "name": "Bob", "reason": "the offer"}),
    )
    assert "Waits for a second person" in page
    assert ">1</h2>" not in text(browser.get("/"))
    decided = other.post(f"/approvals/{Approval.objects.get().pk}/decide", {"decision": "approve"})
    assert decided.status_code == 302
    page = text(browser.get(f"{address}/"))
    assert "Approved by second@corp.example" in page
    proposal = re.search(r'name="proposal" value="([^"]+)"', page).group(1)
    page = told(browser, browser.post(f"{address}/custodians", {"act": "add", "proposal": proposal}))

    assert "The mail is open to the members of the matter." in page
    assert "3 messages" in text(browser.get("/"))
    assert "3 messages" not in text(other.get("/"))


def test_a_matter_that_cannot_be_opened_keeps_what_was_typed(lawyer, matter, browser_of):
    response = browser_of(lawyer).post("/matters/new", {"reference": "2026-014", "name": "Another"})
    assert response.status_code == 409
    assert "Another matter has this reference already." in text(response)
    assert 'value="Another"' in text(response)


def test_a_custodian_that_is_no_address_keeps_what_was_typed(lawyer, matter, browser_of):
    response = browser_of(lawyer).post(
        f"/matters/{matter.pk}/custodians", {"act": "ask", "address": "bob", "reason": "because"}
    )
    assert (response.status_code, "because" in text(response)) == (409, True)


def test_members_come_and_go(lawyer, second, matter, browser_of):
    browser = browser_of(lawyer)
    page = told(browser, browser.post(f"/matters/{matter.pk}/members", {"act": "add", "person": second.pk}))
    assert "second@corp.example is a member" in page
    assert "Custodians" in text(browser_of(second).get(f"/matters/{matter.pk}/"))
    told(browser, browser.post(f"/matters/{matter.pk}/members", {"act": "remove", "person": second.pk}))
    page = told(browser, browser.post(f"/matters/{matter.pk}/members", {"act": "remove", "person": lawyer.pk}))
    assert "You work on no matter yet" not in page  # the last one stays


def test_a_custodian_is_removed(lawyer, matter, browser_of):
    browser, row = browser_of(lawyer), matter.custodians.get()
    page = told(browser, browser.post(f"/matters/{matter.pk}/custodians", {"act": "remove", "custodian": row.pk}))
    assert "is closed to the matter" in page
    assert "3 messages" not in text(browser.get("/"))


def test_those_who_watch_over_all_matters_see_names_and_no_more(second, matter, browser_of):
    browser = browser_of(second)
    assert "Supplier dispute" in text(browser.get("/matters/"))
    page = text(browser.get(f"/matters/{matter.pk}/"))
    assert "You do not work on this matter" in page
    assert BOB not in page
    assert browser.get("/", {"matter": matter.pk}).status_code == 404


@pytest.mark.parametrize("address", ["", "change", "close", "holds/new"])
def test_a_matter_of_others_is_not_there(person, matter, browser_of, address):
    stranger = browser_of(person("legal", "stranger@corp.example"))
    assert "2026-014" not in text(stranger.get("/matters/"))
    assert stranger.get(f"/matters/{matter.pk}/{address}").status_code == 404


def test_a_matter_is_changed_and_closed_after_its_meaning_was_said(lawyer, matter, browser_of):
    browser = browser_of(lawyer)
    told(browser, browser.post(f"/matters/{matter.pk}/change", {"name": "New name", "description": ""}))
    page = text(browser.get(f"/matters/{matter.pk}/close"))
    assert "A closed matter is not opened again" in page
    assert browser.post(f"/matters/{matter.pk}/close", {"reason": ""}).status_code == 409
    page = told(browser, browser.post(f"/matters/{matter.pk}/close", {"reason": "settled"}))

    assert "This matter is closed: it opens no mail." in page
    assert "New name" in page
    assert Matter.objects.get().state == MatterState.CLOSED
    assert "3 messages" not in text(browser.get("/"))


def test_a_search_in_a_matter_looks_at_its_custodians_and_says_so_in_the_trail(lawyer, matter, browser_of):
    seen = lawyer.grants.create(kind="everything", valid_from=NOW.replace(year=2020))
    browser = browser_of(lawyer)
    assert "5 messages" in text(browser.get("/"))

    page = text(browser.get("/", {"matter": matter.pk, "purpose": "Litige 14", "q": "from:ann OR from:bob"}))

    entry = AuditEntry.objects.order_by("-number").first()
    assert "the mail of 1 custodian" in page
    assert f"matter={matter.pk}&amp;purpose=Litige+14" in page  # kept by the links of the page
    assert (entry.matter_id, entry.texts.get(kind="purpose").text) == (matter.pk, "Litige 14")
    assert entry.scope["addresses"] == 1
    assert Participant.objects.filter(address=BOB).values("message").distinct().count() == 3
    assert seen.pk


@pytest.mark.parametrize("named", ["01890000-0000-7000-8000-000000000009", "x", "1"])
def test_a_search_in_no_matter_of_theirs_searches_nothing(lawyer, browser_of, named):
    assert browser_of(lawyer).get("/", {"matter": named}).status_code == 404


def test_a_matter_without_custodians_says_so_on_the_search_page(lawyer, browser_of):
    empty = matters.open_matter(actor=lawyer, reference="E", name="Empty")
    assert "This matter has no custodians yet" in text(browser_of(lawyer).get("/", {"matter": empty.pk}))


def test_a_hold_on_custodians_is_counted_then_placed_then_released_by_two(lawyer, second, matter, browser_of):
    browser, address = browser_of(lawyer), f"/matters/{matter.pk}/holds/new"
    terms = {"kind": "custodians", "address": BOB, "name": "All of Bob", "reason": "letter of 3 June"}
    assert "cannot be destroyed, by anybody" in text(browser.get(address))
    page = text(browser.post(address, terms | {"step": "preview"}))
    assert "it covers 3 messages now" in page
    assert not Hold.objects.exists()
    page = told(browser, browser.post(address, terms | {"step": "place"}))
    assert "This hold stands: what it covers cannot be destroyed." in page
    assert "3 captured copies" in page

    hold = Hold.objects.get()
    address = f"/matters/{matter.pk}/holds/{hold.pk}"
    page = told(browser, browser.post(f"{address}/release", {"act": "release"}))
    assert "This needs the approval of a second person" in page
    page = told(browser, browser.post(f"{address}/release", {"act": "ask", "reason": "settled"}))
    assert "The release waits for a second person" in page
    waiting = text(browser_of(second).get(f"/approvals/{Approval.objects.get().pk}/"))
    assert "Release the hold “All of Bob” of the matter 2026-014" in waiting
    assert "It covers nothing that you may see" in waiting  # somebody to whom no mail is granted
    browser_of(second).post(f"/approvals/{Approval.objects.get().pk}/decide", {"decision": "approve"})
    assert "Release the hold now" in text(browser.get(f"{address}/"))
    assert Hold.objects.get().released_at is None
    page = told(browser, browser.post(f"{address}/release", {"act": "release"}))
    assert "follows its retention rules again" in page
    assert Hold.objects.get().released_by == lawyer


def test_a_hold_on_a_query_says_in_words_what_it_means(lawyer, matter, browser_of):
    browser, address = browser_of(lawyer), f"/matters/{matter.pk}/holds/new"
    terms = {"kind": "query", "query": "contract", "name": "Contract", "reason": "r"}
    page = text(browser.post(address, terms | {"step": "preview"}))
    assert "it covers 2 messages now" in page
    assert 'class="explanation"' in page
    unseen = text(browser.post(address, terms | {"query": "from:mallory", "step": "preview"}))
    assert "it covers 0 messages now" in unseen
    wrong = browser.post(address, terms | {"query": "frm:x", "step": "preview"})
    assert (wrong.status_code, "There is no field" in text(wrong)) == (409, True)
    assert "<code>contract</code>" in told(browser, browser.post(address, terms | {"step": "place"}))


def test_chosen_messages_are_held_and_what_is_not_theirs_is_left_out(lawyer, matter, browser_of, message):
    browser = browser_of(lawyer)
    own, other = message("offer"), message("hostile")
    page = text(browser.get("/holds/new", {"message": own.id}))
    assert "Hold this message now" in page
    page = text(browser.post("/holds/new", {"message": [own.id, other.id]}))
    assert ("The contract" in page, "invoice" in page) == (True, False)

    answer = browser.post(
        "/holds/new",
        {"message": [own.id, other.id], "matter": matter.pk, "name": "One", "reason": "r", "step": "place"},
    )

    assert "The contract" in told(browser, answer)
    covered = set(Hold.objects.get().covered.values_list("sighting_id", flat=True))
    assert covered == set(own.sightings.values_list("id", flat=True))


def test_the_page_of_a_message_leads_to_a_hold_for_those_who_place_them(lawyer, matter, browser_of, message):
    address = f"/messages/{message('offer').id}"
    assert "Hold in a matter" in text(browser_of(lawyer).get(address))
    bob = User.objects.create(email=BOB, username=BOB, role=Role.EMPLOYEE)
    assert "Hold in a matter" not in text(browser_of(bob).get(address))


@pytest.mark.parametrize(
    "criteria",
    [
        Criteria(q="contract OR invoice", sender="ann@corp.example"),
        Criteria(sender="Ann Lee", attachment=Attachment.WITHOUT),
        Criteria(q="contract", after=NOW.date().replace(month=2, day=1), before=NOW.date()),
        Criteria(source="old-server", attachment=Attachment.WITH),
        Criteria(q="contract", source="smtp"),
        Criteria(filetype="pdf"),
    ],
)
def test_a_search_as_words_alone_finds_the_same(filled, criteria):
    def found(tree):
        request = SearchRequest(query=tree, scope=Scope(everything=True, blind=True), limit=100)
        return {hit.message_id for hit in filled.engine.search(request).hits}

    today = NOW.date()
    assert found(parse(criteria.as_query(), today=today)) == found(criteria.tree(today=today))
    assert Message.objects.count() == 5


@pytest.mark.parametrize("address", ["", "close", "holds/new", "change"])
def test_the_pages_are_in_french(lawyer, matter, browser_of, address):
    page = text(browser_of(lawyer, "fr").get(f"/matters/{matter.pk}/{address}"))
    assert re.search(r"Dépositaires|Clore le dossier|Poser un gel|Changer le dossier", page)
